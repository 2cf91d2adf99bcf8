"""Dates that we write ourselves, in a language of choice; what strangers wrote is never passed through here."""

import re
from datetime import date, datetime

from bot.languages import ENGLISH, ISO
from bot.render.markup import visible
from index_store import partial_date

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_QUOTED_OR_OURS = re.compile(rf"“[^”]*”|(?<![\w-])(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})(?!\w)")


def date_in(when: datetime | str | None, language: str = ENGLISH) -> str:
    """
    Write a date.

    Args:
        when: A moment, or a date in ISO 8601 as exactly as it is known ("2025-03-05", "2025-03", "2025"); None for a
            date that is not known.
        language: A code of `languages.LANGUAGES`.
    """
    if when is None:
        return "undated"
    iso = when.date().isoformat() if isinstance(when, datetime) else when
    if language == ISO:
        return iso
    return partial_date(iso) if language == ENGLISH else _translated(iso, language)


def with_dates_in(text: str, language: str) -> str:
    """
    Translate the dates in a sentence of our own, in which they have the form of `index_store.day`.

    What stands between quotation marks was not written by us and stays as it is.
    """

    def written(match: re.Match[str]) -> str:
        number, month, year = match.groups()
        if number is None:
            return match[0]
        try:
            day = date(int(year), _MONTHS.index(month) + 1, int(number))
        except ValueError:  # 30 February is no date
            return match[0]
        return date_in(day.isoformat(), language)

    return text if language == ENGLISH else _QUOTED_OR_OURS.sub(written, text)


def _translated(iso: str, language: str) -> str:
    from babel.dates import format_date, format_skeleton  # loaded where a server wants it

    locale = language.replace("-", "_")
    year, *rest = (int(part) for part in iso.split("-"))
    day = date(year, *rest, *(1 for _ in range(2 - len(rest))))
    if len(rest) == 2:
        return visible(format_date(day, "long", locale=locale))
    return visible(format_skeleton("yMMMM" if rest else "y", day, locale=locale))
