"""What stands before a report's first words, and is no part of what it says."""

import re

from index_store import Span

_DASH = "[-\u2010-\u2015\u2212]"
_BULLET = re.compile(rf"\s*(?:[•·▪►●]\s*|(?:\*|{_DASH}+)\s+)*")
# "MANDALAY — At least", "NEW YORK, March 3 (Quay Wire) - Oil", "Paris (AFP) - The", "(CNN) More"
_AGENCY = r"\([A-Z][\w. /-]{1,24}\)"
_IN_CAPITALS = r"[A-Z][A-Z.’', /-]{2,40}(?:, [A-Z][\w.]*)*(?:,? [A-Z][a-z]+\.? \d{1,2})?"
_BEFORE_AN_AGENCY = r"[A-Z]\w+(?:,? [A-Z\d][\w.]*){0,6},?(?= \()"
_DATELINE = re.compile(
    rf"(?:{_IN_CAPITALS}|{_BEFORE_AN_AGENCY})(?: {_AGENCY})? ?{_DASH}{{1,2}} (?=[A-Z0-9“\"])|"
    rf"\([A-Z]{{2,8}}\) ?{_DASH}? ?(?=[A-Z0-9“\"])"
)


def without_lead_in(text: str, span: Span) -> Span:
    """Begin a span of a text behind a bullet, and behind the place and agency that a report is from."""
    start = span.start
    for pattern in (_BULLET, _DATELINE):
        match = pattern.match(text, start, span.end)
        start = match.end() if match else start
    return Span(start, span.end)
