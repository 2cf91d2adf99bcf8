"""An event that a question counts from ("since the election") → the day on which an article says that it was."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, tzinfo

from bot.answering.event_dates import date_in
from bot.answering.periods import Period
from bot.answering.question import Terms
from index_store import Passage

_SINCE = re.compile(
    r"\b(?:ever )?since (?:the|his|her|its|their|that|last) "
    r"(?P<event>[^\W\d_][\w’'-]*(?: [\w’'-]+){0,5})(?=\s*(?:[?.,;!]|$))",
    re.IGNORECASE,
)


def event_in(question: str) -> "re.Match[str] | None":
    """Find the event that a question counts from; its group `event` names it, the whole match is the phrase."""
    return _SINCE.search(question)


def period_since(phrase: str, event: str, passages: Sequence[Passage], *, terms: Terms, zone: tzinfo) -> Period | None:
    """
    Read from articles when an event was.

    Args:
        phrase: The words of the question that name the period.
        event: Those that name the event.
        passages: Where to look, best first.
        terms: Reduces a text to index terms.
        zone: Where days begin.

    Returns:
        The time since its first moment; None where no article dates it.
    """
    wanted = set(terms(event))
    for sentence, published_at in _sentences(passages):
        named = date_in(sentence, published=published_at.date())
        if named and named.start == named.end and wanted and wanted <= set(terms(sentence)):
            return Period(phrase, _midnight(named.start, zone), None, (), is_strict=True)
    return None


def _sentences(passages: Sequence[Passage]) -> Iterator[tuple[str, datetime]]:
    """Yield the sentences of dated articles, and when they were published."""
    for passage in passages:
        article = passage.article
        if article.published_at:
            yield from ((article.text[start:end], article.published_at) for start, end in passage.chunk.sentences)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
