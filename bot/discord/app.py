"""The bot process: connect, register the commands, serve until told to stop."""

import asyncio
import logging
import os
import signal
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from threading import Timer
from typing import Protocol

import discord
import yarl
from discord import app_commands
from discord.ext import commands

from bot.discord.buttons import AnswerButton, ForgetButton, PageButton
from bot.discord.cogs.after import After
from bot.discord.cogs.ask import Ask
from bot.discord.cogs.corrections import Corrections
from bot.discord.cogs.look import Look
from bot.discord.cogs.looping import Looping
from bot.discord.cogs.menus import Menus
from bot.discord.cogs.overviews import Overviews
from bot.discord.cogs.settings import Settings
from bot.discord.cogs.subscribe import Subscribe
from bot.discord.cogs.talk import Talk
from bot.discord.database import Database
from bot.discord.delivery import Delivery, utc_now
from bot.discord.desk import Desk
from bot.discord.embeds import apology, deliver
from bot.discord.failures import translated_errors
from bot.discord.logs import log_to_stderr
from bot.discord.memory import Memory
from bot.discord.metrics import Metrics
from bot.discord.monitoring import IndexedAt, Monitor, monitored
from bot.discord.questions import AnswersQuestions, QuestionQueue, QueueLimits
from bot.discord.replies import Replies
from bot.discord.rounds import Rounds, Surroundings
from bot.discord.rule_book import RuleBook
from bot.discord.shelf import FindsArticles, Shelf
from bot.discord.subscriptions import Subscriptions
from bot.settings import DiscordSettings

# Of the time that the bot may take to end: for the question under way, and for the replies then still under way.
_SHARE_FOR_ANSWER, _SHARE_FOR_REPLIES = 0.7, 0.2

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
        zone: Of the hours that people name; None for the machine's own.
    """

    folder: Path
    command: tuple[str, ...]
    zone: tzinfo | None = None


class NewsBot(commands.Bot):
    """
    The client: no privileged intent unless the settings ask for one, and mentions off in whatever it sends.

    Attributes:
        metrics: What it has done.
        questions: The queue that all cogs ask through.
        replies: What all cogs reply through.
        state: Of its connection: "connecting", "connected", "reconnecting" or "stopping".
    """

    def __init__(self, answerer: Answers, settings: DiscordSettings, database: Database, home: Home) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,  # there are no prefix commands, but discord.py wants one
            help_command=None,
            intents=intents_for(settings),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,  # what people write elsewhere is none of our business
            guild_ready_timeout=0.2,
        )
        self.state = "connecting"
        self.metrics = Metrics()
        self.questions = QuestionQueue(answerer, _limits(settings), self.metrics, log_questions=settings.log_questions)
        self.replies = Replies(self.metrics)
        self.tree.error(self._apologise)
        self._settings, self._home, self._subscriptions = settings, home, Subscriptions(database)
        memory = Memory(database, keep_days=settings.keep_days)
        self._desk = Desk(self.questions, self.replies, memory, RuleBook(database))
        self._shelf = Shelf(home.folder, answerer)

    async def setup_hook(self) -> None:
        """Load the cogs and register their commands and buttons."""
        desk, shelf, settings = self._desk, self._shelf, self._settings
        menus = Menus(desk, shelf, command=self._home.command, add_role=settings.add_role)
        ask = Ask(desk, shelf, conversation=settings.conversation)
        for cog in (ask, After(desk, shelf), Look(desk, shelf, settings), Overviews(desk, shelf), menus):
            await self.add_cog(cog)
        for loop in (self._subscribe(), Corrections(self, desk, shelf, every_s=settings.corrections_every_s)):
            await self.add_cog(loop)
        await self.add_cog(Settings(desk, shelf))
        if settings.conversation != "off":
            await self.add_cog(Talk(self, desk, in_threads=settings.conversation == "threads"))
        for entry in menus.entries():
            self.tree.add_command(entry)
        self.add_dynamic_items(AnswerButton, PageButton, ForgetButton)
        await self.tree.sync()

    def _subscribe(self) -> Subscribe:
        around = Surroundings(
            questions=self.questions,
            generation=self._shelf.generation,
            rules=self._desk.rules.of,
            keep=self.replies.keep,
            is_stopping=lambda: self.state == "stopping",
            zone=self._home.zone,
            clock=utc_now,
        )
        rounds = Rounds(self._subscriptions, Delivery(self, self._subscriptions, clock=utc_now), around)
        every_s = self._settings.subscriptions_every_s
        return Subscribe(self, self._desk, self._shelf, self._subscriptions, rounds, every_s=every_s)

    async def on_ready(self) -> None:
        """Say that people can ask now, and how to invite the bot where nobody can."""
        self._connected()
        logger.info("connected as %s, /ask is registered", self.user)
        if not self.guilds and self.application_id:
            invitation = discord.utils.oauth_url(self.application_id, permissions=permissions_for(self._settings))
            logger.info("no server yet; invite the bot: %s", invitation)

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
        for cog in self.cogs.values():
            if isinstance(cog, Looping):
                cog.stop()  # it reads what is closed below
        self.questions.close()
        if self.replies:
            logger.info("finishing %d replies", len(self.replies))
        if not await self.replies.finish(within_s=_SHARE_FOR_ANSWER * self._settings.stop_within_s):
            self.questions.abandon()
            if not await self.replies.finish(within_s=_SHARE_FOR_REPLIES * self._settings.stop_within_s):
                logger.error("%d replies could not be finished", len(self.replies))
        self._shelf.close()
        await super().close()

    async def _apologise(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        """Say to who used a command that it failed, whatever it was: one that an update took away, for instance."""
        logger.error("a command failed", exc_info=error)
        await deliver(await self.replies.acknowledge(interaction, private=True), apology())

    def _connected(self) -> None:
        if self.state != "stopping":
            self.state = "connected"
        self.metrics.connections += 1


def intents_for(settings: DiscordSettings) -> discord.Intents:
    """Ask Discord for no more events than the settings need."""
    intents = discord.Intents.default()
    intents.messages = settings.conversation != "off"
    intents.message_content = settings.conversation == "threads"
    return intents


def permissions_for(settings: DiscordSettings) -> discord.Permissions:
    """Name the permissions that a server should give: a few for conversations, and for answers that come late."""
    return discord.Permissions(
        view_channel=True,
        send_messages=True,
        send_messages_in_threads=True,
        create_public_threads=settings.conversation != "off",
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
    indexed_at: IndexedAt = lambda: None,
) -> None:
    """
    Serve Discord until SIGTERM or SIGINT, then close cleanly; a second signal ends the process at once.

    A question that takes longer than the bot may take to end cannot be stopped: then the process ends, with status 0.

    Args:
        answerer: Asked from one thread of the bot's own.
        settings: Addresses and limits.
        token: The bot's token, never logged.
        home: Its data folder, and how Dateline is started there.
        beside: What is to run for as long as the bot does.
        indexed_at: When the index last changed; see `Monitor`.

    Raises:
        DiscordError: If Discord refuses the token or the connection, or cannot be reached, or a port is taken.
        IndexStoreError: If what the bot remembers cannot be opened.
    """
    log_to_stderr(settings.log_format)
    _use_addresses(settings)
    with closing(Database.open(home.folder / "discord.sqlite")) as database:
        bot = NewsBot(answerer, settings, database, home)
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
