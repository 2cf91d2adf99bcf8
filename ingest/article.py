"""The one place where what a source found becomes an `Article`, or is refused with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote

from index_store import Article
from ingest.addresses import address_key, tidy_address
from ingest.cleaning import (
    LONGEST_NAME,
    author_names,
    is_mostly_latin,
    language_code,
    normalised_text,
    opening,
    single_line,
    web_address,
)
from ingest.dates import RawDate, is_absent, publication_date
from ingest.settings import IngestSettings

LONGEST_TITLE = 500
_CLOCK_SKEW = timedelta(hours=24)  # time zones, and articles dated for the next morning


@dataclass(frozen=True, slots=True)
class RawArticle:
    """
    An article as a source gives it: of the right types, and nothing more is promised.

    Attributes:
        text: The body, as found.
        title, url, publisher, language: As found; None where the source is silent.
        published_at: As found: a string in any format, or a number.
        authors: A byline, or one string a name.
        date_source: Where `published_at` was found: "record", "front matter", "feed", "json-ld", "page" and the like.
        date_confidence: How sure that is: "high", "medium" or "low".
        modified_at: As found, like `published_at`; left out where it cannot be read.
        section: As found.
        warnings: What the source noticed that a reader of the report should know.
        page: HTML of the page that the text, and whatever else is missing, is still to be read from; "" for none.
    """

    text: str
    title: str | None = None
    url: str | None = None
    published_at: RawDate = None
    authors: str | tuple[str, ...] = ()
    publisher: str | None = None
    language: str | None = None
    date_source: str = ""
    date_confidence: str = "high"
    modified_at: RawDate = None
    section: str | None = None
    warnings: tuple[str, ...] = ()
    page: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Where a raw article was found.

    Attributes:
        source: How reports name the place: "news.jsonl, line 7".
        address: `file:///…` of the file.
        shared: Whether the file holds several articles, so that its address alone names none of them.
    """

    source: str
    address: str
    shared: bool = False

    def part(self, place: str) -> "Origin":
        """Return the origin of one of several articles in the file: `place` is "line 7" or the like."""
        return Origin(f"{self.source}, {place}", self.address, shared=True)

    def address_of(self, title: str) -> str:
        """Return the address of the article with this title, for one that has none on the web."""
        return f"{self.address}#{quote(title)}" if self.shared else self.address


@dataclass(frozen=True, slots=True)
class Found:
    """An article ready for the index, with what should be said about it."""

    article: Article
    source: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """
    A place where no article could be had.

    Attributes:
        source: The place, as reports name it.
        reason: Why; completes "SOURCE: …".
        is_minor: Whether it is one of many pages that a source names, of which some never hold an article.
    """

    source: str
    reason: str
    is_minor: bool = False


def make_article(
    raw: RawArticle,
    *,
    origin: Origin,
    settings: IngestSettings,
    publisher: str | None = None,
    now: datetime | None = None,
) -> Found | Rejected:
    """
    Clean and check what a source found.

    Args:
        raw: What was found.
        origin: Where.
        settings: The limits.
        publisher: Publisher of an article that names none.
        now: The present, for telling dates in the future; None asks the clock.

    Returns:
        The article, undated rather than with a guessed date; or the reason why it cannot be indexed.
    """
    now = now or datetime.now(UTC)
    text = normalised_text(raw.text)
    published_at = publication_date(raw.published_at)
    if published_at and published_at > now + _CLOCK_SKEW:
        published_at = None
    reason = _refusal(text, settings=settings)
    if reason:
        return Rejected(origin.source, reason)
    title = single_line(raw.title or "", limit_chars=LONGEST_TITLE) or opening(text)
    address = tidy_address(web_address(raw.url) or origin.address_of(title))
    article = Article(
        article_id=article_id(address),
        url=address,
        title=title,
        text=text,
        authors=author_names(raw.authors),
        publisher=single_line(raw.publisher or publisher or "", limit_chars=LONGEST_NAME) or None,
        published_at=published_at,
        date_source=raw.date_source if published_at else "",
        language=language_code(raw.language),
        date_confidence=raw.date_confidence if published_at else "",
        modified_at=_modification_date(raw.modified_at, published_at, now=now),
        section=single_line(raw.section or "", limit_chars=LONGEST_NAME) or None,
    )
    return Found(article, origin.source, (*raw.warnings, *_warnings(raw, article)))


def article_id(address: str) -> str:
    """Return the id of the article at this address, the same for all its variants: 16 digits of its key's SHA-256."""
    return sha256(address_key(address).encode()).hexdigest()[:16]


def _refusal(text: str, *, settings: IngestSettings) -> str | None:
    if not any(c.isalnum() for c in text):
        return "has no text"
    if len(text) > settings.max_article_chars:
        return (
            f"is {len(text):,} characters long, more than the {settings.max_article_chars:,} allowed; "
            "split it, or raise ingest.max_article_chars"
        )
    return None


def _modification_date(raw: RawDate, published_at: datetime | None, *, now: datetime) -> datetime | None:
    """Read when an article last changed; None where that is before its publication, or in the future."""
    modified_at = publication_date(raw)
    if modified_at is None or modified_at > now + _CLOCK_SKEW or (published_at and modified_at < published_at):
        return None
    return modified_at


def _warnings(raw: RawArticle, article: Article) -> Iterator[str]:
    if is_absent(raw.published_at):
        yield "has no publication date; indexed undated"
    elif article.published_at is None:
        given = single_line(str(raw.published_at), limit_chars=60)
        if publication_date(raw.published_at):
            yield f'has the date "{given}", which is in the future; indexed undated'
        else:
            yield f'has the date "{given}", which cannot be read; indexed undated (write it as YYYY-MM-DD)'
    if raw.url and raw.url.strip() and not web_address(raw.url):
        yield "has a url that is not a plain http(s) address; the file's own address is cited instead"
    if not is_mostly_latin(article.text):
        yield "is not in Latin script; the default embedding model reads English, so only exact words will find it"
