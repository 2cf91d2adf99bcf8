"""A consistent copy of a data folder in one file, taken while a bot reads it and a writer writes it."""

import hashlib
import json
import shutil
import sqlite3
import zipfile
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from index_store.care.archive import KIND, MANIFEST, Manifest, Member, may_hold
from index_store.care.contents import fault_in
from index_store.care.holding import read_catalog
from index_store.care.sizes import require_room, sizes
from index_store.care.whole_file import whole_file
from index_store.catalog import Catalog
from index_store.catalog_file import CATALOG
from index_store.errors import IndexStoreError
from index_store.records import Filters
from index_store.schema import SCHEMA_VERSION

_COPY_BYTES = 1 << 20
_COMPRESSION = 1  # vectors do not shrink, whatever is spent on them; texts do at once


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds, and its size in bytes."""

    articles: int
    chunks: int
    size_bytes: int


def back_up(folder: Path, file: Path, *, force: bool) -> Backup:
    """
    Write a backup; the data folder may be read and written meanwhile, and is copied as of one moment.

    Args:
        folder: The data folder.
        file: The backup, written whole or not at all.
        force: Whether to replace a file that is there.

    Raises:
        EmptyIndexError: If nothing has been indexed there.
        IndexStoreError: If the file is there already or cannot be written, or the catalog is damaged.
    """
    with read_catalog(folder) as catalog, whole_file(file, outside=folder, force=force) as stream:
        measured = sizes(folder)
        require_room(file.parent, 2 * measured["catalog"] + measured["encoder"])
        frozen = Path(stream.name).with_name(CATALOG)  # beside the draft, and gone with it
        _freeze(catalog, frozen, file)
        with closing(Catalog.open(frozen)) as copied:
            _require_sound(copied, folder)
            counts = copied.count_articles(Filters()), copied.count_chunks(Filters())
        _write(stream, {CATALOG: frozen} | _compiled_model(folder))
    return Backup(*counts, size_bytes=file.stat().st_size)


def _freeze(catalog: Catalog, frozen: Path, file: Path) -> None:
    """Copy the catalog as of one moment."""
    try:
        with closing(sqlite3.connect(frozen)) as copy:
            catalog.connection.backup(copy)  # in one step: in several, a busy writer would make it begin anew for ever
    except sqlite3.OperationalError as error:
        raise IndexStoreError(
            f"The catalog cannot be copied beside {file}: {error}.", remedy="Check both disks, and their free space."
        ) from error


def _require_sound(copied: Catalog, folder: Path) -> None:
    """Refuse to write what `restore` would refuse to unpack."""
    fault = fault_in(copied)
    if fault:
        raise IndexStoreError(f"{folder} is not sound, so no backup was made: {fault.told}.", remedy=fault.remedy)


def _compiled_model(folder: Path) -> dict[str, Path]:
    """Name its files; what a file browser has left among them is none of a backup's."""
    found = {f"encoder/{path.name}": path for path in sorted((folder / "encoder").glob("*")) if path.is_file()}
    return {name: path for name, path in found.items() if may_hold(name)}


def _write(stream: BinaryIO, paths: dict[str, Path]) -> None:
    with (
        ExitStack() as opened,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive,
    ):
        files = {name: opened.enter_context(path.open("rb")) for name, path in paths.items()}
        members = tuple(_member(name, file) for name, file in files.items())
        manifest = Manifest(KIND, datetime.now(UTC).isoformat(timespec="seconds"), SCHEMA_VERSION, members)
        archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
        for name, file in files.items():
            file.seek(0)
            with archive.open(name, "w", force_zip64=True) as target:
                shutil.copyfileobj(file, target, _COPY_BYTES)


def _member(name: str, file: BufferedReader) -> Member:
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Member(name, file.tell(), digest)
