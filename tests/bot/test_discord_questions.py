"""The queue in front of the answerer: one at a time, in order, off the event loop, and never too long."""

import asyncio
import threading
from typing import Any

import pytest

from bot.answering import Answer, Question
from bot.discord.metrics import Metrics
from bot.discord.questions import QuestionQueue, QueueLimits, RefusedError
from bot.discord.turns import Asker
from index_store import DiscordError

READER = Asker(1, 10)
MANY = 1_000


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

    def from_index(self, read: Any) -> Any:
        """Read from no index at all."""
        self.threads.add(threading.get_ident())
        return read(None)


def queue_before(answerer: GatedAnswerer, *, limit: int = MANY, **more: Any) -> QuestionQueue:
    """A queue that lets one person ask as often as they like."""
    limits = QueueLimits(waiting=limit, waiting_of_one=MANY, questions=MANY)
    return QuestionQueue(answerer, limits, Metrics(), **more)


async def turn_loop() -> None:
    """Let every task that can run do so."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_questions_are_answered_in_order_off_the_event_loop() -> None:
    """Five questions asked at once come back in their order from one thread, which is not the event loop's."""

    async def scenario() -> None:
        answerer = GatedAnswerer()
        answerer.gate.set()
        queue = queue_before(answerer, limit=10)
        answers = await asyncio.gather(*(queue.ask(Question(f"question {n}"), READER) for n in range(5)))
        assert [answer.question.text for answer in answers] == answerer.asked == [f"question {n}" for n in range(5)]
        assert len(answerer.threads) == 1
        assert threading.get_ident() not in answerer.threads
        queue.close()

    asyncio.run(scenario())


def test_a_full_queue_says_how_long_to_wait() -> None:
    """One answering and two waiting fill a queue of two; the next is told to try again in three typical answers."""

    async def scenario() -> None:
        answerer = GatedAnswerer()
        queue = queue_before(answerer, limit=2)
        waiting = [asyncio.create_task(queue.ask(Question(f"question {n}"), READER)) for n in range(3)]
        await turn_loop()
        with pytest.raises(DiscordError, match=r"busy.* Please try again in 3 s\."):
            await queue.ask(Question("one too many"), READER)
        answerer.gate.set()
        await asyncio.gather(*waiting)
        assert (await queue.ask(Question("room again"), READER)).abstained
        queue.close()

    asyncio.run(scenario())


def test_the_forecast_learns_from_answers() -> None:
    """After answers that take a minute each, the waiting time named is in minutes, not the first guess."""

    class Slow(GatedAnswerer):
        now_s = 0.0

        def ask(self, question: Question) -> Answer:
            self.now_s += 60 * self.gate.is_set()
            return super().ask(question)

    async def scenario() -> None:
        answerer = Slow()
        answerer.gate.set()
        queue = queue_before(answerer, limit=1, clock=lambda: answerer.now_s)
        for n in range(20):
            await queue.ask(Question(f"question {n}"), READER)
        answerer.gate.clear()
        waiting = [asyncio.create_task(queue.ask(Question(f"waiting {n}"), READER)) for n in range(2)]
        await turn_loop()
        with pytest.raises(DiscordError, match=r"try again in 1\d\d s"):
            await queue.ask(Question("one too many"), READER)
        answerer.gate.set()
        await asyncio.gather(*waiting)
        queue.close()

    asyncio.run(scenario())


def test_closing_keeps_the_answer_under_way() -> None:
    """The question being answered is answered; the one waiting and the one to come hear of the restart."""

    async def scenario() -> None:
        answerer = GatedAnswerer()
        queue = queue_before(answerer, limit=5)
        first = asyncio.create_task(queue.ask(Question("under way"), READER))
        while not answerer.asked:
            await asyncio.sleep(0)
        second = asyncio.create_task(queue.ask(Question("waiting"), READER))
        await turn_loop()
        queue.close()
        answerer.gate.set()
        assert (await first).abstained
        for late in (second, queue.ask(Question("to come"), READER)):
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
        queue = queue_before(answerer, limit=1)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await queue.ask(Question("fail"), READER)
        assert (await queue.ask(Question("work"), READER)).abstained
        queue.close()

    asyncio.run(scenario())


def ask(queue: QuestionQueue, text: str, asker: Asker) -> "asyncio.Task[Answer]":
    """Ask without waiting for the answer."""
    return asyncio.create_task(queue.ask(Question(text), asker))


def test_people_and_servers_take_turns() -> None:
    """Whoever asks three questions at once waits for those who ask one, and a server of many for one of few."""

    async def scenario() -> None:
        answerer = GatedAnswerer()
        queue = queue_before(answerer)
        texts = (("first", 1, 10), ("a", 1, 10), ("b", 1, 10), ("c", 2, 10), ("d", 3, 20), ("e", 4, None), ("f", 2, 10))
        tasks = [ask(queue, text, Asker(user, guild)) for text, user, guild in texts]
        await turn_loop()
        answerer.gate.set()
        await asyncio.gather(*tasks)
        assert answerer.asked == ["first", "a", "d", "e", "c", "b", "f"]
        queue.close()

    asyncio.run(scenario())


def test_one_person_may_not_fill_the_queue() -> None:
    """With three questions waiting, a fourth is refused, and the wait named is that for the first of them."""

    async def scenario() -> None:
        answerer = GatedAnswerer()
        queue = QuestionQueue(answerer, QueueLimits(waiting=10, waiting_of_one=3), Metrics())
        tasks = [ask(queue, f"question {n}", READER) for n in range(4)]
        await turn_loop()
        with pytest.raises(RefusedError, match=r"your other questions\. Please try again in 1 s\."):
            await queue.ask(Question("one too many"), READER)
        tasks.append(ask(queue, "somebody else's", Asker(2, 10)))
        await turn_loop()
        answerer.gate.set()
        assert all(answer.abstained for answer in await asyncio.gather(*tasks))
        queue.close()

    asyncio.run(scenario())


