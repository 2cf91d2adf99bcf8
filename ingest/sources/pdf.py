"""PDF files: an article a file, with pypdf, which comes with `dateline-news[pdf]`."""

import logging
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from index_store import SourceError
from ingest.article import RawArticle
from ingest.settings import IngestSettings
from ingest.sources.document_date import document_date
from ingest.sources.lines import paragraphs
from ingest.sources.reading import Draft, origin_of, read_whole

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

MOST_PAGES = 500
LONGEST_S = 60.0  # for all pages of a file
_LARGEST_PAGE_BYTES = 5_000_000
_MISSING = "is a PDF; install support with: pip install 'dateline-news[pdf]'"


def read_pdf(path: Path, settings: IngestSettings) -> Iterator[Draft]:
    """
    Read the article of a `.pdf` file.

    Raises:
        SourceError: If the file cannot be read, is encrypted, broken, or holds no text, or pypdf is not installed.
    """
    content = read_whole(path, max_mb=settings.max_file_mb)
    yield parse_pdf(content, limit_chars=settings.max_article_chars), origin_of(path)


def parse_pdf(content: bytes, *, limit_chars: int) -> RawArticle:
    """
    Read a PDF: its text, and what it says about itself. Its date is that of the file, so not very sure.

    Args:
        content: The whole file.
        limit_chars: Pages are read until there are more characters than this.

    Raises:
        SourceError: As `read_pdf`.
    """
    try:
        from pypdf import PdfReader  # takes 0.3 s, and only PDF files need it
        from pypdf.errors import DependencyError, LimitReachedError, PyPdfError
    except ImportError as error:
        raise SourceError(_MISSING) from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it would tell of each oddity on standard error
    if b"%PDF-" not in content[:1_024]:
        raise SourceError("is not a PDF")
    try:
        return _article(PdfReader(BytesIO(content), strict=False), limit_chars)
    except DependencyError as error:
        raise SourceError("is encrypted; save a copy without encryption") from error
    except LimitReachedError as error:
        raise SourceError("is a PDF that unpacks to more than is read of one") from error
    except (
        *(PyPdfError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, AssertionError),
        *(RecursionError, NotImplementedError, OSError, EOFError, MemoryError),
    ) as error:  # a broken file ends in any of these, deep inside the library
        raise SourceError("is a broken PDF") from error


def _article(reader: "PdfReader", limit_chars: int) -> RawArticle:
    if reader.is_encrypted and not reader.decrypt(""):  # many are locked with no password at all
        raise SourceError("is encrypted; save a copy without a password")
    lines, is_whole = _lines(reader, limit_chars)
    text = paragraphs(lines)
    if not text:
        raise SourceError("holds no text; it may be a scan")
    about = reader.metadata
    return RawArticle(
        text=text,
        title=about.title if about else None,
        published_at=_creation_date(reader),
        authors=(about.author or "") if about else "",
        date_source="pdf",
        date_confidence="low",
        warnings=() if is_whole else ("is read in part: it is too long",),
    )


def _lines(reader: "PdfReader", limit_chars: int) -> tuple[list[str], bool]:
    """Return the lines of the pages, and whether those are all."""
    ends_at, chars = time.monotonic() + LONGEST_S, 0
    lines: list[str] = []
    for number, page in enumerate(reader.pages):
        if number >= MOST_PAGES or chars > limit_chars:
            return lines, False
        text = _page_text(page, ends_at)
        lines += text.splitlines()
        chars += len(text)
    return lines, True


def _page_text(page: "PageObject", ends_at: float) -> str:
    """Return the text of a page; forms that draw each other can keep a page busy for ever."""
    content = page.get_contents()
    if content is not None and len(content.get_data()) > _LARGEST_PAGE_BYTES:
        raise SourceError("has a page that is too large to be read")

    def watch_the_clock(*_: object) -> None:
        if time.monotonic() > ends_at:
            raise SourceError(f"takes more than {LONGEST_S:g} s to read; split it")

    return page.extract_text(visitor_operand_before=watch_the_clock)


def _creation_date(reader: "PdfReader") -> str | None:
    try:
        return document_date(reader.metadata.creation_date if reader.metadata else None)
    except (ValueError, TypeError, OverflowError):
        return None
