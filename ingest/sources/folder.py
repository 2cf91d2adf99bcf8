"""Folders: the files below them that may hold articles."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ingest.article import Rejected
from ingest.sources.reading import label


def files_below(folder: Path) -> Iterator[Path | Rejected]:
    """
    Yield the regular files below a folder, sorted within each folder.

    Hidden files and folders are left out. So are links: a link that leads out of the folder leads to what nobody
    asked for, and what a link inside the folder leads to is found anyway. A folder that may not be opened is named.
    """
    barred: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=barred.append):
        while barred:
            yield _barred(barred.pop())
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith(".") and _is_regular(path):
                yield path
    while barred:
        yield _barred(barred.pop())


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return True  # reading it will tell what is wrong


def _barred(error: OSError) -> Rejected:
    return Rejected(label(Path(str(error.filename))), f"cannot be read: {error.strerror}")
