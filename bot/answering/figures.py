"""What a sentence gives as the answer where a number, an amount, a share or a date is asked for: pure functions."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from bot.answering.event_dates import MONTH_NAMES, days_named
from bot.answering.question import Kind

_LEAST_TERMS = 2  # of those asked about, beside a number in its clause: "1,700 people were injured"
_COUNTED_WITHIN_WORDS = 4
_LEAST_DIGITS = 2  # "about 1,700" and 1,719 are one figure, 10 and 12 are not

_SCALES = {"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12, "tn": 1e12}
_CURRENCIES = {"dollars": "$", "euros": "€", "pounds": "£", "yen": "¥"}
_WORDS = dict(zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True))  # noqa: SIM905 - easier to read
_NUMBER = re.compile(
    rf"(?P<currency>(?:\b[A-Z]{{1,3}})?[$€£¥]\s?)?(?<![\w.,-])(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|(?:{'|'.join(_WORDS)}))"
    rf"(?!\w)(?P<scale>[ -]?(?:{'|'.join(_SCALES)})\b)?(?P<percent>\s?(?:%|per ?cent\b))?"
    r"(?P<unit>\s(?:dollars|euros|pounds|yen|yuan|rupees)\b)?",
    re.IGNORECASE,
)
_CLAUSE_BREAK = re.compile(r"[,;:–—]\s|\s(?:and|but|while|whereas|as)\s", re.IGNORECASE)
_PART_OF_A_DATE = re.compile(rf"(?:{MONTH_NAMES}|at|aged?|in)\s$", re.IGNORECASE)
_DATE_GOES_ON = re.compile(rf"\s?(?:{MONTH_NAMES}|[ap]\.?m\b|o['’]clock)", re.IGNORECASE)
_NEXT_WORD = re.compile(r"[ -]([^\W\d_]+)")
_YEARS = range(1900, 2101)
_COUNTED = re.compile(
    r"\bhow (?:many|old|long|far|high|large|big|tall|fast)\s+(?P<what>(?:\S+\s+){1,3})", re.IGNORECASE
)
_OF_DEATH = "dead killed deaths died victims fatalities toll lives"  # a toll is counted in any of these

Terms = Callable[[str], list[str]]


class Amount(NamedTuple):
    """A number, and the currency that it is in; "" where it counts something else."""

    number: float
    currency: str = ""


Figure = Amount | date


class Asked(NamedTuple):
    """
    Which figure is asked for.

    Attributes:
        kind: Of figure.
        about: Index terms that are asked about.
        counted: Terms of which one follows a number of what is counted; none where nothing is.
        needed: Of these, the sets of which a clause must hold one each: "injured" as well as "people".
    """

    kind: Kind
    about: frozenset[str]
    counted: frozenset[str]
    needed: tuple[frozenset[str], ...]


def asked_figure(kind: Kind, question: str, about: Mapping[str, float], terms: Terms) -> Asked:
    """Read from a question which figure it asks for."""
    match = _COUNTED.search(question)
    counted, of_death, people = set(terms(match["what"]) if match else ()), set(terms(_OF_DEATH)), set(terms("people"))
    needed = [{term} for term in (counted & set(about)) - of_death - people]
    if counted & of_death:
        needed.append(of_death)
        counted |= of_death
    return Asked(kind, frozenset(about), frozenset(counted), tuple(map(frozenset, needed)))


def figure_in(sentence: str, asked: Asked, *, published_at: datetime | None, terms: Terms) -> Figure | None:
    """
    Read the one figure that a sentence gives for what is asked.

    Args:
        sentence: Any text.
        asked: Which figure.
        published_at: When it was published; a date without a year is of that year.
        terms: Reduces a text to index terms.

    Returns:
        A number, an amount of money, a share in percent, or a date; None where the sentence gives none or several.
    """
    if asked.kind is Kind.TIME:
        found: set[Figure] = set(days_named(sentence, published_at))
    else:
        clauses = _CLAUSE_BREAK.split(sentence)
        about = (clause for clause in clauses if _is_about(set(terms(clause)), asked))
        found = {number for clause in about for number in _numbers(clause, asked, terms)}
    return found.pop() if len(found) == 1 else None


def counts_in(sentence: str) -> tuple[tuple[Amount, str], ...]:
    """Read all amounts that a sentence gives, each with the word behind it: 45 and "people"."""
    found = []
    for match in _NUMBER.finditer(sentence):
        before, after = sentence[: match.start()], sentence[match.end() :]
        if _kind_of(match) is not Kind.NUMBER or _counts(before, match, after):
            counted = _NEXT_WORD.match(after)
            found.append((_amount(match), counted[1].lower() if counted else ""))
    return tuple(found)


def tell_other_counts(one: str, other: str) -> bool:
    """Whether each of two sentences gives an amount that the other does not."""
    mine, theirs = ([amount for amount, _ in counts_in(text)] for text in (one, other))
    return _gives_another(mine, theirs) and _gives_another(theirs, mine)


def contradict(one: str, other: str) -> bool:
    """Whether two sentences tell other counts of what they name alike: "45 people" and "120 people"."""
    mine, theirs = ({what: amount for amount, what in counts_in(text) if what} for text in (one, other))
    return tell_other_counts(one, other) and any(differ(mine[what], theirs[what]) for what in mine.keys() & theirs)


def differ(one: Figure, other: Figure) -> bool:
    """Whether two figures contradict each other: not one that is the other rounded, or is in another currency."""
    if not isinstance(one, Amount) or not isinstance(other, Amount):
        return one != other
    if one.currency != other.currency:
        return False
    digits = max(_LEAST_DIGITS, min(_significant_digits(one.number), _significant_digits(other.number)))
    return f"{one.number:.{digits - 1}e}" != f"{other.number:.{digits - 1}e}"


def _gives_another(mine: Sequence[Amount], theirs: Sequence[Amount]) -> bool:
    return bool(theirs) and any(all(differ(one, other) for other in theirs) for one in mine)


def _significant_digits(number: float) -> int:
    return len(f"{number:.9e}".partition("e")[0].rstrip("0").replace(".", ""))


def _is_about(held: set[str], asked: Asked) -> bool:
    return len(asked.about & held) >= _LEAST_TERMS and all(held & any_of for any_of in asked.needed)


def _numbers(clause: str, asked: Asked, terms: Terms) -> Iterator[Amount]:
    for match in _NUMBER.finditer(clause):
        before, after = clause[: match.start()], clause[match.end() :]
        if _kind_of(match) is asked.kind and (asked.kind is not Kind.NUMBER or _counts(before, match, after)):
            following = set(terms(" ".join(after.split()[:_COUNTED_WITHIN_WORDS])))
            if not asked.counted or asked.counted & following:
                yield _amount(match)


def _kind_of(match: "re.Match[str]") -> Kind:
    if match["percent"]:
        return Kind.SHARE
    return Kind.MONEY if match["currency"] or match["unit"] else Kind.NUMBER


def _counts(before: str, match: "re.Match[str]", after: str) -> bool:
    """Whether a number counts something, and is no year, no age, and no part of a date or a time of day."""
    is_year = match["digits"].isdigit() and int(match["digits"]) in _YEARS and not match["scale"]
    return not is_year and not _PART_OF_A_DATE.search(before) and not _DATE_GOES_ON.match(after)


def _amount(match: "re.Match[str]") -> Amount:
    digits = match["digits"].lower()
    number = float(_WORDS[digits]) if digits in _WORDS else float(digits.replace(",", ""))
    scaled = number * _SCALES.get((match["scale"] or "").strip(" -").lower(), 1.0)
    unit = (match["unit"] or "").strip().lower()
    return Amount(scaled, (match["currency"] or "").strip() or _CURRENCIES.get(unit, unit))
