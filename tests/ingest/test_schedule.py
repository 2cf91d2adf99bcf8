"""When sources are asked again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from index_store import SourceState
from ingest.schedule import LONGEST_INTERVAL, failed, interval_for, is_due, reason_to_leave_alone, succeeded

NOW = datetime(2025, 3, 5, 12, tzinfo=UTC)
FEED = SourceState("https://quay.example/feed.xml")
HALF_AN_HOUR = timedelta(minutes=30)


def after_failures(
    count: int, *, interval: timedelta = HALF_AN_HOUR, retry_after_s: float | None = None
) -> SourceState:
    """Return a source that has failed so many times in a row."""
    state = FEED
    for _ in range(count):
        state = failed(state, "answered 503", now=NOW, interval=interval, retry_after_s=retry_after_s)
    return state


@given(st.floats(0, 1e9), st.floats(60, 3_600))
def test_a_publishers_hint_has_a_floor_and_a_ceiling(hint_s: float, floor_s: float) -> None:
    """A feed can ask to be visited often or seldom, but never more often than the floor, nor less than once a day."""
    interval = interval_for(setting_s=None, hint_s=hint_s, default_s=1_800, floor_s=floor_s)
    assert timedelta(seconds=floor_s) <= interval <= LONGEST_INTERVAL


def test_a_setting_comes_before_a_hint_and_a_hint_before_the_default() -> None:
    """People decide over the publisher, and the publisher over the default."""
    assert interval_for(setting_s=60, hint_s=7_200, default_s=1_800, floor_s=600) == timedelta(minutes=1)
    assert interval_for(setting_s=None, hint_s=7_200, default_s=1_800, floor_s=600) == timedelta(hours=2)
    assert interval_for(setting_s=None, hint_s=None, default_s=1_800, floor_s=600) == timedelta(minutes=30)


@given(st.integers(1, 2_000))
def test_each_failure_in_a_row_doubles_the_rest_up_to_a_day(failures: int) -> None:
    """A source that stays broken is asked less and less, and still once a day."""
    state = after_failures(failures)
    assert state.due_at is not None
    assert HALF_AN_HOUR * 2 ** min(failures, 5) <= state.due_at - NOW <= LONGEST_INTERVAL
    assert (state.failures, state.problem) == (failures, "answered 503")


def test_a_publisher_that_asks_for_a_longer_rest_gets_it() -> None:
    """`Retry-After` is kept to even beyond a day."""
    assert after_failures(1, retry_after_s=200_000).due_at == NOW + timedelta(seconds=200_000)


def test_a_success_ends_the_failures() -> None:
    """After a success, the source is as good as new."""
    state = succeeded(after_failures(7), now=NOW, interval=HALF_AN_HOUR)
    assert (state.failures, state.problem, state.due_at) == (0, None, NOW + HALF_AN_HOUR)
    assert not is_due(state, NOW)
    assert is_due(state, NOW + HALF_AN_HOUR)


def test_a_source_never_asked_is_due_and_one_gone_for_good_never_is() -> None:
    """New sources are visited at once; a retired one is left alone."""
    assert is_due(FEED, NOW)
    assert not is_due(SourceState(FEED.location, retired=True), NOW)


def test_only_a_pause_or_the_end_keeps_people_from_asking() -> None:
    """A failing source may be asked by hand at any time, but not while its publisher asked to be left alone."""
    assert reason_to_leave_alone(after_failures(5), NOW) is None
    paused = after_failures(1, retry_after_s=3_600)
    assert "asks not to be visited before" in (reason_to_leave_alone(paused, NOW) or "")
    assert reason_to_leave_alone(paused, NOW + timedelta(hours=1)) is None
    assert "gone for good" in (reason_to_leave_alone(SourceState(FEED.location, retired=True), NOW) or "")
