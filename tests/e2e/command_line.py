"""The command line as people and programs use it: in processes of its own, in a working folder of its own."""

import json
import os
import shutil
import signal
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any

from running_bot import REPOSITORY

# As installed: "python -m" would end by the signal when Ctrl-C meets an exec of a string, such as a dataclass makes.
PROGRAM = Path(sysconfig.get_path("scripts"), "dateline")
TEXT_OR_NULL = (str, NoneType)
NUMBER = (int, float)

# Of the small index that all share.
BOEHLER = "Who led the talks in Doha?"
UNANSWERABLE = "What does a litre of goat milk cost in Ulan Bator?"
LEADER = "The US envoy for hostage affairs, Adam Boehler, led the talks in Doha over the past weeks."

# The public interface, field by field: a list holds any number of records of its one shape.
SUMMARY = {
    "article_id": str,
    "url": str,
    "title": str,
    "publisher": TEXT_OR_NULL,
    "published_at": TEXT_OR_NULL,
}
ANSWER = {
    "id": object,
    "question": str,
    "standalone_question": str,
    "as_of": TEXT_OR_NULL,
    "window": {"since": TEXT_OR_NULL, "until": TEXT_OR_NULL},
    "answer": str,
    "abstained": bool,
    "reason": TEXT_OR_NULL,
    "claims": [{"text": str, "citations": [int], "support": str}],
    "citations": [SUMMARY | {"n": int, "authors": [str], "quote": str, "start": int, "end": int}],
    "nearest": [SUMMARY],
    "mode": str,
    "note": TEXT_OR_NULL,
    "elapsed_ms": NUMBER,
}
FOUND = {"id": object, "query": str, "passages": [SUMMARY | {"rank": int, "text": str, "score": NUMBER}]}
REPORT = {
    **dict.fromkeys(("added", "updated", "unchanged", "duplicates", "removed", "failed", "chunks"), int),
    "seconds": NUMBER,
    "failures": [{"source": str, "reason": str}],
}


def misfits(value: object, shape: Any, place: str = "") -> list[str]:
    """Name the places where a JSON value lacks a field of a shape, or has one of another kind; more fields are fine."""
    if isinstance(shape, dict) and isinstance(value, dict):
        parts = [(value.get(name, ...), kind, f"{place}.{name}") for name, kind in shape.items()]
    elif isinstance(shape, list) and isinstance(value, list):
        parts = [(entry, shape[0], f"{place}.{n}") for n, entry in enumerate(value)]
    else:
        return [] if _is_one(value, shape) else [f"{place}: {value!r}"]
    return [misfit for part in parts for misfit in misfits(*part)]


def _is_one(value: object, kind: Any) -> bool:
    """Whether a JSON value is of this kind; true and false are no numbers, and `...` stands for an absent field."""
    if value is ... or isinstance(kind, dict | list):
        return False
    return isinstance(value, kind) and (kind in (bool, object) or not isinstance(value, bool))


def spelled(parameter: object) -> str | None:
    """Name a test by the arguments of its command; other parameters are named as pytest does."""
    return " ".join(map(str, parameter))[:60] if isinstance(parameter, list) else None


@dataclass(frozen=True, slots=True)
class Finished:
    """
    A process that has ended.

    Attributes:
        status: Its exit status; negative for the signal that ended it.
        out, err: What it wrote.
    """

    status: int
    out: str
    err: str

    @property
    def record(self) -> Any:
        """The one JSON value on standard output."""
        return json.loads(self.out)

    @property
    def records(self) -> list[Any]:
        """The JSON values on standard output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def told(self) -> str:
        """Standard output without line breaks and indentation."""
        return " ".join(self.out.split())

    def succeeded(self) -> "Finished":
        """Insist that it went well."""
        assert self.status == 0, self.err
        return self


@dataclass(frozen=True, slots=True)
class Dateline:
    """
    The program in a working folder.

    Attributes:
        folder: Where it is started.
        data_dir: The folder of its index; None leaves it to the settings.
    """

    folder: Path
    data_dir: Path | None = None

    def __call__(
        self, *arguments: str | Path, stdin: str | bytes = "", environment: Mapping[str, str] | None = None
    ) -> Finished:
        """Run a command to its end."""
        process = self.start(*arguments, environment=environment)
        out, err = process.communicate(stdin.encode() if isinstance(stdin, str) else stdin, timeout=300)
        return Finished(process.returncode, out.decode(), err.decode())

    def start(
        self,
        *arguments: str | Path,
        environment: Mapping[str, str] | None = None,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
    ) -> "subprocess.Popen[bytes]":
        """Start a command."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=clean_environment() | dict(environment or {}),
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=stderr,
            preexec_fn=_hear_ctrl_c,
        )

    def command(self, *arguments: str | Path) -> list[str | Path]:
        """Return what is started for a command."""
        where: tuple[str | Path, ...] = () if self.data_dir is None else ("--data-dir", self.data_dir)
        return [PROGRAM, *where, *arguments]

    def ask_all(self, questions: Iterable[str]) -> list[Any]:
        """Ask many questions in one batch; all must be answered."""
        lines = "".join(json.dumps({"question": question}) + "\n" for question in questions)
        return self("ask", "--batch", "-", stdin=lines).succeeded().records

    def text_of(self, article_id: str, *more: str) -> str:
        """Return an article's text as `articles show` prints it."""
        text: str = self("articles", "show", article_id, "--json", *more).succeeded().record["text"]
        return text


def article_ids(dateline: Dateline) -> dict[str, str]:
    """Return the id of each article that is indexed, by the last part of its address."""
    listed = dateline("articles", "list", "--json").succeeded().records
    return {record["url"].rsplit("/", 1)[1]: record["article_id"] for record in listed}


def clean_environment() -> dict[str, str]:
    """Return the variables of the tests without any that would change what the program does or how it looks."""
    ours = ("DATELINE_", "DISCORD_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHON", "TERM")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    one_thread = {"OMP_NUM_THREADS": "1"}  # on a busy machine, threads that wait for each other take four times as long
    return kept | one_thread | {"PYTHONPATH": str(REPOSITORY), "TERM": "xterm"}


def copy_index(index: Path, to: Path) -> Path:
    """Copy a data folder; the compiled model, which nobody writes to, is shared."""

    def copy(one: str, other: str) -> None:
        (os.link if Path(one).parent.name == "encoder" else shutil.copy2)(one, other)

    shutil.copytree(index, to, copy_function=copy)
    return to


def write_jsonl(file: Path, articles: Iterable[Mapping[str, object]]) -> Path:
    """Write articles, one a line."""
    lines = (json.dumps(article, ensure_ascii=False) + "\n" for article in articles)
    file.write_text("".join(lines), encoding="utf-8")
    return file


def _hear_ctrl_c() -> None:
    """Let Ctrl-C reach the process, as a terminal does: a shell's background jobs inherit that it is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_until(event: Callable[[], bool], process: "subprocess.Popen[bytes]", *, deadline_s: float = 120) -> None:
    """
    Wait for something that a process does to the disk, where nothing but looking tells.

    Raises:
        AssertionError: If the process ends before, or the deadline passes.
    """
    until = time.monotonic() + deadline_s
    while not event():
        assert process.poll() is None, f"ended early, with status {process.returncode}"
        assert time.monotonic() < until, "nothing happened"
        time.sleep(0.005)
