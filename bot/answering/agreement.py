"""Whether one text can bear another out: its time, numbers, denials, and what is yet to come; pure functions."""

import re
from datetime import datetime, timedelta

_KNOWN_WITHIN = timedelta(days=7)  # an article of last year knows nothing of what happened since

_SMALL = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNTS = {word: str(n) for n, word in enumerate(_SMALL, 2)}
_MULTIPLES = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|half|third|quarter"
_NUMBER = re.compile(rf"\d+(?:[.,]\d+)*|\b(?:{'|'.join(_COUNTS)}|{_MULTIPLES})\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|no|never|none|nor|neither|without|den(?:y|ies|ied))\b|n[’']t\b", re.IGNORECASE)

_TO_COME = re.compile(
    r"\b(?:will|won[’']t|would|shall|(?:plan|intend|hope|aim|expect|want|prepare|promise|vow)(?:s|d|ed|ned)?\b[^,;.]{0,20}\bto|"
    r"(?:is|are|was|were|be) to|(?:expected|set|scheduled|supposed|going|about|likely|ready|poised) to|"
    r"due to (?:be|begin|start|open|close|meet|take|end|go|hold|vote|speak|arrive|leave)|upcoming)\b|\w[’']ll\b",
    re.IGNORECASE,
)


def numbers(text: str) -> frozenset[str]:
    """Return the numbers that a text names; "two" is 2, and "one" mostly no number."""
    found = (number.lower() for number in _NUMBER.findall(text))
    return frozenset(_COUNTS.get(number, number) for number in found)


def agrees(claim: str, other: str) -> bool:
    """Whether another text names all numbers of a claim, denies where that denies, and foretells where that does."""
    if numbers(claim) - numbers(other):
        return False
    return all(bool(sign.search(claim)) == bool(sign.search(other)) for sign in (_NOT, _TO_COME))


def could_know(told_at: datetime | None, other_at: datetime | None) -> bool:
    """Whether articles were published within a week, so that one can bear the other out; undated ones never can."""
    return told_at is not None and other_at is not None and abs(told_at - other_at) <= _KNOWN_WITHIN
