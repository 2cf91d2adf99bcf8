"""The queue in front of the answerer: one at a time, in order, off the event loop, and never too long."""

import asyncio
import threading

import pytest

from bot.answering import Answer, Question
from bot.discord.questions import QuestionQueue
from index_store import DiscordError


class GatedAnswerer:
    """Abstains as soon as its gate is open, and remembers what it was asked, and in which thread."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.asked: list[str] = []
        self.threads: set[int] = set()

    def ask(self, question: Question) -> Answer:
        """Wait for the gate, then abstain."""
        self.asked.append(question.text)
        self.threads.add(threading.get_ident())
        assert self.gate.wait(timeout=10)
        return Answer(question, question.text, (), (), "No.", (), "extractive", 1.0)


async def turn_loop() -> None:
    """Let every task that can run do so."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_questions_are_answered_in_order_off_the_event_loop() -> None:
    """Five questions asked at once come back in their order from one thread, which is not the event loop's."""

    async def scenario() -> None:
        answerer = GatedAnswerer()
        answerer.gate.set()
        queue = QuestionQueue(answerer, limit=10)
        answers = await asyncio.gather(*(queue.ask(Question(f"question {n}")) for n in range(5)))
        assert [answer.question.text for answer in answers] == answerer.asked == [f"question {n}" for n in range(5)]
        assert len(answerer.threads) == 1
        assert threading.get_ident() not in answerer.threads
        queue.close()

    asyncio.run(scenario())


def test_a_full_queue_says_how_long_to_wait() -> None:
    """One answering and two waiting fill a queue of two; the next is told to try again in three typical answers."""

    async def scenario() -> None:
        answerer = GatedAnswerer()
        queue = QuestionQueue(answerer, limit=2)
        waiting = [asyncio.create_task(queue.ask(Question(f"question {n}"))) for n in range(3)]
        await turn_loop()
        with pytest.raises(DiscordError, match=r"busy.* Please try again in 3 s\."):
            await queue.ask(Question("one too many"))
        answerer.gate.set()
        await asyncio.gather(*waiting)
        assert (await queue.ask(Question("room again"))).abstained
        queue.close()

    asyncio.run(scenario())


def test_the_forecast_learns_from_answers() -> None:
    """After answers that take a minute each, the waiting time named is in minutes, not the first guess."""

    async def scenario() -> None:
        answerer = GatedAnswerer()
        answerer.gate.set()
        minutes = iter(range(0, 10_000, 60))
        queue = QuestionQueue(answerer, limit=1, clock=lambda: next(minutes))
        for n in range(20):
            await queue.ask(Question(f"question {n}"))
        answerer.gate.clear()
        waiting = [asyncio.create_task(queue.ask(Question(f"waiting {n}"))) for n in range(2)]
        await turn_loop()
        with pytest.raises(DiscordError, match=r"try again in 1\d\d s"):
            await queue.ask(Question("one too many"))
        answerer.gate.set()
        await asyncio.gather(*waiting)
        queue.close()

    asyncio.run(scenario())


def test_closing_keeps_the_answer_under_way() -> None:
    """The question being answered is answered; the one waiting and the one to come hear of the restart."""

    async def scenario() -> None:
        answerer = GatedAnswerer()
        queue = QuestionQueue(answerer, limit=5)
        first = asyncio.create_task(queue.ask(Question("under way")))
        while not answerer.asked:
            await asyncio.sleep(0)
        second = asyncio.create_task(queue.ask(Question("waiting")))
        await turn_loop()
        queue.close()
        answerer.gate.set()
        assert (await first).abstained
        for late in (second, queue.ask(Question("to come"))):
            with pytest.raises(DiscordError, match="restarting"):
                await late
        assert answerer.asked == ["under way"]

    asyncio.run(scenario())


def test_a_failure_reaches_the_asker_and_frees_the_place() -> None:
    """What the answerer raises is raised to whoever asked, and the next question is answered."""

    class Failing(GatedAnswerer):
        def ask(self, question: Question) -> Answer:
            if question.text == "fail":
                raise ZeroDivisionError
            return super().ask(question)

    async def scenario() -> None:
        answerer = Failing()
        answerer.gate.set()
        queue = QuestionQueue(answerer, limit=1)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await queue.ask(Question("fail"))
        assert (await queue.ask(Question("work"))).abstained
        queue.close()

    asyncio.run(scenario())
