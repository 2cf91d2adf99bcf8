"""Word files, whole and broken."""

import re
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_store import SourceError
from ingest import Found, Rejected
from ingest.sources.docx import parse_docx

Read = Callable[..., list[Found | Rejected]]
Write = Callable[[str, str | bytes], Path]


def word(*, heading: str | None = "Ferry runs again", title: str = "") -> bytes:
    """Return a Word file with two paragraphs around a table."""
    document = docx.Document()
    if heading:
        document.add_heading(heading)
    document.add_paragraph("The ferry crossed the bay.")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip((*table.rows[0].cells, *table.rows[1].cells), ("Day", "Fare", "Sunday", "2"), strict=True):
        cell.text = text
    document.add_paragraph("It sails hourly.")
    about = document.core_properties
    about.title, about.author, about.language = title, "Ada Quist; Bo Lind", "en-GB"
    about.created = datetime(2024, 5, 6, 7, 8, 9)  # noqa: DTZ001 (Word keeps no time zone)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def packed(**parts: bytes) -> bytes:
    """Return an archive."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def reason(content: bytes) -> str:
    """Return why this file is refused."""
    with pytest.raises(SourceError) as caught:
        parse_docx(content, max_mb=1)
    return caught.value.message


def test_read(read: Read, write: Write) -> None:
    """A Word file gives paragraphs and tables in their order, its heading as title, and what it says about itself."""
    path = write("ferry.docx", word())
    (outcome,) = read(path)
    assert isinstance(outcome, Found), outcome
    article = outcome.article
    assert article.text == "The ferry crossed the bay.\n\nDay | Fare\nSunday | 2\n\nIt sails hourly."
    assert (article.title, article.language, article.url) == ("Ferry runs again", "en", path.as_uri())
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2024-05-06T07:08:09+00:00"
    assert (article.date_source, article.date_confidence) == ("docx", "low")


def test_title_of_the_file() -> None:
    """Without a heading, the title is the one that the file says it has."""
    raw = parse_docx(word(heading=None, title="The ferry"), max_mb=1)
    assert raw.title == "The ferry"
    assert raw.text.startswith("The ferry crossed the bay.")


def test_no_title_is_made_up() -> None:
    """A file that says nothing about itself has no title of its own: the reader takes its first words."""
    with zipfile.ZipFile(BytesIO(word(heading=None))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != "docProps/core.xml"}
    parts["_rels/.rels"] = re.sub(rb"<Relationship [^>]*core-properties[^>]*/>", b"", parts["_rels/.rels"])
    raw = parse_docx(packed(**parts), max_mb=1)
    assert raw.title is None
    assert raw.text.startswith("The ferry crossed the bay.")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"The ferry", "is not a Word file, or a broken one"),
        (packed(a=b"b"), "is not a Word file, or a broken one"),
        (word()[:2_000], "is not a Word file, or a broken one"),
        (packed(a=bytes(2_000_000)), "unpacks to more than 1 MB; raise ingest.max_file_mb"),
        (packed(**{f"a{n}": b"" for n in range(5_001)}), "unpacks to more than 1 MB; raise ingest.max_file_mb"),
    ],
)
def test_no_word_files(content: bytes, why: str) -> None:
    """Other files, broken ones and bombs are refused with the reason."""
    assert reason(content) == why


def test_sizes_that_lie() -> None:
    """A part that unpacks to more than it says is not unpacked any further."""
    bomb = packed(a=bytes(50_000_000)).replace((50_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    tracemalloc.start()
    try:
        assert reason(bomb) == "is not a Word file, or a broken one"
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_without_python_docx(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without python-docx, the reason says how to install it."""
    monkeypatch.setitem(sys.modules, "docx", None)
    assert reason(word()) == "is a Word file; install support with: pip install 'dateline-news[docx]'"


WHOLE = word()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WHOLE)), st.binary(min_size=1, max_size=20))
def test_mutated_files(at: int, change: bytes) -> None:
    """A Word file with bytes changed is read, or refused with the reason."""
    with suppress(SourceError):
        parse_docx(WHOLE[:at] + change + WHOLE[at + len(change) :], max_mb=1)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mutated_parts(data: st.DataObject) -> None:
    """A Word file with bytes changed inside one of its parts is read, or refused with the reason."""
    with zipfile.ZipFile(BytesIO(WHOLE)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(["word/document.xml", "docProps/core.xml", "[Content_Types].xml", "_rels/.rels"]))
    at, change = data.draw(st.integers(0, len(parts[name]))), data.draw(st.binary(min_size=1, max_size=20))
    parts[name] = parts[name][:at] + change + parts[name][at + len(change) :]
    with suppress(SourceError):
        parse_docx(packed(**parts), max_mb=1)
