"""The JSON of an answer is a public interface: shared with programs that were written against contracts of old."""

import json
import re
from datetime import UTC, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.answering import Answer, Citation, Claim, Question
from bot.render.as_json import answer_json
from index_store import ArticleSummary, Filters

TEXT, OPTIONAL, NUMBER = str, (str, type(None)), int
FIELDS = {
    "id": object, "question": TEXT, "standalone_question": TEXT, "as_of": OPTIONAL, "window": dict, "answer": TEXT,
    "abstained": bool, "reason": OPTIONAL, "claims": list, "citations": list, "nearest": list, "mode": TEXT,
    "elapsed_ms": float,
}  # fmt: skip
CITATION = {
    "n": NUMBER, "article_id": TEXT, "url": TEXT, "title": TEXT, "publisher": OPTIONAL, "authors": list,
    "published_at": OPTIONAL, "quote": TEXT, "start": NUMBER, "end": NUMBER, "also_in": list,
}  # fmt: skip
NEAREST = {"article_id": TEXT, "url": TEXT, "title": TEXT, "publisher": OPTIONAL, "published_at": OPTIONAL}
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

texts = st.text(max_size=30)
zones = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
moments = st.none() | st.datetimes(timezones=zones).filter(lambda moment: 1900 < moment.year < 2100)
published = st.none() | st.datetimes(timezones=st.just(UTC))
publishers = st.none() | texts
spans = st.integers(0, 10_000)
filters = st.builds(Filters, moments, moments, moments, st.lists(texts, max_size=2).map(tuple))
questions = st.builds(Question, texts, filters, st.none() | texts)
summaries = st.builds(ArticleSummary, texts, texts, texts, publishers, published)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Any answer, and any abstention."""
    names = st.lists(texts, max_size=2).map(tuple)
    copies = st.lists(summaries, max_size=2).map(tuple)
    citations = tuple(
        draw(
            st.builds(
                Citation,
                st.just(n),
                texts,
                st.just(1),
                texts,
                texts,
                publishers,
                names,
                published,
                texts,
                spans,
                spans,
                copies,
            )
        )
        for n in range(1, draw(st.integers(0, 3)) + 1)
    )
    claims = tuple(Claim(draw(texts), (citation.n,), "single-source") for citation in citations)
    reason = None if claims else draw(texts)
    nearest = () if claims else tuple(draw(st.lists(summaries, max_size=3)))
    return Answer(
        draw(questions), draw(texts), claims, citations, reason, nearest, "extractive", draw(st.floats(0, 1e5))
    )


def check(told: dict[str, Any], fields: dict[str, Any]) -> None:
    """Whether each field of the contract is there, of its type."""
    assert fields.keys() <= told.keys()
    for name, kind in fields.items():
        assert isinstance(told[name], kind), name


@given(answers())
def test_every_field_of_the_contract_is_there(answer: Answer) -> None:
    """Whatever the answer, its JSON has every promised field, of the promised type, with every time in UTC."""
    told = json.loads(json.dumps(answer_json(answer)))
    check(told, FIELDS)
    for citation in told["citations"]:
        check(citation, CITATION)
    for claim in told["claims"]:
        check(claim, {"text": TEXT, "citations": list, "support": TEXT})
    copies = [copy for citation in told["citations"] for copy in citation["also_in"]]
    for summary in (*told["nearest"], *copies):
        check(summary, NEAREST)
    times = [told["as_of"], *told["window"].values()]
    times += [article["published_at"] for article in (*told["citations"], *told["nearest"], *copies)]
    assert told["window"].keys() == {"since", "until"}
    assert all(time is None or UTC_TIME.fullmatch(time) for time in times)


@given(answers())
def test_an_abstention_shows_in_every_field(answer: Answer) -> None:
    """An abstention has a reason and neither claims nor citations; an answer has both, and no reason."""
    told = answer_json(answer)
    assert told["abstained"] == (told["reason"] is not None) == (not told["claims"]) == (not told["citations"])
    assert not told["nearest"] or told["abstained"]
    assert {n for claim in told["claims"] for n in claim["citations"]} == {one["n"] for one in told["citations"]}
