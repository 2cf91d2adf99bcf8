"""Sentences → claims with numbered citations, each checked against the stored text."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.answering.agreement import agrees, could_know
from bot.answering.answer import Citation, Claim, Standing, Support
from bot.answering.disagreement import ToldFigure, contradicts, differing
from bot.answering.evidence import Matter, Sentence, share
from bot.answering.question import Understanding
from index_store import Version

MOST_CLAIMS = 3
MOST_WORDS = 55
MOST_WITNESSES = 2  # to a claim, beside the sentence it is made of
_WORTH_SAYING = 0.8  # of the best sentence's score
_ON_THE_MATTER = 0.25  # of what the best sentence holds of what is asked; what answers need not repeat the question
_SAME = 0.6  # of what one sentence tells, the share that another tells too
_AGREES = 0.5  # of what is asked for, and of what a claim tells beyond it, the share that bears it out
_Place: TypeAlias = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Statement:
    """
    What is to be said, and what bears it out.

    Attributes:
        sentence: What is said.
        witnesses: Sentences of other articles that tell the same; copies of one report are one article.
        standing: Whether it is the newest of several figures for what is asked; None where there is but one.
        is_disputed: Whether another article gave another figure at the same time.
        text: What is said where it is not the sentence itself, but worded from it; "" for the sentence.
    """

    sentence: Sentence
    witnesses: tuple[Sentence, ...] = ()
    standing: Standing | None = None
    is_disputed: bool = False
    text: str = ""

    @property
    def said(self) -> str:
        """What the asker reads, on one line."""
        return " ".join((self.text or self.sentence.text).split())

    def rests_on_the_same_as(self, other: "Statement") -> bool:
        """Whether both are made of overlapping sentences of one article, and would say one thing twice."""
        return _overlap(self.sentence, other.sentence)


def choose(sentences: Sequence[Sentence], question: Understanding, matter: Matter) -> tuple[Statement, ...]:
    """
    Choose what is said: figures that differ; else the best sentence, and others as good that say something else.

    Args:
        sentences: Best first.
        question: What is asked.
        matter: The question's terms.

    Returns:
        At most `MOST_CLAIMS` statements. Where no figures differ, beyond the first none that would make the answer
        longer than `MOST_WORDS`.
    """
    figures = differing(sentences, question, matter)[:MOST_CLAIMS]
    if figures:
        return tuple(_statements_of(figures, sentences, matter))
    return tuple(with_witnesses(Statement(one), sentences, matter) for one in _best(sentences, matter))


def only_of(sentences: Sequence[Sentence], name: str, others: Sequence[str], matter: Matter) -> list[Sentence]:
    """Keep the sentences that tell of one of several that are compared, and of no other where there are such."""
    own, of_others = set(matter.terms(name)), set(matter.terms(" ".join(others)))
    held = [(sentence, set(matter.terms(sentence.text))) for sentence in sentences]
    of_it = [(sentence, terms) for sentence, terms in held if own <= terms]
    alone = [sentence for sentence, terms in of_it if not (of_others - own) & terms]
    return alone or [sentence for sentence, _ in of_it]


def _statements_of(figures: Sequence[ToldFigure], sentences: Sequence[Sentence], matter: Matter) -> Iterator[Statement]:
    """State each figure, the newest first."""
    newest, *others = figures
    for told in figures:
        statement = Statement(
            told.sentence,
            standing="newest" if told is newest else "older",
            is_disputed=any(contradicts(one, newest) for one in (others if told is newest else [told])),
        )
        yield with_witnesses(statement, sentences, matter)


def _best(sentences: Sequence[Sentence], matter: Matter) -> list[Sentence]:
    chosen: list[Sentence] = []
    words = 0
    for sentence in sentences:
        length = len(sentence.text.split())
        fits = words + length <= MOST_WORDS and _is_worth_saying(sentence, sentences[0])
        if not chosen or (fits and not any(_tell_the_same(sentence, one, matter) for one in chosen)):
            chosen.append(sentence)
            words += length
        if len(chosen) == MOST_CLAIMS:
            break
    return chosen


def with_witnesses(statement: Statement, sentences: Sequence[Sentence], matter: Matter) -> Statement:
    """Add to a statement the sentences that bear it out, of those that were found."""
    return replace(statement, witnesses=tuple(_witnesses(statement, sentences, matter)))


def _is_worth_saying(sentence: Sentence, best: Sentence) -> bool:
    """Whether a sentence is about as good as the best one, and holds something of what is asked."""
    is_as_good = sentence.score >= _WORTH_SAYING * best.score
    return is_as_good and sentence.features.asked >= _ON_THE_MATTER * best.features.asked


def _witnesses(claim: Statement, sentences: Sequence[Sentence], matter: Matter) -> Iterator[Sentence]:
    """Yield the best sentence of each other article that bears a claim out, for the first few articles."""
    beyond, told_at = matter.beyond(claim.said), claim.sentence.passage.article.published_at
    seen = {claim.sentence.passage.article.article_id}
    for other in sentences:
        article_id = other.passage.article.article_id
        if article_id in seen or len(seen) > MOST_WITNESSES or other.features.asked < _AGREES:
            continue
        if not could_know(told_at, other.passage.article.published_at):
            continue
        if agrees(claim.said, other.text) and share(set(matter.terms(other.text)), beyond) >= _AGREES:
            seen.add(article_id)
            yield other


def _overlap(one: Sentence, other: Sentence) -> bool:
    same_article = one.passage.article.article_id == other.passage.article.article_id
    return same_article and one.span.start < other.span.end and other.span.start < one.span.end


def _tell_the_same(one: Sentence, other: Sentence, matter: Matter) -> bool:
    """Whether two sentences overlap, or most of what one of them tells, the other tells too: one fact retold."""
    if _overlap(one, other):
        return True
    terms, others = set(matter.terms(one.text)), set(matter.terms(other.text))
    return len(terms & others) >= _SAME * min(len(terms), len(others))


def cite(
    statements: Sequence[Statement], stored: Callable[[str, int], Version]
) -> tuple[tuple[Claim, ...], tuple[Citation, ...]]:
    """
    Make a claim of each statement, with citations of exact spans, numbered by first use.

    Args:
        statements: What is said, in order.
        stored: Looks up an article version.

    Returns:
        Claims and citations. A sentence that the stored version does not hold at its span is dropped.
    """
    claims: list[Claim] = []
    citations: dict[_Place, Citation] = {}
    for statement in statements:
        quoted = [_citation(sentence) for sentence in (statement.sentence, *statement.witnesses)]
        quoted = [one for one in quoted if holds(one, stored(one.article_id, one.version))]
        if not quoted or quoted[0].quote != statement.sentence.text:
            continue
        for one in quoted:
            citations.setdefault(_place(one), replace(one, n=len(citations) + 1))
        numbers = tuple(citations[_place(one)].n for one in quoted)
        claims.append(Claim(statement.said, numbers, _support(statement, quoted), statement.standing))
    return tuple(claims), tuple(citations.values())


def _support(statement: Statement, quoted: Sequence[Citation]) -> Support:
    if statement.is_disputed:
        return "disputed"
    return "confirmed" if len(quoted) > 1 else "single-source"


def _place(citation: Citation) -> _Place:
    return citation.article_id, citation.version, citation.start, citation.end


def holds(citation: Citation, version: Version) -> bool:
    """Whether the version's text holds the quote at its span, to the letter."""
    return bool(citation.quote) and version.article.text[citation.start : citation.end] == citation.quote


def _citation(sentence: Sentence) -> Citation:
    passage = sentence.passage
    return Citation.of(passage.article, passage.version, sentence.span, also_in=passage.also_in)
