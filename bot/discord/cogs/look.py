"""Commands that show what there is: articles, publishers, help, and what is kept about a person."""

from collections.abc import Awaitable

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.buttons import ForgetButton
from bot.discord.choices import Topic, topic_choices
from bot.discord.desk import Desk
from bot.discord.shelf import Shelf
from bot.render.discord import AnswerMessage
from bot.render.discord_details import (
    article_message,
    articles_message,
    help_message,
    holdings_message,
    privacy_message,
)
from bot.settings import DiscordSettings
from index_store import DiscordError, Filters

_LATEST = 10


class Look(commands.Cog):
    """Commands that read and tell; only who uses them sees the reply."""

    def __init__(self, desk: Desk, shelf: Shelf, settings: DiscordSettings) -> None:
        self._desk = desk
        self._shelf = shelf
        self._settings = settings

    @app_commands.command()
    @app_commands.describe(topic="What the articles should be about; all where it is left out")
    async def latest(self, interaction: discord.Interaction, topic: Topic | None = None) -> None:
        """Show the newest articles, of a topic or of all."""
        await self._show(interaction, self._latest(interaction, topic))

    @latest.autocomplete("topic")
    async def name_topics(self, _: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer what indexed articles are about."""
        return await topic_choices(self._shelf, typed)

    @app_commands.command()
    async def sources(self, interaction: discord.Interaction) -> None:
        """Show what is indexed: publishers with the number of their articles."""
        await self._show(interaction, self._sources())

    @app_commands.command()
    @app_commands.describe(wanted="The article's id or its address")
    async def article(self, interaction: discord.Interaction, wanted: app_commands.Range[str, 1, 500]) -> None:
        """Show an indexed article, with its version and date."""
        await self._show(interaction, self._article(wanted))

    @app_commands.command()
    async def help(self, interaction: discord.Interaction) -> None:
        """Show how to ask, by example."""
        await self._show(interaction, help_message(conversation=self._settings.conversation))

    @app_commands.command()
    async def privacy(self, interaction: discord.Interaction) -> None:
        """Show what is kept about you, and delete it."""
        view = discord.ui.View(timeout=None)
        view.add_item(ForgetButton())
        await self._show(interaction, self._privacy(interaction.user.id), view)

    async def _show(
        self,
        interaction: discord.Interaction,
        message: AnswerMessage | Awaitable[AnswerMessage],
        view: discord.ui.View | None = None,
    ) -> None:
        await self._desk.show(interaction, message, private=True, view=view)

    async def _latest(self, interaction: discord.Interaction, topic: str | None) -> AnswerMessage:
        filters = self._desk.drawn_from(Filters(), self._desk.place(interaction, private=True))
        articles = await self._shelf.latest(topic, filters, limit=_LATEST)
        title = f"Latest on {topic}" if topic else "Latest articles"
        return articles_message(title, articles, otherwise="Nothing like it is indexed.")

    async def _sources(self) -> AnswerMessage:
        holdings = await self._shelf.holdings()
        return holdings_message(holdings.publishers, holdings.newest)

    async def _article(self, wanted: str) -> AnswerMessage:
        return article_message(await self._shelf.article(wanted))

    async def _privacy(self, user_id: int) -> AnswerMessage:
        trace = await self._desk.remember(lambda memory: memory.trace(user_id))
        if trace is None:
            raise DiscordError("What is kept cannot be read right now; it has been logged.")
        return privacy_message(
            answers=trace.answers,
            votes=trace.votes,
            subscriptions=trace.subscriptions,
            oldest=trace.oldest,
            keep_days=self._settings.keep_days,
        )
