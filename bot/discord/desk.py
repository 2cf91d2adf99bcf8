"""Where every cog brings its questions: they are answered, kept and put into words; none ends in silence."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bot.answering import Answer, Question
from bot.discord.embeds import apology
from bot.discord.kept import KeptAnswer, Place
from bot.discord.memory import Memory
from bot.discord.questions import QuestionQueue
from bot.render.discord import AnswerMessage, answer_message, failure_message
from index_store import DatelineError

GRACE_S = 10.0

Remembered = TypeVar("Remembered")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What a question came to.

    Attributes:
        message: The answer, or what went wrong.
        answer: What is said; None where something went wrong.
        answer_id: The number under which it is kept; None where it is not.
    """

    message: AnswerMessage
    answer: Answer | None = None
    answer_id: int | None = None


class Desk:
    """Questions in, replies out, for slash commands, buttons and messages alike."""

    def __init__(self, questions: QuestionQueue, memory: Memory) -> None:
        self._questions = questions
        self._memory = memory
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self, reply: Coroutine[Any, Any, None]) -> None:
        """Do what ends in a reply, so that `finish` waits for it."""
        task = asyncio.create_task(reply)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await task

    async def finish(self) -> None:
        """Answer the question under way, tell the others that the bot restarts, and wait until all replies are out."""
        self._questions.close()
        if self._under_way:
            logger.info("finishing %d replies", len(self._under_way))
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_S):
                while self._under_way:
                    await asyncio.wait(self._under_way)

    async def reply(self, question: Question, place: Place, *, follows: KeptAnswer | None = None) -> Reply:
        """
        Answer a question and keep the answer.

        Args:
            question: As asked, with its filters.
            place: Who asks, and where.
            follows: The answer whose conversation it continues.
        """
        started = time.monotonic()
        whole = question.text.encode("utf-8", "replace").decode("utf-8")  # Discord's JSON can hold halves of characters
        turns = await self.remember(lambda memory: memory.conversation(follows)) if follows else None
        try:
            answer = await self._questions.ask(replace(question, text=whole, conversation=turns or ()))
        except DatelineError as error:
            logger.warning("no answer after %.2f s: %s", time.monotonic() - started, error)
            return Reply(failure_message(error.message, remedy=error.remedy))
        except Exception:  # a person is waiting: whatever went wrong, they are told
            logger.exception("no answer after %.2f s", time.monotonic() - started)
            return Reply(apology())
        logger.info("answered in %.2f s, %d claims", time.monotonic() - started, len(answer.claims))
        earlier = follows.answer_id if follows else None
        answer_id = await self.remember(lambda memory: memory.keep(answer, place, follows=earlier))
        return Reply(answer_message(answer), answer, answer_id)

    async def note_sent(self, reply: Reply, message_id: int | None) -> None:
        """Note which message shows a reply."""
        answer_id = reply.answer_id
        if answer_id is not None and message_id is not None:
            await self.remember(lambda memory: memory.sent(answer_id, message_id))

    async def remember(self, ask: Callable[[Memory], Remembered]) -> Remembered | None:
        """Use the memory, off the event loop. If it fails that is logged, and nobody's reply is lost: None."""
        try:
            return await asyncio.to_thread(ask, self._memory)
        except (sqlite3.Error, OSError, ValueError):
            logger.exception("the memory failed")
            return None
