"""What people do beside `/ask`, with the real bot and a real index: buttons, votes, conversations, menus, privacy."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from discord_interactions import Interaction
from discord_talk import (
    CHANNEL_ID,
    DIRECT_CHANNEL_ID,
    MANAGE_MESSAGES,
    OTHER,
    TalkingDiscord,
    text_of,
)
from local_web import SETTINGS, article_page, serve
from running_bot import RunningBot

ME = "<@1001>"
NOT_KEPT = "not kept any more"


@asynccontextmanager
async def bot_in(folder: Path, discord: TalkingDiscord, **settings: str) -> AsyncIterator[RunningBot]:
    """A bot that is ready, with what it remembers in the data folder."""
    names = {f"DATELINE_DISCORD_{name.upper()}": value for name, value in settings.items()}
    arguments = ["-m", "bot.cli", "--data-dir", folder, "bot"]
    async with RunningBot(arguments, discord.environment | names) as bot:
        await bot.wait_for_line("connected as Dateline, /ask is registered")
        yield bot


@pytest.fixture
def folder(indexed_folder: Path) -> Path:
    """The shared index, without what another test's bot remembers."""
    for file in indexed_folder.glob("discord.sqlite*"):
        file.unlink()
    return indexed_folder


def test_buttons_after_a_restart(folder: Path) -> None:
    """An answer's sources, grounds, second asking and votes are there for a bot that was started anew."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord:
            async with bot_in(folder, discord):
                answer = await discord.ask("Who led the Doha talks?")
                assert [len(row["components"]) for row in answer.message["components"]] == [4, 2]
            async with bot_in(folder, discord):
                sources = await discord.press(answer, "sources")
                assert sources.ephemeral
                assert sources.embed["title"].startswith("Source 1 of ")
                assert "> **" in sources.text
                assert "The White House confirmed on Wednesday" in sources.text
                assert "Version 1, the current one" in sources.text
                why = await discord.press(answer, "why")
                assert why.ephemeral
                assert "all indexed articles" in why.text
                assert "1 source (Example Wire)" in why.text
                turned = await discord.press(page_of(discord.shown(sources), answer_id_of(answer), 0), "page")
                assert turned.embed == sources.embed
                beyond = await discord.press(page_of(discord.shown(sources), answer_id_of(answer), 99), "page")
                assert NOT_KEPT in beyond.text
                newer = await discord.press(answer, "newer", user=OTHER)
                assert newer.ephemeral
                assert "Nothing has changed" in newer.text
                assert "Adam Boehler" in newer.text
                assert "kept with the answer" in (await discord.press(answer, "up")).text
                form = await discord.press(answer, "down", is_form=True)
            async with bot_in(folder, discord):
                assert "Thank you" in (await discord.fill_in(form, "It names the wrong envoy.")).text
            assert discord.violations == []

    asyncio.run(scenario())
    assert votes_in(folder) == [(4001, 0, "It names the wrong envoy.")]


def answer_id_of(answer: Interaction) -> str:
    """The number that an answer's buttons name."""
    assert answer.message is not None
    number: str = answer.message["components"][0]["components"][0]["custom_id"].rpartition(":")[2]
    return number


def page_of(message: dict[str, Any], answer_id: str, page: int) -> dict[str, Any]:
    """A message with a button that leads to a source, as one of several sources has."""
    button = {"type": 2, "style": 2, "label": "next", "custom_id": f"dateline:page:{answer_id}:{page}"}
    return message | {"components": [{"type": 1, "components": [button]}]}


def votes_in(folder: Path) -> list[tuple[int, int, str]]:
    """What was voted: user, for or against, and what was wrong."""
    with closing(sqlite3.connect(folder / "discord.sqlite")) as connection:
        return connection.execute("SELECT user_id, good, complaint FROM votes").fetchall()


