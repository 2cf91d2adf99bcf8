"""
A backup's file, opened and unpacked; it may come from anywhere.

Only names that a backup may hold are written, and never more bytes than its manifest says.
"""

import hashlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from index_store.care.archive import KIND, MANIFEST, Manifest, may_hold
from index_store.catalog_file import CATALOG
from index_store.errors import IndexStoreError, MismatchError
from index_store.schema import SCHEMA_VERSION

_LONGEST_MANIFEST_BYTES = 100_000
_MOST_MEMBERS = 50
_COPY_BYTES = 1 << 20
_COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What `zipfile` raises on bytes that are no zip file; ValueError also for names that are no text.
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, NotImplementedError, ValueError)
_ANOTHER = "Use a file that `dateline backup` wrote."


def unsound(file: Path, reason: str) -> IndexStoreError:
    """Refuse a backup; `reason` is a sentence without its full stop."""
    return IndexStoreError(f"{file} is not a sound backup: {reason}.", remedy=_ANOTHER)


def require_format(found: int, file: Path) -> None:
    """
    Refuse the catalog of a newer Dateline.

    Raises:
        MismatchError: If its format is newer.
    """
    if found > SCHEMA_VERSION:
        told = f"has a catalog of format {found}; this version reads up to format {SCHEMA_VERSION}"
        raise MismatchError(f"{file} {told}.", remedy="Use the newer Dateline that made it.")


def open_backup(file: Path) -> zipfile.ZipFile:
    """
    Open a backup's file.

    Raises:
        IndexStoreError: If there is none, or it is no zip file.
    """
    with _translated_reading(file):
        if file.exists() and not file.is_file():
            raise unsound(file, "it is a folder or a device")
        return zipfile.ZipFile(file)


def read_manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    """
    Read what a backup says of itself, and insist that it holds just that.

    Raises:
        IndexStoreError: If it does not.
        MismatchError: If its catalog is of a newer Dateline.
    """
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if MANIFEST not in names:
        raise unsound(file, "it has no manifest")
    if len(names) > _MOST_MEMBERS or len(set(names)) != len(names):
        raise unsound(file, "it holds too many files, or one twice")
    if any(entry.compress_type not in _COMPRESSIONS or not _is_plain(entry) for entry in entries):
        raise unsound(file, "it holds links or devices, or is packed in another way than a backup is")
    text = b"".join(_pieces(archive, archive.getinfo(MANIFEST), file, most_bytes=_LONGEST_MANIFEST_BYTES))
    try:
        manifest = TypeAdapter(Manifest).validate_json(text[:_LONGEST_MANIFEST_BYTES], strict=True)
    except ValidationError as error:
        raise unsound(file, "its manifest cannot be read") from error
    require_format(manifest.catalog_format, file)
    stated = {member.name: member.size_bytes for member in manifest.members}
    held = {entry.filename: entry.file_size for entry in entries if entry.filename != MANIFEST}
    if manifest.kind != KIND or len(stated) != len(manifest.members) or stated != held:
        raise unsound(file, "its manifest is of another file")
    if CATALOG not in stated or not all(map(may_hold, stated)):
        raise unsound(file, "it holds other files than a backup does")
    return manifest


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    return stat.S_IFMT(entry.external_attr >> 16) in {0, stat.S_IFREG}  # 0 where it is not told


def unpack(archive: zipfile.ZipFile, manifest: Manifest, folder: Path, file: Path) -> None:
    """
    Write the files of a backup into a folder, each compared with the manifest.

    Raises:
        IndexStoreError: If one is not what the manifest says.
        OSError: If it cannot be written.
    """
    for member in manifest.members:
        target = folder / member.name
        target.parent.mkdir(exist_ok=True)
        digest, left = hashlib.sha256(), member.size_bytes
        with target.open("xb") as plain:
            for piece in _pieces(archive, archive.getinfo(member.name), file, most_bytes=member.size_bytes):
                left -= len(piece)
                digest.update(piece)
                plain.write(piece)
        if left != 0 or digest.hexdigest() != member.sha256:
            raise unsound(file, f"{member.name} is not what its manifest says")


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
        raise unsound(file, "it is no zip file, or a broken one") from error
    except OSError as error:
        raise IndexStoreError(f"{file} cannot be read: {error.strerror or error}.", remedy=_ANOTHER) from error
