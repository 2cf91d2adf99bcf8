"""The re-index loop beside the bot: a process of its own, so that no answer waits for it."""

import asyncio
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

from bot.discord_token import environment_without_token
from index_store import Configuration, StoreSettings

_RESTART_AFTER_S = 60.0
_STOP_WITHIN_S = 8.0
_NICENESS = 10  # answers come first

logger = logging.getLogger(__name__)


def dateline_command(configuration: Configuration) -> list[str]:
    """Return how another process of Dateline is started over the same data folder and settings."""
    data_dir = Path(configuration.section(StoreSettings).data_dir).absolute()
    named = ["--config", str(configuration.file.absolute())] if configuration.file.exists() else []
    return [sys.executable, "-m", "bot.cli", "--data-dir", str(data_dir), *named]


def reindex_command(configuration: Configuration) -> list[str]:
    """Return the command that keeps the index of this configuration up to date, for as long as its input is open."""
    return [*dateline_command(configuration), "reindex", "--watch", "--beside"]


async def keep_reindexing(command: list[str], *, relayed: bool = False) -> None:
    """
    Run the loop until cancelled; one that ends by itself is started again after a minute.

    Its health lines go where the bot's own log goes. It ends with this process, however that ends: its standard input
    is closed then.

    Args:
        command: See `reindex_command`.
        relayed: Whether its lines become events of the bot's log, in the form that this has.
    """
    log = asyncio.subprocess.PIPE if relayed else None
    while True:
        environment = environment_without_token()
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stderr=log, env=environment
        )
        with suppress(OSError, AttributeError):  # not everywhere, and no reason not to index
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
        logger.info("re-indexing beside the bot, as process %d", process.pid)
        try:
            await _relay(process.stderr)
            status = await process.wait()
        except asyncio.CancelledError:
            await _stop(process)
            raise
        logger.warning("re-indexing ended with status %d; it starts again in %.0f s", status, _RESTART_AFTER_S)
        await asyncio.sleep(_RESTART_AFTER_S)


async def _relay(lines: asyncio.StreamReader | None) -> None:
    """Log what the process says, until it ends."""
    if lines is not None:
        async for line in lines:
            logger.info("re-indexing: %s", line.decode(errors="replace").rstrip())


async def _stop(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(_STOP_WITHIN_S):
            await process.wait()
    except TimeoutError:  # a kill loses nothing: the next run completes what was begun
        process.kill()
        await process.wait()
