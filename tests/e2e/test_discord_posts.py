"""Subscriptions with the real bot, a real index that grows, and `kill -9` at the worst moments."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from discord_interactions import SECOND_CHANNEL_ID
from discord_talk import CHANNEL_ID, DIRECT_CHANNEL_ID, MANAGE_MESSAGES, TalkingDiscord, text_of
from running_bot import REPOSITORY, RunningBot

TOPIC = "ferry strike in Port Maren"
MANAGE_GUILD = 1 << 5
WALK_OUT = (
    "Ferry crews in Port Maren went on strike on Monday, and 200 sailors left their ships in a dispute over pay. "
    "Union leader Ines Caldeira said that no ferry would leave the harbour before the owners made a better offer."
)
STAND_STILL = (
    "About 200 sailors left the ferries of Port Maren on Monday in a strike over pay, and went home. "
    "Shops on the islands fear that bread and milk will run out by the end of the week."
)


class Newsroom:
    """A data folder of its own, and what the bot keeps in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @asynccontextmanager
    async def bot(self, discord: TalkingDiscord) -> AsyncIterator[RunningBot]:
        """A bot that looks every moment for what is due."""
        arguments = ["-m", "bot.cli", "--data-dir", self.folder, "bot"]
        quick = {"DATELINE_DISCORD_SUBSCRIPTIONS_EVERY_S": "1", "DATELINE_BOT_TIME_ZONE": "UTC"}
        async with RunningBot(arguments, discord.environment | quick) as bot:
            await bot.wait_for_line("connected as Dateline, /ask is registered")
            yield bot

    async def index(self, number: int, title: str, text: str, publisher: str) -> None:
        """Index an article that was published just now, with the real command; then an hour passes."""
        article = {"url": f"https://quay.example/{number}", "title": title, "text": text, "publisher": publisher}
        article["published_at"] = datetime.now(UTC).isoformat()
        file = self.folder.parent / f"{number}.jsonl"
        file.write_text(json.dumps(article), encoding="utf-8")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.cli", "--data-dir", self.folder, "index", file),
            env=clean | {"PYTHONPATH": str(REPOSITORY)},
            stderr=asyncio.subprocess.PIPE,
        )
        _, told = await process.communicate()
        assert process.returncode == 0, told.decode()
        self.write("UPDATE subscriptions SET looked_at = looked_at - 3600")

    async def walk_out(self) -> None:
        """The strike begins."""
        await self.index(1, "Ferry crews on strike in Port Maren", WALK_OUT, "Quay Mail")

    async def stand_still(self) -> None:
        """Another paper reports the same."""
        await self.index(2, "Ferries of Port Maren stand still in strike", STAND_STILL, "Harbour Post")

    def write(self, statement: str) -> list[tuple[Any, ...]]:
        """Change what the bot keeps, as time would have, or read it."""
        with closing(sqlite3.connect(self.folder / "discord.sqlite", timeout=10)) as connection:
            rows = connection.execute(statement).fetchall()
            connection.commit()
            return rows


@pytest.fixture
def newsroom(indexed_folder: Path, tmp_path: Path) -> Newsroom:
    """The shared index, copied, so that it can grow."""
    shutil.copytree(indexed_folder, tmp_path / "index", ignore=shutil.ignore_patterns("discord.sqlite*"))
    return Newsroom(tmp_path / "index")


def edited(message: dict[str, Any], *, holds: str) -> bool:
    """Whether a message was edited, and holds this now."""
    return message["edited_timestamp"] is not None and holds in text_of(message)


