"""One page of the web → an article, or the reason why it gives none."""

import asyncio
import time
from collections.abc import Container
from dataclasses import replace
from datetime import UTC, datetime

from index_store import PageState, SourceError, SourceLog
from ingest.addresses import address_key
from ingest.article import Found, Origin, RawArticle, Rejected, make_article
from ingest.crawl.announcements import Announcement, mark_of
from ingest.crawl.bridge import Emit
from ingest.crawl.parsing import read_article
from ingest.schedule import MOST_FAILURES, MOST_FLAWS, retry_at
from ingest.settings import IngestSettings, SourceSettings
from ingest.stream import Item, Known, Withdrawn, is_too_old
from ingest.web import Fetched, Fetcher, FetchError, Validators
from ingest.workers import InterruptedReadError, Workers

_GONE = 410  # 404 may be a mistake that is mended tomorrow; 410 says that it was meant
_AT_ONCE = 32  # pages held in memory while they are read
_LEAST_WORDS = 8  # of an entry that names no page; fewer are a note, not an article


class Pages:
    """
    The pages of one run: each is asked for once, whoever names it.

    A page that failed is asked again some time later, and less and less often; until it is given up, its source is not
    settled.

    Args:
        until_s: When to begin nothing more, by the monotonic clock; None for never.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        log: SourceLog,
        workers: Workers,
        settings: IngestSettings,
        emit: Emit[Item],
        *,
        until_s: float | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._log = log
        self._workers = workers
        self._settings = settings
        self._emit = emit
        self._until_s = until_s
        self._asked: set[str] = set()
        self._places = asyncio.Semaphore(_AT_ONCE)

    @property
    def time_is_up(self) -> bool:
        """Whether nothing more is to be begun in this run."""
        return self._until_s is not None and time.monotonic() > self._until_s

    async def read(self, told: Announcement, source: SourceSettings, *, named: Container[str]) -> bool:
        """
        Read the article of a page, unless its source says nothing new about it.

        Args:
            told: What the source says.
            source: The source, with the publisher of articles that name none.
            named: Locations of all sources of the settings: a page that one of them named first is its own.

        Returns:
            Whether the page is settled; one that is not should be asked again at a later run.
        """
        key = address_key(told.address)
        if key in self._asked:
            return True
        self._asked.add(key)
        known = self._log.page(key)
        if known and _says_nothing_new(known, told, source, named) and not _is_to_be_retried(known):
            if self._log.is_live(known.article_id):
                await self._emit(Known(told.address))
            return known.retry_at is None
        if self.time_is_up:
            return False
        if told.is_whole:
            return await self._keep(told.raw, told, source, known, Fetched(told.address))
        async with self._places:
            return await self._fetch(told, source, known)

    async def keep(self, fetched: Fetched, source: SourceSettings) -> bool:
        """Read the article of a page that is a source itself and was fetched as one; returns what `read` does."""
        told = Announcement(source.location if source.is_on_the_web else fetched.address, RawArticle(""))
        known = self._log.page(address_key(told.address))
        return await self._parse(told, source, known, fetched)

    async def withdraw(self, source: SourceSettings, entry_key: str, reason: str) -> None:
        """Note that a feed took one of its entries back for good."""
        known = self._log.page_of_entry(source.location, entry_key)
        if known and self._log.is_live(known.article_id):
            await self._note_gone(known, reason, for_good=True)

    async def withdraw_source(self, source: SourceSettings, reason: str) -> bool:
        """Note that a source is gone for good: if it was a page, so is its article; returns whether one goes."""
        known = self._log.page(address_key(source.location))
        return known is not None and await self._note_gone(known, reason, for_good=True)

    async def _fetch(self, told: Announcement, source: SourceSettings, known: PageState | None) -> bool:
        is_live = known is not None and self._log.is_live(known.article_id)
        validators = Validators(known.etag, known.last_modified) if known and is_live else Validators()
        try:
            fetched = await self._fetcher.get(told.address, validators=validators)
        except FetchError as error:
            return await self._failed(told, source, known, error)
        if fetched.unchanged and known:
            await self._emit(Known(told.address))
            now = datetime.now(UTC)
            well = replace(known, announcement=told.fingerprint, checked_at=now, gone=False, failures=0, retry_at=None)
            await self._emit(well)
            return True
        return await self._parse(told, source, known, fetched)

    async def _failed(
        self, told: Announcement, source: SourceSettings, known: PageState | None, error: FetchError
    ) -> bool:
        most = 0 if error.is_lasting else MOST_FAILURES
        if known and known.article_id and error.gone:
            state = _after_failure(replace(known, announcement=told.fingerprint), known, most=most)
            await self._note_gone(state, error.message, for_good=error.status == _GONE)
            return state.retry_at is None
        return await self._make_do(told, source, known, error, most=most)

    async def _note_gone(self, known: PageState, reason: str, *, for_good: bool) -> bool:
        """
        Note that a page is gone; for good, its article goes too, unless it stands at another page.

        Returns:
            Whether an article goes.
        """
        goes = for_good and self._log.is_live(known.article_id) and not self._log.has_another_page(known)
        if goes and known.article_id:
            await self._emit(Withdrawn(known.article_id, known.address, reason))
        forgotten = replace(known, gone=True, problem=reason, etag=None, last_modified=None)
        if known.retry_at is None:  # should it be named again, it is asked again
            forgotten = replace(forgotten, announcement=None)
        await self._emit(replace(forgotten, checked_at=datetime.now(UTC)))
        return goes

    async def _parse(
        self, told: Announcement, source: SourceSettings, known: PageState | None, fetched: Fetched
    ) -> bool:
        try:
            raw = await read_article(fetched, self._workers, self._settings)
        except SourceError as error:
            most = MOST_FAILURES if isinstance(error, InterruptedReadError) else MOST_FLAWS
            return await self._make_do(told, source, known, error, most=most)
        return await self._keep(_over_announcement(raw, told.raw), told, source, known, fetched)

    async def _make_do(
        self, told: Announcement, source: SourceSettings, known: PageState | None, error: SourceError, *, most: int
    ) -> bool:
        """Take the source's own words for a page that cannot be read, where that loses nothing."""
        if told.raw.text and not (known and self._log.is_live(known.article_id)):
            outcome = self._article(told.raw, told, source, Fetched(told.address))
        else:
            outcome = Rejected(told.address, error.message)
        await self._emit(replace(outcome, is_minor=True) if isinstance(outcome, Rejected) else outcome)
        state = self._state(told, source, known, Fetched(told.address), outcome)
        state = _after_failure(replace(state, problem=error.message), known, most=most)
        await self._emit(state)
        return state.retry_at is None

    async def _keep(
        self, raw: RawArticle, told: Announcement, source: SourceSettings, known: PageState | None, fetched: Fetched
    ) -> bool:
        outcome = self._article(raw, told, source, fetched)
        is_old = isinstance(outcome, Found) and is_too_old(outcome, source)
        if isinstance(outcome, Found) and is_old:
            outcome = Rejected(told.address, f"was published before {source.since:%Y-%m-%d}")
        elif isinstance(outcome, Rejected) and told.address != source.location:
            await self._emit(replace(outcome, is_minor=True))
        else:
            await self._emit(outcome)
        state = self._state(told, source, known, fetched, outcome)
        if is_old:
            state = replace(state, announcement=mark_of(told, left_out_before=source.since))
        await self._emit(state)
        return True

    def _article(
        self, raw: RawArticle, told: Announcement, source: SourceSettings, fetched: Fetched
    ) -> Found | Rejected:
        if told.is_whole and len(raw.text.split()) < _LEAST_WORDS:
            return Rejected(told.address, "names no page, and says too little for an article")
        origin = Origin(told.address, fetched.address)
        return make_article(raw, origin=origin, settings=self._settings, publisher=source.publisher)

    def _state(
        self,
        told: Announcement,
        source: SourceSettings,
        known: PageState | None,
        fetched: Fetched,
        outcome: Found | Rejected,
    ) -> PageState:
        article_id = outcome.article.article_id if isinstance(outcome, Found) else known.article_id if known else None
        return PageState(
            page_key=address_key(told.address),
            address=told.address,
            source=source.location,
            entry_key=told.entry_key,
            article_id=article_id,
            announcement=mark_of(told),
            etag=fetched.validators.etag,
            last_modified=fetched.validators.last_modified,
            checked_at=datetime.now(UTC),
            problem=outcome.reason if isinstance(outcome, Rejected) else None,
        )


