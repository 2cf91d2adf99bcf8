"""What a terminal shows of an answer, and what no article can make it do."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import click
import pytest
from hostile import hostile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering import Answer, Citation, Claim, Question
from bot.render.terminal import answer_text
from index_store import ArticleSummary, Filters

PUBLISHED = datetime(2025, 3, 5, 14, 30, tzinfo=UTC)
SUMMARY = ArticleSummary("id", "https://wire.example/doha", "Talks in Doha", "Example Wire", PUBLISHED)
OURS = re.compile(r"\x1b\[(?:1|34|36|0)m")
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def answered(
    quote: str,
    *,
    title: str = "Talks in Doha",
    publisher: str | None = "Example Wire",
    url: str = "https://wire.example/doha",
    also_in: tuple[ArticleSummary, ...] = (),
) -> Answer:
    """An answer with one claim, which is its quote."""
    citation = Citation(1, "id", 1, url, title, publisher, (), PUBLISHED, quote, 0, len(quote), also_in)
    return Answer(
        Question("Who?"), "Who?", (Claim(quote, (1,), "single-source"),), (citation,), None, (), "extractive", 1.0
    )


def declined(reason: str, *nearest: ArticleSummary) -> Answer:
    """An abstention."""
    return Answer(Question("Who?"), "Who?", (), (), reason, nearest, "extractive", 1.0)


def test_an_answer_shows_what_a_reader_needs() -> None:
    """First the claim with its number, then under that number the headline, publisher, date, address and quote."""
    told = click.unstyle(answer_text(answered("Adam Boehler led the talks in Doha.")))
    assert told.splitlines() == [
        "Adam Boehler led the talks in Doha. [1]",
        "",
        "[1] Talks in Doha",
        "    Example Wire · 5 March 2025",
        "    https://wire.example/doha",
        "    “Adam Boehler led the talks in Doha.”",
    ]


def test_support_and_window_are_told() -> None:
    """A claim that others bear out says so, and so does an answer whose question named a time."""
    one = answered("Adam Boehler led the talks in Doha.")
    window = Filters(since=datetime(2025, 3, 1, tzinfo=UTC))
    answer = replace(one, claims=(replace(one.claims[0], support="confirmed"),), window=window)
    assert click.unstyle(answer_text(answer)).splitlines()[:3] == [
        "Adam Boehler led the talks in Doha. [1] (confirmed)",
        "Searched: articles published since 1 March 2025.",
        "",
    ]


def test_copies_are_named_below_their_citation() -> None:
    """Other publishers of the report are named once each, the cited one not again; an unknown one by its site."""
    copies = (
        replace(SUMMARY, publisher="Quay Mail"),
        SUMMARY,
        replace(SUMMARY, publisher=None, url="https://www.marsh.example/doha"),
        replace(SUMMARY, publisher="Quay Mail"),
    )
    told = click.unstyle(answer_text(answered("It rained in Doha.", also_in=copies)))
    assert told.splitlines()[-1] == "    also in Quay Mail, marsh.example"
    assert "also in" not in click.unstyle(answer_text(answered("It rained in Doha.", also_in=(SUMMARY,))))


def test_an_unknown_publisher_leaves_no_gap() -> None:
    """Without a publisher only the date is named, and without a date the article is called undated."""
    assert "\n    5 March 2025\n" in click.unstyle(answer_text(answered("It rained in Doha.", publisher=None)))
    undated = ArticleSummary("id", "https://wire.example/doha", "Talks", None, None)
    assert "\n    undated\n" in click.unstyle(answer_text(declined("No.", undated)))


def test_an_abstention_shows_the_reason_and_the_nearest_articles() -> None:
    """An honest no says so, says why, and names what came closest with where to read it."""
    told = click.unstyle(answer_text(declined("No indexed article mentions Bluemel.", SUMMARY)))
    assert told.splitlines() == [
        "The indexed articles don't say.",
        "No indexed article mentions Bluemel.",
        "",
        "Nearest:",
        "  - Talks in Doha",
        "    Example Wire · 5 March 2025",
        "    https://wire.example/doha",
    ]
    assert "Nearest" not in answer_text(declined("The question names nothing to look for."))


@pytest.mark.parametrize("columns", ["1", "20", "80", "1000"])
def test_long_quotes_fit_the_terminal(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text wraps at the terminal's width, at most 96 columns; no letter is lost, and addresses stay whole."""
    monkeypatch.setenv("COLUMNS", columns)
    quote = "The council of Port Maren voted for the bridge. " * 9
    address = "https://wire.example/" + "a-very-long-address/" * 9
    told = click.unstyle(answer_text(answered(quote, url=address))).splitlines()
    assert f"    {address}" in told
    shown = [line for line in told if "wire.example" not in line]
    if columns != "1":
        assert all(len(line) <= min(int(columns), 96) for line in shown if not line.startswith(("[1]", "    Example")))
    letters = re.sub(r"\s", "", "".join(shown[shown.index("    Example Wire · 5 March 2025") + 1 :]))
    assert letters == re.sub(r"\s", "", f"“{quote}”")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(hostile, hostile, st.none() | hostile, hostile)
def test_an_article_cannot_steer_the_terminal(quote: str, title: str, publisher: str | None, url: str) -> None:
    """No control character and no mark that turns text round reaches the terminal: only our styles do."""
    summary = ArticleSummary("id", url, title, publisher, None)
    for answer in (answered(quote, title=title, publisher=publisher, url=url), declined(quote, summary, summary)):
        assert not STEERING.search(OURS.sub("", answer_text(answer)))
