"""The topics that are offered while somebody types: ready at once, and at most a minute behind the index."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

from bot.headlines import Headlines
from index_store import DatelineError

_FRESH_S = 60.0
_WAIT_S = 0.15  # for the first names; who types gets an answer within 0.2 s


class TopicNames:
    """The names in the newest headlines, made anew beside the event loop where the index has moved."""

    def __init__(self, read: Callable[[], Awaitable[Headlines]]) -> None:
        """
        Begin without any.

        Args:
            read: Reads the headlines; `DatelineError` where it cannot.
        """
        self._read = read
        self._names: tuple[str, ...] = ()
        self._generation: int | None = None
        self._begun_at = float("-inf")
        self._naming: asyncio.Task[None] | None = None

    async def offered(self) -> tuple[str, ...]:
        """Return the names, as of a minute ago or so; none where the first are not ready within a moment."""
        if self._naming is None and monotonic() - self._begun_at > _FRESH_S:
            self._begun_at = monotonic()
            self._naming = asyncio.create_task(self._name())
        if self._naming and not self._names:
            await asyncio.wait((self._naming,), timeout=_WAIT_S)
        return self._names

    async def _name(self) -> None:
        try:
            found = await self._read()
            if found.generation != self._generation:
                self._names = await asyncio.to_thread(found.topics)
                self._generation = found.generation
        except DatelineError:  # nothing is indexed yet, or the shelf is busy: the next who types tries again
            self._begun_at = float("-inf")
        finally:
            self._naming = None
