"""`digest`: the main stories of a window, by the number of independent sources."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.answering.evidence import share
from bot.answering.refusal import that_pass
from bot.overviews.citing import Citations, summaries
from bot.overviews.grouping import openings_of, same_stories, shared_terms
from bot.overviews.records import Digest, Story
from bot.overviews.statements import Reader, Statement, witnesses
from bot.overviews.topic import About, Topic, reader_of
from index_store import Filters, LiveChunk, NewsIndex, day, outlet

MOST_STORIES = 10
_LAST_HOURS = timedelta(hours=24)
_MOST_ARTICLES = 5_000  # the newest of a window; grouping them takes some seconds
_MOST_WITNESSES = 2
_MOST_COPIES = 5
_EARLY_BONUS = 0.5
_ABOUT_AS_WELL = 0.1  # of weights


def digest(index: NewsIndex, topic: str | None, filters: Filters, *, limit: int = MOST_STORIES) -> Digest:
    """
    Tell the main stories of a window: those that most publishers reported independently first, then the newest.

    Args:
        index: An open index.
        topic: What they must be about; None for everything.
        filters: The window; without `since`, the last 24 hours up to `until`, `as_of` or now.
        limit: Most stories (at least 1).
    """
    began = time.monotonic()
    asked_at = filters.as_of or datetime.now().astimezone()
    window = filters if filters.since else replace(filters, since=(filters.until or asked_at) - _LAST_HOURS)
    about = Topic(index, topic, now=asked_at).find(window) if topic else None
    articles = _opened(index, about, window)
    groups = main_first(_groups(articles, index))
    citations, reader = Citations(), reader_of(index)
    stories = tuple(story_of(group, index, citations, reader, window) for group in groups[:limit])
    return Digest(
        topic=topic,
        filters=window,
        stories=stories,
        citations=citations.all,
        articles=len(articles),
        left_out=len(groups) - len(stories),
        reason=None if stories else (about.reason if about else _nothing(index, window)),
        nearest=about.nearest if about and not stories else (),
        elapsed_ms=round((time.monotonic() - began) * 1000, 1),
    )


def _opened(index: NewsIndex, about: About | None, window: Filters) -> tuple[LiveChunk, ...]:
    """Read the first chunks of the articles that count, newest first."""
    opened = index.openings(window, limit=_MOST_ARTICLES)
    if about is None:
        return opened
    wanted = set(about.article_ids)
    return tuple(chunk for chunk in opened if chunk.chunk.article_id in wanted)


def _nothing(index: NewsIndex, window: Filters) -> str:
    newest = index.newest_published_at(replace(window, since=None))
    told = f" The newest is of {day(newest)}." if newest else ""
    return f"No indexed article {that_pass(window)}".strip() + f".{told}"


@dataclass(frozen=True, slots=True)
class Group:
    """
    The articles of one story.

    Attributes:
        reports: The earliest article of each set of copies, the newest report first.
        articles: All articles, copies too, newest first.
        sources: How many publishers have a report of their own.
    """

    reports: tuple[LiveChunk, ...]
    articles: tuple[LiveChunk, ...]
    sources: int


def _groups(articles: Sequence[LiveChunk], index: NewsIndex) -> Iterator[Group]:
    """Sort articles into stories: first those that are copies, then those that report the same."""
    reported = copies_together(articles, index)
    return (group_of(some) for some in reports_together(reported, index))


def copies_together(articles: Sequence[LiveChunk], index: NewsIndex) -> list[list[LiveChunk]]:
    """Sort articles, newest first, into sets of copies; the set whose report is newest comes first."""
    ids = index.story_ids(chunk.chunk.article_id for chunk in articles)
    copies: defaultdict[str, list[LiveChunk]] = defaultdict(list)
    for chunk in articles:
        copies[ids.get(chunk.chunk.article_id, chunk.chunk.article_id)].append(chunk)
    return sorted(copies.values(), key=lambda chunks: -_public_by_s(chunks[-1]))


def reports_together(reported: Sequence[list[LiveChunk]], index: NewsIndex) -> Iterator[Sequence[Sequence[LiveChunk]]]:
    """Sort sets of copies into those that report the same."""
    openings = openings_of([chunks[-1] for chunks in reported], reader_of(index))
    return ([reported[place] for place in places] for places in same_stories(openings))


def group_of(reported: Sequence[Sequence[LiveChunk]]) -> Group:
    """Make a story of sets of copies, the newest report first."""
    reports = tuple(chunks[-1] for chunks in reported)
    everything = sorted((chunk for chunks in reported for chunk in chunks), key=lambda one: -_public_by_s(one))
    outlets = {outlet(chunk.version.article).casefold() for chunk in reports}
    return Group(reports, tuple(everything), len(outlets))


def _public_by_s(chunk: LiveChunk) -> float:
    return chunk.version.public_by.timestamp()


def main_first(groups: Iterable[Group]) -> list[Group]:
    """Order stories: those of most sources first, then the newest."""
    return sorted(groups, key=lambda group: (-group.sources, -_public_by_s(group.articles[0])))


def story_of(group: Group, index: NewsIndex, citations: Citations, reader: Reader, window: Filters) -> Story:
    """Tell a story in its best sentence; copies are named where they lie in the window."""
    line, others = _best_line(group, reader)
    article = line.version.article
    copies = index.copies(article.article_id, window, limit=_MOST_COPIES)
    claim = citations.claim(line, witnesses(line, others, most=_MOST_WITNESSES, known=()), copies=copies)
    publishers = dict.fromkeys(outlet(one) for one in (article, *(chunk.version.article for chunk in group.articles)))
    return Story(
        claim=claim,
        publishers=tuple(publishers),
        sources=group.sources,
        newest=group.articles[0].version.article.published_at,
        articles=summaries(chunk.version for chunk in group.articles),
    )


def _best_line(group: Group, reader: Reader) -> tuple[Statement, list[Statement]]:
    """
    Choose the sentence that tells most of what the story's openings share, rather an early one.

    Of those that tell it about as well, the newest is taken: a count may have risen since.

    Returns:
        The sentence, and all that stand alone. Where none does, an opening's longest sentence is quoted.
    """
    told = shared_terms(openings_of(group.reports, reader))
    statements = [one for chunk in group.reports for one in reader.statements(chunk)]
    if not statements:
        return _longest(group.reports[0], reader), []
    weights = [share(one.terms, told) + _EARLY_BONUS / (1 + one.place) for one in statements]
    well = [
        (one, weight)
        for one, weight in zip(statements, weights, strict=True)
        if weight >= max(weights) - _ABOUT_AS_WELL
    ]
    return max(well, key=lambda pair: (pair[0].version.public_by, pair[1]))[0], statements


def _longest(chunk: LiveChunk, reader: Reader) -> Statement:
    place, span = max(enumerate(chunk.chunk.sentences), key=lambda pair: pair[1].end - pair[1].start)
    return reader.statement(chunk.version, span, place)
