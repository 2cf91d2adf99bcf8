"""Mails and mailboxes: newsletters whole, broken and hostile."""

import time
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store import SourceError
from ingest import Found, Rejected
from ingest.sources.mail import parse_mail

Read = Callable[..., list[Found | Rejected]]
Write = Callable[[str, str | bytes], Path]

HTML = """<html><head><title>No</title></head><body><div style="display:none">Preview</div>
<table><tr><td><h1>Ferry café opens</h1></td></tr><tr><td><p>The ferry runs again.</p><p>It costs two crowns.</p></td>
</tr><tr><td><a href="x">View this email in your browser</a></td></tr></table>
<p>You are receiving this because you signed up. <a>Unsubscribe</a></p><p>© 2024 Quay Mail</p></body></html>"""


def letter(
    *, subject: str = "Ferry café opens", message_id: str | None = "<17@quay.example>", html: str = HTML
) -> EmailMessage:
    """Return a newsletter with plain text, HTML and an attachment."""
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "The Quay Mail <desk@quay.example>"
    message["Date"] = "Mon, 06 May 2024 07:08:09 +0200"
    if message_id:
        message["Message-ID"] = message_id
    message.set_content("Plain text, which is not read.")
    message.add_alternative(html, subtype="html", charset="iso-8859-1", cte="quoted-printable")
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="a.pdf")
    return message


def mailbox(*messages: EmailMessage) -> bytes:
    """Return an mbox of these mails."""
    return b"".join(b"From desk@quay.example Mon May  6 07:08:09 2024\n" + bytes(m) + b"\n\n" for m in messages)


def found(outcome: Found | Rejected) -> Found:
    """Return an outcome that must be an article."""
    assert isinstance(outcome, Found), outcome
    return outcome


def test_a_letter(read: Read, write: Write) -> None:
    """A newsletter gives subject, sender, date and the text of its HTML without what the sender's service adds."""
    path = write("ferry.eml", bytes(letter()))
    (outcome,) = read(path)
    article = found(outcome).article
    assert (article.title, article.publisher, article.authors) == ("Ferry café opens", "The Quay Mail", ())
    assert article.text == "The ferry runs again.\n\nIt costs two crowns."
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2024-05-06T07:08:09+02:00"
    assert (article.date_source, article.url) == ("mail", path.as_uri())


def test_plain_letters() -> None:
    """A letter of plain text is read as it is; one without a name is published by its domain."""
    raw, message_id = parse_mail(
        b"From: desk@quay.example\nSubject: Ferry\n\nIt runs.\r\n\r\nHourly.\nUnsubscribe: x\n"
    )
    assert (raw.title, raw.publisher, message_id) == ("Ferry", "quay.example", None)
    assert raw.text.strip() == "It runs.\n\nHourly."


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        (b"=?iso-8859-1?Q?Caf=E9?= =?utf-8?B?IG9wZW5z?=", "Café opens"),
        (b"=?bogus?Q?Caf=E9?=", "Caf"),
        ("Café".encode(), "Caf"),
        (b"", ""),
    ],
)
def test_subjects(subject: bytes, title: str) -> None:
    """Encoded subjects are decoded; broken ones leave what can be read."""
    raw, _ = parse_mail(b"From: a@quay.example\nSubject: " + subject + b"\n\nText")
    assert (raw.title or "").startswith(title)


@pytest.mark.parametrize(("declared", "used"), [("windows-1252", "cp1252"), ("bogus", "utf-8"), ("us-ascii", "cp1252")])
def test_charsets(declared: str, used: str) -> None:
    """Text is decoded as declared, or as it is."""
    head = f"From: a@quay.example\nContent-Type: text/plain; charset={declared}\nContent-Transfer-Encoding: 8bit\n\n"
    raw, _ = parse_mail(head.encode() + "Café opens".encode(used))
    assert raw.text == "Café opens"


def test_a_mailbox(read: Read, write: Write) -> None:
    """A mailbox gives an article a mail; its address holds the mail's id, and so stays when mails are moved about."""
    quoted = letter(html="<p>x</p>", subject="No id", message_id=None)
    path = write("news.mbox", mailbox(letter(), letter(message_id="<18@quay.example>"), quoted))
    first, second, third = (found(outcome) for outcome in read(path))
    assert first.source == f"{path}, message 1"
    assert first.article.url == f"{path.as_uri()}#17%40quay.example"
    assert second.article.url == f"{path.as_uri()}#18%40quay.example"
    assert third.article.url == f"{path.as_uri()}#No%20id"


def test_lines_that_begin_with_from(read: Read, write: Write) -> None:
    """A line "From …" ends a mail only after a blank line, and is kept where the mailbox quoted it."""
    content = b"From a\nFrom: a@quay.example\nSubject: A\n\nOne.\nFrom here on.\n\n>From there.\n\n"
    first, second = read(write("a.mbox.gz", content + b"From b\nFrom: b@quay.example\nSubject: B\n\nTwo.\n"))
    assert found(first).article.text == "One.\nFrom here on.\n\nFrom there."
    assert found(second).article.title == "B"


def test_bad_mails_do_not_stop_the_others(read: Read, write: Write) -> None:
    """What is no mail, or too large, is named with its place; the others are read."""
    large = b"From b\nSubject: B\n\n" + b"a" * 1_100_000 + b"\n\n"
    before, none, too_large, after = read(
        write("a.mbox", mailbox(letter()) + b"From x\n\n\n" + large + mailbox(letter(message_id="<2@quay.example>")))
    )
    found(before)
    found(after)
    assert isinstance(none, Rejected)
    assert (none.source[-9:], none.reason) == ("message 2", "is not a mail: it has no headers")
    assert isinstance(too_large, Rejected)
    assert "is larger than 1 MB" in too_large.reason


@pytest.mark.parametrize("name", ["a.mbox", "a.eml"])
def test_other_files(name: str, read: Read, write: Write) -> None:
    """A text by the name of a mail is refused."""
    (outcome,) = read(write(name, "The ferry runs again."))
    assert isinstance(outcome, Rejected)
    assert outcome.reason.startswith("is not a mail")


DEEP = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(5_000))


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: a\n" + DEEP,
        b"Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 50_000,
        b"Subject: " + b"=?utf-8?Q?" * 100_000 + b"\n\na",
        b"From: " + b"(" * 1_000_000 + b"\n\na",
        b"From: " + b'"a" <' * 200_000 + b"\n\na",
        b"Subject: a\n" + b"X-A: b\n" * 100_000 + b"\na",
        b"Subject: a\nContent-Type: text/html; charset=" + b"'" * 1_000_000 + b"\n\na",
        b"Subject: a\nContent-Transfer-Encoding: base64\n\n" + b"=" * 1_000_000,
        b"Subject: a\nContent-Type: message/rfc822\n\n" * 2_000,
    ],
    ids=["nested", "parts", "words", "comments", "addresses", "headers", "charset", "base64", "forwarded"],
)
def test_hostile_mails(content: bytes) -> None:
    """Mails made to do harm are read or refused in seconds."""
    began = time.process_time()
    with suppress(SourceError):
        parse_mail(content)
    assert time.process_time() - began < 5


@given(st.integers(0, 3_000), st.binary(max_size=30))
def test_mutated_mails(at: int, change: bytes) -> None:
    """A mail with bytes changed is read, or refused with the reason."""
    content = bytes(letter())
    with suppress(SourceError):
        parse_mail(content[:at] + change + content[at + len(change) :])
