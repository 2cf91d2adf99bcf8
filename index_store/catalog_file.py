"""The catalog's file: opened, made where there is none, brought up to date, or refused with the remedy."""

import sqlite3
from pathlib import Path

from index_store.errors import EmptyIndexError, IndexStoreError, MismatchError
from index_store.frozen_file import FrozenFile, is_whole
from index_store.lock import writer_at_work
from index_store.rows import casefold
from index_store.schema import MIGRATIONS, SCHEMA, SCHEMA_VERSION

CATALOG = "catalog.sqlite"  # its name in a data folder, and in a backup

# A row is wide, so each one looked up is another page: mapped, it is not copied. All that is mapped shows as memory.
_MAPPED_BYTES = 256_000_000
PRIMARY = 0xFF  # the bits of an error code that name its kind
_WHERE_NOTHING_CAN_BE_WRITTEN = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
}
CHECK_FOLDER = "Check the folder's permissions and the disk's free space, then try again."
_OTHER_FOLDER = "Index into another folder with --data-dir, or delete this one and index again."
_OTHER_DATABASE = "Index into another folder with --data-dir."
_LOST = "Restore a backup into an empty folder, or delete this one and index again."
_NEWER_DATELINE = "Use the newer Dateline that made it, or index into another folder with --data-dir."
_BRING_UP_TO_DATE = (
    "Run `dateline rebuild`, or `dateline index` or `reindex`: each brings it up to date, without embedding again."
)


def open_file(file: Path, *, create: bool = False, migrate: bool = False) -> sqlite3.Connection:
    """
    Open the file of a catalog.

    Args:
        file: Where it is.
        create: Whether to make an empty one where there is none.
        migrate: Whether to bring one of an older format up to date; only for who holds the writer's lock.

    Raises:
        EmptyIndexError: If there is none and `create` is false.
        IndexStoreError: If it cannot be opened.
        MismatchError: If it has another format, is no catalog, or is gone while its copies are there.
    """
    if not file.exists():
        _check_that_none_is_lost(file.parent)
        if not create:
            raise nothing_indexed(file.parent)
    try:
        if create:
            file.parent.mkdir(parents=True, exist_ok=True)
        return _opened(file, create=create, migrate=migrate)
    except (OSError, sqlite3.OperationalError) as error:
        raise IndexStoreError(f"{file} cannot be opened: {error}.", remedy=CHECK_FOLDER) from error
    except sqlite3.DatabaseError as error:
        raise MismatchError(f"{file} cannot be read as a catalog: {error}.", remedy=_OTHER_FOLDER) from error


def _opened(file: Path, *, create: bool, migrate: bool) -> sqlite3.Connection:
    """Open the file; one that is only to be read, frozen where nothing can be written beside it."""
    shared = sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)
    try:
        return _prepared(shared, file, create=create, migrate=migrate)
    except sqlite3.OperationalError as error:
        cannot_write = error.sqlite_errorcode & PRIMARY in _WHERE_NOTHING_CAN_BE_WRITTEN
        if create or migrate or not cannot_write or not is_whole(file):
            raise
        return _prepared(FrozenFile(file), file)


def _prepared(
    connection: sqlite3.Connection, file: Path, *, create: bool = False, migrate: bool = False
) -> sqlite3.Connection:
    try:
        _prepare(connection, file, create=create, migrate=migrate)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_that_none_is_lost(folder: Path) -> None:
    """Refuse a folder of copies without their catalog: what is indexed into it would be mixed with what is gone."""
    if any((folder / name).exists() for name in ("chroma", "words")):
        raise MismatchError(f"{folder} holds vectors and words, but their catalog is gone.", remedy=_LOST)


def _prepare(connection: sqlite3.Connection, file: Path, *, create: bool, migrate: bool) -> None:
    connection.create_function("casefold", 1, casefold, deterministic=True)
    connection.execute("PRAGMA foreign_keys = ON")
    # Readers alone: a writer's memory would grow with the catalog, and it looks up little.
    connection.execute(f"PRAGMA mmap_size = {0 if migrate else _MAPPED_BYTES}")
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found == 0 and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise MismatchError(f"{file} is a database of another program.", remedy=_OTHER_DATABASE)
    if found == 0 and create:
        connection.execute("PRAGMA page_size = 16384")  # nine vectors a page instead of two
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
    elif found == 0:
        raise nothing_indexed(file.parent)
    elif found in MIGRATIONS and migrate:
        _migrate(connection, found)
    elif found != SCHEMA_VERSION:
        raise MismatchError(
            f"{file} has format {found}; this version of Dateline reads format {SCHEMA_VERSION}.",
            remedy=_remedy_for(found),
        )


def _migrate(connection: sqlite3.Connection, found: int) -> None:
    for version in range(found, SCHEMA_VERSION):
        script = f"BEGIN IMMEDIATE; {MIGRATIONS[version]} PRAGMA user_version = {version + 1}; COMMIT;"
        connection.executescript(script)


def _remedy_for(found: int) -> str:
    if found in MIGRATIONS:
        return _BRING_UP_TO_DATE
    return _NEWER_DATELINE if found > SCHEMA_VERSION else _OTHER_FOLDER


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
