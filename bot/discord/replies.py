"""
Replies that arrive: acknowledged in time, tried again, and sent another way where the first is closed.

Discord wants a first sign within 3 s, and takes edits of it for 15 minutes. After that an answer goes into the channel,
and names who asked; one that was asked for in private, or that has no place there, goes to them directly.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import discord

from bot.discord.metrics import Metrics
from bot.discord.refusals import NETWORK, passes

FIRST_SIGN_S = 3.0
TOKEN_LIFE_S = 15 * 60.0
_PAUSES_S = (1.0, 3.0, 9.0, 27.0)

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes
_UNKNOWN_WEBHOOK, _UNKNOWN_INTERACTION, _ALREADY_ACKNOWLEDGED, _DEAD_TOKEN = 10015, 10062, 40060, 50027
_CLOSED = (_UNKNOWN_WEBHOOK, _UNKNOWN_INTERACTION, _DEAD_TOKEN)

_PERMISSIONS = "View Channel, Send Messages (in threads, too), Embed Links and Read Message History"

Send = Callable[..., Awaitable[discord.Message]]

logger = logging.getLogger(__name__)


async def persistently(send: Send, parts: dict[str, Any], *, until: float | None = None) -> discord.Message:
    """
    Send, and try again where Discord or the network fails for a while.

    Raises:
        discord.HTTPException: If Discord refuses the message, or fails for too long.
        TimeoutError: If the moment `until` comes first; discord.py sleeps for as long as a rate limit says.
        aiohttp.ClientError: If the network fails for too long.
    """
    async with asyncio.timeout_at(until):
        for pause_s in _PAUSES_S:
            with suppress(*NETWORK):
                try:
                    return await send(**parts)
                except discord.HTTPException as error:
                    if not passes(error):
                        raise
                    logger.warning("Discord did not take a reply (%s); trying again in %.0f s", error, pause_s)
            await asyncio.sleep(pause_s)
        return await send(**parts)


class Reply:
    """What one person sees of one interaction: first that the bot is thinking, then what it says."""

    def __init__(self, interaction: discord.Interaction, metrics: Metrics, *, private: bool) -> None:
        self._interaction = interaction
        self._metrics = metrics
        self._private = private
        self._first_sign: int | None = None  # its message's id
        self._editable = True
        self._dead_at = asyncio.get_running_loop().time() + TOKEN_LIFE_S

    async def acknowledge(self) -> None:
        """Show that the bot is thinking, unless it shows something already. If that fails, the answer finds its way."""
        if self._interaction.response.is_done():
            return
        began = time.monotonic()
        try:
            async with asyncio.timeout(FIRST_SIGN_S):
                await self._defer()
        except discord.HTTPException as error:
            self._editable = error.code != _UNKNOWN_INTERACTION
            if error.code == _ALREADY_ACKNOWLEDGED:
                logger.warning("acknowledged twice: does another process answer with this bot's token?")
            else:
                logger.warning("an interaction could not be acknowledged: %s", error)
        except NETWORK as error:
            logger.warning("an interaction could not be acknowledged in time: %r", error)
        finally:
            self._metrics.acknowledged_s.observe(time.monotonic() - began)

    async def send(self, **parts: Any) -> discord.Message | None:  # noqa: ANN401 - what discord.py takes
        """
        Show a message in place of the first sign.

        Args:
            parts: An embed and, if wanted, a view; never content, which is ours.

        Returns:
            The message as Discord has it, or None if it could not be delivered; then the reason is in the log.
        """
        for way, send in self._ways():
            try:
                message = await persistently(send, parts, until=self._dead_at if way == "edit" else None)
            except discord.HTTPException as error:
                if not self._leads_elsewhere(way, error):
                    break
            except NETWORK as error:
                logger.error("a reply could not be delivered (%s): %r", way, error)
                if not isinstance(error, TimeoutError):
                    break
            else:
                self._metrics.replies[way] += 1
                return message
        self._metrics.replies["lost"] += 1
        return None

    async def _defer(self) -> None:
        for last in (False, False, True):  # a connection that was kept alive may be dead: ask again at once
            try:
                response = await self._interaction.response.defer(thinking=True, ephemeral=self._private)
            except NETWORK:
                if last:
                    raise
            else:
                self._first_sign = response.message_id if response else None
                return

    def _ways(self) -> Iterator[tuple[str, Send]]:
        if self._editable:
            yield "edit", self._interaction.edit_original_response
        channel = self._interaction.channel
        if not self._private and isinstance(channel, discord.abc.Messageable):
            yield "channel", partial(self._into, channel)
        yield "direct", partial(self._interaction.user.send, nonce=self._interaction.id)

    async def _into(self, channel: discord.abc.Messageable, **parts: Any) -> discord.Message:  # noqa: ANN401
        """Answer the first sign in its channel. Only who asked is notified."""
        asker = self._interaction.user
        mentions = discord.AllowedMentions(everyone=False, roles=False, replied_user=False, users=[asker])
        if self._first_sign and self._interaction.channel_id:
            parts["reference"] = discord.MessageReference(
                message_id=self._first_sign, channel_id=self._interaction.channel_id, fail_if_not_exists=False
            )
        nonce = self._interaction.id  # what arrived, though nobody told us, does not arrive twice
        return await channel.send(content=f"<@{asker.id}>", allowed_mentions=mentions, nonce=nonce, **parts)

    def _leads_elsewhere(self, way: str, error: discord.HTTPException) -> bool:
        """Say in the log what went wrong, and return whether another way may be open."""
        if way == "edit" and error.code in _CLOSED:
            logger.info("the interaction is over; its answer goes another way")
            return True
        if isinstance(error, discord.Forbidden):
            where = f"in channel {self._interaction.channel_id}" if way == "channel" else "to a person directly"
            remedy = f"; give the bot's role {_PERMISSIONS} there" if way == "channel" else ""
            logger.warning("a reply may not be posted %s (%s)%s", where, error.text, remedy)
            return True
        logger.error("a reply could not be delivered (%s): %s", way, error)
        return False


class Replies:
    """All replies under way, so that none is cut off when the bot stops."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._under_way: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._under_way)

    async def acknowledge(self, interaction: discord.Interaction, *, private: bool) -> Reply:
        """Show who asked that the bot is thinking, and return what takes the answer."""
        reply = Reply(interaction, self._metrics, private=private)
        await reply.acknowledge()
        return reply

    async def post(self, way: str, send: Send, **parts: Any) -> discord.Message:  # noqa: ANN401 - what discord.py takes
        """
        Send a message that answers no interaction, and count the way that it went.

        Raises:
            discord.HTTPException: If Discord refuses it, or fails for too long.
            aiohttp.ClientError: If the network fails for too long.
            OSError: The same.
        """
        message = await persistently(send, parts)
        self._metrics.replies[way] += 1
        return message

    def lose(self) -> None:
        """Count a message that `post` could send no way."""
        self._metrics.replies["lost"] += 1

    async def keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what ends in a reply, to its end even where the caller is cancelled meanwhile; `finish` waits for it."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await asyncio.shield(task)

    async def finish(self, *, within_s: float) -> bool:
        """Wait until all replies are out, and return whether they are."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._under_way:
                    await asyncio.wait(self._under_way)
        return not self._under_way
