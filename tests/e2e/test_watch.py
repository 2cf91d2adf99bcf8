"""The loop that never ends, as a service and beside the bot."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command_line import Dateline, copy_index, wait_until
from discord_server import LocalDiscord
from local_web import SETTINGS, serve
from running_bot import RunningBot

FERRY = "Title: {title}\nDate: 2025-03-05\n\n{text}"
LIGHTHOUSE = "The lighthouse of Fårholm was lit again on Monday by its keeper, Odd Vik, after eleven dark years."


@pytest.fixture
def newsroom(indexed_folder: Path, tmp_path: Path) -> Dateline:
    """A working folder with an index, a folder of clippings that is read every three seconds, and its settings."""
    dateline = Dateline(tmp_path, copy_index(indexed_folder, tmp_path / "index"))
    (tmp_path / "clippings").mkdir()
    (tmp_path / "clippings" / "first.txt").write_text(FERRY.format(title="Tram runs", text="The tram runs again."))
    source = '\n[[ingest.sources]]\nlocation = "clippings"\nevery_minutes = 0.05\n'
    (tmp_path / "dateline.toml").write_text(f"{SETTINGS}{source}")
    return dateline


@contextmanager
def watching(dateline: Dateline) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the loop beside the test; its log goes into a file."""
    log = (dateline.folder / "log.txt").open("wb")
    with log, dateline.start("reindex", "--watch", stderr=log.fileno()) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def logged(dateline: Dateline) -> str:
    """Return what the loop has said so far."""
    return (dateline.folder / "log.txt").read_text(encoding="utf-8")


def test_what_arrives_is_found_and_other_writers_get_their_turn(newsroom: Dateline) -> None:
    """A new file is answerable without anybody's doing; between its visits, the loop leaves the folder to others."""
    with watching(newsroom) as loop:
        wait_until(lambda: "1 source: 1 well" in logged(newsroom), loop)
        (newsroom.folder / "clippings" / "new.txt").write_text(FERRY.format(title="Light again", text=LIGHTHOUSE))
        wait_until(lambda: logged(newsroom).count("1 added") == 2, loop)
        assert "Odd Vik" in newsroom("ask", "Who lit the lighthouse of Fårholm?").succeeded().out
        loop.send_signal(signal.SIGTERM)
        assert loop.wait(timeout=60) == 0
    assert logged(newsroom).rstrip().endswith("stopped; what was indexed stays")


def test_a_failing_source_is_named_and_the_others_go_on(newsroom: Dateline) -> None:
    """The health line names what fails and why, and `sources list` tells it to people who were not there."""
    with serve() as web:
        gone = web.address + "/none.xml"
        newsroom("sources", "add", gone, "--no-check").succeeded()
        with watching(newsroom) as loop:
            wait_until(lambda: "failing" in logged(newsroom), loop)
            loop.send_signal(signal.SIGINT)
            assert loop.wait(timeout=60) == 0
    assert f"2 sources: 1 well, 1 failing ({gone} answered 404 Not Found)" in logged(newsroom)
    listed = newsroom("sources", "list").succeeded().out
    assert "1 failure in a row" in listed
    assert "it answered 404 Not Found" in listed


def test_the_bot_keeps_its_index_up_to_date(newsroom: Dateline) -> None:
    """With `reindex = true` the bot answers from what arrived while it was running, and takes the loop with it.

    Logged as JSON, the loop's lines are events of the bot's log.
    """
    with (newsroom.folder / "dateline.toml").open("a") as settings:
        settings.write('\n[bot]\nreindex = true\n\n[discord]\nuser_questions = 1000\nlog_format = "json"\n')
    arguments = ["-m", "bot.cli", "--config", newsroom.folder / "dateline.toml"]
    bot_command = [*arguments, "--data-dir", newsroom.data_dir or "", "bot"]

    async def scenario() -> str:
        async with LocalDiscord(heartbeat_s=2) as discord, RunningBot(bot_command, discord.environment) as bot:
            await bot.wait_for_line("connected as Dateline")
            started = await bot.wait_for_line("re-indexing beside the bot, as process")
            await bot.wait_for_line("1 source: 1 well")
            (newsroom.folder / "clippings" / "new.txt").write_text(FERRY.format(title="Light again", text=LIGHTHOUSE))
            reply = await discord.ask("Who lit the lighthouse of Fårholm?")
            while "Odd Vik" not in reply.text:
                reply = await discord.ask("Who lit the lighthouse of Fårholm?")
            bot.interrupt()
            assert await bot.exit_status() == 0
            assert discord.violations == []
            assert all(json.loads(line)["level"] == "info" for line in bot.log)
            return str(json.loads(started)["message"]).rpartition(" ")[2]

    loop_pid = int(asyncio.run(scenario()))
    with pytest.raises(ProcessLookupError):
        os.kill(loop_pid, 0)


def test_a_bot_that_indexes_may_start_with_nothing(newsroom: Dateline) -> None:
    """With `reindex = true` the bot starts on an empty folder, says that nothing is indexed yet, and soon answers."""
    with (newsroom.folder / "dateline.toml").open("a") as settings:
        settings.write("\n[bot]\nreindex = true\n")
    (newsroom.folder / "clippings" / "first.txt").unlink()
    arguments = ["-m", "bot.cli", "--config", newsroom.folder / "dateline.toml"]
    bot_command = [*arguments, "--data-dir", newsroom.folder / "empty", "bot"]

    async def scenario() -> None:
        async with LocalDiscord(heartbeat_s=2) as discord, RunningBot(bot_command, discord.environment) as bot:
            await bot.wait_for_line("connected as Dateline")
            assert "Nothing is indexed" in (await discord.ask("Who lit the lighthouse of Fårholm?")).text
            (newsroom.folder / "clippings" / "new.txt").write_text(FERRY.format(title="Light again", text=LIGHTHOUSE))
            await bot.wait_for_line("1 added")
            assert "Odd Vik" in (await discord.ask("Who lit the lighthouse of Fårholm?")).text
            bot.interrupt()
            assert await bot.exit_status() == 0
            assert discord.violations == []

    asyncio.run(scenario())
