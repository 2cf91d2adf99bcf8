"""OPML: the lists of feeds that feed readers export and import."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from index_store import SourceError
from ingest.cleaning import single_line, web_address
from ingest.encoding import decoded_as, unpacked
from ingest.loose_xml import ILLEGAL, Element, local_name, root_name, tree

LARGEST_LIST_MB = 10
MOST_SUBSCRIPTIONS = 10_000
_LONGEST_NAME = 500


@dataclass(frozen=True, slots=True)
class Subscription:
    """
    A feed on a list.

    Attributes:
        address: Absolute http(s) address of the feed.
        title: Its name on the list; may be empty.
        section: The folder it is in, the innermost; None outside any.
    """

    address: str
    title: str = ""
    section: str | None = None


def parse_opml(content: bytes) -> tuple[Subscription, ...]:
    """
    Read a list of feeds, in its order; of several with one address the first counts.

    Raises:
        SourceError: If it is no OPML, holds no feeds, or is larger than 10 MB.
    """
    text = decoded_as(unpacked(content, limit_mb=LARGEST_LIST_MB))
    if root_name(text) != "opml":
        raise SourceError("is not OPML, the format in which feed readers export their lists")
    found: dict[str, Subscription] = {}
    for one in _subscriptions(tree(text), section=None):
        found.setdefault(one.address, one)
        if len(found) >= MOST_SUBSCRIPTIONS:
            break
    if not found:
        raise SourceError("is OPML, but names no feeds")
    return tuple(found.values())


def write_opml(subscriptions: Iterable[Subscription], *, title: str) -> str:
    """
    Write a list of feeds that feed readers can import.

    Args:
        subscriptions: In order; those of one section that stand together share a folder.
        title: What to call the list.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"  <head><title>{escape(ILLEGAL.sub('', title))}</title></head>",
        "  <body>",
        *_outlines(subscriptions),
        "  </body>",
        "</opml>",
    ]
    return "\n".join(lines) + "\n"


def _outlines(subscriptions: Iterable[Subscription]) -> Iterator[str]:
    open_section: str | None = None
    for one in subscriptions:
        if one.section != open_section:
            yield from ["    </outline>"] if open_section else []
            yield from [f"    <outline text={_quoted(one.section)}>"] if one.section else []
            open_section = one.section
        name = _quoted(one.title or one.address)
        yield f'    <outline type="rss" text={name} title={_quoted(one.title)} xmlUrl={_quoted(one.address)}/>'
    if open_section:
        yield "    </outline>"


def _quoted(text: str) -> str:
    return quoteattr(ILLEGAL.sub("", text))


def _subscriptions(element: Element, *, section: str | None) -> Iterator[Subscription]:
    """Walk the outlines; the nesting ends at 256 levels, where the tree's does."""
    for child in element:
        name = single_line(child.get("title") or child.get("text") or "", limit_chars=_LONGEST_NAME)
        address = web_address(child.get("xmlUrl") or child.get("xmlurl") or child.get("xmlURL"))
        if address:
            yield Subscription(address, name, section)
        inner = name if local_name(child) == "outline" and not address else ""
        yield from _subscriptions(child, section=inner or section)
