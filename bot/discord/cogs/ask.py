"""Discord's side of asking; what an answer says is decided in `bot.answering`, how it looks in `bot.render`."""

import logging

import discord
from discord import app_commands
from discord.ext import commands

from bot.answering import Question
from bot.discord.questions import QuestionQueue
from bot.discord.replies import Replies, asker_of
from bot.discord.turns import Asker
from bot.render.discord import AnswerMessage, answer_message, failure_message
from index_store import DatelineError

logger = logging.getLogger(__name__)


class Ask(commands.Cog):
    """The command `/ask`. Every question ends in a reply: an answer, an honest no, or what went wrong."""

    def __init__(self, questions: QuestionQueue, replies: Replies) -> None:
        self._questions = questions
        self._replies = replies

    @app_commands.command()
    @app_commands.describe(
        question="What would you like to know from the news?", private="Show the answer only to you (default: no)"
    )
    async def ask(
        self,
        interaction: discord.Interaction,
        question: app_commands.Range[str, 3, 300],
        private: bool = False,  # noqa: FBT001, FBT002 -- discord.py makes an option of it
    ) -> None:
        """Answer a question from the indexed news, every claim with the passage it comes from."""
        await self._replies.keep(self._reply(interaction, Question(question), private=private))

    async def _reply(self, interaction: discord.Interaction, question: Question, *, private: bool) -> None:
        """Acknowledge, then answer; if Discord refuses the answer, say at least that."""
        reply = await self._replies.acknowledge(interaction, private=private)
        message = await self._message(question, asker_of(interaction))
        if not await reply.send(embed=_embed(message)):
            await reply.send(embed=_embed(_apology()))

    async def _message(self, question: Question, asker: Asker) -> AnswerMessage:
        try:
            return answer_message(await self._questions.ask(question, asker))
        except DatelineError as error:
            logger.warning("no answer: %s", error)
            return failure_message(error.message, remedy=error.remedy)
        except Exception:  # a person is waiting: whatever went wrong, they are told
            logger.exception("no answer")
            return _apology()


def _apology() -> AnswerMessage:
    return failure_message("Something went wrong on our side; it has been logged.", remedy="Please try again later.")


def _embed(message: AnswerMessage) -> discord.Embed:
    embed = discord.Embed(title=message.title, description=message.description, colour=message.colour)
    for field in message.fields:
        embed.add_field(name=field.name, value=field.value, inline=False)
    return embed.set_footer(text=message.footer or None)
