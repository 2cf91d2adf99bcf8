"""Where every cog brings its questions: they are answered, kept and put into words; none ends in silence."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import discord

from bot.answering import Answer, Question
from bot.discord.embeds import apology
from bot.discord.kept import KeptAnswer, Place
from bot.discord.memory import Memory
from bot.discord.questions import QuestionQueue, Told
from bot.discord.replies import Replies, Reply
from bot.discord.turns import Asker
from bot.render.discord import AnswerMessage, answer_message, failure_message
from index_store import DatelineError, NewsIndex

Remembered = TypeVar("Remembered")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
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
    """
    Questions in, answers out, for slash commands, buttons and messages alike.

    Attributes:
        replies: What takes messages that answer no interaction.
    """

    def __init__(self, questions: QuestionQueue, replies: Replies, memory: Memory) -> None:
        self._questions = questions
        self.replies = replies
        self._memory = memory

    async def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what ends in a reply; a bot that stops waits for it."""
        await self.replies.keep(work)

    async def acknowledge(self, interaction: discord.Interaction, *, private: bool) -> Reply:
        """Show who used a command or button that the bot is thinking, and return what takes the message."""
        return await self.replies.acknowledge(interaction, private=private)

    async def answer(self, question: Question, place: Place, *, follows: KeptAnswer | None = None) -> Said:
        """
        Answer a question and keep the answer.

        Args:
            question: As asked, with its filters.
            place: Who asks, and where.
            follows: The answer whose conversation it continues.
        """
        turns = await self.remember(lambda memory: memory.conversation(follows)) if follows else None
        try:
            asked = replace(question, text=_whole(question.text), conversation=turns or ())
            answer = await self._questions.ask(asked, Asker(place.user_id, place.guild_id))
        except DatelineError as error:
            logger.warning("no answer: %s", error)
            return Said(failure_message(error.message, remedy=error.remedy))
        except Exception:  # a person is waiting: whatever went wrong, they are told
            logger.exception("no answer")
            return Said(apology())
        earlier = follows.answer_id if follows else None
        answer_id = await self.remember(lambda memory: memory.keep(answer, place, follows=earlier))
        return Said(answer_message(answer), answer, answer_id)

    async def overview(self, topic: str, tell: Callable[[str, NewsIndex], Told], place: Place) -> Told:
        """
        Wait for an overview of a topic, in the same queue as questions; it is not kept.

        Raises:
            DatelineError: If it cannot be told, or not now.
        """
        whole = _whole(topic)
        return await self._questions.overview(whole, partial(tell, whole), Asker(place.user_id, place.guild_id))

    async def note_sent(self, said: Said, message_id: int | None) -> None:
        """Note which message shows what was said."""
        answer_id = said.answer_id
        if answer_id is not None and message_id is not None:
            await self.remember(lambda memory: memory.sent(answer_id, message_id))

    async def remember(self, ask: Callable[[Memory], Remembered]) -> Remembered | None:
        """Use the memory, off the event loop. If it fails that is logged, and nobody's reply is lost: None."""
        try:
            return await asyncio.to_thread(ask, self._memory)
        except (sqlite3.Error, OSError, ValueError):
            logger.exception("the memory failed")
            return None


def _whole(text: str) -> str:
    """Replace halves of characters, which Discord's JSON can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
