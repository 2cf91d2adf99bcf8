"""Dates of ours in the language of choice, short answers that mislead nobody, and strangers' words as they were."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_render_discord import answers

from bot.answering import Answer, Citation, Claim, Question
from bot.languages import ENGLISH, ISO, LANGUAGES
from bot.render.dates import date_in, with_dates_in
from bot.render.discord import Style, answer_message
from bot.render.discord_details import why_message
from bot.render.markup import units, visible
from index_store import day

MARCH = datetime(2025, 3, 5, 22, tzinfo=UTC)
GERMAN, SHORT = Style("de"), Style(short=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_on_offer(language: str) -> None:
    """Each writes a day, a month and a year that hold the year, without invisible characters or markup."""
    for known in ("2025-03-05", "2025-03", "2025", MARCH):
        written = date_in(known, language)
        assert "2025" in written
        assert written == visible(written)
        assert not set(written) & set("*_`<>[]@#|")
    assert date_in(None, language) == "undated"


@pytest.mark.parametrize(
    ("language", "written"),
    [(ENGLISH, "5 March 2025"), (ISO, "2025-03-05"), ("de", "5. März 2025"), ("ja", "2025年3月5日")],
)
def test_a_day(language: str, written: str) -> None:
    """As people of that language write it."""
    assert date_in(MARCH, language) == written
    assert with_dates_in("The newest is of 5 March 2025.", language) == f"The newest is of {written}."


def test_words_of_others_are_not_translated() -> None:
    """What stands between quotation marks keeps its dates, and what is no date stays."""
    told = "No article (“since 5 March 2025”) is of 30 February 2025, or of 5 March 20251."
    assert with_dates_in(told, "de") == told


@given(st.datetimes(datetime(1000, 1, 1), datetime(9999, 1, 1)), st.sampled_from(sorted(LANGUAGES)))  # noqa: DTZ001
def test_any_day_of_ours_is_found(moment: datetime, language: str) -> None:
    """The sentence is translated wherever its date has the form that every front end uses."""
    assert with_dates_in(f"of {day(moment)}.", language) == f"of {date_in(moment, language)}."


def cited(n: int, title: str) -> Citation:
    """A citation whose headline holds a date."""
    return Citation(n, f"id{n}", 1, f"https://quay.example/{n}", title, None, (), MARCH, f"quote {n}", 0, 7)


def told(*claims: Claim, searched: str = "who led the talks?", reason: str | None = None) -> Answer:
    """An answer with two citations."""
    citations = (cited(1, "What 5 March 2025 brought"), cited(2, "More"))[: len(claims)]
    return Answer(Question("who?"), searched, claims, citations, reason, (), "extractive", 1.0)


ONE, TWO = Claim("One.", (1,), "confirmed"), Claim("Two of 5 March 2025.", (2,), "single-source")
NEWEST, OLDER = replace(ONE, standing="newest"), replace(TWO, standing="older")


def test_dates_in_answers() -> None:
    """Who said something when, and of when the newest is, is dated in the language; headline and claim are not."""
    answer = answer_message(told(NEWEST, OLDER), GERMAN)
    assert r"5. März 2025\:** Two of 5 March 2025" in answer.description
    assert "What 5 March 2025 brought" in answer.fields[0].value
    assert "5. März 2025" in why_message(told(NEWEST, OLDER), GERMAN).description
    declined = told(reason="The newest is of 31 December 2025.")
    assert "31. Dezember 2025" in answer_message(declined, GERMAN).description
    assert "31. Dezember 2025" in str(why_message(declined, GERMAN).fields)


def test_a_short_answer() -> None:
    """Its first claim with its own sources, and how many more there are; figures that differ and comparisons whole."""
    short = answer_message(told(ONE, TWO), SHORT)
    assert "Two" not in short.description
    assert "*1 more claim: press Why? to read.*" in short.description
    assert [field.name.partition(" ")[0] for field in short.fields] == [r"\[1\]"]
    assert "from 1 article ·" in short.footer
    for whole in (
        told(NEWEST, OLDER),
        told(replace(ONE, when="2025-03"), TWO),
        told(ONE, TWO, searched="Compare Canada and Mexico on tariffs"),
        told(ONE),
    ):
        assert answer_message(whole, SHORT) == answer_message(whole)
    assert "Two" in answer_message(told(ONE, replace(TWO, standing="older"), NEWEST)).description
    assert told(NEWEST, TWO, OLDER).gist == (NEWEST, OLDER)


@given(answers(), st.sampled_from(sorted(LANGUAGES)), st.booleans())
def test_no_style_breaks_a_limit(answer: Answer, language: str, short: bool) -> None:  # noqa: FBT001
    """Whatever the language and length, a message fits Discord's limits."""
    message = answer_message(answer, Style(language, short))
    fields = sum(units(field.name) + units(field.value) for field in message.fields)
    assert units(message.title) + units(message.description) + fields + units(message.footer) <= 6_000
    assert units(message.description) <= 4_096
    assert all(units(field.value) <= 1_024 for field in why_message(answer, Style(language)).fields)
