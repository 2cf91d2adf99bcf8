"""The commands `/subscribe`, `/daily`, `/subscriptions` and `/unsubscribe`, and the loop that looks and posts."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot.discord.choices import LONGEST_CHOICE_CHARS, Topic, choices_from, topic_choices
from bot.discord.cogs.looping import Looping
from bot.discord.desk import Desk
from bot.discord.embeds import failure_of
from bot.discord.kept import Place
from bot.discord.rounds import Rounds
from bot.discord.shelf import Shelf
from bot.discord.subscriptions import Subscriptions
from bot.render.discord import AnswerMessage
from bot.render.discord_details import notice
from bot.render.discord_subscriptions import choice_label, subscribed_message, subscriptions_message
from bot.render.markup import visible
from bot.subscribing import QuietHours, Subscription, Wish
from index_store import DiscordError, whole_characters

_PRUNED_EVERY_H = 24
_EVERY = {"15 minutes": 900, "hour": 3_600, "3 hours": 10_800, "6 hours": 21_600, "day": 86_400}
_NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
}

logger = logging.getLogger(__name__)


@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
class Subscribe(Looping, name="Subscriptions"):
    """What channels subscribe to; nobody but who may manage them decides that."""

    def __init__(
        self,
        bot: commands.Bot,
        desk: Desk,
        shelf: Shelf,
        subscriptions: Subscriptions,
        rounds: Rounds,
        *,
        every_s: float,
    ) -> None:
        super().__init__(bot, every_s=every_s)
        self._desk = desk
        self._shelf = shelf
        self._subscriptions = subscriptions
        self._rounds = rounds

    async def cog_load(self) -> None:
        """Begin to look, and to forget."""
        await super().cog_load()
        self.prune.start()

    def stop(self) -> None:
        """Stop that."""
        super().stop()
        self.prune.cancel()

    async def look(self) -> None:
        """Look for the subscriptions that are due."""
        await self._rounds.go()

    @tasks.loop(hours=_PRUNED_EVERY_H)
    async def prune(self) -> None:
        """Forget old posts."""
        try:
            await asyncio.to_thread(self._subscriptions.prune)
        except Exception:  # one that fails must not be the last
            logger.exception("old posts could not be forgotten")

    @app_commands.command()
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.describe(
        topic="The matter: port strike",
        every="How often I look; every hour where it is left out",
        quiet="Hours in which nothing is posted: 22-7",
    )
    @app_commands.choices(every=[app_commands.Choice(name=name, value=value) for name, value in _EVERY.items()])
    async def subscribe(
        self,
        interaction: discord.Interaction,
        topic: Topic,
        every: app_commands.Choice[int] | None = None,
        quiet: app_commands.Range[str, 1, 20] | None = None,
    ) -> None:
        """Post here what is new on a topic: one message a story, edited as it develops."""
        every_s = every.value if every else _EVERY["hour"]
        await self._reply(interaction, lambda place: self._add(_wish(topic, every_s, quiet), place), public=True)

    @app_commands.command()
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.describe(hour="At which hour: 8", topic="What the stories should be about; everything if left out")
    async def daily(
        self, interaction: discord.Interaction, hour: app_commands.Range[int, 0, 23], topic: Topic | None = None
    ) -> None:
        """Post here the main stories of the day, every day at an hour."""
        wish = Wish(_one_line(topic or ""), 0, None, hour)
        await self._reply(interaction, lambda place: self._add(wish, place), public=True)

    @subscribe.autocomplete("topic")
    @daily.autocomplete("topic")
    async def name_topics(self, _: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer what indexed articles are about."""
        return await topic_choices(self._shelf, typed)

    @app_commands.command()
    @app_commands.default_permissions(manage_messages=True)
    async def subscriptions(self, interaction: discord.Interaction) -> None:
        """Show what the channels of this server have subscribed to."""
        await self._reply(interaction, lambda place: self._list(interaction, place))

    @app_commands.command()
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.describe(subscription="Which one; choose from what is offered")
    async def unsubscribe(
        self, interaction: discord.Interaction, subscription: app_commands.Range[str, 1, 100]
    ) -> None:
        """End a subscription."""
        await self._reply(interaction, lambda place: self._remove(interaction, subscription, place))

    @unsubscribe.autocomplete("subscription")
    async def name_subscriptions(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the subscriptions there are, to who may end them."""
        if not _may_manage(interaction):
            return []
        place = self._desk.place(interaction, private=True)
        try:
            known = await self._managed(interaction, place)
        except Exception:  # while somebody types there is no place for an error
            logger.exception("subscriptions could not be offered")
            return []
        return choices_from({str(one.number): self._label(one, interaction.guild) for one in known}, typed)

    def _label(self, one: Subscription, guild: discord.Guild | None) -> str:
        channel = guild.get_channel_or_thread(one.channel_id) if guild else None
        return choice_label(one, channel.name if channel else "", limit=LONGEST_CHOICE_CHARS) or str(one.number)

    async def _reply(
        self,
        interaction: discord.Interaction,
        tell: Callable[[Place], Awaitable[AnswerMessage]],
        *,
        public: bool = False,
    ) -> None:
        """Show what comes of a command: to everybody where it leads to posts, a refusal to nobody but its user."""
        place = self._desk.place(interaction, private=not public)
        try:
            _check_person(interaction)
            if public:
                self._desk.admit(place)
                _check_permissions(interaction)
            told = tell(place)
        except DiscordError as refusal:
            await self._desk.show(interaction, failure_of(refusal), private=True)
        else:
            await self._desk.show(interaction, told, private=not public)

    async def _add(self, wish: Wish, place: Place) -> AnswerMessage:
        added = await asyncio.to_thread(self._subscriptions.add, wish, place)
        return subscribed_message(added, self._rounds.next_look(added))

    async def _managed(self, interaction: discord.Interaction, place: Place) -> list[Subscription]:
        """Return the subscriptions that somebody may know of and end: those of channels which they may manage."""
        found = await asyncio.to_thread(self._subscriptions.of, place)
        return [one for one in found if _may_manage(interaction, one.channel_id)]

    async def _list(self, interaction: discord.Interaction, place: Place) -> AnswerMessage:
        found = await self._managed(interaction, place)
        return subscriptions_message(
            [(one, self._rounds.next_look(one) if self._rounds.admits(one) else None) for one in found],
            direct=place.guild_id is None,
        )

    async def _remove(self, interaction: discord.Interaction, wanted: str, place: Place) -> AnswerMessage:
        """End the subscription of this number, or else the only one of this topic."""
        managed, topic = await self._managed(interaction, place), _one_line(wanted).casefold()
        found = [one for one in managed if str(one.number) == wanted.strip()]
        found = found or [one for one in managed if topic and one.wish.topic.casefold() == topic]
        if len(found) != 1:
            told = "Several channels have subscribed to that." if found else "There is no such subscription."
            raise DiscordError(told, remedy="Choose one of those that are offered.")
        await asyncio.to_thread(self._subscriptions.remove, found[0].number, place)
        label = self._label(found[0], interaction.guild)
        return notice(f"The subscription is ended: {label}. What it posted stays.")


def _wish(topic: str, every_s: int, quiet: str | None) -> Wish:
    """
    Read what was asked for.

    Raises:
        DiscordError: If the quiet hours are none, or the topic is blank.
    """
    if len(_one_line(topic)) < 2:
        raise DiscordError("That is no topic.", remedy="Name what the news should be about.")
    try:
        return Wish(_one_line(topic), every_s, QuietHours.read(quiet) if quiet else None)
    except ValueError as error:
        raise DiscordError(
            f"“{quiet}” are no quiet hours.", remedy="Write two full hours, such as 22-7, or leave them out."
        ) from error


def _one_line(text: str) -> str:
    return visible(whole_characters(text))


def _check_person(interaction: discord.Interaction) -> None:
    """
    Make sure that somebody may decide what a channel subscribes to.

    Raises:
        DiscordError: If not.
    """
    if not _may_manage(interaction):
        raise DiscordError(
            "Subscriptions of a channel are decided by members who may manage messages or channels.",
            remedy="Ask one of them; in a direct message to me you can subscribe for yourself.",
        )


def _check_permissions(interaction: discord.Interaction) -> None:
    """
    Make sure that the bot may post here.

    Raises:
        DiscordError: If not.
    """
    missing = _missing(interaction)
    if missing:
        raise DiscordError(
            f"I may not post here; what is missing: {', '.join(missing)}.",
            remedy="Give my role these permissions in this channel, then try again.",
        )


def _may_manage(interaction: discord.Interaction, channel_id: int | None = None) -> bool:
    """Whether somebody may manage the channel in which a command is used, or another one of its server."""
    guild, member = interaction.guild, interaction.user
    if interaction.guild_id is None:
        return True
    allowed = interaction.permissions
    if channel_id not in (None, interaction.channel_id):
        if guild is None or not isinstance(member, discord.Member):
            return False
        channel = guild.get_channel_or_thread(channel_id or 0)
        allowed = channel.permissions_for(member) if channel else member.guild_permissions
    return allowed.manage_messages or allowed.manage_channels


def _missing(interaction: discord.Interaction) -> list[str]:
    """Name the permissions that the bot lacks here."""
    if interaction.guild_id is None:
        return []
    needed = dict(_NEEDED)
    if isinstance(interaction.channel, discord.Thread):
        del needed["send_messages"]
        needed["send_messages_in_threads"] = "Send Messages in Threads"
    return [name for flag, name in needed.items() if not getattr(interaction.app_permissions, flag)]
