"""
The truth: one SQLite file with every article version, the chunks of the live ones, and their vectors.

Chroma and Tantivy are copies that may lag, or hold what is gone; whatever they name is looked up here, and what is not
live here does not exist. What is written into it is in `writable_catalog.py`, its tables in `schema.py`.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np

from index_store.catalog_file import open_file
from index_store.errors import IndexStoreError, UnknownArticleError
from index_store.past_versions import PastVersions, forgotten_text, unknown_article
from index_store.records import (
    Article,
    ArticleSummary,
    Filters,
    Glance,
    LiveChunk,
    NewVersion,
    Vectors,
    Version,
)
from index_store.rows import (
    SUMMARY_COLUMNS,
    VERSION_COLUMNS,
    chunk_from,
    conditions,
    live_chunk_from,
    live_chunk_of,
    marks,
    summary_from,
    version_from,
)
from index_store.stories import Stories

_MOST_VARIABLES = 500  # SQLite's default limit is higher; this keeps statements small
_ROWS_AT_ONCE = 4_000


class Catalog:
    """
    The SQLite file of one data folder, open for reading; any number of processes may, while one writes (WAL).

    Attributes:
        stories: Which of the live articles are copies of each other.
        past: What became of articles' versions.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.stories = Stories(connection)
        self.past = PastVersions(connection)

    @classmethod
    def open(cls, file: Path) -> Self:
        """
        Open the catalog.

        Raises:
            EmptyIndexError: If there is none.
            IndexStoreError: If it cannot be opened.
            MismatchError: If another version of Dateline made it, or it is no catalog.
        """
        return cls(open_file(file))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """The open file, for those who keep other tables in it."""
        return self._connection

    # The index as a whole.

    def fact(self, name: str) -> str | None:
        """Return what is written under this name, or None."""
        row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def identity(self) -> str:
        """Return what tells this data folder from every other; "" before the first writer gave it one."""
        return self.fact("identity") or ""

    def generation(self) -> int:
        """Count of commits so far: when it has moved, readers bring their copies up to date."""
        return int(self.fact("generation") or 0)

    def strays(self) -> list[str]:
        """Keys of chunks that are not live, though the copies may hold them."""
        return [key for (key,) in self._connection.execute("SELECT chunk_key FROM strays")]

    # Reading articles.

    def live_fingerprint(self, article_id: str) -> str | None:
        """Fingerprint of the article's live version, or None where it is not live."""
        row = self._connection.execute(
            "SELECT fingerprint FROM versions WHERE article_id = ? AND retired_at IS NULL", (article_id,)
        ).fetchone()
        return row[0] if row else None

    def has_versions(self) -> bool:
        """Whether anything was ever committed."""
        return bool(self._one("SELECT EXISTS (SELECT 1 FROM versions)", ()))

    def version(self, article_id: str, number: int | None = None) -> Version:
        """
        Return one version of an article: the live one, or the one with this number.

        Raises:
            UnknownArticleError: If there is none, it names the versions that there are; or its text was forgotten.
        """
        wanted = "retired_at IS NULL" if number is None else "number = ?"
        row = self._connection.execute(
            f"SELECT {VERSION_COLUMNS} FROM versions WHERE article_id = ? AND {wanted}",
            (article_id,) if number is None else (article_id, number),
        ).fetchone()
        if row is None:
            raise unknown_article(article_id, number, self.past.lifetimes(article_id))
        version = version_from(row)
        if not version.article.text:
            raise forgotten_text(version)
        return version

    def find_version(self, article_id: str, number: int | None = None) -> Version | None:
        """Return what `version` does; None where there is none, or its text was forgotten."""
        try:
            return self.version(article_id, number)
        except UnknownArticleError:
            return None

    def articles(self, filters: Filters, *, limit: int) -> tuple[ArticleSummary, ...]:
        """List live articles, newest first."""
        where, values = conditions(filters)
        rows = self._connection.execute(
            f"SELECT {SUMMARY_COLUMNS} FROM versions WHERE {where} ORDER BY public_by_epoch DESC, article_id LIMIT ?",
            (*values, limit),
        )
        return tuple(summary_from(row) for row in rows)

    def headlines(self, *, limit: int) -> list[str]:
        """Return the headlines of live articles, the newest first."""
        query = "SELECT title FROM versions WHERE retired_at IS NULL ORDER BY public_by_epoch DESC LIMIT ?"
        return [title for (title,) in self._connection.execute(query, (limit,))]

    def beginnings(self, *, limit: int, chars: int) -> list[str]:
        """Return how the texts of the newest live articles begin."""
        query = "SELECT substr(text, 1, ?) FROM versions WHERE retired_at IS NULL ORDER BY public_by_epoch DESC LIMIT ?"
        return [text for (text,) in self._connection.execute(query, (chars, limit))]

    def live_articles(self, filters: Filters) -> Iterator[Article]:
        """Yield live articles whole, oldest first, as of one moment."""
        where, values = conditions(filters)
        query = f"SELECT {VERSION_COLUMNS} FROM versions WHERE {where} ORDER BY public_by_epoch, article_id"
        return (version_from(row).article for row in self._connection.execute(query, values))

    def count_articles(self, filters: Filters) -> int:
        """Count live articles that pass."""
        where, values = conditions(filters)
        return self._one(f"SELECT count(*) FROM versions WHERE {where}", values) or 0

    def articles_beginning(self, prefix: str, *, limit: int) -> tuple[ArticleSummary, ...]:
        """List live articles whose ids begin so, newest first."""
        rows = self._connection.execute(
            f"SELECT {SUMMARY_COLUMNS} FROM versions WHERE retired_at IS NULL AND article_id BETWEEN ? AND ? "
            "ORDER BY public_by_epoch DESC, article_id LIMIT ?",
            (prefix, f"{prefix}\U0010ffff", limit),
        )
        return tuple(summary_from(row) for row in rows)

    def publishers(self) -> list[str]:
        """Name the publishers of live articles, in order."""
        query = "SELECT DISTINCT publisher FROM versions WHERE retired_at IS NULL AND publisher NOT NULL ORDER BY 1"
        return [name for (name,) in self._connection.execute(query)]

    def publisher_counts(self) -> list[tuple[str | None, int]]:
        """Count the live articles of each publisher (None: unknown), those with most first."""
        query = "SELECT publisher, count(*) FROM versions WHERE retired_at IS NULL GROUP BY 1 ORDER BY 2 DESC, 1"
        return self._connection.execute(query).fetchall()

    def at_addresses(self, addresses: Sequence[str]) -> tuple[ArticleSummary, ...]:
        """Return the live articles that have one of these addresses, or were read at one, newest first."""
        some = marks(addresses)
        rows = self._connection.execute(
            f"SELECT {SUMMARY_COLUMNS} FROM versions WHERE retired_at IS NULL AND (url IN ({some}) OR article_id IN "
            f"(SELECT article_id FROM pages WHERE address IN ({some}))) ORDER BY public_by_epoch DESC, article_id",
            (*addresses, *addresses),
        )
        return tuple(summary_from(one) for one in rows)

    def newest_published_at(self, filters: Filters) -> datetime | None:
        """When the newest dated article that passes was published."""
        where, values = conditions(filters)
        newest = self._one(f"SELECT max(published_epoch) FROM versions WHERE {where}", values)
        return None if newest is None else datetime.fromtimestamp(newest, UTC)

    # Reading chunks.

    def count_chunks(self, filters: Filters) -> int:
        """Count live chunks that pass."""
        if not filters.narrow:  # only live versions have chunks
            return self._one("SELECT count(*) FROM chunks", ()) or 0
        where, values = conditions(filters)
        return self._one(f"SELECT count(*) FROM chunks JOIN versions USING (version_id) WHERE {where}", values) or 0

    def chunks(self, keys: Sequence[str], filters: Filters) -> dict[str, LiveChunk]:
        """Look up chunks by key; what is not live, or does not pass, is missing from what comes back."""
        found: dict[str, LiveChunk] = {}
        where, values = conditions(filters)
        for first in range(0, len(keys), _MOST_VARIABLES):
            some = keys[first : first + _MOST_VARIABLES]
            rows = self._connection.execute(
                f'SELECT chunk_key, position, start, "end", sentences, vector, {VERSION_COLUMNS} '
                f"FROM chunks JOIN versions USING (version_id) WHERE {where} AND chunk_key IN ({marks(some)})",
                (*values, *some),
            )
            with _translated_damage():
                found |= {row[0]: live_chunk_from(row) for row in rows}
        return found

    def openings(self, filters: Filters, *, limit: int) -> tuple[LiveChunk, ...]:
        """Read the first chunk of each article that passes, the newest article's first."""
        where, values = conditions(filters)
        rows = self._connection.execute(
            f'SELECT chunk_key, position, start, "end", sentences, vector, {VERSION_COLUMNS} '
            f"FROM versions CROSS JOIN chunks USING (version_id) WHERE {where} AND position = 0 "
            "ORDER BY public_by_epoch DESC, article_id LIMIT ?",
            (*values, limit),
        )
        return tuple(live_chunk_from(row) for row in rows)

    def chunks_of(self, article_ids: Iterable[str], filters: Filters, *, most: int) -> tuple[LiveChunk, ...]:
        """Read the first chunks, at most so many, of each of these articles that passes; the oldest article's first."""
        where, values = conditions(filters)
        rows = self._connection.execute(
            f"SELECT version_id, {VERSION_COLUMNS} FROM versions WHERE {where} "
            "AND article_id IN (SELECT value FROM json_each(?)) ORDER BY public_by_epoch, article_id",
            (*values, json.dumps(list(article_ids))),
        )
        found = list[LiveChunk]()
        for version_id, *row in rows.fetchall():  # a whole text beside each of its chunks could take gigabytes
            version = version_from(row)
            chunks = self._connection.execute(
                'SELECT position, start, "end", sentences, vector FROM chunks WHERE version_id = ? AND position < ? '
                "ORDER BY position",
                (version_id, most),
            )
            found += [live_chunk_of(version, chunk) for chunk in chunks]
        return tuple(found)

    def glances(self, keys: Sequence[str], vector: Vectors, filters: Filters) -> dict[str, Glance]:
        """
        Look up what ranking needs of chunks, without any text.

        Args:
            keys: The chunks; what is not live, or does not pass, is missing from what comes back.
            vector: The question's, of unit length.
            filters: What may be found.
        """
        where, values = conditions(filters)
        rows = list[tuple[Any, ...]]()
        for first in range(0, len(keys), _MOST_VARIABLES):
            some = keys[first : first + _MOST_VARIABLES]
            rows += self._connection.execute(
                "SELECT chunk_key, vector, article_id, public_by_epoch, published_epoch "
                f"FROM chunks JOIN versions USING (version_id) WHERE {where} AND chunk_key IN ({marks(some)})",
                (*values, *some),
            )
        with _translated_damage():
            cosines = (_matrix([row[1] for row in rows]) @ vector).tolist() if rows else []
        return {
            key: Glance(article_id, public_by, published, cosine)
            for (key, _, article_id, public_by, published), cosine in zip(rows, cosines, strict=True)
        }

    def live_versions(self) -> Iterator[NewVersion]:
        """Yield every live version with its chunks and vectors: all that the copies are made of."""
        ids = self._connection.execute("SELECT version_id FROM versions WHERE retired_at IS NULL").fetchall()
        for version_id in ids:
            version = version_from(
                self._connection.execute(
                    f"SELECT {VERSION_COLUMNS} FROM versions WHERE version_id = ?", version_id
                ).fetchone()
            )
            rows = self._connection.execute(
                'SELECT position, start, "end", sentences, vector FROM chunks WHERE version_id = ? ORDER BY position',
                version_id,
            ).fetchall()
            if not rows:  # a damaged catalog, which `dateline doctor` tells of
                continue
            with _translated_damage():
                chunks = tuple(chunk_from(version.article, row) for row in rows)
                vectors = _matrix([vector for *_, vector in rows])
            yield NewVersion(version.article, version.number, version.first_seen_at, chunks, vectors)

    def indexed_at(self) -> int | None:
        """When the newest version of any article was committed, in seconds since 1970; None where there is none."""
        row = self._connection.execute("SELECT indexed_at FROM versions ORDER BY version_id DESC LIMIT 1").fetchone()
        return row[0] if row else None

    def newest_version(self) -> int:
        """Number of the version committed last, over all articles; 0 where there is none. It only rises."""
        return self._one("SELECT max(version_id) FROM versions", ()) or 0

    def vectors(self, filters: Filters, *, after: int = 0) -> tuple[list[str], Vectors]:
        """
        Read the vectors of all live chunks that pass, of versions committed after one (see `newest_version`).

        Returns:
            Keys, and one row each: shape (n, dimensions), of unit length.
        """
        query, values = "SELECT chunk_key, vector FROM chunks", list[Any]()  # which only live versions have
        if filters.narrow or after:  # versions first, as CROSS JOIN means to SQLite: it might read every vector
            where, values = conditions(filters)
            if after:
                where, values = f"{where} AND version_id > ?", [*values, after]
            query = f"SELECT chunk_key, vector FROM versions CROSS JOIN chunks USING (version_id) WHERE {where}"
        rows = self._connection.execute(query, values)
        keys, vectors = list[str](), bytearray()
        while some := rows.fetchmany(_ROWS_AT_ONCE):  # all at once would take the memory of the vectors twice more
            keys += [key for key, _ in some]
            vectors += b"".join(vector for _, vector in some)
        with _translated_damage():
            return keys, np.frombuffer(vectors, dtype=np.float32).reshape(len(keys), -1 if keys else 0)

    def _one(self, query: str, values: Sequence[Any]) -> int | None:
        value: int | None = self._connection.execute(query, values).fetchone()[0]
        return value


@contextmanager
def _translated_damage() -> Iterator[None]:
    """Say in words that what should be numbers has another length than that of so many."""
    try:
        yield
    except ValueError as error:
        raise IndexStoreError(
            f"A vector or a list of sentences in the catalog is damaged: {error}.",
            remedy="`dateline doctor` names its article: remove that one and index it again.",
        ) from error


def _matrix(vectors: Sequence[bytes]) -> Vectors:
    """One row a vector."""
    return np.frombuffer(b"".join(vectors), dtype=np.float32).reshape(len(vectors), -1)
