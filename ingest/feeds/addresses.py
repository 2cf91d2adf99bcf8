"""Addresses inside feeds and pages, made absolute."""

from urllib.parse import urljoin

from ingest.cleaning import web_address


def absolute(address: str | None, *, base: str) -> str | None:
    """Resolve an address; None unless the result is an http(s) one that can be shown."""
    try:
        return web_address(urljoin(base, address.strip())) if address and address.strip() else None
    except ValueError:
        return None
