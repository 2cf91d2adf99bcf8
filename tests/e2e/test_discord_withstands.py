"""What Discord, the network and the operator do to a bot, and what people see of it: nothing but answers."""

import asyncio
import json
import signal
import time

import aiohttp
from discord_interactions import OTHER_GUILD_ID, Interaction
from discord_server import LocalDiscord
from running_bot import HERE, RunningBot, free_port, scripted_bot


async def all_answered(*replies: Interaction) -> None:
    """Wait for final messages."""
    await asyncio.wait_for(asyncio.gather(*(reply.answered.wait() for reply in replies)), 30)


async def drop(discord: LocalDiscord) -> None:
    """Cut the connection."""
    discord.gateway.drop()


async def reconnect(discord: LocalDiscord) -> None:
    """Send op 7."""
    await discord.gateway.ask_to_reconnect()


async def pause(discord: LocalDiscord) -> None:
    """Send op 9 for a session that can be resumed."""
    await discord.gateway.invalidate(resumable=True)


async def forget(discord: LocalDiscord) -> None:
    """Send op 9 for a session that is gone."""
    await discord.gateway.invalidate(resumable=False)


def test_a_connection_lost_mid_answer_loses_nothing() -> None:
    """An answer under way arrives while the gateway is away, and what is asked meanwhile once it is back."""

    async def scenario() -> None:
        async with scripted_bot() as (discord, bot):
            for times, breaks in enumerate((drop, reconnect, pause), 1):
                first = await discord.send("hold this one")
                await bot.wait_for_line("holding", times=times)
                await breaks(discord)
                meanwhile = await discord.send("asked while you were away")
                await bot.type_line()
                await all_answered(first, meanwhile)
                assert "don't say" in first.text
                assert "don't say" in meanwhile.text
                await bot.wait_for_line("connected again, nothing was missed", times=times)
                assert (discord.gateway.identified, discord.gateway.resumed) == (1, times)

    asyncio.run(scenario())


def test_a_session_that_is_gone_is_begun_anew() -> None:
    """After op 9 the bot identifies again; the answer under way arrives, and so do later ones."""

    async def scenario() -> None:
        async with scripted_bot() as (discord, bot):
            first = await discord.send("hold this one")
            await bot.wait_for_line("holding")
            await forget(discord)
            await bot.type_line()
            await all_answered(first)
            await discord.wait_ready()
            assert "don't say" in (await discord.ask("and now?")).text
            assert (discord.gateway.identified, discord.gateway.resumed) == (2, 0)

    asyncio.run(scenario())


LATE = (
    ("channel", {"user_id": "4077"}),
    ("direct", {"private": True}),
    ("direct", {"guild_id": None}),
    ("direct", {"guild_id": OTHER_GUILD_ID}),  # where the bot may not post
)


def test_an_answer_after_fifteen_minutes_finds_another_way() -> None:
    """It goes to the channel as a reply that notifies who asked, and nobody else; what has no place there, to them."""

    async def scenario() -> None:
        async with scripted_bot(server={"token_life_s": 0.2}) as (discord, bot):
            discord.silent_guilds.add(OTHER_GUILD_ID)
            for times, (way, where) in enumerate(LATE, 1):
                reply = await discord.send("hold this one", **where)
                await bot.wait_for_line("holding", times=times)
                await asyncio.sleep(0.3)  # the token's life
                await bot.type_line()
                await all_answered(reply)
                assert "don't say" in reply.text
                assert reply.way == way
                assert reply.message is not None
                if way == "channel":
                    assert reply.message["content"] == "<@4077>"
                    assert reply.message["allowed_mentions"] == {"parse": [], "users": [4077]}
                    assert reply.message["message_reference"]["message_id"] == int(reply.message_id)
                assert_only_the_token_was_dead(discord)
            line = await bot.wait_for_line("may not be posted in channel 3002")
            assert "give the bot's role View Channel, Send Messages" in line

    asyncio.run(scenario())


