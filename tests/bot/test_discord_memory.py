"""What the bot remembers: answers as they were given, for a limited time; one vote a person; and nothing for ever."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remembering import remembering

from bot.answering import Answer, Citation, Claim, Question, Turn
from bot.discord import memory as memory_module
from bot.discord.database import Database
from bot.discord.kept import Place
from bot.written import read, written
from index_store import ArticleSummary, Filters, MismatchError

DAY_S = 86_400.0
HERE = Place(user_id=7, channel_id=11, guild_id=13)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
moments = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
summaries = st.builds(ArticleSummary, texts, texts, texts, st.none() | texts, moments)
citations = st.builds(
    Citation, n=st.just(1), article_id=texts, version=st.integers(1, 9), url=texts, title=texts,
    publisher=st.none() | texts, authors=st.lists(texts, max_size=2).map(tuple), published_at=moments, quote=texts,
    start=st.integers(0, 99), end=st.integers(0, 99), also_in=st.lists(summaries, max_size=2).map(tuple),
)  # fmt: skip
claims = st.builds(Claim, texts, st.just((1,)), st.sampled_from(["confirmed", "single-source", "disputed"]))
filters = st.builds(Filters, moments, moments, moments, st.lists(texts, max_size=2).map(tuple))
answers = st.builds(
    Answer, question=st.builds(Question, texts, filters), standalone_question=texts,
    claims=st.lists(claims, max_size=3).map(tuple), citations=st.lists(citations, max_size=3).map(tuple),
    reason=st.none() | texts, nearest=st.lists(summaries, max_size=3).map(tuple), mode=st.just("extractive"),
    elapsed_ms=st.floats(0, 1e6), window=filters,
)  # fmt: skip


def answer(text: str = "Who?", *, article_ids: tuple[str, ...] = (), said: str = "") -> Answer:
    """An answer that quotes these articles, or an abstention."""
    cited = tuple(
        Citation(n, one, 1, f"https://quay.example/{one}", "t", None, (), None, said, 0, len(said))
        for n, one in enumerate(article_ids, start=1)
    )
    made = tuple(Claim(said, (citation.n,), "single-source") for citation in cited)
    return Answer(Question(text), text, made, cited, None if made else "No.", (), "extractive", 1.0)


class HandSetClock:
    """A clock that only a test moves; it begins in 2025."""

    now_s = 1_740_000_000.0

    def __call__(self) -> float:
        """Return the time in seconds since 1970."""
        return self.now_s


@given(answers)
def test_an_answer_is_read_as_it_was_written(given_answer: Answer) -> None:
    """Question, filters, claims, citations with version and span: all comes back, to the letter."""
    assert read(written(given_answer)) == given_answer


def test_a_written_answer_leaves_the_conversation_out() -> None:
    """What was said before has answers of its own; it is not written down once more."""
    asked = Question("And he?", conversation=(Turn("Who is it?", "Ada Quist"),))
    assert read(written(replace(answer(), question=asked))).question == Question("And he?")


def test_answers_survive_the_process(tmp_path: Path) -> None:
    """An answer is found again by its number and by its message, by a bot that was started anew."""
    file = tmp_path / "new" / "discord.sqlite"
    given_answer = answer(article_ids=("a1", "b2"), said="She said so.")
    with remembering(file, keep_days=30) as memory:
        answer_id = memory.keep(given_answer, HERE)
        memory.sent(answer_id, 99)
    with remembering(file, keep_days=30) as memory:
        kept = memory.answer(answer_id)
        assert kept is not None
        assert (kept.answer, kept.place, kept.message_id) == (given_answer, HERE, 99)
        assert memory.answer_of(99) == kept
        assert memory.answer_of(98) is memory.answer(answer_id + 1) is None


KEEPING = """
import sys
from pathlib import Path
from bot.answering import Answer, Question
from bot.discord.database import Database
from bot.discord.kept import Place
from bot.discord.memory import Memory
memory = Memory(Database.open(Path(sys.argv[1])), keep_days=30)
for n in range(100_000):
    answer = Answer(Question(f"question {n}"), "q", (), (), "No.", (), "extractive", 1.0)
    print(memory.keep(answer, Place(7, 11)), flush=True)
"""


def test_a_killed_bot_remembers_what_it_kept(tmp_path: Path) -> None:
    """After kill -9 in the middle of keeping, every answer that was kept is there, and the file is sound."""
    with subprocess.Popen([sys.executable, "-c", KEEPING, tmp_path / "m"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        numbers = [int(process.stdout.readline()) for _ in range(50)]
        process.kill()
    with remembering(tmp_path / "m", keep_days=30) as memory:
        assert all(memory.answer(number) for number in numbers)
    with closing(sqlite3.connect(tmp_path / "m")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_answers_go_when_their_time_has_come(tmp_path: Path) -> None:
    """After the days that the setting says an answer is not found any more, and soon not in the file either."""
    clock = HandSetClock()
    with remembering(tmp_path / "m", clock=clock) as memory:
        old = memory.keep(answer(article_ids=("a1",), said="So."), HERE)
        memory.vote(old, 7, good=True)
        clock.now_s += 2 * DAY_S - 1
        assert memory.answer(old) is not None
        young = memory.keep(answer(), HERE, follows=old)
        clock.now_s += 2
        assert memory.answer(old) is None
        memory.prune()
        kept = memory.answer(young)
        assert kept is not None
        assert kept.follows is None
        assert memory.votes(old) == (0, 0)
        assert memory.keep(answer(), HERE) > young


def test_no_more_answers_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit the oldest answers go."""
    monkeypatch.setattr(memory_module, "MOST_ANSWERS", 3)
    with remembering(tmp_path / "m") as memory:
        numbers = [memory.keep(answer(), HERE) for _ in range(5)]
        memory.prune()
        assert [memory.answer(number) is not None for number in numbers] == [False, False, True, True, True]


