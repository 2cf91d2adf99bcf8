"""What was fetched → what it holds, read beside the event loop."""

import asyncio
from functools import partial
from pathlib import Path

from index_store import SourceError
from ingest.article import RawArticle
from ingest.extract import read_page
from ingest.feeds import Feed, parse_feed
from ingest.opml import FeedList, parse_opml
from ingest.settings import IngestSettings
from ingest.sitemaps import Sitemap, parse_sitemap
from ingest.sniff import kind_of
from ingest.sources.docx import parse_docx
from ingest.sources.pdf import parse_pdf
from ingest.sources.reading import decoded, decoded_page, read_whole
from ingest.sources.text import parse_text
from ingest.web import Fetched
from ingest.workers import Workers, readable_failures

_MOST_UNPACKED_MB = 10  # of a document from the web


async def read_article(fetched: Fetched, workers: Workers, settings: IngestSettings) -> RawArticle:
    """
    Read the article of a page, a PDF, a Word file or a text.

    Raises:
        SourceError: If it holds none, or cannot be read in time.
    """
    with readable_failures():
        return await asyncio.wrap_future(workers.start(partial(_read, settings=settings), fetched))


def read_saved(path: Path, settings: IngestSettings) -> Fetched:
    """
    Read a feed, a sitemap or a list of feeds that was saved to disk, as if it had been fetched.

    Raises:
        SourceError: If it cannot be read.
    """
    return Fetched(path.resolve().as_uri(), content=read_whole(path, max_mb=settings.max_file_mb))


async def read_feed(fetched: Fetched) -> Feed:
    """
    Read a feed; beside the event loop, since a hostile one can take seconds.

    Raises:
        SourceError: If it is none.
    """
    return await asyncio.to_thread(
        parse_feed, fetched.content, address=fetched.address, media_type=fetched.media_type, charset=fetched.charset
    )


async def read_sitemap(fetched: Fetched) -> Sitemap:
    """
    Read a sitemap, as `read_feed` reads a feed.

    Raises:
        SourceError: If it is none.
    """
    return await asyncio.to_thread(parse_sitemap, fetched.content, address=fetched.address)


async def read_opml(fetched: Fetched) -> FeedList:
    """
    Read a list of feeds, as `read_feed` reads a feed.

    Raises:
        SourceError: If it is none.
    """
    return await asyncio.to_thread(parse_opml, fetched.content)


def _read(fetched: Fetched, *, settings: IngestSettings) -> RawArticle:
    """Read it; runs in another process."""
    match kind_of(fetched.content, media_type=fetched.media_type, address=fetched.address):
        case "page":
            return read_page(decoded_page(fetched.content, charset=fetched.charset), address=fetched.address)
        case "pdf":
            return parse_pdf(fetched.content, limit_chars=settings.max_article_chars)
        case "docx":
            return parse_docx(fetched.content, max_mb=min(settings.max_file_mb, _MOST_UNPACKED_MB))
        case "text":
            return parse_text(decoded(fetched.content))
        case "feed" | "sitemap" | "opml" as kind:
            raise SourceError(f"is a {kind}, not an article; `dateline sources add` takes it as a source")
    media_type = f" ({fetched.media_type})" if fetched.media_type else ""
    raise SourceError(f"is no page or document that can be read{media_type}")
