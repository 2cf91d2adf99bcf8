"""Mails: newsletters saved one a file (.eml) or many (.mbox); a mailbox takes the memory of its largest mail."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from pathlib import Path
from typing import IO, cast
from urllib.parse import quote

from index_store import SourceError
from ingest.article import Origin, RawArticle, Rejected
from ingest.cleaning import single_line
from ingest.encoding import decoded_as
from ingest.markup import entry_text
from ingest.settings import IngestSettings
from ingest.sources.reading import Draft, opened, origin_of, read_whole

_LONGEST_HEADER = 2_000
_MOST_PARTS = 5_000  # each begins with a line "--…"
_LONGEST_LINE = 1 << 20
# Whatever reads headers and MIME parts can fail so on what no mail program wrote.
_BROKEN = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, AssertionError, RecursionError)
_FOOTER = re.compile(
    r"\bunsubscribe\b|\bmanage (?:your )?(?:subscription|preferences)|\bupdate (?:your )?(?:profile|preferences)"
    r"|\b(?:view|read|open) (?:this|it|the) ?(?:e-?mail|message|newsletter|online|in)\b|\bview (?:in|online)\b"
    r"|\byou(?:'re| are|’re) receiving this|\byou received this|\bthis (?:e-?mail|message) was sent to\b"
    r"|\ball rights reserved\b|^(?:©|\(c\)|copyright) ",
    re.IGNORECASE,
)
_LONGEST_FOOTER = 250  # characters; a longer paragraph that mentions any of this has more to say


class _ShortHeaders(EmailPolicy):
    """Cuts headers before anybody parses them, which takes quadratic time."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name[:100], value[:_LONGEST_HEADER]


_POLICY = _ShortHeaders()


def read_mail(path: Path, settings: IngestSettings) -> Iterator[Draft]:
    """
    Read the article of an `.eml` file.

    Raises:
        SourceError: If the file cannot be read or is no mail.
    """
    raw, _ = parse_mail(read_whole(path, max_mb=settings.max_file_mb))
    yield raw, origin_of(path)


def read_mailbox(path: Path, settings: IngestSettings) -> Iterator[Draft | Rejected]:
    """
    Read the articles of an `.mbox` file; a broken mail does not stop the others.

    Raises:
        SourceError: If the file cannot be read, or is no mailbox.
    """
    origin, limit = origin_of(path), settings.max_file_mb * 1_000_000
    with opened(path) as stream:
        for number, content in enumerate(_messages(stream, limit=limit), start=1):
            place = origin.part(f"message {number}")
            if len(content) > limit:
                yield Rejected(place.source, f"is larger than {settings.max_file_mb} MB; raise ingest.max_file_mb")
            else:
                yield _read_message(content, place)


def parse_mail(content: bytes) -> tuple[RawArticle, str | None]:
    """
    Read a mail: its subject, who publishes it, its date and its text.

    Returns:
        The article, and the mail's own id, if it has one.

    Raises:
        SourceError: If it is no mail, or broken.
    """
    if content.count(b"\n--") > _MOST_PARTS:
        raise SourceError("has too many parts")
    try:
        message = cast("EmailMessage", BytesParser(policy=_POLICY).parsebytes(content))
        if not any(message[name] for name in ("from", "subject", "date", "message-id")):
            raise SourceError("is not a mail: it has no headers")
        return _article(message), _header(message, "message-id") or None
    except _BROKEN as error:
        raise SourceError("is a broken mail") from error


def _read_message(content: bytes, place: Origin) -> Draft | Rejected:
    try:
        raw, message_id = parse_mail(content)
    except SourceError as error:
        return Rejected(place.source, error.message)
    if message_id:  # daily letters share their subject, so titles would not tell them apart
        place = replace(place, address=f"{place.address}#{quote(message_id.strip('<> '))}", shared=False)
    return raw, place


def _messages(stream: IO[bytes], *, limit: int) -> Iterator[bytes]:
    """Yield each mail of a mailbox; of one that is too long, only as much as shows that it is (in bytes)."""
    lines: list[bytes] = []
    size, after_blank, inside = 0, True, False
    while line := stream.readline(_LONGEST_LINE):
        if after_blank and line.startswith(b"From "):
            if inside:
                yield b"".join(lines)
            lines, size, inside = [], 0, True
        elif not inside and line.strip():
            raise SourceError("is not a mailbox: it does not begin with a line “From …”")
        elif inside and size <= limit:
            lines.append(line[1:] if re.match(rb">+From ", line) else line)
            size += len(line)
        after_blank = not line.strip()
    if not inside:
        raise SourceError("is empty")
    yield b"".join(lines)


def _article(message: EmailMessage) -> RawArticle:
    title = _header(message, "subject")
    sender = message["from"]
    address = sender.addresses[0] if sender is not None and getattr(sender, "addresses", None) else None
    return RawArticle(
        text=_text(message, title),
        title=title or None,
        published_at=_header(message, "date") or None,
        # The letter's name, even where a person's: who wrote which piece stands in the text.
        publisher=(address.display_name or address.domain) if address else None,
        language=_header(message, "content-language") or None,
        date_source="mail",
    )


def _text(message: EmailMessage, title: str) -> str:
    """Return the text of the mail's HTML, or else of its plain text, without what the sending service adds."""
    part = message.get_body(preferencelist=("html", "plain"))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    content = decoded_as(payload if isinstance(payload, bytes) else b"", charset=part.get_content_charset())
    text = entry_text(content, title=title) if part.get_content_subtype() == "html" else content
    lines = (line for line in text.replace("\r\n", "\n").split("\n") if not _is_footer(line))
    return "\n".join(lines)


def _is_footer(line: str) -> bool:
    return len(line) <= _LONGEST_FOOTER and bool(_FOOTER.search(line))


def _header(message: EmailMessage, name: str) -> str:
    return single_line(str(message[name] or ""), limit_chars=_LONGEST_HEADER)
