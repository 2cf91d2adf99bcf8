"""Plain text and Markdown files."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store import SourceError
from ingest import RawArticle
from ingest.sources.markdown import parse_markdown, without_marks
from ingest.sources.text import parse_text

HEADER = """Title: Ferry runs again
Author(s): Ada Quist and Bo Lind
Published: 2024-05-06
Source: Quay Mail
Link: https://quay.example/ferry

The ferry runs again.

It sails hourly.
"""


def test_header_block() -> None:
    """A header gives title, authors, date, publisher and address; the rest is the text."""
    assert parse_text(HEADER.replace("\n", "\r\n")) == RawArticle(
        text="The ferry runs again.\n\nIt sails hourly.",
        title="Ferry runs again",
        url="https://quay.example/ferry",
        published_at="2024-05-06",
        authors="Ada Quist and Bo Lind",
        publisher="Quay Mail",
        date_source="front matter",
    )


def test_no_header() -> None:
    """A first block that holds any other line is text, even where it begins like a header."""
    text = "Title: fights are back\nThe two boxers met.\n\nNobody won."
    assert parse_text(text) == RawArticle(text=text)


def test_headline_without_a_label() -> None:
    """A short first line that a blank line follows is the title."""
    assert parse_text("\nFerry runs again\n\nIt sails hourly.") == RawArticle("It sails hourly.", "Ferry runs again")


@pytest.mark.parametrize("text", ["It sails hourly.\n\nAnd on Sundays.", "One line only", "word " * 40 + "\n\nMore"])
def test_text_alone(text: str) -> None:
    """A sentence, a lone line or a long paragraph is not taken for a title."""
    assert parse_text(text).title is None


def test_header_alone() -> None:
    """A header without anything below it leaves no text."""
    assert parse_text("Title: Ferry\nDate: 2024-05-06\n").text == ""


VALUES = st.text(st.characters(categories=["L", "N"]), min_size=1)


@given(
    st.fixed_dictionaries({"Title": VALUES, "By": VALUES, "Date": VALUES, "Publisher": VALUES}),
    st.permutations(range(4)),
)
def test_any_header_is_read_in_any_order(values: dict[str, str], order: list[int]) -> None:
    """The lines of a header may stand in any order."""
    lines = [f"{name}: {value}" for name, value in values.items()]
    raw = parse_text("\n".join(lines[i] for i in order) + "\n\nThe text.")
    assert (raw.title, raw.authors, raw.published_at, raw.publisher) == tuple(
        values[name] for name in ("Title", "By", "Date", "Publisher")
    )
    assert raw.text == "The text."


@given(st.text())
def test_any_text_is_parsed(text: str) -> None:
    """No text breaks the parsers: Markdown may refuse its front matter, and that is all."""
    parse_text(text)
    with suppress(SourceError):
        parse_markdown(f"---\n{text}\n---\n{text}")


def test_front_matter() -> None:
    """Front matter is read as written: a title of digits stays one, and a date is not converted twice."""
    raw = parse_markdown(
        "---\ntitle: 1984\nDate: 2024-05-06\nauthors: [Ada Quist, Bo Lind]\n"
        "publisher: Quay Mail\nurl: https://quay.example/f\n---\n\n# 1984\n\nThe **ferry** runs again.\n"
    )
    assert raw == RawArticle(
        text="\n\nThe ferry runs again.",
        title="1984",
        url="https://quay.example/f",
        published_at="2024-05-06",
        authors=("Ada Quist", "Bo Lind"),
        publisher="Quay Mail",
        date_source="front matter",
    )


def test_heading_as_title() -> None:
    """Without front matter the first heading is the title, and is not repeated in the text."""
    raw = parse_markdown("# Ferry *runs* again #\n\nIt sails hourly.\n\n## Fares\n\nTwo crowns.")
    assert raw.title == "Ferry runs again"
    assert raw.text.strip() == "It sails hourly.\n\nFares\n\nTwo crowns."


@pytest.mark.parametrize(
    "matter", ["title: [", "title: 'a", "? {", "a: &x [*y]", "\ttitle: a", "title: !!python/x 1: ["]
)
def test_broken_front_matter(matter: str) -> None:
    """Front matter that is no YAML is named as the reason."""
    with pytest.raises(SourceError, match="broken front matter"):
        parse_markdown(f"---\n{matter}\n---\nText.")


def test_front_matter_constructs_nothing() -> None:
    """A tag in front matter is only a string with a tag."""
    raw = parse_markdown("---\ntitle: !!python/object/apply:os.getcwd []\n---\nText.")
    assert raw.text == "Text."


def test_deep_front_matter() -> None:
    """Front matter nested beyond reason is refused."""
    with pytest.raises(SourceError, match="broken front matter"):
        parse_markdown("---\na: " + "[" * 5_000 + "\n---\nText.")


def test_rules_are_not_front_matter() -> None:
    """What stands between two rules but is no mapping belongs to the text."""
    assert "A note." in parse_markdown("---\nA note.\n---\nText.").text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("a **bold** and *slanted* and __bold__ and _slanted_ word", "a bold and slanted and bold and slanted word"),
        ("see [the report](https://x.example/r) and ![a boat](b.png)", "see the report and "),
        ("> said she", "said she"),
        ("`code` and \\*stars\\*", "code and *stars*"),
        ("2 * 3 * 4, snake_case_name, $5 * 2", "2 * 3 * 4, snake_case_name, $5 * 2"),
        ("- one\n- two", "- one\n- two"),
        ("No. #5 [sic] (and more)", "No. #5 [sic] (and more)"),
    ],
)
def test_marks(markdown: str, text: str) -> None:
    """Only what is clearly markup is taken out."""
    assert without_marks(markdown) == text


@pytest.mark.parametrize(
    "piece", ["[", "![", "[a](", "*", "**a", "_a ", "`", "# ", "<!--", "- ", "\\", "<http://", "> "]
)
def test_marks_take_linear_time(piece: str) -> None:
    """A megabyte of unfinished markup is read at once."""
    without_marks(piece * (1_000_000 // len(piece)))
    parse_markdown("# " + piece * 200_000 + "x")
