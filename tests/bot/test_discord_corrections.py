"""What is said under an answer when its articles change, and which answers have to say it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hostile import hostile
from hypothesis import given
from hypothesis import strategies as st
from remembering import remembering
from test_discord_memory import HERE, answer
from test_render_discord_details import cited, fits, quiet

from bot.answering import Answer, Claim, Question
from bot.corrections import Correction, Fate, corrections, stands
from bot.discord import database
from bot.discord.database import Database
from bot.render.discord import answer_message, with_line
from bot.render.discord_corrections import correction_lines
from index_store import Article, Filters, Lifetime, Version

GIVEN = datetime(2025, 3, 5, 12, tzinfo=UTC)
LATER = GIVEN + timedelta(hours=3)
SAID, OTHER = "The envoy was Ada Quist.", "Talks lasted nine days."


def quoting(*quotes: str, as_of: datetime | None = None) -> Answer:
    """An answer that quotes an article in its first version."""
    citations = tuple(cited(n, quote) for n, quote in enumerate(quotes, 1))
    claims = tuple(Claim(one.quote, (one.n,), "single-source") for one in citations)
    question = Question("Who?", Filters(as_of=as_of))
    return Answer(question, "Who?", claims, citations, None, (), "extractive", 1.0)


def became(text: str | None, *, number: int = 2, at: datetime = LATER) -> dict[str, Fate]:
    """What became of that article: its second version holds this text; None for one that was removed."""
    article_id = quoting(SAID).citations[0].article_id
    first = Lifetime(1, GIVEN - timedelta(days=1), at)
    if text is None:
        return {article_id: Fate((first,), None)}
    article = Article(article_id, "https://quay.example/1", "Envoy", text)
    return {article_id: Fate((first, Lifetime(number, at, None)), Version(article, number, at, GIVEN))}


def said(given_answer: Answer, fates: dict[str, Fate]) -> str:
    """What the answer's message says."""
    return correction_lines(corrections(given_answer, GIVEN, fates))


def test_a_quote_that_is_gone_is_told() -> None:
    """Which one, whose, and since when; the quote that still stands is not named."""
    told = said(quoting(SAID, OTHER), became(f"The envoy was Odo Brandt. {OTHER}"))
    assert told == (
        f"⚠️ **Corrected since:** **Quay Mail** changed its article on <t:{int(LATER.timestamp())}:D> "
        rf"(<t:{int(LATER.timestamp())}:R>); the quote **\[1\]** is no longer in it."
    )
    assert r"the quotes **\[1\]\[2\]** are no longer in it" in said(quoting(SAID, OTHER), became("Else."))


def test_a_withdrawn_article_is_told() -> None:
    """Every quote of it is named in one line, with when it was removed."""
    told = said(quoting(SAID, OTHER), became(None))
    moment = int(LATER.timestamp())
    assert told.startswith("⚠️ **Withdrawn since:** the article of **Quay Mail** behind **\\[1\\]\\[2\\]** was removed")
    assert f"<t:{moment}:D>" in told


@pytest.mark.parametrize("text", [f"New lead. {SAID}", "The envoy\nwas   Ada Quist.", f"“{SAID}”"])
def test_a_quote_that_still_stands_says_nothing(text: str) -> None:
    """What was read is still there, word for word, wherever it moved and however its lines break."""
    assert not said(quoting(SAID), became(text))


@pytest.mark.parametrize(
    "text", ["the envoy was Ada Quist.", "The envoy was Ada Quist", "The envoy was not Ada Quist."]
)
def test_other_words_are_no_longer_the_quote(text: str) -> None:
    """Another letter, full stop or word is another sentence."""
    assert said(quoting(SAID), became(text))


def test_a_number_within_a_number_is_another() -> None:
    """“10” does not stand in “100”, nor in “10.5”."""
    assert not stands("It killed 10", "It killed 100")
    assert not stands("It killed 10.", "It killed 10.5 percent")
    assert stands("It killed 10", "Oh: It killed 10, they said")


