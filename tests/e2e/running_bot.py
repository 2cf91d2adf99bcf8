"""A bot in a process of its own, as an operator runs it."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from discord_server import LocalDiscord

REPOSITORY = Path(__file__).parents[2]
HERE = Path(__file__).parent


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


class RunningBot:
    """
    A child process whose log can be waited for.

    Attributes:
        log: Lines of standard error so far.
    """

    def __init__(self, arguments: Sequence[str | Path], environment: Mapping[str, str]) -> None:
        """
        Prepare a process; `async with` starts it, and ends it at the latest.

        Args:
            arguments: What follows `python`.
            environment: Variables over those of the tests, of which none is Dateline's or Discord's.
        """
        self._arguments = arguments
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "DISCORD_"))}
        self._environment = ours | {"PYTHONPATH": str(REPOSITORY)} | environment
        self.log: list[str] = []
        self._ended = False
        self._logged = asyncio.Condition()

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *self._arguments, env=self._environment, stdin=pipe, stderr=pipe, cwd=HERE
        )
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self.exit_status()
        if error is not None:
            sys.stderr.write("".join(self.log))

    async def wait_for_line(self, part: str, *, times: int = 1, timeout_s: float = 180) -> str:
        """
        Return the line of the log that holds this part, or the second, third … that does, once it is there.

        Raises:
            EOFError: If the process ended before.
        """

        def found() -> list[str]:
            return [line for line in self.log if part in line]

        async with asyncio.timeout(timeout_s), self._logged:
            await self._logged.wait_for(lambda: len(found()) >= times or self._ended)
        if len(found()) < times:
            raise EOFError(f"the bot ended without: {part}")
        return found()[times - 1]

    async def type_line(self) -> None:
        """Press Enter."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        await self._process.stdin.drain()

    def interrupt(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    async def exit_status(self, *, timeout_s: float = 180) -> int:
        """Wait for the end; the log is then complete."""
        async with asyncio.timeout(timeout_s):
            await self._reader
            return await self._process.wait()

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            async with self._logged:
                self.log.append(line.decode())
                self._logged.notify_all()
        async with self._logged:
            self._ended = True
            self._logged.notify_all()


@asynccontextmanager
async def scripted_bot(
    *, server: Mapping[str, Any] | None = None, **settings: object
) -> AsyncIterator[tuple[LocalDiscord, RunningBot]]:
    """
    A bot with a scripted answerer that is ready, and the Discord it is connected to; no rule may be broken in the end.

    Args:
        server: How the local Discord differs from the ordinary.
        settings: Of `[discord]`.
    """
    variables = {f"DATELINE_DISCORD_{name.upper()}": str(value) for name, value in settings.items()}
    command = [HERE / "scripted_bot.py"]
    async with LocalDiscord(**(server or {})) as discord, RunningBot(command, discord.environment | variables) as bot:
        await discord.wait_ready()
        yield discord, bot
        assert discord.violations == []
