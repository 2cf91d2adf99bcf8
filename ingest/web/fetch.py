"""The one fetcher: addresses, robots.txt, politeness, redirects and connections, put together."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from yarl import URL

from ingest.settings import FetchSettings
from ingest.web import headers
from ingest.web.addresses import checked_address, shown
from ingest.web.deadline import Deadline
from ingest.web.hosts import Hosts, Resolve, system_addresses
from ingest.web.politeness import Politeness
from ingest.web.records import Fetched, FetchError, Validators, WebMemory
from ingest.web.redirects import REDIRECTS, Way
from ingest.web.robots import Robots

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from ingest.web.connection import Reply

_BUSY = frozenset({429, 503})
_NO_VALIDATORS = Validators()


@dataclass(frozen=True, slots=True)
class _Request:
    """What is sent to each address on the way, and how much may come back; robots.txt itself asks no robots.txt."""

    headers: Mapping[str, str]
    limit_bytes: int
    obeys_robots: bool = True


class Fetcher:
    """
    Fetches pages and feeds, politely and from public hosts only; an async context manager that many tasks may share.

    Args:
        settings: The `[fetch]` section.
        memory: What an earlier fetcher was asked for; None begins anew.
        resolve: How host names are looked up.
    """

    def __init__(
        self, settings: FetchSettings, *, memory: WebMemory | None = None, resolve: Resolve = system_addresses
    ) -> None:
        memory = memory or WebMemory()
        self._settings = settings
        self._limit_bytes = int(settings.max_mb * 1_000_000)
        self._hosts = Hosts(settings.private_hosts, resolve)
        self._politeness = Politeness(
            interval_s=settings.host_interval_s, hosts_at_once=settings.hosts_at_once, paused_until=memory.paused_until
        )
        self._robots = Robots(self._read_robots, user_agent=settings.user_agent, known=memory.robots)
        self._session: ClientSession

    async def __aenter__(self) -> "Fetcher":
        from ingest.web.connection import open_session  # loads aiohttp: half a second

        self._session = open_session(self._settings, self._hosts)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def get(self, address: str, *, validators: Validators = _NO_VALIDATORS) -> Fetched:
        """
        Fetch one address.

        Args:
            address: An http(s) address, as anybody wrote it.
            validators: Those of the version that is held already; with them the answer may be "unchanged".

        Raises:
            FetchError: If it may not be fetched, or nothing usable came; the message completes "ADDRESS: …".
        """
        request = _Request(headers.conditions(validators), self._limit_bytes)
        way, reply = await self._follow(checked_address(address), request)
        given = headers.validators_of(reply.headers)
        unchanged = reply.status == HTTPStatus.NOT_MODIFIED
        return Fetched(
            address=str(way.here),
            moved_to=str(way.moved_to) if way.moved_to else None,
            unchanged=unchanged,
            content=reply.content,
            media_type=headers.media_type(reply.headers),
            charset=headers.charset(reply.headers),
            validators=validators if unchanged and given == _NO_VALIDATORS else given,
        )

    async def _read_robots(self, url: URL) -> bytes:
        _, reply = await self._follow(url, _Request({}, self._limit_bytes, obeys_robots=False))
        return reply.content

    async def _follow(self, start: URL, request: _Request) -> "tuple[Way, Reply]":
        """Go where redirects lead, and return the first answer that is none, with the way to it."""
        way, deadline = Way(start), Deadline(self._settings.timeout_s)
        while True:
            try:
                reply = await self._visit(way.here, request, deadline)
            except FetchError as error:
                if way.redirected:
                    raise error.reached_by(shown(way.here)) from error
                raise
            if reply.status not in REDIRECTS:
                return way, reply
            way.follow(reply.status, reply.headers.get("Location", ""))

    async def _visit(self, url: URL, request: _Request, deadline: Deadline) -> "Reply":
        """Ask one address for what it holds, if its host may be reached and its site allows it."""
        from ingest.web.connection import ask

        self._hosts.check(url)
        host = url.raw_host or ""
        if request.obeys_robots:
            self._politeness.keep_apart(host, at_least_s=await self._robots.ask(url))
        async with self._politeness.turn(host), deadline.running():
            reply = await ask(self._session, url, headers=request.headers, limit_bytes=request.limit_bytes)
        self._accept(reply, host, conditional=bool(request.headers))
        return reply

    def _accept(self, reply: "Reply", host: str, *, conditional: bool) -> None:
        """Refuse an answer that is of no use, and heed the pause that it asks for."""
        from ingest.web.connection import WITH_CONTENT

        wanted = WITH_CONTENT | REDIRECTS | ({HTTPStatus.NOT_MODIFIED} if conditional else frozenset())
        if reply.status in wanted:
            return
        pause_s = headers.retry_after_s(reply.headers) if reply.status in _BUSY else None
        if pause_s:
            self._politeness.pause(host, for_s=pause_s)
        raise FetchError(f"answered {_named(reply.status)}", status=reply.status, retry_after_s=pause_s)


def _named(status: int) -> str:
    """Name a status as the standard does, not as the server writes it."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
