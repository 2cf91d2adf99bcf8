"""`changes`: what is said of a topic since a moment that was not said before, and what is said no longer."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.answering.evidence import share
from bot.overviews.citing import Citations
from bot.overviews.corrections import corrections, dropped, revisions, withdrawals
from bot.overviews.records import Changes
from bot.overviews.statements import Reader, Statement, witnesses
from bot.overviews.told import Told
from bot.overviews.topic import About, Topic, reader_of
from index_store import Filters, NewsIndex, day

MOST_NEW = 20
_MOST_OF_AN_ARTICLE = 3
_MOST_WITNESSES = 2
_TOLD = 0.6  # of what a sentence tells, by rarity, the share that makes another one tell it too
_MOST_CHUNKS = 40  # of an article; about fifty thousand characters
_MOST_OLDER = 80  # articles near the topic that are looked through for what was told before
_LEAST_TOPIC = 0.5  # of the topic that a sentence must hold, further down than the first ones
_FIRST_PLACES = 2
_EARLY_BONUS = 0.4
_JUST_BEFORE = timedelta(seconds=1)


def changes(index: NewsIndex, topic: str, filters: Filters, *, limit: int = MOST_NEW) -> Changes:
    """
    Tell what has changed in a matter.

    Articles are new by their publication, so that old ones which are indexed late tell nothing new; corrections and
    removals count by when the index learned of them.

    Args:
        index: An open index.
        topic: The matter.
        filters: What it may draw on; `since` is from when on.
        limit: Most new claims (at least 1).

    Raises:
        ValueError: If `filters.since` is None.
    """
    if filters.since is None:
        raise ValueError("changes need a moment to begin at")
    began = time.monotonic()
    matter, reader, citations = _topic(index, topic, filters), reader_of(index), Citations()
    about, revised = matter.find(filters), revisions(index, matter, filters)
    said = _said(index, matter, about, filters)
    new = _new(said, Told(_told_before(index, matter, filters, reader), least=_TOLD))
    newest = sorted(new[:limit], key=_newest_first)
    claims = tuple(
        citations.claim(one, witnesses(one, said, most=_MOST_WITNESSES, known=matter.terms)) for one in newest
    )
    told = Changes(
        topic=matter.text,
        filters=filters,
        new=claims,
        dropped=tuple(citations.claim(one) for one in dropped(revised, reader)),
        corrected=corrections(revised, citations, reader),
        withdrawn=withdrawals(revised),
        citations=citations.all,
        left_out=len(new) - len(newest),
        reason=None,
        nearest=(),
        elapsed_ms=round((time.monotonic() - began) * 1000, 1),
    )
    return told if claims or revised else _nothing(told, matter)


def _topic(index: NewsIndex, topic: str, filters: Filters) -> Topic:
    return Topic(index, topic, now=filters.as_of or datetime.now().astimezone())


def _said(index: NewsIndex, matter: Topic, about: About, filters: Filters) -> list[Statement]:
    """Read what the articles of a time say of the topic, the most telling sentences first."""
    reader, said = reader_of(index), list[tuple[float, Statement]]()
    for chunk in index.chunks_of(about.article_ids, filters, most=_MOST_CHUNKS):
        title, is_opening = reader.weights(chunk.version.article.title), chunk.chunk.position == 0
        for one in reader.statements(chunk):
            on_topic = matter.share_in(one.terms)
            if on_topic >= _LEAST_TOPIC or (is_opening and one.place < _FIRST_PLACES):
                early = _EARLY_BONUS / (1 + one.place) if is_opening else 0.0
                said.append((on_topic + share(one.terms, title) + early, one))
    return [one for _, one in sorted(said, key=lambda pair: -pair[0])]


def _told_before(index: NewsIndex, matter: Topic, filters: Filters, reader: Reader) -> list[Statement]:
    """Read every sentence of the older articles nearest to the topic, also of those that only touch it."""
    until = filters.since - _JUST_BEFORE if filters.since else None
    older = replace(filters, since=None, until=until)
    found = index.search(matter.text, older, limit=_MOST_OLDER, per_article=1) if matter.terms else ()
    articles = [passage.article.article_id for passage in found]
    return [
        reader.statement(chunk.version, span, place)
        for chunk in index.chunks_of(articles, older, most=_MOST_CHUNKS)
        for place, span in enumerate(chunk.chunk.sentences)
    ]


def _new(said: Sequence[Statement], told: Told) -> list[Statement]:
    """Keep what was not told before, nor by a sentence before it; of one article only a few sentences."""
    new, counts = list[Statement](), Counter[str]()
    for one in said:
        article_id = one.version.article.article_id
        if counts[article_id] < _MOST_OF_AN_ARTICLE and not told.tells(one):
            counts[article_id] += 1
            told.add(one)
            new.append(one)
    return new


def _newest_first(one: Statement) -> tuple[float, str, int]:
    return -one.version.public_by.timestamp(), one.version.article.article_id, one.span.start


def _nothing(told: Changes, matter: Topic) -> Changes:
    """Say why nothing is told: the topic is unknown, or nothing has happened since."""
    before = matter.find(replace(told.filters, since=None))
    if not before.passages:
        return replace(told, reason=before.reason, nearest=before.nearest)
    newest = max((one.article.published_at for one in before.passages if one.article.published_at), default=None)
    known = f" The newest article about it is of {day(newest)}." if newest else ""
    since = day(told.filters.since)
    reason = f"No article about “{matter.text}” was published, corrected or withdrawn since {since}.{known}"
    return replace(told, reason=reason)
