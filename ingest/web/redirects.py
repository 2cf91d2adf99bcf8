"""Redirects, followed by hand: each step is checked like a first address."""

from yarl import URL

from ingest.web.addresses import redirect_target
from ingest.web.records import FetchError

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_PERMANENT = frozenset({301, 308})
_MOST_STEPS = 5


class Way:
    """
    The way that redirects lead from an address.

    Attributes:
        here: Where it has led so far.
        moved_to: Where its first part led, permanent redirects alone; None if the first was not permanent.
    """

    def __init__(self, start: URL) -> None:
        self.here = start
        self.moved_to: URL | None = None
        self._visited = [start]
        self._only_permanent = True

    @property
    def redirected(self) -> bool:
        """Whether there was any redirect."""
        return len(self._visited) > 1

    def follow(self, status: int, location: str) -> None:
        """
        Take the next step.

        Raises:
            FetchError: If it is one too many, a circle, or leads where nothing may be fetched from.
        """
        target = redirect_target(self.here, location)
        if target in self._visited:
            raise FetchError("redirects in a circle")
        if len(self._visited) > _MOST_STEPS:
            raise FetchError(f"redirects more than {_MOST_STEPS} times")
        self._visited.append(target)
        self.here = target
        self._only_permanent = self._only_permanent and status in _PERMANENT
        if self._only_permanent:
            self.moved_to = target
