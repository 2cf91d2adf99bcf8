"""
Posts that nobody waits for: sent once, edited, and found again after the process was killed in between.

Discord takes a nonce once within some minutes. Beyond that, a post carries its nonce in the footer, and the bot reads
what it has written itself, for which it needs no intent.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import discord

from bot.discord.edits import edit_message
from bot.discord.embeds import embed_of
from bot.discord.refusals import UNDELIVERED, UNKNOWN_MESSAGE, passes
from bot.discord.subscriptions import Post, State, Subscriptions
from bot.render.discord import AnswerMessage
from bot.render.discord_subscriptions import is_marked
from bot.subscribing import Pause

_SEND_WITHIN_S = 60.0
_NONCE_HELD = timedelta(seconds=60)  # Discord's documentation says: the past few minutes
_CLOCKS_DIFFER = timedelta(minutes=10)
_MOST_READ = 1_000  # messages, in which a post is sought

logger = logging.getLogger(__name__)


class PausedError(Exception):
    """Nothing can be posted in a channel any more."""


class UndeliveredError(Exception):
    """Discord or the network fails; another time it may be different."""


class Delivery:
    """Sends what is written down, and notes what became of it."""

    def __init__(self, client: discord.Client, subscriptions: Subscriptions, *, clock: Callable[[], datetime]) -> None:
        """
        Prepare for a client that will be connected.

        Args:
            client: Sends.
            subscriptions: Where posts are written down.
            clock: The present, in UTC.
        """
        self._client = client
        self._subscriptions = subscriptions
        self._clock = clock

    async def send(self, post: Post, message: AnswerMessage) -> None:
        """
        Send a post that has just been written down.

        Raises:
            PausedError: If the channel does not take posts; its subscription is paused.
            UndeliveredError: If it is not known whether it arrived: `settle` finds out.
        """
        channel = self._client.get_partial_messageable(post.channel_id)
        try:
            async with _another_time():
                sent = await channel.send(embed=embed_of(message), nonce=post.nonce)
        except discord.HTTPException as error:
            if error.status in (403, 404):
                await asyncio.to_thread(self._subscriptions.settle, post, "unsent")
                await self._pause(post, error)
            logger.error("Discord refused a post in channel %d: %s", post.channel_id, error)
            await asyncio.to_thread(self._subscriptions.settle, post, "missed")
        else:
            await asyncio.to_thread(self._subscriptions.settle, post, "sent", message_id=sent.id)

    async def edit(self, post: Post, message: AnswerMessage, *, shown: str) -> None:
        """
        Show a story as it stands now in the message that it was posted in; one that was deleted stays so.

        Raises:
            PausedError, UndeliveredError: See `send`.
        """
        if post.message_id is None:
            return
        try:
            async with _another_time():
                await edit_message(self._client, post.channel_id, post.message_id, embed_of(message))
        except discord.HTTPException as error:
            if error.code == UNKNOWN_MESSAGE:
                logger.info("a post of subscription %d was deleted", post.subscription)
                await asyncio.to_thread(self._subscriptions.settle, post, "deleted")
                return
            if error.status in (403, 404):
                await self._pause(post, error)
            logger.error("Discord refused to edit a post in channel %d: %s", post.channel_id, error)
        await asyncio.to_thread(self._subscriptions.show, post, shown)

    async def settle(self, post: Post) -> None:
        """
        Find out whether a post arrived before the process was ended, or the connection cut.

        Where that cannot be found out it counts as arrived: rather none than twice.

        Raises:
            PausedError, UndeliveredError: See `send`.
        """
        try:
            async with _another_time():
                found = await self._find(post)
        except discord.HTTPException as error:
            await self._miss(post)
            await self._pause(post, error)
        except LookupError:
            await self._miss(post)
        else:
            state: State = "sent" if found else "unsent"
            logger.info("a post of subscription %d %s", post.subscription, "had arrived" if found else "did not arrive")
            await asyncio.to_thread(self._subscriptions.settle, post, state, message_id=found)

    async def _find(self, post: Post) -> int | None:
        """
        Look for a post among what was written in its channel since.

        Returns:
            The message's id; None if it did not arrive.

        Raises:
            LookupError: If that cannot be said.
        """
        channel, read = self._client.get_partial_messageable(post.channel_id), 0
        since, until = post.tried_at - _CLOCKS_DIFFER, post.tried_at + _CLOCKS_DIFFER
        async for message in channel.history(limit=_MOST_READ, after=since, oldest_first=True):
            read += 1
            if self._is_it(message, post):
                return message.id
            if message.created_at > until:
                return None
        if read == _MOST_READ or not (read or await self._is_readable(post)):
            raise LookupError("the history does not tell")
        return None

    def _is_it(self, message: discord.Message, post: Post) -> bool:
        is_own = self._client.user is not None and message.author.id == self._client.user.id
        return is_own and any(is_marked(embed.footer.text, post.nonce) for embed in message.embeds)

    async def _is_readable(self, post: Post) -> bool:
        """Whether history tells anything: without the permission, Discord answers as for an empty channel."""
        if self._clock() - post.tried_at < _NONCE_HELD:
            return True  # if it is there after all, Discord takes the nonce for a repetition
        channel = self._client.get_partial_messageable(post.channel_id)
        return bool([message async for message in channel.history(limit=1)])

    async def _miss(self, post: Post) -> None:
        logger.warning(
            "whether a post of subscription %d arrived in channel %d cannot be found out, so it is not sent again; "
            "give the bot's role Read Message History there",
            post.subscription,
            post.channel_id,
        )
        await asyncio.to_thread(self._subscriptions.settle, post, "missed")

    async def _pause(self, post: Post, error: discord.HTTPException) -> None:
        """
        Note that a channel takes no posts.

        Raises:
            PausedError: Always.
        """
        why: Pause = "forbidden" if error.status == 403 else "gone"
        logger.warning(
            "subscription %d is paused: channel %d is %s (%s)", post.subscription, post.channel_id, why, error.text
        )
        await asyncio.to_thread(self._subscriptions.pause, post.subscription, why)
        raise PausedError(why) from error


@asynccontextmanager
async def _another_time() -> AsyncIterator[None]:
    """
    Bound what is asked of Discord in time; what may succeed later, if not now, is an error of its own.

    Raises:
        UndeliveredError: If it is worth another try.
        discord.HTTPException: If Discord refuses.
    """
    try:
        async with asyncio.timeout(_SEND_WITHIN_S):
            yield
    except UNDELIVERED as error:
        if not passes(error):
            raise
        raise UndeliveredError(repr(error)) from error


def utc_now() -> datetime:
    """Return the present."""
    return datetime.now(UTC)
