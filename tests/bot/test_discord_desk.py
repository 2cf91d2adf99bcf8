"""Every question's way: asked with the conversation before it, kept, and answered even where nothing can be kept."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from remembering import remembering

from bot.answering import Answer, Question
from bot.discord.desk import Desk
from bot.discord.kept import Place
from bot.discord.memory import Memory
from bot.discord.metrics import Metrics
from bot.discord.questions import QuestionQueue, QueueLimits
from bot.discord.replies import Replies
from bot.render.discord import AnswerMessage

HERE = Place(user_id=7, channel_id=11)


class Listening:
    """Abstains, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def ask(self, question: Question) -> Answer:
        """Abstain."""
        self.asked.append(question)
        return Answer(question, question.text, (), (), "No.", (), "extractive", 1.0)


def play(folder: Path, scenario: Callable[[Desk, Memory, Listening], Awaitable[None]]) -> None:
    """Play a scenario at a desk of its own."""

    async def run() -> None:
        answerer, metrics = Listening(), Metrics()
        questions = QuestionQueue(answerer, QueueLimits(), metrics)
        with remembering(folder / "m") as memory:
            await scenario(Desk(questions, Replies(metrics), memory), memory, answerer)
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
