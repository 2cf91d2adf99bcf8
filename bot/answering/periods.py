"""Words of time in a question → the period in which what answers it was published: pure functions."""

import calendar
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.answering.spans_of_time import Ends, ends_in

_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905 - easier to read
_COUNTS = {"few": 4, "couple of": 2, "several": 7} | {word: n for n, word in enumerate(_NUMBERS, 1)}
_UNIT_DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30.5, "year": 365.25}
_WEEKDAYS = [name.lower() for name in calendar.day_name]
_MONTHS = [name.lower() for name in calendar.month_name][1:]

_DAY = timedelta(days=1)
_REPORTED_WITHIN = timedelta(days=2)  # news of a day is still published on the next, and dated in other time zones

_HOW_MANY = rf"(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})"
_UNIT = r"(?P<unit>hour|day|week|month|year)s?"
_SINCE = r"(?:(?P<limit>since|from|after|before|until|till) )?"
_WEEKDAY = "|".join(_WEEKDAYS)
_ON = rf"(?:(?:{_WEEKDAY}),? )?"  # "Tuesday, 5 March"
_LIMIT = r"(?P<limit>since|from|after|before|until|till|by|in|on|during|throughout)"
_PART = r"(?:(?:early|late|mid|the (?:beginning|middle|end) of)[ -])?"
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b(?![-–,.]?\d)"
_NO_YEAR = r"(?!,? (?:19|20)\d\d)"
_NUMBER_OF_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?![,.]?\d)"
_TO_COME = re.compile(r"\b(?:will|takes? place|going to|upcoming|scheduled|when is)\b", re.IGNORECASE)
_NO_NAME = r"(?<!black )(?<!super )(?<!good )(?<!cyber )(?<!giving )(?<!ash )(?<!easter )(?<!bloody )(?<!palm )"


@dataclass(frozen=True, slots=True)
class Period:
    """
    A stretch of time that a question names.

    Attributes:
        phrase: The words that name it, as asked.
        since, until: First and last moment at which what answers was published, with the time that reporting takes.
            None for no limit; at least one is set.
        date_words: The words that an article uses which names the same date ("5", "March", "2024"); none where it is
            counted from the moment of asking.
        is_strict: Whether nothing published outside can answer, as with "this week". Of a date that is named ("in March
            2023") later articles may tell, too.
    """

    phrase: str
    since: datetime | None
    until: datetime | None
    date_words: tuple[str, ...]
    is_strict: bool


class _Bounds(NamedTuple):
    """The first moment of a period, and the first one after it."""

    start: datetime
    end: datetime


_Reader = Callable[[re.Match[str], datetime], _Bounds]


def period_of(question: str, *, now: datetime) -> Period | None:
    """
    Read the words of time in a question.

    Args:
        question: In the asker's words.
        now: When it is asked, in the asker's time zone: days begin there.

    Returns:
        What it names, rather counted from `now` ("this week") than by the calendar ("in March 2023"); None where it
        names nothing, or nothing that has begun.
    """
    ends = ends_in(question)
    if ends:
        return _between(ends, now)
    for pattern, read, is_strict in _RULES:
        for match in pattern.finditer(question):
            try:
                period = _limited(match, read(match, now), now, is_strict=is_strict)
            except (ValueError, OverflowError):
                if read is _date:  # there is no 31 June, and all of June is not what was asked for
                    return None
                continue
            if period:
                return period
    return None


def _between(ends: Ends, now: datetime) -> Period | None:
    """Return what is between two dates, both included; None where one is no date, or they are the wrong way round."""
    first, last = (_bounds_of(date, now) for date in (ends.first, ends.last))
    if first is None or last is None or first.start >= last.end or first.start > now:
        return None
    until = last.end + _REPORTED_WITHIN
    words = tuple(dict.fromkeys(re.findall(r"\w+", f"{ends.first} {ends.last}")))
    return Period(ends.phrase, first.start, until if until < now else None, words, is_strict=False)


def _bounds_of(date: str, now: datetime) -> _Bounds | None:
    for pattern, read, is_strict in _RULES:
        match = None if is_strict else pattern.fullmatch(f"on {date}")
        if match:
            with suppress(ValueError, OverflowError):
                return read(match, now)
            return None
    return None


