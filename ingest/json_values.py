"""JSON decoded with the failures that hostile input can cause turned into reasons."""

import json

from index_store import SourceError

_MOST_DIGITS = 100


def parsed(text: str) -> object:
    """
    Parse one JSON value.

    Raises:
        SourceError: If it is not JSON, or too deeply nested.
    """
    try:
        value: object = json.loads(text, parse_int=whole_number)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        raise SourceError(f"is not valid JSON: {error.msg.removesuffix(' at')} ({place})") from error
    except RecursionError as error:
        raise SourceError("is not valid JSON: nested too deeply") from error
    return value


def whole_number(digits: str) -> int | None:
    """Read a whole number of JSON; one so long that it can mean nothing counts as absent, and does no other harm."""
    return int(digits) if len(digits) <= _MOST_DIGITS else None
