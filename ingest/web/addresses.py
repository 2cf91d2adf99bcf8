"""
Web addresses of strangers, checked before anything is done with them.

They are read once, by yarl, and aiohttp is handed what came out: two readers of one address can disagree on its host.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urljoin

from yarl import URL

from ingest.cleaning import LONGEST_ADDRESS, shortened, shown_location
from ingest.web.records import FetchError

_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
# What the C library would read as an IPv4 address: its last part is a decimal, octal or hexadecimal number.
_NUMERIC = re.compile(r"(?:.*\.)?(?:0x[0-9a-f]*|[0-9]+)")
_LONGEST_HOST = 253
_LOW_PORTS = (80, 443)  # below 1024 live mail, files and the like, which must not be talked to in HTTP


def checked_address(text: str) -> URL:
    """
    Read a web address, without its fragment.

    Raises:
        FetchError: If it is not a plain http(s) address of a host, or holds a user name or a password.
    """
    if len(text) > LONGEST_ADDRESS:
        raise FetchError(f"has more than {LONGEST_ADDRESS:,} characters", is_lasting=True)
    try:
        url = URL(text.strip().replace(" ", "%20"))
        port = url.port
    except ValueError as error:  # yarl's, for what breaks the syntax, and for host names that cannot exist
        raise FetchError("is not a web address", is_lasting=True) from error
    if not text.strip().isprintable() or not url.scheme:
        raise FetchError("is not a web address", is_lasting=True)
    if url.scheme not in {"http", "https"}:
        raise FetchError(f'is a "{shown(url.scheme)}:" address; only http: and https: are fetched', is_lasting=True)
    if url.raw_user is not None or url.raw_password is not None:
        raise FetchError("holds a user name or a password, which are never sent; leave them out", is_lasting=True)
    if not port or (port < 1024 and port not in _LOW_PORTS):
        raise FetchError(f"names port {port}, which is not one of web servers", is_lasting=True)
    _check_host(url.raw_host or "")
    return url.with_fragment(None)


def _check_host(host: str) -> None:
    if not host:
        raise FetchError("is not a web address (it names no host)", is_lasting=True)
    if literal_ip(host):
        return
    name = host.removesuffix(".")
    if _NUMERIC.fullmatch(name):  # http://2130706433/ and http://0x7f.1/ are 127.0.0.1
        raise FetchError("writes its host as a number, in a way that is not an IP address", is_lasting=True)
    if len(name) > _LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise FetchError("is not a web address (a host cannot have that name)", is_lasting=True)


def literal_ip(host: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address that a host is written as, without brackets; None if it is a name, or has a zone."""
    try:
        return ip_address(host) if "%" not in host else None
    except ValueError:
        return None


def redirect_target(url: URL, location: str) -> URL:
    """
    Return where a Location header of the answer from `url` leads.

    Raises:
        FetchError: If it leads nowhere that may be fetched from.
    """
    if not location.strip():
        raise FetchError("redirects without saying where to")
    try:
        joined = urljoin(str(url), location[: LONGEST_ADDRESS + 1].strip())
    except ValueError as error:
        raise FetchError("redirects to something that is not a web address") from error
    try:
        return checked_address(joined)
    except FetchError as error:
        raise error.reached_by(shown(joined)) from error


def shown(address: object) -> str:
    """Make an address fit for a message: on one line, printable, and not too long."""
    return shortened(shown_location(str(address)), limit_chars=200)
