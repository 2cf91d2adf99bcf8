"""A web server on loopback that answers, byte for byte, whatever a test wants."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

from ingest import FetchSettings


@dataclass(frozen=True)
class Request:
    """One request as it came in; names of headers are in lower case."""

    path: str
    headers: dict[str, str]
    at_s: float = field(default_factory=time.monotonic)


Answer = bytes | Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def answer(body: bytes = b"", *, status: str = "200 OK", **headers: str) -> bytes:
    """Write an answer with an honest length; `content_type="text/html"` becomes `Content-Type: text/html`."""
    given = {"Content-Length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    """Write a redirect."""
    return answer(status=f"{status} Moved", location=location)


class Site:
    """
    A web server at a free port of a loopback address.

    Attributes:
        answers: What it says to a path, asked for anew with each request; 404 to all others.
        requests: All that it was asked, in order.
    """

    def __init__(self, answers: dict[str, Answer] | None = None, *, ip: str = "127.0.0.1", **options: Any) -> None:
        self.answers = answers or {}
        self.requests: list[Request] = []
        self._ip, self._options = ip, options
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def paths(self) -> list[str]:
        """The paths asked for, without robots.txt."""
        return [request.path for request in self.requests if request.path != "/robots.txt"]

    def url(self, path: str = "/", *, host: str | None = None) -> str:
        """Return the address of a path, by IP address or by another name."""
        scheme = "https" if "ssl" in self._options else "http"
        return f"{scheme}://{host or self._ip}:{self.port}{path}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._ip, self._options.pop("port", 0), **self._options)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            await self._answer(await reader.readuntil(b"\r\n\r\n"), writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client went away, or the test is over
        finally:
            writer.close()

    async def _answer(self, head: bytes, writer: asyncio.StreamWriter) -> None:
        first, *lines = head.decode().strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        request = Request(first.split()[1], headers)
        self.requests.append(request)
        said = self.answers.get(request.path, answer(status="404 Not Found"))
        if isinstance(said, bytes):
            writer.write(said)
        else:
            await said(request, writer)
        await writer.drain()


def fetch_settings(**changes: Any) -> FetchSettings:
    """Return settings that let tests reach their servers at once, and nothing else."""
    usual: dict[str, Any] = {"host_interval_s": 0, "private_hosts": ("127.0.0.1", "127.0.0.2", "127.0.0.3")}
    return FetchSettings(**{**usual, **changes})


class Names:
    """A name server: the addresses of each host; of a host with a list of answers, one after the other."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.asked: list[str] = []
        self._answers = {name.replace("_", "."): list(given) for name, given in answers.items()}

    async def __call__(self, host: str, port: int) -> list[str]:  # noqa: ARG002
        """Answer as `Resolve` does."""
        self.asked.append(host)
        given = self._answers[host]
        return given.pop(0) if len(given) > 1 else given[0]
