"""What a terminal shows of an answer: everything fits, lines up, leads where it says, and steers nothing."""

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hostile import hostile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_render_terminal import PUBLISHED, SUMMARY, answered, declined
from wcwidth import wcswidth

from bot.answering import Answer
from bot.render.answer_screen import answer_page
from bot.render.excerpts import Excerpt, excerpts
from bot.render.screen import Screen, can_link, screen_of
from bot.render.wording import age
from index_store import Article, Version

NOW = datetime(2025, 3, 8, 12, tzinfo=UTC)
STYLE = re.compile(r"\x1b\[[0-9;]*m")
LINK = re.compile(r"\x1b\]8;(?:id=[0-9.-]+)?;(?P<url>[!-~]*)\x1b\\")
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200d\u202a-\u202e\u2066-\u2069]")
LETTERS = "aé 中文字漢かな한글 שלום עולם مرحبا بالعالم \u0301\u05b0\u0651 1,.🙂"
written = st.text(st.sampled_from(LETTERS), max_size=120)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Say so."""
        return True


def shown_on(columns: int, answer: Answer, quotes: tuple[Excerpt, ...] = (), **environment: str) -> str:
    """Return what a terminal of some width is sent for an answer."""
    stream = Terminal()
    screen = screen_of(stream, {"TERM": "xterm-256color", **environment})
    assert screen is not None
    screen.console.width = columns
    quotes = quotes or excerpts(answer, stored=lambda *_: None, terms=str.split)
    screen.show(answer_page(answer, quotes, screen, now=NOW))
    return stream.getvalue()


def bare(text: str) -> str:
    """Return a text without styles and links."""
    return STYLE.sub("", LINK.sub("", text))


def test_an_answer_reads_like_a_page() -> None:
    """The claim with a raised number, then its source: headline, publisher, date and age, address, quote in context."""
    answer = answered("Adam Boehler led.")
    quotes = (Excerpt("It was confirmed.", "Adam Boehler led.", "Israel knew."),)
    assert bare(shown_on(80, answer, quotes)).splitlines() == [
        "Adam Boehler led.¹",
        "",
        " ¹  Talks in Doha",
        "    Example Wire · 5 March 2025, 3 days ago",
        "    https://wire.example/doha",
        "    It was confirmed. “Adam Boehler led.” Israel knew.",
    ]


def test_an_abstention_names_what_came_nearest() -> None:
    """An honest no, why, and the articles to look into."""
    assert bare(shown_on(80, declined("No article mentions Bluemel.", SUMMARY))).splitlines() == [
        "The indexed articles don't say.",
        "No article mentions Bluemel.",
        "",
        "Nearest:",
        "  • Talks in Doha",
        "    Example Wire · 5 March 2025, 3 days ago",
        "    https://wire.example/doha",
    ]


def test_words_that_are_asked_for_stand_out_in_the_quote() -> None:
    """Of a quote, the words of the question are set off, and what stands around it steps back."""
    text = "It rained all day in Doha.\n\nTalks began at noon. Adam Boehler led the talks. They went on."
    quote = "Adam Boehler led the talks."
    start = text.index(quote)
    answer = replace(answered(quote), standalone_question="Who led talks?")
    answer = replace(answer, citations=(replace(answer.citations[0], start=start, end=start + len(quote)),))
    version = Version(Article("id", "https://wire.example/doha", "T", text), 1, PUBLISHED, PUBLISHED)
    (excerpt,) = excerpts(answer, stored=lambda *_: version, terms=lambda words: words.lower().split())
    assert (excerpt.before, excerpt.after) == ("Talks began at noon.", "They went on.")
    assert [excerpt.quote[span.start : span.end] for span in excerpt.matter] == ["led", "talks"]
    sent = shown_on(80, answer, (excerpt,))
    assert re.search(r"\x1b\[1m\x1b\[33mled|\x1b\[1;33mled", sent), sent


@pytest.mark.parametrize("columns", [20, 40, 80])
@given(written, written, written)
def test_nothing_is_wider_than_the_screen(columns: int, quote: str, title: str, publisher: str) -> None:
    """Wide, right-to-left and accented characters are counted as terminals draw them: no line runs over."""
    for answer in (answered(f"{quote}.", title=title, publisher=publisher), declined(quote, SUMMARY)):
        lines = bare(shown_on(columns, answer)).splitlines()
        assert all(0 <= wcswidth(line) <= columns for line in lines if "https://" not in line), lines


@given(st.text(st.sampled_from("שלום مرحبا"), min_size=3, max_size=30).filter(str.strip))
def test_dates_stay_behind_a_right_to_left_name(publisher: str) -> None:
    """A mark of direction ends what is written from right to left, or a terminal would draw our date before it."""
    (line,) = [one for one in bare(shown_on(80, answered("x.", publisher=publisher))).splitlines() if "March" in one]
    assert line.partition(" · ")[0].endswith("\u200e")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(hostile, hostile, st.none() | hostile, hostile, st.sampled_from(["", "1"]))
def test_an_article_cannot_steer_the_screen(
    quote: str, title: str, publisher: str | None, url: str, links: str
) -> None:
    """Only our styles and links reach the terminal, and a link leads to a web address in ASCII alone."""
    summary = replace(SUMMARY, url=url, title=title, publisher=publisher)
    for answer in (answered(quote, title=title, publisher=publisher, url=url), declined(quote, summary)):
        sent = shown_on(60, answer, FORCE_HYPERLINK=links)
        assert not STEERING.search(bare(sent))
        assert all(one["url"] == "" or one["url"].startswith(("http://", "https://")) for one in LINK.finditer(sent))


@pytest.mark.parametrize(
    "url",
    ["https://a.example/\x1b]8;;https://evil.example\x1b\\", "https://a.example/\x07x", "https://a.example/x\x9cy z"],
)
def test_an_address_cannot_break_out_of_its_link(url: str) -> None:
    """What would end a link, and begin another, is percent-encoded in it."""
    sent = shown_on(80, answered("x.", url=url), FORCE_HYPERLINK="1")
    targets = {one["url"] for one in LINK.finditer(sent)} - {""}
    assert len(targets) == 1
    assert targets.pop().startswith("https://a.example/")
    assert not STEERING.search(bare(sent))


def test_a_link_says_where_it_leads() -> None:
    """Where the headline can be clicked its site stands below; no other kind of address, nor a user name, is linked."""
    sent = shown_on(80, answered("x.", url="https://www.wire.example/doha"), FORCE_HYPERLINK="1")
    assert "8;id=" in sent
    assert "https://www.wire.example/doha\x1b\\" in sent
    assert "5 March 2025, 3 days ago · wire.example" in bare(sent)
    for url in ("javascript:alert(1)", "file:///etc/passwd", "https://reuters.com@evil.example/"):
        sent = shown_on(80, answered("x.", url=url), FORCE_HYPERLINK="1")
        assert "\x1b]8" not in sent
        assert url in bare(sent)


@pytest.mark.parametrize(
    ("environment", "can"),
    [
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"VTE_VERSION": "6800"}, True),
        ({"VTE_VERSION": "4900"}, False),
        ({"VTE_VERSION": "²"}, False),
        ({"TERM_PROGRAM": "iTerm.app"}, True),
        ({"TERM_PROGRAM": "iTerm.app", "FORCE_HYPERLINK": "0"}, False),
    ],
)
def test_links_are_sent_to_terminals_that_know_them(environment: Mapping[str, str], can: bool) -> None:  # noqa: FBT001
    """Others might print the escape sequence."""
    assert can_link(environment) is can


def _screen(stream: io.StringIO, **environment: str) -> Screen | None:
    return screen_of(stream, {"TERM": "xterm", **environment})


def test_plain_text_is_for_pipes_and_poor_terminals() -> None:
    """A pipe, TERM=dumb and a terminal without Unicode get the plain text; FORCE_COLOR makes a screen of a pipe."""
    pipe, latin = Terminal(), Terminal()
    pipe.isatty = lambda: False  # type: ignore[method-assign]
    latin.encoding = "iso8859-1"
    assert _screen(pipe) is None
    assert _screen(latin) is None
    assert _screen(Terminal(), TERM="dumb") is None
    assert _screen(pipe, FORCE_COLOR="0") is None
    assert _screen(pipe, FORCE_COLOR="1") is not None


def test_no_colour_means_not_one_escape_sequence() -> None:
    """NO_COLOR keeps the layout alone, also where FORCE_COLOR and FORCE_HYPERLINK are set."""
    sent = shown_on(80, answered("x."), NO_COLOR="1", FORCE_COLOR="1", FORCE_HYPERLINK="1")
    assert "\x1b" not in sent
    assert sent.startswith("x.¹\n")


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (-1, ""),
        (0, "today"),
        (1, "yesterday"),
        (13, "13 days ago"),
        (14, "2 weeks ago"),
        (61, "2 months ago"),
        (700, "22 months ago"),
        (731, "2 years ago"),
    ],
)
def test_ages_are_told_in_words(days: int, told: str) -> None:
    """As exactly as matters, and nothing of the future."""
    assert age(NOW - timedelta(days=days), now=NOW) == told
    assert age(None, now=NOW) == ""
