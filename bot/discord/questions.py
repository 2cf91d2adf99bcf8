"""The queue between Discord's event loop, which must never wait, and the one thread that answers."""

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, Protocol, TypeVar

from bot.answering import Answer, Question
from bot.discord.cooldown import Cooldown
from bot.discord.metrics import Metrics
from bot.discord.turns import Asker, Turns
from index_store import DiscordError, NewsIndex

_FIRST_GUESS_S = 1.0
_WEIGHT_OF_LATEST = 0.2
_NOBODY = Asker(0)

Refusal = Literal["busy", "cooldown", "restarting"]

logger = logging.getLogger(__name__)


class Telling(Protocol):
    """What a question comes to: an answer, or an overview."""

    @property
    def reason(self) -> str | None:
        """Why nothing is told; None where something is."""
        ...


Told = TypeVar("Told", bound=Telling)


class AnswersQuestions(Protocol):
    """What the bot needs of an answerer: blocking calls, made from one thread, one at a time."""

    def ask(self, question: Question) -> Answer:
        """Answer a question, or abstain."""
        ...

    def from_index(self, read: Callable[[NewsIndex], Told]) -> Told:
        """Read what is no answer to a question from the same index."""
        ...


class RefusedError(DiscordError):
    """
    A question is not answered now; the remedy tells when to ask again.

    Attributes:
        refusal: Why.
    """

    def __init__(self, refusal: Refusal, message: str, *, remedy: str) -> None:
        super().__init__(message, remedy=remedy)
        self.refusal: Refusal = refusal


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """
    What one bot, and each person, may ask for.

    Attributes:
        waiting: Most questions waiting, not counting the one being answered.
        waiting_of_one: Most of them from one person.
        questions: Most questions of one person within `within_s` seconds.
    """

    waiting: int = 32
    waiting_of_one: int = 3
    questions: int = 10
    within_s: float = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    asker: Asker
    work: Callable[[], Any]
    answer: asyncio.Future[Any]

    def refuse(self, refusal: RefusedError) -> None:
        if not self.answer.done():
            self.answer.set_exception(refusal)


