"""From sentences to citations, over articles and questions that chance wrote."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering import Answerer, Question
from bot.answering.claims import MOST_CLAIMS, MOST_WORDS, Statement, choose, cite
from bot.answering.evidence import Features, Matter, Sentence
from bot.answering.question import understand
from bot.render.as_json import answer_json
from index_store import (
    Article,
    Chunk,
    Filters,
    NewsIndex,
    Passage,
    PassageEncoder,
    Relevance,
    Span,
    Version,
    open_catalog,
    open_writer,
)
from index_store.compiled import CompiledModel
from ingest.chunking import cut, embedded_text

NOW = datetime(2025, 6, 1, tzinfo=UTC)
ARTICLES = (
    Article(
        "a" * 16, "https://quay.example/bridge", "Port Maren opens its new bridge",
        "The new bridge of Port Maren opened on Monday, four years late.\n\nMayor Ines Caldeira cut the ribbon. "
        "She thanked the 300 workers who built it.\n\n"
        "The bridge cost 90 million euros, twice what was planned in 2018. Lorries may cross from July.",
        ("Ada Quist",), "Quay Mail", datetime(2025, 5, 5, tzinfo=UTC), "record", "en",
    ),
    Article(
        "b" * 16, "https://harbour.example/ferry", "Ferry to Valdren is cancelled",
        "The ferry to Valdren will stop on 1 June, since the bridge takes its passengers.\n\n“Nobody asked us,” said "
        "captain Bo Lind. He has steered it since 1998.\u200b\n\nValdren has 1,200 inhabitants. “We’ll manage.” 🙂",
        (), "Harbour Post", datetime(2025, 5, 20, tzinfo=UTC), "record", "en",
    ),
    Article(
        "c" * 16, "https://science.example/glacier", "Glacier survey",
        "Glaciologist Mara Lindqvist led the survey of the Valdren glacier. It lost ten per cent of its ice "
        "between 2015 and 2024, the survey found. \xa0Radar was used.\n\n"
        + "The ice was measured again and again. " * 30,
    ),
)  # fmt: skip
WORDS = sorted({word for one in ARTICLES for word in f"{one.title} {one.text}".split()})
ASKING = "who what when where how many much did is of in led cost Zanzibar 1844 ? ' \" ( AND title:x".split()  # noqa: SIM905
asked = st.lists(st.sampled_from(WORDS) | st.sampled_from(ASKING), min_size=1, max_size=12).map(" ".join)
windows = st.builds(
    Filters,
    st.none() | st.sampled_from((datetime(2025, 5, 10, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC))),
    st.none(),
    st.none() | st.sampled_from((datetime(2025, 5, 10, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))),
    st.sampled_from(((), ("quay MAIL",), ("Nobody",))),
)


@pytest.fixture(scope="module")
def index(
    tmp_path_factory: pytest.TempPathFactory, encoder: PassageEncoder, compiled_model: Path
) -> Iterator[NewsIndex]:
    """Three articles, cut and embedded as a run does it."""
    folder = tmp_path_factory.mktemp("citations")
    entries = [(one, cut(one, chunk_pieces=40, pieces=encoder.pieces)) for one in ARTICLES]
    texts = [
        embedded_text(one, chunk, window=encoder.window, pieces=encoder.pieces)
        for one, chunks in entries
        for chunk in chunks
    ]
    with open_writer(folder, recipe="for tests") as writer:
        writer.replace(entries, encoder.encode_passages(texts))
    opened = NewsIndex(folder, open_catalog(folder), CompiledModel(compiled_model), resident=False)
    yield opened
    opened.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked, windows)
def test_whatever_is_asked_is_answered_from_the_articles_or_declined(
    index: NewsIndex, text: str, filters: Filters
) -> None:
    """Every quote is its span of an article that passes; a refusal has a reason and names at most three articles."""
    answer = Answerer(index).ask(Question(text, filters))
    stored = {one.article_id: one for one in ARTICLES}
    assert [citation.n for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert list(dict.fromkeys(n for claim in answer.claims for n in claim.citations)) == [c.n for c in answer.citations]
    for citation in answer.citations:
        article = stored[citation.article_id]
        assert article.text[citation.start : citation.end] == citation.quote != ""
        assert (citation.url, citation.title, citation.publisher, citation.published_at) == (
            article.url, article.title, article.publisher, article.published_at,
        )  # fmt: skip
        assert _passes(article, filters)
    assert answer.abstained == bool(answer.reason) == (not answer.citations)
    assert len(answer.nearest) <= 3 * answer.abstained
    assert len(set(answer.nearest)) == len(answer.nearest)
    assert all(_passes(stored[summary.article_id], filters) for summary in answer.nearest)
    assert answer_json(answer)["abstained"] == answer.abstained


def _passes(article: Article, filters: Filters) -> bool:
    date = article.published_at
    names = {name.casefold() for name in filters.publishers}
    return (
        (not filters.since or (date is not None and date >= filters.since))
        and (not filters.as_of or (date or datetime.now(UTC)) <= filters.as_of)
        and (not names or (article.publisher or "").casefold() in names)
    )


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("Who led the survey of the glacier?", "Glaciologist Mara Lindqvist led the survey of the Valdren glacier."),
        ("How much did the bridge cost?", "The bridge cost 90 million euros, twice what was planned in 2018."),
        (
            "When will the ferry stop?",
            "The ferry to Valdren will stop on 1 June, since the bridge takes its passengers.",
        ),
        (
            "How many workers did the mayor thank?",
            "Mayor Ines Caldeira cut the ribbon. She thanked the 300 workers who built it.",
        ),
    ],
)
def test_plain_questions_are_answered(index: NewsIndex, question: str, quoted: str) -> None:
    """A question whose answer is a sentence of an article is answered with that sentence first."""
    assert Answerer(index).ask(Question(question)).citations[0].quote == quoted


spans = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: Span(*sorted(pair)))
TEXT = ARTICLES[0].text


def sentence(span: Span, score: float = 1.0, *, article: Article = ARTICLES[0]) -> Sentence:
    """A sentence at a span of an article."""
    chunk = Chunk(article.article_id, 0, 0, len(article.text), article.text, (span,))
    relevance = Relevance(1.0, 1.0, 1.0, 1.0, 1.0)
    features = Features(*(score if name == "asked" else 0.0 for name in Features._fields))
    return Sentence(Passage(article, 1, chunk, relevance, 1.0, 1.0, 1.0), span, features)


@given(st.lists(st.tuples(spans, st.booleans()), max_size=8, unique_by=lambda pair: pair[0]))
def test_only_what_the_stored_version_holds_is_cited(wanted: list[tuple[Span, bool]]) -> None:
    """Of true and forged sentences the true ones are cited, in their order, numbered from one without gaps."""
    forged = replace(ARTICLES[0], text=TEXT.swapcase())
    sentences = [sentence(span, article=ARTICLES[0] if true else forged) for span, true in wanted]
    claims, citations = cite(
        [Statement(one) for one in sentences], lambda _, number: Version(ARTICLES[0], number, NOW, NOW)
    )
    held = [TEXT[a:b] for (a, b), true in wanted if TEXT[a:b] and (true or TEXT[a:b] == TEXT[a:b].swapcase())]
    assert [citation.quote for citation in citations] == held
    assert [citation.n for citation in citations] == list(range(1, len(held) + 1))
    assert [claim.citations for claim in claims] == [(n,) for n in range(1, len(held) + 1)]


ASKED = understand("What opened on the bridge?", terms=str.split, now=NOW)
MATTER = Matter(
    ASKED,
    terms=str.split,
    rarity=lambda term: len(term) / 4,
)


@given(st.lists(st.tuples(spans, st.floats(0, 2), st.sampled_from(ARTICLES)), max_size=12))
def test_what_is_said_stays_short(wanted: list[tuple[Span, float, Article]]) -> None:
    """The best sentence is said first, and others that neither overlap it nor make the answer too long."""
    ranked = sorted((sentence(s, score, article=a) for s, score, a in wanted), key=lambda one: -one.score)
    chosen = [statement.sentence for statement in choose(ranked, ASKED, MATTER)]
    assert chosen[:1] == ranked[:1]
    assert len(chosen) <= MOST_CLAIMS
    assert set(chosen) <= set(ranked)
    assert len(chosen) <= 1 or sum(len(one.text.split()) for one in chosen) <= MOST_WORDS
    for first, second in combinations(chosen, 2):
        if first.passage.article == second.passage.article:
            assert first.span.end <= second.span.start or second.span.end <= first.span.start
