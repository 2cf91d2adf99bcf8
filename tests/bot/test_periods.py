"""Words of time in a question, read against the moment of asking."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.periods import period_of

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)  # a Wednesday


def read(question: str) -> tuple[str, str, bool] | None:
    """Return first and last day of the period that a question names, and whether it is strict."""
    period = period_of(question, now=NOW)
    if period is None:
        return None
    first, last = (f"{moment:%Y-%m-%d}" if moment else "" for moment in (period.since, period.until))
    return first, last, period.is_strict


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What did the council decide today?", "2026-11-25", ""),
        ("What is in today's budget?", "2026-11-25", ""),
        ("Which town banned the ferries for today’s teens this week?", "2026-11-18", ""),
        ("Who was arrested last night?", "2026-11-24", ""),
        ("Which bridge closed this week?", "2026-11-18", ""),
        ("Who resigned over the past week?", "2026-11-18", ""),
        ("What happened last week?", "2026-11-16", "2026-11-25"),
        ("How many strikes were there in the last three days?", "2026-11-22", ""),
        ("What has the ferry cost in the past couple of months?", "2026-09-25", ""),
        ("Which island recently flooded?", "2026-09-26", ""),
        ("Which ports closed in recent days?", "2026-11-11", ""),
        ("What opened this month?", "2026-11-01", ""),
        ("What opened last month?", "2026-10-01", "2026-11-03"),
        ("Who won this year?", "2026-01-01", ""),
        ("What did the mayor say on Monday?", "2026-11-23", ""),
        ("What did the mayor say on Wednesday?", "2026-11-25", ""),
        ("What did the mayor say last Wednesday?", "2026-11-18", "2026-11-21"),
        ("What has changed since Monday?", "2026-11-23", ""),
        ("What was known before Tuesday?", "", "2026-11-24"),
        ("What was known before last week?", "", "2026-11-16"),
        ("What has changed since last week?", "2026-11-16", ""),
        ("Which ferry sank two weeks ago?", "2026-11-08", "2026-11-18"),
        ("Who has resigned since 5 March?", "2026-03-05", ""),
        ("Who had resigned before March 2024?", "", "2024-03-01"),
        ("What has been built after 2019?", "2020-01-01", ""),
    ],
)
def test_nothing_outside_a_period_that_is_counted_or_one_sided_can_answer(question: str, first: str, last: str) -> None:
    """Times counted from the moment of asking, and times since or before a date, are strict."""
    assert read(question) == (first, last, True)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("Who led the council in March 2023?", "2023-03-01", "2023-04-03"),
        ("Who led the council in march?", "2026-03-01", "2026-04-03"),
        ("What happened in December?", "2025-12-01", "2026-01-03"),
        ("What happened on 5 March?", "2026-03-05", "2026-03-08"),
        ("What happened on March 5th, 2024?", "2024-03-05", "2024-03-08"),
        ("What happened on the 5th of March 2024?", "2024-03-05", "2024-03-08"),
        ("What was decided on 2024-03-05?", "2024-03-05", "2024-03-08"),
        ("Which bridges were built in 2019?", "2019-01-01", "2020-01-03"),
        ("What happened on Tuesday, 5 November 2024?", "2024-11-05", "2024-11-08"),
        ("What happened on Saturday 14 March?", "2026-03-14", "2026-03-17"),
        ("Who was born on 29 February?", "2024-02-29", "2024-03-03"),
    ],
)
def test_of_a_date_later_articles_may_tell(question: str, first: str, last: str) -> None:
    """A date of the calendar is where to look first, with two days for the report; it is not strict."""
    assert read(question) == (first, last, False)


@pytest.mark.parametrize(
    "question",
    [
        "Who led the talks?",
        "May the council decide alone?",
        "What did shops earn on Black Friday?",
        "Who won the 2022 cup final?",
        "Which two shops plan to merge in 2030?",
        "What will happen next Tuesday?",
        "What must be ready by Friday?",
        "What happened on 31 June?",
        "Which country rationed fuel in 1973-74?",
        "Who is the latest president?",
        "Who plays for Sheffield Wednesday?",
        "What did the Sunday Mirror print?",
        "Which match takes place on Saturday?",
        "What opens this Friday?",
    ],
)
def test_what_names_no_period(question: str) -> None:
    """Names, modal verbs, times to come and dates that do not exist leave the whole index open."""
    assert period_of(question, now=NOW) is None


def test_what_is_counted_from_now_comes_before_a_date() -> None:
    """A question of this week that recalls a date is about this week."""
    assert read("Which country lifted a ban this week that it had imposed in March 2020?") == ("2026-11-18", "", True)


def test_days_begin_where_the_asker_is() -> None:
    """Today begins at the asker's midnight, not at that of Greenwich."""
    tokyo = timezone(timedelta(hours=9))
    period = period_of("What happened today?", now=datetime(2026, 11, 26, 1, tzinfo=tokyo))
    assert period is not None
    assert period.since == datetime(2026, 11, 25, 15, tzinfo=UTC)


