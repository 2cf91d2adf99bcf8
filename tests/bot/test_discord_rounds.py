"""Rounds over a real index and a real file: what is posted and edited, and when; Discord alone is played."""

import asyncio
import shutil
from collections.abc import Coroutine, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from small_index import index_into, remove_from
from strike_news import END, MONDAY, OTHERS, STAND_STILL, WALK_OUT, article

from bot.answering import Answerer
from bot.discord.database import Database
from bot.discord.delivery import PausedError, UndeliveredError
from bot.discord.kept import Place
from bot.discord.metrics import Metrics
from bot.discord.questions import QuestionQueue, QueueLimits
from bot.discord.rounds import MOST_POSTS, Rounds, Surroundings
from bot.discord.subscriptions import Post, Subscriptions
from bot.render.discord import AnswerMessage
from bot.rules import GuildRules
from bot.subscribing import QuietHours, Wish
from index_store import Article, NewsIndex, PassageEncoder, open_catalog

HERE = Place(7, 11, 5)
MADE_AT = MONDAY - timedelta(hours=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOPIC = Wish("ferry strike in Port Maren")

WALKED_OUT = article(1, "Ferry crews on strike in Port Maren", WALK_OUT, "Quay Mail", days=0)
STOOD_STILL = article(2, "Ferries of Port Maren stand still in strike", STAND_STILL, "Harbour Post", days=0)
COPIED = article(3, "Ferry crews on strike in Port Maren", WALK_OUT, "Gull Gazette", days=1)
ENDED = article(4, "Ferry strike in Port Maren ends", END, "Quay Mail", days=4)


class Channel:
    """
    Notes what is sent and edited, and settles as told.

    Attributes:
        fails_with: Raised in place of the next delivery.
    """

    def __init__(self, subscriptions: Subscriptions) -> None:
        self.sent: list[tuple[str, AnswerMessage]] = []
        self.edited: list[tuple[int, AnswerMessage]] = []
        self.fails_with: Exception | None = None
        self._subscriptions = subscriptions

    async def send(self, post: Post, message: AnswerMessage) -> None:
        """Take a post."""
        self._fail()
        self.sent.append((post.nonce, message))
        self._subscriptions.settle(post, "sent", message_id=len(self.sent))

    async def edit(self, post: Post, message: AnswerMessage, *, shown: str) -> None:
        """Take an edit."""
        self._fail()
        assert post.message_id is not None
        self.edited.append((post.message_id, message))
        self._subscriptions.show(post, shown)

    async def settle(self, post: Post) -> None:
        """Find that nothing has arrived that was not sent."""
        self._subscriptions.settle(post, "unsent")

    def _fail(self) -> None:
        error, self.fails_with = self.fails_with, None
        if error:
            raise error


class Newsroom:
    """
    A channel with subscriptions over an index, at a time that is set.

    Attributes:
        now: The present.
        rules: What the server's managers decided.
    """

    def __init__(self, folder: Path, database: Database, encoder: PassageEncoder) -> None:
        self.now = MADE_AT
        self.looks = 0
        self.stopping = False
        self.rules = GuildRules()
        self.subscriptions = Subscriptions(database, clock=lambda: self.now.timestamp())
        self.channel = Channel(self.subscriptions)
        self._folder, self._encoder = folder, encoder

    def index(self, *articles: Article) -> None:
        """Index articles."""
        index_into(self._folder, articles, self._encoder)

    def remove(self, *article_ids: str) -> None:
        """Remove articles."""
        remove_from(self._folder, *article_ids)

    def round(self, at: datetime) -> None:
        """Make one round at a time, with a bot that was just started."""
        self.now = at

        async def go() -> None:
            with closing(Answerer(NewsIndex.open(self._folder))) as answerer:
                tell = answerer.from_index

                def counted(look: Any) -> Any:
                    self.looks += 1
                    return tell(look)

                answerer.from_index = counted  # type: ignore[method-assign]
                questions = QuestionQueue(answerer, QueueLimits(), Metrics())
                around = Surroundings(
                    questions,
                    self._generation,
                    lambda _: self.rules,
                    _awaited,
                    lambda: self.stopping,
                    UTC,
                    lambda: self.now,
                )
                await Rounds(self.subscriptions, self.channel, around).go()  # type: ignore[arg-type]
                questions.close()

        asyncio.run(go())

    async def _generation(self) -> int:
        with closing(open_catalog(self._folder)) as catalog:
            return catalog.generation()


async def _awaited(work: Coroutine[Any, Any, None]) -> None:
    await work


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory, encoder: PassageEncoder) -> Path:
    """A data folder with other matters, and nothing of the strike."""
    folder = tmp_path_factory.mktemp("others")
    index_into(folder, OTHERS, encoder)
    return folder


