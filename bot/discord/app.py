"""The bot process: connect, register the commands, serve until told to stop."""

import asyncio
import logging
import os
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from threading import Timer

import discord
import yarl
from discord import app_commands
from discord.ext import commands

from bot.discord.cogs.ask import Ask
from bot.discord.failures import translated_errors
from bot.discord.logs import log_to_stderr
from bot.discord.metrics import Metrics
from bot.discord.monitoring import IndexedAt, Monitor, monitored
from bot.discord.questions import AnswersQuestions, QuestionQueue, QueueLimits
from bot.discord.replies import Replies
from bot.render.discord import failure_message
from bot.settings import DiscordSettings

# Of the time that the bot may take to end: for the question under way, and for the replies then still under way.
_SHARE_FOR_ANSWER, _SHARE_FOR_REPLIES = 0.7, 0.2

logger = logging.getLogger(__name__)


class NewsBot(commands.Bot):
    """
    The client: default intents, of which none is privileged, and mentions off in whatever it sends.

    Attributes:
        metrics: What it has done.
        questions: The queue that all cogs ask through.
        replies: What all cogs reply through.
        state: Of its connection: "connecting", "connected", "reconnecting" or "stopping".
    """

    def __init__(self, answerer: AnswersQuestions, settings: DiscordSettings) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,  # there are no prefix commands, but discord.py wants one
            help_command=None,
            intents=discord.Intents.default(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,  # what people write elsewhere is none of our business
            guild_ready_timeout=0.2,
        )
        self.state = "connecting"
        self.metrics = Metrics()
        self.questions = QuestionQueue(answerer, _limits(settings), self.metrics, log_questions=settings.log_questions)
        self.replies = Replies(self.metrics)
        self.tree.error(self._apologise)
        self._stop_within_s = settings.stop_within_s

    async def setup_hook(self) -> None:
        """Load the cogs and register their commands."""
        await self.add_cog(Ask(self.questions, self.replies))
        await self.tree.sync()

    async def on_ready(self) -> None:
        """Say that people can ask now, and how to invite the bot where nobody can."""
        self._connected()
        logger.info("connected as %s, /ask is registered", self.user)
        if not self.guilds and self.application_id:
            logger.info("no server yet; invite the bot: %s", discord.utils.oauth_url(self.application_id))

    async def on_resumed(self) -> None:
        """Say that the connection is back, with all that happened meanwhile."""
        self._connected()
        logger.info("connected again, nothing was missed")

    async def on_disconnect(self) -> None:
        """Say once that the connection is lost; discord.py tries until it is back."""
        if self.state == "connected":
            self.state = "reconnecting"
            logger.info("the connection is lost, trying to get it back")

    async def on_message(self, message: discord.Message, /) -> None:
        """Leave messages alone: discord.py would look for commands in those that mention the bot, and log them."""

    async def close(self) -> None:
        """Let the replies under way arrive before the connection goes, each for its share of the time there is."""
        self.state = "stopping"
        self.questions.close()
        if self.replies:
            logger.info("finishing %d replies", len(self.replies))
        if not await self.replies.finish(within_s=_SHARE_FOR_ANSWER * self._stop_within_s):
            self.questions.abandon()
            if not await self.replies.finish(within_s=_SHARE_FOR_REPLIES * self._stop_within_s):
                logger.error("%d replies could not be finished", len(self.replies))
        await super().close()

    async def _apologise(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        """Say to who used a command that it failed, whatever it was: one that an update took away, for instance."""
        logger.error("a command failed", exc_info=error)
        message = failure_message("That did not work; it has been logged.", remedy="Please try again later.")
        reply = await self.replies.acknowledge(interaction, private=True)
        await reply.send(embed=discord.Embed(title=message.title, description=message.description))

    def _connected(self) -> None:
        if self.state != "stopping":
            self.state = "connected"
        self.metrics.connections += 1


def run_bot(
    answerer: AnswersQuestions,
    settings: DiscordSettings,
    token: str,
    *,
    beside: Coroutine[None, None, None] | None = None,
    indexed_at: IndexedAt = lambda: None,
) -> None:
    """
    Serve Discord until SIGTERM or SIGINT, then close cleanly; a second signal ends the process at once.

    A question that takes longer than the bot may take to end cannot be stopped: then the process ends, with status 0.

    Args:
        answerer: Asked from one thread of the bot's own.
        settings: Addresses and limits.
        token: The bot's token, never logged.
        beside: What is to run for as long as the bot does.
        indexed_at: When the index last changed; see `Monitor`.

    Raises:
        DiscordError: If Discord refuses the token or the connection, or cannot be reached, or a port is taken.
    """
    log_to_stderr(settings.log_format)
    _use_addresses(settings)
    bot = NewsBot(answerer, settings)
    monitor = Monitor(bot, bot.questions, bot.metrics, indexed_at)
    with translated_errors(settings, bot.intents):
        asyncio.run(_serve_monitored(bot, token, beside, monitor, settings))
    if bot.questions.busy_s:
        _leave(status=0)


async def _serve_monitored(
    bot: NewsBot, token: str, beside: Coroutine[None, None, None] | None, monitor: Monitor, settings: DiscordSettings
) -> None:
    async with monitored(monitor, settings.monitoring_port):
        await _serve(bot, token, beside, stop_within_s=settings.stop_within_s)


async def _serve(bot: NewsBot, token: str, beside: Coroutine[None, None, None] | None, *, stop_within_s: float) -> None:
    """Run the client until it ends by itself, which is an error, or a signal ends it, which is none."""
    stop = asyncio.Event()
    other = [asyncio.create_task(beside)] if beside else []
    async with bot:
        with _stopping_on_signals(stop):
            serving = asyncio.create_task(bot.start(token))
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        for task in other:
            task.cancel()
        if stop.is_set():
            logger.info("stopping")
            _leave_after(stop_within_s, status=0)
            await bot.close()
            serving.cancel()
        ended, *_ = await asyncio.gather(serving, *other, return_exceptions=True)
    if isinstance(ended, Exception) and not stop.is_set():
        _leave_after(stop_within_s, status=1)  # Python waits for the thread that answers
        raise ended


def _leave_after(seconds: float, *, status: int) -> None:
    """End the process then, whatever it is waiting for: a socket that is dead, or an answer that takes for ever."""
    timer = Timer(seconds, _leave, kwargs={"status": status})
    timer.daemon = True
    timer.start()


def _leave(*, status: int) -> None:
    logger.warning("ending, though an answer or a connection does not")
    logging.shutdown()
    os._exit(status)


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


def _use_addresses(settings: DiscordSettings) -> None:
    if settings.api:
        discord.http.Route.BASE = settings.api.rstrip("/")
    if settings.gateway:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway)


def _limits(settings: DiscordSettings) -> QueueLimits:
    return QueueLimits(
        settings.queue_limit, settings.user_queue_limit, settings.user_questions, settings.user_questions_within_s
    )