def test_the_words_are_told() -> None:
    """The asker is shown which words were read as a time."""
    period = period_of("Who resigned In March 2023, and why?", now=NOW)
    assert period is not None
    assert (period.phrase, period.date_words) == ("In March 2023", ("March", "2023"))
    period = period_of("What was decided on 2024-03-05?", now=NOW)
    assert period is not None
    assert period.date_words == ("5", "March", "2024")


WORDS = ["since", "before", "in", "on", "the", "last", "3", "few", "week", "ago", "March", "31", "29 February", "2023"]


@given(st.lists(st.one_of(st.sampled_from([*WORDS, "0001-01-01", "999 years", "Monday"]), st.text(max_size=5))))
def test_anything_may_be_asked(words: list[str]) -> None:
    """Whatever is asked names a period that begins before now and ends after its beginning, or none."""
    period = period_of(" ".join(words), now=NOW)
    if period and period.since:
        assert period.since <= NOW
    if period and period.since and period.until:
        assert period.since < period.until < NOW


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(["today", "last month", "this year", "999 years", "last 999 years", "in December"]),
)
def test_asked_at_any_time(now: datetime, words: str) -> None:
    """The calendar's ends break nothing."""
    period_of(f"What happened {words}?", now=now)


def test_last_year_asked_on_a_leap_day() -> None:
    """29 February has a last year, too."""
    period = period_of("Who won last year?", now=datetime(2024, 2, 29, 12, tzinfo=UTC))
    assert period is not None
    assert period.since == datetime(2023, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What happened between 3 March 2026 and 10 April 2026?", "2026-03-03", "2026-04-13"),
        ("What happened between March 3 and March 10, 2026?", "2026-03-03", "2026-03-13"),
        ("What happened between the 1st and the 5th of March 2026?", "2026-03-01", "2026-03-08"),
        ("What happened between 3 March and 10 April?", "2026-03-03", "2026-04-13"),
        ("What happened from January to March 2026?", "2026-01-01", "2026-04-03"),
        ("What happened between 2019 and 2021?", "2019-01-01", "2022-01-03"),
        ("What happened between 2026-03-01 and 2026-03-05?", "2026-03-01", "2026-03-08"),
        ("What happened between 2025 and 2026?", "2025-01-01", ""),
    ],
)
def test_a_stretch_between_two_dates_has_both_its_ends(question: str, first: str, last: str) -> None:
    """It begins with the first and ends with the last, which gives the first the month or year that it leaves out."""
    assert read(question) == (first, last, False)


@pytest.mark.parametrize(
    "question",
    [
        "What happened on 31 February 2026?",
        "What happened on February 31, 2026?",
        "What happened between 30 February and 5 March 2026?",
        "What happened between 5 April and 3 March 2026?",
        "Did prices move from 10 to 2019?",
    ],
)
def test_a_date_that_never_was_is_no_period(question: str) -> None:
    """No other day, and no whole month, is searched in the place of a date that there is not."""
    assert read(question) is None
