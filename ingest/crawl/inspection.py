"""What a source is, without reading what it names: for trying one out before it is added."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

from index_store import SourceError
from ingest.article import Found
from ingest.cleaning import single_line
from ingest.crawl.bridge import Emit, for_each, items_of
from ingest.crawl.parsing import read_article, read_feed, read_opml, read_saved, read_sitemap
from ingest.opml import LeftOut
from ingest.settings import FetchSettings, IngestSettings, SourceSettings, is_web_address, reason_never_read
from ingest.sitemaps import without_circles
from ingest.sniff import kind_of
from ingest.sources import FeedFile, read_files
from ingest.sources.kinds import is_read
from ingest.web import Fetched, Fetcher, FetchError
from ingest.workers import InterruptedReadError, Workers


@dataclass(frozen=True, slots=True)
class Inspection:
    """
    What a source showed when it was tried.

    Attributes:
        location: As it was named.
        kind: "feed", "sitemap", "opml", "page", "file" or "folder"; "" where it could not be read.
        title: What it calls itself, or "".
        count: How many articles it holds, or entries, pages and further sources it names.
        problem: Why it cannot be read; None where it can.
        is_lasting: Whether trying again would be of no use.
        moved_to: Where it permanently is now, if elsewhere.
        update_every_s: How often its publisher wants it asked, in seconds, if that is told.
        lists: How many further sources it names: the feeds of a list, the sitemaps of an index, saved feeds.
        below: What the first of them showed.
        left_out: What it names as a source and cannot be one.
    """

    location: str
    kind: str = ""
    title: str = ""
    count: int = 0
    problem: str | None = None
    is_lasting: bool = False
    moved_to: str | None = None
    update_every_s: float | None = None
    lists: int = 0
    below: tuple["Inspection", ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether it can be read, and all that was tried below it."""
        return self.problem is None and not self.left_out and all(one.is_well for one in self.below)


def inspect_sources(
    sources: Sequence[SourceSettings],
    *,
    settings: IngestSettings,
    fetching: FetchSettings,
    workers: Workers,
    most_below: int = 0,
) -> Iterator[Inspection]:
    """
    Try sources, many at once.

    Args:
        sources: Addresses, files and folders.
        settings: The limits of what an article may be.
        fetching: How the web is asked.
        workers: The processes that read pages.
        most_below: How many of the sources that each of them names are tried, too.

    Yields:
        What each showed, as it comes.
    """

    async def inspect_all(emit: Emit[Inspection]) -> None:
        async with Fetcher(fetching) as fetcher:
            inspector = _Inspector(fetcher, workers, settings)

            async def inspect(source: SourceSettings) -> bool:
                await emit(await inspector.inspect(source.location, most_below=most_below))
                return True

            await for_each(sources, inspect)

    with closing(items_of(inspect_all)) as outcomes:
        yield from (outcome for outcome in outcomes if isinstance(outcome, Inspection))


@dataclass(frozen=True, slots=True)
class _Look:
    """What a source showed, and where the sources are that it names."""

    seen: Inspection
    below: tuple[str, ...] = ()


class _Inspector:
    def __init__(self, fetcher: Fetcher, workers: Workers, settings: IngestSettings) -> None:
        self._fetcher = fetcher
        self._workers = workers
        self._settings = settings

    async def inspect(self, location: str, *, most_below: int) -> Inspection:
        """Look at a source, and at the first that it names."""
        look = await self._look(location)
        below = [one for one in dict.fromkeys(look.below) if one != location]
        looks = await asyncio.gather(*(self._look(one) for one in below[:most_below]))
        return replace(look.seen, lists=len(below), below=tuple(one.seen for one in looks))

    async def _look(self, location: str) -> _Look:
        try:
            if is_web_address(location):
                return await self._look_at(location, await self._fetcher.get(location))
            return await self._look_at_files(location)
        except FetchError as error:
            is_lasting = error.is_lasting or error.status == HTTPStatus.GONE
            return _Look(Inspection(location, problem=error.message, is_lasting=is_lasting))
        except SourceError as error:  # it answered, and with nothing that can be read
            is_lasting = is_web_address(location) and not isinstance(error, InterruptedReadError)
            return _Look(Inspection(location, problem=error.message, is_lasting=is_lasting))

    async def _look_at_files(self, location: str) -> _Look:
        articles, problem, lists = await asyncio.to_thread(self._read_files, location)
        is_folder = await asyncio.to_thread(_is_folder, location)
        if lists and not is_folder:
            return await self._look_at(location, read_saved(Path(location), self._settings))
        problem = None if articles or lists else problem
        is_lasting = reason_never_read(location) is not None or _is_of_no_kind(location, is_folder=is_folder)
        kind = "folder" if is_folder else "file"
        return _Look(
            Inspection(location, kind, count=articles, problem=problem, is_lasting=bool(problem) and is_lasting), lists
        )

    def _read_files(self, location: str) -> tuple[int, str | None, tuple[str, ...]]:
        """Return how many articles files hold, the first failure, and which of them name articles elsewhere."""
        articles, problem, lists = 0, None, list[str]()
        for outcome in read_files([location], settings=self._settings, workers=self._workers):
            if isinstance(outcome, Found):
                articles += 1
            elif isinstance(outcome, FeedFile):
                lists.append(str(outcome.path))
            else:
                problem = problem or outcome.reason
        return articles, problem, tuple(lists)

    async def _look_at(self, location: str, fetched: Fetched) -> _Look:
        kind = kind_of(fetched.content, media_type=fetched.media_type, address=fetched.address) or ""
        seen = Inspection(location, kind, moved_to=fetched.moved_to)
        match kind:
            case "feed":
                feed = await read_feed(fetched)
                title = single_line(feed.title, limit_chars=200)
                return _Look(replace(seen, title=title, count=len(feed.entries), update_every_s=feed.update_every_s))
            case "sitemap":
                sitemap = without_circles(await read_sitemap(fetched), above=(location, fetched.address))
                below = tuple(child.address for child in sitemap.children)
                return _Look(replace(seen, count=len(sitemap.entries) + len(below)), below)
            case "opml":
                listed = await read_opml(fetched)
                below = tuple(feed.address for feed in listed.feeds)
                return _Look(replace(seen, count=len(below), left_out=listed.left_out), below)
            case "page" | "pdf" | "docx" | "text":
                title = (await read_article(fetched, self._workers, self._settings)).title or ""
                return _Look(replace(seen, title=single_line(title, limit_chars=200), count=1))
        raise SourceError("is neither a feed, a page, a sitemap nor a list of feeds")


def _is_folder(location: str) -> bool:
    try:
        return Path(location).is_dir()
    except OSError:  # a name that is too long
        return False


def _is_of_no_kind(location: str, *, is_folder: bool) -> bool:
    """Whether a file is of a kind that is not read, which it will stay."""
    return not is_folder and bool(Path(location).suffix) and not is_read(Path(location))
