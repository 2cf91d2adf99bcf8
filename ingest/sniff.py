"""What kind of thing a server sent, judged by its first bytes before what it is called."""

from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from ingest.encoding import beginning, decoded_as
from ingest.feeds.parsing import PAGE_ELEMENTS
from ingest.loose_xml import root_name
from ingest.sitemaps import SITEMAP_ELEMENTS

Kind: TypeAlias = Literal["feed", "sitemap", "opml", "page", "text", "pdf", "docx"]

_LOOKED_AT_BYTES = 16_384
_BY_ELEMENT: dict[str, Kind] = {
    **dict.fromkeys(("rss", "feed", "rdf", "channel"), "feed"),
    **dict.fromkeys(SITEMAP_ELEMENTS, "sitemap"),
    "opml": "opml",
    **dict.fromkeys(PAGE_ELEMENTS, "page"),
}
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def kind_of(content: bytes, *, media_type: str = "", address: str = "") -> Kind | None:
    """
    Tell what was served.

    Args:
        content: All of it, or its first 16 kB.
        media_type: What the server calls it; counts only where the content does not tell.
        address: Where it came from; its ending counts likewise.

    Returns:
        The kind; None for what is none that is read.
    """
    start = beginning(content, limit_bytes=_LOOKED_AT_BYTES)
    media_type = media_type.partition(";")[0].strip().lower()
    path = _path(address)
    if b"%PDF-" in start[:1_024]:
        return "pdf"
    if start.startswith(b"PK\x03\x04"):
        return "docx" if media_type == _DOCX or path.endswith(".docx") else None
    text = decoded_as(start)
    if text.lstrip().startswith(("{", "[")):
        return "feed" if "jsonfeed.org/version/" in text or media_type == "application/feed+json" else None
    if 100 * text.count("\0") > len(text):
        return None
    text = text.replace("\0", "")  # a few are a fault of the page
    return _BY_ELEMENT.get(root_name(text)) or _without_element(text, media_type, path)


def _without_element(text: str, media_type: str, path: str) -> Kind | None:
    """Judge what begins with no element that tells: a page that starts oddly, a list of addresses, plain text."""
    if media_type in {"text/html", "application/xhtml+xml"} or "<html" in text.lower():
        return "page"
    first = text.strip().partition("\n")[0]
    if first.startswith(("http://", "https://")) and "sitemap" in path:
        return "sitemap"
    return "text" if media_type in {"text/plain", "text/markdown"} else None


def _path(address: str) -> str:
    try:
        return urlsplit(address).path.lower()
    except ValueError:
        return ""
