"""
Connections: the only file that talks to the network, and the only one that knows aiohttp.

Names are looked up once for each connection, checked, and the connection goes to what was checked; the socket is
checked again before it is opened. Errors of aiohttp become `FetchError`s here.
"""

import os
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from ingest.settings import FetchSettings
from ingest.web.bodies import ENCODINGS, Body, too_large
from ingest.web.hosts import Hosts
from ingest.web.records import FetchError, UnreachableError

WITH_CONTENT = frozenset({200, 203})

_KEEPALIVE_S = 5  # longer than a host waits for its next turn; idle connections to hundreds of hosts would add up
_LONGEST_FIELD_BYTES = 32_768  # publishers' content security policies can be longer than aiohttp's 8 KB
_AddressInfo = tuple[
    int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[str, int] | tuple[str, int, int, int]
]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; `content` is empty unless the status is one of `WITH_CONTENT`."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class _CheckedResolver(AbstractResolver):
    """Answers aiohttp with addresses that may be reached, or not at all."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - aiohttp leaves other families out itself
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=str(ip),
                port=port,
                family=socket.AF_INET6 if ip.version == 6 else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for ip in await self._hosts.addresses_of(host, port)
        ]

    async def close(self) -> None:
        """Nothing is held open."""


def open_session(settings: FetchSettings, hosts: Hosts) -> aiohttp.ClientSession:
    """Return a session without cookies, proxies and decompression, whose connections all pass `hosts`."""

    def checked_socket(address: _AddressInfo) -> socket.socket:
        family, kind, protocol, _, where = address
        if not hosts.lets_through(ip_address(where[0]), where[1]):
            raise PermissionError(f"{where[0]} may not be connected to")
        return socket.socket(family, kind, protocol)

    connector = aiohttp.TCPConnector(
        resolver=_CheckedResolver(hosts),
        use_dns_cache=False,  # a cached address would not be checked again
        socket_factory=checked_socket,
        keepalive_timeout=_KEEPALIVE_S,
    )
    return aiohttp.ClientSession(
        connector=connector,
        headers={"User-Agent": settings.user_agent, "Accept-Encoding": ENCODINGS},
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # `Deadline` is the limit
        auto_decompress=False,
        trust_env=False,
        max_line_size=_LONGEST_FIELD_BYTES,
        max_field_size=_LONGEST_FIELD_BYTES,
    )


async def ask(session: aiohttp.ClientSession, url: URL, *, headers: Mapping[str, str], limit_bytes: int) -> Reply:
    """
    Send one request and read the answer; redirects are answers, too.

    Raises:
        FetchError: If there is no whole answer within the limit.
        UnreachableError: If there is no connection.
    """
    try:
        async with session.get(url, headers=headers, allow_redirects=False) as response:
            content = await _content(response, limit_bytes) if response.status in WITH_CONTENT else b""
            return Reply(response.status, response.headers, content)
    except (aiohttp.ClientError, OSError) as error:
        raise _translated(error) from error


async def _content(response: aiohttp.ClientResponse, limit_bytes: int) -> bytes:
    body = Body(response.headers.get("Content-Encoding", ""), limit_bytes=limit_bytes)
    if (response.content_length or 0) > limit_bytes:
        raise too_large(limit_bytes)
    async for chunk in response.content.iter_any():
        body.add(chunk)
    return body.whole()


def _translated(error: aiohttp.ClientError | OSError) -> FetchError:
    match error:
        case aiohttp.ClientConnectorError():
            return UnreachableError(_why_unreachable(error))
        case aiohttp.ClientPayloadError():
            return FetchError("ended early: the connection broke off before the end of the page")
        case aiohttp.ServerDisconnectedError():
            return FetchError("closed the connection without an answer")
        case aiohttp.ClientResponseError():
            return FetchError("answered with something that is not HTTP, or with headers that are too large")
    return FetchError("broke the connection off")


def _why_unreachable(error: aiohttp.ClientConnectorError) -> str:
    match error:
        case aiohttp.ClientConnectorCertificateError(certificate_error=ssl.SSLCertVerificationError() as reason):
            return f"has a certificate that cannot be trusted: {reason.verify_message}"
        case aiohttp.ClientConnectorSSLError():
            return "cannot be reached: it does not speak TLS as browsers do"
        case aiohttp.ClientConnectorError(os_error=OSError(errno=int(number))):
            return f"cannot be reached: {os.strerror(number).lower()}"
    return "cannot be reached"
