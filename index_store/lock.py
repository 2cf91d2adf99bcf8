"""One writer at a time: an operating system lock, which dies with its holder, and a note that names the holder."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from index_store.errors import BusyIndexError, IndexStoreError

_NOTE = "writer.json"


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """
    Hold the data folder for writing.

    Raises:
        BusyIndexError: If another process holds it; the message says which and since when.
        IndexStoreError: If the folder cannot be written.
    """
    from filelock import FileLock, Timeout  # readers never need it

    holder = folder / _NOTE
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


def writer_at_work(folder: Path) -> str | None:
    """Name the process that is writing to a data folder, as "Process 12 (since …)"; None where there is none."""
    try:
        note = json.loads((folder / _NOTE).read_text())
        os.kill(note["pid"], 0)  # a holder that was killed leaves its note behind
        return f"Process {note['pid']} (since {note['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return None
