"""What commands read of the index beside answers, in one thread of their own: the event loop never waits for a disk."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from time import monotonic
from typing import Protocol, TypeVar
from urllib.parse import urlsplit, urlunsplit

from bot.answering import Citation
from bot.corrections import Fate, stands
from bot.discord.topic_names import TopicNames
from bot.headlines import Headlines
from index_store import (
    ArticleSummary,
    Catalog,
    DiscordError,
    EmptyIndexError,
    Filters,
    UnknownArticleError,
    Version,
    open_catalog,
)

Read = TypeVar("Read")

_MOST_WAITING = 50
_MOST_HEADLINES = 3_000  # whose names are offered; read and named in about half a second, beside the event loop
_MOST_TEXTS = 300
_PUBLISHERS_FRESH_S = 60.0
_ID_LENGTH = 16
EVERYTHING = Filters()


class FindsArticles(Protocol):
    """What the shelf needs of an answerer."""

    def about(self, topic: str, filters: Filters, *, limit: int) -> tuple[ArticleSummary, ...]:
        """Find articles about a topic that pass, the most relevant first."""
        ...


@dataclass(frozen=True, slots=True)
class Quoted:
    """
    A citation with the article version that it quotes.

    Attributes:
        citation: What is quoted.
        version: The version quoted; None where it is not kept any more.
        newest: Number of the article's live version; None where it was removed.
        stands: Whether that version still holds the quote word for word.
    """

    citation: Citation
    version: Version | None
    newest: int | None
    stands: bool


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is indexed: how many articles of which publisher (most first), and when the newest was published."""

    publishers: tuple[tuple[str | None, int], ...]
    newest: datetime | None


