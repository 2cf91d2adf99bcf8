"""How far a run is: a bar on a terminal, a line a minute otherwise; always on standard error."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from index_store import counted
from ingest.reindex import Progress

_LINE_EVERY_S = 60.0


@contextmanager
def show_progress(*, quiet: bool) -> Iterator[Progress]:
    """Show progress where people look: nowhere if `quiet`."""
    if quiet:
        yield _Silence()
    elif sys.stderr.isatty():
        with _bar() as bar:
            yield bar
    else:
        yield _Lines()


class _Silence:
    def read(self) -> None:
        """Say nothing."""

    def expect(self, articles: int) -> None:
        """Say nothing."""

    def advance(self, articles: float) -> None:
        """Say nothing."""


class _Lines:
    """One line a minute, for logs."""

    def __init__(self) -> None:
        self._read = 0
        self._expected = 0
        self._embedded = 0.0
        self._said_at = time.monotonic()

    def read(self) -> None:
        self._read += 1
        self._say()

    def expect(self, articles: int) -> None:
        self._expected += articles

    def advance(self, articles: float) -> None:
        self._embedded += articles
        self._say()

    def _say(self) -> None:
        if time.monotonic() - self._said_at >= _LINE_EVERY_S:
            self._said_at = time.monotonic()
            embedded = f"embedded {self._embedded:.0f} of {self._expected} new or changed"
            print(f"read {counted(self._read, 'article')}, {embedded}", file=sys.stderr)  # noqa: T201


class _Bar:
    """A bar with the time that is left."""

    def __init__(self) -> None:
        from rich.console import Console  # only on a terminal
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        self.display = RichProgress(*columns, console=Console(stderr=True), transient=True)
        self._task = self.display.add_task("Reading articles", total=None)
        self._read = 0
        self._expected = 0

    def read(self) -> None:
        self._read += 1
        self._describe()

    def expect(self, articles: int) -> None:
        self._expected += articles
        self.display.update(self._task, total=self._expected)
        self._describe()

    def _describe(self) -> None:
        changed = f", {self._expected} new or changed" if self._expected else ""
        self.display.update(self._task, description=f"Reading: {counted(self._read, 'article')}{changed}")

    def advance(self, articles: float) -> None:
        self.display.advance(self._task, articles)


@contextmanager
def _bar() -> Iterator[Progress]:
    bar = _Bar()
    with bar.display:
        yield bar
