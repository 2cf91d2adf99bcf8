"""Discord's side of asking; what an answer says is decided in `bot.answering`, how it looks in `bot.render`."""

import logging
from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.answering import Question
from bot.discord.buttons import answer_view
from bot.discord.choices import Publisher, When, publisher_choices
from bot.discord.desk import Desk, Said
from bot.discord.embeds import deliver, embed_of, failure_of
from bot.discord.kept import Place
from bot.discord.refusals import UNDELIVERED
from bot.discord.replies import Reply
from bot.discord.shelf import Shelf
from bot.discord.wanted import Wanted
from bot.render.discord import with_line
from bot.render.discord_details import notice
from bot.render.markup import visible
from index_store import DatelineError

LONGEST_QUESTION_CHARS = 300
_THREAD_NAME_CHARS = 100
_PRIVATE_ANYWAY = "*On this server answers are private: only you see this one.*"

logger = logging.getLogger(__name__)


class Ask(commands.Cog):
    """The command `/ask`. Every question ends in a reply: an answer, an honest no, or what went wrong."""

    def __init__(self, desk: Desk, shelf: Shelf, *, conversation: str) -> None:
        self._desk = desk
        self._shelf = shelf
        self._conversation = conversation

    @app_commands.command()
    @app_commands.describe(
        question="What would you like to know from the news?",
        since="Only articles from then on: 2025-03-05, March 2025, last week",
        until="Only articles up to then",
        source="Only articles of this publisher",
        as_of="Answer as if it were then: nothing published later",
        private="Show the answer only to you (default: as this server has it)",
        thread="Open a thread for further questions (default: as this server has it)",
    )
    async def ask(  # noqa: PLR0913, PLR0917 -- one argument an option
        self,
        interaction: discord.Interaction,
        question: app_commands.Range[str, 3, LONGEST_QUESTION_CHARS],
        since: When | None = None,
        until: When | None = None,
        source: Publisher | None = None,
        as_of: When | None = None,
        private: bool | None = None,  # noqa: FBT001 -- discord.py makes an option of it
        thread: bool | None = None,  # noqa: FBT001 -- the same
    ) -> None:
        """Answer a question from the indexed news, every claim with the passage it comes from."""
        wanted = Wanted(since=since, until=until, as_of=as_of, source=source)
        await self._desk.replies.keep(self._reply(interaction, question, wanted, private=private, thread=thread))

    @ask.autocomplete("source")
    async def name_publishers(self, _: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the publishers that are indexed."""
        return await publisher_choices(self._shelf, typed)

    async def _reply(
        self,
        interaction: discord.Interaction,
        question: str,
        wanted: Wanted,
        *,
        private: bool | None,
        thread: bool | None,
    ) -> None:
        """Acknowledge, then edit the acknowledgement."""
        place = self._desk.place(interaction, private=bool(private))
        reply = await self._desk.replies.acknowledge(interaction, private=place.private)
        try:
            filters = await wanted.filters(self._shelf)
        except DatelineError as error:
            await deliver(reply, failure_of(error))
            return
        said = await self._desk.answer(Question(question, filters), place)
        if said.answer and private is False and place.private:
            said = replace(said, message=with_line(said.message, _PRIVATE_ANYWAY))
        shown = await show(self._desk, reply, said)
        if shown:
            await self._continue_in_thread(interaction, shown, said, place, wanted=thread)

    async def _continue_in_thread(
        self, interaction: discord.Interaction, message_id: int, said: Said, place: Place, *, wanted: bool | None
    ) -> None:
        """Open a thread under the answer where the asker or the server wants one; tell an asker why there is none."""
        rule, channel = self._desk.rules_in(place).threads, interaction.channel
        hindrance = _hindrance(rule, channel, private=place.private)
        if wanted and hindrance:
            await _tell(interaction, hindrance)
        elif said.answer is None or hindrance or not isinstance(channel, discord.TextChannel):
            return
        elif wanted or (wanted is None and rule == "always" and not said.answer.abstained):
            failure = await self._open_thread(channel, message_id, said.answer.question.text)
            if failure and (wanted or interaction.permissions.manage_guild):  # others can do nothing about it
                await _tell(interaction, failure)

    async def _open_thread(self, channel: discord.TextChannel, message_id: int, question: str) -> str:
        """Open a thread under the answer; returns why where that cannot be, "" where it is open."""
        name = visible(question)[:_THREAD_NAME_CHARS] or "Question"
        try:
            opened = await channel.create_thread(name=name, message=discord.Object(message_id))
        except discord.Forbidden:
            logger.warning("no thread may be opened in channel %d", channel.id)
            return "I may not open threads here: give me the permission Create Public Threads."
        except UNDELIVERED:
            logger.exception("a thread could not be opened")
            return "The thread could not be opened; it has been logged. Please try again later."
        await self._greet(opened)
        return ""

    async def _greet(self, thread: discord.Thread) -> None:
        how = {"off": "Ask on with /ask.", "mentions": "Ask on here: write and mention me."}
        try:
            await thread.send(embed=embed_of(notice(how.get(self._conversation, "Ask on here: just write."))))
        except UNDELIVERED as error:
            logger.warning("no message could be sent into a new thread: %s", error)


async def show(desk: Desk, reply: Reply, said: Said) -> int | None:
    """Show what is said with its buttons; returns the id of its message, None where it could not be shown."""
    quotes = bool(said.answer and said.answer.citations)
    shown = await deliver(reply, said.message, answer_view(said.answer_id, quotes=quotes))
    await desk.note_sent(said, shown)
    return shown


def _hindrance(rule: str, channel: object, *, private: bool) -> str:
    """Say why no thread can be opened; "" where one can."""
    if private:
        return "A private answer has no thread."
    if not isinstance(channel, discord.TextChannel):
        return "A thread can be opened in a server's text channel only."
    return "This server's managers want no threads under answers." if rule == "never" else ""


async def _tell(interaction: discord.Interaction, text: str) -> None:
    try:
        await interaction.followup.send(embed=embed_of(notice(text)), ephemeral=True)
    except UNDELIVERED:
        logger.exception("a reply could not be delivered")
