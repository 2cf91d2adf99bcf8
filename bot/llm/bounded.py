"""An HTTP client for one reply, made for servers that may send anything, for ever."""

from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

MOST_BYTES = 2_000_000


class ReplyTooLongError(Exception):
    """A server sends more than any reply holds."""


def bounded_client(httpx: ModuleType, *, timeout_s: float) -> Any:  # noqa: ANN401 - of the module that is given
    """
    Make a client that reads at most `MOST_BYTES` of an answer, unpacks none, and follows no redirect with a key.

    Args:
        httpx: `httpx` or its successor `httpx2`; the libraries of the two providers differ.
        timeout_s: Longest wait for anything; the whole reply is timed elsewhere.
    """

    class Bounded(httpx.AsyncByteStream):  # type: ignore[misc, name-defined]
        def __init__(self, stream: Any) -> None:  # noqa: ANN401 - the same
            self._stream = stream

        async def __aiter__(self) -> AsyncIterator[bytes]:
            received = 0
            async for piece in self._stream:
                received += len(piece)
                if received > MOST_BYTES:
                    raise ReplyTooLongError
                yield piece

        async def aclose(self) -> None:
            await self._stream.aclose()

    async def bound(response: Any) -> None:  # noqa: ANN401 - the same
        if response.headers.get("content-encoding", "identity") != "identity":
            raise ReplyTooLongError  # a megabyte can be packed into a kilobyte
        response.stream = Bounded(response.stream)

    return httpx.AsyncClient(
        timeout=timeout_s,
        event_hooks={"response": [bound]},
        headers={"Accept-Encoding": "identity"},
        follow_redirects=False,
    )
