"""What ends the bot is told in one sentence, with what to change."""

import aiohttp
import discord
import pytest

from bot.discord.failures import translated_errors
from bot.settings import DiscordSettings
from index_store import DiscordError


class Closed(discord.ConnectionClosed):
    """A connection that Discord closed, without the socket."""

    def __init__(self, code: int) -> None:
        Exception.__init__(self, "closed")
        self.code, self.reason, self.shard_id = code, "", None


class Reply:
    """As much of a response as discord.py's errors read."""

    reason = "because"

    def __init__(self, status: int) -> None:
        self.status = status


def refused(kind: type[discord.HTTPException], status: int, code: int) -> discord.HTTPException:
    """A response of Discord's that is no success."""
    return kind(Reply(status), {"code": code, "message": "Missing Access"})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("failure", "told", "remedy"),
    [
        (Closed(4004), "refused the token in DISCORD_TOKEN", "Reset Token"),
        (discord.LoginFailure("Improper token"), "refused the token in DISCORD_TOKEN", "Reset Token"),
        (Closed(4010), "code 4010", "pip install --upgrade"),
        (Closed(4011), "more servers than one connection may serve", "second bot"),
        (Closed(4012), "code 4012", "pip install --upgrade"),
        (Closed(4013), "code 4013", "pip install --upgrade"),
        (Closed(4999), "code 4999", "again"),
        (
            discord.PrivilegedIntentsRequired(None),
            "the Message Content Intent (code 4014)",
            "Privileged Gateway Intents",
        ),
        (refused(discord.Forbidden, 403, 50001), "does not let the bot start: Missing Access", "applications.commands"),
        (refused(discord.DiscordServerError, 503, 0), "fails at present (status 503)", "discordstatus.com"),
        (aiohttp.ClientError(), "cannot be reached at https://discord.com", "network"),
    ],
)
def test_each_ending_has_its_remedy(failure: Exception, told: str, remedy: str) -> None:
    """Whatever discord.py raises, the operator reads what happened and what to change."""
    intents = discord.Intents.default()
    intents.message_content = True
    with pytest.raises(DiscordError) as raised, translated_errors(DiscordSettings(), intents):
        raise failure
    assert told in raised.value.message
    assert remedy in raised.value.remedy
