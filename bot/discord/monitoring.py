"""`/healthz` and `/metrics` on a loopback port, for who runs the bot."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.discord.metrics import Metrics
from index_store import DatelineError, DiscordError

if TYPE_CHECKING:
    from aiohttp import web

_HOST = "127.0.0.1"
_STUCK_AFTER_S = 120.0

IndexedAt = Callable[[], float | None]


class GatewayState(Protocol):
    """What is asked of the client."""

    @property
    def state(self) -> str:
        """One of "connecting", "connected", "reconnecting", "stopping"."""
        ...

    @property
    def latency(self) -> float:
        """Seconds between a heartbeat and its acknowledgement; not a number before the first."""
        ...


class Queue(Protocol):
    """What is asked of the queue."""

    @property
    def busy_s(self) -> float:
        """Seconds since the question under way was begun."""
        ...

    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Monitor:
    """
    What can be said of a running bot.

    Attributes:
        indexed_at: When an article was last added or replaced, in seconds since 1970; None where there is none. It
            may read the disk, so it is called in a thread.
    """

    gateway: GatewayState
    queue: Queue
    metrics: Metrics
    indexed_at: IndexedAt

    async def index_age_s(self) -> float | None:
        """Return seconds since an article was last added or replaced; None where that cannot be told."""
        try:
            indexed_at = await asyncio.to_thread(self.indexed_at)
        except (DatelineError, sqlite3.Error):
            return None
        return None if indexed_at is None else max(0.0, time.time() - indexed_at)

    async def health(self) -> tuple[bool, Mapping[str, object]]:
        """Return whether the bot can answer now, and what that is concluded from."""
        stuck = self.queue.busy_s > _STUCK_AFTER_S
        healthy = self.gateway.state == "connected" and not stuck
        return healthy, {
            "status": "ok" if healthy else "unhealthy",
            "gateway": self.gateway.state,
            "questions_waiting": len(self.queue),
            "busy_s": round(self.queue.busy_s, 3),
            "declined_share": self.metrics.declined_share,
            "index_age_s": await self.index_age_s(),
        }

    async def exposition(self) -> str:
        """Return everything in Prometheus' text format."""
        latency = self.gateway.latency
        connected = float(self.gateway.state == "connected")
        return self.metrics.exposition(
            {
                "dateline_questions_waiting": ("Questions that wait for the one under way.", len(self.queue)),
                "dateline_busy_seconds": ("How long the question under way takes already.", self.queue.busy_s),
                "dateline_gateway_connected": ("1 while events of Discord's arrive, else 0.", connected),
                "dateline_gateway_latency_seconds": (
                    "From a heartbeat to its acknowledgement.",
                    latency if 0 <= latency < float("inf") else None,
                ),
                "dateline_index_age_seconds": ("Since an article was added or replaced.", await self.index_age_s()),
            }
        )


@asynccontextmanager
async def monitored(monitor: Monitor, port: int) -> AsyncIterator[None]:
    """
    Serve a monitor while the block runs.

    Args:
        monitor: What is served.
        port: On loopback; 0 serves nothing.

    Raises:
        DiscordError: If the port is taken.
    """
    if not port:
        yield
        return
    from aiohttp import web  # who does not want it need not load it

    async def healthz(_: web.Request) -> web.Response:
        healthy, told = await monitor.health()
        return web.json_response(told, status=200 if healthy else 503)

    async def metrics(_: web.Request) -> web.Response:
        text = await monitor.exposition()
        return web.Response(body=text.encode(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/metrics", metrics)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await _listen(web.TCPSite(runner, _HOST, port), port)
        yield
    finally:
        await runner.cleanup()


async def _listen(site: "web.TCPSite", port: int) -> None:
    try:
        await site.start()
    except OSError as error:
        raise DiscordError(
            f"Port {port} of {_HOST} cannot be listened on: {error.strerror}.",
            remedy="Set [discord] monitoring_port to one that is free, or to 0 for none.",
        ) from error
