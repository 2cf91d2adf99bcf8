"""Answers rest on exact quotes; what cannot be quoted is not said."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from small_index import answerer_over

from bot.answering import Answerer, Question
from bot.answering.claims import Statement, cite
from bot.answering.evidence import Features, Sentence
from bot.answering.question import Kind, understand
from bot.render.as_json import answer_json
from bot.render.terminal import answer_text
from index_store import Article, Filters, PassageEncoder, Span

NOTHING = Features(*(0.0 for _ in Features._fields))
MARCH, MAY = datetime(2025, 3, 5, 18, 40, tzinfo=UTC), datetime(2025, 5, 8, tzinfo=UTC)
ARTICLES = (
    Article(
        "1" * 16, "https://wire.example/doha", "Washington talks to Hamas in Doha",
        "The White House confirmed the talks on Wednesday.\n\n"
        "US envoy Adam Boehler led the meetings in Doha. He has not spoken in public since.\n\n"
        "Fifty-nine hostages are still held in Gaza, five of them Americans.",
        ("Ann Lee", "Omar Haddad"), "Example Wire", MARCH, "record", "en",
    ),
    Article(
        "2" * 16, "https://dispatch.example/pope", "Prevost elected \x1b[31mpope",
        "Cardinal Robert Prevost was elected pope on Thursday and took the name Leo XIV.\n\n"
        "He succeeds Francis, who died in April.",
        (), "Tiber Dispatch", MAY, "record", "en",
    ),
    Article("3" * 16, "file:///clippings/ferry.txt", "Ferry timetable", "The ferry leaves at nine each morning."),
)  # fmt: skip


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory, encoder: PassageEncoder) -> Iterator[Answerer]:
    """An answerer over three articles."""
    with answerer_over(ARTICLES, tmp_path_factory.mktemp("answers"), encoder) as answers:
        yield answers


def test_an_answer_quotes_exactly(answerer: Answerer) -> None:
    """The answer names who was asked for, and each citation is its span of the article, numbered by first use."""
    answer = answerer.ask(Question("Who led the Doha talks?"))
    assert "Adam Boehler led the meetings" in answer.claims[0].text
    assert answer.text.startswith("US envoy Adam Boehler led the meetings in Doha. [1]")
    assert [citation.n for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert [n for claim in answer.claims for n in claim.citations] == [citation.n for citation in answer.citations]
    texts = {article.article_id: article.text for article in ARTICLES}
    for citation in answer.citations:
        assert texts[citation.article_id][citation.start : citation.end] == citation.quote


def test_a_possessive_is_no_unknown_name(answerer: Answerer) -> None:
    """A name with 's is looked up without it."""
    assert "mentions" not in (answerer.ask(Question("Where did Adam Boehler's meetings in Doha lead?")).reason or "")


def test_a_pronoun_brings_the_sentence_before(answerer: Answerer) -> None:
    """A sentence that begins with "He" is quoted with the one that says who he is, as one exact span."""
    quotes = [c.quote for c in answerer.ask(Question("Has the envoy spoken in public since?")).citations]
    assert "US envoy Adam Boehler led the meetings in Doha. He has not spoken in public since." in quotes


@pytest.mark.parametrize(
    ("question", "filters", "reason"),
    [
        ("Who is Edward Bluemel?", Filters(), "No indexed article mentions Edward or Bluemel."),
        ("What is the price of copper in Chile?", Filters(), "No indexed article mentions Chile."),
        ("why does rain fall", Filters(), "None of the 3 indexed articles answers this. The newest is of 8 May 2025."),
        ("Who led the talks?", Filters(since=datetime(2026, 1, 1, tzinfo=UTC)), "since 1 January 2026"),
        ("Who led the talks?", Filters(publishers=("Nobody",)), "No indexed article from Nobody."),
        ("?!", Filters(), "The question names nothing to look for."),
    ],
)
def test_an_honest_no(answerer: Answerer, question: str, filters: Filters, reason: str) -> None:
    """What the articles don't say is declined with a reason, the nearest articles and no citation."""
    answer = answerer.ask(Question(question, filters))
    assert answer.abstained
    assert reason in (answer.reason or "")
    assert answer.citations == ()
    assert len(answer.nearest) <= 3
    assert answer.text == "The indexed articles don't say."


