"""Sources of the web, read many at once: feeds, sitemaps, lists of feeds, pages."""

import time
from collections.abc import Generator, Sequence
from contextlib import closing

from index_store import SourceError, open_source_log
from ingest.article import Found, Origin, Rejected, make_article
from ingest.cleaning import shown_location
from ingest.crawl.bridge import Emit, items_of
from ingest.crawl.page import Pages
from ingest.crawl.parsing import read_article
from ingest.crawl.visit import Visits
from ingest.settings import FetchSettings, IngestSettings, SourceSettings
from ingest.stream import Item
from ingest.surroundings import Surroundings
from ingest.web import Fetcher
from ingest.workers import Workers

__all__ = ["crawl", "read_addresses"]


def crawl(
    sources: Sequence[SourceSettings], surroundings: Surroundings, workers: Workers
) -> Generator[Item, None, None]:
    """
    Visit sources and read what is new in them.

    Args:
        sources: Addresses, or files that name addresses (feeds, sitemaps and OPML saved to disk).
        surroundings: The settings, and what was answered before.
        workers: The processes that read pages.

    Yields:
        What the sources name, as it comes; behind it what is to be remembered of it.
    """
    settings, longest_s = surroundings.settings, surroundings.longest_s

    async def visit_all(emit: Emit[Item]) -> None:
        with closing(open_source_log(surroundings.data_dir)) as log:
            async with Fetcher(surroundings.fetching, memory=surroundings.memory) as fetcher:
                until_s = None if longest_s is None else time.monotonic() + longest_s
                pages = Pages(fetcher, log, workers, settings, emit, until_s=until_s)
                await Visits(fetcher, log, pages, settings, emit).visit_all(sources)

    return items_of(visit_all)


def read_addresses(
    addresses: Sequence[str], *, settings: IngestSettings, fetching: FetchSettings, workers: Workers
) -> Generator[Found | Rejected, None, None]:
    """Read the article of each address, in their order, remembering nothing."""

    async def read_all(emit: Emit[Item]) -> None:
        async with Fetcher(fetching) as fetcher:
            for address in addresses:
                try:
                    fetched = await fetcher.get(address)
                    raw = await read_article(fetched, workers, settings)
                except SourceError as error:
                    await emit(Rejected(shown_location(address), error.message))
                    continue
                await emit(make_article(raw, origin=Origin(address, fetched.address), settings=settings))

    with closing(items_of(read_all)) as items:
        yield from (item for item in items if isinstance(item, Found | Rejected))