@pytest.fixture
def newsroom(others: Path, tmp_path: Path, encoder: PassageEncoder) -> Iterator[Newsroom]:
    """A newsroom over that folder, in which a channel has subscribed to the strike."""
    shutil.copytree(others, tmp_path / "index")
    with closing(Database.open(tmp_path / "discord.sqlite")) as database:
        yield Newsroom(tmp_path / "index", database, encoder)


def test_one_message_a_story_that_is_edited_as_it_develops(newsroom: Newsroom) -> None:
    """A report, another of it, a copy: one post and two edits; what comes when it is closed is a new post."""
    newsroom.subscriptions.add(TOPIC, HERE)
    newsroom.index(WALKED_OUT)
    newsroom.round(MONDAY + HOUR)
    ((nonce, post),) = newsroom.channel.sent
    assert "200 sailors left their ships" in post.description
    assert "[Ferry crews on strike in Port Maren](https://quay.example/1)" in post.description
    assert "Quay Mail · **1 independent source**" in post.description
    assert "Updated" not in post.description
    assert post.footer.endswith(nonce)
    newsroom.index(STOOD_STILL)
    newsroom.round(MONDAY + 2 * HOUR)
    newsroom.index(COPIED)
    newsroom.round(MONDAY + DAY + HOUR)
    assert len(newsroom.channel.sent) == 1
    edits = newsroom.channel.edited
    assert [message_id for message_id, _ in edits] == [1, 1]
    assert edits[0][1].description.startswith("🔄 *Updated <t:")
    assert "**2 independent sources**" in edits[0][1].description
    assert "Gull Gazette" in edits[1][1].description
    assert "**2 independent sources**" in edits[1][1].description
    assert edits[1][1].footer.endswith(nonce)
    newsroom.index(replace(ENDED, published_at=MONDAY + 5 * DAY))
    newsroom.round(MONDAY + 5 * DAY + HOUR)
    assert len(newsroom.channel.sent) == 2
    assert "ended on Thursday" in newsroom.channel.sent[1][1].description


def test_nothing_is_done_where_nothing_has_changed(newsroom: Newsroom) -> None:
    """An index that stands still is not looked through; one that grew by other matters leads to no edit."""
    newsroom.subscriptions.add(TOPIC, HERE)
    newsroom.index(WALKED_OUT)
    newsroom.round(MONDAY + HOUR)
    newsroom.round(MONDAY + 3 * HOUR)
    assert newsroom.looks == 1
    newsroom.index(article(70, "A goose wins a race", "A goose won the race of Hollin. It ran.", "Tarn Times", days=0))
    newsroom.round(MONDAY + 3 * HOUR + timedelta(minutes=30))
    assert newsroom.looks == 1
    newsroom.round(MONDAY + 5 * HOUR)
    assert newsroom.looks == 2
    assert (len(newsroom.channel.sent), newsroom.channel.edited) == (1, [])


def test_what_was_published_before_is_no_news(newsroom: Newsroom) -> None:
    """Also where it is indexed afterwards; a date without a time counts on the day itself."""
    newsroom.index(WALKED_OUT)
    newsroom.now = MONDAY + HOUR
    newsroom.subscriptions.add(TOPIC, HERE)
    newsroom.round(MONDAY + 3 * HOUR)
    assert newsroom.channel.sent == []
    midnight = MONDAY.replace(hour=0)
    newsroom.index(replace(STOOD_STILL, published_at=midnight), replace(ENDED, published_at=MONDAY - HOUR))
    newsroom.round(MONDAY + 6 * HOUR)
    assert ["sailors" in post.description for _, post in newsroom.channel.sent] == [True]


