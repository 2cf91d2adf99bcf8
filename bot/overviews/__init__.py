"""Timelines, digests and changes: what the index says of a matter or a time, one quoted sentence a line."""

from bot.overviews.changes import MOST_NEW, changes
from bot.overviews.developing import Developing, Known, Unfolding, developing
from bot.overviews.digest import MOST_STORIES, digest
from bot.overviews.records import Changes, Correction, Digest, Event, Story, Timeline, Withdrawal
from bot.overviews.timeline import MOST_EVENTS, timeline

__all__ = [
    "MOST_EVENTS",
    "MOST_NEW",
    "MOST_STORIES",
    "Changes",
    "Correction",
    "Developing",
    "Digest",
    "Event",
    "Known",
    "Story",
    "Timeline",
    "Unfolding",
    "Withdrawal",
    "changes",
    "developing",
    "digest",
    "timeline",
]
