"""Sentences: every character is in one, and quotations stay whole."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.sentences import sentence_spans, sentences_with_gaps

PROSE = st.text(st.sampled_from(list("abcAB .!?\n\"'“”。؟ \t0,é😀")), max_size=120) | st.text(max_size=80)


@settings(deadline=None)  # the first call loads Punkt
@given(PROSE)
def test_sentences_hold_every_character_once(text: str) -> None:
    """Spans are in order, do not overlap, are trimmed, and leave out nothing but white space."""
    spans = sentence_spans(text)
    after = 0
    for span in spans:
        assert not text[after : span.start].strip()
        assert text[span.start : span.end] == text[span.start : span.end].strip() != ""
        after = span.end
    assert not text[after:].strip()


@settings(deadline=None)  # the first call loads Punkt
@given(PROSE)
def test_cutting_loses_nothing(text: str) -> None:
    """The pieces joined are the text."""
    assert "".join(sentences_with_gaps(text)) == text


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Mr. Smith met Dr. Jones. They spoke.", ["Mr. Smith met Dr. Jones.", "They spoke."]),
        (
            "The U.S. envoy met Gov. Ann Lee on Jan. 6. She left.",
            ["The U.S. envoy met Gov. Ann Lee on Jan. 6.", "She left."],
        ),
        ("“We won.” he said. They left.", ["“We won.” he said.", "They left."]),
        ('He said: "We won." Then he left.', ['He said: "We won."', "Then he left."]),
        ("Prices rose 3.5% to $4.20. Then they fell.", ["Prices rose 3.5% to $4.20.", "Then they fell."]),
        ("A headline\nThe first sentence.", ["A headline", "The first sentence."]),
        ("昨日地震。今日晴。", ["昨日地震。", "今日晴。"]),
        ("هل عاد الوزير؟ نعم عاد.", ["هل عاد الوزير؟", "نعم عاد."]),
    ],
)
def test_ordinary_sentences(text: str, sentences: list[str]) -> None:
    """Abbreviations, decimals and closing quotation marks end no sentence; line ends and foreign stops do."""
    assert [text[span.start : span.end] for span in sentence_spans(text)] == sentences
