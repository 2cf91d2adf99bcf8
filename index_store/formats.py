"""How times and articles are written, for programs and for people."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any
from unicodedata import combining, east_asian_width
from urllib.parse import urlsplit

from index_store.records import Article, ArticleSummary


def iso_utc(moment: datetime | None) -> str | None:
    """Write a time as in every JSON output: ISO 8601 in UTC, with Z."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def day(moment: datetime | None) -> str:
    """Write a date for people: "5 March 2025"."""
    return f"{moment.day} {moment:%B %Y}" if moment else "undated"


def partial_date(iso: str) -> str:
    """Write a date in ISO 8601 for people, as exactly as it is known: "5 March 2025", "March 2025", "2025"."""
    year, *rest = iso.split("-")
    if not rest:
        return year
    first = date(int(year), int(rest[0]), int(rest[1]) if len(rest) > 1 else 1)
    return f"{first.day} {first:%B %Y}" if len(rest) > 1 else f"{first:%B %Y}"


def counted(count: int, one: str, several: str = "") -> str:
    """
    Write a number with what it counts: "1 article", "2,000 articles", "0 entries".

    Args:
        count: How many.
        one: The word for one.
        several: Its plural, where an "s" behind it does not make it.
    """
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"


def did_you_mean(name: str, known: Iterable[str], *, most: int = 1) -> str:
    """Ask whether the known names nearest to a misspelt one were meant, whatever their case; "" where none is near."""
    from difflib import get_close_matches  # loaded for a typing error alone

    spelt = {one.casefold(): one for one in known}
    close = get_close_matches(name.casefold(), spelt, n=most)
    return f"Did you mean {' or '.join(spelt[one] for one in close)}?" if close else ""


def columns_of(text: str) -> int:
    """Count the columns that a terminal draws a text in: two for Chinese, Japanese and Korean, none for accents."""
    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)


def summary_json(summary: ArticleSummary) -> dict[str, Any]:
    """Write what a list shows of an article."""
    return asdict(summary) | {"published_at": iso_utc(summary.published_at)}


def also_in(copies: Iterable[ArticleSummary], *, publisher: str | None) -> str:
    """
    Name for people where else a story stands: "also in Harbour Wire, quay.example".

    Args:
        copies: The story's other articles.
        publisher: Who is named already.

    Returns:
        Each publisher once, or the site of one that is unknown; "" where there is no other to name.
    """
    names = dict.fromkeys(outlet(copy) for copy in copies)
    others = [name for name in names if name != publisher]
    return f"also in {', '.join(others)}" if others else ""


def outlet(article: Article | ArticleSummary) -> str:
    """Name the publisher of an article; the site that it stands on where that is unknown."""
    return article.publisher or _site(article.url)


def _site(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.") or url
    except ValueError:
        return url