def test_a_full_queue_makes_room_for_those_with_less() -> None:
    """In a full queue the newest question of whoever has most gives way to another's first, and is told so."""

    async def scenario() -> None:
        answerer = GatedAnswerer()
        queue = queue_before(answerer, limit=3)
        of_one = [ask(queue, f"question {n}", READER) for n in range(4)]
        await turn_loop()
        others = ask(queue, "somebody else's", Asker(2, 10))
        with pytest.raises(RefusedError, match="busy with other questions"):
            await of_one[3]
        answerer.gate.set()
        assert all(answer.abstained for answer in await asyncio.gather(*of_one[:3], others))
        queue.close()

    asyncio.run(scenario())


def test_cooldown_tells_the_time() -> None:
    """Beyond two questions a minute a person hears when to ask again, and may then; others are not concerned."""

    async def scenario() -> None:
        answerer = GatedAnswerer()
        answerer.gate.set()
        now = [0.0]
        limits = QueueLimits(questions=2, within_s=60)
        metrics = Metrics()
        queue = QuestionQueue(answerer, limits, metrics, clock=lambda: now[0])
        await queue.ask(Question("one"), READER)
        now[0] = 10.0
        await queue.ask(Question("two"), READER)
        now[0] = 20.5
        with pytest.raises(RefusedError, match=r"2 questions within 60 s.*ask again in 40 s"):
            await queue.ask(Question("three"), READER)
        await queue.ask(Question("another's"), Asker(2, 10))
        now[0] = 60.5
        await queue.ask(Question("three"), READER)
        assert metrics.questions == {"declined": 4, "cooldown": 1}
        queue.close()

    asyncio.run(scenario())


def test_an_overview_takes_its_turn_as_a_question_does() -> None:
    """It is told in the same thread, counts for the cooldown and the figures, and is refused once the bot restarts."""

    async def scenario() -> None:
        answerer, metrics = GatedAnswerer(), Metrics()
        answerer.gate.set()
        queue = QuestionQueue(answerer, QueueLimits(questions=2), metrics)
        told = Answer(Question("x"), "x", (), (), None, (), "extractive", 1.0)
        assert await queue.overview("strike", lambda _: told, READER) is told
        await queue.ask(Question("one"), READER)
        assert len(answerer.threads) == 1
        with pytest.raises(RefusedError, match="2 questions within"):
            await queue.overview("strike", lambda _: told, READER)
        queue.close()
        with pytest.raises(RefusedError, match="restarting"):
            await queue.overview("strike", lambda _: told, Asker(2, 10))
        assert metrics.questions == {"answered": 1, "declined": 1, "cooldown": 1, "restarting": 1}

    asyncio.run(scenario())


def test_abandoning_an_answer_that_takes_too_long() -> None:
    """Who asked hears of the restart at once; the thread's answer, when it comes, is nobody's."""

    async def scenario() -> None:
        answerer = GatedAnswerer()
        queue = queue_before(answerer)
        task = ask(queue, "endless", READER)
        while not answerer.asked:
            await asyncio.sleep(0)
        queue.close()
        queue.abandon()
        with pytest.raises(RefusedError, match="restarting"):
            await task
        assert queue.busy_s > 0
        answerer.gate.set()
        while queue.busy_s:
            await asyncio.sleep(0)

    asyncio.run(scenario())


def test_what_was_asked_is_logged_only_where_wanted(caplog: pytest.LogCaptureFixture) -> None:
    """The log tells outcome and time, and the question only by setting."""

    async def scenario(*, log_questions: bool) -> None:
        answerer = GatedAnswerer()
        answerer.gate.set()
        queue = queue_before(answerer, log_questions=log_questions)
        await queue.ask(Question("my private matter"), READER)
        queue.close()

    caplog.set_level("INFO")
    asyncio.run(scenario(log_questions=False))
    assert "private" not in caplog.text
    assert caplog.records[-1].__dict__["outcome"] == "declined"
    asyncio.run(scenario(log_questions=True))
    assert "my private matter" in caplog.text


class Untold:
    """An overview with nothing in it."""

    reason = None


def test_background_work_waits_behind_people_and_counts_as_no_question() -> None:
    """Two looks and a question that came last: the question is next, and neither metrics nor cooldown know of looks."""

    async def scenario() -> None:
        answerer, order = GatedAnswerer(), list[str]()
        metrics = Metrics()
        queue = QuestionQueue(answerer, QueueLimits(questions=2), metrics)

        def look(name: str) -> Any:
            order.append(name)
            return Untold()

        first = asyncio.create_task(queue.ask(Question("first"), READER))
        await turn_loop()
        looks = [asyncio.create_task(queue.in_background(lambda _, n=n: look(f"look {n}"))) for n in range(2)]
        await turn_loop()
        assert len(queue) == 0
        second = asyncio.create_task(queue.overview("second", lambda _: look("second"), READER))
        await turn_loop()
        answerer.gate.set()
        await asyncio.gather(first, second, *looks)
        assert order == ["second", "look 0", "look 1"]
        assert metrics.questions.total() == 2
        assert len(answerer.threads) == 1
        queue.close()
        with pytest.raises(RefusedError, match="restarting"):
            await queue.in_background(lambda _: look("late"))

    asyncio.run(scenario())
