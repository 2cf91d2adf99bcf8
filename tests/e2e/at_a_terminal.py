"""The program at a terminal of its own, typed at and looked at as a person would."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pexpect
from command_line import Dateline, clean_environment

SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[=>78()][0-9A-B]?)")
CTRL_C, CTRL_D = "\x03", "\x04"
READY = "\x1b[?2004h"  # a line can be typed now: from here on, a paste is marked as one
PASTE, PASTED = "\x1b[200~", "\x1b[201~"


@contextmanager
def typed_at(
    dateline: Dateline, *arguments: str, columns: int = 80, environment: Mapping[str, str] | None = None
) -> Iterator[Any]:
    """Start a command at a terminal; ended with the block, however the test goes."""
    program, *rest = map(str, dateline.command(*arguments))
    child = pexpect.spawn(
        program,
        rest,
        cwd=dateline.folder,
        env=clean_environment() | {"PROMPT_TOOLKIT_NO_CPR": "1"} | dict(environment or {}),
        dimensions=(40, columns),
        encoding="utf-8",
        timeout=60,
    )
    try:
        yield child
    finally:
        child.close(force=True)


def until(child: Any, text: str) -> str:
    """Wait until a terminal shows a text, and return what it showed before, without escape sequences."""
    child.expect_exact(text)
    return bare(child.before)


def to_the_end(child: Any) -> tuple[str, int]:
    """Wait for the end; returns what was sent to the terminal, and the exit status."""
    child.expect(pexpect.EOF)
    child.close()
    return child.before.replace("\r\n", "\n"), child.exitstatus


def bare(text: str) -> str:
    """Return what a terminal shows of a text, without escape sequences."""
    return SEQUENCE.sub("", text).replace("\r\n", "\n")
