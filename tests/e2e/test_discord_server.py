"""The local Discord is strict: each of its rules is broken once here, by a plain HTTP client."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from discord_interactions import APPLICATION_ID, HOSTILE_NAME, Interaction
from discord_server import LocalDiscord

OPTION = {"type": 3, "name": "question", "description": "What?", "required": True, "max_length": 300}
ASK = {"name": "ask", "description": "Ask.", "options": [OPTION]}
FINE = {"content": "An answer.", "allowed_mentions": {"parse": []}}
DEFER = {"type": 5}


class HandSetClock:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now_s


class BareBot:
    """A bot by hand: a websocket that identifies, and one method a request."""

    def __init__(self, discord: LocalDiscord, session: aiohttp.ClientSession, clock: HandSetClock) -> None:
        self.discord = discord
        self.session = session
        self.clock = clock
        self.sockets: list[aiohttp.ClientWebSocketResponse] = []  # forgotten ones would be closed

    async def connect(self, *, token: str | None = None, intents: int = 0) -> aiohttp.ClientWebSocketResponse:
        """Shake hands with the gateway, up to the identification."""
        socket = await self.session.ws_connect(self.discord.environment["DATELINE_DISCORD_GATEWAY"])
        self.sockets.append(socket)
        assert (await socket.receive_json())["op"] == 10
        await socket.send_json({"op": 2, "d": {"token": token or self.discord.token, "intents": intents}})
        return socket

    async def call(self, method: str, path: str, body: Any, *, token: str | None = None) -> tuple[int, Any]:
        """Make a request; return its status and Discord's code or the body."""
        headers = {"Authorization": f"Bot {token or self.discord.token}"}
        async with self.session.request(method, self.discord.api + path, json=body, headers=headers) as response:
            assert response.headers["Content-Type"] == "application/json"
            answer = await response.json()
            return response.status, answer.get("code") if isinstance(answer, dict) else answer

    async def asked(self) -> Interaction:
        """Be asked a question, with everything ready for it."""
        assert (await self.call("PUT", f"/applications/{APPLICATION_ID}/commands", [ASK]))[0] == 200
        await self.connect()
        await self.discord.wait_ready()
        return await self.discord.send("Who?")

    async def acknowledge(self, interaction: Interaction, body: Any) -> tuple[int, Any]:
        """Send the first reply."""
        path = f"/interactions/{interaction.interaction_id}/{interaction.token}/callback"
        return await self.call("POST", path, body)

    async def post(self, interaction: Interaction, **changes: Any) -> tuple[int, Any]:
        """Answer in the channel, by default as a reply to the first sign that names who asked."""
        named = {
            "content": f"<@{interaction.user_id}>",
            "allowed_mentions": {"parse": [], "users": [interaction.user_id]},
        }
        reply = named | {"embeds": [{"title": "t"}], "message_reference": {"message_id": interaction.message_id}}
        return await self.call("POST", f"/channels/{interaction.channel_id}/messages", reply | changes)

    async def edit(self, interaction: Interaction, body: Any) -> tuple[int, Any]:
        """Edit the first reply."""
        return await self.call("PATCH", f"/webhooks/{APPLICATION_ID}/{interaction.token}/messages/@original", body)


def run(scenario: Callable[[BareBot], Awaitable[None]]) -> list[str]:
    """Play a scenario; return the violations that the server noted."""

    async def play() -> list[str]:
        clock = HandSetClock()
        async with LocalDiscord(clock=clock) as discord, aiohttp.ClientSession() as session:
            await scenario(BareBot(discord, session, clock))
            return discord.violations

    return asyncio.run(play())


def test_a_well_behaved_bot_breaks_no_rule() -> None:
    """Deferred at once, edited later: the reply arrives with its times, and nothing is noted."""

    async def scenario(bot: BareBot) -> None:
        interaction = await bot.asked()
        bot.clock.now_s = 0.5
        assert (await bot.acknowledge(interaction, DEFER | {"data": {"flags": 64}}))[0] == 200
        bot.clock.now_s = 1.25
        assert (await bot.edit(interaction, FINE))[0] == 200
        assert interaction.message == FINE
        assert interaction.ephemeral
        assert (interaction.acknowledgement_s, interaction.answered_at) == (0.5, 1.25)

    assert run(scenario) == []


def test_a_late_first_reply_finds_no_interaction() -> None:
    """After three seconds Discord has given the bot up: 10062."""

    async def scenario(bot: BareBot) -> None:
        interaction = await bot.asked()
        bot.clock.now_s = 3.1
        assert await bot.acknowledge(interaction, DEFER) == (404, 10062)

    assert "10062" in run(scenario)[0]


