"""What a feed holds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """
    One entry of a feed, as found.

    Attributes:
        key: What names the entry inside its feed: its guid or id, else its address, else its title.
        address: Absolute http(s) address of the article; None where the feed gives none.
        title: Plain text; may be empty.
        authors: A byline each, in order.
        published_at, updated_at: Dates in the feed's own words.
        html: The fullest text that the entry holds; empty where it holds none.
        is_full: Whether that is meant to be the whole article, not a summary or the beginning.
        section: Its first category.
        language: Of the entry, or else of the feed.
        withdrawn: Whether the feed says that the entry is gone; then only `key` and `updated_at` are told.
    """

    key: str
    address: str | None = None
    title: str = ""
    authors: tuple[str, ...] = ()
    published_at: str | None = None
    updated_at: str | None = None
    html: str = ""
    is_full: bool = False
    section: str | None = None
    language: str | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """
    A feed.

    Attributes:
        title: Plain text; may be empty.
        address_of_site: Absolute http(s) address of the pages that it is the feed of.
        language: As found.
        update_every_s: How long to wait before asking again, in seconds; None where the feed does not say.
        entries: In the order of the feed, those withdrawn last.
        skipped: Entries left out: too many, or without anything to know them by.
    """

    title: str
    address_of_site: str | None
    language: str | None
    update_every_s: float | None
    entries: tuple[FeedEntry, ...]
    skipped: int = 0