def test_a_conversation_by_mentions_and_replies(folder: Path) -> None:
    """A mention asks; a reply with a pronoun goes on, with what was searched shown; other messages are left alone."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord, bot_in(folder, discord):
            first = await discord.ask_aloud(f"{ME} Who led the Doha talks?")
            assert "Boehler" in text_of(first)
            await discord.say("What a week.")
            second = await discord.ask_aloud("And when did he lead them?", reply_to=first, user=OTHER)
            assert "Searched as: when did he (Adam Boehler) lead them?" in text_of(second)
            third = await discord.ask_aloud(f"{ME} And what was said by Israel about that?")
            assert "Searched as: On the Doha talks" in text_of(third)
            assert "Ask me something" in text_of(await discord.ask_aloud(ME))
            assert "at most 300 fit" in text_of(await discord.ask_aloud(f"{ME} {'why ' * 100}"))
            direct = await discord.ask_aloud("Who led the Doha talks?", channel_id=DIRECT_CHANNEL_ID)
            assert "Boehler" in text_of(direct)
            assert "Version 1" in (await discord.press(first, "sources")).text
            assert len(discord.posted) == 6
            assert discord.violations == []

    asyncio.run(scenario())


def test_a_thread_is_a_conversation(folder: Path) -> None:
    """`thread` opens one under the answer; in thread mode a message there needs no mention, after a restart neither."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord:
            discord.gateway.privileged = True
            async with bot_in(folder, discord, conversation="threads"):
                answer = await discord.use("ask", question="Who led the survey of the Valdren glacier?", thread=True)
                greeting = await discord.next_posted(0)
                ((thread_id, thread),) = discord.threads.items()
                assert (greeting["channel_id"], "just write" in text_of(greeting)) == (thread_id, True)
                assert thread["name"] == "Who led the survey of the Valdren glacier?"
                followed = await discord.ask_aloud("What did she call the loss?", channel_id=thread_id, user=OTHER)
                assert "Searched as" in text_of(followed)
            async with bot_in(folder, discord, conversation="threads"):
                again = await discord.ask_aloud("And how did she measure the ice?", channel_id=thread_id)
                assert "Searched as" in text_of(again)
                discord.missing = {"CREATE_PUBLIC_THREADS"}
                answer = await discord.use("ask", question="Who led the Doha talks?", thread=True)
                while not answer.followups:
                    await asyncio.sleep(0.02)
                assert "Create Public Threads" in str(answer.followups)
            assert discord.violations == []

    asyncio.run(scenario())


def test_a_missing_intent_is_one_clear_line(folder: Path) -> None:
    """Where the portal does not allow the message content, thread mode ends with what to switch on."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord:
            discord.gateway.refuse_with = 4014
            environment = discord.environment | {"DATELINE_DISCORD_CONVERSATION": "threads"}
            async with RunningBot(["-m", "bot.cli", "--data-dir", folder, "bot"], environment) as bot:
                assert await bot.exit_status() == 1
                failure, remedy = bot.log
                assert "does not grant the bot the Message Content Intent" in failure
                assert 'conversation = "mentions"' in remedy

    asyncio.run(scenario())


def test_missing_permissions_are_told(folder: Path) -> None:
    """Without the right to show embeds the channel is told, without the right to write the asker is."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord, bot_in(folder, discord):
            for missing in ("EMBED_LINKS", "SEND_MESSAGES"):
                discord.missing = {missing}
                told = await discord.ask_aloud(f"{ME} Who led the Doha talks?")
                assert "Embed Links" in told["content"]
                assert (told["channel_id"] == DIRECT_CHANNEL_ID) == (missing == "SEND_MESSAGES")

    asyncio.run(scenario())