def test_a_correction_of_what_is_quoted_is_an_edit(newsroom: Newsroom) -> None:
    """The message shows the new figure, in the same place."""
    newsroom.subscriptions.add(TOPIC, HERE)
    newsroom.index(WALKED_OUT)
    newsroom.round(MONDAY + HOUR)
    newsroom.index(replace(WALKED_OUT, text=WALK_OUT.replace("200 sailors", "340 sailors")))
    newsroom.round(MONDAY + 2 * HOUR)
    assert len(newsroom.channel.sent) == 1
    assert "340 sailors" in newsroom.channel.edited[0][1].description


def test_a_copy_never_leads_to_a_second_message(newsroom: Newsroom) -> None:
    """Not after the message is closed either, nor after the article that it told of was removed."""
    newsroom.subscriptions.add(TOPIC, HERE)
    newsroom.index(WALKED_OUT)
    newsroom.round(MONDAY + HOUR)
    newsroom.index(COPIED)
    newsroom.round(MONDAY + 5 * DAY)
    assert (len(newsroom.channel.sent), newsroom.channel.edited) == (1, [])
    newsroom.remove(WALKED_OUT.article_id)
    newsroom.round(MONDAY + 5 * DAY + 2 * HOUR)
    assert (len(newsroom.channel.sent), newsroom.channel.edited) == (1, [])


def test_nothing_is_posted_in_quiet_hours_and_nothing_is_lost(newsroom: Newsroom) -> None:
    """At nine in the morning it waits, at noon it comes."""
    newsroom.subscriptions.add(replace(TOPIC, quiet=QuietHours(8, 12)), HERE)
    newsroom.index(WALKED_OUT)
    newsroom.round(MONDAY + HOUR)
    assert newsroom.looks == 0
    newsroom.round(MONDAY + 3 * HOUR)
    assert len(newsroom.channel.sent) == 1


def test_many_stories_come_in_portions(newsroom: Newsroom) -> None:
    """Five at once, the last of which tells how many wait; they come with the next look, though nothing has changed."""
    newsroom.subscriptions.add(Wish("Tarn"), HERE)
    stories = OTHERS[: MOST_POSTS + 2]
    newsroom.index(
        *(
            article(50 + n, f"Tarn: {one.title}", f"In Tarn, {one.text}", "Tarn Times", days=0)
            for n, one in enumerate(stories)
        )
    )
    newsroom.round(MONDAY + HOUR)
    count = len(newsroom.channel.sent)
    newsroom.round(MONDAY + 2 * HOUR + timedelta(minutes=1))
    assert count == MOST_POSTS
    assert "2 more stories" in newsroom.channel.sent[MOST_POSTS - 1][1].description
    told = [message.description for _, message in newsroom.channel.sent]
    assert [sum(one.title in text for text in told) for one in stories] == [1] * len(stories)


def test_a_post_that_did_not_arrive_is_sent_again_as_the_same(newsroom: Newsroom) -> None:
    """Under its nonce, with what has come meanwhile, and only once."""
    one = newsroom.subscriptions.add(TOPIC, HERE)
    newsroom.index(WALKED_OUT)
    newsroom.channel.fails_with = UndeliveredError("503")
    newsroom.round(MONDAY + HOUR)
    (post,) = newsroom.subscriptions.under_way()
    newsroom.index(STOOD_STILL)
    newsroom.round(MONDAY + HOUR + timedelta(minutes=1))
    newsroom.round(MONDAY + 3 * HOUR)
    assert [nonce for nonce, _ in newsroom.channel.sent] == [post.nonce]
    assert newsroom.channel.edited == []
    assert set(newsroom.subscriptions.posts(one.number)[0].article_ids) == {"1".zfill(16), "2".zfill(16)}


