"""Dates that only a fuzzer or a careless script writes: each is read as people mean it, or refused."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index_store import UnreadableDateError, iso_utc, parse_when

NOW = datetime(2025, 3, 7, 15, 30, tzinfo=UTC)  # a Friday
# What dates are made of, so that chance writes many that are almost right.
WORDS = (  # noqa: SIM905 - a list would fill the screen
    "now today yesterday tomorrow ago in last next this week weeks month months year days hours decade March mon May "
    "5 12 31 0 1999 9999 0001 416106 5pm 18:40 UTC EST +05:30 -14:00 +14:00 Z T pm - / . , of the 1st -3 ٣ ½ 24:00 "
    "noon 2025-03-05 9999-12-31 0001-01-01 2025-W10 9999-W52 0001-W01 20250305 2025-03"
).split()
almost_dates = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).flatmap(
    lambda words: st.sampled_from((" ", "", "T")).map(lambda gap: gap.join(words))
)


@settings(max_examples=150, deadline=None)
@given(almost_dates, st.booleans())
@example("9999-W52", True)  # noqa: FBT003 - last_moment
@example("in 416106 weeks", True)  # noqa: FBT003
@example("9999-12-31T23:59-14:00", False)  # noqa: FBT003
@example("0001-01-01T00:00+14:00", True)  # noqa: FBT003
def test_what_is_read_can_be_used(text: str, last_moment: bool) -> None:  # noqa: FBT001
    """Whatever reads as a date can be filtered by and written in UTC; all else is refused, never a failure."""
    with suppress(UnreadableDateError):
        moment = parse_when(text, last_moment=last_moment, now=NOW)
        assert moment.tzinfo is not None
        assert isinstance(moment.timestamp(), float)
        assert str(iso_utc(moment)).endswith("Z")


@settings(max_examples=80, deadline=None)
@given(almost_dates)
def test_a_period_ends_after_it_begins(text: str) -> None:
    """The last moment of what was written never comes before its first, and at most a year later."""
    with suppress(UnreadableDateError):
        first = parse_when(text, last_moment=False, now=NOW)
        with suppress(OverflowError):  # the test above tells of those
            assert timedelta(0) <= parse_when(text, last_moment=True, now=NOW) - first < timedelta(days=366)


@settings(deadline=None)
@given(st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 1900 < moment.year < 2100))
def test_every_way_to_write_a_day_means_the_same_day(moment: datetime) -> None:
    """ISO with and without dashes, and with the month in words, are one day from its first second to its last."""
    moment = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    for text in (
        f"{moment:%Y-%m-%d}",
        f"{moment:%Y%m%d}",
        f"{moment.day} {moment:%B %Y}",
        f"{moment:%B} {moment.day}, {moment:%Y}",
    ):
        assert parse_when(text, last_moment=False, now=NOW) == moment
        assert parse_when(text, last_moment=True, now=NOW) == moment + timedelta(days=1, seconds=-1)


@pytest.mark.parametrize("text", ["5pm", "noon"])
def test_a_bare_time_is_of_the_last_day_it_struck(text: str) -> None:
    """A time without a day is the latest one before now, never one of another month."""
    moment = parse_when(text, last_moment=False, now=NOW)
    assert NOW - timedelta(days=1) <= moment <= NOW


def test_yesterday_is_counted_from_the_moment_given() -> None:
    """With a clock in another zone, days are those of UTC, as everywhere."""
    evening_in_utc = datetime.fromisoformat("2025-03-07T01:00+05:00")
    assert parse_when("yesterday", last_moment=False, now=evening_in_utc) == datetime(2025, 3, 5, tzinfo=UTC)
