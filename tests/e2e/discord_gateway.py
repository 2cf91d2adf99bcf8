"""
The gateway of a local Discord: one websocket a bot, its handshake, its events and its heartbeats.

A session outlives its connection: who resumes it is sent the events that were missed, as Discord does for a while.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from aiohttp import WSMsgType, web
from discord_interactions import (
    APPLICATION_ID,
    BOT,
    BOT_ID,
    CHANNEL_ID,
    GUILD_ID,
    OTHER_GUILD_ID,
    ROLE_ID,
    SECOND_CHANNEL_ID,
    member,
)
from discord_rules import intent_faults

TOKEN_REFUSED, NOT_IDENTIFIED, INTENTS_REFUSED = 4004, 4003, 4014
PATIENCE = 1.5  # a heartbeat later than this many intervals is missed


def channels_of(guild_id: str) -> tuple[str, ...]:
    """Return the channels of a server: the first has two."""
    return (CHANNEL_ID[guild_id], *((SECOND_CHANNEL_ID,) if guild_id == GUILD_ID else ()))


def guild(guild_id: str) -> dict[str, Any]:
    """Return a server with a role, the bot in it, and no permission for anybody but to see it."""
    return {
        "id": guild_id,
        "name": "Newsroom",
        "owner_id": "4002",
        "unavailable": False,
        "member_count": 2,
        "channels": [
            {"id": channel_id, "type": 0, "name": f"news{position}", "position": position}
            for position, channel_id in enumerate(channels_of(guild_id))
        ],
        "roles": [
            {"id": role_id, "name": name, "permissions": "1024", "position": position, "color": 0}
            for position, (role_id, name) in enumerate(((guild_id, "@everyone"), (ROLE_ID, "Reporters")))
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
    RECONNECT = 7
    INVALID_SESSION = 9
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
        self.longest_s = 0.0

    def beat(self) -> None:
        """Take a heartbeat."""
        self.check()
        self.longest_s = max(self.longest_s, self._clock() - self._latest)
        self._latest = self._clock()
        self._missed = False

    def check(self) -> None:
        """Report a heartbeat that should have come by now, once."""
        silent_s = self._clock() - self._latest
        if silent_s > self._limit_s and not self._missed:
            self._missed = True
            self._report(f"missed heartbeat: {silent_s:.2f} s of silence, {self._limit_s:.2f} s allowed")


@dataclass(slots=True)
class Session:
    """
    What outlives a connection.

    Attributes:
        events: All that was dispatched, in order: the first has sequence number 1.
    """

    session_id: str
    events: list[dict[str, Any]] = field(default_factory=list)


class Gateway:
    """
    The websocket side.

    Attributes:
        token: The only bot token it accepts.
        ready: Set once a bot is identified and has been told of its servers.
        heartbeat: Wakes those who wait for it at each heartbeat, and is never set otherwise.
        connected: Set while a bot's session has a connection.
        pulses: One for each connection, in order.
        longest_silence_s: The longest time between two heartbeats so far.
        identified, resumed: How often a session was begun, and taken up again.
        refuse_with: Close code for who identifies; None lets them in.
        acknowledging: Whether heartbeats are acknowledged.
        privileged: Whether privileged intents are granted; else asking for one is a violation.
        intents: What the bot asked for.
    """

    def __init__(
        self, token: str, *, interval_s: float, clock: Callable[[], float], report: Callable[[str], None]
    ) -> None:
        self.address = ""
        self.ready = asyncio.Event()
        self.heartbeat = asyncio.Event()
        self.connected = asyncio.Event()
        self.pulses: list[Pulse] = []
        self.token = token
        self.longest_silence_s = 0.0
        self.identified = self.resumed = 0
        self.refuse_with: int | None = None
        self.acknowledging = True
        self.privileged = False
        self.intents = 0
        self._interval_s = interval_s
        self._clock = clock
        self._report = report
        self._session: Session | None = None
        self._socket: web.WebSocketResponse | None = None

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until either side closes it."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        pulse = Pulse(self._interval_s, self._clock, self._report)
        self.pulses.append(pulse)
        await socket.send_json({"op": Opcode.HELLO, "d": {"heartbeat_interval": round(self._interval_s * 1000)}})
        with suppress(ConnectionError):  # the bot may be gone before it is answered
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._take(socket, pulse, frame.json())
        pulse.check()
        self.pulses.remove(pulse)
        self.longest_silence_s = max(self.longest_silence_s, pulse.longest_s)
        if socket is self._socket:
            self._detach()
        return socket

    async def dispatch(self, event: str, payload: Mapping[str, Any]) -> None:
        """Send an event to the bot's session; while it is away, it is kept for when it resumes."""
        assert self._session is not None, "no bot has identified"
        frame = {"op": Opcode.DISPATCH, "t": event, "s": len(self._session.events) + 1, "d": payload}
        self._session.events.append(frame)
        if self._socket is not None:
            with suppress(ConnectionError):
                await self._socket.send_json(frame)

    async def close(self, code: int = 1001) -> None:
        """Hang up."""
        if self._socket is not None:
            socket = self._detach()
            await socket.close(code=code)

    def drop(self) -> None:
        """Cut the connection without a word, as a network does."""
        assert self._socket is not None, "no bot is connected"
        transport = self._detach()._req.transport  # type: ignore[union-attr]
        assert transport is not None
        transport.abort()

    async def ask_to_reconnect(self) -> None:
        """Send op 7; the session stays."""
        assert self._socket is not None, "no bot is connected"
        await self._detach().send_json({"op": Opcode.RECONNECT, "d": None})

    async def invalidate(self, *, resumable: bool) -> None:
        """Send op 9; unless it is resumable, the session and its events are gone."""
        assert self._socket is not None, "no bot is connected"
        if not resumable:
            self._session = None
            self.ready.clear()
        await self._detach().send_json({"op": Opcode.INVALID_SESSION, "d": resumable})

    def _detach(self) -> web.WebSocketResponse:
        socket, self._socket = self._socket, None
        assert socket is not None
        self.connected.clear()
        return socket

    async def _take(self, socket: web.WebSocketResponse, pulse: Pulse, frame: Mapping[str, Any]) -> None:
        match frame["op"]:
            case Opcode.HEARTBEAT:
                pulse.beat()
                self.longest_silence_s = max(self.longest_silence_s, pulse.longest_s)
                self.heartbeat.set()
                self.heartbeat.clear()
                if self.acknowledging:
                    await socket.send_json({"op": Opcode.HEARTBEAT_ACK})
            case Opcode.IDENTIFY:
                await self._identify(socket, frame["d"])
            case Opcode.PRESENCE if socket is self._socket:
                pass
            case Opcode.RESUME:
                await self._resume(socket, frame["d"])
            case _:
                self._report(f"gateway: opcode {frame['op']} out of place")
                await socket.close(code=NOT_IDENTIFIED)

    async def _identify(self, socket: web.WebSocketResponse, identity: Mapping[str, Any]) -> None:
        if identity["token"] != self.token:
            await socket.close(code=TOKEN_REFUSED, message=b"Authentication failed.")
            return
        self.intents = identity["intents"]
        if self.refuse_with is not None:
            await socket.close(code=self.refuse_with)
            return
        if not self.privileged:
            for fault in intent_faults(identity["intents"]):
                self._report(str(fault))
        self.identified += 1
        self._session = Session(f"session-{BOT_ID}-{self.identified}")
        self._attach(socket)
        await self.dispatch("READY", self._ready_event(self._session))
        for guild_id in (GUILD_ID, OTHER_GUILD_ID):
            await self.dispatch("GUILD_CREATE", guild(guild_id))
        self.ready.set()

    async def _resume(self, socket: web.WebSocketResponse, wish: Mapping[str, Any]) -> None:
        """Take a session up where the bot says that it broke off; a session that is gone is invalid."""
        if wish["token"] != self.token:
            await socket.close(code=TOKEN_REFUSED, message=b"Authentication failed.")
        elif self._session is None or wish["session_id"] != self._session.session_id:
            await socket.send_json({"op": Opcode.INVALID_SESSION, "d": False})
        else:
            position = wish["seq"]
            while position < len(self._session.events):  # events may come in meanwhile
                await socket.send_json(self._session.events[position])
                position += 1
            self.resumed += 1
            self._attach(socket)
            await self.dispatch("RESUMED", {})

    def _attach(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self.connected.set()

    def _ready_event(self, session: Session) -> dict[str, Any]:
        return {
            "v": 10,
            "user": BOT,
            "guilds": [{"id": guild_id, "unavailable": True} for guild_id in (GUILD_ID, OTHER_GUILD_ID)],
            "session_id": session.session_id,
            "resume_gateway_url": self.address,
            "application": {"id": APPLICATION_ID, "flags": 0},
        }
