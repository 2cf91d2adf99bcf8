"""What a question says of time, and what an article's age then counts for it: pure functions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Self

_HALF_AFTER_S = 7 * 86_400
_LATEST_COUNTS = 2.0  # of what age counts otherwise

_ASKS_FOR_THE_NEWEST = re.compile(
    r"\b(latest|newest|now|nowadays|today|tonight|currently|at the moment|most recent|breaking)\b", re.I
)
_SPEAKS_OF_THE_PRESENT = re.compile(
    r"\b(this (week|month|year|morning|evening|weekend)|recent|recently|new|newly|just|yesterday)\b", re.I
)
_SPEAKS_OF_THE_PAST = re.compile(
    r"\b(last (year|decade|century)|(years|decades|centuries) ago|(back|way back) (in|when)|in the \d{2,4}s)\b", re.I
)
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")


class Tense(Enum):
    """Which time a question is about, as far as it says."""

    LATEST = "the newest there is"
    OPEN = "the time at which it is asked, as news questions mostly are"
    PAST = "another time, which makes an article's age say nothing"


def tense_of(question: str, *, asked_in: int) -> Tense:
    """
    Read from a question's words which time it is about.

    A year before that of asking means another time, unless the question also says "this week", "recently" and the like.

    Args:
        question: In the asker's words.
        asked_in: The year in which it is asked.
    """
    if _ASKS_FOR_THE_NEWEST.search(question):
        return Tense.LATEST
    if _SPEAKS_OF_THE_PRESENT.search(question):
        return Tense.OPEN
    names_a_past_year = any(int(year) < asked_in for year in _YEAR.findall(question))
    return Tense.PAST if names_a_past_year or _SPEAKS_OF_THE_PAST.search(question) else Tense.OPEN


@dataclass(frozen=True, slots=True)
class Asking:
    """
    When a question is asked, and which time it is about.

    Attributes:
        at: Seconds since 1970.
        tense: What its words say of time.
    """

    at: int
    tense: Tense

    @classmethod
    def of(cls, question: str, at: datetime) -> Self:
        """Read a question asked at this time."""
        return cls(int(at.timestamp()), tense_of(question, asked_in=at.year))

    def of_these(self, published: Iterable[int | None]) -> Self:
        """Where the newest is asked for, count ages from the newest article there is, however old that is."""
        dated = [moment for moment in published if moment is not None]
        if self.tense is not Tense.LATEST or not dated:
            return self
        return replace(self, at=min(self.at, max(dated)))

    def freshness(self, published: int | None) -> float:
        """
        Say what an article's age counts: half as much after a week, a third after two, nothing for an undated one.

        Among old articles it hardly tells one from another, so that a matter of long ago is found as well as ever.

        Args:
            published: Seconds since 1970; None where no date is known.

        Returns:
            0 to 1; for `Tense.LATEST` 0 to 2.
        """
        if published is None or self.tense is Tense.PAST:
            return 0.0
        share = 1 / (1 + max(self.at - published, 0) / _HALF_AFTER_S)
        return share * (_LATEST_COUNTS if self.tense is Tense.LATEST else 1.0)
