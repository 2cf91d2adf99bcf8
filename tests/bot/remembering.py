"""A memory in a file of its own."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.discord.database import Database
from bot.discord.memory import Memory


@contextmanager
def remembering(file: Path, *, keep_days: int = 2, clock: Callable[[], float] = time.time) -> Iterator[Memory]:
    """Open a file, or make it, and remember in it."""
    with closing(Database.open(file)) as database:
        yield Memory(database, keep_days=keep_days, clock=clock)
