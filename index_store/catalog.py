"""
The truth: one SQLite file with every article version, the chunks of the live ones, and their vectors.

Chroma and Tantivy are copies that may lag, or hold what is gone; whatever they name is looked up here, and what is not
live here does not exist. All SQL of the project is in this file.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index_store.errors import EmptyIndexError, IndexStoreError, MismatchError, UnknownArticleError
from index_store.records import Article, ArticleSummary, Chunk, Filters, Span, Version

SCHEMA_VERSION = 1
Vectors = NDArray[np.float32]

_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE versions (
    version_id      INTEGER PRIMARY KEY,
    article_id      TEXT NOT NULL,
    number          INTEGER NOT NULL,
    fingerprint     TEXT NOT NULL,
    url             TEXT NOT NULL,
    title           TEXT NOT NULL,
    text            TEXT NOT NULL,
    authors         TEXT NOT NULL,     -- JSON array
    publisher       TEXT,
    published_at    TEXT,              -- ISO 8601, with the zone it was published in
    published_epoch INTEGER,           -- the same in seconds since 1970 (UTC)
    public_by_epoch INTEGER NOT NULL,  -- published_epoch, or when first seen: it was public by then
    date_source     TEXT NOT NULL,
    language        TEXT,
    first_seen_at   INTEGER NOT NULL,
    indexed_at      INTEGER NOT NULL,
    retired_at      INTEGER,           -- NULL while this version is live
    UNIQUE (article_id, number)
);
CREATE UNIQUE INDEX one_live_version ON versions (article_id) WHERE retired_at IS NULL;
CREATE INDEX live_by_date ON versions (public_by_epoch) WHERE retired_at IS NULL;

CREATE TABLE chunks (                  -- of live versions only
    chunk_key  TEXT PRIMARY KEY,       -- article_id.number.position, as in Chroma and Tantivy
    version_id INTEGER NOT NULL REFERENCES versions,
    position   INTEGER NOT NULL,
    start      INTEGER NOT NULL,
    "end"      INTEGER NOT NULL,
    sentences  BLOB NOT NULL,          -- int32 pairs
    vector     BLOB NOT NULL           -- float32, of unit length
);
CREATE INDEX chunks_of_version ON chunks (version_id);

CREATE TABLE strays (chunk_key TEXT PRIMARY KEY) WITHOUT ROWID;  -- what the copies may hold and must forget
"""

_VERSION_COLUMNS = (
    "article_id, number, fingerprint, url, title, text, authors, publisher, published_at, published_epoch, "
    "public_by_epoch, date_source, language, first_seen_at, indexed_at"
)
_MOST_VARIABLES = 500  # SQLite's default limit is higher; this keeps statements small


def chunk_key(article_id: str, number: int, position: int) -> str:
    """Name a chunk in the catalog, in Chroma and in Tantivy; it never changes its meaning."""
    return f"{article_id}.{number}.{position}"


@dataclass(frozen=True, slots=True)
class NewVersion:
    """
    An article version ready to be committed.

    Attributes:
        article: The article.
        number: The version's number.
        first_seen_at: When the article's first version was committed, this one included.
        chunks: In reading order; never empty.
        vectors: One row a chunk, float32, of unit length.
    """

    article: Article
    number: int
    first_seen_at: datetime
    chunks: tuple[Chunk, ...]
    vectors: Vectors

    @property
    def keys(self) -> list[str]:
        """The chunks' keys, in order."""
        return [chunk_key(self.article.article_id, self.number, chunk.position) for chunk in self.chunks]

    @property
    def public_by(self) -> datetime:
        """When the article was published, or, undated, first seen: it was public by then."""
        return self.article.published_at or self.first_seen_at


@dataclass(frozen=True, slots=True)
class LiveChunk:
    """A chunk as the catalog knows it."""

    version: Version
    chunk: Chunk
    vector: Vectors


