"""A consistent copy of a data folder in one file, taken while a bot reads it and a writer writes it."""

import hashlib
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from index_store.care.archive import MANIFEST, Manifest, Member, may_hold
from index_store.care.holding import read_catalog
from index_store.care.sizes import require_room, sizes
from index_store.care.whole_file import whole_file
from index_store.catalog import Catalog
from index_store.catalog_file import CATALOG
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
        IndexStoreError: If the file is there already, or cannot be written.
    """
    with read_catalog(folder) as catalog, whole_file(file, outside=folder, force=force) as stream:
        measured = sizes(folder)
        require_room(file.parent, 2 * measured["catalog"] + measured["encoder"])
        with _frozen(catalog, file) as frozen:
            _write(stream, {CATALOG: frozen} | _compiled_model(folder))
            with closing(Catalog.open(frozen)) as copied:
                counts = copied.count_articles(Filters()), copied.count_chunks(Filters())
    return Backup(*counts, size_bytes=file.stat().st_size)


@contextmanager
def _frozen(catalog: Catalog, file: Path) -> Iterator[Path]:
    """Copy the catalog as of one moment, beside a file; the copy is gone afterwards."""
    with TemporaryDirectory(prefix=f"{file.name}.", suffix=".part", dir=file.parent) as draft:
        frozen = Path(draft, CATALOG)
        with closing(sqlite3.connect(frozen)) as copy:
            catalog.connection.backup(copy)  # in one step: in several, a busy writer would make it begin anew for ever
        yield frozen


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
        manifest = Manifest(datetime.now(UTC).isoformat(timespec="seconds"), SCHEMA_VERSION, members)
        archive.writestr(MANIFEST, json.dumps(manifest.json(), indent=1))
        for name, file in files.items():
            file.seek(0)
            with archive.open(name, "w", force_zip64=True) as target:
                shutil.copyfileobj(file, target, _COPY_BYTES)


def _member(name: str, file: BufferedReader) -> Member:
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Member(name, file.tell(), digest)
