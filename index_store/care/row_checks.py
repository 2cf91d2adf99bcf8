"""Checks that every row of the catalog can be read as what it stands for: SQLite keeps any value in any column."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from index_store.care.catalog_checks import RESTORE, snapshot
from index_store.care.findings import Finding, ok, problem
from index_store.catalog import Catalog
from index_store.rows import VERSION_COLUMNS, epoch, spans, version_from
from index_store.schema import SCHEMA
from index_store.source_log import SourceLog

_TYPES: dict[str, type] = {"TEXT": str, "INTEGER": int, "REAL": float, "BLOB": bytes}
_CALENDAR = range(epoch(datetime(1, 1, 1, tzinfo=UTC)), epoch(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)) + 1)
_LONGEST_S = 1e9  # of a duration; feeds state at most ten million minutes
_MOST_DIGITS = 18
_UNREADABLE = (ValueError, TypeError, OverflowError, RecursionError)
_PAST = 'SELECT start, "end", sentences, length(text) FROM past_chunks JOIN versions USING (version_id)'
_SPAN_BYTES = 8
# What only live versions have.
_STRAYED = """
WITH live AS (SELECT version_id, article_id FROM versions WHERE retired_at IS NULL)
SELECT EXISTS (SELECT 1 FROM bands WHERE version_id NOT IN (SELECT version_id FROM live))
    OR EXISTS (SELECT 1 FROM copies WHERE one NOT IN (SELECT article_id FROM live))
    OR EXISTS (SELECT 1 FROM copies WHERE other NOT IN (SELECT article_id FROM live))
    OR EXISTS (SELECT 1 FROM stories WHERE article_id NOT IN (SELECT article_id FROM live))
"""


def check_rows(catalog: Catalog) -> Finding:
    """Read every row of a catalog whose tables are Dateline's; the first that cannot be read is named by its table."""
    try:
        with snapshot(catalog.connection):
            fault = next(_faults(catalog), "")
    except sqlite3.OperationalError as error:
        if hasattr(error, "sqlite_errorcode"):  # of the file, and not of a text
            raise
        fault = "a text is not UTF-8"
    if fault:
        return problem("rows", fault, remedy=RESTORE)
    return ok("rows", "all can be read")


def _faults(catalog: Catalog) -> Iterator[str]:
    connection = catalog.connection
    for table, columns in _tables().items():
        rows = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - a name of the schema
        yield from (f"{table} holds {fault}" for row in rows if (fault := _value_fault(columns, row)))
    yield from _fact_faults(catalog)
    versions = connection.execute(f"SELECT published_epoch, public_by_epoch, {VERSION_COLUMNS} FROM versions")  # noqa: S608 - names of the schema
    if not all(_is_readable_version(*row) for row in versions):
        yield "versions holds one with broken dates, authors or number"
    if not all(_stands_in(*row) for row in connection.execute(_PAST)):
        yield "past_chunks holds one that is no part of its text"
    if not _are_readable_sources(SourceLog(connection)):
        yield "sources holds one with a broken list"
    if connection.execute(_STRAYED).fetchone()[0]:
        yield "bands, copies or stories hold an article that is not live"


def _tables() -> dict[str, list[tuple[Any, ...]]]:
    """List the columns of each table, as SQLite describes them: number, name, type, not null, default, key."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(SCHEMA)
        names = [name for (name,) in fresh.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: fresh.execute(f"PRAGMA table_info({name})").fetchall() for name in names}


def _value_fault(columns: Sequence[tuple[Any, ...]], row: Sequence[object]) -> str:
    for (_, name, kind, is_required, _, is_key), value in zip(columns, row, strict=True):
        if value is None and not (is_required or is_key):
            continue
        if not isinstance(value, _TYPES[kind]):
            return f"a {name} that is no {kind}"
        if isinstance(value, int) and name.endswith(("_at", "_epoch")) and value not in _CALENDAR:
            return f"a {name} outside the calendar"
        if isinstance(value, float) and not 0 <= value <= _LONGEST_S:
            return f"a {name} that is no duration"
    return ""


def _fact_faults(catalog: Catalog) -> Iterator[str]:
    generation = catalog.fact("generation") or "0"
    if not (generation.isascii() and generation.isdigit() and len(generation) <= _MOST_DIGITS):
        yield "facts holds a generation that is no number"
    if catalog.has_versions():
        yield from (f"facts lacks the {name}" for name in ("model", "recipe") if not catalog.fact(name))


def _is_readable_version(published_epoch: int | None, public_by_epoch: int, *row: Any) -> bool:  # noqa: ANN401 - columns
    try:
        version = version_from(row)
        article = version.article
        dates = [date for date in (article.published_at, article.modified_at) if date is not None]
        return (
            version.number > 0
            and all(isinstance(name, str) for name in article.authors)
            and all(date.tzinfo is not None and date.astimezone(UTC) for date in dates)
            and published_epoch == (article.published_at and epoch(article.published_at))
            and public_by_epoch == epoch(version.public_by)
        )
    except _UNREADABLE:
        return False


def _stands_in(start: int, end: int, sentences: bytes, chars: int) -> bool:
    """Whether a chunk of a replaced version, and each of its sentences, is a span of its text."""
    if len(sentences) % _SPAN_BYTES:
        return False
    return (
        0 <= start <= end and (not chars or end <= chars) and all(start <= a <= b <= end for a, b in spans(sentences))
    )


def _are_readable_sources(log: SourceLog) -> bool:
    try:
        return all(isinstance(location, str) for source in log.sources() for location in source.below)
    except _UNREADABLE:
        return False
