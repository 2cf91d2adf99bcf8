"""Whether one text can bear another out: its numbers, and whether it denies; pure functions."""

import re

_SMALL = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNTS = {word: str(n) for n, word in enumerate(_SMALL, 2)}
_MULTIPLES = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|half|third|quarter"
_NUMBER = re.compile(rf"\d+(?:[.,]\d+)*|\b(?:{'|'.join(_COUNTS)}|{_MULTIPLES})\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|no|never|none|nor|neither|without|den(?:y|ies|ied))\b|n[’']t\b", re.IGNORECASE)


def numbers(text: str) -> frozenset[str]:
    """Return the numbers that a text names; "two" is 2, and "one" mostly no number."""
    found = (number.lower() for number in _NUMBER.findall(text))
    return frozenset(_COUNTS.get(number, number) for number in found)


def agrees(claim: str, other: str) -> bool:
    """Whether another text names all numbers of a claim, and denies where that denies."""
    return numbers(claim) <= numbers(other) and bool(_NOT.search(claim)) == bool(_NOT.search(other))
