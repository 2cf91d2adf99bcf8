"""What can be done with a message: ask about it, see whether it is known, add the articles that it links to."""

import re
from collections.abc import Sequence

import discord
from discord import app_commands
from discord.ext import commands

from bot.adding import MOST_LINKS, add_articles
from bot.answering import Question
from bot.discord.cogs.ask import LONGEST_QUESTION_CHARS, show
from bot.discord.desk import Desk
from bot.discord.embeds import deliver
from bot.discord.kept import KeptAnswer
from bot.discord.shelf import Shelf
from bot.render.discord import AnswerMessage
from bot.render.discord_details import added_message, notice, posted_message
from bot.render.markup import web_address
from index_store import ArticleSummary, DiscordError, EmptyIndexError

_ADDRESS = re.compile(r"https?://[^\s<>|]{3,2000}")
_ENDINGS = ".,;:!?)]}\"'’”*_"
_SIMILAR = 3
_EARLIER_ANSWERS = 5
_NO_TEXT = "This message has no text to ask about."


class Menus(commands.Cog):
    """Entries of a message's menu, under Apps; only who uses them sees the reply."""

    def __init__(self, desk: Desk, shelf: Shelf, *, command: tuple[str, ...], add_role: str) -> None:
        """
        Prepare the entries.

        Args:
            desk: Takes questions.
            shelf: Reads the index.
            command: How another process of Dateline is started, which adds articles.
            add_role: Name or id of the role whose members may add articles where a server names none; "" for none.
        """
        self._desk = desk
        self._shelf = shelf
        self._command = command
        self._add_role = add_role

    def entries(self) -> tuple[app_commands.ContextMenu, ...]:
        """Return the entries, for the tree of commands: discord.py has no decorator for those of a cog."""
        return (
            app_commands.ContextMenu(name="Ask about this", callback=self.ask_about),
            app_commands.ContextMenu(name="Has this been posted?", callback=self.has_been_posted),
            app_commands.ContextMenu(name="Add this article", callback=self.add_article),
        )

    async def ask_about(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Ask about a message's text."""
        await self._desk.replies.keep(self._ask_about(interaction, text_of(message)))

    async def has_been_posted(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Look up what a message links to or tells."""
        await self._desk.show(interaction, self._posted(interaction, message), private=True)

    async def add_article(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Index the articles that a message links to."""
        await self._desk.show(interaction, self._added(interaction, message), private=True)

    async def _ask_about(self, interaction: discord.Interaction, text: str) -> None:
        reply = await self._desk.replies.acknowledge(interaction, private=True)
        if not text:
            await deliver(reply, notice(_NO_TEXT))
            return
        said = await self._desk.answer(Question(text), self._desk.place(interaction, private=True))
        await show(self._desk, reply, said)

    async def _posted(self, interaction: discord.Interaction, message: discord.Message) -> AnswerMessage:
        links, text = links_of(message), text_of(message)
        exact = list[ArticleSummary]()
        try:
            for found in (await self._shelf.at_addresses(links)).values():
                exact += found
            similar = [] if exact or not text else list(await self._shelf.about(text, limit=_SIMILAR))
        except EmptyIndexError:
            similar = []
        answers = await self._earlier([article.article_id for article in (*exact, *similar)], interaction)
        told = [(kept.answer.question.text, kept.given_at, _address(kept)) for kept in answers]
        return posted_message(exact, similar, told)

    async def _earlier(self, article_ids: list[str], interaction: discord.Interaction) -> list[KeptAnswer]:
        """Find earlier answers in channels that whoever asks can see."""
        guild, member = interaction.guild, interaction.user
        if not article_ids or guild is None or not isinstance(member, discord.Member):
            return []
        guild_id, limit = guild.id, _EARLIER_ANSWERS
        found = await self._desk.remember(
            lambda memory: memory.quoting(article_ids, guild_id=guild_id, limit=4 * limit)
        )
        return [kept for kept in found or () if _can_see(member, guild, kept.place.channel_id)][:limit]

    async def _added(self, interaction: discord.Interaction, message: discord.Message) -> AnswerMessage:
        self._check(interaction)
        links = links_of(message)
        if not links:
            return notice("This message has no link.")
        outcomes = await add_articles(self._command, links[:MOST_LINKS], self._versions)
        told = [(outcome.link, outcome.told, outcome.is_indexed) for outcome in outcomes]
        if len(links) > MOST_LINKS:
            told.append((f"{len(links) - MOST_LINKS} more", f"At most {MOST_LINKS} links are read at a time.", False))
        return added_message(told)

    async def _versions(self, article_ids: Sequence[str]) -> dict[str, int]:
        return dict.fromkeys(article_ids, 0) | await self._shelf.live_numbers(article_ids)

    def _check(self, interaction: discord.Interaction) -> None:
        """
        Make sure that somebody may add articles.

        Raises:
            DiscordError: If not.
        """
        if not self._may_add(interaction):
            raise DiscordError(
                "Articles can be added by members with the permission Manage Messages, or with the role that the "
                "server's managers named (/settings adders) or the bot's operator (add_role).",
                remedy="Ask one of them.",
            )

    def _may_add(self, interaction: discord.Interaction) -> bool:
        """Whether somebody may manage messages, or has the role that the server names, or else the operator."""
        if interaction.guild_id is None or interaction.permissions.manage_messages:
            return interaction.guild_id is not None
        roles = interaction.user.roles if isinstance(interaction.user, discord.Member) else []
        adders = self._desk.rules.of(interaction.guild_id).adders
        if adders is not None:
            return any(role.id == adders for role in roles)
        return bool(self._add_role) and any(self._add_role in (role.name, str(role.id)) for role in roles)


def links_of(message: discord.Message) -> tuple[str, ...]:
    """Return the web addresses in a message, each once, in their order."""
    found = (one.rstrip(_ENDINGS) for one in _ADDRESS.findall(message.content))
    return tuple(dict.fromkeys(address for one in found if (address := web_address(one))))


def text_of(message: discord.Message) -> str:
    """Return a message's text as a question: without links, on one line, cut at a word."""
    told = [message.content, *(part for embed in message.embeds for part in (embed.title, embed.description) if part)]
    text = " ".join(_ADDRESS.sub(" ", " ".join(told)).split())
    if len(text) <= LONGEST_QUESTION_CHARS:
        return text
    return text[:LONGEST_QUESTION_CHARS].rpartition(" ")[0] or text[:LONGEST_QUESTION_CHARS]


def _can_see(member: discord.Member, guild: discord.Guild, channel_id: int) -> bool:
    channel = guild.get_channel_or_thread(channel_id)
    try:
        if isinstance(channel, discord.Thread) and channel.is_private():  # whose permissions are those of its channel
            is_in_it = any(one.id == member.id for one in channel.members)
            return is_in_it or channel.permissions_for(member).manage_threads
        return channel is not None and channel.permissions_for(member).view_channel
    except discord.ClientException:  # a thread whose channel is not known
        return False


def _address(kept: KeptAnswer) -> str:
    return f"https://discord.com/channels/{kept.place.guild_id}/{kept.place.channel_id}/{kept.message_id}"
