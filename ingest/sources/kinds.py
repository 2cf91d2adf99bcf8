"""Which reader reads a file: by its name, and whether it holds articles or names where they are."""

from collections.abc import Callable, Iterator
from pathlib import Path

from index_store import SourceError
from ingest.article import Rejected
from ingest.settings import IngestSettings
from ingest.sources.docx import read_docx
from ingest.sources.json_dump import read_json
from ingest.sources.jsonl import read_jsonl
from ingest.sources.mail import read_mail, read_mailbox
from ingest.sources.markdown import read_markdown
from ingest.sources.page import read_html
from ingest.sources.pdf import read_pdf
from ingest.sources.reading import Draft, opened
from ingest.sources.text import read_text

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
_SLOW = {read_html, read_pdf, read_docx}
_NAMING_ARTICLES = {".xml", ".rss", ".atom", ".rdf", ".opml"}
_JSON_FEED = b"jsonfeed.org/version/"
KINDS = (
    "JSONL, JSON, HTML, Markdown, text, mail, PDF and Word files "
    "(.jsonl .ndjson .json .html .htm .md .txt .eml .mbox .pdf .docx), "
    "and saved feeds, sitemaps and OPML (.xml .rss .atom .opml); also with .gz"
)


def is_read(path: Path) -> bool:
    """Whether files of this name are read, or followed."""
    return _suffix(path) in _READERS or _suffix(path) in _NAMING_ARTICLES


def is_slow(path: Path) -> bool:
    """Whether a file of this name takes so long to read, or can be made to, that it is worth a process of its own."""
    return _READERS.get(_suffix(path)) in _SLOW


def names_articles(path: Path) -> bool:
    """Whether a file is a feed, a sitemap or a list of feeds, by its name or, for JSON, by how it begins."""
    suffix = _suffix(path)
    if suffix != ".json":
        return suffix in _NAMING_ARTICLES
    try:
        with opened(path) as stream:
            return _JSON_FEED in stream.read(1_000)
    except SourceError:  # reading it will tell what is wrong
        return False


def reader_for(path: Path) -> Reader:
    """
    Return the reader of an existing regular file.

    Raises:
        SourceError: If there is no such file, or none reads its kind.
    """
    if not path.exists():
        raise SourceError("does not exist")
    if not path.is_file():
        raise SourceError("is neither a file nor a folder")
    if _suffix(path) not in _READERS:
        raise SourceError(f"is of no kind that is read: {KINDS}")
    return _READERS[_suffix(path)]


def _suffix(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix
