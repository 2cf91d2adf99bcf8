"""The loop that never ends: each source on its own schedule, and a line that says how they are."""

import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from types import FrameType

from index_store import (
    Configuration,
    DatelineError,
    EmptyIndexError,
    SourceState,
    StoreSettings,
    counted,
    open_source_log,
)
from ingest.cleaning import shown_location
from ingest.progress import show_progress
from ingest.reindex import Report
from ingest.run import run, surroundings_of
from ingest.schedule import is_due
from ingest.settings import SourceSettings
from ingest.surroundings import Surroundings

_REST_AFTER_TROUBLE_S = 60.0  # another writer, a full disk
_LONGEST_REST_S = 3_600.0
_LONGEST_ROUND_S = 600.0  # then the other sources have their turn, and a long one goes on afterwards


def watch(
    configuration: Configuration,
    sources: Sequence[SourceSettings],
    *,
    tell: Callable[[str], None],
    tell_report: Callable[[Report], None],
) -> None:
    """
    Visit sources when they are due, until SIGTERM or Ctrl-C, which may come at any moment.

    Args:
        configuration: The settings in force.
        sources: What to visit.
        tell: Takes a line on how the sources are.
        tell_report: Takes the report of each round of visits.
    """
    signal.signal(signal.SIGTERM, _stop)
    surroundings = replace(surroundings_of(configuration), longest_s=_LONGEST_ROUND_S)
    try:
        while True:
            try:
                rest_s = _round(configuration, sources, surroundings, tell, tell_report)
            except DatelineError as error:
                rest_s = _after_trouble(error.message, tell)
            except (OSError, sqlite3.Error) as error:  # a full disk, say, where nobody put it in better words
                rest_s = _after_trouble(f"{error}.", tell)
            Event().wait(min(rest_s, _LONGEST_REST_S))
    except KeyboardInterrupt:
        tell("stopped; what was indexed stays")


def end_with_input() -> None:
    """Stop this process when its standard input is closed: when the process that started it has ended."""

    def wait() -> None:
        sys.stdin.read()
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=wait, daemon=True).start()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _after_trouble(told: str, tell: Callable[[str], None]) -> float:
    tell(f"{told} Trying again in {_REST_AFTER_TROUBLE_S:.0f} s.")
    return _REST_AFTER_TROUBLE_S


def _round(
    configuration: Configuration,
    sources: Sequence[SourceSettings],
    surroundings: Surroundings,
    tell: Callable[[str], None],
    tell_report: Callable[[Report], None],
) -> float:
    """Visit what is due; returns how long to rest until something is, in seconds."""
    states, now = states_of(configuration, sources), datetime.now(UTC)
    due = [source for source in sources if is_due(states[source.location], now)]
    if due:
        with show_progress(quiet=True) as progress:
            report = run(configuration, due, progress, surroundings)
        tell_report(report)
        states = states_of(configuration, sources)
        tell(health(list(states.values()), report))
    return seconds_to_next(list(states.values()), datetime.now(UTC))


def states_of(configuration: Configuration, sources: Sequence[SourceSettings]) -> dict[str, SourceState]:
    """Look up what is known of each source, by location."""
    try:
        log = open_source_log(configuration.section(StoreSettings).data_dir)
    except EmptyIndexError:
        return {source.location: SourceState(source.location) for source in sources}
    with closing(log):
        return {source.location: log.source(source.location) for source in sources}


def seconds_to_next(states: Sequence[SourceState], now: datetime) -> float:
    """Return how long nothing is due, in seconds; an hour if nothing ever is."""
    due = [state.due_at for state in states if state.due_at and not state.retired]
    rest = min(due, default=now + timedelta(seconds=_LONGEST_REST_S)) - now
    return max(rest.total_seconds(), 1.0)


def health(states: Sequence[SourceState], report: Report) -> str:
    """Say in one line how the sources are, what the last round brought, and when the next one is."""
    failing = [state for state in states if state.problem]
    told = f"{counted(len(states), 'source')}: {len(states) - len(failing)} well"
    if failing:
        first, others = failing[0], ", and others" if len(failing) > 1 else ""
        told += f", {len(failing)} failing ({shown_location(first.location)} {first.problem}{others})"
    brought = f"{report.added} added, {report.updated} updated, {report.removed} removed"
    due = [state.due_at for state in states if state.due_at and not state.retired]
    following = f" · next visit {min(due).astimezone():%H:%M}" if due else ""
    return f"{told} · {brought}{following}"
