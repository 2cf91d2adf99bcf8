"""When the articles don't say: the decision, and the reason in words."""

from collections.abc import Sequence
from datetime import datetime

from bot.answering.evidence import Sentence
from bot.answering.question import Understanding
from index_store import ArticleSummary, Filters, Passage

# Measured on the benchmark; benchmarks/README.md shows the trade.
LEAST_COVERAGE = 0.55
MOST_NEAREST = 3


def reason_to_decline(
    question: Understanding, sentences: Sequence[Sentence], *, articles: int, filters: Filters, newest: datetime | None
) -> str | None:
    """
    Decide whether the evidence is enough.

    Args:
        question: What is asked.
        sentences: Evidence, best first.
        articles: How many articles pass the filters.
        filters: What the answer may draw on.
        newest: When the newest of those articles was published.

    Returns:
        Why nothing can be said, in words for the asker; None where something can.
    """
    if not question.terms:
        return "The question names nothing to look for."
    if articles == 0:
        return _nothing_passes(filters)
    if not sentences or sentences[0].coverage < LEAST_COVERAGE:
        until = f" The newest of them is of {newest.day} {newest:%B %Y}." if newest else ""
        those = f"None of the {articles:,} indexed articles" if articles > 1 else "The only indexed article"
        answers = "answers this" if articles > 1 else "does not answer this"
        return f"{those} {_that_pass(filters)}{answers}.{until}"
    return None


def nearest(passages: Sequence[Passage]) -> tuple[ArticleSummary, ...]:
    """Name the articles that came closest, each once."""
    summaries = dict.fromkeys(ArticleSummary.of(passage.article) for passage in passages)
    return tuple(summaries)[:MOST_NEAREST]


def _nothing_passes(filters: Filters) -> str:
    return f"No indexed article {_that_pass(filters).strip() or 'is there'}."


def _that_pass(filters: Filters) -> str:
    """Say in words what the filters ask for, with a space after it: "published since 5 March 2025 "."""
    bounds = [
        f"{word} {moment.day} {moment:%B %Y}"
        for word, moment in (("since", filters.since), ("until", filters.until), ("by", filters.as_of))
        if moment
    ]
    published = f"published {' and '.join(bounds)} " if bounds else ""
    return published + (f"from {' or '.join(filters.publishers)} " if filters.publishers else "")
