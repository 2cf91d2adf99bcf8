"""When the articles don't say: the decision, and the reason in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.answering.evidence import Matter, Sentence, share
from bot.answering.question import Understanding
from index_store import ArticleSummary, Filters, Passage, day

MOST_NEAREST = 3
_AGELESS = 0.5  # counts for the freshness of what is asked about another time


class Signs(NamedTuple):
    """
    What speaks for an answer being among what was found; each about 0 to 1.

    Attributes:
        article: Share of the question's terms, by rarity, that one of the best articles holds.
        names: The same of its names; 1 where it has none.
        numbers: The same of its numbers.
        evidence: Score of the best sentence, in tenths.
        meaning, headline, opening, freshness: Those of the best passage (see `Relevance`).
        lead: How far the best article's passage is ahead of those of others.
    """

    article: float
    names: float
    numbers: float
    evidence: float
    meaning: float
    headline: float
    opening: float
    freshness: float
    lead: float


# Learned by benchmarks/train_answers.py; what was tried, and the curve of answering against declining, are in
# benchmarks/answers.md.
WEIGHTS = Signs(
    article=0.7,
    names=0.8,
    numbers=2.6,
    evidence=2.7,
    meaning=2.3,
    headline=3.4,
    opening=2.0,
    freshness=2.3,
    lead=8.0,
)
BIAS = -10.7
LEAST_CONFIDENCE = 0.62
# Of a question's terms, by rarity, the share that makes a sentence an answer whatever the rest says: of 257 questions
# that the articles do not answer it admits one.
_ENOUGH_IN_ONE_SENTENCE = 0.85
_LEAST_TERMS = 2  # a single word says nothing of what is asked about it


@dataclass(frozen=True, slots=True)
class Findings:
    """
    What was searched and found for a question.

    Attributes:
        articles: How many articles pass the question's filters, its own period included.
        newest: When the newest was published that passes without that period.
        unknown: Names and numbers of the question that stand in no article at all.
        passages: Best first.
        sentences: Evidence, best first.
        matter: The question's terms.
        signs: What speaks for an answer being among them.
    """

    articles: int
    newest: datetime | None
    unknown: tuple[str, ...]
    passages: tuple[Passage, ...]
    sentences: tuple[Sentence, ...]
    matter: Matter
    signs: Signs

    @property
    def stands_in_one_sentence(self) -> bool:
        """Whether one sentence holds nearly all that the question names."""
        wanted = self.matter.named
        return len(wanted) >= _LEAST_TERMS and any(
            share(set(self.matter.terms(sentence.text)), wanted) >= _ENOUGH_IN_ONE_SENTENCE
            for sentence in self.sentences
        )

    @property
    def confidence(self) -> float:
        """The probability that the best of it answers, as learned: 0 to 1."""
        return 1 / (1 + math.exp(-BIAS - sum(w * x for w, x in zip(WEIGHTS, self.signs, strict=True))))


def signs_of(
    question: Understanding, passages: Sequence[Passage], sentences: Sequence[Sentence], matter: Matter
) -> Signs:
    """
    Measure what was found.

    Args:
        question: What is asked.
        passages: Best first.
        sentences: Best first.
        matter: The question's terms.
    """
    if not passages or not sentences:
        return Signs(*(0.0 for _ in Signs._fields))
    articles = {passage.article.article_id: passage.article for passage in passages}
    held = [set(matter.terms(f"{article.title} {article.text}")) for article in list(articles.values())[:3]]
    best = passages[0]
    others = [passage.score for passage in passages if passage.article.article_id != best.article.article_id]
    return Signs(
        article=max(share(terms, matter.named) for terms in held),
        names=max(_share_of(question.names, terms, matter) for terms in held),
        numbers=max(_share_of(question.numbers, terms, matter) for terms in held),
        evidence=sentences[0].score / 10,
        meaning=best.relevance.meaning,
        headline=best.relevance.headline,
        opening=best.relevance.opening,
        freshness=_freshness(passages),
        lead=best.score - max(others, default=0.0),
    )


def _share_of(words: Sequence[str], held: set[str], matter: Matter) -> float:
    """Share of words that are held, by rarity; 1 where there are none."""
    terms = matter.terms(" ".join(words))
    return share(held, {term: matter.rarity(term) for term in terms}) if terms else 1.0


def _freshness(passages: Sequence[Passage]) -> float:
    freshest = max(passage.relevance.freshness for passage in passages[:3])
    return min(freshest, 1.0) if freshest else _AGELESS


def reason_to_decline(question: Understanding, findings: Findings, filters: Filters) -> str | None:
    """
    Decide whether the evidence is enough.

    Args:
        question: What is asked.
        findings: What was found.
        filters: What the answer may draw on, the question's own period included.

    Returns:
        Why nothing can be said, in words for the asker; None where something can.
    """
    if not question.terms:
        return "The question names nothing to look for."
    if findings.articles == 0:
        return _nothing_passes(question, findings, filters)
    if findings.unknown:
        return f"No indexed article mentions {' or '.join(findings.unknown)}."
    if findings.confidence < LEAST_CONFIDENCE and not findings.stands_in_one_sentence:
        return _nothing_answers(findings, filters)
    return None


def _nothing_answers(findings: Findings, filters: Filters) -> str:
    newest = f" The newest is of {day(findings.newest)}." if findings.newest else ""
    if findings.articles == 1:
        return f"The only indexed article {that_pass(filters)}does not answer this."
    return f"None of the {findings.articles:,} indexed articles {that_pass(filters)}answers this.{newest}"


def nearest(passages: Sequence[Passage]) -> tuple[ArticleSummary, ...]:
    """Name the articles that came closest, each once."""
    summaries = dict.fromkeys(ArticleSummary.of(passage.article) for passage in passages)
    return tuple(summaries)[:MOST_NEAREST]


def _nothing_passes(question: Understanding, findings: Findings, filters: Filters) -> str:
    phrase = f" (“{question.period.phrase}”)" if question.period else ""
    newest = f" The newest otherwise is of {day(findings.newest)}." if findings.newest else ""
    return f"No indexed article {that_pass(filters).strip() or 'is there'}{phrase}.{newest}"


def that_pass(filters: Filters) -> str:
    """Say in words what the filters ask for, with a space after it: "published since 5 March 2025 "."""
    bounds = [
        f"{word} {day(moment)}"
        for word, moment in (("since", filters.since), ("until", filters.until), ("by", filters.as_of))
        if moment
    ]
    published = f"published {' and '.join(bounds)} " if bounds else ""
    return published + (f"from {' or '.join(filters.publishers)} " if filters.publishers else "")