class Catalog:
    """
    The SQLite file of one data folder.

    One process writes at a time (see `lock.py`); any number read while it does (WAL).
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, file: Path, *, create: bool = False) -> Self:
        """
        Open the catalog, making an empty one if `create`.

        Raises:
            EmptyIndexError: If there is none and `create` is false.
            IndexStoreError: If it cannot be opened.
            MismatchError: If another version of Dateline made it, or it is no catalog.
        """
        if not create and not file.exists():
            raise EmptyIndexError(
                f"Nothing has been indexed in {file.parent} yet.",
                remedy="Fill it with `dateline index FILE...`, or name another folder with --data-dir.",
            )
        try:
            if create:
                file.parent.mkdir(parents=True, exist_ok=True)
            catalog = cls(sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False))
        except (OSError, sqlite3.Error) as error:
            raise IndexStoreError(f"{file} cannot be opened: {error}.", remedy=_CHECK_FOLDER) from error
        try:
            catalog._prepare(file, create=create)
        except sqlite3.OperationalError as error:
            catalog.close()
            raise IndexStoreError(f"{file} cannot be opened: {error}.", remedy=_CHECK_FOLDER) from error
        except sqlite3.DatabaseError as error:
            catalog.close()
            raise MismatchError(f"{file} cannot be read as a catalog: {error}.", remedy=_OTHER_FOLDER) from error
        except IndexStoreError:
            catalog.close()
            raise
        return catalog

    def _prepare(self, file: Path, *, create: bool) -> None:
        self._connection.create_function("casefold", 1, _casefold, deterministic=True)
        self._connection.execute("PRAGMA foreign_keys = ON")
        found = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if found == 0 and create:
            self._connection.execute("PRAGMA page_size = 16384")  # nine vectors a page instead of two
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        elif found == 0:
            raise EmptyIndexError(f"{file} is empty.", remedy="Fill it with `dateline index FILE...`.")
        elif found != SCHEMA_VERSION:
            raise MismatchError(
                f"{file} has format {found}; this version of Dateline reads format {SCHEMA_VERSION}.",
                remedy=_OTHER_FOLDER,
            )

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # Facts about the index as a whole.

    def fact(self, name: str) -> str | None:
        """Return what is written under this name, or None."""
        row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_fact(self, name: str, value: str) -> None:
        """Write a fact about the index as a whole."""
        self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def generation(self) -> int:
        """Count of commits so far: when it has moved, readers bring their copies up to date."""
        return int(self.fact("generation") or 0)

    # Writing.

    def expect(self, keys: Iterable[str]) -> None:
        """Note keys before the copies get them: until they are committed they are strays."""
        self._connection.executemany("INSERT OR IGNORE INTO strays VALUES (?)", [(key,) for key in keys])

    def commit(self, versions: Iterable[NewVersion], *, at: datetime) -> None:
        """Make these versions live, all or nothing; the chunks of those they replace become strays."""
        with self._transaction():
            for version in versions:
                self._put_live(version, _epoch(at))

    def retire(self, article_ids: Iterable[str], *, at: datetime) -> int:
        """
        Take these articles out of the index; their texts stay readable as past versions.

        Returns:
            How many chunks are gone; they are strays now.
        """
        with self._transaction():
            return sum(self._retire_one(article_id, _epoch(at)) for article_id in article_ids)

    def strays(self) -> list[str]:
        """Keys of chunks that are not live, though the copies may hold them."""
        rows = self._connection.execute(
            "SELECT chunk_key FROM strays WHERE chunk_key NOT IN (SELECT chunk_key FROM chunks)"
        )
        return [key for (key,) in rows]

    def forget_strays(self) -> None:
        """Note that the copies hold no strays any more; readers bring theirs up to date."""
        with self._transaction():
            self._connection.execute("DELETE FROM strays")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.set_fact("generation", str(self.generation() + 1))
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def _put_live(self, version: NewVersion, at: int) -> None:
        self._retire_one(version.article.article_id, at)
        version_id = self._connection.execute(
            f"INSERT INTO versions ({_VERSION_COLUMNS}) VALUES ({', '.join('?' * 15)})",
            _version_row(version, at=at),
        ).lastrowid
        self._connection.executemany(
            "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (key, version_id, chunk.position, chunk.start, chunk.end, _pack(chunk.sentences), vector.tobytes())
                for key, chunk, vector in zip(version.keys, version.chunks, version.vectors, strict=True)
            ],
        )

    def _retire_one(self, article_id: str, at: int) -> int:
        row = self._connection.execute(
            "UPDATE versions SET retired_at = ? WHERE article_id = ? AND retired_at IS NULL RETURNING version_id",
            (at, article_id),
        ).fetchone()
        if row is None:
            return 0
        self._connection.execute("INSERT OR IGNORE INTO strays SELECT chunk_key FROM chunks WHERE version_id = ?", row)
        return self._connection.execute("DELETE FROM chunks WHERE version_id = ?", row).rowcount

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

    def history(self, article_id: str) -> tuple[int, datetime | None]:
        """Number of the article's newest version, live or not (0 for none), and when the first was committed."""
        number, seen = self._connection.execute(
            "SELECT max(number), min(first_seen_at) FROM versions WHERE article_id = ?", (article_id,)
        ).fetchone()
        return (number, datetime.fromtimestamp(seen, UTC)) if number else (0, None)

    def version(self, article_id: str, number: int | None = None) -> Version:
        """
        Return one version of an article: the live one, or the one with this number.

        Raises:
            UnknownArticleError: If there is none.
        """
        wanted = "retired_at IS NULL" if number is None else "number = ?"
        row = self._connection.execute(
            f"SELECT {_VERSION_COLUMNS} FROM versions WHERE article_id = ? AND {wanted}",
            (article_id,) if number is None else (article_id, number),
        ).fetchone()
        if row is None:
            named = article_id if number is None else f"{article_id}, version {number}"
            raise UnknownArticleError(
                f"No article {named} is indexed.", remedy="`dateline articles list` shows the ids."
            )
        return _version(row)

    def articles(self, filters: Filters, *, limit: int) -> tuple[ArticleSummary, ...]:
        """List live articles, newest first."""
        where, values = _conditions(filters)
        rows = self._connection.execute(
            "SELECT article_id, url, title, publisher, published_at FROM versions "
            f"WHERE {where} ORDER BY public_by_epoch DESC, article_id LIMIT ?",
            (*values, limit),
        )
        return tuple(
            ArticleSummary(article_id, url, title, publisher, _datetime(published_at))
            for article_id, url, title, publisher, published_at in rows
        )

    def count_articles(self, filters: Filters) -> int:
        """Count live articles that pass."""
        where, values = _conditions(filters)
        return self._one(f"SELECT count(*) FROM versions WHERE {where}", values) or 0

    def newest_published_at(self, filters: Filters) -> datetime | None:
        """When the newest dated article that passes was published."""
        where, values = _conditions(filters)
        newest = self._one(f"SELECT max(published_epoch) FROM versions WHERE {where}", values)
        return None if newest is None else datetime.fromtimestamp(newest, UTC)

    # Reading chunks.

    def count_chunks(self, filters: Filters) -> int:
        """Count live chunks that pass."""
        where, values = _conditions(filters)
        return self._one(f"SELECT count(*) FROM chunks JOIN versions USING (version_id) WHERE {where}", values) or 0

    def chunks(self, keys: Sequence[str], filters: Filters) -> dict[str, LiveChunk]:
        """Look up chunks by key; what is not live, or does not pass, is missing from what comes back."""
        found: dict[str, LiveChunk] = {}
        where, values = _conditions(filters)
        for first in range(0, len(keys), _MOST_VARIABLES):
            some = keys[first : first + _MOST_VARIABLES]
            rows = self._connection.execute(
                f'SELECT chunk_key, position, start, "end", sentences, vector, {_VERSION_COLUMNS} '
                f"FROM chunks JOIN versions USING (version_id) WHERE {where} AND chunk_key IN ({_marks(some)})",
                (*values, *some),
            )
            found |= {row[0]: _live_chunk(row) for row in rows}
        return found

    def live_versions(self) -> Iterator[NewVersion]:
        """Yield every live version with its chunks and vectors: all that the copies are made of."""
        ids = self._connection.execute("SELECT article_id FROM versions WHERE retired_at IS NULL").fetchall()
        for (article_id,) in ids:
            keys = self._connection.execute(
                "SELECT chunk_key FROM chunks JOIN versions USING (version_id) WHERE article_id = ? ORDER BY position",
                (article_id,),
            ).fetchall()
            found = self.chunks([key for (key,) in keys], Filters())
            chunks = tuple(sorted((live.chunk for live in found.values()), key=lambda chunk: chunk.position))
            version = next(iter(found.values())).version
            vectors = np.stack([found[chunk_key(article_id, version.number, c.position)].vector for c in chunks])
            yield NewVersion(version.article, version.number, version.first_seen_at, chunks, vectors)

    def vectors(self, filters: Filters) -> tuple[list[str], Vectors]:
        """
        Read the vectors of all live chunks that pass.

        Returns:
            Keys, and one row each: shape (n, dimensions), of unit length.
        """
        where, values = _conditions(filters)
        rows = self._connection.execute(
            f"SELECT chunk_key, vector FROM chunks JOIN versions USING (version_id) WHERE {where}",
            values,
        ).fetchall()
        if not rows:
            return [], np.empty((0, 0), dtype=np.float32)
        matrix = np.frombuffer(b"".join(vector for _, vector in rows), dtype=np.float32)
        return [key for key, _ in rows], matrix.reshape(len(rows), -1)

    def _one(self, query: str, values: Sequence[Any]) -> int | None:
        value: int | None = self._connection.execute(query, values).fetchone()[0]
        return value


