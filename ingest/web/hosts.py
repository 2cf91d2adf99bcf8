"""
Which hosts may be reached: those on the public internet, and private ones that the settings name.

Without this, any feed could make us read pages of the network we run in: a router's, a database's, or the address
from which machines in a cloud get their passwords.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from yarl import URL

from index_store import SettingsError
from ingest.web.addresses import literal_ip
from ingest.web.records import UnreachableError

IPAddress = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]  # host and port → its IP addresses


def _networks(*texts: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(text) for text in texts)


_GLOBAL_IPV6 = ip_network("2000::/3")  # the only IPv6 addresses given out so far
_NAT64 = ip_network("64:ff9b::/96")  # an IPv4 address in its last 32 bits
# What `is_global` of some version of Python lets pass.
_NOT_PUBLIC = _networks(
    *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),  # Teredo, examples, 6to4, examples
)
# What a named host may have beyond public addresses: not link-local ones, where clouds keep their metadata.
_PRIVATE = _networks(
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
    *("::1/128", "fc00::/7"),
)
# Metadata services at addresses that look like others; the usual one, 169.254.169.254, is link-local.
_METADATA = _networks("168.63.129.16/32", "100.100.100.200/32", "fd00:ec2::254/128", "fd20:ce::254/128")


def is_public(ip: IPAddress) -> bool:
    """Whether an address is one of the public internet's, for a single host."""
    if isinstance(ip, IPv6Address):
        if ip in _NAT64:
            return is_public(IPv4Address(int(ip) & 0xFFFF_FFFF))
        if ip not in _GLOBAL_IPV6:
            return False
    return ip.is_global and not _within(ip, _NOT_PUBLIC) and not _within(ip, _METADATA)


def _within(ip: IPAddress, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    return any(ip in network for network in networks)


async def system_addresses(host: str, port: int) -> Sequence[str]:
    """Look a host up as the system does."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


class Hosts:
    """
    The hosts that may be reached.

    Args:
        named: Private hosts that may be, as their addresses write them: a name or an IP address, or one with a port.
        resolve: How names are looked up.

    Raises:
        SettingsError: If one of the names cannot be a host's.
    """

    def __init__(self, named: Iterable[str], resolve: Resolve) -> None:
        self._named = frozenset(_host_and_port(entry) for entry in named)
        self._resolve = resolve
        self._let_through: set[tuple[IPAddress, int]] = set()

    def check(self, url: URL) -> None:
        """
        Refuse a host written as an IP address that may not be reached; names are checked when they are looked up.

        Raises:
            UnreachableError: If it may not.
        """
        host = url.raw_host or ""
        ip = literal_ip(host)
        if ip:
            self._check(ip, host, url.port or 0)

    async def addresses_of(self, host: str, port: int) -> tuple[IPAddress, ...]:
        """
        Look up a name, and refuse it if any of its addresses may not be reached.

        Raises:
            UnreachableError: If it has none, or one that may not be.
        """
        try:
            ips = tuple(ip_address(text) for text in await self._resolve(host, port))
        except socket.gaierror as error:
            unknown = error.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
            problem = "does not exist (no such host)" if unknown else "cannot be looked up now (no name server answers)"
            raise UnreachableError(problem) from error
        except (OSError, ValueError) as error:
            raise UnreachableError("does not exist (no such host)") from error
        if not ips:
            raise UnreachableError("does not exist (no such host)")
        for ip in ips:
            self._check(ip, host, port)
        return ips

    def lets_through(self, ip: IPAddress, port: int) -> bool:
        """Whether a connection may go there: to any public address, or to one that a named host was found to have."""
        return is_public(ip) or (ip, port) in self._let_through

    def _check(self, ip: IPAddress, host: str, port: int) -> None:
        if is_public(ip):
            return
        if not _within(ip, _PRIVATE) or _within(ip, _METADATA):
            raise UnreachableError(f"is at {ip}, an address that is never fetched from", is_lasting=True)
        if (host, None) not in self._named and (host, port) not in self._named:
            raise UnreachableError(
                f"is at a private address ({ip}); name the host in fetch.private_hosts if that is meant",
                is_lasting=True,
            )
        self._let_through.add((ip, port))


def _host_and_port(entry: str) -> tuple[str, int | None]:
    """Read "host" or "host:port"; an IPv6 address may stand without brackets when no port follows."""
    if ip := literal_ip(entry):
        return str(ip), None
    try:
        url = URL(f"//{entry}")
    except ValueError as error:
        raise SettingsError(f'fetch.private_hosts names "{entry}", which is not a host.') from error
    return url.raw_host or "", url.explicit_port
