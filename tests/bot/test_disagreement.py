"""What is said where articles give different figures for the same thing."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from small_index import answerer_over

from bot.answering import Answer, Answerer, Question
from bot.answering.figures import Amount, Figure, asked_figure, differ, figure_in
from bot.answering.question import Kind, matter_words
from bot.render.discord import answer_message
from bot.render.terminal import answer_text
from index_store import Article, Filters, PassageEncoder

FIRST, SECOND, THIRD = (datetime(2024, 11, day, 9, tzinfo=UTC) for day in (18, 20, 20))
FLOOD = "VARNHOLT, Nordmark (QW) — The flood in Varnholt killed {} people, the rescue service said. {}"
TICKET = "A return ticket for the ferry of Port Maren costs {} euros. {}"
TELLS = (
    ("Flood in Varnholt", FLOOD.format("12", "Bridges were torn away in the night."), "Quay Mail", FIRST),
    ("Varnholt counts its dead", FLOOD.format("31", "Three villages are still cut off."), "Harbour Post", SECOND),
    ("Ferry of Port Maren", TICKET.format("9", "Bicycles travel free."), "Quay Mail", SECOND),
    ("What the ferry of Port Maren costs", TICKET.format("12", "Children pay half."), "Harbour Post", THIRD),
    (
        "Tram",
        "The tram of Varnholt has 40 seats. It was painted green by pupils of the art school.",
        "Quay Mail",
        FIRST,
    ),
)
ARTICLES = tuple(
    Article(str(n) * 16, f"https://quay.example/{n}", title, text, (), publisher, told_at, "record", "en")
    for n, (title, text, publisher, told_at) in enumerate(TELLS, start=1)
)


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory, encoder: PassageEncoder) -> Iterator[Answerer]:
    """An answerer over articles that contradict each other."""
    with answerer_over(ARTICLES, tmp_path_factory.mktemp("figures"), encoder) as answers:
        yield answers


def ask(answerer: Answerer, question: str) -> Answer:
    """Ask a question two days after the last article."""
    return answerer.ask(Question(question, Filters(as_of=datetime(2024, 11, 22, tzinfo=UTC))))


def test_the_newest_figure_comes_first_and_what_it_was_after_it(answerer: Answerer) -> None:
    """Where a newer article replaces a figure, the answer gives the newest, then what it was, who said so and when."""
    answer = ask(answerer, "How many people did the flood in Varnholt kill?")
    newest, older = answer.claims
    assert ("31 people" in newest.text, newest.standing, newest.support) == (True, "newest", "single-source")
    assert ("12 people" in older.text, older.standing, older.support) == (True, "older", "single-source")
    told = "Before that, Quay Mail, 18 November 2024: The flood in Varnholt killed 12 people"
    assert f"[1] {told}" in answer.text
    assert told in " ".join(answer_text(answer).split())
    assert "Before that, Quay Mail, 18 November 2024" in answer_message(answer).description


def test_a_dateline_is_no_part_of_what_is_said(answerer: Answerer) -> None:
    """Neither claim nor quote begins with the place and agency that open an article, and the span says so."""
    answer = ask(answerer, "How many people did the flood in Varnholt kill?")
    for citation in answer.citations:
        assert citation.quote.startswith("The flood in Varnholt killed")
        assert citation.start == len("VARNHOLT, Nordmark (QW) — ")


def test_figures_of_one_time_stand_side_by_side(answerer: Answerer) -> None:
    """Where articles of one day contradict each other, both are said with who says it, none chosen: disputed."""
    answer = ask(answerer, "How much does a return ticket for the ferry of Port Maren cost?")
    assert [(claim.support, claim.standing) for claim in answer.claims] == [
        ("disputed", "newest"),
        ("disputed", "older"),
    ]
    for told in ("Quay Mail, 20 November 2024", "Harbour Post, 20 November 2024", "9 euros", "12 euros"):
        assert told in answer.text
        assert told in answer_message(answer).description
    assert answer.text.count("(newest)") == 1


def test_figures_of_other_things_are_no_contradiction(answerer: Answerer) -> None:
    """Another number in another matter is not held against an answer."""
    (claim,) = ask(answerer, "How many seats does the tram of Varnholt have?").claims
    assert (claim.support, claim.standing) == ("single-source", None)


FIGURES = [
    (Kind.NUMBER, "How many people died in the flood?", "At least 1,700 people died in the flood.", Amount(1700)),
    (Kind.NUMBER, "How many people died in the flood?", "The flood killed three people on 4 May 2024.", Amount(3)),
    (Kind.NUMBER, "How many people died in the flood?", "In the flood 12 people died and 30 people died later.", None),
    (Kind.NUMBER, "How many people were injured in the flood?", "The flood killed 12 people.", None),
    (Kind.MONEY, "How much did the new bridge cost?", "The new bridge cost $1.5 billion, in 2018.", Amount(1.5e9, "$")),
    (Kind.MONEY, "How much did the new bridge cost?", "The new bridge cost 90 million euros.", Amount(9e7, "€")),
    (Kind.MONEY, "How much did the new bridge cost?", "The new bridge has 90 lamps, which cost much.", None),
    (Kind.SHARE, "What percentage of ice melted?", "Some 12.5 per cent of the ice melted.", Amount(12.5)),
    (Kind.TIME, "When does the ferry start?", "The ferry will start on 5 May.", date(2024, 5, 5)),
    (Kind.TIME, "When does the ferry start?", "The ferry will start on May 31, 2025.", date(2025, 5, 31)),
    (Kind.TIME, "When does the ferry start?", "It starts on 31 June.", None),
    (Kind.TIME, "When does the ferry start?", "It starts on 5 May or on 6 May.", None),
]


@pytest.mark.parametrize(("kind", "question", "sentence", "figure"), FIGURES, ids=[row[2] for row in FIGURES])
def test_the_figure_that_is_asked_for(kind: Kind, question: str, sentence: str, figure: Figure | None) -> None:
    """Of a sentence's numbers only the one that answers is taken; where that is not sure, none."""

    def terms(text: str) -> list[str]:
        return ["kill" if word in {"killed", "died"} else word.strip(".,?").lower() for word in text.split()]

    about = terms(" ".join(matter_words(question)))
    asked = asked_figure(kind, question, dict.fromkeys(about, 1.0), terms)
    assert figure_in(sentence, asked, published_at=datetime(2024, 3, 1, tzinfo=UTC), terms=terms) == figure


def test_a_rounded_figure_is_the_same_figure() -> None:
    """That about 1,700 died does not contradict 1,719; 1,800 does, and so does any other day."""
    assert not differ(Amount(1700), Amount(1719))
    assert differ(Amount(1700), Amount(1800))
    assert differ(Amount(1719), Amount(1721))
    assert differ(Amount(10), Amount(12))
    assert differ(date(2024, 5, 5), date(2024, 5, 6))


def test_two_currencies_are_no_contradiction() -> None:
    """What costs 9 euros may cost 12 dollars."""
    assert differ(Amount(9, "€"), Amount(12, "€"))
    assert not differ(Amount(9, "€"), Amount(12, "$"))