_CHECK_FOLDER = "Check the folder's permissions and the disk's free space, then try again."
_OTHER_FOLDER = "Index into another folder with --data-dir, or delete this one and index again."


def _conditions(filters: Filters) -> tuple[str, list[Any]]:
    """Write filters as SQL over `versions`; only live versions pass."""
    parts, values = ["retired_at IS NULL"], list[Any]()
    for condition, moment in (
        ("published_epoch >= ?", filters.since),
        ("published_epoch <= ?", filters.until),
        ("public_by_epoch <= ?", filters.as_of),
    ):
        if moment is not None:
            parts.append(condition)
            values.append(_epoch(moment))
    if filters.publishers:
        parts.append(f"casefold(publisher) IN ({_marks(filters.publishers)})")
        values.extend(name.casefold() for name in filters.publishers)
    return " AND ".join(parts), values


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _version_row(version: NewVersion, *, at: int) -> tuple[Any, ...]:
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
        None if article.published_at is None else article.published_at.isoformat(),
        None if article.published_at is None else _epoch(article.published_at),
        _epoch(version.public_by),
        article.date_source,
        article.language,
        _epoch(version.first_seen_at),
        at,
    )


def _version(row: Sequence[Any]) -> Version:
    article_id, number, _, url, title, text, authors, publisher, published_at, _, _, source, language, seen, at = row
    names = tuple(json.loads(authors))
    article = Article(article_id, url, title, text, names, publisher, _datetime(published_at), source, language)
    return Version(article, number, datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(seen, UTC))


def _live_chunk(row: Sequence[Any]) -> LiveChunk:
    _, position, start, end, sentences, vector, *rest = row
    version = _version(rest)
    text = version.article.text[start:end]
    chunk = Chunk(version.article.article_id, position, start, end, text, _unpack(sentences))
    return LiveChunk(version, chunk, np.frombuffer(vector, dtype=np.float32))


def _casefold(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def _pack(spans: Sequence[Span]) -> bytes:
    return np.asarray(spans, dtype=np.int32).tobytes()


def _unpack(blob: bytes) -> tuple[Span, ...]:
    return tuple(Span(int(start), int(end)) for start, end in np.frombuffer(blob, dtype=np.int32).reshape(-1, 2))


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())


def _datetime(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
