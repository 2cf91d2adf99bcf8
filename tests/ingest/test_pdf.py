"""PDF files: text, scans, locked and broken ones."""

import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, StreamObject

from index_store import SourceError
from ingest import Found, Rejected
from ingest.sources.lines import paragraphs
from ingest.sources.pdf import parse_pdf

Read = Callable[..., list[Found | Rejected]]
Write = Callable[[str, str | bytes], Path]

PAGE = ["The ferry crossed the bay on Monday, for the first", "time in a year, with ninety peo-", "ple aboard."]


def pdf(*pages: list[str], lock: str | None = None, about: dict[str, str] | None = None) -> bytes:
    """Return a PDF with a line of text below the other on each page."""
    writer = PdfWriter()
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1")})
    font[NameObject("/BaseFont")] = NameObject("/Helvetica")
    for lines in pages:
        page = writer.add_blank_page(width=600, height=800)
        stream = DecodedStreamObject()
        text = " ".join(f"({line}) Tj T*" for line in lines)
        stream.set_data(f"BT /F1 12 Tf 14 TL 50 750 Td {text} ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
        )
    writer.add_metadata({f"/{name}": value for name, value in (about or {}).items()})
    if lock is not None:
        writer.encrypt(user_password=lock, owner_password=f"{lock}!", algorithm="RC4-128")
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def reason(content: bytes) -> str:
    """Return why this PDF is refused."""
    with pytest.raises(SourceError) as caught:
        parse_pdf(content, limit_chars=10_000)
    return caught.value.message


def test_read(read: Read, write: Write) -> None:
    """A PDF gives its text in paragraphs, without page numbers, and what it says about itself."""
    about = {"Title": "Ferry runs again", "Author": "Ada Quist", "CreationDate": "D:20240506070809Z"}
    path = write("ferry.pdf", pdf([*PAGE, "1"], ["It costs two crowns.", "Page 2 of 2"], about=about))
    (outcome,) = read(path)
    assert isinstance(outcome, Found), outcome
    article = outcome.article
    assert article.text.split("\n\n") == [
        "The ferry crossed the bay on Monday, for the first time in a year, with ninety people aboard.",
        "It costs two crowns.",
    ]
    assert (article.title, article.authors, article.url) == ("Ferry runs again", ("Ada Quist",), path.as_uri())
    assert article.published_at is not None
    assert article.published_at.date().isoformat() == "2024-05-06"
    assert (article.date_source, article.date_confidence) == ("pdf", "low")


@pytest.mark.parametrize("date", ["D:99999999", "yesterday", ""])
def test_bad_dates(date: str) -> None:
    """A date that cannot be read is none."""
    assert parse_pdf(pdf(PAGE, about={"CreationDate": date}), limit_chars=10_000).published_at is None


def test_locked_files() -> None:
    """A PDF with a password is refused; one that is locked without any is read."""
    assert reason(pdf(PAGE, lock="secret")) == "is encrypted; save a copy without a password"
    assert "ferry" in parse_pdf(pdf(PAGE, lock=""), limit_chars=10_000).text


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (pdf([]), "holds no text; it may be a scan"),
        (pdf(["1"]), "holds no text; it may be a scan"),
        (b"The ferry", "is not a PDF"),
        (b"%PDF-1.7\n", "is a broken PDF"),
        (pdf(PAGE)[:300], "is a broken PDF"),
    ],
)
def test_no_text(content: bytes, why: str) -> None:
    """Scans and broken files are refused with the reason."""
    assert reason(content) == why


def test_long_files() -> None:
    """Pages are read until there is more text than allowed, and the rest is mentioned."""
    raw = parse_pdf(pdf(*[PAGE] * 100), limit_chars=500)
    assert len(raw.text) < 1_000
    assert raw.warnings == ("is read in part: it is too long",)


def laughing() -> bytes:
    """Return a PDF whose page draws a form ten times, which draws one ten times, and so on."""
    writer = PdfWriter()
    inner, page = None, writer.add_blank_page(width=600, height=800)
    for _ in range(12):
        form = DecodedStreamObject()
        form[NameObject("/Type")], form[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
        form.set_data(b"/A Do " * 10 if inner else b"BT (ha) Tj ET")
        form[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/XObject"): DictionaryObject({NameObject("/A"): inner} if inner else {})}
        )
        inner = writer._add_object(form)
    page[NameObject("/Contents")] = writer._add_object(form)
    page[NameObject("/Resources")] = form["/Resources"]
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def test_endless_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that would take for ever is given up when the time is over."""
    monkeypatch.setattr("ingest.sources.pdf.LONGEST_S", 0.5)
    assert reason(laughing()) == "takes more than 0.5 s to read; split it"


def test_a_page_that_unpacks_without_end() -> None:
    """A hundred megabytes packed into one are not unpacked, and not called broken."""
    page = zlib.compress(b" " * 200_000_000)
    writer = PdfWriter(PdfReader(BytesIO(pdf(["Toll"]))))
    stream = StreamObject()
    stream._data = page
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
    target = BytesIO()
    writer.write(target)
    assert reason(target.getvalue()) == "is a PDF that unpacks to more than is read of one"


def test_large_pages() -> None:
    """A page that unpacks to megabytes of drawing is refused."""
    assert reason(pdf(["x" * 6_000_000])) == "has a page that is too large to be read"


def test_without_pypdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pypdf, the reason says how to install it."""
    monkeypatch.setitem(sys.modules, "pypdf", None)
    assert reason(pdf(PAGE)) == "is a PDF; install support with: pip install 'dateline-news[pdf]'"


WHOLE = pdf(PAGE, about={"Title": "Ferry"})


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WHOLE)), st.binary(min_size=1, max_size=20))
def test_mutated_files(at: int, change: bytes) -> None:
    """A PDF with bytes changed is read, or refused with the reason."""
    with suppress(SourceError):
        parse_pdf(WHOLE[:at] + change + WHOLE[at + len(change) :], limit_chars=10_000)


def test_the_test_files_are_real() -> None:
    """What the tests take for a PDF is one."""
    assert len(PdfReader(BytesIO(WHOLE)).pages) == 1


WIDE = "All of these lines are about as wide as the column is"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([WIDE, WIDE, "and end.", WIDE], f"{WIDE} {WIDE} and end.\n\n{WIDE}"),
        ([WIDE, "", WIDE], f"{WIDE}\n\n{WIDE}"),
        (["Anglo-", "Saxon well-", "known"], "Anglo- Saxon wellknown"),
        (["One –", "two"], "One – two"),
        (["- 3 -", "4/7", "Page 5"], ""),
        ([], ""),
    ],
)
def test_paragraphs(lines: list[str], text: str) -> None:
    """Lines are joined until a blank or a short last one; divided words are joined before small letters."""
    assert paragraphs(lines) == text
