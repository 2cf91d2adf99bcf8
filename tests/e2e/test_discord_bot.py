"""`dateline bot` as an operator runs it, with a real index, against a Discord that enforces the rules."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from command_line import copy_index
from discord_interactions import GUILD_ID, OTHER_GUILD_ID
from discord_server import LocalDiscord
from running_bot import RunningBot, free_port


def command(data_dir: Path) -> list[str | Path]:
    """Return what follows `python` to start the bot."""
    return ["-m", "bot.cli", "--data-dir", data_dir, "bot"]


@asynccontextmanager
async def ready_bot(data_dir: Path) -> AsyncIterator[tuple[LocalDiscord, RunningBot]]:
    """A bot that is ready, and the Discord it is connected to; no rule may be broken in the end."""
    async with LocalDiscord() as discord, RunningBot(command(data_dir), discord.environment) as bot:
        await bot.wait_for_line("connected as Dateline, /ask is registered")
        yield discord, bot
        assert discord.violations == []


def test_a_question_is_answered_with_its_source(indexed_folder: Path) -> None:
    """The answer is acknowledged within a second, names the envoy, and quotes the article with its link and date."""

    async def scenario() -> None:
        async with ready_bot(indexed_folder) as (discord, _):
            reply = await discord.ask("Who led the Doha talks?")
            assert (reply.acknowledgement, reply.ephemeral) == (5, False)
            assert reply.acknowledgement_s < 1
            assert reply.embed["title"] == "Who led the Doha talks?"
            assert "Adam Boehler" in reply.embed["description"]
            assert r"\[1\]" in reply.embed["description"]
            first = reply.embed["fields"][0]
            title, date, quote = first["value"].split("\n")
            assert first["name"] == r"\[1\] Example Wire"
            assert title.endswith("(https://wire.example/2025/03/05/doha-talks_%28hostages%29)")
            assert date == "<t:1741199400:D> (<t:1741199400:R>)"
            assert quote.startswith("> ")
            assert "Adam Boehler" in quote

    asyncio.run(scenario())


def test_what_the_articles_do_not_say(indexed_folder: Path) -> None:
    """An unanswerable question ends in an honest no, with the nearest articles; asked in private, it stays private."""

    async def scenario() -> None:
        async with ready_bot(indexed_folder) as (discord, _):
            reply = await discord.ask("Which striker won the football world cup of 2031?", private=True)
            assert reply.ephemeral
            assert not reply.embed.get("fields")
            assert "Nearest articles" in reply.embed["description"]
            assert ".example/" in reply.embed["description"]

    asyncio.run(scenario())


def test_hostile_questions_and_articles_show_as_written(indexed_folder: Path) -> None:
    """Mentions, links and markup come back escaped, whether the asker or an article wrote them."""

    async def scenario() -> None:
        async with ready_bot(indexed_folder) as (discord, _):
            reply = await discord.ask("@everyone [x](http://evil) ```")
            assert reply.embed["title"] == r"\@everyone \[x\](http\://evil) \`\`\`"
            reply = await discord.ask("What did harbour master Ines Caldeira say about the ferry?")
            assert "(http://evil.example" not in reply.text
            assert "Harbour \\*\\*Post\\*\\*" in reply.text
            assert " <@1>" not in reply.text
            assert " @everyone" not in reply.text

    asyncio.run(scenario())


def test_questions_at_once_are_all_answered_and_heartbeats_go_on(indexed_folder: Path) -> None:
    """Three people ask at the same time; each has an answer of their own, and no heartbeat is late."""

    async def scenario() -> None:
        async with ready_bot(indexed_folder) as (discord, _):
            questions = ("Who led the Doha talks?", "What does a return ticket cost?", "Who led the Valdren survey?")
            replies = await asyncio.gather(*map(discord.ask, questions))
            assert [reply.embed["title"] for reply in replies] == list(questions)
            assert "Boehler" in replies[0].text
            assert all(reply.acknowledgement_s < 1 for reply in replies)
            await discord.wait_heartbeat()

    asyncio.run(scenario())


def test_a_crowd_asks_while_the_index_is_written(indexed_folder: Path, tmp_path: Path) -> None:
    """Twenty people of two servers ask at once, twice: each is answered, or told when to come back, and then is."""
    folder, port = copy_index(indexed_folder, tmp_path / "index"), free_port()
    (tmp_path / "clippings").mkdir()
    for n in range(40):
        text = f"The tram to quay {n} of Fårholm runs again, says conductor Odd Vik. " * 30
        (tmp_path / "clippings" / f"{n}.txt").write_text(f"Title: Tram {n}\nDate: 2025-03-05\n\n{text}")
    source = '[bot]\nreindex = true\n[[ingest.sources]]\nlocation = "clippings"\n'
    (tmp_path / "dateline.toml").write_text(f"{source}[discord]\nqueue_limit = 15\nmonitoring_port = {port}\n")

    async def ask(discord: LocalDiscord, user: int) -> None:
        where = {"user_id": str(5000 + user), "guild_id": OTHER_GUILD_ID if user % 4 else GUILD_ID}
        reply = await discord.ask("Who led the Doha talks?", **where)
        if again := re.search(r"busy with other questions\.\nPlease try again in (\d+) s", reply.text):
            await asyncio.sleep(int(again[1]))
            reply = await discord.ask("Who led the Doha talks?", **where)
        assert "Boehler" in reply.text

    async def scenario() -> None:
        bot_command = ["-m", "bot.cli", "--config", tmp_path / "dateline.toml", "--data-dir", folder, "bot"]
        async with LocalDiscord(heartbeat_s=2) as discord, RunningBot(bot_command, discord.environment) as bot:
            await bot.wait_for_line("re-indexing beside the bot")
            await discord.wait_ready()
            for _ in range(2):
                await asyncio.gather(*(ask(discord, user) for user in range(20)))
            await discord.wait_heartbeat()
            async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz") as response:
                assert 0 < (await response.json())["index_age_s"] < 3_600
            bot.interrupt()
            assert await bot.exit_status() == 0
            assert discord.violations == []

    asyncio.run(scenario())


def test_sigterm_ends_the_bot_cleanly(indexed_folder: Path) -> None:
    """A service manager's signal ends the process with status 0."""

    async def scenario() -> None:
        async with ready_bot(indexed_folder) as (_, bot):
            bot.interrupt()
            assert await bot.exit_status() == 0

    asyncio.run(scenario())


def test_a_wrong_token_is_one_clear_line(indexed_folder: Path) -> None:
    """A refused token ends the bot with status 1, a line that names DISCORD_TOKEN, and one with the remedy."""

    async def scenario() -> None:
        async with LocalDiscord() as discord:
            environment = discord.environment | {"DISCORD_TOKEN": "not.the.token"}
            async with RunningBot(command(indexed_folder), environment) as bot:
                assert await bot.exit_status() == 1
                failure, remedy = bot.log
                assert "Discord refused the token in DISCORD_TOKEN" in failure
                assert "https://discord.com/developers/applications" in remedy
                assert "not.the.token" not in failure + remedy

    asyncio.run(scenario())


def test_a_missing_token_is_one_clear_line(tmp_path: Path) -> None:
    """Without a token the bot says so before it does anything else, and where to learn how to get one."""

    async def scenario() -> None:
        async with RunningBot(command(tmp_path), {}) as bot:
            assert await bot.exit_status() == 1
            failure, remedy = bot.log
            assert "DISCORD_TOKEN is not set" in failure
            assert "dateline bot --help" in remedy

    asyncio.run(scenario())
