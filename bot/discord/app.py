"""The bot process: connect, register the commands, serve until told to stop."""

import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import aiohttp
import discord
import yarl
from discord.ext import commands

from bot.discord.buttons import AnswerButton, ForgetButton, PageButton
from bot.discord.cogs.after import After
from bot.discord.cogs.ask import Ask
from bot.discord.cogs.look import Look
from bot.discord.cogs.menus import Menus
from bot.discord.cogs.talk import Talk
from bot.discord.desk import Desk
from bot.discord.memory import Memory
from bot.discord.questions import AnswersQuestions, QuestionQueue
from bot.discord.shelf import FindsArticles, Shelf
from bot.settings import DiscordSettings
from index_store import DiscordError

_TOKEN_REFUSED = 4004  # the gateway's close code: https://discord.com/developers/docs/topics/opcodes-and-status-codes

logger = logging.getLogger(__name__)


class Answers(AnswersQuestions, FindsArticles, Protocol):
    """What the bot needs of an answerer."""


@dataclass(frozen=True, slots=True)
class Home:
    """
    Where the bot lives.

    Attributes:
        folder: The data folder, in which it keeps its memory beside the index.
        command: How another process of Dateline is started over that folder.
    """

    folder: Path
    command: tuple[str, ...]


class NewsBot(commands.Bot):
    """The client: no privileged intent unless the settings ask for one, and mentions off in whatever it sends."""

    def __init__(self, answerer: Answers, settings: DiscordSettings, memory: Memory, home: Home) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,  # there are no prefix commands, but discord.py wants one
            help_command=None,
            intents=intents_for(settings),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,  # what people write elsewhere is none of our business
            guild_ready_timeout=0.2,
        )
        self._settings = settings
        self._command = home.command
        self._desk = Desk(QuestionQueue(answerer, limit=settings.queue_limit), memory)
        self._shelf = Shelf(home.folder, answerer)

    async def setup_hook(self) -> None:
        """Load the cogs and register their commands and buttons."""
        desk, shelf, settings = self._desk, self._shelf, self._settings
        menus = Menus(desk, shelf, command=self._command, add_role=settings.add_role)
        cogs = (Ask(desk, shelf, conversation=settings.conversation), After(desk, shelf), Look(desk, shelf, settings))
        for cog in (*cogs, menus):
            await self.add_cog(cog)
        if settings.conversation != "off":
            await self.add_cog(Talk(self, desk, in_threads=settings.conversation == "threads"))
        for entry in menus.entries():
            self.tree.add_command(entry)
        self.add_dynamic_items(AnswerButton, PageButton, ForgetButton)
        await self.tree.sync()

    async def on_ready(self) -> None:
        """Say that people can ask now, and how to invite the bot where nobody can."""
        logger.info("connected as %s, /ask is registered", self.user)
        if not self.guilds and self.application_id:
            invitation = discord.utils.oauth_url(self.application_id, permissions=permissions_for(self._settings))
            logger.info("no server yet; invite the bot: %s", invitation)

    async def on_message(self, message: discord.Message, /) -> None:
        """Leave messages alone: discord.py would look for commands in those that mention the bot, and log them."""

    async def close(self) -> None:
        """Let the replies under way arrive before the connection goes."""
        await self._desk.finish()
        self._shelf.close()
        await super().close()


def intents_for(settings: DiscordSettings) -> discord.Intents:
    """Ask Discord for no more events than the settings need."""
    intents = discord.Intents.default()
    intents.messages = settings.conversation != "off"
    intents.message_content = settings.conversation == "threads"
    return intents


def permissions_for(settings: DiscordSettings) -> discord.Permissions:
    """Name the permissions that a server should give: none for commands alone, a few for conversations."""
    if settings.conversation == "off":
        return discord.Permissions.none()
    return discord.Permissions(
        view_channel=True,
        send_messages=True,
        send_messages_in_threads=True,
        create_public_threads=True,
        embed_links=True,
        read_message_history=True,
    )


