"""Whatever fails behind a question, the person who asked is told: the real bot, an answerer that misbehaves."""

import asyncio
import signal

import pytest
from discord_server import LocalDiscord
from running_bot import HERE, RunningBot, scripted_bot

RESTARTING = "The bot is restarting.\nPlease ask again in a minute."


def test_a_crash_ends_in_an_apology() -> None:
    """An unexpected error is apologised for without its details, and logged with its traceback, not the question."""

    async def scenario() -> None:
        async with scripted_bot() as (discord, bot):
            reply = await discord.ask("please crash over my private matter")
            assert "Something went wrong on our side" in reply.text
            assert "secret" not in reply.text
            await bot.wait_for_line("RuntimeError: the secret of the crash")
            assert not any("private matter" in line for line in bot.log)
            assert "don't say" in (await discord.ask("and now?")).text

    asyncio.run(scenario())


def test_a_command_that_is_no_more_is_apologised_for() -> None:
    """A client that still shows a command of an older version gets an apology, too, in private."""

    async def scenario() -> None:
        async with scripted_bot() as (discord, bot):
            discord.commands["ask"] |= {"name": "inquire"}
            reply = await discord.ask("Who?")
            assert "Something went wrong on our side" in reply.text
            assert reply.ephemeral
            await bot.wait_for_line("a command failed")

    asyncio.run(scenario())


def test_an_expected_failure_shows_its_remedy() -> None:
    """A failure that somebody can act on is shown in its own words."""

    async def scenario() -> None:
        async with scripted_bot() as (discord, _):
            reply = await discord.ask("is it empty?", private=True)
            assert reply.embed["description"] == "Nothing is indexed yet.\nRun \\`dateline index\\`."
            assert reply.ephemeral

    asyncio.run(scenario())


def test_beyond_the_queue_people_are_told_when_to_try_again() -> None:
    """With one question being answered and one waiting, a third is told at once that the bot is busy."""

    async def scenario() -> None:
        async with scripted_bot(queue_limit=1) as (discord, bot):
            asked = [asyncio.create_task(discord.ask(f"hold number {n}")) for n in range(3)]
            done, waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
            (busy,) = done
            assert "busy" in busy.result().text
            assert "try again in " in busy.result().text
            for _ in waiting:
                await bot.type_line()
            replies = await asyncio.gather(*waiting)
            assert all("don't say" in reply.text for reply in replies)

    asyncio.run(scenario())


def test_sigterm_finishes_what_is_under_way() -> None:
    """The question under way is answered, the one waiting is told of the restart, and the exit status is 0."""

    async def scenario() -> None:
        async with scripted_bot() as (discord, bot):
            first = await discord.send("hold this one")
            await bot.wait_for_line("holding")
            second = await discord.send("a question that waits")
            await second.acknowledged.wait()
            bot.interrupt()
            await bot.wait_for_line("finishing 2 replies")
            await bot.type_line()
            assert await bot.exit_status() == 0
            assert "don't say" in first.text
            assert second.embed["description"] == RESTARTING

    asyncio.run(scenario())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_bot_stops_at_a_signal(number: signal.Signals) -> None:
    """Both signals end the process with status 0 and without a traceback."""

    async def scenario() -> None:
        async with scripted_bot() as (_, bot):
            await bot.wait_for_line("connected as Dateline, /ask is registered")
            bot.interrupt(number)
            assert await bot.exit_status() == 0
            assert not any("Traceback" in line for line in bot.log)

    asyncio.run(scenario())


@pytest.mark.parametrize("path", ["callback", "@original"])
def test_a_rate_limit_loses_no_reply(path: str) -> None:
    """After 429 with Retry-After, acknowledgement and answer come through."""

    async def scenario() -> None:
        async with scripted_bot() as (discord, _):
            discord.limit_next(path, retry_after_s=0.2)
            reply = await discord.ask("slow down?")
            assert "don't say" in reply.text
            assert reply.answered_at - reply.sent_at > 0.2

    asyncio.run(scenario())


def test_an_answer_that_discord_refuses_is_replaced_by_an_apology() -> None:
    """If the edit fails, that is logged and the person hears at least that something went wrong."""

    async def scenario() -> None:
        async with scripted_bot() as (discord, bot):
            discord.refuse_next("@original", status=400, code=50035)
            reply = await discord.ask("will this fit?")
            assert "Something went wrong" in reply.text
            await bot.wait_for_line("a reply could not be delivered")

    asyncio.run(scenario())


def test_a_token_revoked_before_the_gateway_is_named() -> None:
    """A token that REST still takes and the gateway does not ends the bot with a line that names DISCORD_TOKEN."""

    async def scenario() -> None:
        async with LocalDiscord() as discord:
            discord.gateway.token = "a.newer.token"  # noqa: S105 -- it opens nothing
            async with RunningBot([HERE / "scripted_bot.py"], discord.environment) as bot:
                assert await bot.exit_status() == 1
                assert "Discord refused the token in DISCORD_TOKEN" in bot.log[-1]

    asyncio.run(scenario())
