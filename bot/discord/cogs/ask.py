"""Discord's side of asking; what an answer says is decided in `bot.answering`, how it looks in `bot.render`."""

import asyncio
import logging
import time
from contextlib import suppress

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.answering import Question
from bot.discord.questions import AnswersQuestions, QuestionQueue
from bot.render.discord import AnswerMessage, answer_message, failure_message
from index_store import DatelineError

GRACE_S = 10.0

logger = logging.getLogger(__name__)


class Ask(commands.Cog):
    """The command `/ask`. Every question ends in a reply: an answer, an honest no, or what went wrong."""

    def __init__(self, answerer: AnswersQuestions, *, queue_limit: int) -> None:
        self._questions = QuestionQueue(answerer, limit=queue_limit)
        self._replying: set[asyncio.Task[None]] = set()

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
        reply = asyncio.create_task(self._reply(interaction, Question(question), private=private))
        self._replying.add(reply)
        reply.add_done_callback(self._replying.discard)
        await reply

    async def finish(self) -> None:
        """Answer the question under way, tell the others that the bot restarts, and wait until all replies are out."""
        self._questions.close()
        if self._replying:
            logger.info("finishing %d replies", len(self._replying))
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_S):
                while self._replying:
                    await asyncio.wait(self._replying)

    async def _reply(self, interaction: discord.Interaction, question: Question, *, private: bool) -> None:
        """Acknowledge, then edit the acknowledgement; if Discord refuses the answer, say at least that."""
        await interaction.response.defer(thinking=True, ephemeral=private)  # Discord gives up on us after 3 s
        for message in (await self._message(question), _apology()):
            try:
                await interaction.edit_original_response(embed=_embed(message))
            except (discord.HTTPException, aiohttp.ClientError, OSError):
                logger.exception("a reply could not be delivered")
            else:
                return

    async def _message(self, question: Question) -> AnswerMessage:
        started = time.monotonic()
        try:
            answer = await self._questions.ask(question)
        except DatelineError as error:
            logger.warning("no answer after %.2f s: %s", time.monotonic() - started, error)
            return failure_message(error.message, remedy=error.remedy)
        except Exception:  # a person is waiting: whatever went wrong, they are told
            logger.exception("no answer after %.2f s", time.monotonic() - started)
            return _apology()
        logger.info("answered in %.2f s, %d claims", time.monotonic() - started, len(answer.claims))
        return answer_message(answer)


def _apology() -> AnswerMessage:
    return failure_message("Something went wrong on our side; it has been logged.", remedy="Please try again later.")


def _embed(message: AnswerMessage) -> discord.Embed:
    embed = discord.Embed(title=message.title, description=message.description, colour=message.colour)
    for field in message.fields:
        embed.add_field(name=field.name, value=field.value, inline=False)
    return embed.set_footer(text=message.footer or None)
