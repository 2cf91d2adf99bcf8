"""Conversations in messages: a mention, a reply to an answer, a message in a thread of the bot's, a direct message."""

import logging
import re
import time
from dataclasses import replace
from functools import partial

import discord
from discord.ext import commands

from bot.answering import Question
from bot.discord.buttons import answer_view
from bot.discord.cogs.ask import LONGEST_QUESTION_CHARS
from bot.discord.cooldown import Cooldown
from bot.discord.desk import Desk, Said
from bot.discord.embeds import embed_of, failure_of
from bot.discord.in_order import InOrder
from bot.discord.kept import KeptAnswer, Place
from bot.discord.refusals import UNDELIVERED, passes
from bot.discord.replies import Send
from bot.render.discord import failure_message
from bot.render.discord_details import notice
from index_store import DatelineError, counted

MOST_WAITING = 5  # questions of one channel
_GOES_ON_FOR_S = 30 * 60.0  # afterwards a mention begins a new conversation; a reply or a thread never does
_LEAST_QUESTION_CHARS = 3
_BETWEEN_HINTS_S = 10 * 60.0
_MENTION = re.compile(r"<(?:@[!&]?|#)\d{1,20}>")
_UNDELIVERED = "The answer could not be delivered; it has been logged. Please ask again later."
_FORBIDDEN = "I may not {what} there: give me the permissions Send Messages, Embed Links and Read Message History."

logger = logging.getLogger(__name__)


