"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from index_store import SourceError
from ingest.feeds.addresses import absolute
from ingest.feeds.bounded_xml import MOST_ENTRIES
from ingest.feeds.records import Feed, FeedEntry
from ingest.json_values import parsed
from ingest.markup import entry_title

_VERSION = "jsonfeed.org/version/"
_LONGEST_TEXT = 2_000_000


def read_json_feed(text: str, *, address: str) -> Feed:
    """
    Read a JSON Feed; fields of the wrong type count as absent.

    Args:
        text: The feed.
        address: Where it came from.

    Raises:
        SourceError: If it is no JSON, or JSON of another kind.
    """
    feed = parsed(text.lstrip("\ufeff"))
    if not isinstance(feed, dict) or _VERSION not in _text(feed, "version"):
        raise SourceError("is not a feed: it is JSON, but no JSON Feed")
    items = feed.get("items")
    items = items if isinstance(items, list) else []
    entries = tuple(_entries(items[:MOST_ENTRIES], feed, address))
    return Feed(
        title=entry_title(_text(feed, "title")),
        address_of_site=absolute(_text(feed, "home_page_url"), base=address),
        language=_text(feed, "language") or None,
        update_every_s=None,
        entries=entries,
        skipped=len(items) - len(entries),
    )


def _entries(items: list[Any], feed: Mapping[str, Any], address: str) -> Iterator[FeedEntry]:
    for item in items:
        if isinstance(item, dict):
            entry = _entry(item, feed, address)
            if entry.key:
                yield entry


def _entry(item: Mapping[str, Any], feed: Mapping[str, Any], address: str) -> FeedEntry:
    link = absolute(_text(item, "url"), base=address) or absolute(_text(item, "external_url"), base=address)
    title = entry_title(_text(item, "title"))
    body = _text(item, "content_html") or _as_html(_text(item, "content_text"))
    tags = item.get("tags")
    return FeedEntry(
        key=_text(item, "id") or link or title,
        address=link or absolute(_text(item, "id"), base=""),
        title=title,
        authors=_authors(item) or _authors(feed),
        published_at=_text(item, "date_published") or None,
        updated_at=_text(item, "date_modified") or None,
        html=(body or _as_html(_text(item, "summary")))[:_LONGEST_TEXT],
        is_full=0 < len(body) <= _LONGEST_TEXT,
        section=next((tag for tag in tags if isinstance(tag, str)), None) if isinstance(tags, list) else None,
        language=_text(item, "language") or _text(feed, "language") or None,
    )


def _authors(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names; version 1.0 knows one `author`, 1.1 `authors`."""
    given = fields.get("authors")
    people = given if isinstance(given, list) and given else [fields.get("author")]
    names = (_text(person, "name") for person in people[:50] if isinstance(person, dict))
    return tuple(name for name in names if name)


def _text(fields: Mapping[str, Any], name: str) -> str:
    """Return a field as text; a number, as which ids come now and then, as its digits."""
    value = fields.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return value.strip() if isinstance(value, str) else ""


def _as_html(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")
