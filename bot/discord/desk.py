"""Where every cog brings its questions: they are answered, kept and put into words; none ends in silence."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import discord

from bot.answering import Answer, Question
from bot.discord.embeds import apology, deliver, failure_of, in_words
from bot.discord.kept import KeptAnswer, Place
from bot.discord.memory import Memory
from bot.discord.questions import QuestionQueue, Told
from bot.discord.replies import Replies
from bot.discord.rule_book import RuleBook
from bot.discord.turns import Asker
from bot.render.discord import AnswerMessage, Style, answer_message
from bot.rules import GuildRules
from index_store import DatelineError, Filters, NewsIndex, whole_characters

Remembered = TypeVar("Remembered")
Tells = Callable[[str, Filters, NewsIndex], Told]  # topic, what may be drawn on, index → what is told

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
    Questions in, answers out, for slash commands, buttons and messages alike, as each server's managers want them.

    Attributes:
        replies: All that are under way, and what takes the message of each.
        rules: What they decided.
    """

    def __init__(self, questions: QuestionQueue, replies: Replies, memory: Memory, rules: RuleBook) -> None:
        self.rules = rules
        self._questions = questions
        self.replies = replies
        self._memory = memory

    def place(self, interaction: discord.Interaction, *, private: bool = False) -> Place:
        """Return who uses a command or button, where, and whether only they may see what comes of it."""
        channel, rules = interaction.channel, self.rules.of(interaction.guild_id)
        parent_id = channel.parent_id if isinstance(channel, discord.Thread) else None
        place = Place(interaction.user.id, interaction.channel_id or 0, interaction.guild_id, private, parent_id)
        return replace(place, private=private or rules.answers == "private" or not self._admits(place))

    def rules_in(self, place: Place) -> GuildRules:
        """Return what holds there."""
        return self.rules.of(place.guild_id)

    def style_in(self, place: Place) -> Style:
        """Return how messages are written there."""
        rules = self.rules_in(place)
        return Style(rules.dates, short=rules.length == "short")

    def admit(self, place: Place, *, aloud: bool = False) -> None:
        """
        Make sure that the bot may answer there.

        Raises:
            ElsewhereError, AnswersArePrivateError: See `GuildRules.admit`.
        """
        self.rules_in(place).admit(place.channel_id, place.parent_id, aloud=aloud)

    async def show(
        self,
        interaction: discord.Interaction,
        message: AnswerMessage | Awaitable[AnswerMessage],
        *,
        private: bool,
        view: discord.ui.View | None = None,
    ) -> None:
        """Acknowledge a command, then show what comes of it or what went wrong; a bot that stops waits for it."""

        async def shown() -> None:
            reply = await self.replies.acknowledge(interaction, private=private)
            await deliver(reply, message if isinstance(message, AnswerMessage) else await in_words(message), view)

        await self.replies.keep(shown())

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
            self.admit(place)
            filters = self.drawn_from(question.filters, place)
            asked = replace(question, text=whole_characters(question.text), filters=filters, conversation=turns or ())
            answer = await self._questions.ask(asked, Asker(place.user_id, place.guild_id))
        except DatelineError as error:
            logger.warning("no answer: %s", error)
            return Said(failure_of(error))
        except Exception:  # a person is waiting: whatever went wrong, they are told
            logger.exception("no answer")
            return Said(apology())
        earlier = follows.answer_id if follows else None
        answer_id = await self.remember(lambda memory: memory.keep(answer, place, follows=earlier))
        return Said(answer_message(answer, self.style_in(place)), answer, answer_id)

    async def overview(self, tell: Tells[Told], topic: str, filters: Filters, place: Place) -> Told:
        """
        Wait for an overview of a topic, in the same queue as questions; it is not kept.

        Raises:
            DatelineError: If it cannot be told, or not now or there.
        """
        self.admit(place)
        whole = whole_characters(topic)
        work = partial(tell, whole, self.drawn_from(filters, place))
        return await self._questions.overview(whole, work, Asker(place.user_id, place.guild_id))

    def drawn_from(self, filters: Filters, place: Place) -> Filters:
        """Let only the server's own sources pass where the asker names none."""
        return filters if filters.publishers else replace(filters, publishers=self.rules_in(place).sources)

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

    def _admits(self, place: Place) -> bool:
        return self.rules_in(place).admits(place.channel_id, place.parent_id)
