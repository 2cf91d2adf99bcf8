"""Raw strings made fit to be stored and shown: pure functions that take anything and never fail."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

LONGEST_ADDRESS = 2_048
LONGEST_NAME = 200
MOST_AUTHORS = 50

_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028]")
_HIDDEN = re.compile(
    "\x1b\\[[0-9;]{0,20}[A-Za-z]"  # colours of terminals
    "|[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0 and C1 control characters
    "\u202a-\u202e\u2066-\u2069\ufeff]"  # the marks that make text run backwards, and byte order marks
)
_BLANK_LINES = re.compile("\n(?:[ \t\u00a0]*\n)+")
_SENTENCE_END = re.compile("[.!?][\"\u201d\u2019')\\]]*(?=\\s)")  # with what may close behind it
_LEAD_IN = re.compile(r"^(?:(?:written|reported|story)\s+)?by\b[\s:]*", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(r" ?[,;|]+ ?(?:(?:&|and) )?| (?:&|and) ", re.IGNORECASE)
_NAME_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d)\.?$", re.IGNORECASE)
_NOT_LATIN = re.compile("[^\x00-\u024f\u1e00-\u1eff]")
_PASSWORD = re.compile(r"^(\w+://)[^/?#]*@")
_LANGUAGE = re.compile(r"^([a-z]{2})(?:$|[-_])", re.IGNORECASE)


def normalised_text(text: str) -> str:
    """
    Make a body ready to be stored; citations are spans of what this returns.

    Line breaks become line feeds, at most one blank line stays between paragraphs, hidden characters go, lone
    surrogates become U+FFFD, and both ends are trimmed. Everything else, quotes and numbers above all, stays as it was.
    """
    text = _LINE_BREAK.sub("\n", _SURROGATE.sub("\ufffd", text)).replace("\u2029", "\n\n")
    return _BLANK_LINES.sub("\n\n", _HIDDEN.sub("", text)).strip()


def single_line(text: str, *, limit_chars: int) -> str:
    """Strip hidden characters, make every run of white space one blank, and shorten to the limit."""
    visible = _HIDDEN.sub("", _SURROGATE.sub("\ufffd", text[: limit_chars * 20]))
    return shortened(" ".join(visible.split()), limit_chars=limit_chars)


def shown_location(location: str) -> str:
    """Make where a source is ready to be shown: on one line, and without a password that it may hold."""
    return _PASSWORD.sub(r"\1…@", single_line(location, limit_chars=1_000))


def without_password(address: str) -> str:
    """Return an address without the user name and password that it may hold."""
    return _PASSWORD.sub(r"\1", address)


def shortened(text: str, *, limit_chars: int) -> str:
    """Cut at a blank and end with "…" where the text is longer than the limit."""
    if len(text) <= limit_chars:
        return text
    cut = text[: limit_chars - 1]
    head, blank, _ = cut.rpartition(" ")
    return (head if blank and len(head) > limit_chars // 2 else cut).rstrip() + "…"


def opening(text: str, *, limit_chars: int = 100) -> str:
    """Return what can stand for a headline: the first line, its first sentence, or as much of it as fits."""
    line = single_line(text.partition("\n")[0], limit_chars=10 * limit_chars)
    if len(line) <= limit_chars:
        return line
    # A full stop this early is more likely an abbreviation than the end of a sentence.
    end = _SENTENCE_END.search(line, limit_chars * 2 // 5, limit_chars + 1)
    return line[: end.end()] if end else shortened(line, limit_chars=limit_chars)


def author_names(authors: str | Iterable[str]) -> tuple[str, ...]:
    """
    Read a byline, or a list of names, into names in their order.

    A single string may hold several ("By A, B and C"); of several strings each is one name. Addresses and repeated
    names are left out; at most 50 are kept.
    """
    given = (authors,) if isinstance(authors, str) else tuple(authors)
    parts = _split_byline(given[0]) if len(given) == 1 else given
    names: dict[str, str] = {}
    for part in parts:
        name = single_line(_LEAD_IN.sub("", part.strip()), limit_chars=LONGEST_NAME)
        if any(c.isalpha() for c in name) and "://" not in name:
            names.setdefault(name.casefold(), name)
    return tuple(names.values())[:MOST_AUTHORS]


def _split_byline(byline: str) -> Iterator[str]:
    """Yield the names of a byline, with "Jr." and the like left at the name before."""
    line = " ".join(byline[: LONGEST_NAME * MOST_AUTHORS].replace("\n", ", ").split())
    pending = ""
    for part in _BETWEEN_NAMES.split(_LEAD_IN.sub("", line)):
        if pending and _NAME_SUFFIX.match(part):
            pending = f"{pending}, {part}"
            continue
        if pending:
            yield pending
        pending = part
    if pending:
        yield pending


def web_address(url: str | None) -> str | None:
    """Return the address if it is an http(s) one that can be shown as it is, without a password; else None."""
    address = (url or "").strip()
    if len(address) > LONGEST_ADDRESS or not address.isprintable() or " " in address:
        return None
    try:
        parts = urlsplit(address)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 80) > 0
    except ValueError:
        return None
    return address if known and "@" not in parts.netloc else None


def language_code(language: str | None) -> str | None:
    """Read "en", "en-US" or "en_US" as "en"; None for anything else."""
    match = _LANGUAGE.match((language or "").strip())
    return match[1].lower() if match else None


def is_mostly_latin(text: str) -> bool:
    """Whether at least half of the letters are Latin ones, judged by its first 2,000 characters."""
    sample = text[:2_000]
    letters = sum(map(str.isalpha, sample))
    return 2 * sum(map(str.isalpha, _NOT_LATIN.findall(sample))) <= letters
