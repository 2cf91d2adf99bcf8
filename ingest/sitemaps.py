"""Sitemaps (sitemaps.org) with the news extension, from bytes to records."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO

from index_store import SourceError
from ingest.encoding import decoded_as, unpacked
from ingest.feeds.addresses import absolute
from ingest.loose_xml import PARSER_OPTIONS, Element, local_name, root_name, tidied

LARGEST_SITEMAP_MB = 50  # what the protocol allows
MOST_ENTRIES = 50_000  # likewise
SITEMAP_ELEMENTS = frozenset({"urlset", "sitemapindex"})
_MOST_TAGS = 2_000_000
_LONGEST_VALUE = 2_000


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """
    A page that a sitemap names.

    Attributes:
        address: Absolute http(s) address.
        modified_at, published_at: Dates in the sitemap's own words.
        news_title, publisher, language: What the news extension says of the article.
    """

    address: str
    modified_at: str | None = None
    news_title: str | None = None
    published_at: str | None = None
    publisher: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ChildSitemap:
    """Another sitemap that an index of sitemaps names, and when it last changed, in the index's own words."""

    address: str
    modified_at: str | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Pages or further sitemaps, in the order of the file; at most 50,000 in all."""

    entries: tuple[SitemapEntry, ...] = ()
    children: tuple[ChildSitemap, ...] = ()


def parse_sitemap(content: bytes, *, address: str) -> Sitemap:
    """
    Read a sitemap, an index of sitemaps, or a plain list of addresses, a line each.

    Args:
        content: The whole file; gzip is unpacked, whether declared or not.
        address: Where it came from.

    Raises:
        SourceError: If it is no sitemap, or larger than 50 MB.
    """
    text = decoded_as(unpacked(content, limit_mb=LARGEST_SITEMAP_MB))
    if not text.strip():
        raise SourceError("is empty")
    if root_name(text) in SITEMAP_ELEMENTS:
        return _from_xml(text, address)
    entries = tuple(_from_lines(text))
    if not entries:
        raise SourceError("is not a sitemap")
    return Sitemap(entries=entries)


def without_circles(sitemap: Sitemap, *, above: Iterable[str]) -> Sitemap:
    """
    Leave out the sitemaps that an index names although they lead to it.

    Args:
        sitemap: The index.
        above: Its own addresses, and those of the indexes through which it was found.

    Raises:
        SourceError: If it names nothing else.
    """
    known = {_place(address) for address in above}
    children = tuple(child for child in sitemap.children if _place(child.address) not in known)
    if sitemap.children and not children and not sitemap.entries:
        raise SourceError("is an index of sitemaps that leads only to itself")
    return replace(sitemap, children=children)


def _place(address: str) -> str:
    return address.partition("#")[0]


def _from_lines(text: str) -> Iterator[SitemapEntry]:
    """Yield the addresses of a list; nothing where another line shows that it is none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()][:MOST_ENTRIES]
    addresses = [absolute(line, base="") for line in lines]
    if all(addresses):
        yield from (SitemapEntry(found) for found in addresses if found)


def _from_xml(text: str, address: str) -> Sitemap:
    entries: list[SitemapEntry] = []
    children: list[ChildSitemap] = []
    for element in _elements(text):
        fields = _fields(element)
        found = absolute(fields.get("loc"), base=address)
        if not found:
            continue
        if local_name(element) == "sitemap":
            children.append(ChildSitemap(found, fields.get("lastmod")))
        else:
            entries.append(_entry(found, fields))
        if len(entries) + len(children) >= MOST_ENTRIES:
            break
    return Sitemap(tuple(entries), tuple(children))


def _elements(text: str) -> Iterator[Element]:
    """Yield each finished `url` and `sitemap`, and drop it: the file is never held as a tree."""
    from lxml import etree  # type: ignore[import-untyped]

    parser = etree.iterparse(
        BytesIO(tidied(text, most_tags=_MOST_TAGS)), events=("end",), remove_comments=True, **PARSER_OPTIONS
    )
    try:
        for _, element in parser:
            if local_name(element) in {"url", "sitemap"}:
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.LxmlError:
        return  # what came before the break is kept


def _fields(element: Element) -> dict[str, str]:
    """Return the first text of each name below an element; a picture's or video's fields are not the page's."""
    fields: dict[str, str] = {}
    for inner in element.iterdescendants():
        name = local_name(inner)
        if name and not local_name(inner.getparent()).startswith(("image", "video")):
            value = " ".join((inner.text or "")[:_LONGEST_VALUE].split())
            if value:
                fields.setdefault(name, value)
    return fields


def _entry(address: str, fields: dict[str, str]) -> SitemapEntry:
    return SitemapEntry(
        address=address,
        modified_at=fields.get("lastmod"),
        news_title=fields.get("title"),
        published_at=fields.get("publication_date"),
        publisher=fields.get("name"),
        language=fields.get("language"),
    )
