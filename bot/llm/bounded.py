"""An HTTP client for one reply, made for servers that may send anything, for ever. Loaded with the model's library."""

from collections.abc import AsyncIterator

import httpx

MOST_BYTES = 2_000_000


class ReplyTooLongError(Exception):
    """A server sends more than any reply holds."""


class _Bounded(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
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


async def _bound(response: httpx.Response) -> None:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ReplyTooLongError  # a megabyte can be packed into a kilobyte
    if isinstance(response.stream, httpx.AsyncByteStream):  # always, for this client
        response.stream = _Bounded(response.stream)


def bounded_client(*, timeout_s: float) -> httpx.AsyncClient:
    """
    Make a client that reads at most `MOST_BYTES` of an answer, unpacks none, and follows no redirect with a key.

    Args:
        timeout_s: Longest wait for anything; the whole reply is timed elsewhere.
    """
    return httpx.AsyncClient(
        timeout=timeout_s,
        event_hooks={"response": [_bound]},
        headers={"Accept-Encoding": "identity"},
        follow_redirects=False,
    )
