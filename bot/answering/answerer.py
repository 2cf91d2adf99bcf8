"""The way of a question: understand → search → evidence → claims → checked citations."""

import time
from contextlib import suppress
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Self

from bot.answering.answer import Answer, Question
from bot.answering.claims import choose, cite
from bot.answering.evidence import Matter, select
from bot.answering.follow_ups import standalone
from bot.answering.question import Understanding, understand
from bot.answering.refusal import Findings, nearest, reason_to_decline, signs_of
from index_store import (
    ArticleSummary,
    Configuration,
    EmptyIndexError,
    Filters,
    NewsIndex,
    Passage,
    StoreSettings,
    open_index,
)

_PASSAGES = 12
_PASSAGES_PER_ARTICLE = 3
_ABOUT_OPENING = 0.5  # share of a topic's words, by rarity, in headline and first chunk: the article is about it
_ABOUT_MEANING = 0.55  # cosine: below, an article shares no more than the field with a text


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
        understood = self._understand(question)
        filters, findings = self._find(understood, question.filters)
        reason = reason_to_decline(understood, findings, filters)
        claims, citations = (
            ((), ()) if reason else cite(choose(findings.sentences, understood, findings.matter), self._index.version)
        )
        if not claims and reason is None:
            reason = "No sentence of the indexed articles could be quoted as it stands."
        return Answer(
            question=question,
            standalone_question=understood.standalone,
            claims=claims,
            citations=citations,
            reason=reason,
            nearest=nearest(findings.passages) if reason else (),
            mode="extractive",
            elapsed_ms=round((time.monotonic() - began) * 1000, 1),
            window=filters,
        )

    def find(self, question: Question) -> Findings:
        """Search for a question's evidence, and measure it, without deciding on it."""
        return self._find(self._understand(question), question.filters)[1]

    def about(self, topic: str, *, limit: int) -> tuple[ArticleSummary, ...]:
        """
        Find articles about a topic, or much like a text.

        Returns:
            At most `limit` of them, the most relevant first; none where the index holds nothing like it.
        """
        passages = self._index.search(topic, Filters(), limit=limit, per_article=1)
        return tuple(ArticleSummary.of(passage.article) for passage in passages if _is_about(passage))

    def _understand(self, question: Question) -> Understanding:
        now = _asked_at(question.filters)
        text = standalone(question.text, question.conversation, now=now)
        return understand(text, terms=self._index.terms, now=now)

    def _find(self, question: Understanding, filters: Filters) -> tuple[Filters, Findings]:
        """Search within the period that a question names; then, of a date, in articles of other times that name it."""
        newest = self._index.newest_published_at(filters)
        if question.period is None:
            return filters, self._findings(question, filters, newest)
        within = filters.within(question.period.since, question.period.until)
        findings = self._findings(question, within, newest)
        if question.dated and reason_to_decline(question, findings, within):
            elsewhere = self._findings(question, filters, newest, must_name=question.dated)
            if not reason_to_decline(question, elsewhere, filters):
                return filters, elsewhere
        return within, findings

    def _findings(
        self, question: Understanding, filters: Filters, newest: datetime | None, *, must_name: tuple[str, ...] = ()
    ) -> Findings:
        matter = Matter(question, terms=self._index.terms, rarity=cache(self._index.rarity))
        passages = self._index.search(question.standalone, filters, limit=_PASSAGES, per_article=_PASSAGES_PER_ARTICLE)
        passages = tuple(passage for passage in passages if set(must_name) <= set(matter.terms(passage.text)))
        sentences = select(question, passages, matter)
        return Findings(
            articles=self._index.count_articles(filters),
            newest=newest,
            unknown=tuple(word for word in question.must_be_known if not self._index.mentions(word)),
            passages=passages,
            sentences=sentences,
            matter=matter,
            signs=signs_of(question, passages, sentences, matter),
        )


def _is_about(passage: Passage) -> bool:
    return passage.relevance.opening >= _ABOUT_OPENING or passage.relevance.meaning >= _ABOUT_MEANING


def _asked_at(filters: Filters) -> datetime:
    """Return when a question is asked, in the zone that was given, or else in the machine's own."""
    return filters.as_of or datetime.now().astimezone()


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
        self._opening = Lock()
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

    def about(self, topic: str, *, limit: int) -> tuple[ArticleSummary, ...]:
        """
        Find articles about a topic; see `Answerer.about`.

        Raises:
            EmptyIndexError: If nothing has been indexed yet.
        """
        return self._open().about(topic, limit=limit)

    def _open(self) -> Answerer:
        with self._opening:
            if self._answerer is None:
                self._answerer = Answerer.open(self._configuration, resident=True)
            return self._answerer
