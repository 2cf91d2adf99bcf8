"""An article is corrected or withdrawn after the real bot has quoted it: the answer's message says so, once."""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import ARTICLES
from discord_talk import DIRECT_CHANNEL_ID, OTHER, TalkingDiscord, text_of
from running_bot import REPOSITORY
from test_discord_talk import ME, bot_in

ASKED = "Who led the Doha talks?"
SENTENCE = "The US envoy for hostage affairs, Adam Boehler, led the talks in Doha over the past weeks."
CORRECTED, WITHDRAWN = "Corrected since", "Withdrawn since"


@pytest.fixture
def folder(indexed_folder: Path, tmp_path: Path) -> Path:
    """A copy of the shared index, which these tests change; no bot remembers anything in it."""
    return Path(shutil.copytree(indexed_folder, tmp_path / "index", ignore=shutil.ignore_patterns("discord.sqlite*")))


async def dateline(folder: Path, *arguments: str | Path) -> str:
    """Run the real command over a data folder, while a bot may be running there; returns what it printed."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", "--data-dir", folder, *arguments,
        env=ours | {"PYTHONPATH": str(REPOSITORY)}, cwd=folder.parent, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, _ = await process.communicate()
    assert process.returncode == 0
    return printed.decode()


async def publish(folder: Path, article: Mapping[str, Any], *, instead: str) -> None:
    """Index the article on the Doha talks with another sentence in the place of the one that answers."""
    assert SENTENCE in article["text"]
    file = folder.parent / "corrected.jsonl"
    file.write_text(json.dumps({**article, "text": article["text"].replace(SENTENCE, instead)}) + "\n")
    await dateline(folder, "index", file)


async def withdraw(folder: Path) -> None:
    """Remove the article on the Doha talks."""
    found = json.loads(await dateline(folder, "search", "Doha talks", "-k", "1", "--json"))
    await dateline(folder, "articles", "remove", "--yes", found["passages"][0]["article_id"])


def test_a_correction_reaches_every_message(folder: Path) -> None:
    """A command's answer, a mention's, a direct one and one in an archived thread say so; private ones by buttons."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord, bot_in(folder, discord, corrections_every_s="1"):
            answer = await discord.use("ask", question=ASKED, thread=True)
            (thread_id,) = [one["channel_id"] for one in [await discord.next_posted(0)]]
            hidden = await discord.ask(ASKED, private=True)
            aloud = [
                await discord.ask_aloud(f"{ME} {ASKED}"),
                await discord.ask_aloud(ASKED, channel_id=DIRECT_CHANNEL_ID),
                await discord.ask_aloud(f"{ME} {ASKED}", channel_id=thread_id),
            ]
            other = await discord.ask("How much ice did the Valdren glacier lose?")
            discord.threads[thread_id]["thread_metadata"]["archived"] = True
            await publish(folder, ARTICLES[0], instead="The US envoy, Steve Witkoff, led the talks in Doha.")
            edited = {(one := await discord.next_edited(n))["id"]: one for n in range(4)}
            assert set(edited) == {discord.shown(answer)["id"], *(one["id"] for one in aloud)}
            for message in edited.values():
                told, *rest = message["embeds"][0]["description"].split("\n")
                assert CORRECTED in told
                assert r"**Example Wire** changed its article on <t:" in told
                assert r"the quote **\[1\]** is no longer in it" in told
                assert "Adam Boehler" in "\n".join(rest)
                assert len(message["components"]) == 2
            assert "this quote is no longer in it" in (await discord.press(hidden, "sources")).text
            why = await discord.press(edited[discord.shown(answer)["id"]], "why", user=OTHER)
            assert CORRECTED in why.text
            assert CORRECTED in (await discord.press(hidden, "why")).text
            assert CORRECTED not in (await discord.press(other, "why")).text
            assert len(discord.edited) == 4
            assert discord.violations == []

    asyncio.run(scenario())


def test_what_happened_while_the_bot_was_down(folder: Path) -> None:
    """It is told after a restart, once, however the bot ended; a quote that stands again is no longer called gone."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord:
            async with bot_in(folder, discord) as bot:
                answer = await discord.ask(ASKED)
                await discord.ask(
                    "How much ice did the Valdren glacier lose?"
                )  # it is noted by then what shows the first
                bot.interrupt(signal.SIGKILL)
            await publish(folder, ARTICLES[0], instead="Nobody would say who led them.")
            async with bot_in(folder, discord, corrections_every_s="1") as bot:
                assert CORRECTED in text_of(await discord.next_edited(0))
                await publish(folder, ARTICLES[0], instead=f"It is so. {SENTENCE}")
                assert CORRECTED not in text_of(await discord.next_edited(1))
                bot.interrupt(signal.SIGKILL)
            await withdraw(folder)
            async with bot_in(folder, discord, corrections_every_s="1"):
                gone = await discord.next_edited(2)
                assert text_of(gone).startswith(f"{ASKED}\n⚠️ **{WITHDRAWN}:** the article of **Example Wire** behind")
                assert "removed since" in (await discord.press(gone, "sources")).text
            async with bot_in(folder, discord, corrections_every_s="1"):
                await discord.ask("How much ice did the Valdren glacier lose?")  # the first look began before
            assert len(discord.edited) == 3
            assert gone["id"] == discord.shown(answer)["id"]
            assert discord.violations == []

    asyncio.run(scenario())


def test_messages_that_cannot_be_edited(folder: Path) -> None:
    """A deleted message, or a channel that is closed to the bot, is left after one line; a bad time is waited for."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord, bot_in(folder, discord, corrections_every_s="1") as bot:
            first, second = await discord.ask_aloud(f"{ME} {ASKED}"), await discord.ask_aloud(f"{ME} {ASKED}")
            discord.deleted = {second["id"]}
            discord.refuse_next(f"/messages/{first['id']}", status=403, code=50001)
            await publish(folder, ARTICLES[0], instead="Nobody would say who led them.")
            await bot.wait_for_line("a correction cannot be shown", times=2)
            third = await discord.ask("How many American citizens were still being held in Gaza?")
            assert "Five American citizens" in third.text
            discord.limit_next(f"/messages/{discord.shown(third)['id']}", retry_after_s=0.2)
            discord.refuse_next(f"/messages/{discord.shown(third)['id']}", status=500, code=0)
            await withdraw(folder)
            assert WITHDRAWN in text_of(await discord.next_edited(0))
            assert sum("cannot be shown" in line for line in bot.log) == 2
            assert discord.violations == []

    asyncio.run(scenario())
