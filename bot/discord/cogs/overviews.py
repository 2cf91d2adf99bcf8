"""The commands `/timeline`, `/digest` and `/changes`; what they tell is decided in `bot.overviews`."""

from collections.abc import Awaitable, Callable

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.choices import Publisher, Topic, When, publisher_choices, topic_choices
from bot.discord.desk import Desk
from bot.discord.kept import Place
from bot.discord.shelf import Shelf
from bot.discord.wanted import Wanted
from bot.overviews import changes, digest, timeline
from bot.render.discord import AnswerMessage
from bot.render.discord_overviews import MOST_LINES, changes_message, digest_message, timeline_message
from index_store import Filters

_MOST_NEW = MOST_LINES // 2  # claims, so that corrections have lines, too


class Overviews(commands.Cog):
    """Commands that tell more than one answer does, each line a quote. They wait their turn as questions do."""

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        self._desk = desk
        self._shelf = shelf

    @app_commands.command()
    @app_commands.describe(
        topic="The matter: Doha talks",
        since="Only articles from then on: 2025-03-05, March 2025, last week",
        until="Only articles up to then",
        source="Only articles of this publisher",
    )
    async def timeline(
        self,
        interaction: discord.Interaction,
        topic: Topic,
        since: When | None = None,
        until: When | None = None,
        source: Publisher | None = None,
    ) -> None:
        """Tell what happened in a matter, oldest first."""
        wanted, desk = Wanted(since=since, until=until, source=source), self._desk
        await self._reply(interaction, wanted, lambda filters, place: timeline_for(desk, topic, filters, place))

    @timeline.autocomplete("source")
    async def name_publishers(self, _: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the publishers that are indexed."""
        return await publisher_choices(self._shelf, typed)

    @app_commands.command()
    @app_commands.describe(
        topic="What the stories should be about; everything where it is left out",
        since="From when on; the last 24 hours where it is left out",
    )
    async def digest(
        self, interaction: discord.Interaction, topic: Topic | None = None, since: When | None = None
    ) -> None:
        """Tell the main stories of a time: those of most independent sources first."""
        desk = self._desk
        await self._reply(
            interaction, Wanted(since=since), lambda filters, place: _digest(desk, topic or "", filters, place)
        )

    @app_commands.command()
    @app_commands.describe(topic="The matter: Doha talks", since="From when on: yesterday, 2025-03-05, 3 days ago")
    async def changes(self, interaction: discord.Interaction, topic: Topic, since: When) -> None:
        """Tell what is said of a matter since then that was not said before, and what is said no longer."""
        desk = self._desk
        await self._reply(
            interaction, Wanted(since=since), lambda filters, place: _changes(desk, topic, filters, place)
        )

    @timeline.autocomplete("topic")
    @digest.autocomplete("topic")
    @changes.autocomplete("topic")
    async def name_topics(self, _: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer what indexed articles are about."""
        return await topic_choices(self._shelf, typed)

    async def _reply(
        self,
        interaction: discord.Interaction,
        wanted: Wanted,
        tell: Callable[[Filters, Place], Awaitable[AnswerMessage]],
    ) -> None:
        """Acknowledge, then show in its place what is told, or why it cannot be."""
        place = self._desk.place(interaction)

        async def message() -> AnswerMessage:
            return await tell(await wanted.filters(self._shelf), place)

        await self._desk.show(interaction, message(), private=place.private)


async def timeline_for(desk: Desk, topic: str, filters: Filters, place: Place) -> AnswerMessage:
    """
    Tell what happened in a matter, once it is this person's turn.

    Raises:
        DatelineError: If it cannot be told, or not now.
    """
    told = await desk.overview(
        lambda text, drawn_from, index: timeline(index, text, drawn_from, limit=MOST_LINES), topic, filters, place
    )
    return timeline_message(told, desk.style_in(place))


async def _digest(desk: Desk, topic: str, filters: Filters, place: Place) -> AnswerMessage:
    told = await desk.overview(
        lambda text, drawn_from, index: digest(index, text or None, drawn_from, limit=MOST_LINES),
        topic.strip(),
        filters,
        place,
    )
    return digest_message(told, desk.style_in(place))


async def _changes(desk: Desk, topic: str, filters: Filters, place: Place) -> AnswerMessage:
    told = await desk.overview(
        lambda text, drawn_from, index: changes(index, text, drawn_from, limit=_MOST_NEW), topic, filters, place
    )
    return changes_message(told, desk.style_in(place))
