"""Everything that articles can be read from; one file a kind."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from index_store import SourceError
from ingest.article import Found, Rejected, make_article
from ingest.cleaning import single_line
from ingest.settings import IngestSettings
from ingest.sources.docx import read_docx
from ingest.sources.folder import files_below
from ingest.sources.json_dump import read_json
from ingest.sources.jsonl import read_jsonl
from ingest.sources.mail import read_mail, read_mailbox
from ingest.sources.markdown import read_markdown
from ingest.sources.page import read_html
from ingest.sources.pdf import read_pdf
from ingest.sources.reading import Draft, label
from ingest.sources.text import read_text

__all__ = ["read_source"]

Reader = Callable[[Path, IngestSettings], Iterator[Draft | Rejected] | Iterator[Draft]]

_READERS: dict[str, Reader] = {
    **dict.fromkeys((".jsonl", ".ndjson"), read_jsonl),
    ".json": read_json,
    **dict.fromkeys((".html", ".htm", ".xhtml"), read_html),
    **dict.fromkeys((".md", ".markdown"), read_markdown),
    **dict.fromkeys((".txt", ".text"), read_text),
    ".eml": read_mail,
    ".mbox": read_mailbox,
    ".pdf": read_pdf,
    ".docx": read_docx,
}
_KINDS = (
    "JSONL, JSON, HTML, Markdown, text, mail, PDF and Word files "
    "(.jsonl .ndjson .json .html .htm .md .txt .eml .mbox .pdf .docx; also with .gz)"
)

_log = logging.getLogger(__name__)


def read_source(
    location: Path | str, *, settings: IngestSettings, publisher: str | None = None
) -> Iterator[Found | Rejected]:
    """
    Read every article at a location, one at a time.

    Args:
        location: A file or a folder.
        settings: The limits of what an article may be.
        publisher: Publisher of the articles that name none.

    Yields:
        What was found, in the order of the source; what could not be read, with the reason. Files of other kinds in
        a folder are passed over.
    """
    if str(location).lower().startswith(("http://", "https://")):
        yield Rejected(
            single_line(str(location), limit_chars=1_000), "is a web address; save the page as a file and name that"
        )
        return
    if not str(location).strip():  # an unset variable of a shell; as a path it would be the working folder
        yield Rejected('""', "is no file or folder")
        return
    path = Path(location)
    try:
        is_folder = path.is_dir()
    except OSError as error:
        yield Rejected(label(path), f"cannot be read: {error.strerror}")
        return
    yield from (_read_folder if is_folder else _read_file)(path, settings, publisher)


def _read_folder(folder: Path, settings: IngestSettings, publisher: str | None) -> Iterator[Found | Rejected]:
    anything, passed_over = False, 0
    for entry in files_below(folder):
        if isinstance(entry, Rejected):
            yield entry
        elif _reader_for(entry) is None:
            passed_over += 1
            continue
        else:
            yield from _read_file(entry, settings, publisher)
        anything = True
    if passed_over:
        _log.info("%s: %d files of other kinds passed over", label(folder), passed_over)
    if not anything:
        yield Rejected(label(folder), f"holds no files of the kinds that are read: {_KINDS}")


def _read_file(path: Path, settings: IngestSettings, publisher: str | None) -> Iterator[Found | Rejected]:
    try:
        reader = _usable_reader(path)
        for draft in reader(path, settings):
            if isinstance(draft, Rejected):
                yield draft
            else:
                raw, origin = draft
                yield make_article(raw, origin=origin, settings=settings, publisher=publisher)
    except SourceError as error:
        yield Rejected(label(path), error.message)
    except OSError as error:
        yield Rejected(label(path), f"cannot be read: {error.strerror}")


def _usable_reader(path: Path) -> Reader:
    """Return the reader of an existing regular file; raise `SourceError` otherwise."""
    reader = _reader_for(path)
    if not path.exists():
        raise SourceError("does not exist")
    if not path.is_file():
        raise SourceError("is neither a file nor a folder")
    if reader is None:
        raise SourceError(f"is of no kind that is read: {_KINDS}")
    return reader


def _reader_for(path: Path) -> Reader | None:
    name = path.name.lower().removesuffix(".gz")
    return _READERS.get(Path(name).suffix)