class Shelf:
    """Reads the catalog of one data folder, which may still be empty when the bot starts."""

    def __init__(self, folder: Path, finder: FindsArticles) -> None:
        self._folder = folder
        self._finder = finder
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="shelf")
        self._catalog: Catalog | None = None  # used in that thread only
        self._waiting = 0
        self._publishers: tuple[str, ...] = ()
        self._publishers_read_at = float("-inf")
        self._topics = TopicNames(lambda: self._read(_headlines))

    def close(self) -> None:
        """Close the catalog once nobody reads it."""
        self._thread.submit(self._close)
        self._thread.shutdown(wait=False)

    async def quoted(self, citation: Citation) -> Quoted:
        """Look up the article version that a citation quotes."""
        return await self._read(lambda catalog: _quoted(catalog, citation))

    async def generation(self) -> int | None:
        """Count of what was committed to the index so far; None while nothing is indexed."""
        try:
            return await self._read(lambda catalog: catalog.generation())
        except EmptyIndexError:
            return None

    async def live_numbers(self, article_ids: Iterable[str]) -> dict[str, int]:
        """Return the number of each article's live version, 0 for one removed; what was never indexed is missing."""
        try:
            return await self._read(lambda catalog: catalog.past.live_numbers(article_ids))
        except EmptyIndexError:
            return {}

    async def fates(self, article_ids: Iterable[str]) -> dict[str, Fate]:
        """Tell what became of articles; those that were never indexed are missing."""
        return await self._read(lambda catalog: _fates(catalog, article_ids))

    async def publishers(self) -> tuple[str, ...]:
        """Name the publishers of indexed articles, as of a minute ago at most; none while nothing is indexed."""
        if monotonic() - self._publishers_read_at > _PUBLISHERS_FRESH_S:
            try:
                self._publishers = await self._read(lambda catalog: tuple(catalog.publishers()))
            except EmptyIndexError:
                return ()
            self._publishers_read_at = monotonic()
        return self._publishers

    async def topics(self) -> tuple[str, ...]:
        """Name what indexed headlines are about, the most frequent first; see `TopicNames`."""
        return await self._topics.offered()

    async def publisher(self, name: str) -> str:
        """
        Return a publisher's name as it is indexed.

        Raises:
            DiscordError: If there is none of this name, with the nearest one.
        """
        known = {one.casefold(): one for one in await self.publishers()}
        if name.casefold() not in known:
            nearest = get_close_matches(name.casefold(), known, n=1)
            remedy = f"Did you mean {known[nearest[0]]}?" if nearest else "`/sources` lists the publishers."
            raise DiscordError(f"No article of “{name}” is indexed.", remedy=remedy)
        return known[name.casefold()]

    async def holdings(self) -> Holdings:
        """Count what is indexed."""
        return await self._read(
            lambda catalog: Holdings(tuple(catalog.publisher_counts()), catalog.newest_published_at(Filters()))
        )

    async def latest(self, topic: str | None, filters: Filters, *, limit: int) -> tuple[ArticleSummary, ...]:
        """List the newest articles that pass, of a topic or of all."""
        if not topic:
            return await self._read(lambda catalog: catalog.articles(filters, limit=limit))
        found = await self.about(topic, filters, limit=5 * limit)
        dated = sorted(found, key=lambda one: one.published_at.timestamp() if one.published_at else 0, reverse=True)
        return tuple(dated[:limit])

    async def about(self, topic: str, filters: Filters = EVERYTHING, *, limit: int) -> tuple[ArticleSummary, ...]:
        """Find articles about a topic or like a text that pass, the most relevant first."""
        return await self._read(lambda _: self._finder.about(topic, filters, limit=limit))

    async def at_addresses(self, addresses: tuple[str, ...]) -> dict[str, tuple[ArticleSummary, ...]]:
        """Find the articles behind each of these addresses."""
        return await self._read(lambda catalog: {one: catalog.at_addresses(variants(one)) for one in addresses})

    async def article(self, wanted: str) -> Version:
        """
        Return the live version of an article.

        Args:
            wanted: Its id or its address.

        Raises:
            UnknownArticleError: If it is not indexed.
        """
        return await self._read(lambda catalog: _article(catalog, wanted.strip()))

    async def _read(self, read: Callable[[Catalog], Read]) -> Read:
        if self._waiting >= _MOST_WAITING:
            raise DiscordError("The bot is busy with other requests.", remedy="Please try again in a few seconds.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: read(self._opened()))
        finally:
            self._waiting -= 1

    def _opened(self) -> Catalog:
        if self._catalog is None:
            self._catalog = open_catalog(self._folder)
        return self._catalog

    def _close(self) -> None:
        if self._catalog is not None:
            self._catalog.close()


def variants(address: str) -> tuple[str, ...]:
    """Spell an address in the ways in which one page is linked: http or https, www or not, with a slash or not."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return (address,)
    host = parts.netloc.removeprefix("www.")
    paths = dict.fromkeys((parts.path, f"{parts.path.rstrip('/')}/", parts.path.rstrip("/")))
    spelt = (
        urlunsplit((scheme, www + host, path, query, ""))
        for scheme in ("https", "http")
        for www in ("", "www.")
        for path in paths
        for query in dict.fromkeys((parts.query, ""))
    )
    return tuple(dict.fromkeys((address.strip(), *spelt)))


def _headlines(catalog: Catalog) -> Headlines:
    return Headlines.read(catalog, most=_MOST_HEADLINES, most_texts=_MOST_TEXTS)


def _article(catalog: Catalog, wanted: str) -> Version:
    if "://" not in wanted:
        return catalog.version(wanted[:_ID_LENGTH].lower() if len(wanted) == _ID_LENGTH else wanted)
    found = catalog.at_addresses(variants(wanted))
    if not found:
        raise UnknownArticleError("No article with this address is indexed.")
    return catalog.version(found[0].article_id)


def _quoted(catalog: Catalog, citation: Citation) -> Quoted:
    live = _live(catalog, citation.article_id)
    newest, holds = (live.number, stands(citation.quote, live.article.text)) if live else (None, False)
    try:
        version = catalog.version(citation.article_id, citation.version)
    except UnknownArticleError:
        return Quoted(citation, None, newest, holds)
    span = version.article.text[citation.start : citation.end]
    return Quoted(citation, version if span == citation.quote else None, newest, holds)


def _fates(catalog: Catalog, article_ids: Iterable[str]) -> dict[str, Fate]:
    found = {one: (catalog.past.lifetimes(one), _live(catalog, one)) for one in article_ids}
    return {one: Fate(lifetimes, live) for one, (lifetimes, live) in found.items() if lifetimes}


def _live(catalog: Catalog, article_id: str) -> Version | None:
    try:
        return catalog.version(article_id)
    except UnknownArticleError:
        return None
