"""When the articles don't say: the decision, and the reason in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.answering.evidence import Sentence
from bot.answering.question import Understanding
from index_store import ArticleSummary, Filters, Passage, day

# Coverage of the question's terms plus the best cosine: 0 to 2. Measured on the benchmark (benchmarks/README.md):
# a higher bar declines more of what the articles do not answer, and more of what they do.
LEAST_EVIDENCE = 1.13
MOST_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Findings:
    """
    What was searched and found for a question.

    Attributes:
        articles: How many articles pass the question's filters.
        newest: When the newest of them was published.
        unknown: Names and numbers of the question that stand in no article at all.
        passages: Best first.
        sentences: Evidence, best first.
    """

    articles: int
    newest: datetime | None
    unknown: tuple[str, ...]
    passages: tuple[Passage, ...]
    sentences: tuple[Sentence, ...]

    @property
    def evidence(self) -> float:
        """How well the best of it matches the question, in words and in meaning: 0 to 2."""
        coverage = max((sentence.coverage for sentence in self.sentences), default=0.0)
        return coverage + max((passage.cosine for passage in self.passages), default=0.0)


def reason_to_decline(question: Understanding, findings: Findings, filters: Filters) -> str | None:
    """
    Decide whether the evidence is enough.

    Args:
        question: What is asked.
        findings: What was found.
        filters: What the answer may draw on.

    Returns:
        Why nothing can be said, in words for the asker; None where something can.
    """
    if not question.terms:
        return "The question names nothing to look for."
    if findings.articles == 0:
        return _nothing_passes(filters)
    if findings.unknown:
        return f"No indexed article mentions {' or '.join(findings.unknown)}."
    if not findings.sentences or findings.evidence < LEAST_EVIDENCE:
        return _nothing_answers(findings, filters)
    return None


def _nothing_answers(findings: Findings, filters: Filters) -> str:
    newest = f" The newest is of {day(findings.newest)}." if findings.newest else ""
    if findings.articles == 1:
        return f"The only indexed article {_that_pass(filters)}does not answer this."
    return f"None of the {findings.articles:,} indexed articles {_that_pass(filters)}answers this.{newest}"


def nearest(passages: Sequence[Passage]) -> tuple[ArticleSummary, ...]:
    """Name the articles that came closest, each once."""
    summaries = dict.fromkeys(ArticleSummary.of(passage.article) for passage in passages)
    return tuple(summaries)[:MOST_NEAREST]


def _nothing_passes(filters: Filters) -> str:
    return f"No indexed article {_that_pass(filters).strip() or 'is there'}."


def _that_pass(filters: Filters) -> str:
    """Say in words what the filters ask for, with a space after it: "published since 5 March 2025 "."""
    bounds = [
        f"{word} {day(moment)}"
        for word, moment in (("since", filters.since), ("until", filters.until), ("by", filters.as_of))
        if moment
    ]
    published = f"published {' and '.join(bounds)} " if bounds else ""
    return published + (f"from {' or '.join(filters.publishers)} " if filters.publishers else "")
