"""The command `/settings`, with which a server's managers decide where and how the bot answers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.choices import Publisher, choices_from, publisher_choices
from bot.discord.desk import Desk
from bot.discord.shelf import Shelf
from bot.languages import LANGUAGES
from bot.render.discord import AnswerMessage
from bot.render.discord_settings import changed_message, history_message, settings_message
from bot.rules import NO_ROLE, GuildRules
from index_store import DiscordError

_SHOWN_CHANGES = 20

_Channel = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel
_Become = Callable[[GuildRules], GuildRules]


@app_commands.default_permissions(manage_guild=True)
@app_commands.guild_only()
class Settings(commands.GroupCog, name="settings", description="Decide where and how I answer on this server"):
    """
    Shows and changes a server's settings, for members with Manage Server; only who uses it sees the reply.

    Discord hides the command from others, unless a server's administrators decide otherwise: so each use is checked.
    """

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        self._desk = desk
        self._shelf = shelf

    @app_commands.command()
    async def show(self, interaction: discord.Interaction) -> None:
        """Show all settings, what they mean, and who changed them last."""

        async def message() -> AnswerMessage:
            guild_id = _guild_of(interaction)
            changes = await asyncio.to_thread(self._desk.rules.history, guild_id)
            latest = {one.setting: (one.changed_at, one.user_id) for one in reversed(changes)}
            return settings_message(self._desk.rules.of(guild_id), latest)

        await self._reply(interaction, message)

    @app_commands.command()
    @app_commands.describe(
        add="Let me answer in this channel, too", remove="No longer in this channel", everywhere="Clear the list"
    )
    async def channels(
        self,
        interaction: discord.Interaction,
        add: _Channel | None = None,
        remove: _Channel | None = None,
        everywhere: bool = False,  # noqa: FBT001, FBT002 -- discord.py makes an option of it
    ) -> None:
        """Choose the channels that I may answer in."""

        def become(rules: GuildRules) -> GuildRules:
            rules = replace(rules, channels=()) if everywhere else rules
            rules = rules.with_channel(add.id) if add else rules
            return rules.without_channel(remove.id) if remove else rules

        await self._change(interaction, become, given=bool(add or remove or everywhere))

    @app_commands.command()
    @app_commands.describe(
        role="Members with this role may add articles",
        otherwise="Without a role of this server",
    )
    @app_commands.choices(
        otherwise=[
            app_commands.Choice(name="Nobody but members with Manage Messages", value="nobody"),
            app_commands.Choice(name="The role that the bot's operator named", value="operator"),
        ]
    )
    async def adders(
        self,
        interaction: discord.Interaction,
        role: discord.Role | None = None,
        otherwise: Literal["nobody", "operator"] | None = None,
    ) -> None:
        """Choose who may add articles, beside members with Manage Messages."""
        chosen = role.id if role else {"nobody": NO_ROLE}.get(otherwise or "")

        def become(rules: GuildRules) -> GuildRules:
            if role and role.is_default():
                raise DiscordError(
                    "Everybody has this role.", remedy="Choose one that few have: other servers read what they add."
                )
            return replace(rules, adders=chosen)

        await self._change(interaction, become, given=bool(role or otherwise))

    @app_commands.command()
    @app_commands.describe(
        add="Draw answers from this publisher", remove="No longer from this publisher", everything="Clear the list"
    )
    async def sources(
        self,
        interaction: discord.Interaction,
        add: Publisher | None = None,
        remove: Publisher | None = None,
        everything: bool = False,  # noqa: FBT001, FBT002 -- as above
    ) -> None:
        """Choose the publishers that answers are drawn from, unless who asks names another."""

        async def message() -> AnswerMessage:
            publisher = await self._shelf.publisher(add) if add else None

            def become(rules: GuildRules) -> GuildRules:
                rules = replace(rules, sources=()) if everything else rules
                rules = rules.with_source(publisher) if publisher else rules
                return rules.without_source(remove) if remove else rules

            return await self._changed(interaction, become, given=bool(add or remove or everything))

        await self._reply(interaction, message)

    @sources.autocomplete("add")
    async def name_publishers(self, _: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the publishers that are indexed."""
        return await publisher_choices(self._shelf, typed)

    @sources.autocomplete("remove")
    async def name_sources(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the publishers on the list."""
        return choices_from({name: name for name in self._desk.rules.of(interaction.guild_id).sources}, typed)

    @app_commands.command()
    @app_commands.describe(language="German, français, 2025-03-05 …")
    async def dates(self, interaction: discord.Interaction, language: app_commands.Range[str, 1, 100]) -> None:
        """Choose the language of the dates that I write."""
        named = {name.casefold(): code for code, name in LANGUAGES.items()}
        code = named.get(language.casefold(), language)
        await self._change(interaction, lambda rules: replace(rules, dates=code))

    @dates.autocomplete("language")
    async def name_languages(self, _: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer languages."""
        return choices_from(LANGUAGES, typed)

    @app_commands.command()
    @app_commands.describe(seen_by="Private answers are seen by who asks alone; mentions are then not answered")
    @app_commands.choices(
        seen_by=[
            app_commands.Choice(name="Everybody in the channel", value="public"),
            app_commands.Choice(name="Only who asks", value="private"),
        ]
    )
    async def answers(self, interaction: discord.Interaction, seen_by: Literal["public", "private"]) -> None:
        """Choose who sees answers."""
        await self._change(interaction, lambda rules: replace(rules, answers=seen_by))

    @app_commands.command()
    @app_commands.describe(opened="When a thread is opened under an answer to /ask")
    @app_commands.choices(
        opened=[
            app_commands.Choice(name="Never", value="never"),
            app_commands.Choice(name="When who asks wants one", value="asked"),
            app_commands.Choice(name="Always, where everybody sees the answer", value="always"),
        ]
    )
    async def threads(self, interaction: discord.Interaction, opened: Literal["never", "asked", "always"]) -> None:
        """Choose when a thread is opened under an answer."""
        await self._change(interaction, lambda rules: replace(rules, threads=opened))

    @app_commands.command()
    @app_commands.describe(shown="How much of an answer is shown; Why? under it has the rest")
    @app_commands.choices(
        shown=[
            app_commands.Choice(name="Short: the first claim; all where articles differ", value="short"),
            app_commands.Choice(name="Normal: every claim", value="normal"),
        ]
    )
    async def length(self, interaction: discord.Interaction, shown: Literal["short", "normal"]) -> None:
        """Choose how much of an answer is shown."""
        await self._change(interaction, lambda rules: replace(rules, length=shown))

    @app_commands.command()
    async def reset(self, interaction: discord.Interaction) -> None:
        """Put all settings back to what they were at first."""
        await self._change(interaction, lambda _: GuildRules())

    @app_commands.command()
    async def history(self, interaction: discord.Interaction) -> None:
        """Show who changed what, and when."""

        async def message() -> AnswerMessage:
            changes = await asyncio.to_thread(self._desk.rules.history, _guild_of(interaction), limit=_SHOWN_CHANGES)
            return history_message(changes)

        await self._reply(interaction, message)

    async def _change(self, interaction: discord.Interaction, become: _Become, *, given: bool = True) -> None:
        await self._reply(interaction, lambda: self._changed(interaction, become, given=given))

    async def _changed(self, interaction: discord.Interaction, become: _Become, *, given: bool) -> AnswerMessage:
        """
        Change settings, once that is kept.

        Raises:
            DiscordError: If nothing was chosen, or it cannot be.
        """
        if not given:
            raise DiscordError("Nothing was chosen.", remedy="Choose one of the command's options.")
        guild_id, user_id = _guild_of(interaction), interaction.user.id
        changes = await asyncio.to_thread(self._desk.rules.change, guild_id, user_id, become)
        return changed_message(changes)

    async def _reply(self, interaction: discord.Interaction, message: Callable[[], Awaitable[AnswerMessage]]) -> None:
        """Acknowledge, then show a message to those who may see it."""

        async def checked() -> AnswerMessage:
            _check(interaction)
            return await message()

        await self._desk.show(interaction, checked(), private=True)


def _check(interaction: discord.Interaction) -> None:
    """
    Make sure that somebody manages the server.

    Raises:
        DiscordError: If not.
    """
    _guild_of(interaction)
    if not (interaction.permissions.manage_guild or interaction.permissions.administrator):
        raise DiscordError(
            "Settings are for members with the permission Manage Server.",
            remedy="Ask one of them, or an administrator.",
        )


def _guild_of(interaction: discord.Interaction) -> int:
    if interaction.guild_id is None:
        raise DiscordError("Only a server has settings.", remedy="Use the command there.")
    return interaction.guild_id
