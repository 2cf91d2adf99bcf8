"""What is written into the catalog: article versions with their chunks, what the copies must forget, and facts."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self
from uuid import uuid4

from index_store.catalog import Catalog
from index_store.catalog_file import open_file
from index_store.records import NewVersion
from index_store.rows import VERSION_COLUMNS, epoch, marks, pack, version_row


class WritableCatalog(Catalog):
    """The SQLite file of one data folder, open for writing too; for one process, which holds the lock (`lock.py`)."""

    @classmethod
    def open(cls, file: Path, *, create: bool = False) -> Self:
        """
        Open the catalog, and bring one of an older format up to date.

        Args:
            file: The catalog's file.
            create: Whether to make an empty one where there is none.

        Raises:
            EmptyIndexError: If there is none and `create` is false.
            IndexStoreError: If it cannot be opened.
            MismatchError: If another version of Dateline made it that this one knows nothing of, or it is no catalog.
        """
        return cls(open_file(file, create=create, migrate=True))

    def ensure_identity(self) -> None:
        """Give the data folder what tells it from every other, unless it has that."""
        if not self.identity():
            self.set_fact("identity", uuid4().hex)

    def set_fact(self, name: str, value: str) -> None:
        """Write a fact about the index as a whole."""
        self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

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

    def forget_strays(self) -> None:
        """Note that the copies hold no strays any more; readers bring theirs up to date."""
        with self._transaction():
            self._connection.execute("DELETE FROM strays")

    def call_readers(self) -> None:
        """Count a commit that changes no article, so that readers open the copies anew."""
        with self._transaction():
            pass

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
        self._keep_chunks(version.article.article_id)
        self._retire_one(version.article.article_id, at)
        row = version_row(version, at=at)
        insert = f"INSERT INTO versions ({VERSION_COLUMNS}) VALUES ({marks(row)}) RETURNING version_id"  # noqa: S608 - columns
        version_id: int = self._connection.execute(insert, row).fetchone()[0]
        self._connection.executemany(
            "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (key, version_id, chunk.position, chunk.start, chunk.end, pack(chunk.sentences), vector.tobytes())
                for key, chunk, vector in zip(version.keys, version.chunks, version.vectors, strict=True)
            ],
        )
        self._connection.executemany("DELETE FROM strays WHERE chunk_key = ?", [(key,) for key in version.keys])
        self.stories.enter(version.article.article_id, version_id, version.likeness)

    def _keep_chunks(self, article_id: str) -> None:
        """Keep where the chunks of the live version stand, which is about to be replaced."""
        self._connection.execute(
            'INSERT INTO past_chunks SELECT version_id, position, start, "end", sentences '
            "FROM chunks JOIN versions USING (version_id) WHERE article_id = ? AND retired_at IS NULL",
            (article_id,),
        )

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
