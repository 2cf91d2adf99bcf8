"""The topics that are offered while somebody types: ready at once, and at most a minute behind the index."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from bot.topics import topics
from index_store import DatelineError

MOST_HEADLINES = 3_000  # whose names are offered; read and named in about half a second, beside the event loop
MOST_TEXTS, TEXT_CHARS = 300, 1_500  # read to learn which words are names
_NEWEST = 300  # headlines whose names come first
_FRESH_S = 60.0
_WAIT_S = 0.15  # for the first names; who types gets an answer within 0.2 s


@dataclass(frozen=True, slots=True)
class Headlines:
    """
    What topics are taken from, the newest article's first.

    Attributes:
        generation: Of the index that they were read from.
        headlines: At most `MOST_HEADLINES`.
        texts: Beginnings of the newest texts, at most `MOST_TEXTS`.
    """

    generation: int
    headlines: Sequence[str]
    texts: Sequence[str]


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
                self._names = await asyncio.to_thread(topics, found.headlines, found.texts, newest=_NEWEST)
                self._generation = found.generation
        except DatelineError:  # nothing is indexed yet, or the shelf is busy: the next who types tries again
            self._begun_at = float("-inf")
        finally:
            self._naming = None
