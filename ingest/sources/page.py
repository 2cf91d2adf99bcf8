"""HTML files: a page a file, saved from the web or written by hand."""

from collections.abc import Iterator
from pathlib import Path

from ingest.extract import read_page
from ingest.settings import IngestSettings
from ingest.sources.reading import Draft, decoded_page, origin_of, read_whole


def read_html(path: Path, settings: IngestSettings) -> Iterator[Draft]:
    """
    Read the article of a `.html`, `.htm` or gzipped page.

    Raises:
        SourceError: If the file cannot be read, is not text, or holds something else than an article.
    """
    html = decoded_page(read_whole(path, max_mb=settings.max_file_mb))
    yield read_page(html), origin_of(path)
