"""Choosing the sentences that answer: pure, and explained by its features."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answering.question import Kind, Understanding
from index_store import Passage, Span

# What counts for a sentence, chosen on half of the benchmark's questions (benchmarks/README.md).
OVERLAP_WEIGHT = 1.0  # of the question's terms, the share it holds itself
CONTEXT_WEIGHT = 0.2  # the further share that its headline and the sentence before hold
PASSAGE_WEIGHT = 0.3  # its passage's score, as a share of the best passage's
KIND_WEIGHT = 0.3  # whether it shows a name, number or date where one is asked for
LEAD_WEIGHT = 0.1  # whether it stands in the article's first chunk
LONGEST_SENTENCE_CHARS = 600
_SHORTEST_SENTENCE_WORDS = 4

_NAME = re.compile(r"(?<![.!?“\"]\s)(?<!^)\b[A-Z][\w’'-]+")
_NUMBER = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|dozens?|hundreds?|thousands?|millions?|billions?|half)\b",
    re.I,
)
_TIME = re.compile(
    r"\b(\d{4}|\d{1,2}(st|nd|rd|th)?|january|february|march|april|may|june|july|august|september|october|november|"
    r"december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|tomorrow|yesterday|next|last|week|month)\b",
    re.I,
)
_SIGNS = {Kind.NUMBER: _NUMBER, Kind.TIME: _TIME}
# "He said so" says nothing without the sentence before.
_NEEDS_THE_ONE_BEFORE = re.compile(r"^[\"“'‘(]*(he|she|it|they|this|that|these|those|his|her|its|their|both)\b", re.I)


@dataclass(frozen=True, slots=True)
class Sentence:
    """
    A sentence that might answer.

    Attributes:
        passage: Where it stands.
        span: Its characters in the article's text; with the sentence before it where it would say nothing alone.
        score: Higher is better; comparable between questions.
        coverage: Share of the question's terms, by rarity, that it holds together with its headline and neighbour.
    """

    passage: Passage
    span: Span
    score: float
    coverage: float

    @property
    def text(self) -> str:
        """The sentence, to the letter."""
        return self.passage.article.text[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class TermWeights:
    """
    How a question's terms count.

    Attributes:
        terms: Reduces a text to index terms.
        weights: Each of the question's terms with its rarity.
    """

    terms: Callable[[str], list[str]]
    weights: dict[str, float]

    def share(self, *texts: str) -> float:
        """Share of the question's terms, by weight, that the texts hold together: 0 to 1."""
        held = {term for text in texts for term in self.terms(text)}
        total = sum(self.weights.values())
        return sum(weight for term, weight in self.weights.items() if term in held) / total if total else 0.0


def select(question: Understanding, passages: Sequence[Passage], weights: TermWeights) -> tuple[Sentence, ...]:
    """
    Score every sentence of the passages as an answer.

    Args:
        question: What is asked.
        passages: Best first.
        weights: The question's terms.

    Returns:
        Sentences, best first; of equal ones that of the better passage, then the earlier one.
    """
    best = passages[0].score if passages else 1.0
    scored = [
        _score(question, passage, position, weights, rank_share=passage.score / best if best else 0.0)
        for passage in passages
        for position, span in enumerate(passage.chunk.sentences)
        if _could_be_quoted(passage.article.text[span.start : span.end])
    ]
    return tuple(sorted(scored, key=lambda sentence: -sentence.score))


def _could_be_quoted(text: str) -> bool:
    return len(text.split()) >= _SHORTEST_SENTENCE_WORDS and len(text) <= LONGEST_SENTENCE_CHARS


def _score(
    question: Understanding, passage: Passage, position: int, weights: TermWeights, *, rank_share: float
) -> Sentence:
    article, sentences = passage.article, passage.chunk.sentences
    span = sentences[position]
    text = article.text[span.start : span.end]
    before = article.text[slice(*sentences[position - 1])] if position else ""
    overlap, coverage = weights.share(text), weights.share(text, before, article.title)
    score = (
        OVERLAP_WEIGHT * overlap
        + CONTEXT_WEIGHT * (coverage - overlap)
        + PASSAGE_WEIGHT * rank_share
        + KIND_WEIGHT * _shows(question, text, weights)
        + LEAD_WEIGHT * (passage.chunk.position == 0)
    )
    return Sentence(passage, _with_context(text, position, sentences), score, coverage)


def _with_context(text: str, position: int, sentences: Sequence[Span]) -> Span:
    span = sentences[position]
    if position and _NEEDS_THE_ONE_BEFORE.match(text):
        before = sentences[position - 1]
        if span.end - before.start <= LONGEST_SENTENCE_CHARS:
            return Span(before.start, span.end)
    return span


def _shows(question: Understanding, text: str, weights: TermWeights) -> float:
    """Whether a sentence holds something of the kind asked for that the question does not name already: 0 or 1."""
    if question.kind is Kind.NAME:
        return float(any(not set(weights.terms(name)) & weights.weights.keys() for name in _NAME.findall(text)))
    sign = _SIGNS.get(question.kind)
    return float(bool(sign and any(m.group().casefold() not in weights.weights for m in sign.finditer(text))))
