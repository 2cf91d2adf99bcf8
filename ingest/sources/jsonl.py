"""JSONL: one article a line, streamed, so that a file of any size takes the memory of one line."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from index_store import SourceError
from ingest.article import Origin, Rejected
from ingest.json_values import parsed
from ingest.settings import IngestSettings
from ingest.sources.exported import exported_article, is_exported
from ingest.sources.fields import raw_article
from ingest.sources.reading import Draft, opened, origin_of

_PIECE = 1 << 20
_MOST_BROKEN_LINES = 100  # at the start of a file; one that begins well may be broken anywhere


def read_jsonl(path: Path, settings: IngestSettings) -> Iterator[Draft | Rejected]:
    """
    Read the articles of a `.jsonl`, `.ndjson` or gzipped file; a broken line does not stop the others.

    Raises:
        SourceError: If the file cannot be read (any more), holds no lines, or is no JSONL at all.
    """
    longest = 16 * settings.max_article_chars + _PIECE  # HTML beside the text, and \u escapes
    origin, lines, articles = origin_of(path), 0, 0
    with opened(path) as stream:
        for number, line in enumerate(_lines(stream, longest=longest, skip=settings.max_file_mb * 1_000_000), start=1):
            if not line.strip():
                continue
            if lines == 0:
                _refuse_other_kinds(line)
            outcome = _read_line(line, origin=origin.part(f"line {number}"), longest=longest)
            yield outcome
            lines, articles = lines + 1, articles + (not isinstance(outcome, Rejected))
            if lines == _MOST_BROKEN_LINES and articles == 0:
                raise SourceError(f"was read no further: none of its first {lines} lines is an article")
    if lines == 0:
        raise SourceError("is empty")


def _lines(stream: IO[bytes], *, longest: int, skip: int) -> Iterator[bytes]:
    """Yield each line; of one that is too long, only as much as shows that it is (all in bytes)."""
    while line := stream.readline(longest + 1):
        yield line
        if len(line) > longest and not line.endswith(b"\n"):
            _skip_line(stream, most=skip)


def _skip_line(stream: IO[bytes], *, most: int) -> None:
    """Read to the end of the line; what unpacks to more than this on one line (bytes) is no list of articles."""
    skipped = 0
    while (piece := stream.readline(_PIECE)) and not piece.endswith(b"\n"):
        skipped += len(piece)
        if skipped > most:
            raise SourceError("was read no further: a line is far too long")


def _refuse_other_kinds(first: bytes) -> None:
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError("is encoded as UTF-16; save it as UTF-8")
    if b"\0" in first:
        raise SourceError("is not a text file")
    if first.strip().removeprefix(b"\xef\xbb\xbf") in (b"[", b"{"):
        raise SourceError("is one JSON value over many lines; name it .json")


def _read_line(line: bytes, *, origin: Origin, longest: int) -> Draft | Rejected:
    if len(line) > longest:
        return Rejected(origin.source, f"is longer than {longest // 1_000_000} MB; ingest.max_article_chars bounds it")
    try:
        value = parsed(line.decode("utf-8-sig"))
        if not isinstance(value, dict):
            return Rejected(origin.source, "is not an article: a JSON object is expected")
        return exported_article(value, origin) if is_exported(value) else (raw_article(value), origin)
    except UnicodeDecodeError:
        return Rejected(origin.source, "is not valid UTF-8")
    except SourceError as error:
        return Rejected(origin.source, error.message)