def test_one_vote_a_person(tmp_path: Path) -> None:
    """A later vote takes the place of an earlier one; an answer that is not kept takes none."""
    with remembering(tmp_path / "m") as memory:
        answer_id = memory.keep(answer(), HERE)
        for user, good in ((1, True), (2, True), (1, False), (1, False)):
            assert memory.vote(answer_id, user, good=good, complaint="wrong \ud800" * 1_000)
        assert memory.votes(answer_id) == (1, 1)
        assert not memory.vote(answer_id + 1, 1, good=True)


def test_the_conversation_before_an_answer(tmp_path: Path) -> None:
    """Turns come oldest first, this one last, and no more than five."""
    with remembering(tmp_path / "m") as memory:
        last = None
        for n in range(7):
            last = memory.keep(answer(f"question {n}"), HERE, follows=last)
        kept = memory.answer(last or 0)
        assert kept is not None
        assert [turn.question for turn in memory.conversation(kept)] == [f"question {n}" for n in range(2, 7)]


def test_the_latest_answer_of_a_channel(tmp_path: Path) -> None:
    """A user's last answer counts for a while, a private one never, another channel's neither."""
    clock = HandSetClock()
    with remembering(tmp_path / "m", clock=clock) as memory:
        mine = memory.keep(answer(), HERE)
        memory.keep(answer(), replace(HERE, private=True))
        theirs = memory.keep(answer(), replace(HERE, user_id=8))
        clock.now_s += 60
        latest = [
            memory.latest(11),
            memory.latest(11, user_id=7, within_s=61),
            memory.latest(11, user_id=7, within_s=59),
            memory.latest(12),
        ]
        assert [kept and kept.answer_id for kept in latest] == [theirs, mine, None, None]


def test_answers_that_quote_an_article(tmp_path: Path) -> None:
    """They are found by article, newest first: of this server, and only what everybody there may see."""
    with remembering(tmp_path / "m") as memory:
        numbers = {
            name: memory.keep(answer(article_ids=("a1", "b2"), said="So."), place)
            for name, place in (
                ("first", HERE),
                ("second", HERE),
                ("private", replace(HERE, private=True)),
                ("elsewhere", replace(HERE, guild_id=14)),
            )
        }
        for number in numbers.values():
            memory.sent(number, 1_000 + number)
        memory.keep(answer(article_ids=("a1",), said="Never sent."), HERE)
        found = memory.quoting(["a1", "zz"], guild_id=13, limit=5)
        assert [kept.answer_id for kept in found] == [numbers["second"], numbers["first"]]
        assert memory.quoting([], guild_id=13, limit=5) == memory.quoting(["zz"], guild_id=13, limit=5) == ()


def test_a_person_is_forgotten(tmp_path: Path) -> None:
    """Questions, their answers and votes of a person go, also from the file; those of others stay."""
    file = tmp_path / "m"
    with remembering(file) as memory:
        mine, theirs = memory.keep(answer("my secret matter"), HERE), memory.keep(answer(), replace(HERE, user_id=8))
        memory.vote(mine, 8, good=True)
        memory.vote(theirs, 7, good=True)
        memory.vote(theirs, 8, good=True)
        trace = memory.trace(7)
        assert (trace.answers, trace.votes, trace.oldest is not None) == (1, 1, True)
        assert memory.forget(7)
        assert (memory.trace(7).answers, memory.trace(7).votes, memory.trace(7).oldest) == (0, 0, None)
        assert memory.answer(mine) is None
        assert memory.votes(theirs) == (1, 0)
    assert b"my secret matter" not in file.read_bytes()


def test_who_may_see_an_answer(tmp_path: Path) -> None:
    """Whoever is in its channel; a private one is for its asker alone."""
    with remembering(tmp_path / "m") as memory:
        public = memory.answer(memory.keep(answer(), HERE))
        private = memory.answer(memory.keep(answer(), replace(HERE, private=True)))
    assert public is not None
    assert private is not None
    assert [public.may_be_seen_by(8, 11), public.may_be_seen_by(8, 12)] == [True, False]
    assert [private.may_be_seen_by(8, 11), private.may_be_seen_by(7, 11)] == [False, True]


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    """Another program's database, a newer format and no database at all are refused, with what to do."""
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE things (name)")
    with closing(sqlite3.connect(tmp_path / "newer")) as newer:
        newer.execute("PRAGMA user_version = 99")
    (tmp_path / "none").write_text("no database " * 1_000)
    for name, told in (("other", "another program"), ("newer", "format 99"), ("none", "cannot be read")):
        with pytest.raises(MismatchError, match=told) as refusal:
            Database.open(tmp_path / name)
        assert "Move it away" in refusal.value.remedy


def test_an_answer_that_cannot_be_read_is_not_kept(tmp_path: Path) -> None:
    """A row that another version of Dateline wrote in its own way costs that answer, and nothing else."""
    with remembering(tmp_path / "m") as memory:
        answer_id, other = memory.keep(answer(), HERE), memory.keep(answer(), HERE)
        with closing(sqlite3.connect(tmp_path / "m", isolation_level=None)) as connection:
            connection.execute("UPDATE answers SET answer = '{}' WHERE answer_id = ?", (answer_id,))
        assert memory.answer(answer_id) is None
        assert memory.answer(other) is not None