def test_nothing_is_known_before_it_was_published(answerer: Answerer) -> None:
    """Asked as of April, nobody has been elected in May."""
    april = Filters(as_of=datetime(2025, 4, 30, tzinfo=UTC))
    assert "Leo XIV" in answerer.ask(Question("Who was elected pope?")).text
    answer = answerer.ask(Question("Who was elected pope?", april))
    assert answer.abstained
    assert "Prevost" not in json.dumps(answer_json(answer))


def test_a_quote_that_the_stored_version_does_not_hold_is_dropped(answerer: Answerer) -> None:
    """A claim whose span of the stored text reads otherwise is not made, and numbers stay without gaps."""
    passage = answerer._index.search("Doha", Filters(), limit=1, per_article=1)[0]
    good, other = Sentence(passage, Span(0, 10), NOTHING), Sentence(passage, Span(3, 9), NOTHING)
    forged = replace(passage, article=replace(passage.article, text="X" * len(passage.article.text)))
    claims, citations = cite(
        [Statement(one) for one in (Sentence(forged, Span(0, 10), NOTHING), good, other)], answerer._index.version
    )
    assert [citation.quote for citation in citations] == [good.text, other.text]
    assert [claim.citations for claim in claims] == [(1,), (2,)]


def test_json_is_as_other_programs_expect_it(answerer: Answerer) -> None:
    """The JSON has the fields of the contract, with dates in UTC and the asker's own id."""
    filters = Filters(as_of=datetime(2025, 6, 1, tzinfo=UTC), since=datetime(2025, 3, 1, tzinfo=UTC))
    told = answer_json(answerer.ask(Question("Who led the Doha talks?", filters, "q1")))
    assert told["id"] == "q1"
    assert (told["as_of"], told["window"]) == ("2025-06-01T00:00:00Z", {"since": "2025-03-01T00:00:00Z", "until": None})
    assert (told["abstained"], told["reason"], told["mode"], told["nearest"]) == (False, None, "extractive", [])
    assert told["claims"][0].keys() == {"text", "citations", "support", "standing", "when"}
    assert told["claims"][0]["support"] == "single-source"
    first = told["citations"][0]
    assert first.keys() >= {"n", "article_id", "url", "title", "publisher", "authors", "published_at", "quote"}
    assert first["published_at"] == "2025-03-05T18:40:00Z"
    assert list(first["authors"]) == ["Ann Lee", "Omar Haddad"]
    json.dumps(told)


def test_the_terminal_shows_what_to_open_and_obeys_nobody(answerer: Answerer) -> None:
    """An answer shows number, headline, publisher, date, address and quote; an article cannot steer the terminal."""
    told = answer_text(answerer.ask(Question("Who was elected pope?")))
    assert "\x1b[31m" not in told
    for part in ("[1]", "Tiber Dispatch · 8 May 2025", "https://dispatch.example/pope", "took the name Leo XIV"):
        assert part in told
    declined = answer_text(answerer.ask(Question("Who is Edward Bluemel?")))
    assert "The indexed articles don't say." in declined


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many died?", Kind.NUMBER), ("When was that?", Kind.TIME), ("how old is the pope", Kind.NUMBER),
        ("What happened?", Kind.OTHER), ("What percentage agreed?", Kind.SHARE), ("How much is it?", Kind.MONEY),
    ],
)  # fmt: skip
def test_the_kind_of_answer(question: str, kind: Kind) -> None:
    """A question's words tell what an answer looks like."""
    assert understand(question, terms=str.split, now=MAY).kind is kind


def test_the_opening_of_the_best_article_is_read(tmp_path: Path, encoder: PassageEncoder) -> None:
    """News says first what happened, though passages further down hold more of the question's words."""
    asked = "The council also asked pier {} who should lead the harbour from now on, and how its head could be found."
    text = "\n\n".join(
        (
            "Mira Lund was chosen on Monday, with nine votes of twelve, after a long night.",
            "The winter was mild. " * 60,
            " ".join(asked.format(pier) for pier in range(40)),
        )
    )
    long = Article("4" * 16, "https://quay.example/head", "Mira Lund to lead the harbour of Quay", text)
    ferries = (
        Article(f"{n}" * 16, f"https://quay.example/{n}", f"Ferry {n}", f"The ferry of pier {n} leaves at {n}.")
        for n in range(5, 9)
    )
    with answerer_over((long, *ferries), tmp_path, encoder) as answers:
        question = Question("Who was chosen to lead the harbour of Quay?")
        assert answers.find(question).passages[0].chunk.position > 0
        assert answers.ask(question).claims[0].text.startswith("Mira Lund was chosen")