@pytest.mark.parametrize("error", [PausedError("gone"), UndeliveredError("503"), RuntimeError("a mistake of ours")])
def test_one_subscription_that_fails_holds_up_no_other(newsroom: Newsroom, error: Exception) -> None:
    """The next one is looked for in the same round, whatever went wrong."""
    newsroom.subscriptions.add(TOPIC, HERE)
    newsroom.subscriptions.add(TOPIC, Place(7, 12, 5))
    newsroom.index(WALKED_OUT)
    newsroom.channel.fails_with = error
    newsroom.round(MONDAY + HOUR)
    assert len(newsroom.channel.sent) == 1


def test_a_bot_that_stops_begins_no_post(newsroom: Newsroom) -> None:
    """And the next one posts what that one did not."""
    newsroom.subscriptions.add(TOPIC, HERE)
    newsroom.index(WALKED_OUT)
    newsroom.stopping = True
    newsroom.round(MONDAY + HOUR)
    assert newsroom.channel.sent == []
    newsroom.stopping = False
    newsroom.round(MONDAY + HOUR)
    assert len(newsroom.channel.sent) == 1


def test_a_channel_taken_off_the_list_gets_nothing_more(newsroom: Newsroom) -> None:
    """Neither posts nor edits nor a look, until it is allowed again; then what was missed comes."""
    newsroom.subscriptions.add(TOPIC, HERE)
    newsroom.index(WALKED_OUT)
    newsroom.round(MONDAY + HOUR)
    newsroom.rules = GuildRules(channels=(12,))
    newsroom.index(STOOD_STILL)
    newsroom.round(MONDAY + 3 * HOUR)
    assert (len(newsroom.channel.sent), newsroom.channel.edited, newsroom.looks) == (1, [], 1)
    newsroom.rules = GuildRules(channels=(12, 11))
    newsroom.round(MONDAY + 4 * HOUR)
    assert len(newsroom.channel.edited) == 1


def test_posts_follow_the_settings_of_the_server(newsroom: Newsroom) -> None:
    """A thread counts with its channel; private answers forbid no posts; only the server's sources are drawn on."""
    newsroom.subscriptions.add(TOPIC, Place(7, 21, 5, parent_id=11))
    newsroom.rules = GuildRules(channels=(11,), answers="private", sources=("Harbour Post",))
    newsroom.index(WALKED_OUT)
    newsroom.round(MONDAY + HOUR)
    assert newsroom.channel.sent == []
    newsroom.index(STOOD_STILL)
    newsroom.round(MONDAY + 3 * HOUR)
    ((_, post),) = newsroom.channel.sent
    assert "Harbour Post" in post.description


def test_a_digest_a_day(newsroom: Newsroom) -> None:
    """At its hour, once, with the stories of the last day; nothing where there are none; again the next day."""
    newsroom.subscriptions.add(Wish("", 0, None, 10), HERE)
    newsroom.index(WALKED_OUT, STOOD_STILL)
    newsroom.round(MONDAY)
    assert newsroom.channel.sent == []
    for minutes in (60, 61, 180):
        newsroom.round(MONDAY + timedelta(minutes=minutes))
    ((nonce, message),) = newsroom.channel.sent
    assert message.title == "Digest"
    assert "sailors" in message.description
    assert message.footer.endswith(nonce)
    newsroom.round(MONDAY + 2 * DAY + HOUR)
    assert len(newsroom.channel.sent) == 1
    newsroom.index(ENDED)
    newsroom.round(MONDAY + 4 * DAY + HOUR)
    assert "ended on Thursday" in newsroom.channel.sent[1][1].description


def test_a_digest_that_did_not_arrive_is_sent_again_as_the_same(newsroom: Newsroom) -> None:
    """And once a day even then."""
    newsroom.subscriptions.add(Wish("ferry strike", 0, None, 10), HERE)
    newsroom.index(WALKED_OUT)
    newsroom.channel.fails_with = UndeliveredError("503")
    newsroom.round(MONDAY + HOUR)
    (post,) = newsroom.subscriptions.under_way()
    for minutes in (61, 62, 180):
        newsroom.round(MONDAY + timedelta(minutes=minutes))
    assert [nonce for nonce, _ in newsroom.channel.sent] == [post.nonce]
    assert newsroom.channel.sent[0][1].title == "Digest on ferry strike"
