"""The queue between Discord's event loop, which must never wait, and the one thread that answers."""

import asyncio
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from bot.answering import Answer, Question
from index_store import DiscordError

_FIRST_GUESS_S = 1.0
_WEIGHT_OF_LATEST = 0.2


class AnswersQuestions(Protocol):
    """What the bot needs of an answerer: one blocking call, made from one thread at a time."""

    def ask(self, question: Question) -> Answer:
        """Answer a question, or abstain."""
        ...


class QuestionQueue:
    """
    Questions answered one after the other, first come first served, in a thread of their own.

    One thread, because encoder and search use all cores for a single question; two would only slow each other down.
    """

    def __init__(self, answerer: AnswersQuestions, *, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        """
        Start with an empty queue.

        Args:
            answerer: Used from the queue's thread only.
            limit: Most questions waiting, not counting the one being answered.
            clock: Seconds; for the forecast of waiting times.
        """
        self._answerer = answerer
        self._limit = limit
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="answers")
        self._pending = 0
        self._typical_s = _FIRST_GUESS_S
        self._closing = False

    async def ask(self, question: Question) -> Answer:
        """
        Wait for a question's turn and its answer.

        Raises:
            DiscordError: If too many are waiting already, or the bot is being stopped.
            Exception: Whatever the answerer raises.
        """
        if self._closing:
            raise _restarting()
        if self._pending > self._limit:
            raise self._busy()
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._answer, question)
        finally:
            self._pending -= 1

    def close(self) -> None:
        """Finish the question under way; those still waiting, and those to come, are told that the bot restarts."""
        self._closing = True
        self._thread.shutdown(wait=False)

    def _answer(self, question: Question) -> Answer:
        if self._closing:
            raise _restarting()
        started = self._clock()
        try:
            return self._answerer.ask(question)
        finally:
            self._typical_s += _WEIGHT_OF_LATEST * (self._clock() - started - self._typical_s)

    def _busy(self) -> DiscordError:
        wait_s = max(1, math.ceil(self._pending * self._typical_s))
        return DiscordError("The bot is busy with other questions.", remedy=f"Please try again in {wait_s} s.")


def _restarting() -> DiscordError:
    return DiscordError("The bot is restarting.", remedy="Please ask again in a minute.")