def run_bot(
    answerer: Answers,
    settings: DiscordSettings,
    token: str,
    *,
    home: Home,
    beside: Coroutine[None, None, None] | None = None,
) -> None:
    """
    Serve Discord until SIGTERM or SIGINT, then close cleanly; a second signal ends the process at once.

    Args:
        answerer: Asked from one thread of the bot's own.
        settings: Addresses and limits.
        token: The bot's token, never logged.
        home: Its data folder, and how Dateline is started there.
        beside: What is to run for as long as the bot does.

    Raises:
        DiscordError: If Discord refuses the token or the connection, or cannot be reached.
        IndexStoreError: If what the bot remembers cannot be opened.
    """
    _log_to_stderr()
    _use_addresses(settings)
    memory = Memory.open(home.folder / "discord.sqlite", keep_days=settings.keep_days)
    with closing(memory), _translated_errors(settings):
        asyncio.run(_serve_beside(NewsBot(answerer, settings, memory, home), token, beside))


async def _serve_beside(bot: NewsBot, token: str, beside: Coroutine[None, None, None] | None) -> None:
    other = asyncio.create_task(beside) if beside else None
    try:
        await _serve(bot, token)
    finally:
        if other:
            other.cancel()
            await asyncio.gather(other, return_exceptions=True)


async def _serve(bot: NewsBot, token: str) -> None:
    """Run the client until it ends by itself, which is an error, or a signal ends it, which is none."""
    stop = asyncio.Event()
    async with bot:
        with _stopping_on_signals(stop):
            serving = asyncio.create_task(bot.start(token))
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if stop.is_set():
            logger.info("stopping")
            await bot.close()
            serving.cancel()
        (ended,) = await asyncio.gather(serving, return_exceptions=True)
    if isinstance(ended, Exception) and not stop.is_set():
        raise ended


@contextmanager
def _stopping_on_signals(stop: asyncio.Event) -> Iterator[None]:
    """Set the event at the first SIGTERM or SIGINT; afterwards both act as usual again."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)
    with suppress(NotImplementedError):  # Windows, where asyncio.run ends at Ctrl-C by itself
        for number in signals:
            loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            for number in signals:
                loop.remove_signal_handler(number)


@contextmanager
def _translated_errors(settings: DiscordSettings) -> Iterator[None]:
    """Turn what stops the bot into one line about what to change."""
    try:
        yield
    except discord.LoginFailure as error:
        raise _refused() from error
    except discord.PrivilegedIntentsRequired as error:
        raise DiscordError(
            'Discord does not let the bot read messages, which [discord] conversation = "threads" needs.',
            remedy="Switch on Message Content Intent at https://discord.com/developers/applications (Bot → Privileged "
            'Gateway Intents), or set conversation = "mentions".',
        ) from error
    except discord.ConnectionClosed as error:
        if error.code == _TOKEN_REFUSED:
            raise _refused() from error
        raise DiscordError(f"Discord closed the connection with code {error.code}.") from error
    except discord.DiscordException as error:
        raise DiscordError(f"Discord refused the bot: {error}.") from error
    except (aiohttp.ClientError, OSError) as error:
        where = settings.api or "https://discord.com"
        raise DiscordError(f"Discord cannot be reached at {where}.", remedy="Check the network.") from error


def _refused() -> DiscordError:
    remedy = "Copy a fresh one from https://discord.com/developers/applications (Bot → Reset Token)."
    return DiscordError("Discord refused the token in DISCORD_TOKEN.", remedy=remedy)


def _use_addresses(settings: DiscordSettings) -> None:
    if settings.api:
        discord.http.Route.BASE = settings.api.rstrip("/")
    if settings.gateway:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway)


def _log_to_stderr() -> None:
    """Log our own events, and other libraries' warnings; nobody logs what people write."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)-7s %(message)s")
    logging.getLogger("bot").setLevel(logging.INFO)
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # we never speak
