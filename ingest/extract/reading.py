"""A page's HTML → the article it holds."""

from datetime import UTC, datetime

from index_store import SourceError
from ingest.article import RawArticle
from ingest.extract.body import body_text
from ingest.extract.boilerplate import Surroundings, without_boilerplate
from ingest.extract.markup import beginning, link_texts, parsed, wording
from ingest.extract.metadata import metadata
from ingest.extract.quality import Signs, flaw, is_truncated


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
    links, begins = link_texts(tree), beginning(tree)
    body = body_text(tree)
    reason = flaw(Signs(said.title or "", body or begins, links, said.is_free))
    if reason:
        raise SourceError(reason)
    text = without_boilerplate(body, Surroundings(said.headlines, links, tuple(map(wording, said.authors))))
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
        warnings=("holds only the beginning of the article",) if is_truncated(text) else (),
    )