def _after_failure(state: PageState, known: PageState | None, *, most: int) -> PageState:
    """Count a failure, and say when to ask again: the first time, if the page did not answer, at the next visit."""
    failures, now = (known.failures if known else 0) + 1, datetime.now(UTC)
    soon = failures == 1 and most == MOST_FAILURES
    return replace(state, failures=failures, retry_at=now if soon else retry_at(failures, most=most, now=now))


def _is_to_be_retried(known: PageState) -> bool:
    return known.retry_at is not None and known.retry_at <= datetime.now(UTC)


def _says_nothing_new(known: PageState, told: Announcement, source: SourceSettings, named: Container[str]) -> bool:
    if known.source != source.location and known.source in named and known.article_id:
        return True
    marks = {mark_of(told), mark_of(told, left_out_before=source.since)}
    return told.fingerprint is not None and known.announcement in marks


def _over_announcement(page: RawArticle, told: RawArticle) -> RawArticle:
    """
    Lay what a page says of its article over what its source said.

    The page's own data comes first, then its source, then what could only be read out of the page's text.
    """
    page_tells = page.published_at is not None and (page.date_confidence == "high" or told.published_at is None)
    date = page if page_tells else told
    return replace(
        page,
        title=page.title or told.title,
        authors=page.authors or told.authors,
        publisher=page.publisher or told.publisher,
        language=page.language or told.language,
        section=page.section or told.section,
        published_at=date.published_at,
        date_source=date.date_source,
        date_confidence=date.date_confidence,
        modified_at=page.modified_at or told.modified_at,
    )
