"""Discord's side of asking; what an answer says is decided in `bot.answering`, how it looks in `bot.render`."""

import logging

import discord
from discord import app_commands
from discord.ext import commands

from bot.answering import Question
from bot.discord.buttons import answer_view
from bot.discord.desk import Desk, Said
from bot.discord.embeds import UNDELIVERED, deliver, embed_of
from bot.discord.kept import Place
from bot.discord.replies import Reply
from bot.discord.shelf import Shelf
from bot.discord.wanted import Wanted, publisher_choices
from bot.render.discord import failure_message
from bot.render.discord_details import notice
from bot.render.markup import visible
from index_store import DatelineError

LONGEST_QUESTION_CHARS = 300
_THREAD_NAME_CHARS = 100

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
        private="Show the answer only to you (default: no)",
        thread="Open a thread for further questions (default: no)",
    )
    async def ask(  # noqa: PLR0913, PLR0917 -- one argument an option
        self,
        interaction: discord.Interaction,
        question: app_commands.Range[str, 3, LONGEST_QUESTION_CHARS],
        since: app_commands.Range[str, 1, 60] | None = None,
        until: app_commands.Range[str, 1, 60] | None = None,
        source: app_commands.Range[str, 1, 100] | None = None,
        as_of: app_commands.Range[str, 1, 60] | None = None,
        private: bool = False,  # noqa: FBT001, FBT002 -- discord.py makes an option of it
        thread: bool = False,  # noqa: FBT001, FBT002 -- the same
    ) -> None:
        """Answer a question from the indexed news, every claim with the passage it comes from."""
        wanted = Wanted(since=since, until=until, as_of=as_of, source=source)
        await self._desk.run(self._reply(interaction, question, wanted, private=private, thread=thread))

    @ask.autocomplete("source")
    async def name_publishers(self, _: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the publishers that are indexed."""
        return await publisher_choices(self._shelf, typed)

    async def _reply(
        self, interaction: discord.Interaction, question: str, wanted: Wanted, *, private: bool, thread: bool
    ) -> None:
        """Acknowledge, then edit the acknowledgement."""
        reply = await self._desk.acknowledge(interaction, private=private)
        try:
            filters = await wanted.filters(self._shelf)
        except DatelineError as error:
            await deliver(reply, failure_message(error.message, remedy=error.remedy))
            return
        said = await self._desk.answer(Question(question, filters), place_of(interaction, private=private))
        shown = await show(self._desk, reply, said)
        if thread and shown:
            await self._open_thread(interaction, shown, question, private=private)

    async def _open_thread(
        self, interaction: discord.Interaction, message_id: int, question: str, *, private: bool
    ) -> None:
        """Open a thread under the answer; say why where that cannot be."""
        channel = interaction.channel
        if private or not isinstance(channel, discord.TextChannel):
            why = (
                "A private answer has no thread."
                if private
                else "A thread can be opened in a server's text channel only."
            )
            await _tell(interaction, why)
            return
        name = visible(question)[:_THREAD_NAME_CHARS] or "Question"
        try:
            opened = await channel.create_thread(name=name, message=discord.Object(message_id))
        except discord.Forbidden:
            await _tell(interaction, "I may not open threads here: give me the permission Create Public Threads.")
        except UNDELIVERED:
            logger.exception("a thread could not be opened")
            await _tell(interaction, "The thread could not be opened; it has been logged.")
        else:
            await self._greet(opened)

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


def place_of(interaction: discord.Interaction, *, private: bool) -> Place:
    """Return who uses a command, and where."""
    return Place(interaction.user.id, interaction.channel_id or 0, interaction.guild_id, private=private)


async def _tell(interaction: discord.Interaction, text: str) -> None:
    try:
        await interaction.followup.send(embed=embed_of(notice(text)), ephemeral=True)
    except UNDELIVERED:
        logger.exception("a reply could not be delivered")
