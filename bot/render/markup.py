"""
Text that strangers wrote, made harmless for Discord: it reads as written and does nothing.

Discord's markdown takes a backslash before any ASCII punctuation as "show this character". Escaping therefore keeps
the words intact, which inserting invisible characters into them would not.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, time
from urllib.parse import quote, urlsplit, urlunsplit

URL_LIMIT = 512
WORD_LIMIT = 60
MARKS_LIMIT = 3  # Vietnamese needs two, pointed Hebrew and vocalised Arabic three; zalgo uses dozens

# Control, format (zero-width, bidi, tags), surrogate, private and unassigned characters.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# Invisible, though Unicode calls them letters, marks or symbols: fillers, joiners and variation selectors.
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
# Thai, Lao, Tibetan, Burmese, Khmer, Chinese, Japanese and Korean are written without spaces: no word is too long.
_SPACELESS = "\u0e00-\u109f\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_GIANT_WORD = re.compile(rf"[^\s{_SPACELESS}]{{{WORD_LIMIT}}}(?=[^\s{_SPACELESS}])")

# A colon belongs to `https://` and `:emoji:`; a dash, a plus or a number with a full stop begins a list.
_MARKUP = re.compile(r"[\\*_~|`<>\[\]@#:]|^[-+]")
_NUMBERED = re.compile(r"^(\d{1,10})\.")
_PIECE = re.compile(r"\\.|.")
_SCHEME = re.compile(r"[\w+.-]*://")
_HOST = re.compile(r"[a-z0-9._-]+")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def units(text: str) -> int:
    """
    Count UTF-16 code units.

    Discord's server counts code points and some of its clients count UTF-16; this count is never below either.
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def visible(text: str) -> str:
    """Return the text on one line, without invisible characters, piled-up accents and giant words."""
    return _GIANT_WORD.sub(r"\g<0> ", " ".join(seen(" ".join(text.split())).split()))


def seen(text: str) -> str:
    """Return the text without invisible characters and piled-up accents."""
    return "".join(_seen(text))


def right_to_left(text: str) -> bool:
    """Whether any character of the text is written from right to left."""
    return any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text)


def plain(text: str, *, limit: int) -> str:
    """
    Return stranger's text on one line, escaped so that Discord shows it as it is.

    Args:
        text: Anything at all.
        limit: Most UTF-16 units to return, at least 1; longer text is cut, at a word where one is near, and ends
            in "…".
    """
    escaped = _MARKUP.sub(r"\\\g<0>", visible(text))
    return _shortened(_NUMBERED.sub(r"\1\\.", escaped), limit)


def web_address(url: str) -> str | None:
    """
    Return the address in a form that cannot break out of a link, or None when it should not be one.

    Only http and https; no user names, with which `https://reuters.com@evil.example` poses as another site.
    International host names are shown in ASCII, so that lookalike letters betray themselves.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = "" if parts.port is None else f":{parts.port}"
        path, query, fragment = (_encoded(part) for part in (parts.path, parts.query, parts.fragment))
    except ValueError:  # brackets, ports, host names and surrogates that no address has
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(host):
        return None
    address = urlunsplit((parts.scheme, host + port, path, query, fragment))
    return address if len(address) <= URL_LIMIT else None


def link(text: str, url: str, *, limit: int) -> str:
    """
    Return a masked link to a web address; the bare text where there is none, or no room for it.

    Discord prints a link literally when its text holds a bracket or an address, so these are replaced.
    """
    label = _SCHEME.sub(" ", visible(text)).replace("[", "(").replace("]", ")")
    address = web_address(url)
    room = limit - len(address or "") - len("[]()")
    if address is None or room < 24:
        return plain(text, limit=limit) or "untitled"
    return f"[{plain(label, limit=room) or 'untitled'}]({address})"


def timestamp(moment: datetime) -> str:
    """
    Return a date that each reader sees in their own language, with how long ago it was.

    A date without a time arrives as midnight UTC, which is the day before in the Americas: it is shown as noon.
    """
    utc = moment.astimezone(UTC)
    if utc.time() == time.min:
        utc = utc.replace(hour=12)
    epoch = int(utc.timestamp())
    return f"<t:{epoch}:D> (<t:{epoch}:R>)"


def _seen(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in _UNSEEN or character in _BLANK:
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= MARKS_LIMIT:
            yield character


def _shortened(escaped: str, limit: int) -> str:
    """Cut between characters, never between a backslash and what it escapes."""
    if units(escaped) <= limit:
        return escaped
    kept, room = "", limit - len("…")
    for piece in _PIECE.findall(escaped):
        room -= units(piece)
        if room < 0:
            break
        kept += piece
    words, space, last = kept.rpartition(" ")
    return (words if space and units(last) < WORD_LIMIT else kept).rstrip() + "…"


def _encoded(part: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", part), safe="%/:?&=+,;!$~")
