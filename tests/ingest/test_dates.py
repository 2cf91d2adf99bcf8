"""Publication dates."""

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.dates import publication_date

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1700, 1, 1), datetime(9000, 1, 1), timezones=ZONES)  # noqa: DTZ001 - zones are drawn


@given(MOMENTS)
def test_iso_times_are_read_exactly(moment: datetime) -> None:
    """Any ISO 8601 time with a zone comes back as the same instant, in the same zone."""
    read = publication_date(moment.isoformat())
    assert read == moment
    assert read is not None
    assert read.utcoffset() == moment.utcoffset()


@given(MOMENTS.map(lambda moment: moment.replace(microsecond=0)))
def test_feed_dates_are_read_exactly(moment: datetime) -> None:
    """Any RFC 822 date, as feeds write them, comes back as the same instant."""
    assert publication_date(format_datetime(moment)) == moment


@given(st.dates(date(1700, 1, 1), date(9000, 1, 1)))
def test_a_day_is_its_midnight_in_utc(day: date) -> None:
    """A date without a time is its midnight in UTC, however the digits are grouped."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert publication_date(day.isoformat()) == midnight
    assert publication_date(day.strftime("%Y%m%d")) == midnight
    assert publication_date(int(day.strftime("%Y%m%d"))) == midnight


@given(st.integers(100_000_000, 9_999_999_999))
def test_seconds_and_milliseconds_since_1970(seconds: int) -> None:
    """Epoch seconds are read as numbers and as strings, and so are milliseconds where they have 13 digits."""
    moment = datetime.fromtimestamp(seconds, UTC)
    assert publication_date(seconds) == publication_date(str(seconds)) == publication_date(float(seconds)) == moment
    if seconds >= 1_000_000_000:
        assert publication_date(seconds * 1000) == publication_date(f"{seconds}000") == moment


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("March 5, 2025", "2025-03-05"),
        ("5 March 2025", "2025-03-05"),
        ("Published on March 5, 2025", "2025-03-05"),
        ("Published: 5 Mar 2025", "2025-03-05"),
        ("5 mars 2025", "2025-03-05"),
        ("5. März 2025", "2025-03-05"),
        ("2025年3月5日", "2025-03-05"),
        ("2025/03/05", "2025-03-05"),
        ("05.03.2025", "2025-03-05"),
        ("25/03/2025", "2025-03-25"),
        ("03/25/2025", "2025-03-25"),
        ("05/05/2025", "2025-05-05"),
        ("202503051430", "2025-03-05"),
        ("20250305143000", "2025-03-05"),
    ],
)
def test_dates_written_out(written: str, day: str) -> None:
    """Dates that people write are read where day, month and year are certain."""
    read = publication_date(written)
    assert read is not None
    assert read.date().isoformat() == day


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2025-03-05T10:30:00", datetime(2025, 3, 5, 10, 30, tzinfo=UTC)),
        ("2025-03-05 10:30:00+01:00", datetime(2025, 3, 5, 9, 30, tzinfo=UTC)),
        ("Wed, 05 Mar 2025 10:30:00 EST", datetime(2025, 3, 5, 15, 30, tzinfo=UTC)),
        ("5 Mar 2025 14:30 CET", datetime(2025, 3, 5, 13, 30, tzinfo=UTC)),
        ("March 5, 2025 at 10:30 a.m. ET", datetime(2025, 3, 5, 15, 30, tzinfo=UTC)),
    ],
)
def test_zones(written: str, moment: datetime) -> None:
    """A zone is honoured, by offset or by name; a time without one is UTC."""
    assert publication_date(written) == moment


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2025-03-05T10:30:00+05:30", "2025-03-05T10:30:00+05:30"),
        ("2025-03-05T10:30:00.5-0400", "2025-03-05T10:30:00.500000-04:00"),
        ("Wed, 05 Mar 2025 10:30:00 EST", "2025-03-05T10:30:00-05:00"),
        ("5 Mar 2025 14:30 CET", "2025-03-05T14:30:00+01:00"),
        ("2025-03-05T10:30:00Z", "2025-03-05T10:30:00+00:00"),
    ],
)
def test_zones_are_kept(written: str, kept: str) -> None:
    """The local time and its offset stay as they were written, so that a publisher's day remains that day."""
    read = publication_date(written)
    assert read is not None
    assert read.isoformat() == kept
    assert isinstance(read.tzinfo, timezone)


@pytest.mark.parametrize(
    "written",
    ["yesterday", "3 hours ago", "in 2 days", "now", "Monday", "10:30", "March 5", "2025", "2025-03", "March 2025"],
)
def test_relative_and_partial_dates_are_not_completed(written: str) -> None:
    """What does not name a day by itself is not a publication date."""
    assert publication_date(written) is None


@pytest.mark.parametrize("written", ["05/03/2025", "5-3-2025", "05 03 2025", "05/03/25"])
def test_day_and_month_are_never_guessed(written: str) -> None:
    """A date whose day and month could be swapped is not read."""
    assert publication_date(written) is None


@pytest.mark.parametrize(
    "raw",
    [
        *(None, "", "   ", True, 0, -1, 7, 1e300, float("nan"), float("inf"), 10**400, "9" * 10_000, "0" * 8),
        *("99999-01-01", "0001-01-01", "9999-12-31", "2025-02-30", "2025-13-01", "x" * 100_000, "\ud8002025"),
    ],
    ids=lambda raw: repr(raw)[:20],
)
def test_impossible_dates(raw: str | float | None) -> None:
    """Numbers and strings that are no date, or lie outside the years of the press, are not read."""
    assert publication_date(raw) is None


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text("0123456789/-:. TZ+年", max_size=30), st.integers(), st.floats()))
@example("2025 0 0")
def test_anything_is_read_or_refused(raw: str | float) -> None:
    """Whatever is given, the outcome is None or a time with an offset between 1600 and 9999."""
    read = publication_date(raw)
    assert read is None or (isinstance(read.tzinfo, timezone) and 1600 <= read.year <= 9999)
