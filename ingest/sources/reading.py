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
from ingest.encoding import decoded_as

Draft = tuple[RawArticle, Origin]

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
    Decode a text file.

    Raises:
        SourceError: If it is not text.
    """
    text = decoded_as(content)
    if "\0" in text or 100 * text.count("\ufffd") > len(text):
        raise SourceError("is not a text file")
    return _without_many_controls(text)


def decoded_page(content: bytes, *, charset: str | None = None) -> str:
    """
    Decode an HTML page; its few control characters, also those written as numbers, go: readers of markup give up there.

    Args:
        content: The page.
        charset: What the answer's header declares, if anything.

    Raises:
        SourceError: If it is not text.
    """
    return _CONTROL_REFERENCE.sub("", _CONTROL.sub("", _without_many_controls(decoded_as(content, charset=charset))))


def _without_many_controls(text: str) -> str:
    if 100 * len(_CONTROL.findall(text[:100_000])) > min(len(text), 100_000):
        raise SourceError("is not a text file")
    return text