def assert_only_the_token_was_dead(discord: LocalDiscord) -> None:
    """Forgive the one edit by which the bot learns that its time is over."""
    assert len(discord.violations) == 1
    assert "50027" in discord.violations[0]
    discord.forgive()


def test_what_discord_and_the_network_refuse_for_a_while_costs_no_reply() -> None:
    """Late acknowledgements, dead connections, a 503 and the global rate limit end in answers all the same."""

    async def scenario() -> None:
        async with scripted_bot() as (discord, bot):
            discord.refuse_next("callback", status=404, code=10062)  # given up by Discord
            late = await discord.ask("too late?")
            assert (late.way, late.acknowledged_at) == ("channel", None)
            assert "don't say" in late.text
            for path in ("callback", "@original"):
                discord.cut_next(path)
                assert "don't say" in (await discord.ask("still there?")).text
            discord.refuse_next("@original", status=503, code=0)
            assert "don't say" in (await discord.ask("are you well?")).text
            replies = [await discord.send(f"hold number {n}") for n in range(3)]
            await bot.wait_for_line("holding")
            await asyncio.gather(*(reply.acknowledged.wait() for reply in replies))
            discord.limit_all(retry_after_s=0.7)
            for _ in replies:
                await bot.type_line()
            await all_answered(*replies)
            assert all("don't say" in reply.text for reply in replies)

    asyncio.run(scenario())


def test_one_person_cannot_keep_the_others_waiting() -> None:
    """A server with a single question is served before the third of another that asked six before it."""

    async def scenario() -> None:
        async with scripted_bot(user_queue_limit=20, user_questions=20) as (discord, bot):
            crowd = [await discord.send("hold first"), *[await discord.send(f"slow {n}") for n in range(5)]]
            await bot.wait_for_line("holding")
            other = await discord.send("slow, elsewhere", user_id="4009", guild_id=OTHER_GUILD_ID)
            await other.acknowledged.wait()
            await bot.type_line()
            await all_answered(*crowd, other)
            ends = [one.answered_at or 0 for one in crowd]
            assert (other.answered_at or 0) < ends[3]  # it may have joined while the second was begun
            assert ends == sorted(ends)

    asyncio.run(scenario())


def test_cooldown_is_told_with_its_time() -> None:
    """Who asks too often is told when to ask again; others are answered."""

    async def scenario() -> None:
        async with scripted_bot(user_questions=2, user_questions_within_s=50) as (discord, _):
            for _ in range(2):
                await discord.ask("once more?")
            refused = await discord.ask("and again?")
            assert "You have asked 2 questions within 50 s" in refused.text
            assert "ask again in 50 s" in refused.text
            assert "don't say" in (await discord.ask("may I?", user_id="4002")).text

    asyncio.run(scenario())


def test_sigterm_does_not_wait_for_an_endless_answer() -> None:
    """Everybody hears of the restart, and the process ends in time with status 0, though its thread still works."""

    async def scenario() -> None:
        async with scripted_bot(stop_within_s=2) as (discord, bot):
            first = await discord.send("hold for ever")
            await bot.wait_for_line("holding")
            second = await discord.send("a question that waits")
            await second.acknowledged.wait()
            began = time.monotonic()
            bot.interrupt(signal.SIGTERM)
            await asyncio.wait_for(second.answered.wait(), 1)
            assert await bot.exit_status() == 0
            assert time.monotonic() - began < 3
            assert "restarting" in first.text
            assert "restarting" in second.text
            assert not any("Traceback" in line for line in bot.log)

    asyncio.run(scenario())


def test_intents_that_are_not_granted_are_one_line_and_its_remedy() -> None:
    """A connection closed for good ends the bot with status 1, what happened, and what to change."""

    async def scenario() -> None:
        async with LocalDiscord() as discord:
            discord.gateway.refuse_with = 4014
            async with RunningBot([HERE / "scripted_bot.py"], discord.environment) as bot:
                assert await bot.exit_status() == 1
                (line,) = bot.log
                assert "Discord does not grant the bot" in line
                assert "Privileged Gateway Intents" in line

    asyncio.run(scenario())


