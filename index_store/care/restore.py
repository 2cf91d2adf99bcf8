"""
A backup unpacked into an empty data folder, and its copies made anew.

A backup may come from anywhere: it must fit on the disk, and its catalog is checked as `dateline doctor` does before
anything is made of it. A compiled model whose vectors do not fit the catalog's is left out; whether one that fits is
the model that it claims to be cannot be seen, so a stranger's backup can spoil what questions find.

All happens in a draft folder; what it holds moves out of it at the end, the catalog last.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from index_store.care.archive import Manifest
from index_store.care.compiled_model import dimensions_of, fault_of
from index_store.care.contents import fault_in
from index_store.care.progress import Expect
from index_store.care.sizes import require_room
from index_store.care.unfinished import MOVED_FIRST, RESTORE_DRAFT, clear_unfinished
from index_store.care.unpacking import open_backup, read_manifest, require_format, unpack, unsound
from index_store.catalog_file import CATALOG
from index_store.copies import rebuild
from index_store.copy_places import all_copies
from index_store.deletion import delete
from index_store.errors import IndexStoreError
from index_store.lock import writer_lock
from index_store.records import ChromaServer, Filters
from index_store.writable_catalog import WritableCatalog
from index_store.writer import translated_errors

_NOT_IN_THE_WAY = {"writer.lock", "writer.json", RESTORE_DRAFT, "lost+found"}
_ROOM_FOR_COPIES = 5  # times the catalog: what both copies took, measured on long and short articles
_PROGRAMS = "SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE '%VIRTUAL%'"


def restore(file: Path, folder: Path, *, server: ChromaServer | None = None, expect: Expect) -> tuple[int, int]:
    """
    Unpack a backup into an empty data folder, whole or not at all.

    Args:
        file: The backup.
        folder: The data folder; made where there is none.
        server: The server that holds the vectors; None for the data folder itself.
        expect: Told how many steps making the copies will take.

    Returns:
        How many articles and chunks it holds.

    Raises:
        BusyIndexError: If another process is writing to the folder.
        IndexStoreError: If the folder is not empty or cannot be written, or the file is no sound backup.
        MismatchError: If the backup's catalog is of a newer Dateline, or the server's collection is another folder's.
    """
    with open_backup(file) as archive:
        manifest = read_manifest(archive, file)
        draft = folder / RESTORE_DRAFT
        if not draft.exists():
            _require_empty(folder)  # before a lock is left in a folder that is somebody's
        with writer_lock(folder), _told_of_the_folder(draft), translated_errors(folder):
            clear_unfinished(folder)
            _require_empty(folder)
            try:
                _require_room(folder, manifest)
                draft.mkdir()
                unpack(archive, manifest, draft, file)
                _check_catalog(draft / CATALOG, file)
                counts = _make_ready(draft, folder, server, expect)
                _move(draft, folder)
            finally:
                clear_unfinished(folder)
    return counts


@contextmanager
def _told_of_the_folder(draft: Path) -> Iterator[None]:
    """Name the data folder where an error names the draft, which is gone by the time that anybody looks."""
    try:
        yield
    except IndexStoreError as error:
        raise type(error)(error.message.replace(str(draft), str(draft.parent)), remedy=error.remedy) from error


def _require_empty(folder: Path) -> None:
    if folder.exists() and any(path.name not in _NOT_IN_THE_WAY for path in folder.iterdir()):
        raise IndexStoreError(f"{folder} is not empty.", remedy="Name an empty folder, or a new one, with --data-dir.")


def _require_room(folder: Path, manifest: Manifest) -> None:
    unpacked = sum(member.size_bytes for member in manifest.members)
    catalog = next(member.size_bytes for member in manifest.members if member.name == CATALOG)
    require_room(folder, unpacked + _ROOM_FOR_COPIES * catalog)


def _check_catalog(catalog_file: Path, file: Path) -> None:
    """
    Refuse a catalog that is not sound, or holds anything but Dateline's tables; one of an older format is migrated.

    Raises:
        IndexStoreError: If it is refused; the backup `file` is named.
        MismatchError: If it is of a newer Dateline.
    """
    try:
        with closing(sqlite3.connect(catalog_file)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            programs = connection.execute(_PROGRAMS).fetchone()[0]
            require_format(connection.execute("PRAGMA user_version").fetchone()[0], file)
        if programs:
            raise unsound(file, "its catalog holds other tables than Dateline's")
        fault = _fault_in(catalog_file)
    except sqlite3.DatabaseError as error:
        raise unsound(file, f"its catalog is damaged: {error}") from error
    if fault:
        raise unsound(file, f"of its catalog, {fault}")


def _fault_in(catalog_file: Path) -> str:
    try:
        catalog = WritableCatalog.open(catalog_file)
    except IndexStoreError as error:
        return f"the format is none of Dateline's ({error.__cause__ or 'no such tables'})"
    with closing(catalog):
        catalog.connection.execute("PRAGMA trusted_schema = OFF")
        fault = fault_in(catalog)
    return fault.told if fault else ""


def _make_ready(draft: Path, folder: Path, server: ChromaServer | None, expect: Expect) -> tuple[int, int]:
    """Give the folder an identity of its own, and make the copies of the catalog."""
    with closing(WritableCatalog.open(draft / CATALOG)) as catalog:
        catalog.set_fact("identity", _new_identity(catalog, folder))
        _leave_out_unusable(draft / "encoder", catalog)
        articles, chunks = catalog.count_articles(Filters()), catalog.count_chunks(Filters())
        copies = all_copies(draft, server, owner=catalog.identity())
        rebuild(catalog, copies, done=expect(articles * len(copies)))
    return articles, chunks


def _leave_out_unusable(compiled: Path, catalog: WritableCatalog) -> None:
    """Drop a compiled model that cannot be used; the next run that indexes, or `dateline rebuild`, makes it anew."""
    if not compiled.exists():
        return
    fault = fault_of(compiled, dimensions=dimensions_of(catalog))
    if fault:
        logging.getLogger(__name__).warning("The backup's compiled model is left out: %s", fault)
        delete(compiled)


def _new_identity(catalog: WritableCatalog, folder: Path) -> str:
    """Tell this folder from the one that was backed up, so that both never share a collection on a server."""
    return uuid5(NAMESPACE_URL, f"{catalog.identity()} {folder.resolve()}").hex  # the same if it is tried again


def _move(draft: Path, folder: Path) -> None:
    """Put everything in its place; the catalog last, without which the folder counts as empty."""
    for name in (*MOVED_FIRST, CATALOG):
        if (draft / name).exists():
            (draft / name).rename(folder / name)
