"""How dates are read."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store import Filters, UnreadableDateError, filters_from, parse_when

NOW = datetime(2025, 3, 7, 15, 30, tzinfo=UTC)  # a Friday


def utc(*parts: int) -> datetime:
    """A moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-03-05", utc(2025, 3, 5), utc(2025, 3, 5, 23, 59, 59)),
        ("2025-03-05T18:40Z", utc(2025, 3, 5, 18, 40), utc(2025, 3, 5, 18, 40)),
        ("2025-03-05 18:40", utc(2025, 3, 5, 18, 40), utc(2025, 3, 5, 18, 40)),
        ("20250305", utc(2025, 3, 5), utc(2025, 3, 5, 23, 59, 59)),
        ("2024-02", utc(2024, 2, 1), utc(2024, 2, 29, 23, 59, 59)),
        ("2025-W10", utc(2025, 3, 3), utc(2025, 3, 9, 23, 59, 59)),
        ("yesterday", utc(2025, 3, 6), utc(2025, 3, 6, 23, 59, 59)),
        ("3 days ago", utc(2025, 3, 4), utc(2025, 3, 4, 23, 59, 59)),
        ("last week", utc(2025, 2, 24), utc(2025, 3, 2, 23, 59, 59)),
        ("February 2024", utc(2024, 2, 1), utc(2024, 2, 29, 23, 59, 59)),
        ("2024", utc(2024, 1, 1), utc(2024, 12, 31, 23, 59, 59)),
        ("now", NOW, NOW),
    ],
)
def test_dates_as_people_write_them(text: str, first: datetime, last: datetime) -> None:
    """A day, week, month or year has a first and a last moment; a time is itself; no zone means UTC."""
    assert parse_when(text, last_moment=False, now=NOW) == first
    assert parse_when(text, last_moment=True, now=NOW) == last


def test_a_zone_is_kept() -> None:
    """A time with a zone is that moment."""
    moment = parse_when("2025-03-05T18:40+05:30", last_moment=True)
    assert moment == datetime(2025, 3, 5, 18, 40, tzinfo=timezone(timedelta(hours=5, minutes=30)))


@pytest.mark.parametrize("text", ["", "soon", "12", "99999", "2025-13-01", "05/03/2025", "x" * 1_000, "2025-02-30"])
def test_what_is_no_date_is_refused(text: str) -> None:
    """A text that is no date is refused with examples of what would be."""
    with pytest.raises(UnreadableDateError, match="Write 2025-03-05"):
        parse_when(text, last_moment=False, now=NOW)


@given(st.text(max_size=30), st.booleans())
def test_any_text_is_read_or_refused(text: str, last_moment: bool) -> None:  # noqa: FBT001
    """Whatever is written, there comes a moment with a zone or a refusal."""
    with suppress(UnreadableDateError):
        assert parse_when(text, last_moment=last_moment, now=NOW).tzinfo is not None


def test_an_empty_window_is_wrong_usage() -> None:
    """A window that ends before it begins is refused."""
    with pytest.raises(click.UsageError):
        filters_from(as_of=None, since=utc(2025, 3, 2), until=utc(2025, 3, 1), publishers=())
    assert filters_from(as_of=None, since=None, until=None, publishers=()) == Filters()
