"""One after the other in each channel: a follow-up must not overtake the question it follows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from index_store import DiscordError


class InOrder:
    """Lets those who come with the same key in one at a time, in the order in which they came."""

    def __init__(self, *, limit: int) -> None:
        """
        Start with nobody waiting.

        Args:
            limit: Most at once with one key, the one whose turn it is included.
        """
        self._limit = limit
        self._queues: dict[int, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, key: int) -> AsyncIterator[None]:
        """
        Wait for a turn, and hold it.

        Raises:
            DiscordError: If too many are waiting with this key.
        """
        lock, count = self._queues.get(key, (asyncio.Lock(), 0))
        if count >= self._limit:
            raise DiscordError(
                f"{count} questions of this channel are waiting already.", remedy="Please ask again in a moment."
            )
        self._queues[key] = (lock, count + 1)
        try:
            async with lock:
                yield
        finally:
            self._leave(key)

    def _leave(self, key: int) -> None:
        lock, count = self._queues.pop(key)
        if count > 1:
            self._queues[key] = (lock, count - 1)
