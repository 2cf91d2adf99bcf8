"""
Pages read in processes of their own: on all cores, and ended when one takes too long.

A page from the web can be made to keep a parser busy for minutes; only a process can be stopped in the middle.
"""

import logging
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError as FutureCancelledError
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from index_store import SourceError

if TYPE_CHECKING:
    from pebble import ProcessPool

LONGEST_READ_S = 30.0  # a page takes a tenth of a second; the first one of a process also waits for the libraries

_MOST_MEMORY_BYTES = 2_000_000_000  # of a process; the largest pages take a quarter of it

Given = TypeVar("Given")
Read = TypeVar("Read")


class InterruptedReadError(SourceError):
    """A page was not read to its end, which may have been the machine's fault: another time may do better."""


class Workers:
    """Processes that read pages; they are started with the first page."""

    def __init__(self, pool: "ProcessPool", *, longest_read_s: float) -> None:
        self._pool = pool
        self._longest_read_s = longest_read_s

    def start(self, read: Callable[[Given], Read], given: Given) -> "Future[Read]":
        """Read in a process; `read` and what it is given and returns must be picklable."""
        future: Future[Read] = self._pool.schedule(read, args=(given,), timeout=self._longest_read_s)
        return future

    def outcome(self, future: "Future[Read]") -> Read:
        """
        Wait for what was read.

        Raises:
            SourceError: If it took too long, or the process died of it.
        """
        with readable_failures(self._longest_read_s):
            return future.result()

    def map(self, read: Callable[[Given], Read], many: Iterable[Given], *, ahead: int = 32) -> Iterator["Future[Read]"]:
        """Read many at once, at most `ahead` of them before they are asked for; yields in their order."""
        pending: list[Future[Read]] = []
        for given in many:
            pending.append(self.start(read, given))
            if len(pending) >= ahead:
                yield pending.pop(0)
        yield from pending


@contextmanager
def readable_failures(longest_read_s: float = LONGEST_READ_S) -> Iterator[None]:
    """Turn a reading process's end, and any surprise in it, into a `SourceError`."""
    from pebble import ProcessExpired

    try:
        yield
    except FutureTimeoutError as error:
        raise InterruptedReadError(f"took longer than {longest_read_s:.0f} s to read, and was given up") from error
    except ProcessExpired as error:
        raise InterruptedReadError("cannot be read: the process that read it was ended") from error
    except MemoryError as error:
        raise SourceError("takes too much memory to read") from error
    except (SourceError, FutureCancelledError):
        raise
    except Exception as error:  # one page's surprise must not end the reading of others
        logging.getLogger(__name__).exception("a page could not be read because of a fault in this program")
        raise SourceError("cannot be read: a fault in this program") from error


@contextmanager
def open_workers(*, count: int | None = None, longest_read_s: float = LONGEST_READ_S) -> Iterator[Workers]:
    """
    Open the processes that read pages.

    Args:
        count: How many; None for one a core.
        longest_read_s: Longest time for one page, in seconds.
    """
    from pebble import ProcessPool

    pool = ProcessPool(max_workers=count or os.cpu_count() or 1, initializer=_begin, context=get_context("spawn"))
    try:
        yield Workers(pool, longest_read_s=longest_read_s)
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _begin() -> None:
    """Leave Ctrl-C to the parent, end with it however it ends, and take no more memory than a page may need."""
    _limit_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _limit_memory() -> None:
    if os.name != "posix":
        return
    import resource  # other systems have none

    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    most = _MOST_MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(_MOST_MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
