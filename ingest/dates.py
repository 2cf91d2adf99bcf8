"""Publication dates as feeds, pages and people write them, read without guessing."""

import re
from datetime import UTC, datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

RawDate: TypeAlias = str | int | float | None

FIRST_YEAR = 1600  # the oldest newspapers; anything earlier is a misread number
LAST_YEAR = 9998  # leaves room for a shift of time zone

_LONGEST_CHARS = 100
_ABSENT = frozenset({"", "-", "none", "null", "nan", "nat", "n/a", "unknown"})
_LABEL = re.compile(r"^(?:first\s+)?(?:published|posted)(?:\s+(?:on|at))?\s*:?\s+", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_RFC822 = re.compile(r"^(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4} \d{1,2}:\d{2}")
_NUMERIC = re.compile(r"^(?P<first>\d{1,2})(?P<mark>[/. -])(?P<second>\d{1,2})(?P=mark)\d{4}(?!\d)")
_YEAR_FIRST = re.compile(r"^\d{4}[/. -](?P<month>\d{1,2})(?!\d)")
_DATEPARSER_SETTINGS: dict[str, Any] = {
    "PARSERS": ["absolute-time"],  # "3 hours ago" tells when a page was read, not when it was published
    "REQUIRE_PARTS": ["day", "month", "year"],
    "STRICT_PARSING": True,
}


def is_absent(raw: RawDate) -> bool:
    """Whether nothing was given, as opposed to something that cannot be read."""
    return raw is None or (isinstance(raw, str) and raw.strip().lower() in _ABSENT)


def publication_date(raw: RawDate) -> datetime | None:
    """
    Read a publication date.

    Args:
        raw: ISO 8601, RFC 822, a date written out in one of many languages, or seconds or milliseconds since 1970.

    Returns:
        The time in its own zone, as an offset from UTC; a date alone is its midnight, a time without a zone is taken
        as UTC. None where there is no full date of the years 1600 to 9998, where it is relative ("yesterday"), or
        where day and month could be swapped ("05/03/2025").
    """
    if raw is None or isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return _from_digits(str(int(raw))) if 0 < raw < 1e14 else None
    text = _LABEL.sub("", raw.strip()) if len(raw) <= _LONGEST_CHARS else ""
    if text.isascii() and text.isdigit():
        return _from_digits(text)
    return _from_iso(text) or _from_rfc822(text) or _from_words(text)


def _from_digits(digits: str) -> datetime | None:
    """Read 20250305, 202503051430 and 20250305143000 as calendar dates, 9 or 10 digits as seconds, 13 as ms."""
    match len(digits):
        case 8:
            return _from_iso(digits)
        case 12 | 14:
            return _from_iso(f"{digits[:8]}T{digits[8:]}")
        case 9 | 10:
            return datetime.fromtimestamp(int(digits), UTC)
        case 13:
            return datetime.fromtimestamp(int(digits) / 1000, UTC)
    return None


def _from_iso(text: str) -> datetime | None:
    try:
        return _with_offset(datetime.fromisoformat(text))
    except ValueError:
        return None


def _from_rfc822(text: str) -> datetime | None:
    if not _RFC822.match(text):
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # A zone that the standard does not name ("CET") comes back without one; dateparser knows more of them.
    return _with_offset(moment) if moment.tzinfo else None


def _from_words(text: str) -> datetime | None:
    if not _YEAR.search(text):
        return None
    order = _day_and_month_order(text)
    if order is None:
        return None
    import dateparser  # takes half a second, and only unusual dates need it

    try:
        moment = dateparser.parse(text, settings={**_DATEPARSER_SETTINGS, "DATE_ORDER": order})
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    return _with_offset(moment) if moment else None


def _day_and_month_order(text: str) -> str | None:
    """Tell which of two numbers is the day; None where neither or both can be."""
    year_first = _YEAR_FIRST.match(text)
    if year_first:  # dateparser would take 2025-13-01 for 13 January
        return "YMD" if int(year_first["month"]) <= 12 else None
    numeric = _NUMERIC.match(text)
    if not numeric:
        return "MDY"
    first, second = int(numeric["first"]), int(numeric["second"])
    if numeric["mark"] == "." or first > 12:  # with dots the day comes first wherever such dates are written
        return "DMY"
    return "MDY" if second > 12 or first == second else None


def _with_offset(moment: datetime) -> datetime | None:
    """Keep the zone as a plain offset; None outside the years of the press."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    offset = moment.utcoffset()
    return moment.replace(tzinfo=timezone(offset) if offset else UTC)
