"""The measurements that `run.py` takes in turn: each runs a program beside it, and makes figures of what it prints."""

import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from figures import Figure

HERE = Path(__file__).parent
SMALLER, LARGER, PLAIN = "lower", "higher", "neither"


class LeftOut(Exception):  # noqa: N818 - not an error
    """A measurement that cannot be taken here, with the reason."""


@dataclass(slots=True)
class Workplace:
    """
    What a run works on.

    Attributes:
        sources: What is indexed.
        questions: With known answers, as `dateline eval` reads them.
        unanswerable: Questions that should be declined; None where there are none.
        folder: For what the run makes.
        repeats: How often what is short enough is measured.
        sizes: Chunks of the indexes for cost against size.
        quick: Whether everything is as small as will do to see that it works.
        left_out: Part of a measurement → why it was not taken; filled by the measurements.
    """

    sources: tuple[Path, ...]
    questions: Path
    unanswerable: Path | None
    folder: Path
    repeats: int
    sizes: tuple[int, ...]
    quick: bool
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def index(self) -> Path:
        """The data folder that the first measurement fills and the others read."""
        return self.folder / "index"

    @property
    def articles(self) -> Path:
        """All that is indexed, as one file."""
        return self.folder / "articles.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Ended:
    """What a process printed, the seconds it took, and its highest resident size in MB."""

    printed: str
    seconds: float
    memory_mb: float


def ended(*command: str | Path) -> Ended:
    """
    Run a process to its end.

    Raises:
        LeftOut: If it fails; with its last lines.
    """
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as told:
        with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, stderr=told, text=True) as process:
            assert process.stdout is not None  # noqa: S101 - as asked for
            output = process.stdout.read()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            told.seek(0)
            last = told.read().strip().splitlines()[-5:]
            raise LeftOut(f"{Path(command[0]).name} failed: {' / '.join(last) or process.returncode}")
    return Ended(output, time.perf_counter() - began, used.ru_maxrss / 1024)


def dateline(place: Workplace, *arguments: str | Path) -> Ended:
    """Run a command on the index."""
    return ended("-m", "bot.cli", "--data-dir", place.index, *arguments)


def program(name: str, *arguments: object) -> Any:  # noqa: ANN401 - what the program printed, as JSON
    """Run one of the programs beside this, and return what it printed."""
    return json.loads(ended(HERE / name, *map(str, arguments)).printed)


def indexing_all(place: Workplace) -> list[Figure]:
    """Index everything once, whole process; then again and again, unchanged."""
    first = dateline(place, "index", *place.sources, "--json", "--quiet")
    report = json.loads(first.printed)
    again = [dateline(place, "index", *place.sources, "--json", "--quiet") for _ in range(place.repeats)]
    if any((told := json.loads(one.printed))["added"] + told["updated"] for one in again):
        raise LeftOut(f"indexing again changed something: {again[-1].printed}")
    group = "Indexing, whole process"
    return [
        Figure(group, "articles", "", PLAIN, (report["added"],)),
        Figure(group, "chunks", "", PLAIN, (report["chunks"],)),
        Figure(group, "from nothing", "s", SMALLER, (round(first.seconds, 2),)),
        Figure(group, "from nothing, peak memory", "MB", SMALLER, (round(first.memory_mb),)),
        Figure(group, "again, unchanged", "s", SMALLER, tuple(round(one.seconds, 2) for one in again)),
        Figure(group, "again, unchanged, peak memory", "MB", SMALLER, tuple(round(one.memory_mb) for one in again)),
    ]


def indexing_beside_the_encoder(place: Workplace) -> list[Figure]:
    """Index against the bare encoder, which is the yardstick of the machine."""
    limit = 10 if place.quick else 200
    told = [program("indexing.py", place.articles, "--limit", limit) for _ in range(place.repeats)]
    bare = tuple(seconds for one in told for seconds in one["bare encoder, s"])
    group, outside = "Indexing, against the bare encoder", "outside the encoder, over the time inside"
    return [
        Figure(group, "bare encoder", "s", PLAIN, bare, yardstick=True),
        Figure(group, "run over the bare encoder", "ratio", SMALLER, _over(told, "overhead over the bare encoder")),
        Figure(group, "run over the time inside the encoder", "ratio", SMALLER, _over(told, outside)),
    ]


def polling(place: Workplace) -> list[Figure]:
    """Ask feeds that have not changed."""
    feeds = 5 if place.quick else 100
    told = [program("polling.py", "--feeds", feeds, "--rounds", 1 if place.quick else 5) for _ in range(place.repeats)]
    ours, bare = "index run, ms a feed", "bare, ms a feed"
    return [
        Figure("Polling", "a feed that answers 304", "ms", SMALLER, tuple(one[ours] for one in told)),
        Figure("Polling", "over a bare client", "ratio", SMALLER, tuple(one[ours] / one[bare] for one in told)),
    ]


def quality(place: Workplace) -> list[Figure]:
    """Ask questions with known answers, and those without."""
    files = [place.questions, *([place.unanswerable] if place.unanswerable else [])]
    told = json.loads(dateline(place, "eval", *files, "--json").printed)
    figures = []
    for group in ("search", "ask", "refuse"):
        for name, value in told[group].items():
            if isinstance(value, float) and 0 <= value <= 1:
                figures.append(Figure(f"Quality, {group}", name, "share", LARGER, (round(value, 4),)))
    return figures


