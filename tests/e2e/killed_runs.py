"""
A process that kills index runs of its own making at random moments, until each has completed its work.

    python killed_runs.py CONFIG BASE FOLDER KILLS SEED

It loads the libraries and the model once and forks a run at a time, so that fifty kills take a minute and not an hour;
the runs themselves are real ones: they read sources, embed and write. It prints one JSON object.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import chromadb  # noqa: F401 - loaded before the first fork, as the next two
import llama_index.vector_stores.chroma  # noqa: F401
import trafilatura  # noqa: F401

import ingest.reindex
from bot.settings import BotSettings, DiscordSettings
from index_store import Filters, IndexWriter, NewsIndex, PassageEncoder, StoreSettings, load_configuration
from index_store.models import Model
from ingest import FetchSettings, IngestSettings
from ingest.progress import show_progress
from ingest.run import run

ingest.reindex._BATCH_CHUNKS = 12  # many commits, so that a kill meets each step of one
MODEL = PassageEncoder(Model.from_setting(""))
IndexWriter.encoder = lambda _: MODEL
KINDS = (StoreSettings, IngestSettings, FetchSettings, BotSettings, DiscordSettings)


def index(config: Path, data_dir: Path) -> None:
    """Do what `dateline reindex` does."""
    configuration = load_configuration(KINDS, file=config, flags={"store": {"data_dir": data_dir}})
    sources = [source.placed_in(configuration.folder) for source in configuration.section(IngestSettings).sources]
    with show_progress(quiet=True) as progress:
        report = run(configuration, sources, progress)
    if report.failures:
        raise SystemExit(str(report.failures))


def read(data_dir: Path) -> None:
    """Search as a one-off reader does, over whatever a dead writer left; all that is found must be whole."""
    with closing(NewsIndex.open(data_dir)) as opened:
        passages = opened.search("Who keeps the depot?", Filters(), limit=50, per_article=3)
    if not passages or any(p.article.text[p.chunk.start : p.chunk.end] != p.text for p in passages):
        raise SystemExit("a passage is not whole")


def forked(act: Callable[[], None]) -> int:
    """Start a process that does something, and return its id."""
    process = os.fork()
    if process == 0:
        status = 1
        try:
            act()
            status = 0
        except SystemExit as told:
            sys.stderr.write(f"{told}\n")
        finally:
            sys.stderr.flush()
            os._exit(status)
    return process


def ended(process: int, *, within_s: float) -> int | None:
    """Wait for a process; returns its exit status, or None if it is still at work."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    return None


def main(config: Path, base: Path, folder: Path, kills: int, seed: int) -> None:
    """Run undisturbed once, then kill until there were enough kills and every folder is complete."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    began = time.monotonic()
    shutil.copytree(base, folder / "undisturbed")
    if ended(forked(lambda: index(config, folder / "undisturbed")), within_s=300) != 0:
        raise SystemExit("the undisturbed run failed")
    fastest_s = time.monotonic() - began
    killed, folders, unreadable = 0, [], 0
    while killed < kills:
        data_dir = folder / f"killed-{len(folders)}"
        shutil.copytree(base, data_dir)
        folders.append(data_dir.name)
        while True:
            began = time.monotonic()
            process = forked(lambda data_dir=data_dir: index(config, data_dir))
            last_one = killed >= kills
            status = ended(process, within_s=300 if last_one else chance.uniform(0, fastest_s))
            if status is not None:
                if status != 0:
                    raise SystemExit(f"a run after {killed} kills failed with status {status}")
                fastest_s = min(fastest_s, time.monotonic() - began)
                break
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            killed += 1
            if killed % 5 == 0:
                unreadable += ended(forked(lambda data_dir=data_dir: read(data_dir)), within_s=120) != 0
    sys.stdout.write(json.dumps({"killed": killed, "folders": folders, "unreadable": unreadable}))


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0]), Path(given[1]), Path(given[2]), int(given[3]), int(given[4]))
