"""What Discord shows beside answers fits its limits and does nothing, whatever strangers wrote."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from hostile import hostile, long_hostile
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))
from discord_rules import message_faults

from bot.answering import Answer, Citation, Claim, Question
from bot.render.discord import AnswerMessage, answer_message, with_line
from bot.render.discord_details import (
    added_message,
    article_message,
    articles_message,
    holdings_message,
    posted_message,
    privacy_message,
    source_message,
    what_changed,
    why_message,
)
from bot.render.markup import link, timestamp
from index_store import Article, ArticleSummary, Filters, Version

NOW = datetime(2025, 3, 5, 18, 30, tzinfo=UTC)
URL = "https://quay.example/1"
names = st.none() | hostile
summaries = st.builds(ArticleSummary, st.text("0123456789abcdef", max_size=16), hostile, hostile, names, st.just(NOW))
claims = st.builds(Claim, long_hostile, st.just((1, 2)), st.sampled_from(["confirmed", "single-source", "disputed"]))


def cited(n: int, text: str = "So.", *, article_id: str = "a1", start: int = 0, title: str = "t") -> Citation:
    """A citation of an article of the Quay Mail."""
    return Citation(n, article_id, 1, URL, title, "Quay Mail", (), NOW, text, start, start + len(text))


def answered(claims_made: tuple[Claim, ...], *, sources: tuple[Citation, ...], question: str = "Who?") -> Answer:
    """An answer, or an abstention where nothing is claimed."""
    reason = None if claims_made else "The articles don't say."
    return Answer(Question(question), question, claims_made, sources, reason, (), "extractive", 1.0)


def fits(message: AnswerMessage) -> bool:
    """Whether Discord would take the message."""
    fields = [{"name": field.name, "value": field.value} for field in message.fields]
    embed = {"title": message.title, "description": message.description, "fields": fields}
    footer = {"footer": {"text": message.footer}} if message.footer else {}
    return not message_faults({"embeds": [embed | footer]})


def quiet(message: AnswerMessage) -> bool:
    """Whether nobody is mentioned and no stranger's address is live."""
    text = "\n".join((message.description, *(field.value for field in message.fields)))
    live = text.replace("\\@", "").replace("\\<", "").replace("\\[", "").replace("\\]", "").replace("\\:", "")
    return "@everyone" not in live and "<@" not in live and "](http://evil.example)" not in live


@settings(max_examples=60)
@given(long_hostile, hostile, hostile, st.none() | st.integers(1, 3))
def test_sources_are_harmless(quote: str, before: str, title: str, newest: int | None) -> None:
    """A quote in its context, whatever stands around it."""
    article = Article("a1", URL, title or "t", before + quote + before or "x", publisher=before)
    version = Version(article, 1, NOW, NOW)
    citation = cited(1, quote, start=len(before), title=title)
    for kept in (version, None):
        message = source_message(citation, kept, newest=newest, stands=True, of=3)
        assert fits(message)
        assert quiet(message)
    assert fits(article_message(version))
    assert quiet(article_message(version))


def test_a_source_sets_its_quote_off() -> None:
    """What stands before and after is cut at words; the quote has a line of its own, with its version and fate."""
    text = f"{'one two three ' * 60}The envoy was Ada Quist. {'four five six ' * 60}"
    start = text.index("The envoy")
    version = Version(Article("a1", URL, "Envoy named", text), 1, NOW, NOW)
    citation = cited(2, "The envoy was Ada Quist.", start=start)
    shown = source_message(citation, version, newest=1, stands=True, of=4)
    assert shown.title == "Source 2 of 4"
    before, quote, after = shown.description.split("\n")[-3:]
    assert quote == "> **The envoy was Ada Quist.**"
    assert before.startswith("… ")
    assert before.split()[1] in {"one", "two", "three"}
    assert after.endswith(" …")
    assert after.split()[-2] in {"four", "five", "six"}
    assert "the current one" in shown.description
    assert "version 3 is the current one" in source_message(citation, version, newest=3, stands=False, of=4).description
    assert "removed since" in source_message(citation, None, newest=None, stands=False, of=4).description


