"""Which articles are gone: deleted by their publishers, or with the file that they came from."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from index_store import ArticleSummary, Filters, PageState, SourceError, open_catalog, open_source_log
from ingest.crawl.bridge import Emit, for_each, items_of
from ingest.surroundings import Surroundings
from ingest.web import Fetcher, FetchError, Validators

_EVERY_ARTICLE = 1 << 40


@dataclass(frozen=True, slots=True)
class Gone:
    """An article that is not to be had any more, at any of its pages; the reason completes "it …"."""

    article: ArticleSummary
    reason: str
    pages: tuple[PageState, ...] = ()

    @property
    def forgotten(self) -> tuple[PageState, ...]:
        """What to remember of its pages once it is removed: should one be there again, it is read again."""
        return tuple(
            replace(page, announcement=None, etag=None, last_modified=None, gone=True, problem=self.reason)
            for page in self.pages
        )


@dataclass(frozen=True, slots=True)
class StillThere:
    """An article whose page or file is there, or could not be asked: no reason to remove it."""


def find_gone(surroundings: Surroundings) -> Iterator[Gone | StillThere]:
    """
    Ask for the page of every article that came from the web, and look for the file of every other one.

    Yields:
        One outcome an article. A page that does not answer is still there: only 404 and 410 say otherwise.
    """
    with closing(open_catalog(surroundings.data_dir)) as catalog:
        articles = {one.article_id: one for one in catalog.articles(Filters(), limit=_EVERY_ARTICLE)}
    with closing(open_source_log(surroundings.data_dir)) as log:
        pages = [page for page in log.live_pages() if page.article_id in articles]
    for article in articles.values():
        file = _file_of(article.url)
        if file:
            yield StillThere() if file.exists() else Gone(article, "came from a file that is not there any more")
    yield from _find_gone_pages(pages, articles, surroundings)


def _file_of(url: str) -> Path | None:
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def _find_gone_pages(
    pages: Sequence[PageState], articles: dict[str, ArticleSummary], surroundings: Surroundings
) -> Iterator[Gone | StillThere]:
    by_article: dict[str, list[PageState]] = defaultdict(list)
    for page in pages:
        by_article[page.article_id or ""].append(page)

    async def ask_all(emit: Emit[Gone | StillThere]) -> None:
        async with Fetcher(surroundings.fetching) as fetcher:

            async def ask(of_one: list[PageState]) -> bool:
                reasons = [await _reason_if_gone(page, fetcher) for page in of_one]
                gone = [reason for reason in reasons if reason]
                article = articles[of_one[0].article_id or ""]
                await emit(Gone(article, gone[0], tuple(of_one)) if len(gone) == len(reasons) else StillThere())
                return True

            await for_each(by_article.values(), ask)

    with closing(items_of(ask_all)) as outcomes:
        yield from (outcome for outcome in outcomes if isinstance(outcome, Gone | StillThere))


async def _reason_if_gone(page: PageState, fetcher: Fetcher) -> str | None:
    try:
        await fetcher.get(page.address, validators=Validators(page.etag, page.last_modified))
    except FetchError as error:
        return error.message if error.gone else None
    except SourceError:
        return None
    return None
