"""The bytes of a feed, whatever they are called → a `Feed`, or the reason why not."""

from collections.abc import Mapping

from index_store import SourceError
from ingest.encoding import decoded_as, unpacked
from ingest.feeds.addresses import absolute
from ingest.feeds.json_feed import read_json_feed
from ingest.feeds.records import Feed
from ingest.feeds.xml_feed import read_xml_feed
from ingest.loose_xml import root_name
from ingest.markup import HtmlEvents, tell_events

LARGEST_FEED_MB = 10
PAGE_ELEMENTS = frozenset({"html", "head", "body", "script", "div", "title", "meta", "link", "p", "h1", "center"})
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
_LONGEST_HEAD = 200_000


def parse_feed(content: bytes, *, address: str, media_type: str = "", charset: str | None = None) -> Feed:
    """
    Read a feed.

    Args:
        content: The whole feed; gzip is unpacked, whether declared or not.
        address: Where it came from; relative addresses inside start here.
        media_type: What the server calls it; only what it holds counts, but it says whether JSON was meant.
        charset: The encoding that the server declares; believed where nothing better is known.

    Raises:
        SourceError: If it is no feed, too large, or broken beyond repair. The address of the feed that a web page
            advertises is named.
    """
    text = decoded_as(unpacked(content, limit_mb=LARGEST_FEED_MB), charset=charset)
    if not text.strip():
        raise SourceError("is empty")
    if text.lstrip("\ufeff \t\r\n").startswith("{") or "json" in media_type.lower():
        return read_json_feed(text, address=address)
    element = root_name(text)
    if not element:
        raise SourceError("is not a feed")
    if element in PAGE_ELEMENTS:
        raise SourceError(_about_page(text, address))
    return read_xml_feed(text, address=address)


def _about_page(html: str, address: str) -> str:
    feed = advertised_feed(html, address=address)
    return f"is a web page; its feed is at {feed}" if feed else "is a web page, not a feed"


def advertised_feed(html: str, *, address: str) -> str | None:
    """Return the address of the first feed that a page at this address names in its head."""
    links = _FeedLinks()
    tell_events(html[:_LONGEST_HEAD], links)
    found = (absolute(link, base=address) for link in links.found)
    return next((one for one in found if one), None)


class _FeedLinks(HtmlEvents):
    """Gathers the addresses of feeds that a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        kind, relation = attributes.get("type") or "", attributes.get("rel") or ""
        if tag == "link" and kind.strip().lower() in _FEED_TYPES and "alternate" in relation.lower().split():
            self.found.append(attributes.get("href") or "")
