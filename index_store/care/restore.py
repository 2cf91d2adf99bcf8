"""
A backup unpacked into an empty data folder, and its copies made anew.

A backup may come from anywhere. Only names that a backup may hold are written, never more bytes than its manifest
says, and only if these fit on the disk; the catalog must have Dateline's tables and no others before anything is read
from it. A compiled model whose vectors do not fit the catalog's is left out; whether one that fits is the model that it
claims to be cannot be seen, so a stranger's backup can spoil what questions find.

All happens in a draft folder; what it holds moves out of it at the end, the catalog last.
"""

import hashlib
import json
import logging
import os
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from index_store.care.archive import KIND, MANIFEST, Manifest, Member, may_hold
from index_store.care.catalog_checks import check_file
from index_store.care.compiled_model import dimensions_of, fault_of
from index_store.care.findings import Status
from index_store.care.progress import Expect
from index_store.care.sizes import require_room
from index_store.catalog_file import CATALOG
from index_store.copies import COPIES, rebuild
from index_store.copy_places import all_copies
from index_store.deletion import delete
from index_store.errors import IndexStoreError, MismatchError
from index_store.lock import writer_lock
from index_store.records import ChromaServer, Filters
from index_store.schema import SCHEMA_VERSION
from index_store.writable_catalog import WritableCatalog
from index_store.writer import translated_errors

