"""A page's HTML → the article it holds."""

from datetime import UTC, datetime

from index_store import SourceError
from ingest.article import RawArticle
from ingest.extract.body import body_text
from ingest.extract.boilerplate import without_boilerplate
from ingest.extract.markup import parsed
from ingest.extract.metadata import metadata
from ingest.extract.quality import flaw, signs_of


def read_page(html: str, *, address: str | None = None, now: datetime | None = None) -> RawArticle:
    """
    Read the article of a page: its body without comments, and what the page says about it.

    Args:
        html: The whole page, decoded.
        address: Where it was fetched from, if it was; its canonical link is believed only within the same site.
        now: The present, for passing over dates in the future; None asks the clock.

    Returns:
        What was found; `text` is empty where the page holds no text.

    Raises:
        SourceError: If the page is no article, with the kind of page it is, or has too many elements to be read.
    """
    tree = parsed(html)
    if tree is None:
        return RawArticle(text="")
    said = metadata(tree, address=address, now=now or datetime.now(UTC))
    signs = signs_of(tree, is_free=said.is_free)
    text = without_boilerplate(body_text(tree), headlines=said.headlines)
    reason = flaw(said.title, text, signs)
    if reason:
        raise SourceError(reason)
    return RawArticle(
        text=text,
        title=said.title,
        url=said.url,
        published_at=said.dates.published_at,
        authors=said.authors,
        publisher=said.publisher,
        language=said.language,
        date_source=said.dates.source,
        date_confidence=said.dates.confidence or "high",
        modified_at=said.dates.modified_at,
        section=said.section,
    )