def test_a_bad_time_of_discord_loses_and_doubles_no_message(folder: Path) -> None:
    """An error of Discord's is outlasted; what arrived, though the bot was not told, is not written twice."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord, bot_in(folder, discord) as bot:
            discord.refuse_next(f"/channels/{CHANNEL_ID}/messages", status=503, code=0)
            first = await discord.ask_aloud(f"{ME} Who led the Doha talks?")
            assert "Boehler" in text_of(first)
            discord.cut_after_next(f"/channels/{CHANNEL_ID}/messages")
            await discord.ask_aloud(f"{ME} How long is the coast of Port Maren?")
            third = await discord.ask_aloud(f"{ME} How much does the ferry cost?")  # its turn comes after the second's
            assert third == discord.posted[2]
            discord.refuse_next(f"/channels/{CHANNEL_ID}/messages", status=503, code=0)
            await discord.say(f"{ME} How much ice did the Valdren glacier lose?", user=OTHER)
            await bot.wait_for_line("trying again", times=2)
            bot.interrupt()
            assert await bot.exit_status() == 0
            asked = [one["embeds"][0]["title"] for one in discord.posted]
            assert [title.split()[-1] for title in asked] == ["talks?", "Maren?", "cost?", "lose?"]
            assert discord.violations == []

    asyncio.run(scenario())


def test_options_of_ask(folder: Path) -> None:
    """Dates are read as people write them, bad ones explained, and publishers offered and checked."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord, bot_in(folder, discord):
            question = "Who led the Doha talks?"
            assert "is no date" in (await discord.ask(question, since="soonish")).text
            reply = await discord.ask(question, since="2025-04-01", until="March 2025")
            assert "is later than" in reply.text
            assert "Boehler" in (await discord.ask(question, since="March 2025", source="example wire")).text
            reply = await discord.ask(question, source="Exampel Wire")
            assert "Did you mean Example Wire?" in reply.text
            offered = await discord.complete("ask", "source", "co")
            assert [choice["value"] for choice in offered] == ["Science Courier"]
            assert len(await discord.complete("ask", "source", "")) == 3
            assert discord.violations == []

    asyncio.run(scenario())


def test_looking_around(folder: Path) -> None:
    """What is indexed, the latest, an article by its address, help; and privacy, which deletes what is kept."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord, bot_in(folder, discord):
            sources = await discord.use("sources")
            assert "**3 articles** of 3 publishers" in sources.text
            assert r"Harbour \*\*Post\*\*: 1" in sources.text
            latest = await discord.use("latest")
            assert latest.text.index("harbour.example") < latest.text.index("wire.example")
            assert "science.example" in (await discord.use("latest", topic="Valdren glacier")).text
            article = await discord.use("article", wanted="http://www.science.example/glacier/")
            assert "Version 1, indexed <t:" in article.text
            assert "No article" in (await discord.use("article", wanted="https://nowhere.example/")).text
            assert "/ask question" in (await discord.use("help")).text
            hidden = await discord.ask("Who led the Doha talks?", private=True)
            assert NOT_KEPT in (await discord.press(hidden, "sources", user=OTHER)).text
            assert "Version 1" in (await discord.press(hidden, "sources")).text
            answer = await discord.ask("Who led the Doha talks?")
            await discord.press(answer, "up", user=OTHER)
            privacy = await discord.use("privacy")
            assert "2 questions of yours with the answers, and 0 votes" in privacy.text
            assert "are deleted" in (await discord.press(privacy, "forget")).text
            assert NOT_KEPT in (await discord.press(answer, "sources")).text
            assert NOT_KEPT in (await discord.press(answer, "up")).text
            assert "0 votes" in (await discord.use("privacy", user=OTHER)).text
            assert discord.violations == []

    asyncio.run(scenario())


def test_overviews(folder: Path) -> None:
    """A timeline, a digest, changes, and a button for the timeline of an answer's topic; each line links its source."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord, bot_in(folder, discord):
            timeline = await discord.use("timeline", topic="Valdren glacier", source="science courier")
            assert timeline.embed["title"] == "Timeline of Valdren glacier"
            assert "🔹 **20 February 2025** The Valdren glacier lost ten per cent" in timeline.text
            assert "– [Science Courier](https://science.example/glacier)" in timeline.text
            early = await discord.use("timeline", topic="Valdren glacier", until="2024")
            assert "No indexed article" in early.text
            assert "is no date" in (await discord.use("timeline", topic="Doha talks", since="soonish")).text
            assert [one["value"] for one in await discord.complete("timeline", "source", "co")] == ["Science Courier"]
            for command in ("timeline", "digest", "changes", "latest"):
                assert [one["value"] for one in await discord.complete(command, "topic", "vald")] == ["Valdren"]
            assert "The newest is of 11 April 2025." in (await discord.use("digest")).text
            digest = await discord.use("digest", since="2025-01-01")
            assert "**3 articles** since <t:" in digest.text
            assert "– [Example Wire](https://wire.example/2025/03/05/doha-talks_%28hostages%29)" in digest.text
            assert "Valdren" not in (await discord.use("digest", topic="island ferry", since="2025-01-01")).text
            changes = await discord.use("changes", topic="Valdren glacier", since="2025-02-01")
            assert "**New**\n🔹 <t:" in changes.text
            unknown = await discord.use("changes", topic="Narvala", since="2025-02-01")
            assert "No indexed article mentions Narvala" in unknown.text
            answer = await discord.ask("Who led the survey of the Valdren glacier?")
            pressed = await discord.press(answer, "timeline", user=OTHER)
            assert pressed.ephemeral
            assert pressed.embed["title"] == "Timeline of the survey of the Valdren glacier"
            assert "**20 February 2025**" in pressed.text
            assert discord.violations == []

    asyncio.run(scenario())


