"""Every question's way: asked with the conversation before it, kept, and answered even where nothing can be kept."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering import Answer, Question
from bot.discord.database import Database
from bot.discord.desk import Desk
from bot.discord.kept import Place
from bot.discord.memory import Memory
from bot.discord.metrics import Metrics
from bot.discord.questions import QuestionQueue, QueueLimits
from bot.discord.replies import Replies
from bot.discord.rule_book import RuleBook
from bot.render.discord import AnswerMessage, Style
from bot.rules import AnswersArePrivateError, ElsewhereError, GuildRules
from index_store import Filters

HERE = Place(user_id=7, channel_id=11)


class Listening:
    """Abstains, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def ask(self, question: Question) -> Answer:
        """Abstain."""
        self.asked.append(question)
        return Answer(question, question.text, (), (), "The newest is of 5 March 2025.", (), "extractive", 1.0)


def play(folder: Path, scenario: Callable[[Desk, Memory, Listening], Awaitable[None]]) -> None:
    """Play a scenario at a desk of its own."""

    async def run() -> None:
        answerer, metrics = Listening(), Metrics()
        questions = QuestionQueue(answerer, QueueLimits(), metrics)
        with closing(Database.open(folder / "m")) as database:
            memory = Memory(database, keep_days=2)
            await scenario(Desk(questions, Replies(metrics), memory, RuleBook(database)), memory, answerer)
        questions.close()

    asyncio.run(run())


def test_a_follow_up_brings_its_conversation(tmp_path: Path) -> None:
    """What was asked before goes along with the next question, and the chain is kept."""

    async def scenario(desk: Desk, memory: Memory, answerer: Listening) -> None:
        first = await desk.answer(Question("Who is it?"), HERE)
        await desk.note_sent(first, 99)
        follows = memory.answer_of(99)
        second = await desk.answer(Question("And he? \ud800"), HERE, follows=follows)
        assert [turn.question for turn in answerer.asked[1].conversation] == ["Who is it?"]
        kept = memory.answer(second.answer_id or 0)
        assert kept is not None
        assert (kept.follows, kept.answer.question.text) == (first.answer_id, "And he? ?")

    play(tmp_path, scenario)


def test_a_memory_that_fails_costs_no_reply(tmp_path: Path) -> None:
    """With a file that lost its tables the desk still answers; only the buttons are missing."""

    async def scenario(desk: Desk, memory: Memory, answerer: Listening) -> None:
        kept = memory.answer(memory.keep(Listening().ask(Question("Who is it?")), HERE))
        with closing(sqlite3.connect(tmp_path / "m", isolation_level=None)) as connection:
            connection.execute("DROP TABLE votes")
            connection.execute("DROP TABLE answers")
        reply = await desk.answer(Question("And he?"), HERE, follows=kept)
        await desk.note_sent(reply, 99)
        assert reply.answer is not None
        assert isinstance(reply.message, AnswerMessage)
        assert reply.answer_id is None
        assert len(answerer.asked) == 1

    play(tmp_path, scenario)


IN_GUILD = Place(user_id=7, channel_id=11, guild_id=13)
STRICT = GuildRules(channels=(21,), sources=("Quay Mail",), dates="de", answers="private", length="short")


def test_a_server_decides_where_and_of_what(tmp_path: Path) -> None:
    """Elsewhere nothing is asked and the channels are named; in its channels and threads its sources answer."""

    async def scenario(desk: Desk, _: Memory, answerer: Listening) -> None:
        desk.rules.change(13, 1, lambda _: STRICT)
        refused = await desk.answer(Question("Who is it?"), IN_GUILD)
        assert "Answers are allowed in <#21>" in refused.message.description
        with pytest.raises(ElsewhereError):
            await desk.overview(lambda *_: Listening().ask(Question("")), "talks", Filters(), IN_GUILD)
        assert answerer.asked == []
        thread = replace(IN_GUILD, parent_id=21)
        said = await desk.answer(Question("Who is it?"), thread)
        await desk.answer(Question("Who is it?", Filters(publishers=("Other",))), replace(IN_GUILD, channel_id=21))
        assert [one.filters.publishers for one in answerer.asked] == [("Quay Mail",), ("Other",)]
        assert "5. März 2025" in said.message.description
        assert desk.style_in(thread) == Style("de", short=True)
        desk.admit(thread)
        with pytest.raises(AnswersArePrivateError):
            desk.admit(thread, aloud=True)

    play(tmp_path, scenario)


def test_what_one_server_decides_holds_there_alone(tmp_path: Path) -> None:
    """Other servers and direct messages are as ever."""

    async def scenario(desk: Desk, _: Memory, answerer: Listening) -> None:
        desk.rules.change(13, 1, lambda _: STRICT)
        for place in (HERE, replace(IN_GUILD, guild_id=14)):
            desk.admit(place, aloud=True)
            said = await desk.answer(Question("Who is it?"), place)
            assert "of 5 March 2025" in said.message.description
            assert desk.style_in(place) == Style()
        assert {one.filters for one in answerer.asked} == {Filters()}

    play(tmp_path, scenario)
