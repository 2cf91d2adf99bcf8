"""Colours and progress are for terminals; pipes get plain text."""

import json
import os
import pty
import re
from pathlib import Path

import pytest
from command_line import (
    BOEHLER,
    Dateline,
    spelled,
)

ESCAPE = re.compile("[\x1b\x9b]")
SHOWING = [["ask", BOEHLER], ["search", "glacier"], ["articles", "show", "absent"], ["aks"]]


def on_a_terminal(dateline: Dateline, *arguments: str | Path, environment: dict[str, str]) -> str:
    """Run a command whose output is a terminal; return all that it wrote there."""
    ours, theirs = pty.openpty()
    try:
        with dateline.start(*arguments, environment=environment, stdout=theirs, stderr=theirs) as process:
            os.close(theirs)
            written = b""
            while piece := _piece(ours):
                written += piece
            process.wait(timeout=60)
        return written.decode()
    finally:
        os.close(ours)


def _piece(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux's way of saying that nobody writes there any more
        return b""


@pytest.mark.parametrize("arguments", SHOWING, ids=spelled)
def test_no_colours_in_a_pipe(arguments: list[str], dateline: Dateline) -> None:
    """What does not go to a terminal is plain text."""
    run = dateline(*arguments)
    assert ESCAPE.search(run.out + run.err) is None


def test_colours_on_a_terminal(dateline: Dateline) -> None:
    """On a terminal the headings stand out."""
    assert ESCAPE.search(on_a_terminal(dateline, "ask", BOEHLER, environment={}))


@pytest.mark.parametrize("arguments", SHOWING, ids=spelled)
def test_no_color_is_respected(arguments: list[str], dateline: Dateline) -> None:
    """With NO_COLOR set, a terminal gets plain text too."""
    assert ESCAPE.search(on_a_terminal(dateline, *arguments, environment={"NO_COLOR": "1"})) is None


def test_progress_on_a_terminal(dateline: Dateline, indexed_folder: Path) -> None:
    """A run shows on the terminal how far it is; --quiet keeps it to the report."""
    source = indexed_folder.parent / "articles.jsonl"
    assert "articles" in on_a_terminal(dateline, "index", source, "--json", environment={})
    quiet = on_a_terminal(dateline, "index", source, "--json", "--quiet", environment={})
    assert json.loads(quiet)["unchanged"] == 3
