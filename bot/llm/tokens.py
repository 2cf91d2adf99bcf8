"""Text → words that can be compared: numbers in digits, negations apart, clauses told from each other."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

_PIECE = re.compile(
    r"(?P<number>(?<!\w)[-−]?\d+(?:[.,:/]\d+)*)(?P<unit>[^\W\d_]*)"
    r"|(?P<word>[^\W_]+(?:['.][^\W_]+)*)"
    r"|(?P<symbol>[%$€£¥₹])"
    r"|(?P<clause>[,;:()…?!]|(?<!\d)—|\s[–—-]\s)"
    r"|(?P<quote>[\"“”«»„]|(?<!\w)'|'(?!\w))"
    r"|(?P<hyphen>(?<=\w)[-‐‑/](?=\w))"
)
_MARKS = str.maketrans("—“”«»„‐‑", '–"""""--')
_LAST_MARKS = re.compile(r"[^\w%$€£¥₹]*$")
_STOPS = re.compile(r"[\s.]")
_PER_CENT = re.compile(r"\bper cent\b", re.I)
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_WORDS_OF_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_UNITS = {word: n for n, word in enumerate(_WORDS_OF_UNITS.split())}
_TENS = {
    word: 10 * n
    for n, word in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2)
}
_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_SUFFIXES = {"bn": 9, "tn": 12}
_SUFFIXES_OF_MONEY = {"k": 3, "m": 6} | _SUFFIXES  # "5m" may be metres, where no currency says otherwise
_LONGEST_NUMBER = 20  # digits; beyond it numbers are compared as they are written
_CURRENCIES = {"dollar": "$", "dollars": "$", "euro": "€", "euros": "€", "yen": "¥", "rupees": "₹"}
_SYMBOLS = {*_CURRENCIES.values(), "£"}
_SHORT_FORMS = {"cannot": ("can", "not"), "can't": ("can", "not"), "won't": ("will", "not"), "percent": ("%",)}


@dataclass(frozen=True, slots=True)
class Token:
    """
    A word of a text.

    Attributes:
        word: In lower case and without 's; a number in digits.
        is_name: Whether it is written with a capital letter.
        begins: Whether a sentence, clause or quotation begins with it, where a capital letter says nothing.
        opens_clause: Whether a comma, a dash or the like stands before it.
        before: The marks before it, quotation marks and hyphens among them, but no full stops; alike for all spellings.
        after: The same behind it, of a text's last word.
    """

    word: str
    is_name: bool = False
    begins: bool = False
    opens_clause: bool = False
    before: str = ""
    after: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it is a number, or begins with one ("5th")."""
        return self.word.lstrip("-")[:1].isdigit()

    def same_as(self, other: "Token") -> bool:
        """Whether two texts say the same word between the same marks; "us" is not "US", but where a sentence begins."""
        if (self.word, self.before, self.after) != (other.word, other.before, other.after):
            return False
        return self.is_name == other.is_name or self.begins or other.begins


def tokens(text: str) -> tuple[Token, ...]:
    """Cut a text into words. "$5m", "$5 million" and "five million dollars" come out alike."""
    text = _PER_CENT.sub("percent", unicodedata.normalize("NFC", text).replace("’", "'").replace("‘", "'"))
    found = list(_with_currency_behind(_with_scales(_pieces(text))))
    last = _LAST_MARKS.search(text)
    if found and last:
        found[-1] = replace(found[-1], after=_STOPS.sub("", last[0].translate(_MARKS)))
    return tuple(found)


def _pieces(text: str) -> Iterator[Token]:
    begins, opens, after_currency, marks = True, False, False, ""
    for match in _PIECE.finditer(text):
        if match["clause"] or match["quote"] or match["hyphen"]:
            begins, opens = begins or not match["hyphen"], opens or bool(match["clause"])
            marks += _mark(match[0])
            continue
        for word in _words(match, after_currency=after_currency):
            yield Token(word.casefold(), word[:1].isupper(), begins, opens, marks)
            begins, opens, marks = False, False, ""
        after_currency = match["symbol"] in _SYMBOLS


def _mark(mark: str) -> str:
    """Return a mark in one spelling; a dash between spaces is no hyphen."""
    return "–" if mark[0].isspace() else mark.translate(_MARKS)


def _words(match: re.Match[str], *, after_currency: bool) -> tuple[str, ...]:
    if match["number"]:
        return (_number(match["number"].replace("−", "-"), match["unit"], after_currency=after_currency),)
    word: str = match["word"] or match["symbol"]
    plain = word.casefold()
    if plain in _SHORT_FORMS:
        return _SHORT_FORMS[plain]
    if plain.endswith("n't"):
        return word[:-3], "not"
    if plain in _UNITS or plain in _TENS:
        return (str((_UNITS | _TENS)[plain]),)
    return (_CURRENCIES.get(plain, word.removesuffix("'s")),)


def _number(digits: str, unit: str, *, after_currency: bool) -> str:
    plain = digits.replace(",", "") if _GROUPED.fullmatch(digits) else digits
    suffixes = _SUFFIXES_OF_MONEY if after_currency else _SUFFIXES
    return _times_ten(plain, suffixes.get(unit.casefold())) or plain + unit


def _times_ten(number: str, power: int | None) -> str | None:
    """Multiply a number written in digits by a power of ten; None where that cannot be done."""
    if power is None or len(number) > _LONGEST_NUMBER or not number.lstrip("-")[:1].isdigit():
        return None
    try:
        return f"{Decimal(number).scaleb(power).normalize():f}"
    except InvalidOperation:  # 18:40, 5th
        return None


def _with_scales(pieces: Iterable[Token]) -> Iterator[Token]:
    """Join numbers to what multiplies them ("2 million"), and tens to their units ("fifty-nine")."""
    waiting: Token | None = None
    for token in pieces:
        joined = _joined(waiting.word, token.word) if waiting and not token.opens_clause else None
        if waiting and joined:
            waiting = replace(waiting, word=joined)
            continue
        if waiting:
            yield waiting
        waiting = token
    if waiting:
        yield waiting


def _joined(number: str, word: str) -> str | None:
    if number in {str(ten) for ten in _TENS.values()} and len(word) == 1 and word in "123456789":
        return str(int(number) + int(word))
    return _times_ten(number, _SCALES.get(word))


def _with_currency_behind(pieces: Iterable[Token]) -> Iterator[Token]:
    """Put "$" behind its number, as "dollars" stands."""
    symbol: Token | None = None
    for token in pieces:
        if symbol and token.is_number:
            yield replace(token, begins=symbol.begins, opens_clause=symbol.opens_clause, before=symbol.before)
            yield replace(symbol, begins=False, opens_clause=False, before="")
            symbol = None
            continue
        if symbol:
            yield symbol
        symbol = token if token.word in _SYMBOLS else None
        if symbol is None:
            yield token
    if symbol:
        yield symbol
