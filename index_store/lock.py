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
    lock = FileLock(folder / "writer.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
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
        is_alive: Whether there is a process of that number; one that was killed leaves its note behind.
    """

    pid: int
    since: str
    is_alive: bool


def noted_writer(folder: Path) -> NotedWriter | None:
    """Read who is writing to a data folder, or was when it was killed; None where no note can be read."""
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        pid = int(note["pid"])
        return NotedWriter(pid, str(note["since"]), _is_alive(pid))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def writer_at_work(folder: Path) -> str | None:
    """Name the process that is writing to a data folder, as "Process 12 (since …)"; None where there is none."""
    writer = noted_writer(folder)
    return f"Process {writer.pid} (since {writer.since})" if writer and writer.is_alive else None


def _is_alive(pid: int) -> bool:
    if os.name != "posix":  # elsewhere, asking would end the process
        return True
    try:
        os.kill(pid, 0)
    except PermissionError:  # it is another user's
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True
