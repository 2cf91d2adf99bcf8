"""
Conversations that can be resumed: one file of JSON lines each, in the user's state folder, for nobody else to read.

A line is written at once, after each answer, so a process that is killed at any moment loses none. What is no whole
line, or was written by another version, is passed over.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from bot.answering import Answer
from bot.render.terminal import one_line
from bot.written import read, written
from index_store import DatelineError

MOST_CONVERSATIONS = 100  # beyond, the one that has rested longest goes
MOST_ANSWERS = 200  # that are read again; the file is cut to them once it is larger than `MOST_BYTES`
MOST_BYTES = 4_000_000
_LONGEST_LINE_BYTES = 400_000  # a longer answer is not kept
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_NAMED = 5  # in a message


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in a list: its name, when it was last added to, and its first question."""

    name: str
    last_at: datetime
    question: str


class Conversation:
    """
    What was asked and answered, oldest first.

    Attributes:
        name: What it is resumed by.
        answers: At most `MOST_ANSWERS`.
    """

    def __init__(self, file: Path | None, answers: tuple[Answer, ...] = ()) -> None:
        """Go on in a file, made with the first answer; None keeps nothing."""
        self._file = file
        self.name = file.stem if file else ""
        self.answers = answers

    def add(self, answer: Answer) -> None:
        """
        Keep an answer.

        Raises:
            DatelineError: If it cannot be written; it is part of the conversation even so.
        """
        self.answers = (*self.answers, answer)[-MOST_ANSWERS:]
        if self._file is None:
            return
        line = _line(answer)
        if len(line) > _LONGEST_LINE_BYTES:
            return
        try:
            _append(self._file, line)
            if self._file.stat().st_size > MOST_BYTES:
                _replace(self._file, b"".join(map(_line, self.answers))[-MOST_BYTES // 2 :])
        except OSError as error:
            raise DatelineError(
                f"The conversation cannot be kept in {self._file}: {error.strerror or error}.",
                remedy="Make room there, or talk with `dateline chat --private`, which keeps nothing.",
            ) from error


class Conversations:
    """All conversations of a user."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def of_user(cls) -> Self:
        """Find those of whoever runs the program."""
        return cls(state_folder() / "conversations")

    def new(self) -> Conversation:
        """Begin one, named by the time; its file is made with the first answer."""
        name = stem = f"{datetime.now().astimezone():%Y-%m-%d-%H%M%S}"
        number = 1
        while (self._folder / f"{name}.jsonl").exists():
            number += 1
            name = f"{stem}-{number}"
        self._make_room()
        return Conversation(self._folder / f"{name}.jsonl")

    def resumed(self, name: str = "") -> Conversation:
        """
        Go on with a conversation; the latest where no name is given.

        Raises:
            DatelineError: If there is none, or none of this name.
        """
        files = self._files()
        if name:
            files = [file for file in files if _NAME.fullmatch(name) and file.stem == name]
        if not files:
            raise DatelineError(
                self._missing(name), remedy="`dateline chat` begins one; `dateline chat --list` names all."
            )
        return Conversation(files[0], tuple(_answers(files[0])))

    def listed(self) -> Iterator[Summary]:
        """Yield all that hold an answer, the latest first."""
        for file in self._files():
            first = next(_answers(file), None)
            if first:
                yield Summary(file.stem, datetime.fromtimestamp(file.stat().st_mtime, UTC), first.question.text)

    def _missing(self, name: str) -> str:
        names = ", ".join(file.stem for file in self._files()[:_NAMED])
        if not name:
            return "There is no conversation to resume yet."
        return f"There is no conversation “{one_line(name)[:64]}”." + (f" The latest are: {names}." if names else "")

    def _files(self) -> list[Path]:
        """Return the conversations' files, the latest first."""
        files = [file for file in self._folder.glob("*.jsonl") if _NAME.fullmatch(file.stem)]
        return sorted(files, key=lambda file: (_changed(file), file.stem), reverse=True)

    def _make_room(self) -> None:
        for file in self._files()[MOST_CONVERSATIONS - 1 :]:
            file.unlink(missing_ok=True)


def state_folder() -> Path:
    """Return the folder of what is kept between two runs of the program, readable by its owner alone."""
    from platformdirs import user_state_path

    return user_state_path("dateline", appauthor=False)


def private_file(file: Path) -> int:
    """Open a file to append to, made with its folder for its owner alone; returns its descriptor."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)


def _changed(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:  # another process has just removed it
        return 0


def _line(answer: Answer) -> bytes:
    return written(answer).encode("utf-8", "replace") + b"\n"


def _append(file: Path, line: bytes) -> None:
    """Write a line with one call; behind half a line, which a killed process left, on a new one."""
    descriptor = private_file(file)
    try:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and _last_byte(descriptor) != b"\n"
        os.write(descriptor, b"\n" + line if torn else line)
    finally:
        os.close(descriptor)


def _last_byte(descriptor: int) -> bytes:
    os.lseek(descriptor, -1, os.SEEK_END)
    return os.read(descriptor, 1)


def _replace(file: Path, content: bytes) -> None:
    """Put a shorter file in the place of one; whole or not at all."""
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = private_file(draft)
    try:
        os.write(descriptor, content)
    finally:
        os.close(descriptor)
    draft.replace(file)


def _answers(file: Path) -> Iterator[Answer]:
    """Yield the last answers of a file; what cannot be read is passed over."""
    try:
        with file.open("rb") as lines:
            size = os.fstat(lines.fileno()).st_size
            lines.seek(max(0, size - 2 * MOST_BYTES))
            kept = lines.read(2 * MOST_BYTES).splitlines()[-MOST_ANSWERS:]
    except OSError:
        return
    for line in kept:
        try:
            yield read(line.decode("utf-8"))
        except ValueError:
            continue
