"""
What people on Discord notice while a bot is hard pressed.

    python benchmarks/discord.py INDEX QUESTIONS.jsonl --articles MORE.jsonl.gz > discord.json

The real `dateline bot`, with the real index and model, serves the local Discord of `tests/e2e`, which is strict about
every rule and wants a heartbeat each second. While a re-index embeds MORE beside it, 40 people of two servers ask in
bursts, all at once; who is told to try again in so many seconds does. Then the connection breaks in the middle of a
burst, Discord falls silent, the operator stops the bot, and the token is revoked. INDEX is copied, never written to.
"""

import argparse
import asyncio
import json
import re
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# In place of this folder: its `discord.py` must not be taken for the library.
sys.path[0] = str(Path(__file__).parents[1] / "tests" / "e2e")

from discord_interactions import GUILD_ID, OTHER_GUILD_ID, Interaction  # noqa: E402
from discord_server import LocalDiscord  # noqa: E402
from running_bot import RunningBot  # noqa: E402

from index_store import Catalog, open_catalog  # noqa: E402

PEOPLE = 40
AGAIN = re.compile(r"try again in (\d+) s")
SETTINGS = """
[store]
data_dir = "{index}"
[bot]
reindex = {reindex}
[[ingest.sources]]
location = "{articles}"
every_minutes = 1000
"""


