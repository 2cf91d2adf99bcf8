"""The way of a question: understand → search → evidence → claims → checked citations."""

import time
from contextlib import suppress
from typing import Self

from bot.answering.answer import Answer, Question
from bot.answering.claims import choose, cite
from bot.answering.evidence import TermWeights, select
from bot.answering.question import Understanding, understand
from bot.answering.refusal import Findings, nearest, reason_to_decline
from index_store import Configuration, EmptyIndexError, Filters, NewsIndex, Passage, StoreSettings, open_index

_PASSAGES = 12
_PASSAGES_PER_ARTICLE = 3


class Answerer:
    """Answers questions from one open index; one question at a time."""

    def __init__(self, index: NewsIndex) -> None:
        self._index = index

    @classmethod
    def open(cls, configuration: Configuration, *, resident: bool) -> Self:
        """
        Open the index that the configuration names.

        Args:
            configuration: The settings in force.
            resident: Whether many questions will follow.

        Raises:
            IndexStoreError: If there is no index, or it cannot be used.
            EncoderError: If the embedding model cannot be loaded.
        """
        store = configuration.section(StoreSettings)
        return cls(open_index(store, resident=resident))

    def close(self) -> None:
        """Close the index."""
        self._index.close()

    def ask(self, question: Question) -> Answer:
        """
        Answer a question with quotes, or say that the articles don't.

        Returns:
            An answer in which each claim rests on exact spans of stored articles.
        """
        began = time.monotonic()
        understood = understand(question.text, terms=self._index.terms)
        passages = self._index.search(
            understood.standalone, question.filters, limit=_PASSAGES, per_article=_PASSAGES_PER_ARTICLE
        )
        findings = self._findings(understood, passages, question.filters)
        reason = reason_to_decline(understood, findings, question.filters)
        claims, citations = ((), ()) if reason else cite(choose(findings.sentences), self._index.version)
        if not claims and reason is None:
            reason = "No sentence of the indexed articles could be quoted as it stands."
        return Answer(
            question=question,
            standalone_question=understood.standalone,
            claims=claims,
            citations=citations,
            reason=reason,
            nearest=nearest(passages) if reason else (),
            mode="extractive",
            elapsed_ms=round((time.monotonic() - began) * 1000, 1),
        )

    def _findings(self, question: Understanding, passages: tuple[Passage, ...], filters: Filters) -> Findings:
        return Findings(
            articles=self._index.count_articles(filters),
            newest=self._index.newest_published_at(filters),
            unknown=tuple(name for name in question.names if not self._index.mentions(name)),
            passages=passages,
            sentences=select(question, passages, self._weights(question)),
        )

    def _weights(self, question: Understanding) -> TermWeights:
        return TermWeights(self._index.terms, {term: self._index.rarity(term) for term in question.terms})


class LateAnswerer:
    """An answerer whose index another process may still have to fill: it is opened with the first question."""

    def __init__(self, configuration: Configuration) -> None:
        """
        Open the index, if there is anything in it.

        Raises:
            IndexStoreError: If it cannot be used.
            EncoderError: If the embedding model cannot be loaded.
        """
        self._configuration = configuration
        self._answerer: Answerer | None = None
        with suppress(EmptyIndexError):
            self._open()

    def close(self) -> None:
        """Close the index."""
        if self._answerer:
            self._answerer.close()

    def ask(self, question: Question) -> Answer:
        """
        Answer a question; see `Answerer.ask`.

        Raises:
            EmptyIndexError: If nothing has been indexed yet.
        """
        return self._open().ask(question)

    def _open(self) -> Answerer:
        if self._answerer is None:
            self._answerer = Answerer.open(self._configuration, resident=True)
        return self._answerer