def _limited(match: re.Match[str], bounds: _Bounds, now: datetime, *, is_strict: bool) -> Period | None:
    """Apply the word before a period: "since" it, "before" it, or in it."""
    limit = (match.groupdict().get("limit") or "in").lower()
    since, until = {
        "since": (bounds.start, None),
        "from": (bounds.start, None),
        "after": (bounds.end, None),
        "before": (None, bounds.start),
        "until": (None, bounds.end),
        "till": (None, bounds.end),
        "by": (None, bounds.end),
    }.get(limit, (bounds.start, bounds.end + _REPORTED_WITHIN))
    until = until if until and until < now else None  # nothing is published later anyhow
    if (since is None and until is None) or (since and since > now):
        return None
    is_one_sided = limit not in {"in", "on", "during", "throughout"}
    return Period(match[0].strip(), since, until, _date_words(match), is_strict or is_one_sided)


def _date_words(match: re.Match[str]) -> tuple[str, ...]:
    day, month, year = (match.groupdict().get(name) or "" for name in ("day", "month", "year"))
    month = _MONTHS[int(month) - 1] if month.isdigit() else month
    return tuple(word for word in (day.lstrip("0"), month.title(), year) if word)


def _today(_: re.Match[str], now: datetime) -> _Bounds:
    return _Bounds(_day(now), now)


def _yesterday(_: re.Match[str], now: datetime) -> _Bounds:
    return _Bounds(_day(now) - _DAY, _day(now))


def _this_week(_: re.Match[str], now: datetime) -> _Bounds:
    """Seven days, as in the news, rather than since Monday: asked on a Monday, nothing would be left."""
    return _Bounds(_day(now) - 7 * _DAY, now)


def _last_week(_: re.Match[str], now: datetime) -> _Bounds:
    monday = _day(now) - now.weekday() * _DAY
    return _Bounds(monday - 7 * _DAY, monday)


def _this_month(_: re.Match[str], now: datetime) -> _Bounds:
    return _Bounds(min(_day(now).replace(day=1), _day(now) - 7 * _DAY), now)


def _last_month(_: re.Match[str], now: datetime) -> _Bounds:
    return _month_before(_day(now).replace(day=1))


def _this_year(_: re.Match[str], now: datetime) -> _Bounds:
    return _Bounds(min(_day(now).replace(month=1, day=1), _day(now) - 30 * _DAY), now)


def _last_year(_: re.Match[str], now: datetime) -> _Bounds:
    return _year_from(_day(now).replace(year=now.year - 1, month=1, day=1))


def _recently(match: re.Match[str], now: datetime) -> _Bounds:
    days = {"hours": 2, "days": 14, "weeks": 45, "months": 180, "years": 1_100}.get((match["units"] or "").lower(), 60)
    return _Bounds(_day(now) - days * _DAY, now)


def _last_few(match: re.Match[str], now: datetime) -> _Bounds:
    return _Bounds(now - _length(match), now)


def _ago(match: re.Match[str], now: datetime) -> _Bounds:
    """Round what was counted in weeks or months: nobody means the very day."""
    unit = timedelta(days=max(_UNIT_DAYS[match["unit"].lower()], 1))
    middle = now - _length(match)
    return _Bounds(_day(middle - unit / 2), _day(middle + unit / 2) + _DAY)


def _weekday(match: re.Match[str], now: datetime) -> _Bounds:
    if _is_a_name_or_to_come(match):
        raise ValueError(match[0])
    days_back = (now.weekday() - _WEEKDAYS.index(match["weekday"].lower())) % 7
    if days_back == 0 and match["last"]:
        days_back = 7
    day = _day(now) - days_back * _DAY
    return _Bounds(day, day + _DAY)


def _is_a_name_or_to_come(match: re.Match[str]) -> bool:
    """Whether a weekday is part of a name ("Sheffield Wednesday", "the Sunday Times"), or may be a day to come."""
    before, after = match.string[: match.start()].split()[-1:], match.string[match.end() :].split()[:1]
    is_a_name = any(word[0].isupper() for word in (*before, *after)) and len(match.string.split()) > 2
    return is_a_name or bool(_TO_COME.search(match.string)) or before in (["this"], ["coming"], ["next"], ["by"])


