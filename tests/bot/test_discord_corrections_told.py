"""How corrections reach the messages of answers, with a Discord that takes, refuses or has a bad time."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from test_discord_corrections import LATER, became
from test_discord_memory import HERE, answer
from test_discord_replies import refused

from bot.corrections import Fate
from bot.discord.cogs import corrections as cog
from bot.discord.cogs.corrections import Corrections
from bot.discord.database import Database
from bot.discord.desk import Desk
from bot.discord.memory import Memory
from bot.discord.rule_book import RuleBook
from bot.discord.shelf import Shelf

SAID = "The envoy was Ada Quist."


class Moved(Shelf):
    """A shelf on which one article has moved on to another version."""

    def __init__(self, text: str | None) -> None:
        (self._fate,) = became(text, at=LATER).values()

    async def generation(self) -> int:
        """Count commits."""
        return 2

    async def live_numbers(self, article_ids: Iterable[str]) -> dict[str, int]:
        """Number its live version."""
        return dict.fromkeys(article_ids, self._fate.number)

    async def fates(self, article_ids: Iterable[str]) -> dict[str, Fate]:
        """Tell what became of it."""
        return dict.fromkeys(article_ids, self._fate)


class Messages:
    """As much of a client as edits messages; edits fail as planned, and are taken where nothing is."""

    def __init__(self, *planned: Exception | None) -> None:
        self._planned = list(planned)
        self.tried: list[int] = []
        self.edited: list[int] = []

    def get_partial_messageable(self, channel_id: int) -> Any:
        """Return a channel."""
        assert channel_id == HERE.channel_id
        return SimpleNamespace(get_partial_message=lambda number: SimpleNamespace(edit=lambda **_: self._edit(number)))

    async def _edit(self, number: int) -> None:
        self.tried.append(number)
        failure = self._planned.pop(0) if self._planned else None
        if failure:
            raise failure
        self.edited.append(number)


def looked(folder: Path, messages: Messages, text: str | None, *, answers: int, looks: int = 1) -> Sequence[int]:
    """Keep answers, shown in messages 1, 2 …, and look for corrections so often; return what was tried at the last."""

    async def scenario() -> None:
        with closing(Database.open(folder / "m")) as database:
            memory = Memory(database, keep_days=3_650)
            for number in range(1, answers + 1):
                memory.sent(memory.keep(answer(article_ids=("a1",), said=SAID), HERE), number)
            rules = RuleBook(database)
            desk = Desk(None, None, memory, rules)  # type: ignore[arg-type] -- neither questions nor replies are used
            corrections = Corrections(messages, desk, Moved(text), every_s=60)  # type: ignore[arg-type]
            for _ in range(looks):
                messages.tried.clear()
                await corrections.look()

    asyncio.run(scenario())
    return messages.tried


def test_each_message_is_edited_once(tmp_path: Path) -> None:
    """The newest first; another look, and another bot over the same file, edit none again."""
    messages = Messages()
    assert looked(tmp_path, messages, "Else.", answers=3) == [3, 2, 1]
    assert looked(tmp_path, messages, "Else.", answers=0, looks=2) == []
    assert messages.edited == [3, 2, 1]


def test_nothing_is_edited_where_the_quote_stands(tmp_path: Path) -> None:
    """A change elsewhere in the article leaves the message as it is, and is not looked at again."""
    assert looked(tmp_path, Messages(), f"New. {SAID}", answers=2, looks=2) == []


@pytest.mark.parametrize("failure", [refused(429, 0), refused(500, 0), OSError("away"), TimeoutError()])
def test_a_bad_time_is_waited_for(tmp_path: Path, failure: Exception) -> None:
    """What failed for now is tried at the next look, and only that."""
    messages = Messages(None, failure)
    assert looked(tmp_path, messages, None, answers=3, looks=2) == [2]
    assert sorted(messages.edited) == [1, 2, 3]


def test_a_discord_that_is_away_is_left_for_now(tmp_path: Path) -> None:
    """After five failures one after the other the look ends, and the next begins anew."""
    messages = Messages(*[refused(503, 0)] * 5)
    assert looked(tmp_path, messages, None, answers=8) == [8, 7, 6, 5, 4]
    assert messages.edited == []


@pytest.mark.parametrize("failure", [refused(403, 50001), refused(404, 10008)])
def test_a_closed_door_is_left_for_good(tmp_path: Path, failure: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """One line in the log, and no second try, not even by a bot that was started anew."""
    messages = Messages(failure)
    assert looked(tmp_path, messages, None, answers=1) == [1]
    assert looked(tmp_path, messages, None, answers=0) == []
    assert caplog.text.count("cannot be shown in channel") == 1


def test_a_look_edits_only_so_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others follow at the next, though nothing was indexed in between."""
    monkeypatch.setattr(cog, "_MOST_EDITS", 2)
    messages = Messages()
    assert looked(tmp_path, messages, None, answers=5, looks=3) == [1]
    assert messages.edited == [5, 4, 3, 2, 1]
