"""How an answer is written down where it is kept, and read again."""

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from bot.answering import Answer

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def written(answer: Answer) -> str:
    """Write an answer as JSON, without the conversation before it, which has answers of its own."""
    alone = replace(answer, question=replace(answer.question, conversation=()))
    return _adapter().dump_json(alone).decode()


def read(text: str) -> Answer:
    """
    Read what `written` wrote.

    Raises:
        ValueError: If it is no answer, or one of another version of Dateline.
    """
    return _adapter().validate_json(text)


@cache
def _adapter() -> "TypeAdapter[Answer]":
    from pydantic import TypeAdapter

    return TypeAdapter(Answer)
