"""How often one person may ask."""

from collections import deque
from collections.abc import Callable


class Cooldown:
    """At most so many questions of one person within any span of so many seconds."""

    def __init__(self, *, questions: int, within_s: float, clock: Callable[[], float]) -> None:
        self.questions = questions
        self.within_s = within_s
        self._clock = clock
        self._asked_at: dict[int, deque[float]] = {}  # in the order of each person's latest question

    def wait_s(self, user_id: int) -> float:
        """Return how long this person has to wait until they may ask again; 0 if they may now."""
        asked_at = self._asked_at.get(user_id)
        if asked_at is None or len(asked_at) < self.questions:
            return 0.0
        return max(0.0, asked_at[0] + self.within_s - self._clock())

    def note(self, user_id: int) -> None:
        """Count a question, and forget people whose questions are long past."""
        now = self._clock()
        asked_at = self._asked_at.pop(user_id, None) or deque(maxlen=self.questions)
        asked_at.append(now)
        self._asked_at[user_id] = asked_at
        while (oldest := next(iter(self._asked_at))) != user_id and self._asked_at[oldest][-1] + self.within_s <= now:
            del self._asked_at[oldest]
