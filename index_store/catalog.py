"""
The truth: one SQLite file with every article version, the chunks of the live ones, and their vectors.

Chroma and Tantivy are copies that may lag, or hold what is gone; whatever they name is looked up here, and what is not
live here does not exist. Its tables are in `schema.py`.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np

from index_store.errors import EmptyIndexError, IndexStoreError, MismatchError, UnknownArticleError
from index_store.formats import day
from index_store.lock import writer_at_work
from index_store.records import (
    ArticleSummary,
    Filters,
    Glance,
    Lifetime,
    LiveChunk,
    NewVersion,
    Vectors,
    Version,
    chunk_key,
)
from index_store.rows import (
    SUMMARY_COLUMNS,
    VERSION_COLUMNS,
    casefold,
    conditions,
    epoch,
    lifetime_from,
    live_chunk_from,
    marks,
    pack,
    summary_from,
    version_from,
    version_row,
)
from index_store.schema import MIGRATIONS, SCHEMA, SCHEMA_VERSION
from index_store.stories import Stories

_MOST_VARIABLES = 500  # SQLite's default limit is higher; this keeps statements small
_ROWS_AT_ONCE = 4_000
# A row is wide, so each one looked up is another page: mapped, it is not copied. All that is mapped shows as memory.
_MAPPED_BYTES = 256_000_000


class Catalog:
    """
    The SQLite file of one data folder.

    One process writes at a time (see `lock.py`); any number read while it does (WAL).

    Attributes:
        stories: Which of the live articles are copies of each other.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.stories = Stories(connection)

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
            raise nothing_indexed(file.parent)
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
        self._connection.create_function("casefold", 1, casefold, deterministic=True)
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
        found = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if found == 0 and create:
            self._connection.execute("PRAGMA page_size = 16384")  # nine vectors a page instead of two
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        elif found == 0:
            raise nothing_indexed(file.parent)
        elif create and found in MIGRATIONS:
            self._migrate(found)
        elif found in MIGRATIONS:
            raise MismatchError(
                f"{file} has format {found}; this version of Dateline reads format {SCHEMA_VERSION}.",
                remedy="The next `dateline index` or `reindex` brings it up to date, without embedding again.",
            )
        elif found != SCHEMA_VERSION:
            raise MismatchError(
                f"{file} has format {found}; this version of Dateline reads format {SCHEMA_VERSION}.",
                remedy=_OTHER_FOLDER,
            )

    def _migrate(self, found: int) -> None:
        for version in range(found, SCHEMA_VERSION):
            script = f"BEGIN IMMEDIATE; {MIGRATIONS[version]} PRAGMA user_version = {version + 1}; COMMIT;"
            self._connection.executescript(script)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """The open file, for those who keep other tables in it."""
        return self._connection

    # Facts about the index as a whole.

    def fact(self, name: str) -> str | None:
        """Return what is written under this name, or None."""
        row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_fact(self, name: str, value: str) -> None:
        """Write a fact about the index as a whole."""
        self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def identity(self) -> str:
        """Return what tells this data folder from every other; "" before the first writer gave it one."""
        return self.fact("identity") or ""

    def generation(self) -> int:
        """Count of commits so far: when it has moved, readers bring their copies up to date."""
        return int(self.fact("generation") or 0)

    # Writing.

    def expect(self, keys: Iterable[str]) -> None:
        """Note keys before the copies get them: until they are committed they are strays."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany("INSERT OR IGNORE INTO strays VALUES (?)", [(key,) for key in keys])
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def commit(self, versions: Iterable[NewVersion], *, at: datetime) -> None:
        """Make these versions live, all or nothing; the chunks of those they replace become strays."""
        with self._transaction():
            for version in versions:
                self._put_live(version, epoch(at))

    def retire(self, article_ids: Iterable[str], *, at: datetime) -> int:
        """
        Take these articles out of the index; their texts stay readable as past versions.

        Returns:
            How many chunks are gone; they are strays now.
        """
        with self._transaction():
            return sum(self._retire_one(article_id, epoch(at)) for article_id in article_ids)

    def strays(self) -> list[str]:
        """Keys of chunks that are not live, though the copies may hold them."""
        return [key for (key,) in self._connection.execute("SELECT chunk_key FROM strays")]

    def forget_strays(self) -> None:
        """Note that the copies hold no strays any more; readers bring theirs up to date."""
        with self._transaction():
            self._connection.execute("DELETE FROM strays")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.stories.settle()
            self.set_fact("generation", str(self.generation() + 1))
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def _put_live(self, version: NewVersion, at: int) -> None:
        self._retire_one(version.article.article_id, at)
        row = version_row(version, at=at)
        version_id: int = self._connection.execute(
            f"INSERT INTO versions ({VERSION_COLUMNS}) VALUES ({marks(row)}) RETURNING version_id", row
        ).fetchone()[0]
        self._connection.executemany(
            "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (key, version_id, chunk.position, chunk.start, chunk.end, pack(chunk.sentences), vector.tobytes())
                for key, chunk, vector in zip(version.keys, version.chunks, version.vectors, strict=True)
            ],
        )
        self._connection.executemany("DELETE FROM strays WHERE chunk_key = ?", [(key,) for key in version.keys])
        self.stories.enter(version.article.article_id, version_id, version.likeness)

    def _retire_one(self, article_id: str, at: int) -> int:
        row = self._connection.execute(
            "UPDATE versions SET retired_at = ? WHERE article_id = ? AND retired_at IS NULL RETURNING version_id",
            (at, article_id),
        ).fetchone()
        if row is None:
            return 0
        self.stories.leave(article_id, row[0])
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
            UnknownArticleError: If there is none; it names the versions that there are.
        """
        wanted = "retired_at IS NULL" if number is None else "number = ?"
        row = self._connection.execute(
            f"SELECT {VERSION_COLUMNS} FROM versions WHERE article_id = ? AND {wanted}",
            (article_id,) if number is None else (article_id, number),
        ).fetchone()
        if row is None:
            raise _unknown(article_id, number, self.lifetimes(article_id))
        return version_from(row)

    def lifetimes(self, article_id: str) -> tuple[Lifetime, ...]:
        """When each of an article's versions was live, in their order; none for an article that never was."""
        rows = self._connection.execute(
            "SELECT number, indexed_at, retired_at FROM versions WHERE article_id = ? ORDER BY number", (article_id,)
        )
        return tuple(lifetime_from(row) for row in rows)

    def articles(self, filters: Filters, *, limit: int) -> tuple[ArticleSummary, ...]:
        """List live articles, newest first."""
        where, values = conditions(filters)
        rows = self._connection.execute(
            f"SELECT {SUMMARY_COLUMNS} FROM versions WHERE {where} ORDER BY public_by_epoch DESC, article_id LIMIT ?",
            (*values, limit),
        )
        return tuple(summary_from(row) for row in rows)

    def count_articles(self, filters: Filters) -> int:
        """Count live articles that pass."""
        where, values = conditions(filters)
        return self._one(f"SELECT count(*) FROM versions WHERE {where}", values) or 0

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
            found |= {row[0]: live_chunk_from(row) for row in rows}
        return found

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
        cosines = (_matrix([row[1] for row in rows]) @ vector).tolist() if rows else []
        return {
            key: Glance(article_id, public_by, published, cosine)
            for (key, _, article_id, public_by, published), cosine in zip(rows, cosines, strict=True)
        }

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
        return keys, np.frombuffer(vectors, dtype=np.float32).reshape(len(keys), -1 if keys else 0)

    def _one(self, query: str, values: Sequence[Any]) -> int | None:
        value: int | None = self._connection.execute(query, values).fetchone()[0]
        return value


def _matrix(vectors: Sequence[bytes]) -> Vectors:
    """One row a vector."""
    return np.frombuffer(b"".join(vectors), dtype=np.float32).reshape(len(vectors), -1)


_CHECK_FOLDER = "Check the folder's permissions and the disk's free space, then try again."
_OTHER_FOLDER = "Index into another folder with --data-dir, or delete this one and index again."


def nothing_indexed(folder: Path) -> EmptyIndexError:
    """Say that a data folder holds no article, and what will fill it."""
    writer = writer_at_work(folder)
    if writer:
        return EmptyIndexError(
            f"Nothing is indexed in {folder} yet. {writer} is writing to it.",
            remedy="Try again when its first articles are in.",
        )
    return EmptyIndexError(
        f"Nothing is indexed in {folder}.",
        remedy="Fill it with `dateline index FILE...`, or name another folder with --data-dir.",
    )


def _unknown(article_id: str, number: int | None, lifetimes: Sequence[Lifetime]) -> UnknownArticleError:
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
