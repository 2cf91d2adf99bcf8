"""Taking turns: one request to a host at a time, not too often, a few hosts at once, none that asks for a pause."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from ingest.web.records import UnreachableError


@dataclass(slots=True)
class _Host:
    """When a host may be asked; times are of the clock of `Politeness`."""

    name: str
    interval_s: float
    free: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = 0.0


class Politeness:
    """
    Who may send a request now.

    Args:
        interval_s: Shortest time between the starts of two requests to one host, in seconds.
        hosts_at_once: Most requests under way at the same time.
        paused_until: Pauses asked for before, by host, and where those to come are put; None begins anew.
        clock: The time in seconds, from any start.
    """

    def __init__(
        self,
        *,
        interval_s: float,
        hosts_at_once: int,
        paused_until: dict[str, float] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._interval_s = interval_s
        self._places = asyncio.Semaphore(hosts_at_once)
        self._hosts: dict[str, _Host] = {}
        self._paused_until = {} if paused_until is None else paused_until

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """
        Wait for the right to send one request to a host, and hold it while the request is under way.

        Raises:
            UnreachableError: If the host has asked for a pause that is not over; nobody waits for that.
        """
        state = self._host(host)
        self._refuse_in_pause(state)
        async with state.free:
            await asyncio.sleep(state.next_at - self._clock())
            async with self._places:  # taken last, so that nobody holds a place while waiting for a host
                self._refuse_in_pause(state)  # it may have been asked for meanwhile
                state.next_at = self._clock() + state.interval_s
                yield

    def keep_apart(self, host: str, *, at_least_s: float) -> None:
        """Ask a host less often than others, from its next turn on."""
        state = self._host(host)
        state.interval_s = max(self._interval_s, at_least_s)

    def pause(self, host: str, *, for_s: float) -> None:
        """Leave a host alone for some time."""
        name = self._host(host).name
        self._paused_until[name] = max(self._paused_until.get(name, 0.0), self._clock() + for_s)

    def _host(self, name: str) -> _Host:
        name = name.removesuffix(".")
        return self._hosts.setdefault(name, _Host(name, self._interval_s))

    def _refuse_in_pause(self, state: _Host) -> None:
        left_s = self._paused_until.get(state.name, 0.0) - self._clock()
        if left_s > 0:
            raise UnreachableError(f"asks not to be visited for another {left_s:,.0f} s", retry_after_s=left_s)
