"""Timelines, digests and changes → the JSON objects that other programs rely on; citations as in an answer."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from bot.answering import Citation
from bot.overviews import Changes, Correction, Digest, Event, Story, Timeline, Withdrawal
from bot.render.as_json import citation_json
from index_store import ArticleSummary, Filters, iso_utc, summary_json


def timeline_json(timeline: Timeline) -> dict[str, Any]:
    """Write a timeline as `timeline --json` prints it; fields may be added, never renamed or dropped."""
    return {
        **_asked(timeline.topic, timeline.filters),
        "events": [_event(event) for event in timeline.events],
        "left_out": timeline.left_out,
        **_ending(timeline.citations, timeline.reason, timeline.nearest, timeline.elapsed_ms),
    }


def digest_json(digest: Digest) -> dict[str, Any]:
    """Write a digest as `digest --json` prints it; the same holds."""
    return {
        **_asked(digest.topic, digest.filters),
        "stories": [_story(story) for story in digest.stories],
        "articles": digest.articles,
        "left_out": digest.left_out,
        **_ending(digest.citations, digest.reason, digest.nearest, digest.elapsed_ms),
    }


def changes_json(changes: Changes) -> dict[str, Any]:
    """Write changes as `changes --json` prints them; the same holds."""
    return {
        **_asked(changes.topic, changes.filters),
        "new": [asdict(claim) for claim in changes.new],
        "dropped": [asdict(claim) for claim in changes.dropped],
        "corrected": [_correction(one) for one in changes.corrected],
        "withdrawn": [_withdrawal(one) for one in changes.withdrawn],
        "left_out": changes.left_out,
        **_ending(changes.citations, changes.reason, changes.nearest, changes.elapsed_ms),
    }


def _asked(topic: str | None, filters: Filters) -> dict[str, Any]:
    return {
        "topic": topic,
        "as_of": iso_utc(filters.as_of),
        "window": {"since": iso_utc(filters.since), "until": iso_utc(filters.until)},
    }


def _ending(
    citations: Iterable[Citation], reason: str | None, nearest: Iterable[ArticleSummary], elapsed_ms: float
) -> dict[str, Any]:
    return {
        "citations": [citation_json(citation) for citation in citations],
        "reason": reason,
        "nearest": [summary_json(summary) for summary in nearest],
        "elapsed_ms": elapsed_ms,
    }


def _event(event: Event) -> dict[str, Any]:
    retold = [summary_json(summary) for summary in event.retold_in]
    return {"date": event.date, "date_from": event.date_from, **asdict(event.claim), "retold_in": retold}


def _story(story: Story) -> dict[str, Any]:
    return {
        **asdict(story.claim),
        "sources": story.sources,
        "publishers": list(story.publishers),
        "newest": iso_utc(story.newest),
        "articles": [summary_json(summary) for summary in story.articles],
    }


def _correction(one: Correction) -> dict[str, Any]:
    return {
        **summary_json(one.article),
        "old_version": one.old_version,
        "new_version": one.new_version,
        "corrected_at": iso_utc(one.corrected_at),
        "old_title": one.old_title,
        "removed": [asdict(claim) for claim in one.removed],
        "added": [asdict(claim) for claim in one.added],
        "is_comparable": one.is_comparable,
    }


def _withdrawal(one: Withdrawal) -> dict[str, Any]:
    return {**summary_json(one.article), "version": one.version, "withdrawn_at": iso_utc(one.withdrawn_at)}
