"""How the catalog's rows are made of records, records of rows, and conditions of filters."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from index_store.records import (
    Article,
    ArticleSummary,
    Chunk,
    Filters,
    Lifetime,
    LiveChunk,
    NewVersion,
    RetiredVersion,
    Span,
    Version,
)

VERSION_COLUMNS = (
    "article_id, number, fingerprint, url, title, text, authors, publisher, published_at, published_epoch, "
    "public_by_epoch, date_source, language, date_confidence, modified_at, section, first_seen_at, indexed_at"
)
SUMMARY_COLUMNS = "article_id, url, title, publisher, published_at"


def version_row(version: NewVersion, *, at: int) -> tuple[Any, ...]:
    """Write a version, committed `at` (seconds since 1970), in the order of `VERSION_COLUMNS`."""
    article = version.article
    return (
        article.article_id,
        version.number,
        article.fingerprint,
        article.url,
        article.title,
        article.text,
        json.dumps(article.authors, ensure_ascii=False),
        article.publisher,
        _iso(article.published_at),
        None if article.published_at is None else epoch(article.published_at),
        epoch(version.public_by),
        article.date_source,
        article.language,
        article.date_confidence,
        _iso(article.modified_at),
        article.section,
        epoch(version.first_seen_at),
        at,
    )


def version_from(row: Sequence[Any]) -> Version:
    """Read a version from the values of `VERSION_COLUMNS`."""
    article_id, number, _, url, title, text, authors, publisher, published_at, _, _, *more, seen, at = row
    date_source, language, date_confidence, modified_at, section = more
    article = Article(
        article_id=article_id,
        url=url,
        title=title,
        text=text,
        authors=tuple(json.loads(authors)),
        publisher=publisher,
        published_at=moment_from(published_at),
        date_source=date_source,
        language=language,
        date_confidence=date_confidence,
        modified_at=moment_from(modified_at),
        section=section,
    )
    return Version(article, number, datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(seen, UTC))


def lifetime_from(row: Sequence[Any]) -> Lifetime:
    """Read when a version was live from its number, indexed_at and retired_at."""
    number, indexed_at, retired_at = row
    ended = None if retired_at is None else datetime.fromtimestamp(retired_at, UTC)
    return Lifetime(number, datetime.fromtimestamp(indexed_at, UTC), ended)


def summary_from(row: Sequence[Any]) -> ArticleSummary:
    """Read what a list shows of an article from the values of `SUMMARY_COLUMNS`."""
    article_id, url, title, publisher, published_at = row
    return ArticleSummary(article_id, url, title, publisher, moment_from(published_at))


def retired_from(row: Sequence[Any]) -> RetiredVersion:
    """Read a version that is live no more from its retired_at, and its columns after that."""
    return RetiredVersion(version_from(row[1:]), datetime.fromtimestamp(row[0], UTC))


def live_chunk_from(row: Sequence[Any]) -> LiveChunk:
    """Read a chunk from its key, position, start, end, sentences and vector, and its version's columns after them."""
    _, *chunk, vector = row[:6]
    version = version_from(row[6:])
    return LiveChunk(version, chunk_from(version.article, chunk), np.frombuffer(vector, dtype=np.float32))


def live_chunk_of(version: Version, row: Sequence[Any]) -> LiveChunk:
    """Read a version's chunk from its position, start, end, sentences and vector."""
    return LiveChunk(version, chunk_from(version.article, row), np.frombuffer(row[4], dtype=np.float32))


def chunk_from(article: Article, row: Sequence[Any]) -> Chunk:
    """Read a chunk of an article from its position, start, end and sentences, and whatever comes after them."""
    position, start, end, sentences = row[:4]
    return Chunk(article.article_id, position, start, end, article.text[start:end], spans(sentences))


def pack(places: Sequence[Span]) -> bytes:
    """Write spans as int32 pairs."""
    return np.asarray(places, dtype=np.int32).tobytes()


def spans(blob: bytes) -> tuple[Span, ...]:
    """Read spans from int32 pairs."""
    return tuple(Span(int(start), int(end)) for start, end in np.frombuffer(blob, dtype=np.int32).reshape(-1, 2))


def epoch(moment: datetime) -> int:
    """Write a time as seconds since 1970 (UTC)."""
    return int(moment.timestamp())


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def moment_from(text: str | None) -> datetime | None:
    """Read a time from ISO 8601; None stays None."""
    return None if text is None else datetime.fromisoformat(text)


def conditions(filters: Filters, *, live: bool = True) -> tuple[str, list[Any]]:
    """Write filters as SQL over `versions`; only live versions pass, or only those that are not."""
    parts, values = ["retired_at IS NULL" if live else "retired_at IS NOT NULL"], list[Any]()
    for condition, moment in (
        ("published_epoch >= ?", filters.since),
        ("published_epoch <= ?", filters.until),
        ("public_by_epoch <= ?", filters.as_of),
    ):
        if moment is not None:
            parts.append(condition)
            values.append(epoch(moment))
    if filters.publishers:
        parts.append(f"casefold(publisher) IN ({marks(filters.publishers)})")
        values.extend(name.casefold() for name in filters.publishers)
    return " AND ".join(parts), values


def marks(values: Sequence[object]) -> str:
    """Write a placeholder for each value."""
    return ", ".join("?" * len(values))


def casefold(text: str | None) -> str | None:
    """Make a name comparable; catalogs know this as a function of SQL."""
    return None if text is None else text.casefold()
