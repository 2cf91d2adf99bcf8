"""An asynchronous producer read as an ordinary iterator: the loop runs in a thread, and never far ahead."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from threading import Thread
from typing import TypeAlias, TypeVar

from ingest.stream import Pause

_MOST_WAITING = 256  # articles found and not yet taken; what is found beyond it waits
_PAUSE_AFTER_S = 2.0

_AT_ONCE = 16  # under way at once; the fetcher sees to it that no host is asked too often

T = TypeVar("T")
Emit: TypeAlias = Callable[[T], Awaitable[None]]


def items_of(produce: Callable[[Emit[T]], Awaitable[None]]) -> Generator[T | Pause, None, None]:
    """
    Run a producer in a thread of its own and yield what it emits.

    Yields:
        Each item in order; a `Pause` whenever nothing came for two seconds. Closing the iterator cancels the producer.

    Raises:
        Exception: Whatever the producer raised, after everything that it emitted before.
    """
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="crawl", daemon=True)
    thread.start()
    queue: asyncio.Queue[T | None] = asyncio.Queue(_MOST_WAITING)
    producer = asyncio.run_coroutine_threadsafe(_run(produce, queue), loop)
    try:
        yield from _taken(queue, loop)
        producer.result()
    finally:
        _end(producer, loop, thread)


async def _run(produce: Callable[[Emit[T]], Awaitable[None]], queue: "asyncio.Queue[T | None]") -> None:
    try:
        await produce(queue.put)
    finally:
        with suppress(asyncio.CancelledError):  # nobody waits for the end any more
            await queue.put(None)


def _taken(queue: "asyncio.Queue[T | None]", loop: asyncio.AbstractEventLoop) -> Generator[T | Pause, None, None]:
    while True:
        waiting = asyncio.run_coroutine_threadsafe(queue.get(), loop)
        while True:
            try:
                item = waiting.result(_PAUSE_AFTER_S)
                break
            except TimeoutError:
                yield Pause()
        if item is None:
            return
        yield item


def _end(producer: "Future[None]", loop: asyncio.AbstractEventLoop, thread: Thread) -> None:
    producer.cancel()
    with suppress(CancelledError, Exception):
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def for_each(entries: Iterable[T], do: Callable[[T], Awaitable[bool]]) -> bool:
    """Do something with every entry, a few at once; returns whether it returned True for all of them."""
    remaining, outcomes = iter(entries), list[bool]()

    async def work() -> None:
        for entry in remaining:
            outcomes.append(await do(entry))

    async with asyncio.TaskGroup() as workers:
        for _ in range(_AT_ONCE):
            workers.create_task(work())
    return all(outcomes)
