"""Pages read in processes of their own."""

import os
import signal
import time

import pytest

from index_store import SourceError
from ingest.workers import open_workers


def double(number: int) -> int:
    """Return twice the number."""
    return 2 * number


def never_end(number: int) -> int:
    """Keep a processor busy for ever, as a hostile page may."""
    while number:
        number += 1
    return number


def die(_number: int) -> int:
    """End the process, as running out of memory does."""
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def swell(_number: int) -> int:
    """Want all the memory there is, as what unpacks without end does."""
    return len(bytearray(40_000_000_000))


def complain(_number: int) -> int:
    """Find nothing to read."""
    raise SourceError("holds no article")


def test_a_page_that_takes_too_long_is_given_up_and_others_are_read() -> None:
    """Nothing that a page contains can hold up a run for longer than the limit."""
    with open_workers(count=1, longest_read_s=1.0) as workers:
        assert workers.outcome(workers.start(double, 1)) == 2  # the process has started
        began = time.monotonic()
        endless, other = workers.start(never_end, 1), workers.start(double, 4)
        with pytest.raises(SourceError, match="took longer than 1 s"):
            workers.outcome(endless)
        assert workers.outcome(other) == 8
        assert time.monotonic() - began < 60


def test_a_process_that_dies_is_a_failure_of_its_page_alone() -> None:
    """A page that brings its process down is reported, and the next one is read by another."""
    with open_workers(count=1) as workers:
        with pytest.raises(SourceError, match="was ended"):
            workers.outcome(workers.start(die, 1))
        assert workers.outcome(workers.start(double, 3)) == 6


def test_a_page_that_wants_too_much_memory_is_given_up() -> None:
    """A page may not take the machine's memory from the programs beside it."""
    with open_workers(count=1) as workers:
        with pytest.raises(SourceError, match="takes too much memory to read"):
            workers.outcome(workers.start(swell, 1))
        assert workers.outcome(workers.start(double, 3)) == 6


def test_a_reason_comes_back_as_it_was_given() -> None:
    """Why a page could not be read is told in the words of its reader."""
    with open_workers(count=1) as workers, pytest.raises(SourceError) as raised:
        workers.outcome(workers.start(complain, 1))
    assert raised.value.message == "holds no article"
