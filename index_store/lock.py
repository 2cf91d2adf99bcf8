"""One writer at a time: an operating system lock, which dies with its holder, and a note that names the holder."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index_store.errors import BusyIndexError, IndexStoreError

NOTE = "writer.json"
LOCK = "writer.lock"
_LOOKS_TAKE_S = 0.2  # longer than a reader that looks whether the lock is held can be in the way
_LONGEST_NOTE_CHARS = 1_000
_LEAST_IMPOSSIBLE_PID = 1 << 32


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """
    Hold the data folder for writing.

    Raises:
        BusyIndexError: If another process holds it; the message says which and since when.
        IndexStoreError: If the folder cannot be written.
    """
    from filelock import FileLock, Timeout  # readers never need it

    holder = folder / NOTE
    lock = FileLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=_LOOKS_TAKE_S, poll_interval=0.01)
        holder.write_text(json.dumps({"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}))
    except Timeout as error:
        raise BusyIndexError(
            f"{writer_at_work(folder) or 'Another process'} is writing to {folder}.",
            remedy="Wait until it has finished, or stop it.",
        ) from error
    except OSError as error:
        lock.release()
        raise IndexStoreError(
            f"{folder} cannot be written: {error.strerror}.",
            remedy="Check the disk's free space, the folder's permissions, or --data-dir.",
        ) from error
    try:
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


@dataclass(frozen=True, slots=True)
class NotedWriter:
    """
    The process that a data folder's note names.

    Attributes:
        pid: Its number.
        since: When it began (ISO 8601, UTC).
        is_alive: Whether the lock is held; one that was killed leaves its note behind.
    """

    pid: int
    since: str
    is_alive: bool


def noted_writer(folder: Path) -> NotedWriter | None:
    """Read who is writing to a data folder, or was when it was killed; None where there is no note to be believed."""
    try:
        with (folder / NOTE).open(encoding="utf-8") as file:
            note = json.loads(file.read(_LONGEST_NOTE_CHARS))
        pid, since = note["pid"], datetime.fromisoformat(note["since"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if type(pid) is not int or not 0 < pid < _LEAST_IMPOSSIBLE_PID:
        return None
    return NotedWriter(pid, since.isoformat(timespec="seconds"), is_held(folder))


def writer_at_work(folder: Path) -> str | None:
    """Name the other process that is writing to a data folder, as "Process 12 (since …)"; None where there is none."""
    writer = noted_writer(folder)
    is_another = writer and writer.is_alive and writer.pid != os.getpid()
    return f"Process {writer.pid} (since {writer.since})" if writer and is_another else None


def is_held(folder: Path) -> bool:
    """Whether a process holds a data folder for writing: whatever its note says, and in whichever container it runs."""
    try:
        import fcntl  # not on Windows, where asking would take the lock
    except ImportError:
        return True
    try:
        with (folder / LOCK).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # given back at once, as the file is closed
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
