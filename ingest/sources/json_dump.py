"""JSON files: one article, a list of articles, or the response of a NewsAPI query."""

from collections.abc import Iterator
from pathlib import Path

from index_store import SourceError
from ingest.article import Origin, Rejected
from ingest.cleaning import single_line
from ingest.json_values import parsed
from ingest.settings import IngestSettings
from ingest.sources.fields import raw_article
from ingest.sources.reading import Draft, decoded, origin_of, read_whole


def read_json(path: Path, settings: IngestSettings) -> Iterator[Draft | Rejected]:
    """
    Read the articles of a `.json` file; a broken article does not stop the others.

    Raises:
        SourceError: If the file cannot be read, is not JSON, or holds no articles.
    """
    value = parsed(decoded(read_whole(path, max_mb=settings.max_file_mb)))
    if isinstance(value, dict) and value.get("status") == "error":
        message = single_line(str(value.get("message")), limit_chars=200)
        raise SourceError(f"is an error message, not a response with articles: {message}")
    origin = origin_of(path)
    if isinstance(value, dict) and not isinstance(value.get("articles"), list):
        yield raw_article(value), origin
        return
    entries = value["articles"] if isinstance(value, dict) else value
    if not isinstance(entries, list) or not entries:
        raise SourceError("holds no articles: an object, or a list of objects, is expected")
    for number, entry in enumerate(entries, start=1):
        yield _read_entry(entry, origin.part(f"article {number}"))


def _read_entry(entry: object, origin: Origin) -> Draft | Rejected:
    if not isinstance(entry, dict):
        return Rejected(origin.source, "is not an article: a JSON object is expected")
    try:
        return raw_article(entry), origin
    except SourceError as error:
        return Rejected(origin.source, error.message)
