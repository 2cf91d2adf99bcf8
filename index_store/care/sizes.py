"""How much room the parts of a data folder take, and how much is left on its disk."""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from index_store.errors import IndexStoreError

PARTS = ("catalog", "chroma", "words", "encoder", "other")


def sizes(folder: Path) -> dict[str, int]:
    """Measure the parts of a data folder, in bytes; `other` holds drafts, notes and what is not Dateline's."""
    found: Counter[str] = Counter()
    for file in _files(folder):
        top = file.relative_to(folder).parts[0]
        name = "catalog" if top.startswith("catalog.sqlite") else top
        with suppress(FileNotFoundError):  # a writer has cleared it away
            found[name if name in PARTS else "other"] += file.stat().st_size
    return {part: found[part] for part in PARTS}


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


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
