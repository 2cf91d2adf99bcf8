"""What comes first, and that nothing but the articles and the question decides it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from shelf import RECIPE, article, put, reader

from index_store import Filters, open_writer
from index_store.ranking import WEIGHTS, cut
from index_store.words import Words

MARCH = datetime(2025, 3, 5, tzinfo=UTC)
EVERYTHING = Filters()
BOTH_KINDS = pytest.mark.parametrize("resident", [False, True], ids=["one-off", "resident"])


def first(
    folder: Path, question: str, filters: Filters = EVERYTHING, *, limit: int = 5, resident: bool = False
) -> list[str]:
    """Ids of the articles that a new reader puts first."""
    index = reader(folder, resident=resident)
    try:
        found = index.search(question, filters, limit=limit, per_article=1)
        return [passage.article.article_id for passage in found]
    finally:
        index.close()


def fill(folder: Path, *articles: object) -> Path:
    """Index these articles in one commit."""
    with open_writer(folder, recipe=RECIPE) as writer:
        put(writer, list(articles))  # type: ignore[arg-type]
    return folder


def test_an_opening_is_headline_and_first_chunk(tmp_path: Path) -> None:
    """All chunks of an article share its opening: the words of headline and first chunk, in any form, and no others."""
    whole = article("one", "A ferry sank.", "Later the envoys spoke of strikes.", title="Harbour closed")
    german = article("two", "Die Häuser brannten.", title="Feuer", language="de")  # so that words have two forms
    words = Words(fill(tmp_path, whole, german) / "words")
    keys = [f"{whole.article_id}.1.0", f"{whole.article_id}.1.1"]

    def openings(question: str) -> list[float]:
        return [words.matches(question, keys)[key].opening for key in keys]

    assert openings("harbours, ferries") == pytest.approx([1.0, 1.0])
    assert openings("strikes, envoys") == [0.0, 0.0]
    assert 0 < openings("harbour strikes")[0] == openings("harbour strikes")[1] < 1


@BOTH_KINDS
def test_more_equals_than_are_looked_at_come_in_the_order_of_their_keys(tmp_path: Path, *, resident: bool) -> None:
    """Of 300 articles that match alike the same five come first, whatever the order in which they were written."""
    alike = [article(f"n{n}", "The ferry sank at noon.", title="Ferry sinks") for n in range(300)]
    for name, ordered in (("one", alike), ("other", alike[::-1])):
        fill(tmp_path / name, *ordered)
        expected = sorted(one.article_id for one in alike)[:5]
        assert first(tmp_path / name, "The ferry sank at noon.", resident=resident) == expected


def test_of_equals_those_published_first_come_first(tmp_path: Path) -> None:
    """Where age says nothing, publication decides between equals."""
    alike = [
        article(f"n{n}", "The ferry sank.", title="Ferry", published_at=MARCH - timedelta(days=n % 7, hours=n))
        for n in range(40)
    ]
    fill(tmp_path, *alike)
    in_order = sorted(alike, key=lambda one: (one.published_at, one.article_id))
    found = first(tmp_path, "Which ferry sank in 1999?", Filters(as_of=MARCH))
    assert found == [one.article_id for one in in_order[:5]]


def test_age_decides_where_the_question_asks_for_the_present(tmp_path: Path) -> None:
    """The newest comes first for who asks at its time; asked about another year, or long after, age decides nothing."""
    old = article("old", "The regatta began.", title="Regatta", published_at=MARCH - timedelta(days=900))
    new = replace(old, article_id="f" * 16, url="https://news.example/new", published_at=MARCH - timedelta(days=2))
    fill(tmp_path, old, new)
    then = Filters(as_of=MARCH)
    assert first(tmp_path, "When does the regatta begin?", then, limit=1) == [new.article_id]
    assert first(tmp_path, "latest regatta", limit=1) == [new.article_id]
    assert first(tmp_path, "When did the regatta of 2022 begin?", then, limit=1) == [old.article_id]


def test_a_question_about_long_ago_finds_what_is_about_it(tmp_path: Path) -> None:
    """An old article about the matter comes before a new one that names one word of it."""
    about = article("then", "Mara Lind won the harbour vote.", published_at=MARCH - timedelta(days=1_100))
    other = article("now", "A harbour crane fell.", title="Crane falls", published_at=MARCH)
    fill(tmp_path, about, other)
    assert first(tmp_path, "Who won the harbour vote in 2022?", Filters(as_of=MARCH), limit=1) == [about.article_id]


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an article about talks and others that share words with it."""
    others = [article(f"other{n}", f"The minister of port {n} spoke on Monday.", title=f"Port {n}") for n in range(9)]
    about = article("talks", "Envoys from Ellery led the talks in Doha.", title="Envoy leads Doha talks")
    return fill(tmp_path_factory.mktemp("talks"), about, *others)


