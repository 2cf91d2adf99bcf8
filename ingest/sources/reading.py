"""Files opened and decoded: bounded, and every failure a `SourceError` whose message completes "FILE: …"."""

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from index_store import SourceError
from ingest.article import Origin, RawArticle
from ingest.cleaning import single_line

Draft = tuple[RawArticle, Origin]

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([A-Za-z0-9_.:-]{2,40})""")
_WEB_CHARSETS = re.compile(r"^(?:utf-?8|windows-|cp\d|iso|latin|us-ascii|koi8|gb|big5|euc|shift|sjis|x-|tis|mac)", re.I)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# "&#27;" and "&#x1b;", but neither tabs and line breaks nor the beginning of a longer number
_CONTROL_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])(?![0-9])|x0*(?:[0-8bcef]|1[0-9a-f])(?![0-9a-f]));?", re.IGNORECASE
)


def label(path: Path) -> str:
    """Name a file in a report: as it was given, on one line, and printable whatever the file is called."""
    return single_line(str(path), limit_chars=1_000)


def origin_of(path: Path) -> Origin:
    """Return the origin of a file's article; of one of several, its `part`."""
    return Origin(label(path), path.resolve().as_uri())


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """
    Open a file for reading, unpacked if it is named `.gz`.

    Raises:
        SourceError: Here or while it is read, if it does not exist, may not be read, or is not what its name says.
    """
    try:
        with path.open("rb") as file:
            yield cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if path.suffix.lower() == ".gz" else file
    except FileNotFoundError as error:
        raise SourceError("does not exist") from error
    except gzip.BadGzipFile as error:
        wrong = str(error).startswith("Not a gzipped file")  # otherwise its checksum is
        raise SourceError("is not a gzip file" if wrong else "is a broken gzip file") from error
    except (EOFError, zlib.error) as error:
        raise SourceError("is a broken gzip file") from error
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror or error}") from error


def read_whole(path: Path, *, max_mb: int) -> bytes:
    """
    Return the content of a file.

    Args:
        path: The file; unpacked if it is named `.gz`.
        max_mb: Most megabytes accepted, unpacked.

    Raises:
        SourceError: If it cannot be read, is empty, or is larger.
    """
    limit = max_mb * 1_000_000
    with opened(path) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise SourceError(f"is larger than {max_mb} MB; split it, or raise ingest.max_file_mb")
    if not content.strip():
        raise SourceError("is empty")
    return content


def decoded(content: bytes) -> str:
    """
    Decode a text file: by its byte order mark, as UTF-8, or as Windows-1252.

    Raises:
        SourceError: If it is not text.
    """
    return _checked(_by_mark(content) or _first_that_fits(content, "utf-8", "cp1252"))


def decoded_page(content: bytes, *, charset: str | None = None) -> str:
    """
    Decode an HTML page: by its byte order mark, as UTF-8, as it declares, or as browsers do without a declaration.

    Args:
        content: The page.
        charset: What the answer's header declares, if anything; it comes before the page's own declaration.

    Raises:
        SourceError: If it is not text.
    """
    match = _DECLARED.search(content, 0, 4_096)
    declared = (charset or (match[1].decode("ascii") if match else "")).lower()
    if declared.startswith(("utf-8", "utf8")):  # one bad byte must not garble the whole page
        return _checked_page(_by_mark(content) or content.decode("utf-8", errors="replace"))
    named = (declared,) if _WEB_CHARSETS.match(declared) else ()
    return _checked_page(_by_mark(content) or _first_that_fits(content, "utf-8", *named, "cp1252"))


def _by_mark(content: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    return None


def _first_that_fits(content: bytes, *encodings: str) -> str:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    raise SourceError("is not a text file")


def _checked(text: str) -> str:
    """Refuse what decodes but cannot have been meant as text: zero bytes, or many control characters."""
    if "\0" in text:
        raise SourceError("is not a text file")
    return _without_many_controls(text)


def _checked_page(text: str) -> str:
    """Do without the few control characters of a page, also written as numbers: the readers of markup give up there."""
    return _CONTROL_REFERENCE.sub("", _CONTROL.sub("", _without_many_controls(text)))


def _without_many_controls(text: str) -> str:
    if 100 * len(_CONTROL.findall(text[:100_000])) > min(len(text), 100_000):
        raise SourceError("is not a text file")
    return text
