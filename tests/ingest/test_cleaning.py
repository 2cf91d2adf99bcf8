"""Raw strings made fit to be stored and shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cleaning import author_names, is_mostly_latin, normalised_text, opening, shortened, single_line, web_address

# hypothesis leaves surrogates out by default; sources don't.
ANY_TEXT = st.text(st.one_of(st.characters(), st.sampled_from("\r\n\t \0\x85\u2028\u202e\ufeff\ud800.,&")))


@given(ANY_TEXT)
def test_normalising_is_idempotent(raw: str) -> None:
    """A normalised text is left alone, for citations are spans of it."""
    assert normalised_text(normalised_text(raw)) == normalised_text(raw)


@given(ANY_TEXT)
def test_normalised_text_is_clean(raw: str) -> None:
    """No hidden characters, no carriage returns, no two blank lines in a row, trimmed, and encodable."""
    text = normalised_text(raw)
    text.encode()
    assert text == text.strip()
    assert "\n\n\n" not in text
    assert not set(text) & set("\r\0\x07\x7f\x85\u2028\u202e\u2066\ufeff\ud800")


@given(st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters="\ufeff")))
def test_visible_characters_are_untouched(raw: str) -> None:
    """Letters, numbers, quotes and signs stay exactly as they were."""
    assert normalised_text(raw) == raw


def test_line_breaks_and_bidi_overrides() -> None:
    """Every kind of line break becomes a line feed; marks that reverse text go."""
    assert normalised_text("a\r\nb\rc\r\n \r\n\r\nd\u202ee\0") == "a\nb\nc\n\nde"


@given(ANY_TEXT, st.integers(2, 50))
def test_single_lines_are_single_and_bounded(raw: str, limit: int) -> None:
    """Whatever goes in, one printable line of at most the limit comes out."""
    line = single_line(raw, limit_chars=limit)
    assert len(line) <= limit
    assert line == " ".join(line.split())
    line.encode()


def test_shortening_cuts_at_a_word() -> None:
    """A long line ends at a word, with an ellipsis."""
    assert shortened("the harbour reopened", limit_chars=15) == "the harbour…"
    assert shortened("x" * 20, limit_chars=10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("Ferry runs again\nIt does.", "Ferry runs again"),
        (
            "The U.S. envoy said on Tuesday that talks would go on. " + "More was not known. " * 9,
            "The U.S. envoy said on Tuesday that talks would go on.",
        ),
        ("word " * 50, ("word " * 19).strip() + "…"),
    ],
)
def test_the_opening_stands_for_a_headline(text: str, headline: str) -> None:
    """Without a headline it is the first line, its first sentence, or as many words as fit in 100 characters."""
    assert opening(text) == headline


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Ada Quist, Bo Lind and Cy Marsh", ("Ada Quist", "Bo Lind", "Cy Marsh")),
        ("By Ada Quist and Bo Lind", ("Ada Quist", "Bo Lind")),
        ("by Ada Quist & Bo Lind", ("Ada Quist", "Bo Lind")),
        ("Ada Quist, Bo Lind, and Cy Marsh", ("Ada Quist", "Bo Lind", "Cy Marsh")),
        ("Ada Quist; Bo Lind", ("Ada Quist", "Bo Lind")),
        ("Martin Cole, Jr., Bo Lind", ("Martin Cole, Jr.", "Bo Lind")),
        ("Byron Anderson", ("Byron Anderson",)),
        (("By Ada Quist and Bo Lind",), ("Ada Quist", "Bo Lind")),
        (("By Ada Quist", "Bo, of the Lind"), ("Ada Quist", "Bo, of the Lind")),
        (("Ada Quist", "ADA QUIST", " ", "https://social.example/ada"), ("Ada Quist",)),
        ("", ()),
        ((), ()),
    ],
)
def test_bylines(byline: str | tuple[str, ...], names: tuple[str, ...]) -> None:
    """A byline becomes names, in order; lists are kept as they are; addresses and repeats are left out."""
    assert author_names(byline) == names


@given(st.one_of(ANY_TEXT, st.lists(ANY_TEXT)))
def test_any_byline_gives_bounded_names(byline: str | list[str]) -> None:
    """At most 50 names of at most 200 characters, each on one line."""
    names = author_names(byline)
    assert len(names) <= 50
    assert all(0 < len(name) <= 200 and "\n" not in name for name in names)


@pytest.mark.parametrize("url", ["https://quay.example/a?b=c#d", "http://127.0.0.1:8080/x", "https://köln.example/ä"])
def test_web_addresses(url: str) -> None:
    """An http(s) address is kept as it is."""
    assert web_address(f" {url}\n") == url


@pytest.mark.parametrize(
    "url",
    [
        *(None, "", "quay.example/a", "ftp://quay.example", "javascript:alert(1)", "file:///etc/passwd", "https://"),
        *("https://me:secret@quay.example", "https://quay.example/a b", "https://quay.example/\u202ea"),
        *("https://quay.example:99999", "https://[::1", "https://quay.example/" + "a" * 3_000),
    ],
)
def test_other_addresses_are_refused(url: str | None) -> None:
    """Anything that is not a plain web address, or carries a password, is none."""
    assert web_address(url) is None


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("The ferry", True),
        ("Überfähre 2024", True),
        ("عاد القارب إلى العمل", False),
        ("Паром ходит", False),
        ("12", True),
    ],
)
def test_scripts(text: str, latin: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """The script is judged by letters alone."""
    assert is_mostly_latin(text) is latin
