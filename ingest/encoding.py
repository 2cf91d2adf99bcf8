"""Bytes that strangers serve → text: unpacked within bounds, and decoded whatever they claim to be."""

import gzip
import io
import re
import zlib

from index_store import SourceError

_GZIP = b"\x1f\x8b"
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([A-Za-z0-9_.:-]{2,40})""")
# Names that browsers know; Python's others ("punycode", "unicode_escape") fail oddly or are no encodings of text.
_KNOWN = re.compile(r"^(?:windows-|cp\d|iso-|iso8859|latin|koi8|gb|big5|euc-|shift|sjis|tis-620|mac-?)", re.IGNORECASE)
_LATIN = re.compile(r"^(?:iso-?8859-1|latin-?1|us-ascii|ascii)$", re.IGNORECASE)
_SEVEN_BIT = re.compile(r"^iso-2022-", re.IGNORECASE)


def unpacked(content: bytes, *, limit_mb: float) -> bytes:
    """
    Return the content, unpacked if it is gzip, whether or not it was declared.

    Raises:
        SourceError: If it is a broken archive, or larger than `limit_mb` megabytes once unpacked.
    """
    if not content.startswith(_GZIP):
        return _checked_size(content, limit_mb)
    try:
        with gzip.open(io.BytesIO(content)) as archive:  # of one member or many
            plain = archive.read(int(limit_mb * 1_000_000) + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError("is a broken gzip file") from error
    return _checked_size(plain, limit_mb)


def beginning(content: bytes, *, limit_bytes: int) -> bytes:
    """Return the first bytes of the content, unpacked if it is gzip, as far as they can be had."""
    if not content.startswith(_GZIP):
        return content[:limit_bytes]
    try:
        return zlib.decompressobj(wbits=31).decompress(content[:limit_bytes], limit_bytes)
    except zlib.error:
        return b""


def decoded_as(content: bytes, *, charset: str | None = None) -> str:
    """
    Decode what declares its encoding wrongly as often as not. Never fails.

    Byte order marks are believed, and so is UTF-8 where it fits, for nothing else fits by chance. After that comes
    what the content itself declares, then `charset`, what the server or the mail declares; last Windows-1252, as in
    browsers. UTF-8 with as many good characters as bad bytes stays UTF-8.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    for start, encoding in _UNMARKED:
        if content.startswith(start):
            return content.decode(encoding, errors="replace")
    named = _named(content, charset)
    seven_bit = tuple(name for name in named if _SEVEN_BIT.match(name))  # every text in them is ASCII, too
    for name in (*seven_bit, "utf-8", *(name for name in named if _KNOWN.match(name))):
        try:
            return content.decode(name)
        except (UnicodeError, LookupError):
            continue
    return _mostly_utf8(content) or content.decode("cp1252", errors="replace")


def _named(content: bytes, charset: str | None) -> tuple[str, ...]:
    """Return the encodings that were named; the Latin ones, which servers name unasked, are read as Windows-1252."""
    match = _DECLARED.search(content, 0, 4_096)
    names = (match[1].decode("ascii") if match else "", (charset or "").strip())
    return tuple(name for name in names if name and name.isascii() and "\0" not in name and not _LATIN.match(name))


def _mostly_utf8(content: bytes) -> str | None:
    text = content.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    foreign = len(text) - len(text.encode("ascii", errors="ignore"))
    return text if bad <= foreign - bad else None


def _checked_size(content: bytes, limit_mb: float) -> bytes:
    if len(content) > limit_mb * 1_000_000:
        raise SourceError(f"is larger than {limit_mb:g} MB")
    return content
