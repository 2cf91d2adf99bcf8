"""Hours of subscriptions: how they are read, and when the next look or digest comes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.subscribing import QuietHours, Subscription, Wish, digest_hour, next_look

ZURICH = ZoneInfo("Europe/Zurich")
ZONES = st.sampled_from([ZURICH, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe"), UTC])
MOMENTS = st.datetimes(datetime(2023, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
HOURS = st.integers(0, 23)


def subscription(wish: Wish, looked_at: datetime) -> Subscription:
    """One that was last looked for then."""
    return Subscription(1, wish, 3, 2, looked_at, looked_at)


@pytest.mark.parametrize("text", ["22-7", "22:00-07:00", " 22 to 7 ", "22–7", "22 until 07"])
def test_quiet_hours_are_read_as_people_write_them(text: str) -> None:
    """Dashes of both lengths, words, minutes and blanks."""
    assert QuietHours.read(text) == QuietHours(22, 7)


@pytest.mark.parametrize("text", ["", "7", "7-7", "0-24", "25-3", "22:30-7", "night", "-5-3", "²-3"])
def test_what_is_no_quiet_hours_is_refused(text: str) -> None:
    """Half hours, hours that no clock shows and whole days are none."""
    with pytest.raises(ValueError, match="no quiet hours"):
        QuietHours.read(text)


@given(st.text(max_size=20))
def test_reading_quiet_hours_never_fails_otherwise(text: str) -> None:
    """Any text is hours of the clock, or refused as none."""
    try:
        read = QuietHours.read(text)
    except ValueError:
        return
    assert 0 <= read.begin <= 23
    assert 0 <= read.end <= 23
    assert not read.holds(read.end)
    assert read.holds(read.begin)


@given(MOMENTS, ZONES, HOURS, HOURS, st.integers(0, 100_000))
def test_the_next_look_never_lies_in_quiet_hours(
    now: datetime, zone: ZoneInfo, begin: int, end: int, ago_s: int
) -> None:
    """Whatever the clock does in spring and autumn, and it comes within the interval and a day."""
    quiet = QuietHours(begin, end) if begin != end else None
    one = subscription(Wish("x", 3_600, quiet), now - timedelta(seconds=ago_s))
    at = next_look(one, now=now, zone=zone)
    assert quiet is None or not quiet.holds(at.astimezone(zone).hour)
    assert now <= at <= now + timedelta(hours=26)
    assert quiet or ago_s < 3_600 or at == now


def test_a_look_that_falls_into_quiet_hours_comes_with_their_end() -> None:
    """At 23:30 in Zurich it waits for seven in the morning."""
    now = datetime(2025, 1, 10, 22, 30, tzinfo=UTC)
    one = subscription(Wish("x", 900, QuietHours(22, 7)), now - timedelta(hours=1))
    assert next_look(one, now=now, zone=ZURICH) == datetime(2025, 1, 11, 6, tzinfo=UTC)


@given(MOMENTS, ZONES, HOURS, st.integers(0, 40))
def test_a_digest_is_due_once_after_its_hour(now: datetime, zone: ZoneInfo, hour: int, hours_ago: int) -> None:
    """It is due if its hour has struck since the last look, and not when it was looked for after that."""
    struck_at = digest_hour(hour, now=now, zone=zone)
    assert now - timedelta(hours=26) < struck_at <= now
    at = next_look(subscription(Wish("", 0, None, hour), now - timedelta(hours=hours_ago)), now=now, zone=zone)
    looked_since = now - timedelta(hours=hours_ago) >= struck_at
    is_late = now - struck_at > timedelta(hours=12)
    assert (at <= now) == (not looked_since and not is_late)


def test_a_digest_comes_at_the_local_hour_in_summer_and_winter() -> None:
    """Eight in Zurich is six in UTC in July and seven in January."""
    for month, utc_hour in ((1, 7), (7, 6)):
        now = datetime(2025, month, 10, 3, tzinfo=UTC)
        one = subscription(Wish("", 0, None, 8), now - timedelta(hours=1))
        assert next_look(one, now=now, zone=ZURICH) == datetime(2025, month, 10, utc_hour, tzinfo=UTC)


def test_a_digest_that_is_half_a_day_late_is_left_out() -> None:
    """A bot that was down all day does not tell at night what the morning's digest would have told."""
    now = datetime(2025, 1, 10, 20, 30, tzinfo=UTC)
    one = subscription(Wish("", 0, None, 8), now - timedelta(days=3))
    assert next_look(one, now=now, zone=UTC) == datetime(2025, 1, 11, 8, tzinfo=UTC)
