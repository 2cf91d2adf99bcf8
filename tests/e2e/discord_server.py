"""
A local Discord for end-to-end tests: REST and gateway on loopback, strict about the rules.

    async with LocalDiscord() as discord:
        ...start a bot with discord.environment...
        await discord.wait_ready()
        reply = await discord.ask("Who led the Doha talks?")
        assert "Boehler" in reply.text
        assert discord.violations == []
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from discord_gateway import Gateway
from discord_interactions import (
    APPLICATION_ID,
    BOT,
    CHANNEL_ID,
    GUILD_ID,
    TOKEN_LIFE_S,
    USER_ID,
    Interaction,
    Interactions,
    Refusal,
    invalid_form,
    person,
    unknown,
)
from discord_limits import Ban, Bucket, rate_limited
from discord_rules import command_faults

PREFIX = "/api/v10"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class LocalDiscord:
    """
    One server's life, for one bot.

    Attributes:
        commands: What the bot registered, by name.
        gateway: The websocket side.
        silent_guilds: Where the bot lacks the permission to send messages.
        may_direct: Whether people take direct messages from it.
    """

    def __init__(
        self,
        token: str = "local.token",  # noqa: S107 -- it opens nothing but this server
        *,
        heartbeat_s: float = 1.0,
        token_life_s: float = TOKEN_LIFE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Prepare a server; `async with` starts it.

        Args:
            token: The only bot token it accepts.
            heartbeat_s: How often it wants to hear from the bot, in seconds.
            token_life_s: How long an interaction can be answered; Discord's 15 minutes, or a test's shorter ones.
            clock: Seconds; every limit in time is measured with it.
        """
        self.token = token
        self.commands: dict[str, dict[str, Any]] = {}
        self.gateway = Gateway(token, interval_s=heartbeat_s, clock=clock, report=self._report)
        self.silent_guilds: set[str] = set()
        self.may_direct = True
        self._clock = clock
        self._interactions = Interactions(clock, self._report, token_life_s=token_life_s)
        self._buckets = {channel: Bucket(clock, self._report) for channel in CHANNEL_ID.values()}
        self._ban = Ban(clock, self._report)
        self._cut: list[str] = []
        self._cut_after: list[str] = []
        self._broken: list[str] = []
        self._planned: list[tuple[str, Refusal]] = []
        self._port = 0

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.gateway.address = f"ws://127.0.0.1:{self._port}/gateway"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.gateway.close()
        await self._runner.cleanup()

    @property
    def api(self) -> str:
        """Base address of the REST side."""
        return f"http://127.0.0.1:{self._port}{PREFIX}"

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that lead a bot here."""
        return {
            "DISCORD_TOKEN": self.token,
            "DATELINE_DISCORD_API": self.api,
            "DATELINE_DISCORD_GATEWAY": self.gateway.address,
        }

    @property
    def violations(self) -> list[str]:
        """Every rule the bot has broken so far; empty in a good run."""
        for pulse in self.gateway.pulses:
            pulse.check()
        return list(self._broken)

    def forgive(self) -> None:
        """Forget the rules broken so far, where a test has looked at them."""
        self._broken.clear()

    async def wait_ready(self, *, timeout_s: float = 90) -> None:
        """Wait until a bot is connected and has registered its commands."""
        await asyncio.wait_for(self.gateway.ready.wait(), timeout_s)

    async def wait_heartbeat(self, *, timeout_s: float = 90) -> None:
        """Wait until the bot has sent its next heartbeat."""
        await asyncio.wait_for(self.gateway.heartbeat.wait(), timeout_s)

    async def send(
        self, question: str, *, user_id: str = USER_ID, guild_id: str | None = GUILD_ID, **options: Any
    ) -> Interaction:
        """Use `/ask` as a person would, without waiting for the reply; without a server in direct messages."""
        command = self.commands["ask"]
        given = {"question": question} | options
        _check_options(command, given)
        interaction, event = self._interactions.create(command, given, user_id=user_id, guild_id=guild_id)
        await self.gateway.dispatch("INTERACTION_CREATE", event)
        return interaction

    async def ask(self, question: str, *, timeout_s: float = 90, **options: Any) -> Interaction:
        """Use `/ask` and wait for the final message."""
        interaction = await self.send(question, **options)
        await asyncio.wait_for(interaction.answered.wait(), timeout_s)
        return interaction

    def limit_next(self, path_part: str, *, retry_after_s: float) -> None:
        """Answer the next request whose path holds this part with 429."""
        self._planned.append((path_part, rate_limited(retry_after_s, everywhere=False)))

    def limit_all(self, *, retry_after_s: float) -> None:
        """Answer every request with the global 429 for so long; asking again earlier than told is a violation."""
        self._ban.begin(retry_after_s)

    def refuse_next(self, path_part: str, *, status: int, code: int) -> None:
        """Answer the next request whose path holds this part with an error."""
        refusal = Refusal(status, {"message": "Refused by the test", "code": code}, planned=True)
        self._planned.append((path_part, refusal))

    def cut_next(self, path_part: str) -> None:
        """Drop the connection of the next request whose path holds this part, without an answer."""
        self._cut.append(path_part)

    def cut_after_next(self, path_part: str) -> None:
        """Do what the next request asks whose path holds this part, and drop its connection before the answer."""
        self._cut_after.append(path_part)

    def _report(self, violation: str) -> None:
        self._broken.append(violation)

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._guard])
        application.add_routes(
            [
                web.get("/gateway", self.gateway.connect),
                web.get(f"{PREFIX}/users/@me", self._me),
                web.get(f"{PREFIX}/oauth2/applications/@me", self._about),
                web.put(f"{PREFIX}/applications/{{application}}/commands", self._register),
                web.post(f"{PREFIX}/interactions/{{id}}/{{token}}/callback", self._acknowledge),
                web.patch(f"{PREFIX}/webhooks/{APPLICATION_ID}/{{token}}/messages/@original", self._edit),
                web.post(f"{PREFIX}/webhooks/{APPLICATION_ID}/{{token}}", self._follow_up),
                web.post(f"{PREFIX}/users/@me/channels", self._open_direct_messages),
                web.post(f"{PREFIX}/channels/{{channel}}/messages", self._post),
            ]
        )
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Turn refusals into responses, and those that the bot earned into violations."""
        try:
            self._cut_as_planned(request, self._cut)
            self._refuse_as_planned(request.path)
            self._ban.check(request.method, request.path)
            self._authorise(request)
            response = await handler(request)
            self._cut_as_planned(request, self._cut_after)
            return response
        except web.HTTPNotFound:
            refusal = unknown("route", 0)
        except Refusal as error:
            refusal = error
        if not refusal.planned:
            self._report(f"{request.method} {request.path}: {refusal} {refusal.body.get('errors', '')}".strip())
        return _json(refusal.body, status=refusal.status, headers=refusal.headers)

    @staticmethod
    def _cut_as_planned(request: web.Request, planned: list[str]) -> None:
        for part in planned:
            if part in request.path:
                planned.remove(part)
                assert request.transport is not None
                request.transport.abort()
                raise ConnectionResetError

    def _refuse_as_planned(self, path: str) -> None:
        for plan in self._planned:
            if plan[0] in path:
                self._planned.remove(plan)
                raise plan[1]

    def _authorise(self, request: web.Request) -> None:
        """Ask for the bot's token everywhere but where an interaction's own token is enough."""
        with_own_token = request.path.startswith((f"{PREFIX}/interactions/", f"{PREFIX}/webhooks/", "/gateway"))
        if not with_own_token and request.headers.get("Authorization") != f"Bot {self.token}":
            raise Refusal(401, {"message": "401: Unauthorized", "code": 0})

    async def _me(self, _: web.Request) -> web.Response:
        return _json(BOT)

    async def _about(self, _: web.Request) -> web.Response:
        about = {
            "id": APPLICATION_ID,
            "name": "Dateline",
            "icon": None,
            "description": "",
            "owner": person("4002"),
            "team": None,
        }
        return _json(about | {"bot_public": True, "bot_require_code_grant": False, "verify_key": "0", "flags": 0})

    async def _register(self, request: web.Request) -> web.Response:
        commands = await _body(request)
        if faults := command_faults(commands):
            raise invalid_form(faults)
        extra = {"application_id": APPLICATION_ID, "version": "1", "default_member_permissions": None, "type": 1}
        extra["description"] = ""
        stored = [extra | command | {"id": str(7001 + position)} for position, command in enumerate(commands)]
        self.commands = {command["name"]: command for command in stored}
        return _json(stored)

    async def _acknowledge(self, request: web.Request) -> web.Response:
        place = request.match_info
        return _json(self._interactions.acknowledge(place["id"], place["token"], await _body(request)))

    async def _edit(self, request: web.Request) -> web.Response:
        return _json(self._interactions.edit(request.match_info["token"], await _body(request)))

    async def _follow_up(self, request: web.Request) -> web.Response:
        return _json(self._interactions.follow_up(request.match_info["token"], await _body(request)))

    async def _open_direct_messages(self, request: web.Request) -> web.Response:
        user_id = str((await _body(request))["recipient_id"])
        return _json({"id": f"6{user_id}", "type": 1, "recipients": [person(user_id)], "last_message_id": None})

    async def _post(self, request: web.Request) -> web.Response:
        channel_id = request.match_info["channel"]
        direct = channel_id.startswith("6")
        if not direct and channel_id not in self._buckets:
            raise unknown("Channel", 10003)
        silent = {CHANNEL_ID[guild_id] for guild_id in self.silent_guilds}
        if not self.may_direct if direct else channel_id in silent:
            code, message = (50007, "Cannot send messages to this user") if direct else (50013, "Missing Permissions")
            raise Refusal(403, {"message": message, "code": code}, planned=True)
        headers = {} if direct else self._buckets[channel_id].take()
        return _json(self._interactions.post(channel_id, await _body(request)), headers=headers)


def _check_options(command: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Refuse what Discord's own client would not let a person enter."""
    known = {option["name"]: option for option in command["options"]}
    for name, value in given.items():
        option = known[name]
        if isinstance(value, str):
            assert option.get("min_length", 0) <= len(value) <= option.get("max_length", 6_000), f"length of {name}"


async def _body(request: web.Request) -> Any:
    if request.content_type != "application/json":
        raise Refusal(400, {"message": "Expected a JSON body", "code": 50109})
    try:
        return await request.json()
    except json.JSONDecodeError as error:
        raise Refusal(400, {"message": "The request body contains invalid JSON.", "code": 50109}) from error


def _json(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Respond with the exact content type that discord.py looks for, without a charset."""
    return web.Response(body=json.dumps(body).encode(), status=status, headers=headers, content_type="application/json")
