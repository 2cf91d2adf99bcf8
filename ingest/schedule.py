"""When a source is asked again: pure functions of what it answered."""

from dataclasses import replace
from datetime import datetime, timedelta

from index_store import SourceState

LONGEST_INTERVAL = timedelta(days=1)
_FIRST_REST = timedelta(minutes=30)
MOST_FAILURES = 7  # of a page; the last one comes a day after the first
MOST_FLAWS = 2  # of a page that answered with something that is no article


def interval_for(*, setting_s: float | None, hint_s: float | None, default_s: float, floor_s: float) -> timedelta:
    """
    Choose how long a source rests between two visits.

    Args:
        setting_s: What the source's own setting says; it is taken as it is.
        hint_s: What its publisher asks for (`ttl`, `sy:updatePeriod`); never below the floor, never above a day.
        default_s: What holds where neither says anything.
        floor_s: The shortest rest that a hint can ask for.
    """
    if setting_s is not None:
        return timedelta(seconds=setting_s)
    if hint_s is None:
        return timedelta(seconds=default_s)
    return min(timedelta(seconds=max(hint_s, floor_s)), LONGEST_INTERVAL)


def succeeded(state: SourceState, *, now: datetime, interval: timedelta) -> SourceState:
    """Note a success."""
    return replace(
        state,
        checked_at=now,
        succeeded_at=now,
        due_at=now + interval,
        paused_until_at=None,
        failures=0,
        problem=None,
        retired=False,
    )


def failed(
    state: SourceState, problem: str, *, now: datetime, interval: timedelta, retry_after_s: float | None = None
) -> SourceState:
    """
    Note a failure: each one in a row doubles the rest, up to a day, and a publisher's `Retry-After` is kept to.

    Args:
        state: What was known.
        problem: What went wrong, completing "SOURCE: …".
        now: When.
        interval: The source's usual rest.
        retry_after_s: How long its publisher asked us to stay away, in seconds.
    """
    rest = min(interval * 2 ** min(state.failures + 1, 10), max(LONGEST_INTERVAL, interval))
    paused_until = None if retry_after_s is None else now + timedelta(seconds=retry_after_s)
    return replace(
        state,
        checked_at=now,
        due_at=max(now + rest, paused_until or now),
        paused_until_at=paused_until,
        failures=state.failures + 1,
        problem=problem,
    )


def retry_at(failures: int, *, most: int, now: datetime) -> datetime | None:
    """
    Say when to ask again for a page that failed so many times in a row; None where that was often enough.

    That is half an hour after the first failure, an hour after the second, and so on.
    """
    return now + _FIRST_REST * 2 ** (failures - 1) if failures <= most else None


def reason_to_leave_alone(state: SourceState, now: datetime) -> str | None:
    """Say why a source must not be asked even by hand, completing "SOURCE: …"; None where it may be."""
    if state.retired:
        return "is gone for good (it answered 410); take it out with `dateline sources remove`, or `add` it again"
    if state.paused_until_at and state.paused_until_at > now:
        return f"asks not to be visited before {state.paused_until_at.astimezone():%Y-%m-%d %H:%M}"
    return None


def is_due(state: SourceState, now: datetime, *, tolerance: timedelta = timedelta()) -> bool:
    """Whether a source should be asked, or will be within `tolerance`; one that is gone for good never is."""
    return not state.retired and (state.due_at is None or state.due_at <= now + tolerance)