@given(st.text(min_size=1), st.text(), st.text())
def test_a_sentence_stands_in_what_holds_it(quote: str, before: str, after: str) -> None:
    """Whatever it consists of; in itself it always stands."""
    assert stands(quote, f"{before} {quote} {after}")


def test_an_answer_about_an_earlier_time_is_left_alone() -> None:
    """As of a time, a version that was replaced before the answer was given is quoted on purpose."""
    before = GIVEN - timedelta(hours=1)
    assert not said(quoting(SAID, as_of=before), became("Else.", at=before))
    assert said(quoting(SAID, as_of=GIVEN), became("Else.", at=LATER))
    assert said(quoting(SAID), became("Else.", at=before))  # committed while the answer was being made


def test_nothing_known_of_an_article_says_nothing() -> None:
    """An index that was begun anew has withdrawn nothing; one whose current version is quoted has not, either."""
    assert not said(quoting(SAID), {})
    assert not said(quoting(SAID), became("Else.", number=1))


@given(st.lists(hostile, min_size=1, max_size=9), st.booleans())
def test_whatever_is_told_is_harmless(publishers: list[str], withdrawn: bool) -> None:  # noqa: FBT001
    """A publisher's name breaks out of nothing, and the longest answer still fits with what is told above it."""
    found = [
        Correction(replace(cited(n, SAID), publisher=name), tuple(range(1, 12)), LATER, withdrawn)
        for n, name in enumerate(publishers, 1)
    ]
    message = with_line(answer_message(quoting(*[f"{SAID} " * 40] * 9)), correction_lines(found))
    assert fits(message)
    assert quiet(message)


def test_which_answers_are_behind(tmp_path: Path) -> None:
    """Those that were sent for all to see and quote an article that moved, newest first, until they agree."""
    with remembering(tmp_path / "m") as memory:
        first, second, hidden, unsent = (
            memory.keep(answer(article_ids=("a1", "b2"), said="So."), replace(HERE, private=private))
            for private in (False, False, True, False)
        )
        for number in (first, second, hidden):
            memory.sent(number, 1_000 + number)
        assert memory.sent_count == 3
        assert memory.compared() == {"a1": (1, 1), "b2": (1, 1)}
        assert memory.behind({"a1": 1}) == ()
        assert memory.behind({"a1": 2}) == (second, first)
        memory.agrees(second, {"a1": 2, "b2": 1}, "⚠️ so")
        assert memory.behind({"a1": 2}) == (first,)
        assert memory.behind({"a1": 2, "b2": 0}) == (second, first)
        memory.leave(first)
        assert memory.behind({"a1": 3}) == (second,)
        memory.sent(unsent, 2_000)
        assert memory.behind({"a1": 3}) == (unsent, second)
        kept = memory.answer(second)
        assert kept is not None
        assert kept.told == "⚠️ so"


def test_an_older_file_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers kept by the format before are compared with the versions that they quote; private ones never."""
    with monkeypatch.context() as patch:
        patch.setattr(database, "_FORMATS", database._FORMATS[:1])
        Database.open(tmp_path / "m").close()
    with remembering(tmp_path / "new") as memory:
        memory.keep(answer(article_ids=("a1",), said="So."), HERE)
    with closing(sqlite3.connect(tmp_path / "m", isolation_level=None)) as old:
        old.execute("ATTACH ? AS new", (str(tmp_path / "new"),))
        for number, private in ((1, 0), (2, 1)):
            old.execute(
                "INSERT INTO answers SELECT ?, given_at, guild_id, channel_id, user_id, ?, 9, NULL, answer "
                "FROM new.answers",
                (number, private),
            )
            old.execute("INSERT INTO quoted VALUES ('a1', ?)", (number,))
        old.execute("INSERT INTO answers SELECT 3, 0, NULL, 1, 1, 0, 9, NULL, 'broken'")
    with remembering(tmp_path / "m") as memory:
        assert memory.compared() == {"a1": (1, 1)}
        assert memory.behind({"a1": 2}) == (1,)