@dataclass(slots=True)
class Tally:
    """
    What people saw.

    Attributes:
        acknowledged_s, answered_s: Of each use of `/ask`; of each question, from its first use to its answer.
        told_busy: How often somebody was told to try again.
        busy_again: How often that was said to somebody who came back when told.
        restarting: How many were told of the restart.
    """

    acknowledged_s: list[float] = field(default_factory=list)
    answered_s: list[float] = field(default_factory=list)
    told_busy: int = 0
    busy_again: int = 0
    restarting: int = 0

    def summary(self) -> dict[str, Any]:
        """Return counts, and percentiles in seconds."""
        return {
            "questions": len(self.answered_s),
            "uses_of_ask": len(self.acknowledged_s),
            "told_busy": self.told_busy,
            "busy_again_when_back": self.busy_again,
            "told_of_restart": self.restarting,
            "acknowledged_s": percentiles(self.acknowledged_s),
            "answered_s": percentiles(self.answered_s),
        }


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Return the median, the 99th percentile and the largest."""
    cuts = statistics.quantiles(values, n=100, method="inclusive") if len(values) > 1 else [*values] * 99
    return {"p50": round(cuts[49], 3), "p99": round(cuts[98], 3), "max": round(max(values), 3)}


async def ask(discord: LocalDiscord, person: int, question: str, tally: Tally) -> None:
    """Ask as a person does: whoever is told to try again in so many seconds does so then."""
    began, times = time.monotonic(), 0
    while True:
        guild_id = OTHER_GUILD_ID if person % 4 == 0 else GUILD_ID
        reply: Interaction = await discord.ask(question, user_id=str(5000 + person), guild_id=guild_id, timeout_s=300)
        tally.acknowledged_s.append(reply.acknowledgement_s)
        again = AGAIN.search(reply.text)
        if again is None:
            break
        tally.told_busy += 1
        tally.busy_again += times > 0
        times += 1
        await asyncio.sleep(int(again[1]))
    tally.restarting += "restarting" in reply.text
    tally.answered_s.append(time.monotonic() - began)


async def burst(discord: LocalDiscord, questions: Sequence[str], tally: Tally) -> None:
    """Let everybody ask at once, and wait until all have their answers."""
    await asyncio.gather(*(ask(discord, person, question, tally) for person, question in enumerate(questions)))


async def bursts(discord: LocalDiscord, questions: Sequence[str], *, count: int) -> dict[str, Any]:
    """Let 40 people ask again and again."""
    tally, began = Tally(), time.monotonic()
    for number in range(count):
        await burst(discord, questions[number * PEOPLE : (number + 1) * PEOPLE], tally)
    silence = round(discord.gateway.longest_silence_s, 2)
    return tally.summary() | {"seconds": round(time.monotonic() - began, 1), "longest_without_heartbeat_s": silence}


async def broken(discord: LocalDiscord, questions: Sequence[str]) -> dict[str, Any]:
    """Cut the connection in the middle of a burst, then have it renewed in the middle of another."""
    tally = Tally()
    for breaks in (discord.gateway.drop, discord.gateway.ask_to_reconnect):
        asking = asyncio.create_task(burst(discord, questions[:PEOPLE], tally))
        await asyncio.sleep(0.5)
        if (wait := breaks()) is not None:
            await wait
        await asking
        await discord.gateway.connected.wait()
    return tally.summary() | {"resumed": discord.gateway.resumed, "identified": discord.gateway.identified}


async def silent(discord: LocalDiscord, question: str) -> dict[str, Any]:
    """Acknowledge no heartbeat, until the bot gives the connection up; then ask."""
    discord.gateway.acknowledging = False
    began, resumed = time.monotonic(), discord.gateway.resumed
    while discord.gateway.resumed == resumed:
        await asyncio.sleep(0.5)
    took = time.monotonic() - began
    discord.gateway.acknowledging = True
    reply = await discord.ask(question)
    return {"given_up_after_s": round(took, 1), "then_answered_in_s": round(reply.answer_s, 2)}


async def stopped(discord: LocalDiscord, bot: RunningBot, questions: Sequence[str]) -> dict[str, Any]:
    """Send SIGTERM in the middle of a burst."""
    tally = Tally()
    asking = asyncio.create_task(burst(discord, questions[: PEOPLE // 2], tally))
    await asyncio.sleep(0.3)
    began = time.monotonic()
    bot.interrupt(signal.SIGTERM)
    status = await bot.exit_status()
    took = time.monotonic() - began
    await asking
    return tally.summary() | {"exit_status": status, "ended_after_s": round(took, 2)}


async def revoked(discord: LocalDiscord, bot: RunningBot, questions: Sequence[str]) -> dict[str, Any]:
    """Revoke the token in the middle of a burst."""
    tally = Tally()
    asking = asyncio.create_task(burst(discord, questions[: PEOPLE // 2], tally))
    await asyncio.sleep(0.3)
    await discord.gateway.close(4004)
    status = await bot.exit_status()
    await asking
    return tally.summary() | {"exit_status": status, "told": bot.log[-2:]}


async def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Run everything, in two lives of the bot."""
    lines = Path(options.questions).read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines][: PEOPLE * options.bursts]
    questions *= 1 + PEOPLE * options.bursts // len(questions)
    figures: dict[str, Any] = {}
    async with LocalDiscord() as discord:
        async with RunningBot(command(folder, options, reindex=True), discord.environment) as bot:
            await bot.wait_for_line("re-indexing beside the bot")
            await discord.wait_ready()
            await discord.ask(questions[0])
            with closing(open_catalog(folder / "index")) as catalog:
                before = await next_commit(catalog)
                figures["bursts while a re-index runs"] = await bursts(discord, questions, count=options.bursts)
                figures["commits meanwhile"] = catalog.generation() - before
            figures["the re-index was at work until then"] = not any("added" in line for line in bot.log)
            figures["connection broken mid-burst"] = await broken(discord, questions)
            figures["stopped mid-burst"] = await stopped(discord, bot, questions)
        figures["rules broken"] = discord.violations
    async with LocalDiscord() as discord:
        async with RunningBot(command(folder, options, reindex=False), discord.environment) as bot:
            await discord.wait_ready()
            await discord.ask(questions[0])
            figures["bursts, nothing else running"] = await bursts(discord, questions, count=options.bursts)
            figures["heartbeats not acknowledged"] = await silent(discord, questions[0])
            figures["token revoked mid-burst"] = await revoked(discord, bot, questions)
        figures["rules broken"] += discord.violations
    return figures


async def next_commit(catalog: Catalog) -> int:
    """Wait until a re-index has committed something, and return how many commits there have been."""
    before = catalog.generation()
    while (generation := catalog.generation()) == before:
        await asyncio.sleep(0.2)
    return generation


def command(folder: Path, options: argparse.Namespace, *, reindex: bool) -> list[str | Path]:
    """Write the settings, and return what follows `python` to start the bot."""
    settings = folder / "dateline.toml"
    articles = Path(options.articles).absolute()
    text = SETTINGS.format(index=folder / "index", articles=articles, reindex=str(reindex).lower())
    settings.write_text(text, encoding="utf-8")
    return ["-m", "bot.cli", "--config", settings, "bot"]


def main() -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", help="a data folder")
    parser.add_argument("questions", help='JSON lines with "question"')
    parser.add_argument("--articles", required=True, help="what the re-index beside the bot embeds")
    parser.add_argument("--bursts", type=int, default=5, help="of 40 questions each")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(options.index, Path(folder) / "index")
        print(json.dumps(asyncio.run(measure(Path(folder), options)), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
