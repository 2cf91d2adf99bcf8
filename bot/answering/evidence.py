"""Choosing the sentences that answer: pure, and explained by its features."""

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from bot.answering.lead_ins import without_lead_in
from bot.answering.question import Kind, Understanding
from index_store import Passage, Span

LONGEST_SENTENCE_CHARS = 600
_SHORTEST_SENTENCE_WORDS = 4
_SHORT_SENTENCE_WORDS = 8
_LEAST_LOWER_CASE_WORDS = 3  # fewer are a heading, a place and a date, or a credit
_EARLY_CHARS = 500
_TELLING_RARITY = 2.5  # of a headline's words, those that stand in fewer than one chunk in twelve

_SIGNS = {
    Kind.SHARE: re.compile(r"\d\s?%|\bper ?cent|\bhalf\b|\bquarter|\bthird", re.I),
    Kind.MONEY: re.compile(r"[$€£¥]\s?\d|\b(dollars?|cents|euros?|pounds|yen|yuan|rupees)\b", re.I),
    Kind.NUMBER: re.compile(
        r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|"
        r"millions?|billions?|half|third|quarter)\b",
        re.I,
    ),
    Kind.TIME: re.compile(
        r"\b(\d{4}|\d{1,2}(st|nd|rd|th)?|january|february|march|april|may|june|july|august|september|october|november|"
        r"december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|tomorrow|yesterday|next|last|week|"
        r"month)\b",
        re.I,
    ),
    Kind.STATEMENT: re.compile(
        r"\b(said|says|told|tells|called|calls|warned|added|argued|insisted|wrote|announced|claimed|promised|demanded|"
        r"denied|replied|responded|vowed|according to)\b",
        re.I,
    ),
}
# "He said so" says nothing without the sentence before.
_NEEDS_THE_ONE_BEFORE = re.compile(r"^[\"“'‘(]*(he|she|it|they|this|that|these|those|his|her|its|their|both)\b", re.I)

# What an article says to a model answers nobody.
_ADDRESSES_A_MODEL = re.compile(
    r"(?:^|[-–—]\s+)\W*(?:(?:system|assistant|user|human)(?: (?:prompt|message|note))?\W{0,3}:|"
    r"(?:(?:now|please|and|then|also|you (?:must|should))\b\W*)*(?:ignore|disregard|forget) "
    r"(?:all |any |of |the |your |my |these )*(?:previous|prior|above|earlier|preceding) "
    r"(?:instruction|prompt|direction|order|message|rule)s?\b)",
    re.I,
)


class Features(NamedTuple):
    """
    What speaks for a sentence as the answer to a question; each from 0 to 1.

    Attributes:
        asked: Share of the terms that are asked about, by rarity, that it holds.
        phrases: Share of the pairs of terms that are asked about that it holds.
        headline: Share of what its headline tells beyond the question, by rarity, that it holds: headlines often name
            what is asked for.
        kind: Whether it shows a number, an amount or a time where one is asked for.
        passage: Its passage's score, as a share of the best one's.
        article: 1 for the best article, a half for the second, a third for the next.
        early: 1 at the beginning of its article, a half after 500 characters, and so on.
        quotation: Whether it quotes somebody.
        short: Whether it has fewer than eight words.
    """

    asked: float
    phrases: float
    headline: float
    kind: float
    passage: float
    article: float
    early: float
    quotation: float
    short: float


