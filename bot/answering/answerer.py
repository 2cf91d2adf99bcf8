"""The way of a question: understand → search → evidence → claims → checked citations."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import cache
from threading import Lock
from typing import Self, TypeVar

from bot.answering.answer import Answer, Citation, Claim, Question
from bot.answering.claims import Statement, choose, cite, only_of
from bot.answering.events import event_in, period_since
from bot.answering.evidence import Matter, select
from bot.answering.follow_ups import standalone
from bot.answering.forms import Side, sides_of, timeline_topic
from bot.answering.question import Understanding, understand
from bot.answering.refusal import Findings, nearest, reason_to_decline, signs_of
from bot.answering.wording import Telling, Told, Wording, worded
from bot.settings import BotSettings
from index_store import (
    ArticleSummary,
    Configuration,
    EmptyIndexError,
    Filters,
    LiveChunk,
    NewsIndex,
    Passage,
    StoreSettings,
    open_index,
)

Read = TypeVar("Read")

_PASSAGES = 12
_PASSAGES_PER_ARTICLE = 3
_ABOUT_OPENING = 0.5  # share of a topic's words, by rarity, in headline and first chunk: the article is about it
_ABOUT_MEANING = 0.55  # cosine: below, an article shares no more than the field with a text
_EVENTS = 10  # of a timeline that is asked for among other questions
_NOTHING_QUOTABLE = "No sentence of the indexed articles could be quoted as it stands."


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is said and of which window; or else the reason, and what came closest."""

    told: Told
    window: Filters
    reason: str | None
    nearest: tuple[ArticleSummary, ...] = ()


