"""JSON decoded with the failures that hostile input can cause turned into reasons."""

import json

from index_store import SourceError


def parsed(text: str) -> object:
    """
    Parse one JSON value.

    Raises:
        SourceError: If it is not JSON, or too deeply nested, or holds a number of thousands of digits.
    """
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        raise SourceError(f"is not valid JSON: {error.msg.removesuffix(' at')} ({place})") from error
    except RecursionError as error:
        raise SourceError("is not valid JSON: nested too deeply") from error
    except ValueError as error:
        raise SourceError("is not valid JSON: a number is too long") from error
    return value