@pytest.mark.parametrize(
    "question",
    [
        "doha talks",
        "who lead doha talk",
        "WHO LED THE DOHA TALKS???",
        "“Envoys from Ellery led the talks”",
        'title:"Doha" AND (talks OR NOT led)',
        "Doha " + "and what else was said on Monday by whom and why " * 20,
    ],
)
def test_a_question_typed_in_any_way_finds_its_article(talks: Path, question: str) -> None:
    """Two words, bad grammar, shouting, quotes, query syntax, two hundred words: its article comes first."""
    assert first(talks, question, limit=1) == [article("talks").article_id]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text(st.characters(categories=["P", "Sm", "Sc", "Z"]), min_size=1, max_size=3), min_size=3, max_size=3)
)
@example(['+("', '"~ ^', " * )"])
def test_marks_around_words_change_nothing(talks: Path, marks: list[str]) -> None:
    """Punctuation, symbols and white space are no words and no query syntax."""
    words = Words(talks / "words")
    before, between, after = marks
    assert words.best(f"{before}doha {between} talks{after}", EVERYTHING, limit=9) == words.best(
        "doha talks", EVERYTHING, limit=9
    )
    assert words.best("".join(marks), EVERYTHING, limit=9) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["doha", "Talks", "the", "of", "monday", "Häuser", "2025", "now", "?", "…"]), max_size=300)
    | st.lists(st.text(max_size=9), max_size=300)
)
def test_every_question_gets_a_sensible_reply(talks: Path, words: list[str]) -> None:
    """Of any length and kind, a question is answered with each article once, best first, by shares of what could be."""
    index = reader(talks)
    question = " ".join(words)
    found = index.search(question, EVERYTHING, limit=99, per_article=1)
    assert len({passage.article.article_id for passage in found}) == len(found) == 10
    scores = [passage.score for passage in found]
    assert scores == sorted(scores, reverse=True)
    for candidate in index.candidates(question, EVERYTHING):
        assert all(0.0 <= value <= 1.0001 for value in candidate.relevance[:-1])
        assert 0.0 <= candidate.relevance.freshness <= 2.0
    index.close()


def test_weights_are_shares() -> None:
    """A score is a weighted mean, so that it can be read: weights are positive and add up to 1."""
    assert min(WEIGHTS) > 0
    assert sum(WEIGHTS) == pytest.approx(1.0)


@given(st.lists(st.integers(0, 5)), st.integers(1, 9))
def test_a_cut_parts_no_equals(numbers: list[int], limit: int) -> None:
    """At least as many as asked for are kept, where there are as many, and none is dropped that equals a kept one."""
    scores = sorted((number / 5 for number in numbers), reverse=True)
    kept = cut(scores, limit)
    assert kept >= min(limit, len(scores))
    assert not set(scores[:kept]) & set(scores[kept:])
    assert kept <= limit or scores[kept - 1] == scores[limit - 1]