class QuestionQueue:
    """
    Questions answered one after the other, in a thread of their own, each server and each person in turn.

    One thread, because encoder and search use all cores for a single question; two would only slow each other down.
    All methods belong to the event loop.
    """

    def __init__(
        self,
        answerer: AnswersQuestions,
        limits: QueueLimits,
        metrics: Metrics,
        *,
        log_questions: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Start with an empty queue.

        Args:
            answerer: Used from the queue's thread only.
            limits: What is too much.
            metrics: Told what became of each question.
            log_questions: Whether the log holds what was asked.
            clock: Seconds; for forecasts and cooldowns.
        """
        self._answerer = answerer
        self._limits = limits
        self._metrics = metrics
        self._log_questions = log_questions
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="answers")
        self._turns: Turns[_Waiting] = Turns()
        self._background: deque[_Waiting] = deque()
        self._under_way: _Waiting | None = None
        self._began_at = 0.0
        self._cooldown = Cooldown(questions=limits.questions, within_s=limits.within_s, clock=clock)
        self._typical_s = _FIRST_GUESS_S
        self._answers = 0
        self._closing = False

    def __len__(self) -> int:
        """Count the questions that wait, without the one being answered."""
        return len(self._turns)

    @property
    def busy_s(self) -> float:
        """Seconds since the question under way was begun; 0 where there is none."""
        return self._clock() - self._began_at if self._under_way else 0.0

    async def ask(self, question: Question, asker: Asker) -> Answer:
        """
        Wait for a question's turn and its answer.

        Raises:
            RefusedError: If too many are waiting, this person asks too often, or the bot is being stopped.
            Exception: Whatever the answerer raises.
        """
        return await self._ask(question.text, partial(self._answerer.ask, question), asker)

    async def overview(self, topic: str, tell: Callable[[NewsIndex], Told], asker: Asker) -> Told:
        """
        Wait for an overview, which takes its turn as a question does.

        Args:
            topic: What it is about, for the log.
            tell: Makes it.
            asker: Who waits.

        Raises:
            RefusedError, Exception: See `ask`.
        """
        return await self._ask(topic, partial(self._answerer.from_index, tell), asker)

    async def in_background(self, tell: Callable[[NewsIndex], Told]) -> Told:
        """
        Wait for an overview that nobody asked for: it is begun only when no question waits, and counts as none.

        Raises:
            RefusedError: If the bot is being stopped.
            Exception: Whatever the answerer raises.
        """
        if self._closing:
            raise _restarting()
        answer: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        self._background.append(_Waiting(_NOBODY, partial(self._answerer.from_index, tell), answer))
        self._begin_next()
        return await answer

    async def _ask(self, asked: str, work: Callable[[], Told], asker: Asker) -> Told:
        began_at = self._clock()
        try:
            self._admit(asker)
            waiting = _Waiting(asker, work, asyncio.get_running_loop().create_future())
            self._turns.add(asker, waiting)
            self._begin_next()
            told: Told = await waiting.answer
        except Exception as error:
            self._note(asked, error.refusal if isinstance(error, RefusedError) else "failed", began_at)
            raise
        claims = {"claims": len(told.claims)} if isinstance(told, Answer) else {}
        self._note(asked, "declined" if told.reason else "answered", began_at, **claims)
        return told

    def close(self) -> None:
        """Go on with the question under way; those that wait, and those to come, are told that the bot restarts."""
        self._closing = True
        self._thread.shutdown(wait=False)
        for waiting in (*self._turns.clear(), *self._background):
            waiting.refuse(_restarting())
        self._background.clear()

    def abandon(self) -> None:
        """Tell even who asked the question under way that the bot restarts; its thread cannot be stopped."""
        if self._under_way:
            self._under_way.refuse(_restarting())

    def _admit(self, asker: Asker) -> None:
        """Make sure that one more question of this person may wait; one of somebody with more may have to go."""
        if self._closing:
            raise _restarting()
        if wait_s := self._cooldown.wait_s(asker.user_id):
            raise self._too_often(wait_s)
        if self._turns.count(asker.user_id) >= self._limits.waiting_of_one:
            raise self._busy(self._answers_until_turn(asker.user_id), of="your other questions")
        if self._under_way and len(self._turns) >= self._limits.waiting:
            displaced = self._turns.make_room(asker)
            if displaced is None:
                raise self._busy(len(self._turns) + 1, of="other questions")
            displaced.refuse(self._busy(len(self._turns) + 1, of="other questions"))
        self._cooldown.note(asker.user_id)

    def _begin_next(self) -> None:
        while (self._turns or self._background) and self._under_way is None:
            waiting = self._turns.take() if self._turns else self._background.popleft()
            if not waiting.answer.done():  # nobody waits for it any more
                self._under_way, self._began_at = waiting, self._clock()
                loop = asyncio.get_running_loop()
                work = loop.run_in_executor(self._thread, waiting.work)
                work.add_done_callback(partial(self._end, waiting))

    def _end(self, waiting: _Waiting, work: asyncio.Future[Any]) -> None:
        error = work.exception()
        if waiting.asker is not _NOBODY:  # forecasts are of what people ask
            self._answers += 1
            self._typical_s += max(_WEIGHT_OF_LATEST, 1 / self._answers) * (self.busy_s - self._typical_s)
        self._under_way = None
        if waiting.answer.done():
            pass  # whoever asked was told of the restart, or has gone
        elif error is not None:
            waiting.answer.set_exception(error)
        else:
            waiting.answer.set_result(work.result())
        self._begin_next()

    def _note(self, text: str, outcome: str, began_at: float, **more: int) -> None:
        took_s = self._clock() - began_at
        self._metrics.questions[outcome] += 1
        if outcome in ("answered", "declined"):
            self._metrics.answered_s.observe(took_s)
        asked = f": {text!r}" if self._log_questions else ""
        event = {"outcome": outcome, "took_s": round(took_s, 3), "waiting": len(self._turns)} | more
        logger.info("%s after %.2f s%s", outcome, took_s, asked, extra=event)

    def _answers_until_turn(self, user_id: int) -> int:
        """Count the answers until one of this person's waiting questions is begun."""
        ranks = (rank for rank, waiting in enumerate(self._turns.in_order(), 1) if waiting.asker.user_id == user_id)
        return next(ranks, 1)

    def _busy(self, answers: int, *, of: str) -> RefusedError:
        """Forecast how long so many answers take; one that takes longer than usual may take as long again."""
        busy_s = self.busy_s
        rest_s = busy_s if busy_s > self._typical_s else self._typical_s - busy_s
        remedy = f"Please try again in {max(1, math.ceil(rest_s + (answers - 1) * self._typical_s))} s."
        return RefusedError("busy", f"The bot is busy with {of}.", remedy=remedy)

    def _too_often(self, wait_s: float) -> RefusedError:
        many = f"{self._limits.questions} questions within {self._limits.within_s:.0f} s"
        remedy = f"Please ask again in {math.ceil(wait_s)} s."
        return RefusedError("cooldown", f"You have asked {many}, as many as one person may.", remedy=remedy)


def _restarting() -> RefusedError:
    return RefusedError("restarting", "The bot is restarting.", remedy="Please ask again in a minute.")
