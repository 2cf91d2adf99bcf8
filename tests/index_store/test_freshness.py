"""Age counts as the question's words ask for it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store.freshness import Asking, Tense, tense_of

NOW = datetime(2025, 3, 7, tzinfo=UTC)
TODAY = int(NOW.timestamp())
DAY = int(timedelta(days=1).total_seconds())
ages = st.integers(0, 40_000).map(lambda days: TODAY - days * DAY)


@pytest.mark.parametrize(
    ("question", "tense"),
    [
        ("Who leads the harbour board?", Tense.OPEN),
        ("Which bridge was closed this week?", Tense.OPEN),
        ("How much will the toll be in 2026?", Tense.OPEN),
        ("What did the 2025 budget cut?", Tense.OPEN),
        ("Which poll about the 2020 vote was recently published?", Tense.OPEN),
        ("Who won the 2022 regatta?", Tense.PAST),
        ("what happened to the ferry ten years ago", Tense.PAST),
        ("Who was mayor in the 1990s?", Tense.PAST),
        ("latest on the ferry strike", Tense.LATEST),
        ("Who leads the harbour board NOW?", Tense.LATEST),
        ("what is known of the snow", Tense.OPEN),  # "now" is no part of a word
        ("", Tense.OPEN),
    ],
)
def test_a_question_says_which_time_it_is_about(question: str, tense: Tense) -> None:
    """A year gone by means another time, unless the question also speaks of the present."""
    assert tense_of(question, asked_in=2025) is tense


@given(ages, ages)
def test_the_newer_counts_at_least_as_much(one: int, other: int) -> None:
    """Age never counts against what is newer, stays within bounds, and says nothing of another time."""
    asking = Asking.of("Who leads the board?", NOW)
    newer, older = asking.freshness(max(one, other)), asking.freshness(min(one, other))
    assert 0.0 < older <= newer <= 1.0
    assert Asking.of("Who led the board in 2022?", NOW).freshness(one) == 0.0


def test_age_counts_for_a_week_and_not_among_what_is_old() -> None:
    """A week halves it; between two and three years hardly anything is left to tell."""
    asking = Asking.of("Who leads the board?", NOW)
    assert asking.freshness(TODAY - 7 * DAY) == pytest.approx(0.5)
    assert asking.freshness(TODAY - 730 * DAY) - asking.freshness(TODAY - 1_095 * DAY) < 0.01


def test_undated_and_future_articles_are_neither_favoured_nor_an_error() -> None:
    """No date counts as no freshness, and one that lies ahead as today's."""
    asking = Asking.of("Who leads the board?", NOW)
    assert asking.freshness(None) == 0.0
    assert asking.freshness(TODAY + 90 * DAY) == asking.freshness(TODAY) == 1.0


def test_the_latest_is_the_newest_there_is() -> None:
    """In an index whose newest article is a year old, that one is the latest; otherwise it is a year old."""
    dates = [TODAY - 365 * DAY, TODAY - 395 * DAY, None]
    latest, other = (Asking.of(q, NOW).of_these(dates) for q in ("latest on the strike", "Who is on strike?"))
    assert [latest.freshness(date) for date in dates] == [2.0, pytest.approx(2 / (1 + 30 / 7)), 0.0]
    assert other.freshness(dates[0]) < 0.02
