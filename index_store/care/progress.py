"""A progress bar on standard error, where people look."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeAlias

Expect: TypeAlias = Callable[[int], Callable[[], None]]  # told how many steps there are, gives what to call after each


def unseen(_steps: int) -> Callable[[], None]:
    """Show nothing; an `Expect`."""
    return lambda: None


@contextmanager
def bar(task: str, *, quiet: bool) -> Iterator[Expect]:
    """
    Show how far a task is; nothing if `quiet`, or where standard error is no terminal.

    Args:
        task: What is being done.
        quiet: Whether to show nothing.

    Yields:
        What is told how many steps there are.
    """
    if quiet or not sys.stderr.isatty():
        yield unseen
        return
    from rich.console import Console  # only on a terminal
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as display:
        yield lambda steps: partial(display.advance, display.add_task(task, total=steps))
