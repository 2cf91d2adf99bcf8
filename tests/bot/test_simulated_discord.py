"""The breadth of the Discord bot, in a simulated Discord: every command, button, form and menu, and how each fails."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from simulated import Server, bot_over, buttons, shown
from small_index import answerer_over
from strike_news import ARTICLES, OTHERS

from bot.answering import Answerer
from bot.discord.app import Answers, NewsBot
from bot.discord.cogs.after import NOT_KEPT
from index_store import EmptyIndexError, PassageEncoder

QUESTION = "How many sailors left their ships in Port Maren?"
DOCUMENTED = Path(__file__).parents[2] / "docs" / "discord.md"
COMMANDS = {
    "ask": ("question", "since", "until", "source", "as_of", "private", "thread"),
    "timeline": ("topic", "since", "until", "source"),
    "digest": ("topic", "since"),
    "changes": ("topic", "since"),
    "latest": ("topic",),
    "sources": (),
    "article": ("wanted",),
    "help": (),
    "privacy": (),
    "subscribe": ("topic", "every", "quiet"),
    "daily": ("hour", "topic"),
    "subscriptions": (),
    "unsubscribe": ("subscription",),
    "settings": (
        "show", "channels", "adders", "sources", "dates", "answers", "threads", "length", "reset", "history",
    ),
}  # fmt: skip
MENU = ("Ask about this", "Has this been posted?", "Add this article")
Scenario = Callable[[Server], Coroutine[Any, Any, None]]


class Failing:
    """Fails in the way that it is made for, whatever it is asked."""

    def __init__(self, failure: Exception) -> None:
        self._failure = failure

    def _fail(self, *_: object, **__: object) -> Any:
        raise self._failure

    ask = overview = about = _fail


@pytest.fixture(scope="module")
def strike(tmp_path_factory: pytest.TempPathFactory, encoder: PassageEncoder) -> Iterator[tuple[Answerer, Path]]:
    """A real answerer over a strike and other matters, and its data folder."""
    folder = tmp_path_factory.mktemp("strike")
    with answerer_over((*ARTICLES, *OTHERS), folder, encoder) as answerer:
        yield answerer, folder


def play(scenario: Scenario, answerer: Answers, folder: Path, memory: Path) -> None:
    """Run a scenario on a server with the bot."""

    async def played() -> None:
        async with bot_over(answerer, folder, memory) as server:
            await scenario(server)

    asyncio.run(played())


def test_every_command_is_as_documented(tmp_path: Path) -> None:
    """Each command has its options and describes them; the documentation names all that are registered."""

    async def scenario(server: Server) -> None:
        put = next(one for one in server.env.http_requests if one.method == "PUT" and one.path.endswith("/commands"))
        assert isinstance(put.json, list)
        slash = {one["name"]: one for one in put.json if one.get("type", 1) == 1}
        for name, options in COMMANDS.items():
            assert tuple(one["name"] for one in slash[name].get("options", ())) == options, name
            assert all(len(one["description"]) > 10 for one in (slash[name], *slash[name].get("options", ())))
        assert {one["name"] for one in put.json if one.get("type") == 3} >= set(MENU)
        documented = DOCUMENTED.read_text(encoding="utf-8")
        assert not [one["name"] for one in put.json if one.get("type", 1) == 1 and f"`/{one['name']}" not in documented]
        assert not [name for name in MENU if f"*{name}*" not in documented]
        assert not [name for name in COMMANDS["ask"][1:] if f"`{name}`" not in documented]

    play(scenario, Failing(RuntimeError()), tmp_path, tmp_path)


def test_what_is_offered_while_typing(strike: tuple[Answerer, Path], tmp_path: Path) -> None:
    """Publishers that are indexed, a server's own to take off its list, and languages; at most 25."""

    async def scenario(server: Server) -> None:
        async def offered(command: str, option: str, typed: str) -> list[str]:
            choices = await server.manager.autocomplete(server.channel, command, option, typed)
            assert len(choices) <= 25
            return [one["name"] for one in choices]

        assert await offered("ask", "source", "") == await offered("timeline", "source", "")
        assert await offered("ask", "source", "POST") == ["Harbour Post"]
        assert await offered("ask", "source", "x" * 100) == []
        assert await offered("settings sources", "remove", "") == []
        await server.manager.slash(server.channel, "settings sources", add="Quay Mail")
        assert await offered("settings sources", "remove", "") == ["Quay Mail"]
        assert "Quay Mail" in await offered("settings sources", "add", "quay")
        assert await offered("settings dates", "language", "german") == ["German (Deutsch)"]

    play(scenario, *strike, tmp_path)


