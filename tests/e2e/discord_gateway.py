"""The gateway of a local Discord: one websocket a bot, its handshake, its events and its heartbeats."""

import asyncio
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any

from aiohttp import WSMsgType, web
from discord_interactions import APPLICATION_ID, BOT, BOT_ID, CHANNEL_ID, GUILD_ID, member
from discord_rules import PRIVILEGED_INTENTS, intent_faults

TOKEN_REFUSED, NOT_IDENTIFIED, INTENTS_REFUSED = 4004, 4003, 4014
PATIENCE = 1.5  # a heartbeat later than this many intervals is missed

GUILD = {
    "id": GUILD_ID,
    "name": "Newsroom",
    "owner_id": "4002",
    "unavailable": False,
    "member_count": 2,
    "channels": [{"id": CHANNEL_ID, "type": 0, "name": "news", "position": 0, "permission_overwrites": []}],
    "roles": [
        {"id": GUILD_ID, "name": "@everyone", "permissions": "1024", "position": 0, "color": 0, "managed": False}
    ],
    "members": [member(BOT)],
    "emojis": [],
    "features": [],
}


class Opcode(IntEnum):
    """What a frame is for."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    RESUME = 6
    HELLO = 10
    HEARTBEAT_ACK = 11


class Pulse:
    """The heartbeats of one connection, each due within an interval of the one before."""

    def __init__(self, interval_s: float, clock: Callable[[], float], report: Callable[[str], None]) -> None:
        self._limit_s = interval_s * PATIENCE
        self._clock = clock
        self._report = report
        self._latest = clock()
        self._missed = False

    def beat(self) -> None:
        """Take a heartbeat."""
        self.check()
        self._latest = self._clock()
        self._missed = False

    def check(self) -> None:
        """Report a heartbeat that should have come by now, once."""
        silent_s = self._clock() - self._latest
        if silent_s > self._limit_s and not self._missed:
            self._missed = True
            self._report(f"missed heartbeat: {silent_s:.2f} s of silence, {self._limit_s:.2f} s allowed")


class Gateway:
    """
    The websocket side.

    Attributes:
        token: The only bot token it accepts.
        ready: Set once a bot is identified and has been told of its server.
        heartbeat: Wakes those who wait for it at each heartbeat, and is never set otherwise.
        pulses: One for each connection, in order.
        privileged: The privileged intents that its owner switched on; None where a bot that asks for any is at fault.
        intents: What the bot asked for.
    """

    def __init__(
        self, token: str, *, interval_s: float, clock: Callable[[], float], report: Callable[[str], None]
    ) -> None:
        self.address = ""
        self.ready = asyncio.Event()
        self.heartbeat = asyncio.Event()
        self.pulses: list[Pulse] = []
        self.token = token
        self.privileged: int | None = None
        self.intents = 0
        self._interval_s = interval_s
        self._clock = clock
        self._report = report
        self._sequence = 0
        self._socket: web.WebSocketResponse | None = None

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until either side closes it."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        pulse = Pulse(self._interval_s, self._clock, self._report)
        self.pulses.append(pulse)
        await socket.send_json({"op": Opcode.HELLO, "d": {"heartbeat_interval": round(self._interval_s * 1000)}})
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await self._take(socket, pulse, frame.json())
        pulse.check()
        self.pulses.remove(pulse)
        return socket

    async def dispatch(self, event: str, payload: Mapping[str, Any]) -> None:
        """Send an event to the bot that identified last."""
        assert self._socket is not None, "no bot is connected"
        self._sequence += 1
        await self._socket.send_json({"op": Opcode.DISPATCH, "t": event, "s": self._sequence, "d": payload})

    async def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            await self._socket.close(code=1001)

    async def _take(self, socket: web.WebSocketResponse, pulse: Pulse, frame: Mapping[str, Any]) -> None:
        match frame["op"]:
            case Opcode.HEARTBEAT:
                pulse.beat()
                self.heartbeat.set()
                self.heartbeat.clear()
                await socket.send_json({"op": Opcode.HEARTBEAT_ACK})
            case Opcode.IDENTIFY:
                await self._identify(socket, frame["d"])
            case Opcode.PRESENCE if socket is self._socket:
                pass
            case Opcode.RESUME if frame["d"]["token"] == self.token:
                self._socket = socket
                await self.dispatch("RESUMED", {})
            case _:
                self._report(f"gateway: opcode {frame['op']} out of place")
                await socket.close(code=NOT_IDENTIFIED)

    async def _identify(self, socket: web.WebSocketResponse, identity: Mapping[str, Any]) -> None:
        if identity["token"] != self.token:
            await socket.close(code=TOKEN_REFUSED, message=b"Authentication failed.")
            return
        self.intents = identity["intents"]
        for fault in intent_faults(self.intents) if self.privileged is None else ():
            self._report(str(fault))
        if self.privileged is not None and self.intents & PRIVILEGED_INTENTS & ~self.privileged:
            await socket.close(code=INTENTS_REFUSED, message=b"Disallowed intent(s).")
            return
        self._socket = socket
        await self.dispatch("READY", self._ready_event())
        await self.dispatch("GUILD_CREATE", GUILD)
        self.ready.set()

    def _ready_event(self) -> dict[str, Any]:
        return {
            "v": 10,
            "user": BOT,
            "guilds": [{"id": GUILD_ID, "unavailable": True}],
            "session_id": f"session-{BOT_ID}",
            "resume_gateway_url": self.address,
            "application": {"id": APPLICATION_ID, "flags": 0},
        }
