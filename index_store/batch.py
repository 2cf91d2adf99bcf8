"""Many questions at once: JSONL in, JSONL out, in the order read."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from index_store.errors import DatelineError
from index_store.options import UnreadableDateError, checked_conversation, checked_question, parse_when
from index_store.records import Filters


@dataclass(frozen=True, slots=True)
class BatchLine:
    """
    One question of a batch.

    Attributes:
        key: The asker's own id, of any JSON kind; handed back with the answer.
        question: The question's text.
        filters: Those of the whole batch, with `asked_at` of the line as its as-of.
        follows: What was asked before it, oldest first.
    """

    key: Any
    question: str
    filters: Filters
    follows: tuple[str, ...] = ()


def answer_batch(source: str, filters: Filters, answer: Callable[[BatchLine], dict[str, Any]]) -> bool:
    """
    Answer every line of a file ("-" for standard input), printing one JSON object for each as soon as it is known.

    A line that cannot be read is answered with its `error`, and the others go on.

    Returns:
        Whether all lines could be answered.

    Raises:
        DatelineError: If the file cannot be read.
    """
    complete = True
    for number, text in enumerate(_lines(source), start=1):
        if not text.strip():
            continue
        reply = _reply(text, number, filters, answer)
        complete = complete and "error" not in reply
        # Escaped, since some programs end lines where Unicode does, and an id may hold half a character.
        print(json.dumps(reply), flush=True)  # noqa: T201 - this is the program's output
    return complete


def _reply(text: str, number: int, filters: Filters, answer: Callable[[BatchLine], dict[str, Any]]) -> dict[str, Any]:
    try:
        line = json.loads(text, parse_constant=_refuse_constant)
        if not isinstance(line, dict) or not isinstance(line.get("question"), str):
            raise ValueError("it needs a “question”")
        question = checked_question(line["question"])
        own = _as_asked(filters, line.get("asked_at"))
        follows = _conversation(line.get("follows"))
    except (ValueError, UnreadableDateError, RecursionError) as error:
        return {"id": _key(text), "error": f"Line {number} cannot be read: {str(error).rstrip('.')}."}
    return answer(BatchLine(line.get("id"), question, own, follows))


def _as_asked(filters: Filters, asked_at: object) -> Filters:
    """Know nothing later than the line's own date; what is no date is refused, or the answer might know too much."""
    if asked_at is None:
        return filters
    if not isinstance(asked_at, str):
        raise ValueError("“asked_at” must be a date in quotes")
    return replace(filters, as_of=parse_when(asked_at, last_moment=True))


def _conversation(texts: object) -> tuple[str, ...]:
    if texts is None:
        return ()
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError("“follows” must be a list of questions")
    return checked_conversation(texts)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _key(text: str) -> object:
    """The id of a line that is otherwise wrong, where it has one."""
    try:
        line = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return line.get("id") if isinstance(line, dict) else None


def _lines(source: str) -> Iterator[str]:
    if source == "-":
        yield from TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="replace")
        return
    try:
        with Path(source).open(encoding="utf-8-sig", errors="replace") as file:
            yield from file
    except OSError as error:
        raise DatelineError(f"{source} cannot be read: {error.strerror}.", remedy="Check --batch.") from error
