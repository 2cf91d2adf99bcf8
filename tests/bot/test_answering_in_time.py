"""Which time a question is about, and whether more than one article bears an answer out."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from small_index import answerer_over

from bot.answering import Answer, Answerer, Question
from bot.render.as_json import answer_json
from index_store import Article, Filters, PassageEncoder, iso_utc

OLD, NEW, LATER = (datetime(2024, *day, 9, tzinfo=UTC) for day in ((3, 4), (11, 20), (11, 22)))
STRIKE_OF_MARCH = (
    "Ferry crews in Port Maren went on strike on Monday. Union leader Ines Caldeira said that 200 crew members had "
    "walked out over pay.\n\nThe port authority called the strike unlawful."
)
STRIKE_OF_NOVEMBER = (
    "Bus drivers in Port Maren went on strike on Wednesday. Union leader Bo Lind said that 350 drivers had walked out "
    "over night shifts.\n\nThe town hall asked for talks."
)
VOTE = (
    "Ada Brook was elected mayor of Port Maren. The vote was held on 12 November, and she took office on Friday.\n\n"
    "She wants to know what the new bridge cost."
)
BRIDGE = (
    "The new bridge of Port Maren cost 90 million euros, the town's auditors said on Friday.\n\n"
    "Work on it began in 2018, and lorries may cross it from July."
)
BRIDGE_AGAIN = (
    "Auditors have put the cost of Port Maren's new bridge at 90 million euros, twice what was planned.\n\n"
    "The mayor wants to know why, and has asked the builders for their books."
)
ARTICLES = tuple(
    Article(str(n) * 16, f"https://quay.example/{n}", title, text, (), publisher, date, "record", "en")
    for n, (title, text, publisher, date) in enumerate(
        (
            ("Ferry crews on strike in Port Maren", STRIKE_OF_MARCH, "Quay Mail", OLD),
            ("Bus drivers on strike in Port Maren", STRIKE_OF_NOVEMBER, "Quay Mail", NEW),
            ("Port Maren elects a mayor", VOTE, "Quay Mail", NEW),
            ("Bridge cost 90 million", BRIDGE, "Quay Mail", LATER),
            ("Bridge twice as dear as planned", BRIDGE_AGAIN, "Harbour Post", LATER),
        ),
        start=1,
    )
)


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory, encoder: PassageEncoder) -> Iterator[Answerer]:
    """An answerer over four articles of one year."""
    with answerer_over(ARTICLES, tmp_path_factory.mktemp("time"), encoder) as answers:
        yield answers


def ask(answerer: Answerer, question: str, *, on: datetime) -> Answer:
    """Ask a question on a day."""
    return answerer.ask(Question(question, Filters(as_of=on)))


def test_a_question_of_this_week_is_answered_from_this_week(answerer: Answerer) -> None:
    """Of two strikes that of the week of asking answers, and the window that was searched is told."""
    asked = "What did the union leader say of the strike in Port Maren this week?"
    for day, leader, since in ((OLD, "Ines Caldeira", "2024-02-26"), (LATER, "Bo Lind", "2024-11-15")):
        answer = ask(answerer, asked, on=day)
        assert leader in answer.text
        assert answer_json(answer)["window"] == {"since": f"{since}T00:00:00Z", "until": None}


def test_an_event_dates_a_question_where_an_article_dates_it(answerer: Answerer) -> None:
    """Since the vote begins on the day that an article gives for it, and means nothing where none does."""
    told = ask(answerer, "What did the auditors say of the new bridge of Port Maren since the vote?", on=LATER)
    assert (told.window.since, "90 million" in told.text) == (datetime(2024, 11, 12, tzinfo=UTC), True)
    assert ask(answerer, "How many ferry crew members walked out in Port Maren since the vote?", on=LATER).abstained
    untold = ask(answerer, "What did the auditors say of the new bridge of Port Maren since the eclipse?", on=LATER)
    assert untold.window.since is None


def test_days_begin_where_people_ask(answerer: Answerer) -> None:
    """The word today means a day of the asker's time zone, whichever zone the time of asking is written in."""
    asked_at = datetime(2024, 11, 22, 20, tzinfo=UTC)
    for zone, since in (("UTC", "2024-11-22T00:00:00Z"), ("Pacific/Auckland", "2024-11-22T11:00:00Z")):
        there = Answerer(answerer._index, zone=ZoneInfo(zone))
        window = ask(there, "What did the auditors say of the new bridge today?", on=asked_at).window
        assert iso_utc(window.since) == since


def test_a_week_without_news_has_no_answer(answerer: Answerer) -> None:
    """Last month's news, however alike, does not answer; the words that decided and the newest article are told."""
    answer = ask(answerer, "How many bus drivers walked out this week?", on=datetime(2024, 12, 20, tzinfo=UTC))
    assert answer.abstained
    assert answer.reason == (
        "No indexed article published since 13 December 2024 and by 20 December 2024 (“this week”)."
        " The newest otherwise is of 22 November 2024."
    )


def test_a_date_is_where_to_look_first(answerer: Answerer) -> None:
    """A month that is named picks its article; of a date without one, only articles that name it tell."""
    assert "Ferry crews" in ask(answerer, "Which crews were on strike in Port Maren in March 2024?", on=LATER).text
    told = ask(answerer, "Where did work on the new bridge begin in 2018?", on=LATER)
    assert "Work on it began in 2018" in told.text
    assert answer_json(told)["window"] == {"since": None, "until": None}
    assert ask(answerer, "How much did the new bridge of Port Maren cost in January 2023?", on=LATER).abstained


def test_what_another_article_tells_too_is_confirmed(answerer: Answerer) -> None:
    """A claim that an article of another publisher bears out cites both; what one alone tells is single-source."""
    claim = ask(answerer, "How much did the new bridge of Port Maren cost?", on=LATER).claims[0]
    assert (claim.support, len(claim.citations)) == ("confirmed", 2)
    claim = ask(answerer, "How many bus drivers walked out in Port Maren?", on=LATER).claims[0]
    assert (claim.support, len(claim.citations)) == ("single-source", 1)
