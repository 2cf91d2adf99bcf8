"""Chunks: exact spans, whole sentences, never longer than the model reads."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index_store import Article, PassageEncoder
from ingest.chunking import cut, embedded_text

LIMIT = 40
HOSTILE = [
    "x" * 30_000,
    "https://news.example/" + "a-b/" * 2_000,
    "地震" * 3_000,
    "كتاب " * 2_000,
    "😀" * 2_000,
    "word\n" * 2_000,
    "No end " * 2_000,
    "One. " * 2_000,
    "\u0301" * 500 + "a",
    *(
        ("The council met on Monday and voted for the new bridge.\n" * 3 + gap + "\n") * 9
        for gap in "\u200b\u00ad\ufe0f\ufffd"
    ),
]
PROSE = st.lists(
    st.text(st.sampled_from(list("aeinst .!?\n“”,0é地😀-\u200b\u0301")), min_size=1, max_size=300), max_size=6
).map(" ".join)


def article(text: str, title: str = "Headline") -> Article:
    """An article with this text."""
    return Article("a" * 16, "https://news.example/a", title, text, published_at=datetime(2025, 3, 5, tzinfo=UTC))


def check(text: str, encoder: PassageEncoder) -> None:
    """The promises that hold for any text."""
    whole = article(text)
    chunks = cut(whole, chunk_pieces=LIMIT, pieces=encoder.pieces)
    after = 0
    for position, chunk in enumerate(chunks):
        assert (chunk.position, chunk.text) == (position, text[chunk.start : chunk.end])
        assert chunk.text.strip()
        assert not text[after : chunk.start].strip()
        assert len(encoder.pieces(chunk.text)) <= LIMIT
        assert chunk.sentences
        assert all(chunk.start <= span.start < span.end <= chunk.end for span in chunk.sentences)
        after = chunk.end
    assert not text[after:].strip()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=PROSE.filter(str.strip))
def test_chunks_are_exact_spans_within_the_limit(encoder: PassageEncoder, text: str) -> None:
    """Chunks are in order, hold all text, and none has more word pieces than allowed."""
    check(text, encoder)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_without_sentences_is_cut_all_the_same(encoder: PassageEncoder, text: str) -> None:
    """One endless word, no spaces, or no full stops: still exact spans within the limit."""
    check(text.strip(), encoder)


def test_prose_is_cut_between_sentences(encoder: PassageEncoder) -> None:
    """No chunk of ordinary prose begins or ends inside a sentence."""
    text = " ".join(f"The council of town number {n} met on Monday and voted for the new bridge." for n in range(40))
    chunks = cut(article(text), chunk_pieces=LIMIT, pieces=encoder.pieces)
    assert len(chunks) > 10
    assert all(chunk.text.startswith("The council") and chunk.text.endswith("bridge.") for chunk in chunks)


@pytest.mark.parametrize("title", ["Headline", "Very " * 300 + "long", "x" * 2_000, "地" * 400, "a-" * 250])
@pytest.mark.parametrize("chunk_pieces", [32, 200, 254])
def test_what_is_embedded_fits_the_window(encoder: PassageEncoder, title: str, chunk_pieces: int) -> None:
    """Headline, date and text together are never cut off by the model; the quoted text has neither."""
    whole = article("It rained. The new bridge over the river Maren opened on Monday, at last. " * 60, title)
    for chunk in cut(whole, chunk_pieces=chunk_pieces, pieces=encoder.pieces):
        text = embedded_text(whole, chunk, window=encoder.window, pieces=encoder.pieces)
        assert len(encoder.pieces(text)) + 2 <= encoder.window
        assert text.endswith(chunk.text)
        assert chunk_pieces == 254 or text.endswith(f"5 March 2025\n{chunk.text}")  # 254 leave no room for it
        assert "March 2025" not in chunk.text


def test_cutting_says_nothing(encoder: PassageEncoder, capsys: pytest.CaptureFixture[str]) -> None:
    """However short the chunks, nothing is printed: standard output belongs to the report."""
    cut(article("The bridge opened on Monday. " * 20), chunk_pieces=32, pieces=encoder.pieces)
    assert capsys.readouterr() == ("", "")
