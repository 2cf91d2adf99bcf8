"""Which articles about a topic were corrected or withdrawn, and what their older versions said."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from bot.overviews.citing import Citations
from bot.overviews.records import Correction, Withdrawal
from bot.overviews.statements import Reader, Statement
from bot.overviews.told import Told
from bot.overviews.topic import Topic
from index_store import (
    ArticleSummary,
    Filters,
    NewsIndex,
    RetiredVersion,
    Span,
    Version,
    sentence_spans,
)

_MOST_RETIRED = 5_000
_MOST_SENTENCES = 5_000  # of a version; longer texts are compared in their beginning
_MOST_DIFFERENCES = 200  # sentences
_LONGEST_CHARS = 600
_STILL_TOLD = 0.8  # of what a sentence tells, by rarity, the share that makes it reworded rather than dropped


@dataclass(frozen=True, slots=True)
class Revision:
    """
    What became of an article within a time.

    Attributes:
        old: The version that was live when the time began.
        new: The version that is live now; None where the article was removed.
        at: When its last version that is no more was replaced or removed (UTC).
    """

    old: Version
    new: Version | None
    at: datetime


def revisions(index: NewsIndex, topic: Topic, filters: Filters) -> tuple[Revision, ...]:
    """Find the articles that were about a topic, or are now, and were corrected or removed in a time; latest first."""
    until = min((moment for moment in (filters.until, filters.as_of) if moment), default=None)
    retired: dict[str, list[RetiredVersion]] = {}
    for one in index.retired(replace(filters, until=until), limit=_MOST_RETIRED):
        retired.setdefault(one.version.article.article_id, []).append(one)
    found = (_revision(index, some, until) for some in retired.values())
    return tuple(one for one in found if topic.is_told_in(one.old) or (one.new and topic.is_told_in(one.new)))


def _revision(index: NewsIndex, retired: Sequence[RetiredVersion], until: datetime | None) -> Revision:
    """Compare what was live before the first of these versions was replaced with what came after the last of them."""
    last, first = retired[0], retired[-1]  # latest first
    article_id = last.version.article.article_id
    following = index.find_version(article_id, last.version.number + 1)
    new = following or index.find_version(article_id)  # the text of the one that followed may have been given up
    if new and until and new.indexed_at > until:
        new = None
    return Revision(first.version if new else last.version, new, last.retired_at)


def corrections(found: Iterable[Revision], citations: Citations, reader: Reader) -> tuple[Correction, ...]:
    """Say what was corrected, sentence by sentence; a sentence that only moved has not changed."""
    return tuple(_correction(one, one.new, citations, reader) for one in found if one.new)


def _correction(revision: Revision, new: Version, citations: Citations, reader: Reader) -> Correction:
    old = revision.old
    is_comparable = bool(old.article.text)
    removed = beyond(old, new, reader) if is_comparable else []
    added = beyond(new, old, reader) if is_comparable else []
    return Correction(
        article=ArticleSummary.of(new.article),
        old_version=old.number,
        new_version=new.number,
        corrected_at=revision.at,
        old_title=old.article.title if old.article.title != new.article.title else None,
        removed=tuple(citations.claim(one) for one in removed),
        added=tuple(citations.claim(one) for one in added),
        is_comparable=is_comparable,
    )


def beyond(one: Version, other: Version, reader: Reader) -> list[Statement]:
    """Return the first sentences of one version that the other does not hold, spacing aside, in reading order."""
    text = one.article.text
    held = {_plain(other, span) for span in sentence_spans(other.article.text)}
    spans = (_cut(text, span) for span in sentence_spans(text) if _plain(one, span) not in held)
    return [reader.statement(one, span, place) for place, span in enumerate(islice(spans, _MOST_DIFFERENCES))]


def _cut(text: str, span: Span) -> Span:
    """End what is too long for a quote between two words."""
    if span.end - span.start <= _LONGEST_CHARS:
        return span
    end = text.rfind(" ", span.start, span.start + _LONGEST_CHARS)
    return Span(span.start, end if end > span.start else span.start + _LONGEST_CHARS)


def _plain(version: Version, span: Span) -> str:
    return " ".join(version.article.text[span.start : span.end].split())


def dropped(found: Iterable[Revision], reader: Reader) -> Iterator[Statement]:
    """Yield what corrected articles said and no longer say in other words either."""
    for revision in found:
        if revision.new is None or not revision.old.article.text:
            continue
        spans = sentence_spans(revision.new.article.text)[:_MOST_SENTENCES]
        kept = (reader.statement(revision.new, span, place) for place, span in enumerate(spans))
        still_told = Told(kept, least=_STILL_TOLD)
        yield from (one for one in beyond(revision.old, revision.new, reader) if not still_told.tells(one))


def withdrawals(found: Iterable[Revision]) -> tuple[Withdrawal, ...]:
    """Say which articles were removed."""
    return tuple(
        Withdrawal(ArticleSummary.of(one.old.article), one.old.number, one.at) for one in found if one.new is None
    )