def test_a_token_revoked_while_the_bot_runs() -> None:
    """All who wait are still told, and the bot ends with a line that names DISCORD_TOKEN, though an answer does not."""

    async def scenario() -> None:
        async with scripted_bot(stop_within_s=2) as (discord, bot):
            first = await discord.send("hold for ever")
            await bot.wait_for_line("holding")
            second = await discord.send("a question that waits")
            await second.acknowledged.wait()
            await discord.gateway.close(4004)
            await all_answered(first, second)
            assert await bot.exit_status() == 1
            assert "restarting" in first.text
            assert "restarting" in second.text
            assert "Discord refused the token in DISCORD_TOKEN" in "".join(bot.log)

    asyncio.run(scenario())


def test_the_monitor_tells_of_the_bot() -> None:
    """`/healthz` is 200 while the gateway is connected and 503 while it is not; `/metrics` counts and measures."""

    async def scenario() -> None:
        port = free_port()
        async with scripted_bot(monitoring_port=port) as (discord, bot), aiohttp.ClientSession() as session:
            await bot.wait_for_line("connected as")
            await discord.ask("anything?")
            await discord.wait_heartbeat()
            async with session.get(f"http://127.0.0.1:{port}/healthz") as response:
                told = await response.json()
                assert (response.status, told["status"], told["gateway"]) == (200, "ok", "connected")
                assert told["declined_share"] == 1
                assert 60 <= told["index_age_s"] < 90
            async with session.get(f"http://127.0.0.1:{port}/metrics") as response:
                assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
                lines = (await response.text()).splitlines()
            assert 'dateline_questions_total{outcome="declined"} 1' in lines
            assert 'dateline_replies_total{way="edit"} 1' in lines
            assert "dateline_acknowledgement_seconds_count 1" in lines
            assert 'dateline_answer_seconds_bucket{le="+Inf"} 1' in lines
            assert "dateline_questions_waiting 0" in lines
            assert "dateline_gateway_connected 1" in lines
            assert any(line.startswith("dateline_index_age_seconds 6") for line in lines)
            await forget(discord)
            await bot.wait_for_line("the connection is lost")
            async with session.get(f"http://127.0.0.1:{port}/healthz") as response:
                assert (response.status, (await response.json())["gateway"]) == (503, "reconnecting")

    asyncio.run(scenario())


def test_a_monitoring_port_that_is_taken_is_named() -> None:
    """The bot does not start half: it names the port, and the setting."""

    async def scenario() -> None:
        async with LocalDiscord() as discord:
            taken = discord.api.split(":")[2].split("/")[0]
            environment = discord.environment | {"DATELINE_DISCORD_MONITORING_PORT": taken}
            async with RunningBot([HERE / "scripted_bot.py"], environment) as bot:
                assert await bot.exit_status() == 1
                assert f"Port {taken} of 127.0.0.1 cannot be listened on" in "".join(bot.log)

    asyncio.run(scenario())


def test_logs_as_json_hold_no_questions() -> None:
    """Each line is one JSON object with time, level and message, tracebacks included; what was asked is in none."""

    async def scenario() -> None:
        async with scripted_bot(log_format="json") as (discord, bot):
            await discord.ask("a private matter")
            await discord.ask("please crash over a private matter")
            bot.interrupt()
            assert await bot.exit_status() == 0
            events = [json.loads(line) for line in bot.log]
            assert all({"time", "level", "logger", "message"} <= set(event) for event in events)
            assert not any("private" in line for line in bot.log)
            outcomes = [event["outcome"] for event in events if "outcome" in event]
            assert outcomes == ["declined", "failed"]
            assert any("RuntimeError" in event.get("traceback", "") for event in events)

    asyncio.run(scenario())
