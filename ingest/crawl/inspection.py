"""What a source is, without reading what it names: for trying one out before it is added."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from index_store import SourceError
from ingest.article import Found
from ingest.cleaning import single_line
from ingest.crawl.bridge import Emit, for_each, items_of
from ingest.crawl.parsing import read_article, read_feed, read_opml, read_sitemap
from ingest.settings import FetchSettings, IngestSettings, SourceSettings
from ingest.sniff import kind_of
from ingest.sources import read_files
from ingest.web import Fetched, Fetcher
from ingest.workers import Workers


@dataclass(frozen=True, slots=True)
class Inspection:
    """
    What a source showed when it was tried.

    Attributes:
        location: As it was named.
        kind: "feed", "sitemap", "opml", "page", "file" or "folder"; "" where it could not be read.
        title: What it calls itself, or "".
        count: How many articles, pages or feeds it names.
        problem: Why it cannot be read; None where it can.
        moved_to: Where it permanently is now, if elsewhere.
        update_every_s: How often its publisher wants it asked, in seconds, if that is told.
    """

    location: str
    kind: str = ""
    title: str = ""
    count: int = 0
    problem: str | None = None
    moved_to: str | None = None
    update_every_s: float | None = None


def inspect_sources(
    sources: Sequence[SourceSettings], *, settings: IngestSettings, fetching: FetchSettings, workers: Workers
) -> Iterator[Inspection]:
    """Try sources, many at once; yields what each showed, as it comes."""
    for source in sources:
        if not source.is_on_the_web:
            yield _inspect_local(source, settings, workers)
    on_the_web = [source for source in sources if source.is_on_the_web]

    async def inspect_all(emit: Emit[Inspection]) -> None:
        async with Fetcher(fetching) as fetcher:

            async def inspect(source: SourceSettings) -> bool:
                try:
                    await emit(await _inspect(source.location, fetcher, workers, settings))
                except SourceError as error:
                    await emit(Inspection(source.location, problem=error.message))
                return True

            await for_each(on_the_web, inspect)

    if on_the_web:
        with closing(items_of(inspect_all)) as outcomes:
            yield from (outcome for outcome in outcomes if isinstance(outcome, Inspection))


def _inspect_local(source: SourceSettings, settings: IngestSettings, workers: Workers) -> Inspection:
    count, problem = 0, None
    for outcome in read_files([source.location], settings=settings, workers=workers):
        if isinstance(outcome, Found):
            count += 1
        else:
            problem = problem or getattr(outcome, "reason", None)
    return Inspection(source.location, "file", count=count, problem=None if count else problem)


async def _inspect(location: str, fetcher: Fetcher, workers: Workers, settings: IngestSettings) -> Inspection:
    fetched = await fetcher.get(location)
    kind = kind_of(fetched.content, media_type=fetched.media_type, address=fetched.address) or ""
    title, count, update_every_s = "", 0, None
    match kind:
        case "feed":
            feed = await read_feed(fetched)
            title, count, update_every_s = feed.title, len(feed.entries), feed.update_every_s
        case "sitemap":
            sitemap = await read_sitemap(fetched)
            count = len(sitemap.entries) + len(sitemap.children)
        case "opml":
            count = len(await read_opml(fetched))
        case "page" | "pdf" | "docx" | "text":
            title, count = await _headline(fetched, workers, settings), 1
        case _:
            raise SourceError("is neither a feed, a page, a sitemap nor a list of feeds")
    return Inspection(
        location,
        kind,
        single_line(title, limit_chars=200),
        count,
        moved_to=fetched.moved_to,
        update_every_s=update_every_s,
    )


async def _headline(fetched: Fetched, workers: Workers, settings: IngestSettings) -> str:
    return (await read_article(fetched, workers, settings)).title or ""
