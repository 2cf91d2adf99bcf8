"""
The catalog's file where SQLite cannot write beside it: on a full disk, or in a folder that may only be read.

SQLite wants to note readers in a file beside the database, and refuses to read where it cannot. A database that nobody
writes to needs no such notes; whether somebody does is looked at before each statement.
"""

import sqlite3
from pathlib import Path
from typing import Any

from index_store.errors import IndexStoreError


class FrozenFile(sqlite3.Connection):
    """A connection that only reads, and takes no lock."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._state = _state(file)
        uri = f"{file.absolute().as_uri()}?immutable=1"
        super().__init__(uri, uri=True, isolation_level=None, check_same_thread=False)

    def execute(self, *statement: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as SQLite's own
        """
        Run a statement.

        Raises:
            IndexStoreError: If the file was written to since it was opened.
        """
        if _state(self._file) != self._state:
            raise IndexStoreError(
                f"{self._file} was written to meanwhile, in a folder where this process may not write.",
                remedy="Start the command again; with write permission it would have gone on.",
            )
        return super().execute(*statement)


def is_whole(file: Path) -> bool:
    """Whether all that was committed stands in the file itself, and not in the log beside it."""
    return _log_bytes(file) == 0


def _state(file: Path) -> tuple[int, int, int, int]:
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, _log_bytes(file)


def _log_bytes(file: Path) -> int:
    try:
        return file.with_name(f"{file.name}-wal").stat().st_size
    except FileNotFoundError:
        return 0