def test_buttons_after_a_restart(strike: tuple[Answerer, Path], tmp_path: Path) -> None:
    """All buttons of an answer, its pages and a form that was open do what they say in another process."""

    async def scenario(server: Server) -> None:
        answer = await server.member.slash(server.channel, "ask", question=QUESTION)
        form = await server.press(answer, "down")
        await server.restart()
        told = {deed: await server.press(answer, deed) for deed in ("sources", "why", "timeline", "newer", "up")}
        titles = {deed: shown(result)["title"] for deed, result in told.items()}
        assert titles["sources"].startswith("Source 1 of ")
        assert titles["why"] == "Why this answer?"
        assert titles["timeline"].startswith("Timeline of ")
        assert titles["newer"] == shown(answer)["title"]
        assert "your vote is kept" in shown(told["up"])["description"]
        assert all(result.ephemeral for result in told.values())
        assert form.modal is not None
        field = form.modal["components"][0]["components"][0]["custom_id"]
        sent = await server.member.submit_modal(form, {field: "the figure"})
        assert "your vote is kept" in shown(sent)["description"]

    play(scenario, *strike, tmp_path)


def test_double_presses_and_long_words(strike: tuple[Answerer, Path], tmp_path: Path) -> None:
    """Whoever presses twice has one vote and is answered twice; a form takes no more than it says."""

    async def scenario(server: Server) -> None:
        answer = await server.member.slash(server.channel, "ask", question=QUESTION)
        for deed in ("up", "up", "sources", "sources"):
            assert shown(await server.press(answer, deed))["description"] != NOT_KEPT
        form = await server.press(answer, "down")
        assert form.modal is not None
        field = form.modal["components"][0]["components"][0]["custom_id"]
        with pytest.raises(simcord.SetupError, match="1000"):
            await server.member.submit_modal(form, {field: "x" * 1_001})
        privacy = await server.member.slash(server.channel, "privacy")
        assert "1 question of yours with the answers, and 1 vote" in shown(privacy)["description"]

    play(scenario, *strike, tmp_path)


def test_an_answer_that_is_not_kept_any_more(strike: tuple[Answerer, Path], tmp_path: Path) -> None:
    """Once its asker has deleted it, every button of an answer says so, and what to do."""

    async def scenario(server: Server) -> None:
        answer = await server.member.slash(server.channel, "ask", question=QUESTION)
        privacy = await server.member.slash(server.channel, "privacy")
        assert privacy.response is not None
        await server.member.click(privacy.response, custom_id="dateline:forget")
        for deed in buttons(answer):
            result = await server.press(answer, deed)
            assert result.ephemeral
            assert shown(result)["description"] == NOT_KEPT, deed

    play(scenario, *strike, tmp_path)


def test_limits_of_options(tmp_path: Path) -> None:
    """Discord refuses what is too long or too short before the bot sees it; the longest is taken."""
    too_long = (
        ("ask", {"question": "x" * 301}), ("ask", {"question": "no"}), ("ask", {"question": "who?", "since": "x" * 61}),
        ("timeline", {"topic": "x" * 101}), ("digest", {"topic": "x"}), ("latest", {"topic": "x" * 101}),
        ("article", {"wanted": "x" * 501}), ("changes", {"topic": "strike", "since": "x" * 61}),
    )  # fmt: skip

    async def scenario(server: Server) -> None:
        for command, options in too_long:
            with pytest.raises(simcord.OptionError):
                await server.member.slash(server.channel, command, **options)
        longest = await server.member.slash(server.channel, "ask", question="x" * 300)
        assert shown(longest)["description"]

    play(scenario, Failing(EmptyIndexError("Nothing is indexed yet.")), tmp_path, tmp_path)


def test_who_may_do_what(strike: tuple[Answerer, Path], tmp_path: Path) -> None:
    """Settings are hidden from members, and refused where an administrator shows them; adding needs a permission."""

    async def scenario(server: Server) -> None:
        with pytest.raises(simcord.SetupError, match="not visible"):
            await server.member.slash(server.channel, "settings show")
        assert isinstance(server.env.bot, NewsBot)
        commands = {one.name: one for one in await server.env.bot.tree.fetch_commands()}
        server.env.guild.set_command_permissions(commands["settings"], {server.member: True})
        for command in ("settings show", "settings reset", "settings history"):
            refused = await server.member.slash(server.channel, command)
            assert refused.ephemeral
            assert "Manage Server" in shown(refused)["description"]
        assert shown(await server.manager.slash(server.channel, "settings show"))["title"] == "Settings of this server"
        message = await server.member.send(server.channel, "https://quay.example/1")
        refused = await server.member.context_menu(server.channel, "Add this article", message)
        assert "Manage Messages" in shown(refused)["description"]
        known = await server.member.context_menu(server.channel, "Has this been posted?", message)
        assert "Ferry crews on strike" in shown(known)["description"]

    play(scenario, *strike, tmp_path)


