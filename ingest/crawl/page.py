"""One page of the web → an article, or the reason why it gives none."""

from collections.abc import Container
from dataclasses import replace
from datetime import UTC, datetime

from index_store import PageState, SourceError, SourceLog
from ingest.addresses import address_key
from ingest.article import Found, Origin, RawArticle, Rejected, make_article
from ingest.crawl.announcements import Announcement
from ingest.crawl.bridge import Emit
from ingest.crawl.parsing import read_article
from ingest.settings import IngestSettings, SourceSettings
from ingest.stream import Item, Known, Withdrawn
from ingest.web import Fetched, Fetcher, FetchError, Validators
from ingest.workers import Workers

_GONE = 410  # 404 may be a mistake that is mended tomorrow; 410 says that it was meant


class Pages:
    """The pages of one run: each is asked for once, whoever names it."""

    def __init__(
        self, fetcher: Fetcher, log: SourceLog, workers: Workers, settings: IngestSettings, emit: Emit[Item]
    ) -> None:
        self._fetcher = fetcher
        self._log = log
        self._workers = workers
        self._settings = settings
        self._emit = emit
        self._asked: set[str] = set()

    async def read(self, told: Announcement, source: SourceSettings, *, named: Container[str]) -> bool:
        """
        Read the article of a page, unless its source says nothing new about it.

        Args:
            told: What the source says.
            source: The source, with the publisher of articles that name none.
            named: Locations of all sources of the settings: a page that one of them named first is its own.

        Returns:
            Whether the page is settled; one that is not should be asked again at the next run.
        """
        key = address_key(told.address)
        if key in self._asked:
            return True
        self._asked.add(key)
        known = self._log.page(key)
        if known and _says_nothing_new(known, told, source, named):
            if known.article_id:
                await self._emit(Known(told.address))
            return True
        if told.is_whole:
            return await self._keep(told.raw, told, source, known, Fetched(told.address))
        return await self._fetch(told, source, known)

    async def keep(self, fetched: Fetched, source: SourceSettings) -> bool:
        """Read the article of a page that is a source itself and was fetched as one; returns what `read` does."""
        told = Announcement(source.location if source.is_on_the_web else fetched.address, RawArticle(""))
        known = self._log.page(address_key(told.address))
        return await self._parse(told, source, known, fetched)

    async def withdraw(self, source: SourceSettings, entry_key: str, reason: str) -> None:
        """Note that a feed took one of its entries back for good."""
        known = self._log.page_of_entry(source.location, entry_key)
        if known and not known.gone:
            await self._note_gone(known, reason, for_good=True)

    async def withdraw_source(self, source: SourceSettings, reason: str) -> None:
        """Note that a source is gone for good: if it was a page, so is its article."""
        known = self._log.page(address_key(source.location))
        if known:
            await self._note_gone(known, reason, for_good=True)

    async def _fetch(self, told: Announcement, source: SourceSettings, known: PageState | None) -> bool:
        validators = Validators(known.etag, known.last_modified) if known and known.article_id else Validators()
        try:
            fetched = await self._fetcher.get(told.address, validators=validators)
        except FetchError as error:
            return await self._failed(told, source, known, error)
        if fetched.unchanged and known:
            await self._emit(Known(told.address))
            await self._emit(replace(known, announcement=told.fingerprint, checked_at=datetime.now(UTC)))
            return True
        return await self._parse(told, source, known, fetched)

    async def _failed(
        self, told: Announcement, source: SourceSettings, known: PageState | None, error: FetchError
    ) -> bool:
        if told.raw.text:  # the feed's own words are better than nothing
            return await self._keep(told.raw, told, source, known, Fetched(told.address))
        if known and known.article_id and error.gone:
            await self._note_gone(known, error.message, for_good=error.status == _GONE)
            return True
        await self._emit(Rejected(told.address, error.message, is_minor=True))
        state = self._state(told, source, known, Fetched(told.address), problem=error.message)
        await self._emit(state if error.is_lasting else replace(state, announcement=None))
        return error.is_lasting

    async def _note_gone(self, known: PageState, reason: str, *, for_good: bool) -> None:
        if for_good and known.article_id:
            await self._emit(Withdrawn(known.article_id, known.address, reason))
        await self._emit(replace(known, gone=True, problem=reason, checked_at=datetime.now(UTC)))

    async def _parse(
        self, told: Announcement, source: SourceSettings, known: PageState | None, fetched: Fetched
    ) -> bool:
        try:
            raw = await read_article(fetched, self._workers, self._settings)
        except SourceError as error:
            if told.raw.text:
                return await self._keep(told.raw, told, source, known, fetched)
            await self._emit(Rejected(told.address, error.message, is_minor=True))
            await self._emit(self._state(told, source, known, fetched, problem=error.message))
            return True
        return await self._keep(_over_announcement(raw, told.raw), told, source, known, fetched)

    async def _keep(
        self, raw: RawArticle, told: Announcement, source: SourceSettings, known: PageState | None, fetched: Fetched
    ) -> bool:
        origin = Origin(told.address, fetched.address)
        outcome = make_article(raw, origin=origin, settings=self._settings, publisher=source.publisher)
        if isinstance(outcome, Found) and _is_too_old(outcome, source):
            outcome = Rejected(told.address, f"was published before {source.since:%Y-%m-%d}")
        else:
            await self._emit(outcome)
        article_id = outcome.article.article_id if isinstance(outcome, Found) else None
        problem = outcome.reason if isinstance(outcome, Rejected) else None
        await self._emit(self._state(told, source, known, fetched, article_id=article_id, problem=problem))
        return True

    def _state(
        self,
        told: Announcement,
        source: SourceSettings,
        known: PageState | None,
        fetched: Fetched,
        *,
        article_id: str | None = None,
        problem: str | None = None,
    ) -> PageState:
        return PageState(
            page_key=address_key(told.address),
            address=told.address,
            source=source.location,
            entry_key=told.entry_key,
            article_id=article_id or (known.article_id if known else None),
            announcement=told.fingerprint,
            etag=fetched.validators.etag,
            last_modified=fetched.validators.last_modified,
            checked_at=datetime.now(UTC),
            problem=problem,
        )


def _says_nothing_new(known: PageState, told: Announcement, source: SourceSettings, named: Container[str]) -> bool:
    if known.source != source.location and known.source in named and known.article_id:
        return True
    return told.fingerprint is not None and known.announcement == told.fingerprint


def _is_too_old(found: Found, source: SourceSettings) -> bool:
    published_at = found.article.published_at
    return source.since is not None and published_at is not None and published_at < source.since


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