def _date(match: re.Match[str], now: datetime) -> _Bounds:
    month = match["month"].lower()
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
    years = [int(match["year"])] if match["year"] else range(now.year, now.year - 9, -1)  # 29 February may be long ago
    for year in years:
        with suppress(ValueError):
            day = _day(now).replace(year=year, month=number, day=int(match["day"]))
            if match["year"] or day <= now:
                return _Bounds(day, day + _DAY)
    raise ValueError(match[0])


def _month(match: re.Match[str], now: datetime) -> _Bounds:
    number = _MONTHS.index(match["month"].lower()) + 1
    year = int(match["year"] or (now.year if number <= now.month else now.year - 1))
    return _month_from(_day(now).replace(year=year, month=number, day=1))


def _year(match: re.Match[str], now: datetime) -> _Bounds:
    return _year_from(_day(now).replace(year=int(match["year"]), month=1, day=1))


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _month_from(first: datetime) -> _Bounds:
    return _Bounds(first, (first + 32 * _DAY).replace(day=1))


def _month_before(first: datetime) -> _Bounds:
    return _Bounds((first - _DAY).replace(day=1), first)


def _year_from(day: datetime) -> _Bounds:
    return _Bounds(day.replace(month=1, day=1), day.replace(year=day.year + 1, month=1, day=1))


def _length(match: re.Match[str]) -> timedelta:
    count = match["count"].lower()
    return timedelta(days=(int(count) if count.isdigit() else _COUNTS[count]) * _UNIT_DAYS[match["unit"].lower()])


def _rule(pattern: str, read: _Reader, *, is_strict: bool = True) -> tuple[re.Pattern[str], _Reader, bool]:
    return re.compile(rf"\b(?:{pattern})", re.IGNORECASE), read, is_strict


# The first that matches decides.
_RULES = (
    _rule(rf"{_SINCE}(?:today|tonight|this (?:morning|afternoon|evening))\b(?![’'])", _today),
    _rule(rf"{_SINCE}(?:yesterday|last night)\b", _yesterday),
    _rule(rf"{_SINCE}(?:this (?:past )?week\b(?! in)|(?:the last|past) week\b)", _this_week),
    _rule(rf"{_SINCE}(?:last week(?:end)?|this (?:past )?weekend)\b", _last_week),
    _rule(rf"(?:last|past) {_HOW_MANY} {_UNIT}\b", _last_few),
    _rule(rf"{_SINCE}{_HOW_MANY} (?P<unit>day|week|month)s? ago\b", _ago),
    _rule(r"recently\b|recent(?: (?P<units>hours|days|weeks|months|years))?\b|lately\b", _recently),
    _rule(rf"{_SINCE}this month\b", _this_month),
    _rule(rf"{_SINCE}last month\b", _last_month),
    _rule(rf"{_SINCE}this year\b(?![’'])", _this_year),
    _rule(rf"{_SINCE}last year\b(?![’'])", _last_year),
    _rule(r"(?:today|tonight)(?=[’'])", _today),  # beside another time it tells of its age: "for today's teens"
    *(
        _rule(pattern, _date, is_strict=False)
        for pattern in (
            rf"(?:{_LIMIT} )?{_ON}(?P<year>\d{{4}})-(?P<month>0[1-9]|1[0-2])-(?P<day>\d\d)\b",
            rf"(?:{_LIMIT} )?{_ON}(?:the )?{_NUMBER_OF_DAY} (?:of )?{_MONTH},? {_YEAR}",
            rf"(?:{_LIMIT} )?{_ON}{_MONTH} {_NUMBER_OF_DAY},? {_YEAR}",
            rf"{_LIMIT} {_ON}(?:the )?{_NUMBER_OF_DAY} (?:of )?{_MONTH}\b{_NO_YEAR}(?P<year>)",
            rf"{_LIMIT} {_ON}{_MONTH} {_NUMBER_OF_DAY}{_NO_YEAR}(?P<year>)",
        )
    ),
    _rule(rf"{_SINCE}(?P<last>last )?{_NO_NAME}(?P<weekday>{_WEEKDAY})\b(?!,? (?:the )?\d)", _weekday),
    _rule(rf"(?:{_LIMIT} )?{_PART}{_MONTH},? {_YEAR}", _month, is_strict=False),
    _rule(rf"{_LIMIT} {_PART}{_MONTH}\b{_NO_YEAR}(?P<year>)", _month, is_strict=False),
    _rule(rf"{_LIMIT} {_PART}{_YEAR}(?! [A-Z])", _year, is_strict=False),
)
