"""What each command loads: nobody waits for what their command does not use."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import Dateline, clean_environment, copy_index, spelled, write_jsonl

from bot.cli import COMMANDS

HEAVY = {"torch", "transformers", "sentence_transformers", "llama_index", "chromadb", "discord", "openai", "anthropic"}
TRAINING = {"torch", "transformers", "sentence_transformers"}
CUT = "import sys; from ingest.sentences import sentence_spans; sentence_spans('A cat. A dog.'); print(*sys.modules)"
QUAY = "The quay of Lilleby was rebuilt by the engineer Tove Brandt. It took three winters, and cost two million euros."
SUBCOMMANDS = [["articles", "list"], ["articles", "show"], ["articles", "remove"]]


def imported(dateline: Dateline, *arguments: str | Path, **environment: str) -> set[str]:
    """Run a command, which must succeed; return the names of the packages that it imported."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", *dateline.command(*arguments)],
        cwd=dateline.folder,
        env=clean_environment() | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    lines = [line for line in run.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}


def test_the_list_of_imports_is_seen(dateline: Dateline) -> None:
    """The measure itself works: what a command must import is in the list."""
    assert {"click", "numpy"} <= imported(dateline, "articles", "list")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"]])
def test_help_loads_next_to_nothing(arguments: list[str], dateline: Dateline) -> None:
    """The help and the version come up without any of the large libraries, not even numpy or pydantic."""
    assert imported(dateline, *arguments) & (HEAVY | {"numpy", "pydantic", "onnxruntime", "tantivy"}) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "Who led the talks in Doha?"],
        ["ask", "Who led the talks in Doha?", "--as-of", "March 2025", "--source", "Example Wire", "--json"],
        ["search", "glacier", "-k", "3"],
        ["articles", "list"],
        *([name, "--help"] for name in COMMANDS),
    ],
    ids=spelled,
)
def test_a_question_loads_no_model_library(arguments: list[str], dateline: Dateline) -> None:
    """A single question, a search, a list and every command's help load neither torch nor a vector store."""
    assert imported(dateline, *arguments) & HEAVY == set()


def test_a_pipe_loads_no_layout(dateline: Dateline) -> None:
    """What lays pages out for terminals, and what edits lines, is loaded for those who look alone."""
    assert imported(dateline, "ask", "Who led the talks in Doha?") & {"rich", "prompt_toolkit"} == set()
    assert "rich" in imported(dateline, "ask", "Who led the talks in Doha?", FORCE_COLOR="1")


def test_indexing_nothing_new_loads_no_model(dateline: Dateline, indexed_folder: Path) -> None:
    """An index run over articles that have not changed loads neither the model nor Chroma."""
    assert imported(dateline, "index", indexed_folder.parent / "articles.jsonl") & HEAVY == set()


def test_a_few_new_articles_load_no_training_library(indexed_folder: Path, tmp_path: Path) -> None:
    """A run that adds a few articles to an index encodes them with the compiled model, and is found by a question."""
    dateline = Dateline(tmp_path, copy_index(indexed_folder, tmp_path / "index"))
    new = write_jsonl(tmp_path / "new.jsonl", [{"url": "https://quay.example/1", "title": "Quay", "text": QUAY}])
    assert imported(dateline, "index", new) & TRAINING == set()
    assert "Tove Brandt" in dateline("ask", "Who rebuilt the quay of Lilleby?").succeeded().out


def test_cutting_sentences_loads_no_statistics() -> None:
    """NLTK imports SciPy and scikit-learn where it can; it cuts sentences without them."""
    run = subprocess.run(
        [sys.executable, "-c", CUT], env=clean_environment(), capture_output=True, text=True, check=True
    )
    loaded = set(run.stdout.split())
    assert "nltk.tokenize.punkt" in loaded
    assert loaded.isdisjoint({"scipy", "sklearn"})


def test_help_takes_little_time(dateline: Dateline) -> None:
    """`dateline --help` takes under 0.3 s of processor time, at best of three."""

    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        dateline("--help").succeeded()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(3)) < 0.3


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS), *SUBCOMMANDS], ids=spelled)
def test_help_works_whatever_the_settings_say(command: list[str], tmp_path: Path) -> None:
    """Each command shows its help in a folder whose dateline.toml is broken, to standard output only."""
    (tmp_path / "dateline.toml").write_text("[store\ndata_dir = ", encoding="utf-8")
    run = Dateline(tmp_path)(*command, "--help", environment={"DATELINE_NONSENSE": "1"}).succeeded()
    assert run.out.startswith(f"Usage: {' '.join(['dateline', *command])} ")
    assert run.err == ""


def test_the_main_help_lists_every_command(tmp_path: Path) -> None:
    """The main help names every command with its one line, and shows how to start."""
    told = Dateline(tmp_path)("--help").succeeded().told
    assert [line for _, _, line in COMMANDS.values() if line not in told] == []
    assert "dateline index" in told


@pytest.mark.parametrize("name", COMMANDS)
def test_the_one_line_of_a_command_is_true(name: str, tmp_path: Path) -> None:
    """What the main help says of a command, the command's own help says too: half of its words at least."""
    own = set(Dateline(tmp_path)(name, "--help").succeeded().told.lower().replace(",", "").split())
    words = COMMANDS[name][2].lower().rstrip(".").replace(",", "").split()
    assert len(words) >= 5
    assert len(own.intersection(words)) >= len(words) / 2