def cost_against_size(place: Workplace) -> list[Figure]:
    """Ask cold and warm, at several sizes, beside the peer where it is installed."""
    scale, peer = place.folder / "scale", place.folder / "peer"
    peer.mkdir(exist_ok=True)
    ended(HERE / "scale.py", place.index, scale, "--chunks", *map(str, place.sizes))
    if (why := _index_peer(place, scale, peer)) is not None:
        place.left_out["peer"] = why
    rounds, searches = (1, 5) if place.quick else (3, 100)
    figures: dict[str, list[float]] = {}
    for _ in range(place.repeats):
        arguments = (place.questions, scale, peer, "--rounds", rounds, "--searches", searches)
        told = program("questions.py", *arguments)
        (place.folder / "questions.json").write_text(json.dumps(told), encoding="utf-8")
        for name, value in _costs(told):
            figures.setdefault(name, []).append(value)
    made = [_cost(name, tuple(values)) for name, values in figures.items()]
    return [*made, *_against_the_peer(figures)] if why is None else made


def discord_load(place: Workplace) -> list[Figure]:
    """Let 40 people ask at once, beside a re-index and without one, and break what can break."""
    bursts, more = 1 if place.quick else 5, place.folder / "more.jsonl"
    write_more(place.articles, more)
    told = program("discord.py", place.index, place.questions, "--articles", more, "--bursts", bursts)
    figures = []
    for name in ("bursts while a re-index runs", "bursts, nothing else running"):
        for what in ("acknowledged_s", "answered_s"):
            for cut in ("p50", "p99"):
                value = told[name][what][cut]
                figures.append(Figure("Discord", f"{name}, {what[:-2]}, {cut}", "s", SMALLER, (value,)))
    return [*figures, Figure("Discord", "rules broken", "", SMALLER, (float(len(told["rules broken"])),))]


def write_more(articles: Path, file: Path, *, at_least: int = 1_250) -> None:
    """Write articles that are not indexed yet: the words of those that are, in disorder, so that they are no copies."""
    chance, written, copy = random.Random(0), 0, 0  # noqa: S311 - repeatable
    with gzip.open(articles, "rt", encoding="utf-8") as lines:
        originals = [json.loads(line) for line in lines]
    with file.open("w", encoding="utf-8") as out:
        while written < at_least:
            for one in originals:
                words = one["text"].split()
                chance.shuffle(words)
                article = {"url": f"{one['url']}?more={copy}", "title": one["title"], "text": " ".join(words)}
                out.write(json.dumps(article | {"published_at": one["published_at"]}, ensure_ascii=False) + "\n")
            written, copy = written + len(originals), copy + 1


MEASUREMENTS: dict[str, Callable[[Workplace], list[Figure]]] = {
    "index": indexing_all,
    "encoder": indexing_beside_the_encoder,
    "polling": polling,
    "quality": quality,
    "cost": cost_against_size,
    "discord": discord_load,
}


def _over(told: Sequence[Any], name: str) -> tuple[float, ...]:
    """A share that comes on top, as a ratio of the whole."""
    return tuple(1 + one[name] for one in told if one[name] is not None)


def _index_peer(place: Workplace, scale: Path, peer: Path) -> str | None:
    """Fill the peer's indexes of up to 12,000 chunks, inserting more takes long; returns why there are none."""
    try:
        for size in (size for size in place.sizes if size <= 12_000):
            if not (peer / str(size)).exists():
                ended(HERE / "peer_llamaindex.py", "index", scale / str(size), peer / str(size))
    except LeftOut as left_out:
        return str(left_out)
    return None


def _costs(told: Any) -> list[tuple[str, float]]:  # noqa: ANN401 - what questions.py printed
    """Name what questions.py measured, with its values: milliseconds, and MB where the name says memory."""
    cold = [(f"{one['program']}, {one['chunks']} chunks, cold", one["p50_ms"]) for one in told["cold"]]
    warm = [
        (f"{one['program']}, {one['chunks']} chunks, warm, {one['filter']}{note}", one[cut])
        for one in told["warm"]
        for cut, note in (("p50_ms", ""), ("p99_ms", ", 99 %"))
    ]
    memory = [(f"{one['program']}, {one['chunks']} chunks, memory", one["highest_mb"]) for one in told["memory"]]
    return [*cold, *warm, *memory]


def _cost(name: str, values: tuple[float, ...]) -> Figure:
    better = PLAIN if name.startswith("peer") else SMALLER
    return Figure("Cost against size", name, "MB" if name.endswith("memory") else "ms", better, values)


def _against_the_peer(figures: dict[str, list[float]]) -> list[Figure]:
    """Ours over the peer's, measured in one run in turns: what the machine does matters little."""
    pairs = [(name, figures.get(name.replace("peer", "dateline", 1))) for name in figures if name.startswith("peer")]
    return [
        Figure(
            "Against the peer",
            name.removeprefix("peer, "),
            "ratio",
            SMALLER,
            tuple(round(mine / its, 4) for mine, its in zip(ours, figures[name], strict=True)),
        )
        for name, ours in pairs
        if ours
    ]
