"""A model's reply → statements, each borne out by a sentence that was found."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.answering.claims import MOST_CLAIMS, MOST_WORDS, Statement, with_witnesses
from bot.answering.evidence import LONGEST_SENTENCE_CHARS, Matter, Sentence, could_be_quoted, share
from bot.answering.lead_ins import without_lead_in
from bot.answering.refusal import Findings
from bot.answering.wording import UnwordedError
from bot.llm.alignment import Mismatch, mismatch
from bot.llm.client import Client
from bot.llm.cutting import plain_claim, sentences
from bot.llm.prompt import NO_ANSWER, prompt_for
from bot.llm.tokens import Token, tokens
from index_store import Passage, Span

MOST_PASSAGES = 6
_WORTH_SAYING = 0.6  # of the best sentence's score; lower than for quotes, since the model chose too
_KEEPS_WHAT_IS_ASKED = 0.85  # of what its sentence holds of what is asked


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    What could bear a claim out.

    Attributes:
        sentence: A sentence, or two that follow each other, as they would be quoted.
        words: The words of each.
    """

    sentence: Sentence
    words: tuple[tuple[Token, ...], ...]


class ModelWording:
    """
    Words answers with a model, and believes nothing it says.

    Attributes:
        dropped: How many sentences of replies were dropped so far, by reason; None for those that could be no claim.
        kept: How many were kept.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self.dropped: Counter[Mismatch | None] = Counter()
        self.kept = 0

    def statements(self, question: str, findings: Findings) -> Iterator[Statement]:
        """
        Yield what the model says and a sentence bears out, each as soon as it is known; see `Wording`.

        Raises:
            UnwordedError: If the model fails, or says that it has no answer.
        """
        passages = _best_passages(findings.sentences)
        found = list(candidates(findings.sentences, passages))
        said: list[Statement] = []
        for sentence in sentences(self._client.reply(prompt_for(question, passages))):
            if not said and sentence.strip(" .\n").upper().startswith(NO_ANSWER):
                raise UnwordedError("the model found no answer in the passages")
            statement = self._statement(sentence, found, findings.matter)
            if statement and _is_new(statement, said) and _fits(statement, said):
                said.append(statement)
                yield with_witnesses(statement, findings.sentences, findings.matter)
            if len(said) == MOST_CLAIMS:
                return

    def _statement(self, sentence: str, found: list[Candidate], matter: Matter) -> Statement | None:
        text = plain_claim(sentence)
        if text is None:
            self.dropped[None] += bool(sentence.strip())
            return None
        text = _without_lead_in(text)
        claim = tokens(text)
        reasons = [mismatch(claim, candidate.words) for candidate in found]
        for candidate, reason in zip(found, reasons, strict=True):
            if reason is None and _keeps_what_is_asked(text, candidate.sentence, matter):
                self.kept += 1
                return Statement(candidate.sentence, text=text)
        nearest = max((reason for reason in reasons if reason), key=list(Mismatch).index, default=None)
        self.dropped[nearest] += 1
        return None


def _best_passages(found: tuple[Sentence, ...]) -> tuple[Passage, ...]:
    """Return the passages of the best sentences."""
    places = {(s.passage.article.article_id, s.passage.chunk.position): s.passage for s in reversed(found)}
    return tuple(reversed(places.values()))[:MOST_PASSAGES]


def candidates(found: tuple[Sentence, ...], passages: tuple[Passage, ...]) -> Iterator[Candidate]:
    """
    Yield what a claim could rest on: the sentences worth saying, best first, then pairs that begin or end with one.

    Args:
        found: The evidence, best first.
        passages: Those that the model was shown.
    """
    worth = [sentence for sentence in found if sentence.score >= _WORTH_SAYING * found[0].score]
    shown = {(passage.article.article_id, passage.chunk.position) for passage in passages}
    worth = [s for s in worth if (s.passage.article.article_id, s.passage.chunk.position) in shown]
    yield from (_candidate(sentence, _spans(sentence)[-1:]) for sentence in worth)
    for sentence in worth:
        for pair in pairwise(sentence.passage.chunk.sentences):
            is_short = pair[1].end - pair[0].start <= LONGEST_SENTENCE_CHARS
            if is_short and _spans(sentence)[-1] in pair and all(_could_be_quoted(sentence, one) for one in pair):
                yield _candidate(sentence, list(pair))


def _could_be_quoted(sentence: Sentence, span: Span) -> bool:
    return could_be_quoted(sentence.passage.article.text[span.start : span.end])


def _spans(sentence: Sentence) -> list[Span]:
    """Return the spans of the sentences that it is quoted with, itself last."""
    start, end = sentence.span
    return [span for span in sentence.passage.chunk.sentences if start < span.end <= end]


def _without_lead_in(text: str) -> str:
    own = without_lead_in(text, Span(0, len(text)))
    return text[own.start : own.end]


def _candidate(sentence: Sentence, spans: list[Span]) -> Candidate:
    text = sentence.passage.article.text
    spans = [without_lead_in(text, spans[0]), *spans[1:]]
    words = tuple(tokens(text[span.start : span.end]) for span in spans)
    return Candidate(replace(sentence, span=Span(spans[0].start, spans[-1].end)), words)


def _keeps_what_is_asked(claim: str, sentence: Sentence, matter: Matter) -> bool:
    """Whether a claim holds what its sentence holds of what is asked; a name alone answers nothing."""
    held = {term: matter.asked[term] for term in matter.terms(sentence.text) if term in matter.asked}
    return bool(held) and share(set(matter.terms(claim)), held) >= _KEEPS_WHAT_IS_ASKED


def _is_new(statement: Statement, said: list[Statement]) -> bool:
    article, span = statement.sentence.passage.article.article_id, statement.sentence.span
    return not any(
        one.sentence.passage.article.article_id == article
        and one.sentence.span.start < span.end
        and span.start < one.sentence.span.end
        for one in said
    )


def _fits(statement: Statement, said: list[Statement]) -> bool:
    """Whether there is room for it; for the first there is."""
    return not said or sum(len(one.said.split()) for one in [*said, statement]) <= MOST_WORDS
