"""What the renderers wrote → what discord.py sends; and the last words when something fails."""

import logging
from collections.abc import Awaitable

import discord

from bot.discord.replies import Reply
from bot.render.discord import AnswerMessage, failure_message
from bot.render.discord_settings import elsewhere_message
from bot.rules import ElsewhereError
from index_store import DatelineError

logger = logging.getLogger(__name__)


def embed_of(message: AnswerMessage) -> discord.Embed:
    """Make the embed of a message."""
    embed = discord.Embed(title=message.title, description=message.description, colour=message.colour)
    for field in message.fields:
        embed.add_field(name=field.name, value=field.value, inline=False)
    return embed.set_footer(text=message.footer) if message.footer else embed  # a footer must have a text


def apology() -> AnswerMessage:
    """Admit a failure that is ours."""
    return failure_message("Something went wrong on our side; it has been logged.", remedy="Please try again later.")


def failure_of(error: DatelineError) -> AnswerMessage:
    """Say what went wrong, and what to do about it."""
    if isinstance(error, ElsewhereError):
        return elsewhere_message(error.channels)
    return failure_message(error.message, remedy=error.remedy)


async def in_words(message: Awaitable[AnswerMessage]) -> AnswerMessage:
    """Wait for a message; a failure becomes one that says what to do."""
    try:
        return await message
    except DatelineError as error:
        logger.warning("a request failed: %s", type(error).__name__)  # its words may be the asker's
        return failure_of(error)
    except Exception:  # a person is waiting: whatever went wrong, they are told
        logger.exception("a request failed")
        return apology()


async def deliver(reply: Reply, message: AnswerMessage, view: discord.ui.View | None = None) -> int | None:
    """
    Show a message in a reply; if Discord refuses that, say at least so.

    Returns:
        The id of the message that shows it; None where only the apology, or nothing, could be delivered.
    """
    shown = await reply.send(embed=embed_of(message), view=view)
    if shown is None:
        await reply.send(embed=embed_of(apology()), view=None)
    return shown.id if shown else None
