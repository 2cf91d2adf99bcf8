"""Where the lines of a conversation come from: an editor at a terminal, standard input otherwise."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from bot.chat.conversations import private_file

ReadLine: TypeAlias = Callable[[str], str | None]  # given the prompt; None at the end. Raises KeyboardInterrupt

_MOST_HISTORY_BYTES = 200_000


def reader(words: Sequence[str], history: Path | None) -> ReadLine:
    """
    Choose where lines are read from.

    Args:
        words: What Tab completes at the beginning of a line.
        history: File of what was typed before; None to remember only what is typed now.
    """
    return _edited(words, history) if sys.stdin.isatty() and sys.stdout.isatty() else _piped


def _piped(_prompt: str) -> str | None:
    line = sys.stdin.readline()
    return line if line else None


def _edited(words: Sequence[str], file: Path | None) -> ReadLine:
    """Read with an editor: arrows, Ctrl-R, Tab; a pasted text is one line of it, however many lines it has."""
    from prompt_toolkit import PromptSession  # only for a conversation
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import FileHistory, History, InMemoryHistory

    history: History = InMemoryHistory() if file is None else FileHistory(str(_made_ready(file)))
    session = PromptSession[str](
        history=history,
        completer=WordCompleter(list(words), sentence=True),
        complete_while_typing=False,
        enable_history_search=True,
    )

    def read(prompt: str) -> str | None:
        try:
            return session.prompt(prompt)
        except EOFError:
            return None

    return read


def _made_ready(file: Path) -> Path:
    """Make the file for its owner alone, and shorten one that has become long."""
    os.close(private_file(file))
    content = file.read_bytes()
    if len(content) > _MOST_HISTORY_BYTES:
        tail = content[-_MOST_HISTORY_BYTES // 2 :]
        file.write_bytes(tail[max(0, tail.find(b"\n# ")) :])
    return file