def test_a_story_is_one_message_that_develops(newsroom: Newsroom) -> None:
    """A new article is posted once, another of its story edits that, across restarts; what is ended posts no more."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord:
            async with newsroom.bot(discord):
                made = await discord.use("subscribe", permissions=MANAGE_MESSAGES, topic=TOPIC, every=900)
                assert TOPIC in made.text
                assert "every 15 minutes" in made.text
                assert not made.ephemeral
                again = await discord.use("subscribe", permissions=MANAGE_MESSAGES, topic=TOPIC.upper())
                assert "subscribed to that already" in again.text
                await newsroom.walk_out()
                post = await discord.next_posted(0)
                assert "200 sailors left their ships" in text_of(post)
                assert "https://quay.example/1" in text_of(post)
            async with newsroom.bot(discord) as bot:
                await newsroom.stand_still()
                await discord.until(lambda: edited(post, holds="**2 independent sources**"))
                assert "Updated" in text_of(post)
                listed = await discord.use("subscriptions", permissions=MANAGE_MESSAGES)
                assert listed.ephemeral
                assert TOPIC in listed.text
                (choice,) = await discord.complete("unsubscribe", "subscription", "FERRY", permissions=MANAGE_MESSAGES)
                assert choice["name"] == f"{TOPIC} in #news0"
                ended = await discord.use("unsubscribe", permissions=MANAGE_MESSAGES, subscription=choice["value"])
                assert "is ended" in ended.text
                assert newsroom.write("SELECT * FROM posts") == newsroom.write("SELECT * FROM posted") == []
                bot.interrupt()
                assert await bot.exit_status() == 0
            assert len(discord.posted) == 1
            assert discord.violations == []

    asyncio.run(scenario())


@pytest.mark.parametrize("nonces", ["held", "forgotten"])
def test_a_post_is_not_doubled_by_kill_nine(newsroom: Newsroom, nonces: str) -> None:
    """Killed after Discord took the post and before it said so: the next bot finds it, and edits it later."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord:
            async with newsroom.bot(discord) as bot:
                await discord.use("subscribe", permissions=MANAGE_MESSAGES, topic=TOPIC)
                discord.withhold_next()
                await newsroom.walk_out()
                post = await discord.next_posted(0)
                bot.interrupt(signal.SIGKILL)
                await bot.exit_status()
            assert newsroom.write("SELECT state, message_id FROM posts") == [("sending", None)]
            await discord.say("Did you see that?")
            if nonces == "forgotten":
                discord.channels.forget_nonces()
            async with newsroom.bot(discord) as bot:
                await bot.wait_for_line("had arrived")
                await newsroom.stand_still()
                await discord.until(lambda: edited(post, holds="**2 independent sources**"))
            assert len(discord.posted) == 1
            assert newsroom.write("SELECT state, message_id FROM posts") == [("sent", int(post["id"]))]
            assert discord.violations == []

    asyncio.run(scenario())


def test_where_history_may_not_be_read_nothing_is_doubled(newsroom: Newsroom) -> None:
    """The post counts as made, and the log says why; one that never arrived is sent once the network is back."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord:
            async with newsroom.bot(discord) as bot:
                await discord.use("subscribe", permissions=MANAGE_MESSAGES, topic=TOPIC)
                discord.withhold_next()
                await newsroom.walk_out()
                await discord.next_posted(0)
                bot.interrupt(signal.SIGKILL)
                await bot.exit_status()
            newsroom.write("UPDATE posts SET tried_at = tried_at - 300")
            discord.channels.forget_nonces()
            discord.missing = {"READ_MESSAGE_HISTORY"}
            async with newsroom.bot(discord) as bot:
                await bot.wait_for_line("cannot be found out, so it is not sent again")
                discord.missing = set()
                await discord.use("subscribe", permissions=MANAGE_MESSAGES, topic="rye bread of Tarn")
                discord.refuse_next("/messages", status=502, code=0)
                discord.cut_next("/channels/")
                await newsroom.index(
                    3, "Rye bread of Tarn wins", "A bakery in Tarn won the prize for the best rye bread.", "Tarn Times"
                )
                post = await discord.next_posted(1)
                assert "rye bread" in text_of(post)
            assert len(discord.posted) == 2
            assert discord.violations == []

    asyncio.run(scenario())


def test_a_channel_that_takes_no_posts_pauses_its_subscription(newsroom: Newsroom) -> None:
    """One line in the log, and what to do in the list; who subscribes again gets what was missed; deleted stays so."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord, newsroom.bot(discord) as bot:
            discord.missing = {"EMBED_LINKS", "READ_MESSAGE_HISTORY"}
            refused = await discord.use("subscribe", permissions=MANAGE_MESSAGES, topic=TOPIC)
            assert "Embed Links, Read Message History" in refused.text
            discord.missing = set()
            await discord.use("subscribe", permissions=MANAGE_MESSAGES, topic=TOPIC)
            discord.missing = {"EMBED_LINKS"}
            await newsroom.walk_out()
            await bot.wait_for_line("is paused")
            listed = await discord.use("subscriptions", permissions=MANAGE_MESSAGES)
            assert "paused: I may not post here any more" in listed.text
            discord.missing = set()
            resumed = await discord.use("subscribe", permissions=MANAGE_MESSAGES, topic=TOPIC)
            assert "Subscribed" in resumed.text
            newsroom.write("UPDATE subscriptions SET looked_at = looked_at - 3600")
            post = await discord.next_posted(0)
            await discord.delete(post)
            await newsroom.stand_still()
            await bot.wait_for_line("was deleted")
            assert discord.posted == []
            assert sum("is paused" in line for line in bot.log) == 1
            assert discord.violations == []

    asyncio.run(scenario())


