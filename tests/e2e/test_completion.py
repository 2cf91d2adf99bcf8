"""What a shell is told while somebody types: by the real program, and in a real bash."""

import os
import pty
import select
import sqlite3
import time
from pathlib import Path

import pytest
from command_line import PROGRAM, Dateline, clean_environment, copy_index
from test_startup import HEAVY, imported

SHELL = Path("/bin/bash")


@pytest.fixture
def dateline(indexed_folder: Path, tmp_path: Path) -> Dateline:
    """The program with an index, which its settings name."""
    settings = f'[store]\ndata_dir = "{indexed_folder}"\n'
    source = '[[ingest.sources]]\nlocation = "https://harbourwire.example/feed.xml"\n'
    shared = '[[ingest.sources]]\nlocation = "https://ada:hush@quay.example/feed.xml"\n'
    (tmp_path / "dateline.toml").write_text(settings + source + shared, encoding="utf-8")
    return Dateline(tmp_path)


def offered(dateline: Dateline, line: str) -> list[str]:
    """Return what the program offers at the end of a line of bash."""
    typing = {"_DATELINE_COMPLETE": "bash_complete", "COMP_TYPED": line, "COMP_BREAKS": " \t\n\"'><=;|&(:"}
    run = dateline(environment=typing).succeeded()
    assert run.err == ""
    return run.out.split("\n")[:-1] if run.out.strip() else []


def test_names_come_from_the_index_and_the_settings(dateline: Dateline, indexed_folder: Path) -> None:
    """Commands, options, publishers, topics, article ids and sources are offered, and passwords never."""
    with sqlite3.connect(indexed_folder / "catalog.sqlite") as catalog:
        ((article_id,),) = catalog.execute("SELECT article_id FROM versions WHERE title LIKE 'Survey%'")
    for line, found in (
        ("dateline sour", ["plain,sources"]),
        ("dateline sources re", ["plain,remove"]),
        ("dateline ask --unt", ["plain,--until"]),
        ("dateline ask --source ex", [r"plain,Example\ Wire"]),
        ('dateline search glacier --source "Har', ["plain,Harbour **Post**"]),
        ("dateline timeline Val", ["plain,Valdren"]),
        (f"dateline articles show {article_id[:10]}", [f"plain,{article_id}"]),
        ("dateline sources remove https://", ["plain,//harbourwire.example/feed.xml"]),
        ("dateline index art", ["file,"]),
        ("dateline completion z", ["plain,zsh"]),
    ):
        assert offered(dateline, line) == found, line


def test_shells_that_show_it_are_told_the_headline(dateline: Dateline) -> None:
    """Beside an article's id, fish and zsh show its date and its headline."""
    typing = {"_DATELINE_COMPLETE": "fish_complete", "COMP_WORDS": "dateline articles show ", "COMP_CWORD": ""}
    told = dateline(environment=typing).succeeded().out.splitlines()
    assert [line.split("\t")[1] for line in told][-1].startswith("20 February 2025 · Survey finds")


def test_nothing_is_offered_and_nothing_said_where_there_is_nothing(tmp_path: Path, indexed_folder: Path) -> None:
    """Without an index, with broken settings or a damaged catalog, nothing is offered and nothing complained of."""
    (tmp_path / "broken.toml").write_text("[store\n", encoding="utf-8")
    damaged = copy_index(indexed_folder, tmp_path / "damaged")
    (damaged / "catalog.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 8_000)
    for line in (
        "--data-dir none ask --source ",
        "--config broken.toml articles show ",
        "--config none.toml sources remove ",
        f"--data-dir {damaged} timeline ",
    ):
        assert offered(Dateline(tmp_path), f"dateline {line}") == []
    assert not (tmp_path / "none").exists()


def test_completing_loads_no_model_library(dateline: Dateline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who types waits for neither torch nor a vector store, and a list of commands for next to nothing."""
    clean = clean_environment()

    def typing(line: str) -> set[str]:
        monkeypatch.setattr(
            "test_startup.clean_environment",
            lambda: clean | {"_DATELINE_COMPLETE": "bash_complete", "COMP_TYPED": line, "COMP_BREAKS": ":"},
        )
        return imported(dateline)

    assert typing("dateline timeline Val") & HEAVY == set()
    assert typing("dateline so") & (HEAVY | {"numpy", "pydantic", "tantivy"}) == set()


@pytest.mark.skipif(not SHELL.exists(), reason="there is no bash")
def test_bash_completes_what_is_typed(dateline: Dateline) -> None:
    """In an interactive bash, Tab completes a command, a publisher's name as one word, and an address."""
    typed = (
        "dateline sour\t",
        "dateline ask --source Exa\t",
        'dateline ask --source "Harb\t',
        "dateline sources remove https://har\t",
    )
    shown = typed_in_bash(dateline, typed)
    for words in (
        "<sources>",
        "<ask><--source><Example Wire>",
        "<ask><--source><Harbour **Post**>",
        "<sources><remove><https://harbourwire.example/feed.xml>",
    ):
        assert f"{words}<end>" in shown


def typed_in_bash(dateline: Dateline, lines: tuple[str, ...]) -> str:
    """
    Type lines into a bash that knows the script, and return all that it shows.

    The completed line is handed to a program that only shows its arguments; the real one answers the Tab.
    """
    folder = dateline.folder
    setup = folder / "setup.bash"
    script = dateline("completion", "bash").succeeded().out.replace('"$1"', f'"{PROGRAM}"')
    show = 'dateline() { printf "<%s>" "$@"; echo "<end>"; }\n'
    setup.write_text(f"PS1='ready> '\nbind 'set enable-bracketed-paste off'\n{show}{script}", encoding="utf-8")
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execve(SHELL, [str(SHELL), "--noprofile", "--rcfile", str(setup), "-i"], clean_environment())  # noqa: S606
    shown = _read_until(terminal, "ready> ")
    for line in lines:
        os.write(terminal, f"{line}\n".encode())
        shown += _read_until(terminal, "<end>", "ready> ")
    os.write(terminal, b"exit\n")
    os.waitpid(pid, 0)
    os.close(terminal)
    return shown


def _read_until(terminal: int, *ends: str, deadline_s: float = 120) -> str:
    """Read what a terminal shows until it has shown these, one after the other."""
    shown, until = "", time.monotonic() + deadline_s
    while not _in_order(shown, ends):
        ready, _, _ = select.select([terminal], [], [], max(0.0, until - time.monotonic()))
        assert ready, f"nothing more came after {shown!r}"
        shown += os.read(terminal, 65_536).decode(errors="replace")
    return shown


def _in_order(text: str, ends: tuple[str, ...]) -> bool:
    for end in ends:
        _, found, text = text.partition(end)
        if not found:
            return False
    return True
