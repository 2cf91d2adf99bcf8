"""How much room the parts of a data folder take, and how much is left on its disk."""

import os
import shutil
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from index_store.catalog_file import CATALOG
from index_store.errors import IndexStoreError

PARTS = ("catalog", "chroma", "words", "encoder", "other")


def sizes(folder: Path) -> dict[str, int]:
    """Measure the parts of a data folder, in bytes; `other` holds drafts, notes and what is not Dateline's."""
    found: Counter[str] = Counter()
    for file in _files(folder):
        top = file.relative_to(folder).parts[0]
        name = "catalog" if top.startswith(CATALOG) else top
        found[name if name in PARTS else "other"] += _size(file)
    return {part: found[part] for part in PARTS}


def _files(folder: Path) -> Iterator[Path]:
    """Name all files; a folder that a writer clears away meanwhile is passed over."""
    return (Path(inside, name) for inside, _, names in os.walk(folder) for name in names)


def _size(file: Path) -> int:
    """Bytes of a file; 0 for what is no file of its own, or is gone by now."""
    try:
        found = file.lstat()
    except FileNotFoundError:
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def free_bytes(folder: Path) -> int:
    """Measure what is free on the disk of a folder, which need not exist yet."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def require_room(folder: Path, wanted: int) -> None:
    """
    Refuse to begin what would fill the disk.

    Raises:
        IndexStoreError: If fewer bytes are free than wanted.
    """
    free = free_bytes(folder)
    if free < wanted:
        raise IndexStoreError(
            f"The disk of {folder} has {readable_bytes(free)} free, and {readable_bytes(wanted)} are needed meanwhile.",
            remedy="Make room and run the command again.",
        )


def readable_bytes(count: int) -> str:
    """Write a size for people: "33.1 MB"."""
    size, unit = float(count), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1_000:
            break
        size, unit = size / 1_000, larger
    return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"
