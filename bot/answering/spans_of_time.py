"""Words for a stretch between two dates: "between 3 March and 10 April 2026"; pure functions."""

import calendar
import re
from typing import NamedTuple

_MONTH = "|".join(calendar.month_name[1:])
_YEAR = r"(?:19|20)\d\d"
_DAY = r"(?:the )?\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    rf"(?:\d{{4}}-\d\d-\d\d|{_DAY} (?:of )?(?:{_MONTH})(?:,? {_YEAR})?|(?:{_MONTH}) {_DAY}(?:,? {_YEAR})?"
    rf"|(?:{_MONTH})(?:,? {_YEAR})?|{_YEAR})"
)
_SPAN = re.compile(
    rf"\b(?P<phrase>(?:between (?P<first>{_DATE}|{_DAY}) and|from (?P<start>{_DATE}|{_DAY}) (?:to|until|till|through)) "
    rf"(?P<last>{_DATE}))(?![\w%]|[.,-]\d)",
    re.IGNORECASE,
)
_ITS_YEAR, _ITS_MONTH = re.compile(rf"\b{_YEAR}\b"), re.compile(rf"\b(?:{_MONTH})\b", re.IGNORECASE)


class Ends(NamedTuple):
    """
    A stretch of time, as asked.

    Attributes:
        phrase: All words that name it.
        first, last: The dates it begins and ends with; what the first leaves out ("3 to 10 March 2026") is the last's.
    """

    phrase: str
    first: str
    last: str


def ends_in(question: str) -> Ends | None:
    """Read a stretch of time between two dates, not yet whether there are such dates; None where there is none."""
    match = _SPAN.search(question)
    if not match:
        return None
    first, last = match["first"] or match["start"], match["last"]
    month, year = _ITS_MONTH.search(last), _ITS_YEAR.search(last)
    if first.isdigit() and len(first) == 4:
        return Ends(match["phrase"], first, last)
    if not _ITS_MONTH.search(first) and "-" not in first:
        if not month or not re.search(r"\b\d{1,2}(?:st|nd|rd|th)?\b", last):
            return None  # "between 5 and March"
        first = f"{first} {month[0]}"
    if year and not _ITS_YEAR.search(first):
        first = f"{first} {year[0]}"
    return Ends(match["phrase"], first, last)
