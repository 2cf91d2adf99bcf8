"""OPML: the lists of feeds that feed readers export and import."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from xml.sax.saxutils import escape, quoteattr

from index_store import SourceError
from ingest.cleaning import shown_location, single_line, web_address
from ingest.encoding import decoded_as, unpacked
from ingest.loose_xml import ILLEGAL, Element, local_name, root_name, tree
from ingest.web import reason_to_refuse

LARGEST_LIST_MB = 10
MOST_SUBSCRIPTIONS = 10_000
_LONGEST_NAME = 500
_FEED_TYPES = {"rss", "atom", "rdf"}


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

    @property
    def shown(self) -> str:
        """Its name and address, for messages."""
        return shown_entry(self.title, self.address)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An entry of a list whose feed can never be read; the reason completes "NAME: …"."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class FeedList:
    """
    What a list of feeds names.

    Attributes:
        feeds: In its order; of several with one address the first counts.
        left_out: What it names as a feed and cannot be one.
        repeated: How many more entries had the address of an earlier one.
    """

    feeds: tuple[Subscription, ...]
    left_out: tuple[LeftOut, ...] = ()
    repeated: int = 0


def parse_opml(content: bytes) -> FeedList:
    """
    Read a list of feeds.

    Raises:
        SourceError: If it is no OPML, holds no feeds, or is larger than 10 MB.
    """
    text = decoded_as(unpacked(content, limit_mb=LARGEST_LIST_MB))
    if root_name(text) != "opml":
        raise SourceError("is not OPML, the format in which feed readers export their lists")
    entries = list(islice(_entries(tree(text), section=None), MOST_SUBSCRIPTIONS + 1))
    if not entries:
        raise SourceError("is OPML, but names no feeds")
    return _feed_list(entries)


def _feed_list(entries: Sequence[Subscription | LeftOut]) -> FeedList:
    read = entries[:MOST_SUBSCRIPTIONS]
    left_out = [one for one in read if isinstance(one, LeftOut)]
    if len(entries) > len(read):
        left_out.append(LeftOut("what follows", f"is not read: only the first {MOST_SUBSCRIPTIONS:,} entries are"))
    feeds: dict[str, Subscription] = {}
    for one in read:
        if isinstance(one, Subscription):
            feeds.setdefault(one.address, one)
    repeated = sum(isinstance(one, Subscription) for one in read) - len(feeds)
    return FeedList(tuple(feeds.values()), tuple(left_out), repeated)


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


def _entries(element: Element, *, section: str | None) -> Iterator[Subscription | LeftOut]:
    """Walk the outlines; the nesting ends at 256 levels, where the tree's does."""
    for child in element:
        name = single_line(child.get("title") or child.get("text") or "", limit_chars=_LONGEST_NAME)
        entry = _entry(child, name, section)
        if entry:
            yield entry
        inner = name if local_name(child) == "outline" and not entry else ""
        yield from _entries(child, section=inner or section)


def _entry(outline: Element, name: str, section: str | None) -> Subscription | LeftOut | None:
    """Read an outline; None where it is a folder or a note."""
    told = (outline.get("xmlUrl") or outline.get("xmlurl") or outline.get("xmlURL") or "").strip()
    if not told:
        is_feed = (outline.get("type") or "").lower() in _FEED_TYPES
        return LeftOut(name or "an entry without a name", "has no xmlUrl, the address of its feed") if is_feed else None
    address = web_address(told)
    if address:
        return Subscription(address, name, section)
    return LeftOut(shown_entry(name, told), reason_to_refuse(told) or "is not an address that can be fetched")


def shown_entry(name: str, address: str) -> str:
    """Name an entry for messages, without a password that its address may hold."""
    shown = shown_location(address)
    return f"{name} ({shown})" if name else shown