class Answerer:
    """Answers questions from one open index; one question at a time."""

    def __init__(self, index: NewsIndex, wording: Wording | None = None, *, zone: tzinfo | None = None) -> None:
        """
        Answer from an index.

        Args:
            index: Open for reading; closed with this.
            wording: What words the answers; None quotes.
            zone: Where days begin for those who ask; None for where the time of asking says, or the machine is.
        """
        self._index, self._wording = index, wording
        self._zone = zone

    @classmethod
    def open(cls, configuration: Configuration, *, resident: bool, wording: Wording | None = None) -> Self:
        """
        Open the index that the configuration names.

        Args:
            configuration: The settings in force.
            resident: Whether many questions will follow.
            wording: What words the answers; None quotes.

        Raises:
            IndexStoreError: If there is no index, or it cannot be used.
            EncoderError: If the embedding model cannot be loaded.
        """
        store = configuration.section(StoreSettings)
        return cls(open_index(store, resident=resident), wording, zone=configuration.section(BotSettings).zone)

    def close(self) -> None:
        """Close the index."""
        self._index.close()

    def ask(self, question: Question, hear: Callable[[Claim], None] | None = None) -> Answer:
        """
        Answer a question with quotes, or say that the articles don't.

        Args:
            question: What is asked, and of which articles.
            hear: Told each claim that a model worded as soon as it is checked. The answer is what is returned: a
                model that fails after that leaves quotes.

        Returns:
            An answer in which each claim rests on exact spans of stored articles.
        """
        began = time.monotonic()
        understood = self._understand(question)
        outcome = self._outcome(understood, question.filters, hear)
        return Answer(
            question=question,
            standalone_question=understood.standalone,
            claims=outcome.told.claims,
            citations=outcome.told.citations,
            reason=outcome.reason,
            nearest=outcome.nearest if outcome.reason else (),
            mode=outcome.told.mode,
            elapsed_ms=round((time.monotonic() - began) * 1000, 1),
            window=outcome.window,
            note=outcome.told.note,
        )

    def _outcome(self, understood: Understanding, filters: Filters, hear: Callable[[Claim], None] | None) -> _Outcome:
        topic = timeline_topic(understood.standalone)
        if topic:
            return self._timeline(topic, filters)
        sides = sides_of(understood.standalone)
        return self._compared(sides, filters) if sides else self._answered(understood, filters, hear)

    def _answered(self, understood: Understanding, filters: Filters, hear: Callable[[Claim], None] | None) -> _Outcome:
        window, findings = self._find(understood, filters)
        reason = reason_to_decline(understood, findings, window)
        told = Told(*(((), ()) if reason else self._quoted(understood, findings)))
        if not told.claims and reason is None:
            reason = _NOTHING_QUOTABLE
        if told.claims and self._wording and not any(claim.standing for claim in told.claims):  # it would choose one
            telling = Telling(self._index.version, hear)
            told = worded(self._wording, understood.standalone, findings, telling, quoted=told)
        return _Outcome(told, window, reason, nearest(findings.passages))

    def _compared(self, sides: Sequence[Side], filters: Filters) -> _Outcome:
        """Say the best of each side; where one of them cannot be answered, that is no comparison."""
        statements: list[Statement] = []
        for side in sides:
            understood = self._understand(Question(side.question, filters))
            window, findings = self._find(understood, filters)
            reason = reason_to_decline(understood, findings, window)
            if reason:
                return _Outcome(Told((), ()), window, f"Of {side.name}: {reason}", nearest(findings.passages))
            rest = [other.name for other in sides if other is not side]
            of_it = only_of(findings.sentences, side.name, rest, findings.matter)
            if not of_it:
                return _Outcome(
                    Told((), ()), window, f"Of {side.name}: {_NOTHING_QUOTABLE}", nearest(findings.passages)
                )
            best = choose(of_it, understood, findings.matter)[0]
            if not any(best.rests_on_the_same_as(other) for other in statements):
                statements.append(best)
        told = Told(*cite(statements, self._index.version))
        return _Outcome(told, filters, None if told.claims else _NOTHING_QUOTABLE)

    def _timeline(self, topic: str, filters: Filters) -> _Outcome:
        from bot.overviews import timeline  # which is built on this package

        found = timeline(self._index, topic, filters, limit=_EVENTS)
        claims = tuple(replace(event.claim, when=event.date) for event in found.events)
        return _Outcome(Told(claims, found.citations), filters, found.reason, found.nearest)

    def from_index(self, read: Callable[[NewsIndex], Read]) -> Read:
        """Read what is no answer to a question, such as a timeline, from the index that questions are answered from."""
        return read(self._index)

    def find(self, question: Question) -> Findings:
        """Search for a question's evidence, and measure it, without deciding on it."""
        return self._find(self._understand(question), question.filters)[1]

    def about(self, topic: str, filters: Filters, *, limit: int) -> tuple[ArticleSummary, ...]:
        """
        Find articles about a topic, or much like a text, among those that pass the filters.

        Returns:
            At most `limit` of them, the most relevant first; none where the index holds nothing like it.
        """
        passages = self._index.search(topic, filters, limit=limit, per_article=1)
        return tuple(ArticleSummary.of(passage.article) for passage in passages if _is_about(passage))

    def _quoted(self, understood: Understanding, findings: Findings) -> tuple[tuple[Claim, ...], tuple[Citation, ...]]:
        return cite(choose(findings.sentences, understood, findings.matter), self._index.version)

    def _understand(self, question: Question) -> Understanding:
        now = question.filters.as_of or datetime.now().astimezone()
        now = now.astimezone(self._zone) if self._zone else now
        text = standalone(question.text, question.conversation, now=now)
        understood = understand(text, terms=self._index.terms, now=now)
        since = event_in(text) if understood.period is None else None
        if since is None:
            return understood
        passages = self._index.search(text, question.filters, limit=_PASSAGES, per_article=_PASSAGES_PER_ARTICLE)
        period = period_since(since[0], since["event"], passages, terms=self._index.terms, zone=now.tzinfo or UTC)
        return understand(text, terms=self._index.terms, now=now, period=period)

    def _with_opening(self, passages: tuple[Passage, ...], filters: Filters) -> tuple[Passage, ...]:
        """Add the best article's opening, where news says what happened, with the score of its weakest passage."""
        own = [passage for passage in passages if passage.article == passages[0].article]
        if any(passage.chunk.position == 0 for passage in own):
            return passages
        opened = self._index.chunks_of([passage.article.article_id for passage in own[:1]], filters, most=1)
        return (*passages, *(_opening(live, like=own[-1]) for live in opened))

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
        passages = self._with_opening(passages, filters)
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


def _opening(live: LiveChunk, *, like: Passage) -> Passage:
    return replace(like, article=live.version.article, version=live.version.number, chunk=live.chunk)


def _is_about(passage: Passage) -> bool:
    return passage.relevance.opening >= _ABOUT_OPENING or passage.relevance.meaning >= _ABOUT_MEANING


class LateAnswerer:
    """An answerer whose index another process may still have to fill: it is opened with the first question."""

    def __init__(self, configuration: Configuration, wording: Wording | None = None) -> None:
        """
        Open the index, if there is anything in it.

        Raises:
            IndexStoreError: If it cannot be used.
            EncoderError: If the embedding model cannot be loaded.
        """
        self._configuration, self._wording = configuration, wording
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

    def about(self, topic: str, filters: Filters, *, limit: int) -> tuple[ArticleSummary, ...]:
        """
        Find articles about a topic; see `Answerer.about`.

        Raises:
            EmptyIndexError: If nothing has been indexed yet.
        """
        return self._open().about(topic, filters, limit=limit)

    def from_index(self, read: Callable[[NewsIndex], Read]) -> Read:
        """
        Read what is no answer to a question; see `Answerer.from_index`.

        Raises:
            EmptyIndexError: If nothing has been indexed yet.
        """
        return self._open().from_index(read)

    def _open(self) -> Answerer:
        with self._opening:
            if self._answerer is None:
                self._answerer = Answerer.open(self._configuration, resident=True, wording=self._wording)
            return self._answerer
