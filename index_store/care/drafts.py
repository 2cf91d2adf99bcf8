"""Folders beside a file that is being made; those that killed runs left are cleared away by the next run."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

_LOCK = "dateline.lock"
_SUFFIX = ".part"
_LONGEST_LOOK_S = 5  # at a draft that is just being made, by another run that looks for what was left


@contextmanager
def draft_beside(file: Path) -> Iterator[Path]:
    """
    Make a folder beside a file, under a name of its own that ends with `.part`; it is gone afterwards.

    Its owner holds a lock in it, which dies with the process. A network disk may know no locks: there, what a killed
    run left stays.

    Raises:
        OSError: If it cannot be made.
    """
    from filelock import FileLock, Timeout  # most commands never need it

    _clear_left(file.parent)
    with TemporaryDirectory(
        prefix=f"{file.name}.", suffix=_SUFFIX, dir=file.parent, ignore_cleanup_errors=True
    ) as draft:
        lock = FileLock(Path(draft, _LOCK))
        with suppress(Timeout, OSError, NotImplementedError):
            lock.acquire(timeout=_LONGEST_LOOK_S)
        try:
            yield Path(draft)
        finally:
            lock.release()


def _clear_left(folder: Path) -> None:
    from filelock import FileLock, Timeout  # see draft_beside

    for lock in folder.glob(f"*{_SUFFIX}/{_LOCK}"):
        with suppress(Timeout, OSError, NotImplementedError), FileLock(lock, timeout=0):
            if any(path.name != _LOCK for path in lock.parent.iterdir()):  # one without may be about to be held
                shutil.rmtree(lock.parent)
