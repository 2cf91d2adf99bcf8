"""Plain text: an article a file, with a header block such as "Title: …" above it or without."""

import re
from collections.abc import Iterator
from pathlib import Path

from ingest.article import RawArticle
from ingest.cleaning import normalised_text
from ingest.settings import IngestSettings
from ingest.sources.fields import raw_article
from ingest.sources.reading import Draft, decoded, origin_of, read_whole

_FIELDS = {
    **dict.fromkeys(("title", "headline"), "title"),
    **dict.fromkeys(("by", "author", "authors", "byline"), "authors"),
    **dict.fromkeys(("date", "published", "published at", "publication date"), "published_at"),
    **dict.fromkeys(("publisher", "source"), "publisher"),
    **dict.fromkeys(("url", "link"), "url"),
    "language": "language",
}
_MOST_HEADER_LINES = 20
_HEADER_LINE = re.compile(r"^([A-Za-z]+(?: [A-Za-z]+)?(?:\(s\))?) ?:[ \t]*(.*)$")
_LONGEST_HEADLINE = 120


def read_text(path: Path, settings: IngestSettings) -> Iterator[Draft]:
    """
    Read the article of a `.txt` file.

    Raises:
        SourceError: If the file cannot be read or is not text.
    """
    yield parse_text(decoded(read_whole(path, max_mb=settings.max_file_mb))), origin_of(path)


def parse_text(content: str) -> RawArticle:
    """
    Split a plain text into header and body.

    A header is a block of lines "Title:", "By:" or "Author(s):", "Date:" or "Published:", "Publisher:" or "Source:",
    "URL:" or "Link:", in any order, ended by a blank line. A block with any other line in it belongs to the body.
    Without a header, a short first line that a blank line follows is the title.
    """
    content = normalised_text(content)
    block, _, body = content.partition("\n\n")
    header = _header(block)
    if header:
        return raw_article({**header, "text": body}, date_source="front matter")
    if body and len(block) <= _LONGEST_HEADLINE and "\n" not in block and not block.endswith((".", ",", ":")):
        return RawArticle(text=body, title=block)
    return RawArticle(text=content)


def _header(block: str) -> dict[str, str]:
    """Read a header block by field; empty where a line of it is no header line."""
    lines = block.split("\n")
    header: dict[str, str] = {}
    for line in lines if len(lines) <= _MOST_HEADER_LINES else ():
        match = _HEADER_LINE.match(line)
        name = _FIELDS.get(match[1].lower().replace("(s)", "s")) if match else None
        if match is None or name is None:
            return {}
        header.setdefault(name, match[2].strip())
    return header
