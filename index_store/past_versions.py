"""When an article's versions were live, and what was live at a time: tables of the catalog, read."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from index_store.errors import UnknownArticleError
from index_store.formats import day
from index_store.records import Chunk, Filters, Lifetime, RetiredVersion, Version
from index_store.rows import VERSION_COLUMNS, chunk_from, conditions, epoch, lifetime_from, retired_from, version_from


class PastVersions:
    """What the catalog knows of versions beside those that are live."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def numbered(self, article_id: str) -> tuple[int, datetime | None]:
        """Number of the article's newest version, live or not (0 for none), and when the first was committed."""
        number, seen = self._connection.execute(
            "SELECT max(number), min(first_seen_at) FROM versions WHERE article_id = ?", (article_id,)
        ).fetchone()
        return (number, datetime.fromtimestamp(seen, UTC)) if number else (0, None)

    def lifetimes(self, article_id: str) -> tuple[Lifetime, ...]:
        """When each of an article's versions was live, in their order; none for an article that never was."""
        rows = self._connection.execute(
            "SELECT number, indexed_at, retired_at FROM versions WHERE article_id = ? ORDER BY number", (article_id,)
        )
        return tuple(lifetime_from(row) for row in rows)

    def live_numbers(self, article_ids: Iterable[str]) -> dict[str, int]:
        """Number of the live version of each of these articles; 0 for one removed, none for one never indexed."""
        rows = self._connection.execute(  # of indexes alone: the rows themselves hold whole texts
            "SELECT article_id, max(number), EXISTS (SELECT 1 FROM versions AS live "
            "WHERE live.article_id = versions.article_id AND live.retired_at IS NULL) "
            "FROM versions WHERE article_id IN (SELECT value FROM json_each(?)) GROUP BY article_id",
            (json.dumps(list(article_ids)),),
        )
        return {article_id: number if is_live else 0 for article_id, number, is_live in rows}

    def retired(self, filters: Filters, *, limit: int) -> tuple[RetiredVersion, ...]:
        """
        List the versions that were replaced or removed within a time, those that were latest first.

        Args:
            filters: `since` and `until` say when they were; the rest, which articles they are of.
            limit: Most to return.
        """
        where, values = conditions(Filters(as_of=filters.as_of, publishers=filters.publishers), live=False)
        for condition, moment in (("retired_at >= ?", filters.since), ("retired_at <= ?", filters.until)):
            if moment is not None:
                where, values = f"{where} AND {condition}", [*values, epoch(moment)]
        rows = self._connection.execute(
            f"SELECT retired_at, {VERSION_COLUMNS} FROM versions WHERE {where} "
            "ORDER BY retired_at DESC, version_id DESC LIMIT ?",
            (*values, limit),
        )
        return tuple(retired_from(row) for row in rows)

    def as_of(self, article_id: str, moment: datetime) -> tuple[Version, tuple[Chunk, ...]] | None:
        """
        Return the version of a live article that was live at a moment, with its chunks, where it has been replaced.

        Before the first was indexed, that is the first: a correction that came later tells what nobody knew by then.

        Returns:
            None where the live version was there by then already, or is the only one. An article whose text of then was
            forgotten has no chunks.
        """
        row = self._connection.execute(
            f"SELECT {VERSION_COLUMNS}, version_id FROM versions WHERE article_id = ? AND retired_at > ? "
            "AND (indexed_at <= ? OR number = (SELECT min(number) FROM versions WHERE article_id = ?)) "
            "ORDER BY number DESC LIMIT 1",
            (article_id, epoch(moment), epoch(moment), article_id),
        ).fetchone()
        if row is None:
            return None
        version = version_from(row[:-1])
        rows = self._connection.execute(
            'SELECT position, start, "end", sentences FROM past_chunks WHERE version_id = ? ORDER BY position', row[-1:]
        )
        return version, tuple(chunk_from(version.article, row) for row in rows if version.article.text)


def forgotten_text(version: Version) -> UnknownArticleError:
    """Say that a version's text was given up."""
    article = version.article
    return UnknownArticleError(
        f"The text of version {version.number} of {article.article_id} (“{article.title}”) was given up by "
        "`dateline compact --forget-versions-before`.",
        remedy=f"Its publisher may still have it: {article.url}",
    )


def unknown_article(article_id: str, number: int | None, lifetimes: Sequence[Lifetime]) -> UnknownArticleError:
    """Say that there is no such article or version, and which versions there are."""
    if not lifetimes:
        named = article_id if number is None else f"{article_id}, version {number}"
        return UnknownArticleError(f"No article {named} is indexed.", remedy="`dateline articles list` shows the ids.")
    last = lifetimes[-1]
    kept = f"versions 1 to {last.number} are kept" if last.number > 1 else "version 1 is kept"
    if number is not None:
        return UnknownArticleError(f"The article {article_id} has no version {number}; {kept}.")
    removed = f" on {day(last.retired_at)}" if last.retired_at else ""
    return UnknownArticleError(
        f"The article {article_id} was removed{removed}; {kept}.",
        remedy=f"`dateline articles show {article_id} --version {last.number}` shows what it was.",
    )