def test_the_menu_of_a_message(folder: Path) -> None:
    """A message can be asked about, and looked up with the answers that quote what it links to."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord, bot_in(folder, discord):
            asked = await discord.choose("Ask about this", "Who led the Doha talks? https://elsewhere.example/1")
            assert asked.ephemeral
            assert "Boehler" in asked.text
            answer = await discord.ask("How much ice did the Valdren glacier lose?")
            await discord.ask("Who led the survey of the Valdren glacier?", private=True)
            known = await discord.choose("Has this been posted?", "look: https://science.example/glacier?utm_source=x")
            assert "In the index" in known.text
            message_id = discord.shown(answer)["id"]
            assert (
                f"[How much ice did the Valdren glacier lose?](https://discord.com/channels/2001/3001/{message_id})"
                in known.text
            )
            assert known.text.count("discord.com/channels") == 1
            alike = await discord.choose("Has this been posted?", "The Valdren glacier has lost a tenth of its ice.")
            assert "Much like it" in alike.text
            unknown = await discord.choose("Has this been posted?", "https://nowhere.example/1")
            assert "Nothing like it" in unknown.text
            refused = await discord.choose("Add this article", "https://nowhere.example/1")
            assert "Manage Messages" in refused.text
            assert discord.violations == []

    asyncio.run(scenario())


def test_adding_articles(folder: Path, tmp_path: Path) -> None:
    """Who may manage messages adds what a message links to; each link is told of, a private address is refused."""
    copy = tmp_path / "index"
    shutil.copytree(folder, copy)
    settings = tmp_path / "dateline.toml"
    settings.write_text(SETTINGS)
    text = "The keeper Odo Brandt retires after forty years at Skerry Point.\nHis successor is a machine, he said."

    async def scenario(address: str) -> None:
        arguments = ["-m", "bot.cli", "--data-dir", copy, "--config", settings, "bot"]
        async with TalkingDiscord() as discord, RunningBot(arguments, discord.environment):
            await discord.wait_ready()
            links = f"{address} and <http://10.0.0.1/x>"
            added = await discord.choose("Add this article", links, permissions=MANAGE_MESSAGES)
            first, second = added.text.split("✅")[1].split("❌")
            assert "“Keeper retires” is indexed now." in first
            assert "private" in second
            assert "In the index" in (await discord.choose("Has this been posted?", address)).text
            assert "Brandt" in (await discord.ask("Which keeper retires at Skerry Point?")).text
            assert discord.violations == []

    with serve() as web:
        asyncio.run(scenario(web.put("/keeper", article_page(title="Keeper retires", text=text))))
