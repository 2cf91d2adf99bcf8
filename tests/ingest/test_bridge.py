"""An asynchronous producer read as an iterator."""

import asyncio
from contextlib import closing
from threading import Event

import pytest

from ingest.crawl.bridge import Emit, for_each, items_of
from ingest.stream import Pause


def test_items_come_in_order_and_the_end_is_the_end() -> None:
    """Whatever was emitted is yielded once, in order, however much of it there is."""

    async def produce(emit: Emit[int]) -> None:
        for number in range(1_000):
            await emit(number)

    assert [item for item in items_of(produce) if not isinstance(item, Pause)] == list(range(1_000))


def test_a_failure_comes_after_what_was_emitted_before_it() -> None:
    """What was found before a failure is not lost."""

    async def produce(emit: Emit[str]) -> None:
        await emit("found")
        raise OSError("the disk is gone")

    items = items_of(produce)
    assert next(items) == "found"
    with pytest.raises(OSError, match="the disk is gone"):
        next(items)


def test_closing_it_early_cancels_the_producer() -> None:
    """A run that ends early leaves no request under way behind."""
    cancelled = Event()

    async def produce(emit: Emit[int]) -> None:
        try:
            for number in range(1_000_000):
                await emit(number)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with closing(items_of(produce)) as items:
        assert next(items) == 0
    assert cancelled.is_set()


def test_many_are_under_way_at_once_and_none_is_forgotten() -> None:
    """Every entry is dealt with once; the outcome tells whether all went well."""
    under_way = most = 0
    done: list[int] = []

    async def do(entry: int) -> bool:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        done.append(entry)
        return entry != 77

    assert asyncio.run(for_each(range(100), do)) is False
    assert sorted(done) == list(range(100))
    assert 1 < most <= 16
