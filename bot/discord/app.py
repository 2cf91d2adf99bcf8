"""The bot process: connect, register the commands, serve until told to stop."""

import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress

import aiohttp
import discord
import yarl
from discord.ext import commands

from bot.discord.cogs.ask import Ask
from bot.discord.questions import AnswersQuestions
from bot.settings import DiscordSettings
from index_store import DiscordError

_TOKEN_REFUSED = 4004  # the gateway's close code: https://discord.com/developers/docs/topics/opcodes-and-status-codes

logger = logging.getLogger(__name__)


class NewsBot(commands.Bot):
    """The client: default intents, of which none is privileged, and mentions off in whatever it sends."""

    def __init__(self, answerer: AnswersQuestions, settings: DiscordSettings) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,  # there are no prefix commands, but discord.py wants one
            help_command=None,
            intents=discord.Intents.default(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,  # what people write elsewhere is none of our business
            guild_ready_timeout=0.2,
        )
        self._ask = Ask(answerer, queue_limit=settings.queue_limit)

    async def setup_hook(self) -> None:
        """Load the cogs and register their commands."""
        await self.add_cog(self._ask)
        await self.tree.sync()

    async def on_ready(self) -> None:
        """Say that people can ask now, and how to invite the bot where nobody can."""
        logger.info("connected as %s, /ask is registered", self.user)
        if not self.guilds and self.application_id:
            logger.info("no server yet; invite the bot: %s", discord.utils.oauth_url(self.application_id))

    async def on_message(self, message: discord.Message, /) -> None:
        """Leave messages alone: discord.py would look for commands in those that mention the bot, and log them."""

    async def close(self) -> None:
        """Let the replies under way arrive before the connection goes."""
        await self._ask.finish()
        await super().close()


def run_bot(
    answerer: AnswersQuestions,
    settings: DiscordSettings,
    token: str,
    *,
    beside: Coroutine[None, None, None] | None = None,
) -> None:
    """
    Serve Discord until SIGTERM or SIGINT, then close cleanly; a second signal ends the process at once.

    Args:
        answerer: Asked from one thread of the bot's own.
        settings: Addresses and limits.
        token: The bot's token, never logged.
        beside: What is to run for as long as the bot does.

    Raises:
        DiscordError: If Discord refuses the token or the connection, or cannot be reached.
    """
    _log_to_stderr()
    _use_addresses(settings)
    with _translated_errors(settings):
        asyncio.run(_serve_beside(NewsBot(answerer, settings), token, beside))


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
