"""What an index holds, counted: one pass over the articles, none over the vectors."""

import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index_store.care.catalog_checks import snapshot
from index_store.care.holding import read_catalog
from index_store.care.sizes import sizes
from index_store.schema import SCHEMA_VERSION

_MOST_PUBLISHERS = 10


@dataclass(frozen=True, slots=True)
class Articles:
    """
    The live articles.

    Attributes:
        count: How many.
        undated: How many of them have no date.
        oldest, newest: When the first and the last of the dated ones were published.
        publishers: The ten with most articles, as (name or None, articles), most first; `more_publishers` are left out.
        languages: (code or None, articles), most first.
        months: ("2025-03", articles), in order, without empty ones (UTC).
    """

    count: int
    undated: int
    oldest: datetime | None
    newest: datetime | None
    publishers: tuple[tuple[str | None, int], ...]
    more_publishers: int
    languages: tuple[tuple[str | None, int], ...]
    months: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """How many sources were ever asked, and of those in use, how many answered last, failed last, and are due."""

    total: int
    retired: int
    ok: int
    failing: int
    due: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """
    What a data folder holds.

    Attributes:
        articles: The live articles.
        chunks: Live chunks.
        versions, past_versions, forgotten_texts: All versions; those that are not live; of these, how many texts were
            forgotten by `dateline compact`.
        stories, story_articles: Stories that stand in several publications, and the articles in them.
        sources: What is known of sources.
        bytes_of: Size of each part of the folder, in bytes.
        model, recipe: What the index was made with and how articles were cut; None before the first article.
        catalog_format: Of the catalog's file.
        generation: Count of commits.
        last_commit_at: When an article was last added, replaced or removed (UTC).
    """

    articles: Articles
    chunks: int
    versions: int
    past_versions: int
    forgotten_texts: int
    stories: int
    story_articles: int
    sources: Sources
    bytes_of: dict[str, int]
    model: str | None
    recipe: str | None
    catalog_format: int
    generation: int
    last_commit_at: datetime | None


def statistics(folder: Path, *, now: datetime | None = None) -> Statistics:
    """
    Count what a data folder holds.

    Args:
        folder: The data folder.
        now: The present, for telling which sources are due; None asks the clock.

    Raises:
        EmptyIndexError: If nothing has been indexed there.
    """
    with read_catalog(folder) as catalog, snapshot(catalog.connection):
        connection = catalog.connection
        versions, past, forgotten, added, retired = connection.execute(
            "SELECT count(*), count(retired_at), count(iif(text = '', 1, NULL)), max(indexed_at), max(retired_at) "
            "FROM versions"
        ).fetchone()
        stories, members = connection.execute("SELECT count(DISTINCT story_id), count(*) FROM stories").fetchone()
        last = max((moment for moment in (added, retired) if moment is not None), default=None)
        return Statistics(
            articles=_articles(connection),
            chunks=connection.execute("SELECT count(*) FROM chunks").fetchone()[0],
            versions=versions,
            past_versions=past,
            forgotten_texts=forgotten,
            stories=stories,
            story_articles=members,
            sources=_sources(connection, now or datetime.now(UTC)),
            bytes_of=sizes(folder),
            model=catalog.fact("model"),
            recipe=catalog.fact("recipe"),
            catalog_format=SCHEMA_VERSION,
            generation=catalog.generation(),
            last_commit_at=None if last is None else datetime.fromtimestamp(last, UTC),
        )


def _articles(connection: sqlite3.Connection) -> Articles:
    publishers, languages, months = Counter[str | None](), Counter[str | None](), Counter[str | None]()
    oldest = newest = None
    rows = connection.execute(
        "SELECT publisher, language, strftime('%Y-%m', published_epoch, 'unixepoch'), count(*), "
        "min(published_epoch), max(published_epoch) FROM versions WHERE retired_at IS NULL GROUP BY 1, 2, 3"
    )
    for publisher, language, month, count, first, last in rows:
        publishers[publisher] += count
        languages[language] += count
        months[month] += count
        if first is not None:
            oldest = first if oldest is None else min(oldest, first)
            newest = last if newest is None else max(newest, last)
    return Articles(
        count=publishers.total(),
        undated=months.pop(None, 0),
        oldest=_moment(oldest),
        newest=_moment(newest),
        publishers=tuple(_most_first(publishers)[:_MOST_PUBLISHERS]),
        more_publishers=max(0, len(publishers) - _MOST_PUBLISHERS),
        languages=tuple(_most_first(languages)),
        months=tuple(sorted((month, count) for month, count in months.items() if month is not None)),
    )


def _most_first(counted: Counter[str | None]) -> list[tuple[str | None, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0] or ""))


def _sources(connection: sqlite3.Connection, now: datetime) -> Sources:
    row = connection.execute(
        "SELECT count(*), coalesce(sum(retired), 0), "
        "coalesce(sum(NOT retired AND problem IS NULL AND succeeded_at IS NOT NULL), 0), "
        "coalesce(sum(NOT retired AND problem IS NOT NULL), 0), "
        "coalesce(sum(NOT retired AND (due_at IS NULL OR due_at <= ?)), 0) FROM sources",
        (int(now.timestamp()),),
    ).fetchone()
    return Sources(*row)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