_DRAFT = "restore.new"
_MOVED_FIRST = ("encoder", *COPIES)
_NOT_IN_THE_WAY = {"writer.lock", "writer.json", _DRAFT, "lost+found"}
_LONGEST_MANIFEST_BYTES = 100_000
_MOST_MEMBERS = 50
_ROOM_FOR_COPIES = 5  # times the catalog: what both copies took, measured on long and short articles
_COPY_BYTES = 1 << 20
_COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What `zipfile` raises on bytes that are no zip file; ValueError also for names that are no text.
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, NotImplementedError, ValueError)
_PROGRAMS = "SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE '%VIRTUAL%'"
_ANOTHER = "Use a file that `dateline backup` wrote."


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
        IndexStoreError: If the folder is not empty or cannot be written, or the file is no whole backup.
        MismatchError: If the backup's catalog is of a newer Dateline, or the server's collection is another folder's.
    """
    with _opened(file) as archive:
        manifest = _manifest(archive, file)
        draft = folder / _DRAFT
        if not draft.exists():
            _require_empty(folder)  # before a lock is left in a folder that is somebody's
        with writer_lock(folder), translated_errors(folder):
            _clear_unfinished(folder)
            _require_empty(folder)
            try:
                _require_room(folder, manifest)
                draft.mkdir()
                _unpack(archive, manifest, draft, file)
                counts = _make_ready(draft, folder, server, expect)
                _move(draft, folder)
            finally:
                _clear_unfinished(folder)
    return counts


def _opened(file: Path) -> zipfile.ZipFile:
    with _translated_reading(file):
        return zipfile.ZipFile(file)


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: Path, *, most_bytes: int) -> Iterator[bytes]:
    """Unpack a file of the backup, but never more than one byte beyond the most: that it has more can be seen."""
    left = most_bytes + 1
    with _translated_reading(file), archive.open(member) as packed:
        while left and (piece := packed.read(min(_COPY_BYTES, left))):
            left -= len(piece)
            yield piece


@contextmanager
def _translated_reading(file: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise IndexStoreError(f"There is no file {file}.", remedy="Check its name.") from error
    except _BROKEN as error:
        raise _refusal(file, "is no zip file, or a broken one") from error
    except OSError as error:
        raise IndexStoreError(f"{file} cannot be read: {error.strerror or error}.", remedy=_ANOTHER) from error


def _manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    """Read what a backup says of itself, and insist that it holds just that."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if MANIFEST not in names or len(names) > _MOST_MEMBERS or len(set(names)) != len(names):
        raise _refusal(file, "is no backup of Dateline")
    if any(entry.compress_type not in _COMPRESSIONS for entry in entries):
        raise _refusal(file, "is packed in another way than a backup is")
    text = b"".join(_pieces(archive, archive.getinfo(MANIFEST), file, most_bytes=_LONGEST_MANIFEST_BYTES))
    try:
        manifest = _read_manifest(json.loads(text[:_LONGEST_MANIFEST_BYTES]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _refusal(file, "has a manifest that cannot be read") from error
    if manifest.catalog_format > SCHEMA_VERSION:
        told = f"has a catalog of format {manifest.catalog_format}; this version reads up to format {SCHEMA_VERSION}"
        raise MismatchError(f"{file} {told}.", remedy="Use the newer Dateline that made it.")
    stated = {member.name: member.size_bytes for member in manifest.members}
    held = {entry.filename: entry.file_size for entry in entries if entry.filename != MANIFEST}
    if stated != held or CATALOG not in stated or not all(map(may_hold, stated)):
        raise _refusal(file, "holds other files than a backup does")
    return manifest


def _read_manifest(value: Any) -> Manifest:  # noqa: ANN401 - any JSON
    if value["kind"] != KIND:
        raise ValueError(value["kind"])
    members = tuple(Member(str(one["name"]), int(one["size_bytes"]), str(one["sha256"])) for one in value["members"])
    return Manifest(str(value["created_at"]), int(value["catalog_format"]), members)


def _clear_unfinished(folder: Path) -> None:
    """Clear away what an unfinished restore left, and last its draft, which tells of it. Under the writer's lock."""
    if not os.path.lexists(folder / _DRAFT):
        return
    unfinished = () if (folder / CATALOG).exists() else _MOVED_FIRST
    for name in (*unfinished, _DRAFT):
        with suppress(OSError):
            delete(folder / name)


def _require_empty(folder: Path) -> None:
    if folder.exists() and any(path.name not in _NOT_IN_THE_WAY for path in folder.iterdir()):
        raise IndexStoreError(f"{folder} is not empty.", remedy="Name an empty folder, or a new one, with --data-dir.")


def _require_room(folder: Path, manifest: Manifest) -> None:
    unpacked = sum(member.size_bytes for member in manifest.members)
    catalog = next(member.size_bytes for member in manifest.members if member.name == CATALOG)
    require_room(folder, unpacked + _ROOM_FOR_COPIES * catalog)


def _unpack(archive: zipfile.ZipFile, manifest: Manifest, draft: Path, file: Path) -> None:
    for member in manifest.members:
        target = draft / member.name
        target.parent.mkdir(exist_ok=True)
        digest, left = hashlib.sha256(), member.size_bytes
        with target.open("xb") as plain:
            for piece in _pieces(archive, archive.getinfo(member.name), file, most_bytes=member.size_bytes):
                left -= len(piece)
                digest.update(piece)
                plain.write(piece)
        if left != 0 or digest.hexdigest() != member.sha256:
            raise _refusal(file, f"is damaged: {member.name} is not what its manifest says")


def _make_ready(draft: Path, folder: Path, server: ChromaServer | None, expect: Expect) -> tuple[int, int]:
    """Check the catalog and make the copies of it."""
    _check_catalog(draft / CATALOG)
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


def _check_catalog(file: Path) -> None:
    """
    Refuse a catalog that is not sound, or holds anything but Dateline's tables.

    Raises:
        MismatchError: If that is so.
    """
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            programs = connection.execute(_PROGRAMS).fetchone()[0]
        if programs:
            raise MismatchError("The backup's catalog holds other tables than Dateline's.", remedy=_ANOTHER)
        WritableCatalog.open(file).close()  # one of an older format is brought up to date
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            finding = check_file(connection)
    except sqlite3.DatabaseError as error:
        raise MismatchError(f"The backup's catalog is damaged: {error}.", remedy=_ANOTHER) from error
    if finding.status is not Status.OK:
        raise MismatchError(f"The backup's catalog cannot be used: {finding.told}.", remedy=_ANOTHER)


def _move(draft: Path, folder: Path) -> None:
    """Put everything in its place; the catalog last, without which the folder counts as empty."""
    for name in (*_MOVED_FIRST, CATALOG):
        if (draft / name).exists():
            (draft / name).rename(folder / name)


def _refusal(file: Path, reason: str) -> IndexStoreError:
    return IndexStoreError(f"{file} {reason}.", remedy=_ANOTHER)
