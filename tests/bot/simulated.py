"""The real bot inside a simulated Discord (simcord: no sockets; discord.py's own machinery runs unmodified)."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import discord
import simcord

from bot.discord.app import Answers, Home, NewsBot
from bot.discord.database import Database
from bot.settings import DiscordSettings

SETTLE_S = 60.0  # real searches take their time on a busy machine


@dataclass(frozen=True, slots=True)
class Server:
    """A server with the bot in it: a channel, a member, one who manages the server, and one who manages messages."""

    env: simcord.Env
    channel: simcord.ChannelHandle
    member: simcord.MemberActor
    manager: simcord.MemberActor
    moderator: simcord.MemberActor
    start: Callable[[], NewsBot]

    async def restart(self) -> None:
        """Start the bot anew, as another process would: with nothing but what its files hold."""
        await self.env.restart_bot(self.start())

    async def press(self, result: simcord.InteractionResult, deed: str) -> simcord.InteractionResult:
        """Press a button under a response, as the member."""
        assert result.response is not None
        return await self.member.click(result.response, custom_id=buttons(result)[deed])


@asynccontextmanager
async def bot_over(answerer: Answers, folder: Path, memory: Path) -> AsyncIterator[Server]:
    """
    Start the bot and let it into a server.

    Args:
        answerer: Answers its questions.
        folder: The data folder that it reads articles in.
        memory: The folder that it keeps its file in.
    """
    async with AsyncExitStack() as stack:
        start = partial(_bot, stack, answerer, folder, memory)
        env = await stack.enter_async_context(simcord.run(start(), settle_timeout=SETTLE_S))
        guild = env.create_guild("Newsroom")
        managers = guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
        moderators = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
        member = guild.add_member(env.create_user("ana"))
        manager = guild.add_member(env.create_user("mo"), roles=[managers])
        moderator = guild.add_member(env.create_user("kim"), roles=[moderators])
        channel = guild.create_text_channel("news")
        await env.settle()
        yield Server(env, channel, member, manager, moderator, start)


def _bot(stack: AsyncExitStack, answerer: Answers, folder: Path, memory: Path) -> NewsBot:
    settings = DiscordSettings()
    database = stack.enter_context(closing(Database.open(memory / "discord.sqlite")))
    return NewsBot(answerer, settings, database, Home(folder, ()))


def shown(result: simcord.InteractionResult) -> dict[str, Any]:
    """Return the only embed of a response, as Discord was given it."""
    assert result.response is not None
    assert len(result.response.embeds) == 1
    return dict(result.response.embeds[0].to_dict())


def buttons(result: simcord.InteractionResult) -> dict[str, str]:
    """Return the buttons under a response: the deed that each names → its id."""
    assert result.response is not None
    ids = [one["custom_id"] for row in result.response.components for one in row["components"]]
    return {one.split(":")[1]: one for one in ids}
