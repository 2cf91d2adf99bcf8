"""
Draws the pictures of docs/pictures: what the real bot answers over samples/, in headless Chromium.

Run it with a folder for the pictures: `python tests/bot/pictures.py docs/pictures`; `make pictures` does.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from contextvars import Context
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from picture_page import Picture, page
from simcord import InteractionResult
from simulated import Server, bot_over

from bot.answering import Answer, Answerer, Question
from bot.discord.questions import Told
from index_store import NewsIndex

SAMPLES = Path(__file__).parents[2] / "samples"
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)  # so that the same pictures come out whenever they are drawn
WIDTHS = {"answer": 620, "sources": 620, "phone": 390}
NO_CHROMIUM = "No Chromium is installed (on Debian: apt-get install chromium fonts-noto-core fonts-noto-color-emoji)."
_MEASURE = "document.title = document.body.scrollHeight"
_HEIGHT = re.compile(r"<title>(\d{1,5})</title>")
_FLAGS = (
    "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
)  # fmt: skip


def chromium() -> str | None:
    """Return where Chromium is, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def draw(pictures: Sequence[Picture], file: Path, *, width: int, program: str) -> None:
    """Draw messages into a PNG as high as they are."""
    with TemporaryDirectory(prefix="dateline-") as folder:
        shown = Path(folder) / "page.html"
        shown.write_text(page(pictures, NOW, width=width, script=_MEASURE), encoding="utf-8")
        measured = _HEIGHT.search(_run(program, folder, "--dump-dom", f"--window-size={width},100", shown.as_uri()))
        assert measured is not None
        shown.write_text(page(pictures, NOW, width=width), encoding="utf-8")
        size = f"--window-size={width},{measured[1]}"
        _run(program, folder, size, f"--screenshot={file.resolve()}", shown.as_uri())


def _run(program: str, folder: str, *arguments: str) -> str:
    as_root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []  # Chromium refuses root's sandbox
    command = [program, *_FLAGS, *as_root, f"--user-data-dir={folder}/profile", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout


async def messages(server: Server) -> Mapping[str, Sequence[Picture]]:
    """Ask the bot what the pictures show: name of a picture → its messages."""
    answered = await _use(server, "ask", question="Who led the Doha talks?")
    disputed = await _use(server, "ask", question="How many people died in the Myanmar earthquake?")
    declined = await _use(server, "ask", question="Who won the 2024 Nobel Prize in Chemistry?")
    told = await _use(server, "timeline", topic="South Korea martial law")
    source = await server.press(disputed, "sources")
    why = await server.press(disputed, "why")
    return {
        "answer": [_taken("/ask", disputed)],
        "sources": [_taken("Sources", source), _taken("Why?", why)],
        "phone": [_taken("/ask", answered), _taken("/ask", declined), _taken("/timeline", told)],
    }


async def _use(server: Server, command: str, **options: str) -> InteractionResult:
    return await server.member.slash(server.channel, command, **options)


def _taken(used: str, result: InteractionResult) -> Picture:
    assert result.response is not None
    embeds = [embed.to_dict() for embed in result.response.embeds]
    return Picture(used, embeds, result.response.components, private=result.ephemeral)


class _InRealTime(Answerer):
    """Answers outside of simcord's time, which stands still, so that messages tell how long they took."""

    def ask(self, question: Question) -> Answer:
        return Context().run(super().ask, question)

    def from_index(self, read: Callable[[NewsIndex], Told]) -> Told:
        return Context().run(super().from_index, read)


async def _asked(folder: Path) -> Mapping[str, Sequence[Picture]]:
    with closing(_InRealTime(NewsIndex.open(folder))) as answerer, TemporaryDirectory(prefix="dateline-") as memory:
        answerer.ask(Question("Who?"))  # the first takes longer
        async with bot_over(answerer, folder, Path(memory)) as server:
            return await messages(server)


def main(into: Path, index: Path | None) -> None:
    """Draw every picture over an index of the samples, which is made unless one is named."""
    program = chromium()
    if program is None:
        sys.exit(NO_CHROMIUM)
    with TemporaryDirectory(prefix="dateline-") as folder:
        if index is None:
            index = Path(folder)
            command = [sys.executable, "-m", "bot.cli", "--data-dir", index, "index", SAMPLES]
            subprocess.run(command, check=True)
        for name, pictures in asyncio.run(_asked(index)).items():
            draw(pictures, into / f"{name}.png", width=WIDTHS[name], program=program)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Usage: pictures.py FOLDER [DATA_DIR]")
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
