"""An article to be read: its quote marked, whatever it holds, and nothing of it steers a terminal."""

import re

from hostile import hostile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_answer_screen import STEERING, Terminal, bare, written
from test_render_terminal import PUBLISHED
from wcwidth import wcswidth

from bot.render.article_text import MARKS, article_on_screen, article_text
from bot.render.screen import Screen, screen_of
from index_store import Article, Span, Version

TEXT = "It rained in Doha.\n\nAdam Boehler led the talks. They went on for a week.\n\nNobody else came."


def version_of(text: str) -> Version:
    """A version with this text."""
    article = Article("id", "https://wire.example/doha", "Talks", text, ("Ada Quist",), "Example Wire", PUBLISHED)
    return Version(article, 1, PUBLISHED, PUBLISHED)


def screen(columns: int, **environment: str) -> tuple[Screen, Terminal]:
    """A terminal of some width, and what is sent to it."""
    stream = Terminal()
    made = screen_of(stream, {"TERM": "xterm", **environment})
    assert made is not None
    made.console.width = columns
    return made, stream


def test_plain_text_holds_the_article_and_the_marks() -> None:
    """Headline, authors, publisher, date and address, then the text with the quote between marks."""
    start = TEXT.index("Adam")
    assert article_text(version_of(TEXT), Span(start, start + 27)).splitlines() == [
        "Talks",
        "Ada Quist · Example Wire · 5 March 2025",
        "https://wire.example/doha",
        "",
        "It rained in Doha.",
        "",
        ">>> Adam Boehler led the talks. <<< They went on for a week.",
        "",
        "Nobody else came.",
    ]


def test_a_screen_opens_at_the_quote() -> None:
    """The quote is coloured, also across lines, and the line of its paragraph is told, for a pager to begin at."""
    start = TEXT.index("Adam")
    made, stream = screen(30)
    page, line = article_on_screen(version_of(TEXT), Span(start, start + 27), made)
    assert page.plain.splitlines()[line - 1].startswith("Adam Boehler")
    made.show(page)
    coloured = re.findall(r"\x1b\[1;30;43m([^\x1b]*)", stream.getvalue())
    assert " ".join(" ".join(coloured).split()) == "Adam Boehler led the talks."


def test_a_quote_is_marked_without_colours() -> None:
    """NO_COLOR leaves the marks of plain text."""
    made, stream = screen(80, NO_COLOR="1")
    made.show(article_on_screen(version_of(TEXT), Span(0, 18), made)[0])
    assert f"{MARKS[0]}It rained in Doha.{MARKS[1]}" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(hostile, st.integers(0, 200), st.integers(1, 200), st.sampled_from([20, 80]))
def test_an_article_cannot_steer_the_reader(text: str, start: int, length: int, columns: int) -> None:
    """Of any text and span only our styles reach the terminal; the plain text has no steering character either."""
    version, span = version_of(text), Span(start, start + length)
    made, stream = screen(columns)
    made.show(article_on_screen(version, span, made)[0])
    assert not STEERING.search(bare(stream.getvalue()))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", article_text(version, span))


@given(written, st.integers(0, 60), st.sampled_from([20, 40]))
def test_no_line_is_wider_than_the_screen(text: str, start: int, columns: int) -> None:
    """Wide and right-to-left letters are counted as they are drawn, also where the quote begins."""
    made, stream = screen(columns)
    made.show(article_on_screen(version_of(text), Span(start, start + 9), made)[0])
    lines = [line for line in bare(stream.getvalue()).splitlines() if "https://" not in line]
    assert all(0 <= wcswidth(line) <= columns for line in lines), lines
