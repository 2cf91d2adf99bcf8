"""One visit to a source of the web: ask whether it has changed, find out what it is, read what it names."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from index_store import SourceError, SourceLog, SourceState, counted
from ingest.article import Rejected
from ingest.cleaning import shown_location, single_line
from ingest.crawl.announcements import announced_by_feed, announced_by_sitemap
from ingest.crawl.bridge import Emit, for_each
from ingest.crawl.page import Pages
from ingest.crawl.parsing import read_feed, read_opml, read_saved, read_sitemap
from ingest.dates import publication_date
from ingest.feeds import MOST_ENTRIES, Feed, FeedEntry
from ingest.schedule import failed, interval_for, is_due, reason_to_leave_alone, succeeded
from ingest.settings import IngestSettings, SourceSettings
from ingest.sitemaps import without_circles
from ingest.sniff import kind_of
from ingest.stream import Item, Notice
from ingest.web import Fetched, Fetcher, FetchError, Validators

_DEEPEST = 3  # sitemaps and lists of feeds may name others
_MOST_NESTED = 500

_Above: TypeAlias = tuple[frozenset[str], ...]  # the addresses of each list through which a source was found

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visit:
    """
    What a visit showed.

    Attributes:
        kind: "feed", "sitemap", "opml" or "page".
        title: What the source calls itself, or "".
        update_every_s: How often its publisher wants it asked, in seconds, if that is told.
        settled: Whether nothing that it named has to be asked again.
        below: Locations of the sources that it names, in its order.
    """

    kind: str
    title: str = ""
    update_every_s: float | None = None
    settled: bool = True
    below: tuple[str, ...] = ()


class Visits:
    """The visits of one run."""

    def __init__(
        self, fetcher: Fetcher, log: SourceLog, pages: Pages, settings: IngestSettings, emit: Emit[Item]
    ) -> None:
        self._fetcher = fetcher
        self._log = log
        self._pages = pages
        self._settings = settings
        self._emit = emit
        self._own = frozenset(source.location for source in settings.sources)
        self._named = set(self._own)

    async def visit_all(self, sources: Iterable[SourceSettings], *, above: _Above = ()) -> bool:
        """
        Visit sources, many at once; returns whether all were read.

        Args:
            sources: What to visit.
            above: The lists through which they were found, the outermost first.
        """
        sources = tuple(sources)
        self._named |= {source.location for source in sources}
        return await for_each(sources, lambda source: self.visit(source, above=above))

    async def visit(self, source: SourceSettings, *, above: _Above = ()) -> bool:
        """Visit one source, and emit what it names, then what is to be remembered of it."""
        state = SourceState(source.location)
        try:
            state = self._log.source(source.location)
            now = datetime.now(UTC)
            if above and not self._is_wanted(source, state, now):
                return state.problem is None
            reason = reason_to_leave_alone(state, now)
            if reason:
                await self._emit(Rejected(shown_location(source.location), reason))
                return False
            return await self._visit(source, state, above)
        except SourceError as error:
            await self._note_failure(source, state, error)
        except Exception:  # noqa: BLE001 - one source's surprise must not end the others
            _log.exception("%s could not be read because of a fault in this program", source.location)
            await self._note_failure(source, state, SourceError("could not be read: a fault in this program"))
        return False

    def _is_wanted(self, source: SourceSettings, state: SourceState, now: datetime) -> bool:
        """Whether a source that another one names is to be visited with it, though its own rest ends a little later."""
        rest = self._interval(source, state.update_every_s)
        return not self._pages.time_is_up and is_due(state, now, tolerance=rest / 4)

    async def _visit(self, source: SourceSettings, state: SourceState, above: _Above) -> bool:
        fetched = await self._fetched(source, state)
        now = datetime.now(UTC)
        if fetched.unchanged:
            state = replace(state, moved_to=fetched.moved_to or state.moved_to)
            await self._emit(succeeded(state, now=now, interval=self._interval(source, state.update_every_s)))
            return True
        visit = await self._read(source, fetched, above)
        validators = fetched.validators if visit.settled else Validators()
        state = replace(
            state,
            kind=visit.kind,
            title=single_line(visit.title, limit_chars=200),
            moved_to=fetched.moved_to or state.moved_to,
            etag=validators.etag,
            last_modified=validators.last_modified,
            update_every_s=visit.update_every_s,
            since_at=source.since,
            below=visit.below,
        )
        was_cut_short = self._pages.time_is_up and not visit.settled
        rest = timedelta() if was_cut_short else self._interval(source, visit.update_every_s)
        await self._emit(succeeded(state, now=now, interval=rest))
        return visit.settled

    async def _fetched(self, source: SourceSettings, state: SourceState) -> Fetched:
        if not source.is_on_the_web:
            return read_saved(Path(source.location), self._settings)
        reaches_back = state.since_at is not None and (source.since is None or source.since < state.since_at)
        validators = Validators() if reaches_back else Validators(state.etag, state.last_modified)
        return await self._fetcher.get(state.moved_to or source.location, validators=validators)

    async def _note_failure(self, source: SourceSettings, state: SourceState, error: SourceError) -> None:
        retired, retry_after_s = False, None
        if isinstance(error, FetchError):
            retired, retry_after_s = error.status == 410, error.retry_after_s
        if not (retired and await self._pages.withdraw_source(source, error.message)):
            pause = f"; asks to be left alone for {retry_after_s:,.0f} s" if retry_after_s else ""
            await self._emit(Rejected(shown_location(source.location), f"{error.message}{pause}"))
        state = failed(
            replace(state, moved_to=None, retired=retired),  # where it moved to may be what fails
            error.message,
            now=datetime.now(UTC),
            interval=self._interval(source, state.update_every_s),
            retry_after_s=retry_after_s,
        )
        await self._emit(state)

    def _interval(self, source: SourceSettings, hint_s: float | None) -> timedelta:
        return interval_for(
            setting_s=None if source.every_minutes is None else source.every_minutes * 60,
            hint_s=hint_s,
            default_s=self._settings.every_minutes * 60,
            floor_s=self._settings.least_minutes * 60,
        )

    async def _read(self, source: SourceSettings, fetched: Fetched, above: _Above) -> Visit:
        kind = kind_of(fetched.content, media_type=fetched.media_type, address=fetched.address)
        match kind:
            case "feed":
                return await self._read_feed(source, fetched)
            case "sitemap":
                return await self._read_sitemap(
                    source, fetched, (*above, frozenset({source.location, fetched.address}))
                )
            case "opml":
                return await self._read_opml(source, fetched, (*above, frozenset({source.location, fetched.address})))
            case "page" | "pdf" | "docx" | "text":
                return Visit("page", settled=await self._pages.keep(fetched, source))
        raise SourceError("is neither a feed, a page, a sitemap nor a list of feeds")

    async def _read_feed(self, source: SourceSettings, fetched: Fetched) -> Visit:
        feed = await read_feed(fetched)
        if feed.skipped:
            remark = f"{feed.skipped:,} entries were left out: beyond the first {MOST_ENTRIES:,}, or without a name"
            await self._emit(Notice(shown_location(source.location), remark))
        source = source if source.publisher else source.model_copy(update={"publisher": feed.title or None})
        settled = await for_each(feed.entries, lambda entry: self._read_entry(entry, feed, fetched.address, source))
        return Visit("feed", feed.title, feed.update_every_s, settled)

    async def _read_entry(self, entry: FeedEntry, feed: Feed, feed_address: str, source: SourceSettings) -> bool:
        if entry.withdrawn:
            await self._pages.withdraw(source, entry.key, "was withdrawn by its publisher")
            return True
        told = announced_by_feed(entry, feed, feed_address=feed_address)
        return await self._pages.read(told, source, named=self._named)

    async def _read_sitemap(self, source: SourceSettings, fetched: Fetched, above: _Above) -> Visit:
        sitemap = without_circles(await read_sitemap(fetched), above=frozenset().union(*above))
        entries = [entry for entry in sitemap.entries if not _is_older(entry.published_at or entry.modified_at, source)]
        settled = await for_each(
            entries, lambda entry: self._pages.read(announced_by_sitemap(entry), source, named=self._named)
        )
        children = [child.address for child in sitemap.children if not _is_older(child.modified_at, source)]
        below = await self._visit_children(source, children, above)
        return Visit("sitemap", settled=settled and not sitemap.children, below=below)  # they change without it

    async def _read_opml(self, source: SourceSettings, fetched: Fetched, above: _Above) -> Visit:
        listed = await read_opml(fetched)
        for one in listed.left_out:
            await self._emit(Rejected(f"{shown_location(source.location)}, {one.name}", one.reason))
        below = await self._visit_children(source, [feed.address for feed in listed.feeds], above)
        return Visit("opml", settled=False, below=below)  # its feeds are to be visited whether it has changed or not

    async def _visit_children(self, source: SourceSettings, addresses: Iterable[str], above: _Above) -> tuple[str, ...]:
        """Visit the sources that one names and nobody else has; returns where those are that are none themselves."""
        below = [address for address in dict.fromkeys(addresses) if address not in self._own]
        most = _MOST_NESTED if len(above) <= _DEEPEST else 0
        if len(below) > most:
            told = f"names {counted(len(below), 'source')}, of which {most or 'none'} will be visited"
            await self._emit(Notice(shown_location(source.location), told))
        children = [source.model_copy(update={"location": a}) for a in below[:most] if a not in self._named]
        await self.visit_all(children, above=above)
        return tuple(below[:most])


def _is_older(told: str | None, source: SourceSettings) -> bool:
    """Whether a sitemap says that a page is too old; what it does not say is found out on the page."""
    told_at = publication_date(told)
    return source.since is not None and told_at is not None and told_at < source.since
