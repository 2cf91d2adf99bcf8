"""
What a question costs, against the size of the index and against the peer, all measured in one run, in turns.

    python benchmarks/questions.py QUESTIONS.jsonl SCALE_DIR PEER_DIR > questions.json

SCALE_DIR is what `scale.py` made: a data folder for each size, named after its number of chunks. PEER_DIR holds what
`peer_llamaindex.py index` made of some of them, under the same names; it may be empty. Three things are measured:

- cold: a process from its start to its end, `dateline ask` against the peer's search, each size in each round;
- warm: a resident reader a size, all of them open at once, and each question put to each of them in turn: without a
  filter, within a week and within a quarter of a year (of 2025, over which the articles are spread);
- memory: the highest resident size of each of those readers, files that it maps included.

A machine that does other work besides shows in seconds of clock; seconds of processor suffer less, so both are given.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
PEER = HERE / "peer_llamaindex.py"
WINDOWS = {"no filter": None, "a week": 7, "a quarter": 91}  # days
WARMING_UP = 5  # questions to each reader that are not counted

Figures = dict[str, float | int]


class Cost(NamedTuple):
    """Seconds of clock and of processor (all threads)."""

    clock_s: float
    processor_s: float


class Place(NamedTuple):
    """A program with an index of some size."""

    program: str
    chunks: int
    folder: Path


def main() -> None:
    """Measure, or be one of the readers that are measured."""
    if sys.argv[1:2] == ["reader"]:
        serve(Path(sys.argv[2]))
        return
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("questions", type=Path)
    arguments.add_argument("scale", type=Path)
    arguments.add_argument("peer", type=Path)
    arguments.add_argument("--rounds", type=int, default=5, help="cold processes of each kind")
    arguments.add_argument("--searches", type=int, default=200, help="warm searches of each kind")
    given = arguments.parse_args()
    questions = [json.loads(line)["question"] for line in given.questions.read_text(encoding="utf-8").splitlines()]
    places = [*found("dateline", given.scale), *found("peer", given.peer)]
    load = [os.getloadavg()[1]]
    figures = {"cold": cold(places, questions, given.rounds), **warm(places, questions, given.searches)}
    load.append(os.getloadavg()[1])
    print(json.dumps({"load over 5 minutes, before and after": load, **figures}, indent=2))


def found(program: str, folder: Path) -> list[Place]:
    """List the indexes in a folder, smallest first."""
    sizes = sorted(int(one.name) for one in folder.iterdir() if one.name.isdecimal())
    return [Place(program, size, folder / str(size)) for size in sizes]


# Cold: whole processes.


def cold(places: Iterable[Place], questions: list[str], rounds: int) -> list[dict[str, Any]]:
    """Start every program at every size, round after round; the first round, which fills the disk's cache, is lost."""
    costs: dict[Place, list[tuple[Cost, int]]] = {place: [] for place in places}
    for number in range(rounds + 1):
        for place, own in costs.items():
            cost = process(cold_command(place, questions[number % len(questions)]))
            if number:
                own.append(cost)
    return [
        {"program": place.program, "chunks": place.chunks}
        | summary(cost for cost, _ in own)
        | {"memory_mb": max(memory for _, memory in own)}
        for place, own in costs.items()
    ]


def cold_command(place: Place, question: str) -> list[str | Path]:
    """What a person would type."""
    if place.program == "peer":
        return [sys.executable, PEER, "search", place.folder, question]
    return [sys.executable, "-m", "bot.cli", "--data-dir", place.folder, "ask", question]


def process(command: list[str | Path]) -> tuple[Cost, int]:
    """Run a process to its end; returns what it cost, and its highest resident size in MB."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as started:
        assert started.stdout  # noqa: S101 - as asked for
        printed = started.stdout.read()
        _, status, used = os.wait4(started.pid, 0)
        clock_s = time.perf_counter() - began
        started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode or not printed:
        sys.exit(f"failed: {command}")
    return Cost(clock_s, used.ru_utime + used.ru_stime), used.ru_maxrss // 1024


# Warm: resident readers.


def warm(places: Iterable[Place], questions: list[str], searches: int) -> dict[str, list[dict[str, Any]]]:
    """Put each question to each reader in turn, under each filter."""
    costs: dict[tuple[Place, str], list[Cost]] = {}
    with ExitStack() as stack:
        readers = {place: stack.enter_context(Reader(place)) for place in places}
        for number, (question, windows) in enumerate(asked(questions, searches + WARMING_UP)):
            for place, reader in readers.items():
                for name, window in windows.items():
                    if place.program == "dateline" or window is None:  # the peer searches without filters only
                        cost = reader.search(question, window)
                        if number >= WARMING_UP:
                            costs.setdefault((place, name), []).append(cost)
        memory = [
            {"program": place.program, "chunks": place.chunks, "highest_mb": reader.memory_mb()}
            for place, reader in readers.items()
        ]
    times = [
        {"program": place.program, "chunks": place.chunks, "filter": name} | summary(own)
        for (place, name), own in costs.items()
    ]
    return {"warm": times, "memory": memory}


def asked(questions: list[str], count: int) -> Iterator[tuple[str, dict[str, list[str] | None]]]:
    """Yield questions with the windows to search in, of random beginnings: the same in each run."""
    days = random.Random(0)  # noqa: S311 - repeatable
    for number in range(count):
        windows: dict[str, list[str] | None] = {}
        for name, length in WINDOWS.items():
            since = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=days.randrange(365 - (length or 0)))
            windows[name] = [since.isoformat(), (since + timedelta(days=length)).isoformat()] if length else None
        yield questions[number % len(questions)], windows


class Reader:
    """A process with an open index, which answers one line of JSON with another."""

    def __init__(self, place: Place) -> None:
        script = PEER if place.program == "peer" else Path(__file__)
        self._process = subprocess.Popen(
            [sys.executable, script, "reader", place.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def search(self, question: str, window: list[str] | None) -> Cost:
        """Search once; returns what it cost, as the reader saw it."""
        return Cost(*self._ask({"question": question, "window": window}))

    def memory_mb(self) -> int:
        """Highest resident size so far."""
        pages = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(pages.split("VmHWM:")[1].split()[0]) // 1024

    def _ask(self, request: dict[str, Any]) -> list[float]:
        assert self._process.stdin  # noqa: S101 - as asked for
        assert self._process.stdout  # noqa: S101
        print(json.dumps(request), file=self._process.stdin, flush=True)
        reply: list[float] = json.loads(self._process.stdout.readline())
        return reply


def serve(folder: Path) -> None:
    """Be a reader: search for each line of standard input."""
    from index_store import Filters, NewsIndex

    index = NewsIndex.open(folder, resident=True)
    for line in sys.stdin:
        request = json.loads(line)
        since, until = map(datetime.fromisoformat, request["window"]) if request["window"] else (None, None)
        began = time.perf_counter(), time.process_time()
        index.search(request["question"], Filters(since=since, until=until), limit=12, per_article=3)  # as `ask` does
        print([time.perf_counter() - began[0], time.process_time() - began[1]], flush=True)
    index.close()


def summary(costs: Iterable[Cost]) -> Figures:
    """Median and 99th percentile, in milliseconds."""
    clocks, processors = (sorted(times) for times in zip(*costs, strict=True))
    return {
        "p50_ms": round(clocks[len(clocks) // 2] * 1000, 1),
        "p99_ms": round(clocks[int(len(clocks) * 0.99)] * 1000, 1),
        "processor_p50_ms": round(processors[len(processors) // 2] * 1000, 1),
        "count": len(clocks),
    }


if __name__ == "__main__":
    main()