def test_a_channel_taken_off_the_list_is_told_so(newsroom: Newsroom) -> None:
    """Who subscribes where the bot may not answer is told privately; what there is waits until that is allowed."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord, newsroom.bot(discord):
            both = MANAGE_MESSAGES | MANAGE_GUILD
            await discord.use("subscribe", permissions=both, topic=TOPIC)
            await discord.use("settings channels", permissions=both, add=SECOND_CHANNEL_ID)
            for command, options in (("subscribe", {"topic": "rye bread"}), ("daily", {"hour": 8})):
                refused = await discord.use(command, permissions=both, **options)
                assert f"Answers are allowed in <#{SECOND_CHANNEL_ID}>" in refused.text
                assert refused.ephemeral
            await newsroom.walk_out()
            there = await discord.use("subscribe", permissions=both, used_in=SECOND_CHANNEL_ID, topic=TOPIC)
            assert not there.ephemeral
            newsroom.write("UPDATE subscriptions SET created_at = created_at - 3600, looked_at = looked_at - 3600")
            assert (await discord.next_posted(0))["channel_id"] == SECOND_CHANNEL_ID
            listed = await discord.use("subscriptions", permissions=both)
            assert listed.text.count("paused: this server's managers allow other channels only") == 1
            await discord.use("settings channels", permissions=both, add=CHANNEL_ID)
            assert (await discord.next_posted(1))["channel_id"] == CHANNEL_ID
            assert discord.violations == []

    asyncio.run(scenario())


def test_who_may_subscribe_and_what_is_kept(newsroom: Newsroom) -> None:
    """Not everybody in a server; anybody in a direct conversation, where it is posted; /privacy tells and ends it."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord, newsroom.bot(discord):
            for command, options in (("subscribe", {"topic": TOPIC}), ("daily", {"hour": 8}), ("subscriptions", {})):
                refused = await discord.use(command, **options)
                assert "may manage messages or channels" in refused.text
                assert refused.ephemeral
            assert await discord.complete("unsubscribe", "subscription", "") == []
            bad = await discord.use("subscribe", direct=True, topic=TOPIC, quiet="at night")
            assert "such as 22-7" in bad.text
            assert bad.ephemeral
            quiet = "{}-{}".format(*((datetime.now(UTC).hour + later) % 24 for later in (3, 5)))
            assert "Subscribed" in (await discord.use("subscribe", direct=True, topic=TOPIC, quiet=quiet)).text
            daily = await discord.use("daily", direct=True, hour=(datetime.now(UTC).hour + 2) % 24)
            assert "The first digest comes" in daily.text
            await newsroom.walk_out()
            assert (await discord.next_posted(0))["channel_id"] == DIRECT_CHANNEL_ID
            newsroom.write(
                "UPDATE subscriptions SET daily_hour = strftime('%H', 'now') + 0, looked_at = looked_at - 90000 "
                "WHERE daily_hour NOT NULL"
            )
            digest = await discord.next_posted(1)
            assert digest["embeds"][0]["title"] == "Digest"
            assert "200 sailors" in text_of(digest)
            privacy = await discord.use("privacy")
            assert "2 subscriptions that you made" in privacy.text
            assert "subscriptions that you made are ended" in (await discord.press(privacy, "forget")).text
            assert newsroom.write("SELECT count(*) FROM subscriptions") == [(0,)]
            assert len(discord.posted) == 2
            assert discord.violations == []

    asyncio.run(scenario())
