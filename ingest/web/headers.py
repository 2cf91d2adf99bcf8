"""Headers of answers, read: whatever a server writes there, something plain and short comes out."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ingest.web.records import Validators

_LONGEST_PAUSE_S = 86_400.0
_MEDIA_TYPE = re.compile(r"\s*([\w.+-]{1,100}/[\w.+-]{1,100})\s*(?:;|,|$)", re.ASCII)
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([\w.:-]{1,40})""", re.ASCII | re.IGNORECASE)
_PLAIN = re.compile(r"[ -~]{1,500}")


def media_type(headers: Mapping[str, str]) -> str:
    """Return the type of the content, in lower case; "" where none is given."""
    match = _MEDIA_TYPE.match(headers.get("Content-Type", ""))
    return match[1].lower() if match else ""


def charset(headers: Mapping[str, str]) -> str | None:
    """Return the encoding that the content is said to have, in lower case."""
    match = _CHARSET.search(headers.get("Content-Type", ""))
    return match[1].lower() if match else None


def validators_of(headers: Mapping[str, str]) -> Validators:
    """Return what the next request can be made conditional with."""
    return Validators(_plain(headers.get("ETag")), _plain(headers.get("Last-Modified")))


def conditions(validators: Validators) -> dict[str, str]:
    """Return the headers that ask for a page only if it has changed."""
    given = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in given.items() if _plain(value) is not None and value is not None}


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds the server asks to be left alone, a day at most; None where it does not say."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:10]), _LONGEST_PAUSE_S)
    try:
        moment = parsedate_to_datetime(text[:100])
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_PAUSE_S)


def _plain(value: str | None) -> str | None:
    """Return a value that can be sent back as it is, or None."""
    return value if value and _PLAIN.fullmatch(value) else None