# Learned by benchmarks/train_answers.py; what was tried is in benchmarks/answers.md.
WEIGHTS = Features(
    asked=2.1, phrases=3.5, headline=1.6, kind=3.5, passage=3.2, article=2.7, early=2.3, quotation=0.8, short=-1.6
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """
    A sentence that might answer.

    Attributes:
        passage: Where it stands.
        span: Its characters in the article's text, without a dateline ("PARIS — "), and with the sentence before it
            where it would say nothing alone.
        features: What speaks for it.
    """

    passage: Passage
    span: Span
    features: Features

    @property
    def score(self) -> float:
        """The weighted sum of its features: comparable between sentences for one question."""
        return sum(weight * value for weight, value in zip(WEIGHTS, self.features, strict=True))

    @property
    def text(self) -> str:
        """The sentence, to the letter."""
        return self.passage.article.text[self.span.start : self.span.end]


class Matter:
    """
    A question's terms, and how much each of them tells.

    Args:
        question: What is asked.
        terms: Reduces a text to index terms.
        rarity: Inverse document frequency of a term.
    """

    def __init__(
        self, question: Understanding, *, terms: Callable[[str], list[str]], rarity: Callable[[str], float]
    ) -> None:
        self.terms, self.rarity = terms, rarity
        self.named = {term: rarity(term) for term in question.terms}
        self.asked = {term: rarity(term) for term in question.asked}
        self.phrases = question.phrases
        self._all = set(terms(question.standalone))

    def beyond(self, text: str) -> dict[str, float]:
        """Return the terms of a text that are not in the question, with their rarity."""
        return {term: self.rarity(term) for term in set(self.terms(text)) - self._all}


def share(held: Container[str], wanted: Mapping[str, float]) -> float:
    """Share of the wanted terms, by their weights, that are held: 0 to 1; 0 where none is wanted."""
    total = sum(wanted.values())
    return sum(weight for term, weight in wanted.items() if term in held) / total if total else 0.0


def select(question: Understanding, passages: Sequence[Passage], matter: Matter) -> tuple[Sentence, ...]:
    """
    Score every sentence of the passages as an answer.

    Args:
        question: What is asked.
        passages: Best first.
        matter: The question's terms.

    Returns:
        Sentences, best first; of equal ones that of the better passage, then the earlier one.
    """
    places: dict[str, int] = {}
    found: list[Sentence] = []
    for passage in passages:
        place = places.setdefault(passage.article.article_id, len(places))
        found += _Passage(question, matter, passage, best=passages[0].score, place=place).sentences()
    return tuple(sorted(found, key=lambda sentence: -sentence.score))


class _Passage:
    """The sentences of one passage."""

    def __init__(self, question: Understanding, matter: Matter, passage: Passage, *, best: float, place: int) -> None:
        self._kind, self._matter, self._passage = question.kind, matter, passage
        self._rank_share = passage.score / best if best else 0.0
        self._article_share = 1 / (1 + place)
        beyond = matter.beyond(passage.article.title)
        self._told = {term: rarity for term, rarity in beyond.items() if rarity > _TELLING_RARITY}

    def sentences(self) -> Iterator[Sentence]:
        """Yield those that could be quoted."""
        for position, span in enumerate(self._passage.chunk.sentences):
            text = self._passage.article.text[span.start : span.end]
            if could_be_quoted(text):
                yield Sentence(self._passage, self._with_context(text, position), self._features(text, span))

    def _features(self, text: str, span: Span) -> Features:
        terms, phrases = self._matter.terms(text), self._matter.phrases
        held = set(terms)
        sign = _SIGNS.get(self._kind)
        return Features(
            asked=share(held, self._matter.asked),
            phrases=len(phrases & set(pairwise(terms))) / len(phrases) if phrases else 0.0,
            headline=share(held, self._told),
            kind=float(bool(sign and sign.search(text))),
            passage=self._rank_share,
            article=self._article_share,
            early=1 / (1 + span.start / _EARLY_CHARS),
            quotation=float("“" in text or '"' in text),
            short=float(len(text.split()) < _SHORT_SENTENCE_WORDS),
        )

    def _with_context(self, text: str, position: int) -> Span:
        span = self._passage.chunk.sentences[position]
        if position and _NEEDS_THE_ONE_BEFORE.match(text):
            before = self._passage.chunk.sentences[position - 1]
            own = self._passage.article.text[before.start : before.end]
            if span.end - before.start <= LONGEST_SENTENCE_CHARS and not addresses_a_model(own):
                return Span(before.start, span.end)
        return without_lead_in(self._passage.article.text, span)


def addresses_a_model(text: str) -> bool:
    """Whether a sentence begins as orders to a language model do: "SYSTEM: …", "Ignore all previous instructions"."""
    return bool(_ADDRESSES_A_MODEL.search(text))


def could_be_quoted(text: str) -> bool:
    """Whether a sentence can be evidence: neither a fragment nor endless, no heading, and not said to a model."""
    words = text.split()
    if len(words) < _SHORTEST_SENTENCE_WORDS or len(text) > LONGEST_SENTENCE_CHARS or addresses_a_model(text):
        return False
    has_capitals = any(char.isupper() for char in text)  # other scripts know no case
    return not has_capitals or sum(word[:1].islower() for word in words) >= _LEAST_LOWER_CASE_WORDS