def test_a_second_first_reply_is_refused() -> None:
    """An interaction is acknowledged once: 40060."""

    async def scenario(bot: BareBot) -> None:
        interaction = await bot.asked()
        await bot.acknowledge(interaction, DEFER)
        assert await bot.acknowledge(interaction, DEFER) == (400, 40060)

    assert "40060" in run(scenario)[0]


def test_an_edit_before_the_first_reply_or_after_its_token_died() -> None:
    """There is nothing to edit before the acknowledgement (10015), nor after 15 minutes (50027)."""

    async def scenario(bot: BareBot) -> None:
        interaction = await bot.asked()
        assert await bot.edit(interaction, FINE) == (404, 10015)
        await bot.acknowledge(interaction, DEFER)
        bot.clock.now_s = 901
        assert await bot.edit(interaction, FINE) == (401, 50027)

    codes = run(scenario)
    assert ["10015" in codes[0], "50027" in codes[1]] == [True, True]


@pytest.mark.parametrize("content", [{"content": "c" * 2_001}, {"embeds": [{"title": "t" * 257}]}, {}])
def test_messages_over_a_limit_are_refused(content: dict[str, Any]) -> None:
    """First reply, edit and further message are all held to the limits: 50035."""

    async def scenario(bot: BareBot) -> None:
        interaction = await bot.asked()
        body = content | {"allowed_mentions": {"parse": []}}
        assert await bot.acknowledge(interaction, {"type": 4, "data": body}) == (400, 50035)
        await bot.acknowledge(interaction, DEFER)
        assert await bot.edit(interaction, body) == (400, 50035)
        assert await bot.call("POST", f"/webhooks/{APPLICATION_ID}/{interaction.token}", body) == (400, 50035)

    assert len(run(scenario)) == 3


def test_a_message_that_may_mention_is_noted() -> None:
    """Discord would send it; this server notes it as a violation."""

    async def scenario(bot: BareBot) -> None:
        interaction = await bot.asked()
        await bot.acknowledge(interaction, DEFER)
        assert (await bot.edit(interaction, {"content": "@everyone"}))[0] == 200

    assert "allowed_mentions" in run(scenario)[0]


def test_commands_that_discord_would_not_register() -> None:
    """A bad command is refused with 50035 and none is registered."""

    async def scenario(bot: BareBot) -> None:
        bad = [ASK | {"name": "Not Valid"}]
        assert await bot.call("PUT", f"/applications/{APPLICATION_ID}/commands", bad) == (400, 50035)
        assert bot.discord.commands == {}

    assert len(run(scenario)) == 1


def test_a_wrong_token_opens_neither_door() -> None:
    """REST answers 401, the gateway closes with 4004."""

    async def scenario(bot: BareBot) -> None:
        assert (await bot.call("GET", "/users/@me", None, token="wrong"))[0] == 401  # noqa: S106 -- a wrong one
        socket = await bot.connect(token="wrong")  # noqa: S106
        await socket.receive()
        assert socket.close_code == 4004

    assert "401" in run(scenario)[0]


def test_privileged_intents_are_noted() -> None:
    """The bot asks for no intent that Discord would have to approve."""

    async def scenario(bot: BareBot) -> None:
        await bot.connect(intents=1 << 15)
        await bot.discord.wait_ready()

    assert "Privileged" in run(scenario)[0]


@pytest.mark.parametrize(("silence_s", "missed"), [(1.4, False), (1.6, True)])
def test_missed_heartbeats_are_noted(silence_s: float, missed: bool) -> None:  # noqa: FBT001 -- a parameter
    """More than one and a half intervals of silence is a missed heartbeat, whether or not one comes later."""

    async def scenario(bot: BareBot) -> None:
        socket = await bot.connect()
        await bot.discord.wait_ready()
        bot.clock.now_s = silence_s
        await socket.send_json({"op": 1, "d": None})
        while (await socket.receive_json())["op"] != 11:
            pass

    assert bool(run(scenario)) == missed


def test_a_heartbeat_that_never_comes_is_noted() -> None:
    """Silence counts without a late heartbeat to show for it."""

    async def scenario(bot: BareBot) -> None:
        await bot.connect()
        await bot.discord.wait_ready()
        bot.clock.now_s = 60

    assert "missed heartbeat" in run(scenario)[0]


def test_a_late_answer_in_the_channel_may_name_who_asked_and_nobody_else() -> None:
    """A reply that notifies its asker is fine; notifying others, other content, and a message to nobody are noted."""

    async def scenario(bot: BareBot) -> None:
        interaction = await bot.asked()
        await bot.acknowledge(interaction, DEFER)
        assert (await bot.post(interaction))[0] == 200
        assert interaction.way == "channel"
        assert bot.discord.violations == []
        second = await bot.discord.send("Who else?")
        await bot.acknowledge(second, DEFER)
        everyone = {"parse": [], "users": [second.user_id, "4002"]}
        assert (await bot.post(second, content="<@4002> look", allowed_mentions=everyone))[0] == 200
        assert (await bot.post(second))[0] == 200

    noted = "\n".join(run(scenario))
    assert "allowed_mentions.users" in noted
    assert "content of a message in 3001 is not ours" in noted
    assert "answers nobody" in noted


