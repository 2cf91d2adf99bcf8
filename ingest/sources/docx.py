"""Word files: an article a file, with python-docx, which comes with `dateline-news[docx]`."""

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from index_store import SourceError
from ingest.article import RawArticle
from ingest.settings import IngestSettings
from ingest.sources.document_date import document_date
from ingest.sources.reading import Draft, origin_of, read_whole

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.table import CT_Tc
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_MISSING = "is a Word file; install support with: pip install 'dateline-news[docx]'"
_MOST_PARTS = 5_000


def read_docx(path: Path, settings: IngestSettings) -> Iterator[Draft]:
    """
    Read the article of a `.docx` file.

    Raises:
        SourceError: If the file cannot be read, is no Word file, or unpacks to too much, or python-docx is missing.
    """
    content = read_whole(path, max_mb=settings.max_file_mb)
    yield parse_docx(content, max_mb=settings.max_file_mb), origin_of(path)


def parse_docx(content: bytes, *, max_mb: int) -> RawArticle:
    """
    Read a Word file: headings, paragraphs and tables in their order, and what it says about itself.

    Its date is that of the file, so not very sure.

    Args:
        content: The whole file.
        max_mb: Most megabytes that it may unpack to.

    Raises:
        SourceError: As `read_docx`.
    """
    try:
        import docx  # takes 0.2 s, and only Word files need it
        from docx.opc.exceptions import OpcError
        from lxml.etree import LxmlError  # type: ignore[import-untyped]
    except ImportError as error:
        raise SourceError(_MISSING) from error
    try:
        return _article(docx.Document(_unpacked(content, max_mb=max_mb)))
    except (
        *(OpcError, LxmlError, zipfile.BadZipFile, zlib.error, ValueError, TypeError, AttributeError, LookupError),
        *(ArithmeticError, AssertionError, RecursionError, NotImplementedError, OSError, EOFError, RuntimeError),
    ) as error:  # a broken file ends in any of these, deep inside the library
        raise SourceError("is not a Word file, or a broken one") from error


def _unpacked(content: bytes, *, max_mb: int) -> BytesIO:
    """Return the archive with nothing packed in it; what its parts say of their size may be a lie."""
    target, left, names = BytesIO(), max_mb * 1_000_000, set[str]()
    with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(target, "w") as copy:
        for part in archive.infolist():
            if part.filename in names:
                continue
            with archive.open(part) as stream:
                plain = stream.read(left + 1)
            left -= len(plain)
            names.add(part.filename)
            if left < 0 or len(names) > _MOST_PARTS:
                raise SourceError(f"unpacks to more than {max_mb} MB; raise ingest.max_file_mb")
            copy.writestr(part.filename, plain)
    return target


def _article(document: "Document") -> RawArticle:
    about = document.core_properties
    body = [text for text in map(_text, document.iter_inner_content()) if text]
    title = _first_heading(document) or _own_title(about.title, about.last_modified_by)
    if body and body[0] == title:  # kept beside the text, not inside it
        del body[0]
    return RawArticle(
        text="\n\n".join(body),
        title=title or None,
        published_at=document_date(about.created),
        authors=about.author,
        language=about.language,
        date_source="docx",
        date_confidence="low",
    )


def _own_title(title: str, last_modified_by: str) -> str:
    """Return the title that a document gives itself; python-docx makes one up for a document without properties."""
    is_made_up = (title, last_modified_by) == ("Word Document", "python-docx")
    return "" if is_made_up else title.strip()


def _first_heading(document: "Document") -> str:
    """Return the first paragraph that is not empty, if it is set as a title or heading."""
    first = next((paragraph for paragraph in document.paragraphs if paragraph.text.strip()), None)
    style = (first.style.name or "") if first is not None and first.style else ""
    return first.text.strip() if first is not None and style.startswith(("Title", "Heading")) else ""


def _text(block: "Paragraph | Table") -> str:
    from docx.text.paragraph import Paragraph

    if isinstance(block, Paragraph):
        return block.text.strip()
    lines = (" | ".join(filter(None, map(_words, row.tc_lst))) for row in block._tbl.tr_lst)
    return "\n".join(line for line in lines if line)


def _words(cell: "CT_Tc") -> str:
    """Return the text of a table's cell on one line."""
    return " ".join(" ".join(paragraph.text for paragraph in cell.p_lst).split())
