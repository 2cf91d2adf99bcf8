"""What feeds and sitemaps say of pages: pure functions."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote

from ingest.article import RawArticle
from ingest.extract import is_truncated
from ingest.feeds import Feed, FeedEntry
from ingest.markup import entry_text
from ingest.sitemaps import SitemapEntry

_WHOLE_FROM_WORDS = 80  # a shorter text of a feed may be a teaser: its page is asked first


@dataclass(frozen=True, slots=True)
class Announcement:
    """
    What a feed or a sitemap says of a page.

    Attributes:
        address: The page's address.
        raw: What is told of the article; its text is empty where nothing is known of it.
        is_whole: Whether that text is the whole article, so that the page need not be fetched.
        entry_key: What names the entry inside its feed; None for what no feed told.
        fingerprint: Changes with whatever is told; None where that could not tell of a change.
    """

    address: str
    raw: RawArticle
    entry_key: str | None = None
    is_whole: bool = False
    fingerprint: str | None = None


def announced_by_feed(entry: FeedEntry, feed: Feed, *, feed_address: str) -> Announcement:
    """
    Say what a feed's entry tells of its page.

    Args:
        entry: The entry.
        feed: Its feed.
        feed_address: Where the feed was found; the address of an entry that has none starts with it.
    """
    text = entry_text(entry.html, title=entry.title)
    has_page = entry.address is not None
    is_full = entry.is_full and not is_truncated(text)
    is_whole = is_full and len(text.split()) >= _WHOLE_FROM_WORDS
    raw = RawArticle(
        text=text if is_full or not has_page else "",
        title=entry.title,
        url=entry.address,
        published_at=entry.published_at or entry.updated_at,
        authors=entry.authors,
        language=entry.language or feed.language,
        date_source="feed",
        date_confidence="high" if entry.published_at else "medium",  # the day of an update may be a later one
        modified_at=entry.updated_at,
        section=entry.section,
    )
    address = entry.address or f"{feed_address}#{quote(entry.key)}"
    told = _fingerprint(entry.title, entry.html, entry.updated_at, entry.published_at)
    return Announcement(address, raw, entry.key, is_whole=is_whole or not has_page, fingerprint=told)


def announced_by_sitemap(entry: SitemapEntry) -> Announcement:
    """Say what a sitemap tells of a page; without a modification date it cannot tell of a change."""
    raw = RawArticle(
        text="",
        title=entry.news_title,
        url=entry.address,
        published_at=entry.published_at,
        publisher=entry.publisher,
        language=entry.language,
        date_source="sitemap",
    )
    told = entry.modified_at or entry.published_at
    return Announcement(entry.address, raw, fingerprint=_fingerprint(told, entry.news_title) if told else None)


def mark_of(told: Announcement, *, left_out_before: datetime | None = None) -> str | None:
    """
    Return what is remembered of an announcement: while it stays, the page need not be asked again.

    Args:
        told: The announcement.
        left_out_before: Why its article was left out, if it was: it was published before.
    """
    if told.fingerprint is None or left_out_before is None:
        return told.fingerprint
    return _fingerprint(told.fingerprint, left_out_before)


def _fingerprint(*told: object) -> str:
    return sha256(repr(told).encode()).hexdigest()[:32]
