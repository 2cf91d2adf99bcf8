"""RSS, Atom and RDF, read by feedparser from what `bounded_xml` lets through."""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from io import BytesIO
from typing import Any, TypeAlias

from index_store import SourceError
from ingest.feeds.addresses import absolute
from ingest.feeds.bounded_xml import clean_feed
from ingest.feeds.records import Feed, FeedEntry
from ingest.markup import entry_title

Fields: TypeAlias = Mapping[str, Any]

_PERIODS_S = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_MARKUP = frozenset({"text/html", "application/xhtml+xml"})
_BREAKS_OFF = re.compile(
    r"(?:…|\.\.\.|&(?:hellip|#8230);)\s*\]?\s*$|\[(?:…|\.\.\.)|(?:read|continue|view) (?:more|reading|the full)", re.I
)


def read_xml_feed(text: str, *, address: str) -> Feed:
    """
    Read a feed.

    Args:
        text: Its XML; what is broken is repaired.
        address: Where it came from.

    Raises:
        SourceError: If it is not a feed.
    """
    clean = clean_feed(text)
    parsed = _parsed(clean.xml, address)
    feed, is_atom = dict(parsed["feed"]), parsed["version"].startswith("atom")
    read = [_entry(dict(fields), feed, is_atom=is_atom, base=address) for fields in parsed["entries"]]
    entries = [entry for entry in read if entry.key]
    withdrawn = [FeedEntry(key, updated_at=when, withdrawn=True) for key, when in clean.withdrawn]
    return Feed(
        title=entry_title(feed.get("title", "")),
        address_of_site=absolute(feed.get("link"), base=address),
        language=feed.get("language") or None,
        update_every_s=_update_every_s(feed),
        entries=(*entries, *withdrawn),
        skipped=clean.skipped + len(read) - len(entries),
    )


def _parsed(xml: bytes, address: str) -> Fields:
    import feedparser  # type: ignore[import-untyped]  # takes 0.1 s, and only feeds need it

    # The media type and address stand in headers, as if feedparser had fetched the feed itself.
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": address}
    try:
        fields: Fields = feedparser.parse(
            BytesIO(xml), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
        )
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, AssertionError) as error:
        raise SourceError("is a feed that cannot be read: its markup is broken") from error
    return fields


def _entry(fields: Fields, feed: Fields, *, is_atom: bool, base: str) -> FeedEntry:
    link = _address(fields, base)
    title = entry_title(fields.get("title", ""))
    html, is_full = _body(fields)
    published_at, updated_at = fields.get("published") or fields.get("created"), fields.get("updated")
    if not is_atom and not published_at:  # feedparser calls it so when dc:date says when an RSS entry was published
        published_at, updated_at = updated_at, None
    return FeedEntry(
        key=fields.get("id") or link or title,
        address=link,
        title=title,
        authors=_authors(fields) or (_authors(feed) if is_atom else ()),  # as RFC 4287 says
        published_at=published_at or None,
        updated_at=updated_at or None,
        html=html,
        is_full=is_full,
        section=_section(fields),
        language=_language(fields) or feed.get("language") or None,
    )


def _address(fields: Fields, base: str) -> str | None:
    """Return the address of the page; FeedBurner counts clicks at its own and names the page's beside it."""
    others = (link.get("href") for link in fields.get("links", ()) if link.get("rel") == "alternate")
    for candidate in (fields.get("feedburner_origlink"), fields.get("link"), *others):
        found = absolute(candidate, base=base)
        if found:
            return found
    return None


def _body(fields: Fields) -> tuple[str, bool]:
    """Return the fullest text as HTML, and whether it is meant to be the whole article."""
    contents = [content for content in fields.get("content", ()) if content.get("value") and not content.get("src")]
    content = max((_html(content) for content in contents), key=len, default="")
    summary = _html(fields["summary_detail"]) if "summary_detail" in fields else ""
    if content and len(content) >= len(summary):
        return content, content != summary and not _BREAKS_OFF.search(content[-200:])
    return summary, False


def _html(detail: Fields) -> str:
    value: str = detail.get("value") or ""
    kind = detail.get("type") or "text/html"
    if kind in _MARKUP:
        return value
    return escape(value, quote=False).replace("\n", "<br>") if kind.startswith("text/") else ""


def _authors(fields: Fields) -> tuple[str, ...]:
    names = (person.get("name") for person in fields.get("authors", ())[:50])
    return tuple(entry_title(name) for name in names if name)


def _section(fields: Fields) -> str | None:
    named = (entry_title(tag.get("label") or tag.get("term") or "") for tag in fields.get("tags", ()))
    return next((name for name in named if name), None)


def _language(fields: Fields) -> str | None:
    details: Sequence[Fields] = (*fields.get("content", ()), *_details(fields))
    return next((detail["language"] for detail in details if detail.get("language")), None)


def _details(fields: Fields) -> Iterator[Fields]:
    yield from (fields[name] for name in ("summary_detail", "title_detail") if name in fields)


def _update_every_s(feed: Fields) -> float | None:
    """Read `ttl`, in minutes, or the Syndication module's period and how often in it the feed changes."""
    minutes = _number(feed.get("ttl"))
    if minutes:
        return minutes * 60
    period_s = _PERIODS_S.get(str(feed.get("sy_updateperiod", "")).strip().lower())
    return period_s / (_number(feed.get("sy_updatefrequency")) or 1) if period_s else None


def _number(text: object) -> float | None:
    """Read a whole number of up to seven digits; None for anything else, and for zero."""
    digits = str(text).strip()
    return float(digits) or None if digits.isascii() and digits.isdigit() and len(digits) < 8 else None