@settings(max_examples=60)
@given(st.lists(claims, max_size=14).map(tuple), long_hostile, st.lists(hostile, max_size=3).map(tuple))
def test_grounds_are_harmless(made: tuple[Claim, ...], question: str, publishers: tuple[str, ...]) -> None:
    """Why an answer says what it says, and the line over one that was asked for again."""
    answer = answered(made, sources=(cited(1), cited(2)), question=question)
    window = Filters(since=NOW, publishers=publishers)
    message = why_message(Answer(**{name: getattr(answer, name) for name in answer.__slots__} | {"window": window}))
    assert fits(message)
    assert quiet(message)
    assert fits(with_line(answer_message(answer), what_changed(answer, answer, NOW)))


def test_grounds_of_many_claims() -> None:
    """What is too long for one message is counted; one article alone is not called independent."""
    many = answered((Claim("word " * 60, (1,), "single-source"),) * 14, sources=(cited(1),))
    told = why_message(many)
    assert fits(told)
    assert "**single source**: 1 source (Quay Mail)" in told.description
    assert re.search(r"\*… and \d+ more\.\*$", told.description)


def test_grounds_name_independent_sources() -> None:
    """Two articles are two sources, however often they are quoted; what was searched is named."""
    claim = Claim("The envoy was Ada Quist.", (1, 2, 3), "confirmed")
    sources = (cited(1), cited(2, article_id="b2"), cited(3, article_id="b2"))
    told = why_message(answered((claim,), sources=sources, question="Who was it?"))
    assert "**confirmed**: 2 independent sources (Quay Mail)" in told.description
    assert [field.value for field in told.fields] == ["Who was it?", "all indexed articles"]
    nothing = why_message(answered((), sources=()))
    assert "The articles don't say." in [field.value for field in nothing.fields]


def test_what_changed() -> None:
    """The same claims, other claims, more sources, and nothing said before or now are told apart."""
    claim, other = Claim("It is so.", (1,), "single-source"), Claim("It is not.", (1,), "single-source")
    old = answered((claim,), sources=(cited(1),))
    more = answered((claim,), sources=(cited(1), cited(2, article_id="b2")))
    none = answered((), sources=())
    told = [what_changed(*pair, NOW) for pair in ((old, old), (old, answered((other,), sources=(cited(1),))))]
    told += [what_changed(old, more, NOW), what_changed(none, none, NOW), what_changed(none, old, NOW)]
    starts = ["**Nothing has changed**", "**Changed**", "**The same claims**", "**Still nothing**", "**Changed**"]
    assert [line.startswith(start) for line, start in zip(told, starts, strict=True)] == [True] * 5
    assert timestamp(NOW) in told[0]


@settings(max_examples=40)
@given(st.lists(summaries, max_size=30), st.lists(st.tuples(names, st.integers(0, 9)), max_size=300), hostile)
def test_lists_are_harmless(
    articles: list[ArticleSummary], publishers: list[tuple[str | None, int]], text: str
) -> None:
    """Lists of articles, of publishers, of links and of earlier answers fit, and do nothing."""
    messages = (
        articles_message(f"Latest on {text}", articles, otherwise="Nothing."),
        holdings_message(publishers, NOW),
        posted_message(articles, articles, [(text, NOW, "https://discord.com/channels/1/2/3")] * 5),
        added_message([(text, text, True)] * 6),
        privacy_message(answers=1, votes=0, oldest=None, keep_days=30),
    )
    assert all(map(fits, messages))
    assert all(map(quiet, messages[1:]))


def test_long_lists_say_how_much_is_left_out() -> None:
    """What does not fit is counted."""
    told = holdings_message([(f"Publisher {n} of the north", 1) for n in range(400)], NOW).description
    assert "**400 articles** of 400 publishers" in told
    assert told.endswith(" more.*")


def test_a_line_over_a_full_answer_drops_its_last_sources() -> None:
    """A line put above an answer that fills its message costs the last citations, never the message."""
    sources = tuple(cited(n, "word " * 400, article_id=str(n)) for n in range(1, 21))
    full = answer_message(answered((Claim("So it is.", (1,), "single-source"),), sources=sources))
    lined = with_line(full, "**Changed** " + link("x" * 200, URL, limit=300))
    assert fits(lined)
    assert len(lined.fields) <= len(full.fields)
