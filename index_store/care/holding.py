"""A data folder's catalog, opened for maintenance: for reading, or under the writer's lock; whatever its model is."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from index_store.care.catalog_checks import RESTORE
from index_store.catalog import Catalog
from index_store.catalog_file import CATALOG, CHECK_FOLDER, PRIMARY, nothing_indexed
from index_store.errors import IndexStoreError
from index_store.lock import writer_lock
from index_store.writable_catalog import WritableCatalog
from index_store.writer import translated_errors


@contextmanager
def read_catalog(folder: Path) -> Iterator[Catalog]:
    """
    Open the catalog of a data folder, to which others may be writing, and tell in words if it turns out to be damaged.

    Raises:
        EmptyIndexError: If nothing has been indexed there.
        IndexStoreError: If it cannot be read.
        MismatchError: If another version of Dateline made it.
    """
    file = folder / CATALOG
    with closing(Catalog.open(file)) as catalog, _translated_damage(file):
        try:
            yield catalog
        except sqlite3.OperationalError as error:
            raise IndexStoreError(f"{file} cannot be read: {error}.", remedy=CHECK_FOLDER) from error


@contextmanager
def held_catalog(folder: Path) -> Iterator[WritableCatalog]:
    """
    Hold a data folder that has an index, and open its catalog; one of an older format is brought up to date.

    Raises:
        BusyIndexError: If another process is writing to it.
        EmptyIndexError: If nothing has been indexed there.
        IndexStoreError: If it cannot be written.
        MismatchError: If another version of Dateline made it.
    """
    file = folder / CATALOG
    if not file.exists():
        raise nothing_indexed(folder)  # and leave not even a lock behind
    with (
        writer_lock(folder),
        closing(WritableCatalog.open(file)) as catalog,
        translated_errors(folder),
        _translated_damage(file),
    ):
        catalog.ensure_identity()
        yield catalog


@contextmanager
def _translated_damage(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & PRIMARY not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            raise
        raise IndexStoreError(f"{file} is damaged: {error}.", remedy=RESTORE) from error
