"""Addresses inside feeds and pages, made absolute."""

from urllib.parse import urljoin

from ingest.cleaning import web_address


def absolute(address: str | None, *, base: str) -> str | None:
    """Resolve an address, blanks in it escaped; None unless the result is an http(s) one that can be shown."""
    relative = (address or "").strip().replace(" ", "%20")
    try:
        return web_address(urljoin(base, relative)) if relative else None
    except ValueError:
        return None
