"""What becomes of the message of a story when it is edited, with a Discord that takes or refuses that."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, Mock

import discord
import pytest
from test_discord_replies import refused

from bot.discord.database import Database
from bot.discord.delivery import Delivery, PausedError, UndeliveredError
from bot.discord.kept import Place
from bot.discord.subscriptions import Post, Subscriptions
from bot.render.discord import BLUE, AnswerMessage
from bot.subscribing import Wish

STORY = AnswerMessage("Ferries", "They sail again.", (), "Quoted word for word", BLUE)
ARCHIVED = 50083


class Client:
    """As much of a client as edits the messages of a thread, which fails as planned."""

    def __init__(self, *planned: Exception) -> None:
        self.edits = AsyncMock(side_effect=[*planned, None])
        self.thread = Mock(spec=discord.Thread)

    def get_partial_messageable(self, _: int) -> Any:
        """Return the thread, of which nothing is known."""
        return SimpleNamespace(get_partial_message=lambda _: SimpleNamespace(edit=self.edits))

    async def fetch_channel(self, _: int) -> Any:
        """Return the thread."""
        return self.thread


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Subscriptions]:
    """A file of its own."""
    with closing(Database.open(tmp_path / "discord.sqlite")) as database:
        yield Subscriptions(database)


def edited(store: Subscriptions, client: Client) -> Post:
    """Edit a post that was sent, and return what is kept of it."""
    one = store.add(Wish("ferries"), Place(7, 11, 5))
    post = store.begin(one.number, ["a"], shown="old")
    assert post is not None
    store.settle(post, "sent", message_id=99)
    (sent,) = store.posts(one.number)
    delivery = Delivery(client, store, clock=lambda: datetime.now(UTC))  # type: ignore[arg-type]
    try:
        asyncio.run(delivery.edit(sent, STORY, shown="new"))
    finally:
        (sent,) = store.posts(one.number)
    return sent


def test_an_archived_thread_is_opened(store: Subscriptions) -> None:
    """Its message is edited then, and counts as up to date."""
    client = Client(refused(400, ARCHIVED))
    assert edited(store, client).shown == "new"
    client.thread.edit.assert_awaited_once_with(archived=False)
    assert client.edits.await_count == 2


def test_a_thread_that_cannot_be_opened_pauses_its_subscription(store: Subscriptions) -> None:
    """The message is not taken for one that shows what is new."""
    client = Client(refused(400, ARCHIVED))
    client.thread.edit.side_effect = refused(403, 50013)
    with pytest.raises(PausedError):
        edited(store, client)
    assert store.active() == ()
    assert client.edits.await_count == 1


def test_a_message_that_was_deleted_stays_so(store: Subscriptions) -> None:
    """The subscription goes on."""
    assert edited(store, Client(refused(404, 10008))).state == "deleted"
    assert len(store.active()) == 1


@pytest.mark.parametrize("failure", [refused(429, 0), refused(503, 0), OSError("away"), TimeoutError()])
def test_what_fails_for_a_while_is_tried_again(store: Subscriptions, failure: Exception) -> None:
    """Nothing is noted, so that the next round edits it."""
    with pytest.raises(UndeliveredError):
        edited(store, Client(failure))
    (one,) = store.active()
    assert [(post.state, post.shown) for post in store.posts(one.number)] == [("sent", "old")]
