"""The dates that a sentence names, where they can be read surely: pure functions."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_SHORT = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_WEEKDAYS = [name.lower() for name in calendar.day_name]
MONTH_NAMES = "|".join(_MONTHS)

_MONTH = rf"(?P<month>{MONTH_NAMES}|(?:{'|'.join(_SHORT)})\.?)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![-–/]?\d)"
_WEEKDAY = rf"(?P<weekday>{'|'.join(day.title() for day in _WEEKDAYS)})"
_ON = rf"\bon (?:(?:{'|'.join(_WEEKDAYS)}),? )?(?:the )?"

# Each alternative of these names one date; two different ones in a sentence are none.
_WHOLE = re.compile(rf"\b{_DAY} (?:of )?{_MONTH},? {_YEAR}", re.IGNORECASE)
_WHOLE_AMERICAN = re.compile(rf"\b{_MONTH} {_DAY},? {_YEAR}", re.IGNORECASE)
_ISO = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b")
_YEARLESS = re.compile(rf"{_ON}{_DAY} (?:of )?{_MONTH}(?!,? (?:19|20)\d\d)\b", re.IGNORECASE)
_YEARLESS_AMERICAN = re.compile(rf"{_ON}{_MONTH} {_DAY}\b(?!,? (?:19|20)\d\d)", re.IGNORECASE)
_ON_WEEKDAY = re.compile(rf"(?:\b(?:on|late|early) |(?<=[a-z”\"’] )){_WEEKDAY}\b(?!,? [A-Z\d])")
_YESTERDAY = re.compile(r"\b[Yy]esterday\b(?! [A-Z])")
_OF_MONTH = re.compile(rf"\b(?:in|during) (?:early |late |mid-)?{_MONTH},? (?:of )?{_YEAR}", re.IGNORECASE)
_OF_YEAR = re.compile(rf"\b(?:[Ii]n|[Dd]uring) (?:early |late |mid-)?{_YEAR}(?! (?:to|and|or|through|until)\b)")

# Any day at all, also one to come.
_MAYBE_YEAR = r"(?:,? (?P<year>(?:19|20)\d\d))?(?!\w)"
_DAYS = tuple(
    re.compile(rf"\b{day}{_MAYBE_YEAR}", re.IGNORECASE) for day in (rf"{_DAY} (?:of )?{_MONTH}", rf"{_MONTH} {_DAY}")
)

_ANY_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# The date limits a time, or belongs to something else: what is told did not happen on it.
_LIMITS = re.compile(
    r"\b(?:since|until|till|by|before|after|from|between|through|ahead of|prior to|as of|following|beginning|starting|"
    r"effective|every|next|dating (?:back )?to|of|the) (?:(?:early|late|mid|the|on) )?$",
    re.IGNORECASE,
)
_TO_COME = re.compile(
    r"\b(?:will|would|shall|to be|scheduled|slated|set (?:to|for)|expected|planned|due|plans?|upcoming|next)\b"
    r"|[’']ll\b",
    re.IGNORECASE,
)
# News tells in the past tense what has happened; without it a weekday may be one to come.
_HAS_HAPPENED = re.compile(
    r"\b(?:\w{2,}ed|said|told|was|were|had|began|won|lost|died|met|left|took|made|became|gave|came|went|struck|hit|"
    r"rose|fell|broke|cut|shot|sent|saw|held|put|set|led|spoke|wrote|ran|beat|bought|sold|drew|threw|swept|shook)\b"
)
_WEEKDAY_WITHIN = 4  # days back; a weekday that is two days ahead could be meant as well as the one five days ago
_YEARLESS_WITHIN = timedelta(days=90)  # an older day is told with its year


@dataclass(frozen=True, slots=True)
class NamedDate:
    """
    When something happened.

    Attributes:
        start: The first day of it.
        end: The last day of it; the same for a day.
        iso: As exactly as it is named: "2025-03-05", "2025-03" or "2025".
    """

    start: date
    end: date
    iso: str


def of_day(day: date) -> NamedDate:
    """Name a day."""
    return NamedDate(day, day, day.isoformat())


def date_in(sentence: str, *, published: date) -> NamedDate | None:
    """
    Read the one date at which a sentence says that something happened.

    Args:
        sentence: As written.
        published: The day of its publication, from which weekdays are counted.

    Returns:
        None where it names no date, more than one, one to come, or one that only limits a time ("since 2019").
    """
    found = {one.iso: one for one in _dates(sentence, published)}
    if len(found) != 1:
        return None
    (named,) = found.values()
    years = {int(year) for year in _ANY_YEAR.findall(sentence)}
    if named.start > published or years - {named.start.year}:
        return None
    return named


def days_named(sentence: str, published_at: datetime | None) -> Iterator[date]:
    """Yield the days that a sentence names, past or to come; one without a year is of the year of publication."""
    for pattern in _DAYS:
        for match in pattern.finditer(sentence):
            year = match["year"] or (published_at.year if published_at else None)
            named = _day_of(int(year), _month_number(match["month"]), int(match["day"])) if year else None
            if named:
                yield named.start


def _dates(sentence: str, published: date) -> Iterator[NamedDate]:
    taken: list[tuple[int, int]] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(sentence):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            limits = _LIMITS.search(sentence[: match.start()])
            named = None if limits else read(match, published)
            if named:
                yield named


def _whole(match: re.Match[str], _: date) -> NamedDate | None:
    return _day_of(int(match["year"]), _month_number(match["month"]), int(match["day"]))


def _yearless(match: re.Match[str], published: date) -> NamedDate | None:
    """Take the last such day before publication, where that is near; a day to come is a plan, and no date of it."""
    if _is_to_come(match):
        return None
    for year in (published.year, published.year - 1):
        named = _day_of(year, _month_number(match["month"]), int(match["day"]))
        if named and named.start <= published:
            return named if published - named.start <= _YEARLESS_WITHIN else None
    return None


def _weekday(match: re.Match[str], published: date) -> NamedDate | None:
    back = (published.weekday() - _WEEKDAYS.index(match["weekday"].lower())) % 7
    if _is_to_come(match) or back > _WEEKDAY_WITHIN or not _HAS_HAPPENED.search(match.string):
        return None
    return of_day(published - timedelta(days=back))


def _is_to_come(match: re.Match[str]) -> bool:
    """Whether the day is that of a plan: "will meet on Tuesday", and "on Tuesday he will", not "said on Tuesday"."""
    sentence = match.string
    told = sentence if match.start() == 0 else sentence[: match.start()]
    return bool(_TO_COME.search(told))


def _yesterday(_: re.Match[str], published: date) -> NamedDate:
    return of_day(published - timedelta(days=1))


def _month(match: re.Match[str], _: date) -> NamedDate | None:
    year, month = int(match["year"]), _month_number(match["month"])
    last = calendar.monthrange(year, month)[1]
    return NamedDate(date(year, month, 1), date(year, month, last), f"{year:04}-{month:02}")


def _year(match: re.Match[str], _: date) -> NamedDate | None:
    year = int(match["year"])
    return NamedDate(date(year, 1, 1), date(year, 12, 31), f"{year:04}")


def _day_of(year: int, month: int, day: int) -> NamedDate | None:
    try:
        return of_day(date(year, month, day))
    except ValueError:  # there is no 31 June
        return None


def _month_number(name: str) -> int:
    name = name.lower().rstrip(".")
    return int(name) if name.isdigit() else _MONTHS.get(name) or _SHORT[name]


# The more exact one comes first: what it has read is not read again.
_READERS = (
    (_ISO, _whole),
    (_WHOLE, _whole),
    (_WHOLE_AMERICAN, _whole),
    (_OF_MONTH, _month),
    (_YEARLESS, _yearless),
    (_YEARLESS_AMERICAN, _yearless),
    (_OF_YEAR, _year),
    (_ON_WEEKDAY, _weekday),
    (_YESTERDAY, _yesterday),
)
