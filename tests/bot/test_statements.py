"""Which sentences can stand alone in a list, and when one bears another out."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.overviews.statements import Reader, Statement, is_told_by, stands_alone, witnesses
from index_store import Article, Chunk, LiveChunk, Span, Version

MARCH = datetime(2025, 3, 5, tzinfo=UTC)
READER = Reader(
    terms=lambda text: text.lower().replace(",", "").rstrip(".").split(), rarity=lambda term: float(len(term))
)


def version(text: str, publisher: str = "Quay Mail", at: datetime | None = MARCH) -> Version:
    """An article version with this text."""
    return Version(Article("a" * 16, "https://quay.example/1", "Headline", text, (), publisher, at), 1, MARCH, MARCH)


def statement(text: str, publisher: str = "Quay Mail", at: datetime | None = MARCH) -> Statement:
    """The text as one sentence."""
    return READER.statement(version(text, publisher, at), Span(0, len(text)), 0)


def opening(text: str) -> list[str]:
    """The sentences that could be quoted of an opening that is one sentence."""
    chunk = Chunk("a" * 16, 0, 0, len(text), text, (Span(0, len(text)),))
    return [one.text for one in READER.statements(LiveChunk(version(text), chunk, np.zeros(2, dtype=np.float32)))]


@pytest.mark.parametrize(
    "text",
    [
        "Ferry crews in Port Maren went on strike over pay.",
        "“No ferry leaves the harbour,” union leader Ines Caldeira said.",
        "渡し船の 乗組員は 賃金を めぐって ストライキに 入った。",
    ],
)
def test_a_whole_sentence_about_somebody_stands_alone(text: str) -> None:
    """It says who did what without those around it, in any script."""
    assert stands_alone(text)


@pytest.mark.parametrize(
    "text",
    [
        "He said that the crews would not give in.",
        "“No ferry leaves the harbour,” she said on Monday morning.",
        "But the owners of the ferries asked a judge to end it.",
        "Although it rained, crews of all ferries stood at the gate.",
        "Sign up for our newsletter to read the news each morning.",
        "What your family should know about the strike of ferry crews.",
        "Crews stand at the gate in Port Maren. Ada Velk/Reuters took part.",
        "Crews stand at the gate of the harbour in Port Maren, March 3, 2025.",
        "Ferries Stand Still In Port Maren Again.",
        "Ferry crews in Port Maren went on strike over pay and",
        "“No ferry leaves the harbour of Port Maren, union leaders said.",
        "Too short to tell.",
    ],
)
def test_what_leans_on_others_or_is_no_report_does_not(text: str) -> None:
    """Pronouns, calls to readers, captions, headings, cut sentences and halves of quotations stay out."""
    assert not stands_alone(text)


@pytest.mark.parametrize(
    "lead_in",
    ["PORT MAREN (Quay Mail) — ", "(QM) ", "PORT MAREN – ", "Port Maren, March 3 (Quay Mail) - ", "• ", "– "],
)
def test_place_and_agency_are_left_out(lead_in: str) -> None:
    """A quote begins with the report's first words, and is still exact."""
    assert opening(f"{lead_in}Ferry crews went on strike over pay.") == ["Ferry crews went on strike over pay."]


def test_a_number_or_a_denial_is_never_borne_out_by_other_words() -> None:
    """Of the same words, another count, none, or "not" tells something else; a count in words is that count."""
    claim = statement("Some 12 crews went on strike in Port Maren.")
    assert is_told_by(claim, statement("Strike in Port Maren: twelve crews went home."))
    assert not is_told_by(claim, statement("Some 14 crews went on strike in Port Maren."))
    assert not is_told_by(claim, statement("Some crews went on strike in Port Maren."))
    assert not is_told_by(claim, statement("Some 12 crews went not on strike in Port Maren."))


def test_known_words_bear_nothing_out() -> None:
    """That both name the topic is no sign that they tell the same."""
    claim, other = (
        statement("Port Maren elects Velk as its mayor."),
        statement("Port Maren buys a snow plough for winter."),
    )
    assert not is_told_by(claim, other, known={"port", "maren"}, least=0.3)
    assert is_told_by(claim, other, least=0.3)


def test_a_witness_is_of_another_publisher() -> None:
    """What the same paper repeats confirms nothing; of another paper one sentence is enough, the best."""
    claim = statement("Ferry crews went on strike over pay.")
    same = statement("Ferry crews went on strike over pay.", "quay mail")
    near = statement("Crews went on strike over pay.", "Harbour Post")
    best = statement("Ferry crews went on strike over pay again.", "Harbour Post")
    assert witnesses(claim, [same, near, best], most=2, known=()) == [best]


@pytest.mark.parametrize(
    ("days", "is_witness"), [(-8, False), (-7, True), (0, True), (7, True), (8, False), (None, False)]
)
def test_a_witness_is_of_the_same_week(days: int | None, is_witness: bool) -> None:  # noqa: FBT001
    """An article of last year cannot know what happened since, nor can one whose day is unknown be trusted to."""
    told = "Mayor Ada Velk resigned over the tram."
    at = None if days is None else MARCH + timedelta(days=days)
    assert bool(witnesses(statement(told), [statement(told, "Harbour Post", at)], most=2, known=())) is is_witness
    undated = statement(told, at=None)
    assert witnesses(undated, [statement(told, "Harbour Post")], most=2, known=()) == []


@pytest.mark.parametrize(
    "foretold",
    [
        "Israel will send Ruth Amsel to the talks.",
        "Israel plans to send Ruth Amsel to the talks.",
        "Israel is to send Ruth Amsel to the talks.",
        "Israel is expected to send Ruth Amsel to the talks.",
        "Israel said that it’ll send Ruth Amsel to the talks.",
    ],
)
def test_what_is_to_come_bears_out_nothing_that_was_done(foretold: str) -> None:
    """Who will be sent has not spoken, and who has spoken is no sign that somebody will be sent."""
    done, other = "Ruth Amsel of Israel spoke at the talks.", "Israel will send Ruth Amsel to the talks on Monday."
    assert not is_told_by(statement(done), statement(foretold), least=0)
    assert not is_told_by(statement(foretold), statement(done), least=0)
    assert is_told_by(statement(foretold), statement(other), least=0)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    """Whatever an opening holds, what is quoted of it stands there to the letter."""
    assert all(quote in text for quote in opening(text))