class Talk(commands.Cog):
    """Answers messages meant for the bot; whatever else people write is left alone."""

    def __init__(self, bot: commands.Bot, desk: Desk, *, in_threads: bool) -> None:
        """
        Start listening.

        Args:
            bot: The client.
            desk: Takes the questions.
            in_threads: Whether messages in the bot's threads need not mention it.
        """
        self._bot = bot
        self._desk = desk
        self._in_threads = in_threads
        self._turns = InOrder(limit=MOST_WAITING)
        self._hints = Cooldown(questions=1, within_s=_BETWEEN_HINTS_S, clock=time.monotonic)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that is meant for the bot."""
        if message.author.bot or message.webhook_id or message.type not in _WRITTEN:
            return
        if await self._is_meant(message):
            await self._desk.replies.keep(self._answer(message))

    async def _is_meant(self, message: discord.Message) -> bool:
        me = self._bot.user
        if me is None or me in message.mentions or message.guild is None:
            return me is not None
        if not self._in_threads or not message.content.strip() or message.mentions:
            return False
        return await self._is_own_thread(message.channel)

    async def _is_own_thread(self, channel: discord.abc.Messageable) -> bool:
        """Whether the bot began a thread, or it hangs under an answer: then it has the number of that message."""
        if isinstance(channel, discord.Thread):
            return self._bot.user is not None and channel.owner_id == self._bot.user.id
        if isinstance(channel, discord.PartialMessageable):  # a thread from before the bot was started
            return await self._desk.remember(lambda memory: memory.answer_of(channel.id)) is not None
        return False

    async def _answer(self, message: discord.Message) -> None:
        place = await self._place(message)
        try:
            self._desk.admit(place, aloud=True)
        except DatelineError as error:
            await self._hint(message, error)
            return
        try:
            async with self._turns.turn(message.channel.id):
                await self._send(message, await self._said(message, place))
        except DatelineError as error:
            await self._send(message, Said(failure_of(error)))

    async def _place(self, message: discord.Message) -> Place:
        """Return who writes, and where; a thread that Discord did not tell of hangs under an answer that is kept."""
        channel, guild = message.channel, message.guild
        place = Place(message.author.id, channel.id, guild.id if guild else None)
        if isinstance(channel, discord.Thread):
            return replace(place, parent_id=channel.parent_id)
        if not isinstance(channel, discord.PartialMessageable):
            return place
        kept = await self._desk.remember(lambda memory: memory.answer_of(channel.id))
        return replace(place, parent_id=kept.place.channel_id if kept else None)

    async def _hint(self, message: discord.Message, error: DatelineError) -> None:
        """Tell somebody directly, and seldom, why a message is not answered where the server wants no answer."""
        if self._hints.wait_s(message.author.id):
            return
        self._hints.note(message.author.id)
        try:
            await message.author.send(embed=embed_of(failure_of(error)))
        except UNDELIVERED as refusal:
            logger.info("a hint to a person was refused: %s", refusal)

    async def _said(self, message: discord.Message, place: Place) -> Said:
        text = " ".join(_MENTION.sub(" ", message.content).split())
        if len(text) < _LEAST_QUESTION_CHARS:
            return Said(
                notice("Ask me something about the news: write your question behind my name. /help shows more.")
            )
        if len(text) > LONGEST_QUESTION_CHARS:
            told = f"The question has {counted(len(text), 'character')}, and at most {LONGEST_QUESTION_CHARS} fit."
            return Said(failure_message(told, remedy="Please ask in fewer words."))
        await self._show_typing(message)
        follows = await self._earlier(message)
        return await self._desk.answer(Question(text), place, follows=follows)

    async def _earlier(self, message: discord.Message) -> KeptAnswer | None:
        """Find the answer that a message goes on from: the one replied to, the thread's last, or the asker's last."""
        channel_id, user_id = message.channel.id, message.author.id
        replied_to = message.reference.message_id if message.reference else None
        if replied_to:
            kept = await self._desk.remember(lambda memory: memory.answer_of(replied_to))
            if kept:
                return kept if kept.may_be_seen_by(user_id, channel_id) else None
        begins = await self._desk.remember(lambda memory: memory.answer_of(channel_id))
        if begins or isinstance(message.channel, discord.Thread):
            return await self._desk.remember(lambda memory: memory.latest(channel_id)) or begins
        return await self._desk.remember(
            lambda memory: memory.latest(channel_id, user_id=user_id, within_s=_GOES_ON_FOR_S)
        )

    async def _show_typing(self, message: discord.Message) -> None:
        try:
            await message.channel.typing()
        except UNDELIVERED as error:
            logger.debug("no typing sign: %s", error)

    async def _send(self, message: discord.Message, said: Said) -> None:
        """Reply in the channel, or write there without a reference where the history may not be read."""
        view = answer_view(said.answer_id, quotes=bool(said.answer and said.answer.citations)) or discord.utils.MISSING
        embed, reference = embed_of(said.message), message.to_reference(fail_if_not_exists=False)
        write = partial(message.channel.send, nonce=message.id)  # what arrived unnoticed does not arrive twice
        is_forbidden = False
        for send in (partial(write, reference=reference, mention_author=False), write):
            try:
                sent = await self._desk.replies.post("channel", send, embed=embed, view=view)
            except UNDELIVERED as error:
                is_forbidden = isinstance(error, discord.Forbidden)
                logger.warning("a message to channel %d was refused: %r", message.channel.id, error)
                if not _is_refusal(error):
                    break
            else:
                await self._desk.note_sent(said, sent.id)
                return
        self._desk.replies.lose()
        await self._admit(message, is_forbidden=is_forbidden)

    async def _admit(self, message: discord.Message, *, is_forbidden: bool) -> None:
        """Say why there is no answer: in the channel, or to the asker where the bot may not write."""
        in_channel = _FORBIDDEN.format(what="show an answer") if is_forbidden else _UNDELIVERED
        ways: tuple[tuple[str, Send, str], ...] = (
            ("channel", message.channel.send, in_channel),
            ("direct", message.author.send, _FORBIDDEN.format(what="write")),
        )
        for way, send, text in ways:
            try:
                await self._desk.replies.post(way, send, content=text, nonce=message.id)
            except UNDELIVERED as error:
                logger.warning("a message to channel %d was refused: %r", message.channel.id, error)
                if not isinstance(error, discord.Forbidden):
                    return
            else:
                return


def _is_refusal(error: Exception) -> bool:
    """Whether Discord will not take the message as it is; without its reference it may."""
    return isinstance(error, discord.HTTPException) and not passes(error)


_WRITTEN = (discord.MessageType.default, discord.MessageType.reply)
