"""How long a page may keep us."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ingest.web.records import FetchError


class Deadline:
    """
    The time that one page may take over all its redirects.

    Only time on the network counts, not that in which we wait out of politeness. A server that sends a byte now and
    then gains nothing by it.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._left_s = limit_s

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """
        Let the time run.

        Raises:
            FetchError: When it is over.
        """
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with asyncio.timeout(self._left_s):
                yield
        except TimeoutError as error:
            raise FetchError(f"took longer than {self._limit_s:g} s") from error
        finally:
            self._left_s -= clock() - started
