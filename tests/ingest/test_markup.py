"""HTML of entries and mails as plain paragraphs."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.markup import entry_text, entry_title


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One.</p>\n <p>Two <b>bold</b>\n  word.</p>", "One.\n\nTwo bold word."),
        ("One.<br><br/>Two.<br>Three.", "One.\n\nTwo.\nThree."),
        ("One.<br>&nbsp;<br>Two.", "One.\n\nTwo."),
        ("<div><div>One.</div>Two.<blockquote>Three.</blockquote></div>", "One.\n\nTwo.\n\nThree."),
        (
            "Fares:<ul><li>One crown</li><li><p>Two crowns</p></li></ul>Done.",
            "Fares:\n\n- One crown\n- Two crowns\n\nDone.",
        ),
        ("<ol><li>One<ul><li>Inner</li></ul></li><li></li></ol>", "- One\n\n- Inner"),
        (
            "<table><tr><th>Day</th><th>Fare</th></tr><tr><td>Sunday</td><td>2</td></tr></table>",
            "Day | Fare\nSunday | 2",
        ),
        ("<table><tr><td><p>One.</p></td><td><p>Two.</p></td></tr></table>", "One.\n\nTwo."),
        ("<script>no()</script><style>p{}</style>One<img src=x alt=no><iframe>no</iframe>.", "One."),
        ("<figure><img src=x><figcaption>No</figcaption></figure><p>One.</p><form>No<input></form>", "One."),
        ('<div style="display: none">Preview <b>text</b></div><p>One.</p>', "One."),
        ("AT&amp;T &lt;b&gt; caf&eacute; 1 < 2", "AT&T <b> café 1 < 2"),
        ("<!-- no --><?no?><p>One.", "One."),
        ("Line one\nof the same line", "Line one of the same line"),
        ("<p>One.</p><p>The post <a>Ferry</a> appeared first on <a>Quay Mail</a>.</p>", "One."),
        ("", ""),
        ("<p></p><br> ", ""),
        ("\x1d\x00\ud800<p>One.</p>", "One."),
    ],
)
def test_entry_text(html: str, text: str) -> None:
    """Blocks become paragraphs, list items keep a dash and rows of data a line; what is no text goes."""
    assert entry_text(html) == text


def test_headline() -> None:
    """A first paragraph that repeats the title is left out, any other is kept."""
    assert entry_text("<h1>Ferry  runs</h1><p>It does.</p>", title="Ferry runs") == "It does."
    assert entry_text("<p>Ferry runs daily.</p>", title="Ferry runs") == "Ferry runs daily."


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("<b>Ferry</b> &amp; bridge", "Ferry & bridge"),
        ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
        (" a\n b ", "a b"),
        ("<", "<"),
    ],
)
def test_entry_title(markup: str, title: str) -> None:
    """A title loses its tags and entities, and nothing that only looks like them."""
    assert entry_title(markup) == title


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<b>", "<p>", "<li>", "<table><tr><td>", "<b></i>", "</b>", "<br>", "<", "<a b='", "&", "<!--", " "],
)
def test_linear_time(piece: str) -> None:
    """A megabyte of the same markup is read in seconds."""
    began = time.process_time()
    entry_text(piece * (1_000_000 // len(piece)))
    entry_text("<b>" * 400 + "</i>" * 250_000)
    entry_text("<b " + " ".join(f"a{i}" for i in range(100_000)) + ">")
    assert time.process_time() - began < 5


def test_bottomless_pages() -> None:
    """What is nested beyond reason ends the page; the text before it is kept."""
    assert entry_text("<p>One.</p>" + "<div>" * 100_000 + "Two.") == "One."


@given(st.text(st.sampled_from("<>/ pbdivlitr&;='\"!-?a\n")))
def test_any_markup(html: str) -> None:
    """No markup raises, and no mark of ours stays in the text."""
    assert not set(entry_text(html)) & set("\x1c\x1d\x1e\x1f")
