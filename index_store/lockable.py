"""A folder that Tantivy can lock: it locks what it opens, even to read it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_LOCK = ".tantivy-meta.lock"


def is_lockable(folder: Path) -> bool:
    """Whether this process may write Tantivy's lock in a folder."""
    lock = folder / _LOCK
    return os.access(lock if lock.exists() else folder, os.W_OK)


@contextmanager
def lockable(folder: Path) -> Iterator[Path]:
    """
    Yield the folder itself, or one of links to its files where it may only be read.

    The links are needed only while the files are opened. A writer, which these do not lock out, may delete one in that
    moment; to open them once more helps.
    """
    if is_lockable(folder):
        yield folder
        return
    with TemporaryDirectory(prefix="dateline-words-") as links:
        for file in folder.iterdir():
            if file.name != _LOCK:
                Path(links, file.name).symlink_to(file.absolute())
        yield Path(links)