EVERYTHING: tuple[tuple[str, dict[str, str]], ...] = (
    ("ask", {"question": QUESTION}),
    ("ask", {"question": QUESTION, "since": "the day after never"}),
    ("ask", {"question": QUESTION, "source": "Nobody's Paper"}),
    ("timeline", {"topic": "strike"}),
    ("digest", {}),
    ("changes", {"topic": "strike", "since": "yesterday"}),
    ("latest", {"topic": "strike"}),
    ("latest", {}),
    ("sources", {}),
    ("article", {"wanted": "https://quay.example/1"}),
    ("settings sources", {"add": "Nobody's Paper"}),
    ("settings sources", {}),
    ("settings dates", {"language": "Klingon"}),
)


@pytest.mark.parametrize(
    "failure", [EmptyIndexError("Nothing is indexed yet.", remedy="Run it."), RuntimeError("a secret of the bot's")]
)
def test_every_failure_ends_in_words(failure: Exception, tmp_path: Path) -> None:
    """Over no index at all, whatever fails behind a command, its user reads what happened, and none of our secrets."""

    async def scenario(server: Server) -> None:
        post = await server.member.send(server.channel, "Ferries stand still: https://quay.example/1")
        results = [await server.manager.slash(server.channel, name, **options) for name, options in EVERYTHING]
        results += [await server.manager.context_menu(server.channel, name, post) for name in MENU]
        for result in results:
            embed = shown(result)
            assert embed["title"]
            assert len(embed["description"]) > 10
            assert "secret" not in str(embed)
            assert embed.get("footer", {"text": "none"}).get("text")

    play(scenario, Failing(failure), tmp_path, tmp_path)


def test_a_message_that_discord_does_not_take(strike: tuple[Answerer, Path], tmp_path: Path) -> None:
    """Where Discord refuses an answer, at least the apology is shown; a thread that may not be opened is told of."""

    async def scenario(server: Server) -> None:
        server.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=400, code=50035)
        refused = await server.member.slash(server.channel, "ask", question=QUESTION)
        assert "logged" in shown(refused)["description"]
        server.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013)
        answered = await server.member.slash(server.channel, "ask", question=QUESTION, thread=True)
        (told,) = answered.followups
        assert told.ephemeral
        assert "Create Public Threads" in (told.embeds[0].description or "")

    play(scenario, *strike, tmp_path)


def test_direct_messages_and_mentions(strike: tuple[Answerer, Path], tmp_path: Path) -> None:
    """A mention is answered in its channel, and nobody is pinged; a server's commands are no use elsewhere."""

    async def scenario(server: Server) -> None:
        me = server.env.bot.user
        assert me is not None
        await server.member.send(server.channel, f"<@{me.id}> {QUESTION} @everyone")
        answer = server.channel.last_message
        assert answer is not None
        assert answer.author.id == me.id
        assert isinstance(answer.embeds[0], discord.Embed)
        assert not answer.mention_everyone
        in_private = await server.member.user.slash("ask", question=QUESTION)
        assert "200 sailors" in shown(in_private)["description"]

    play(scenario, *strike, tmp_path)


def test_the_subscription_that_was_chosen_is_ended(strike: tuple[Answerer, Path], tmp_path: Path) -> None:
    """A number that is offered means that subscription, though another one has it for a topic; and it is named."""

    async def scenario(server: Server) -> None:
        async def told(command: str, **options: object) -> str:
            result = await server.moderator.slash(server.channel, command, **options)
            description: str = shown(result)["description"]
            return description

        assert "12" in await told("subscribe", topic="12")
        for number in range(2, 12):
            await told("subscribe", topic=f"topic {number}")
            assert f"topic {number}" in await told("unsubscribe", subscription=str(number))
        await told("subscribe", topic="volcano")
        assert "volcano" in await told("unsubscribe", subscription="12")
        assert "no such subscription" in await told("unsubscribe", subscription=" ")
        assert "no topic" in await told("subscribe", topic="\u200b\u200b\u200b")
        listed = await told("subscriptions")
        assert "12" in listed
        assert "volcano" not in listed

    play(scenario, *strike, tmp_path)
