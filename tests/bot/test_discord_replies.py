"""A reply that meets one closed door after another; how real doors close is tested in tests/e2e."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.discord import replies
from bot.discord.metrics import Metrics
from bot.discord.replies import Replies

Door = Callable[..., Awaitable[Any]]
PARTS = {"embed": discord.Embed(title="t")}


def refused(status: int, code: int) -> discord.HTTPException:
    """A response of Discord's that is no success."""
    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.HTTPException)
    return kind(SimpleNamespace(status=status, reason="because"), {"code": code, "message": "no"})  # type: ignore[arg-type]


class Doors:
    """As much of an interaction as a reply uses: each door opens, hangs, or fails with what it is given."""

    def __init__(self, *, defer: Any = None, edit: Any = None, direct: Any = None) -> None:
        self.knocked: list[str] = []
        self.response = SimpleNamespace(is_done=lambda: False, defer=self._door("defer", defer))
        self.edit_original_response = self._door("edit", edit)
        self.user = SimpleNamespace(id=1, send=self._door("direct", direct))
        self.channel, self.channel_id, self.guild_id, self.id = None, None, None, 5

    def _door(self, name: str, behaviour: Any) -> Door:
        async def knock(**_: Any) -> Any:
            self.knocked.append(name)
            if behaviour == "hang":
                await asyncio.sleep(60)
            if isinstance(behaviour, Exception):
                raise behaviour
            return SimpleNamespace(message_id=7)

        return knock


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let minutes pass in milliseconds."""
    monkeypatch.setattr(replies, "FIRST_SIGN_S", 0.05)
    monkeypatch.setattr(replies, "TOKEN_LIFE_S", 0.2)
    monkeypatch.setattr(replies, "_PAUSES_S", (0.0, 0.0))


def sent(doors: Doors) -> tuple[bool, dict[str, int]]:
    """Acknowledge and send; return whether it arrived, and what was counted."""

    async def scenario() -> bool:
        reply = await Replies(metrics).acknowledge(doors, private=True)  # type: ignore[arg-type]
        return await reply.send(**PARTS) is not None

    metrics = Metrics()
    return asyncio.run(scenario()), dict(metrics.replies)


def test_a_network_that_stays_away_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    """An edit is tried three times here, then given up with one line."""
    doors = Doors(edit=aiohttp.ServerDisconnectedError())
    assert sent(doors) == (False, {"lost": 1})
    assert doors.knocked == ["defer", "edit", "edit", "edit"]
    assert "a reply could not be delivered (edit)" in caplog.text


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_discord_that_stays_away_is_reported(status: int) -> None:
    """Rate limits without a promise and errors of Discord's are tried again, and then given up."""
    doors = Doors(edit=refused(status, 0))
    assert sent(doors) == (False, {"lost": 1})
    assert doors.knocked == ["defer", "edit", "edit", "edit"]


def test_an_edit_is_not_waited_for_longer_than_its_token_lives() -> None:
    """If a rate limit outlasts the token, the answer goes to who asked."""
    doors = Doors(edit="hang")
    assert sent(doors) == (True, {"direct": 1})
    assert doors.knocked == ["defer", "edit", "direct"]


@pytest.mark.parametrize("code", [10015, 50027])
def test_a_token_that_is_dead_leads_to_who_asked(code: int) -> None:
    """Discord has said 404 within the 15 minutes, too."""
    assert sent(Doors(edit=refused(404, code))) == (True, {"direct": 1})


@pytest.mark.parametrize(
    ("behaviour", "knocks", "counted"),
    [
        (None, 1, {"channel": 1}),
        (refused(503, 0), 3, {}),
        (aiohttp.ServerDisconnectedError(), 3, {}),
        (refused(403, 50013), 1, {}),
    ],
)
def test_a_message_of_our_own_is_sent_as_persistently(behaviour: Any, knocks: int, counted: dict[str, int]) -> None:
    """What passes is tried three times here, a refusal once; only what arrived counts as gone its way."""
    doors, metrics = Doors(direct=behaviour), Metrics()
    sending = Replies(metrics).post("channel", doors.user.send, **PARTS)
    if behaviour is None:
        asyncio.run(sending)
    else:
        with pytest.raises(type(behaviour)):
            asyncio.run(sending)
    assert doors.knocked == ["direct"] * knocks
    assert dict(metrics.replies) == counted


def test_an_acknowledgement_that_hangs_is_left(caplog: pytest.LogCaptureFixture) -> None:
    """After three seconds Discord takes none; the edit may work all the same, if it had arrived."""
    doors = Doors(defer="hang")
    assert sent(doors) == (True, {"edit": 1})
    assert "could not be acknowledged in time" in caplog.text


def test_an_acknowledgement_is_tried_three_times_at_once() -> None:
    """A dead connection costs no pause."""
    doors = Doors(defer=aiohttp.ServerDisconnectedError())
    assert sent(doors) == (True, {"edit": 1})
    assert doors.knocked == ["defer", "defer", "defer", "edit"]


def test_a_second_bot_with_the_same_token_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """An acknowledgement that somebody else gave (40060) does not keep the answer back."""
    assert sent(Doors(defer=refused(400, 40060))) == (True, {"edit": 1})
    assert "another process" in caplog.text


def test_who_takes_no_direct_messages_cannot_be_helped(caplog: pytest.LogCaptureFixture) -> None:
    """The last door is closed: that is a line in the log, and a lost reply in the metrics."""
    assert sent(Doors(defer=refused(404, 10062), direct=refused(403, 50007))) == (False, {"lost": 1})
    assert "may not be posted to a person directly" in caplog.text


def test_a_message_that_discord_refuses_is_not_sent_elsewhere() -> None:
    """What is over a limit here is over it everywhere; whoever sends it has to say something else."""
    doors = Doors(edit=refused(400, 50035))
    assert sent(doors) == (False, {"lost": 1})
    assert doors.knocked == ["defer", "edit"]


def test_what_was_begun_is_finished_though_nobody_waits_for_it_any_more() -> None:
    """A look that is stopped in the middle of a post does not cut it off, and the bot ends after it."""

    async def scenario() -> tuple[bool, bool, list[str]]:
        kept, done = Replies(Metrics()), list[str]()
        began, go_on = asyncio.Event(), asyncio.Event()

        async def post() -> None:
            began.set()
            await go_on.wait()
            done.append("posted")

        look = asyncio.create_task(kept.keep(post()))
        await began.wait()
        look.cancel()
        await asyncio.wait((look,))
        early = await kept.finish(within_s=0)
        go_on.set()
        return early, await kept.finish(within_s=5), done

    assert asyncio.run(scenario()) == (False, True, ["posted"])