def test_a_name_shown_as_written_is_noted() -> None:
    """People's names are hostile here; who shows one breaks a rule."""

    async def scenario(bot: BareBot) -> None:
        interaction = await bot.asked()
        await bot.acknowledge(interaction, DEFER)
        await bot.edit(interaction, FINE | {"content": f"Asked by {HOSTILE_NAME}"})

    assert "name" in run(scenario)[0]


def test_messages_are_limited_by_channel() -> None:
    """Headers tell how many are left; the sixth within five seconds is refused, and later ones are not."""

    async def scenario(bot: BareBot) -> None:
        await bot.asked()
        for _ in range(5):
            interaction = await bot.discord.send("Who?")
            await bot.acknowledge(interaction, DEFER)
            assert (await bot.post(interaction))[0] == 200
        interaction = await bot.discord.send("Who?")
        await bot.acknowledge(interaction, DEFER)
        assert (await bot.post(interaction))[0] == 429
        bot.clock.now_s = 5.1
        assert (await bot.post(interaction))[0] == 200

    assert any("over the channel's rate limit" in noted for noted in run(scenario))


@pytest.mark.parametrize("heeds", [True, False])
def test_the_global_rate_limit_is_to_be_heeded(heeds: bool) -> None:  # noqa: FBT001 -- a parameter
    """Everything is refused once; who asks again before its end breaks a rule, and who waits does not."""

    async def scenario(bot: BareBot) -> None:
        bot.discord.limit_all(retry_after_s=2)
        assert (await bot.call("GET", "/users/@me", None))[0] == 429
        bot.clock.now_s = 2.1 if heeds else 1.9
        assert (await bot.call("GET", "/users/@me", None))[0] == (200 if heeds else 429)

    assert (run(scenario) == []) == heeds


async def frame(socket: aiohttp.ClientWebSocketResponse, op: int, event: str | None = None) -> Any:
    """Read on until a frame of this kind."""
    while True:
        received = await socket.receive_json()
        if received["op"] == op and received.get("t") == event:
            return received


def test_a_session_is_resumed_with_what_was_missed() -> None:
    """After a cut, whoever resumes is sent the events from where it broke off; an unknown session is invalid: op 9."""

    async def scenario(bot: BareBot) -> None:
        assert (await bot.call("PUT", f"/applications/{APPLICATION_ID}/commands", [ASK]))[0] == 200
        socket = await bot.connect()
        ready = await frame(socket, 0, "READY")
        await bot.discord.wait_ready()
        bot.discord.gateway.drop()
        interaction = await bot.discord.send("Who?")
        resume = {"token": bot.discord.token, "session_id": ready["d"]["session_id"], "seq": ready["s"] + 2}
        again = await bot.session.ws_connect(bot.discord.gateway.address)
        await again.send_json({"op": 6, "d": resume | {"session_id": "of somebody else"}})
        assert (await frame(again, 9))["d"] is False
        await again.send_json({"op": 6, "d": resume})
        missed = await frame(again, 0, "INTERACTION_CREATE")
        assert (missed["d"]["id"], missed["s"]) == (interaction.interaction_id, ready["s"] + 3)
        await frame(again, 0, "RESUMED")
        await bot.discord.gateway.ask_to_reconnect()
        await frame(again, 7)

    assert run(scenario) == []


def test_a_rate_limit_on_demand() -> None:
    """The next request is answered 429 with the headers that discord.py needs, and is no violation."""

    async def scenario(bot: BareBot) -> None:
        bot.discord.limit_next("/users/@me", retry_after_s=0.5)
        async with bot.session.get(bot.discord.api + "/users/@me") as response:
            assert response.status == 429
            assert (response.headers["Retry-After"], "Via" in response.headers) == ("0.5", True)
        assert (await bot.call("GET", "/users/@me", None))[0] == 200

    assert run(scenario) == []


def test_unknown_addresses_and_bodies_that_are_no_json_are_noted() -> None:
    """A request that Discord doesn't know fails the run."""

    async def scenario(bot: BareBot) -> None:
        assert (await bot.call("GET", "/users/@you", None))[0] == 404
        path = f"{bot.discord.api}/interactions/1/t/callback"
        async with bot.session.post(path, data="{", headers={"Content-Type": "application/json"}) as response:
            assert response.status == 400

    assert len(run(scenario)) == 2
