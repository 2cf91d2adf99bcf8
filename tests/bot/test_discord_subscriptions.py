"""What channels have subscribed to, and what was posted to them, in a file."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.discord.database import Database
from bot.discord.kept import Place
from bot.discord.memory import Memory
from bot.discord.subscriptions import MOST_OF_A_CHANNEL, MOST_OF_A_GUILD, Subscriptions
from bot.subscribing import QuietHours, Wish
from index_store import DiscordError

HERE, ELSEWHERE = Place(7, 11, 5), Place(7, 12, 5)
DIRECT = Place(7, 21)
NOW = 1_700_000_000


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A file of its own."""
    with closing(Database.open(tmp_path / "discord.sqlite")) as opened:
        yield opened


@pytest.fixture
def store(database: Database) -> Subscriptions:
    """Its subscriptions, at a time that stands still."""
    return Subscriptions(database, clock=lambda: NOW)


def test_a_subscription_comes_back_as_it_was_made(store: Subscriptions) -> None:
    """Topic, interval, quiet hours, hour and place, in a server and in a direct conversation."""
    wishes = (Wish("port strike", 900, QuietHours(22, 7)), Wish("", 0, None, 8))
    made = [store.add(wish, HERE) for wish in wishes]
    assert tuple(made) == store.of(HERE) == store.of(ELSEWHERE) == store.active()
    assert [one.wish for one in made] == list(wishes)
    assert made[0].created_at == made[0].looked_at == datetime.fromtimestamp(NOW, UTC)
    alone = store.add(wishes[0], DIRECT)
    assert store.of(DIRECT) == (alone,)
    assert store.of(Place(7, 22)) == ()


def test_the_same_topic_twice_in_a_channel_is_refused(store: Subscriptions) -> None:
    """However it is capitalised; a digest of the topic, and another channel, are something else."""
    store.add(Wish("Port Strike"), HERE)
    with pytest.raises(DiscordError, match="subscribed to that already"):
        store.add(Wish("port strike", 900), HERE)
    store.add(Wish("port strike", 0, None, 8), HERE)
    store.add(Wish("port strike"), ELSEWHERE)
    assert len(store.of(HERE)) == 3


def test_a_paused_subscription_is_taken_up_again(store: Subscriptions) -> None:
    """Who subscribes again after the channel was mended gets the old one back, with the new wishes."""
    one = store.add(Wish("port strike"), HERE)
    store.looked(one.number, one.looked_at, generation=4)
    store.pause(one.number, "forbidden")
    assert store.active() == ()
    assert [other.paused for other in store.of(HERE)] == ["forbidden"]
    again = store.add(Wish("Port strike", 900), HERE)
    assert (again.number, again.paused, again.wish.every_s, again.generation) == (one.number, "", 900, -1)


def test_the_channel_of_a_thread_is_kept(store: Subscriptions) -> None:
    """Also of one that is taken up again: the server's list of channels is compared with it."""
    one = store.add(Wish("port strike"), Place(7, 13, 5, parent_id=11))
    store.pause(one.number, "forbidden")
    again = store.add(Wish("port strike"), Place(8, 13, 5, parent_id=12))
    assert (one.parent_id, again.parent_id, store.add(Wish("port strike"), HERE).parent_id) == (11, 12, None)


def test_channels_and_servers_have_limits(store: Subscriptions) -> None:
    """The next one is refused with what to do; another server is not concerned."""
    for n in range(MOST_OF_A_CHANNEL):
        store.add(Wish(f"topic {n}"), HERE)
    with pytest.raises(DiscordError, match="A channel can have 10"):
        store.add(Wish("one more"), HERE)
    for n in range(MOST_OF_A_GUILD - MOST_OF_A_CHANNEL):
        store.add(Wish(f"topic {n}"), Place(7, 100 + n, 5))
    with pytest.raises(DiscordError, match="A server can have 25"):
        store.add(Wish("one more"), ELSEWHERE)
    store.add(Wish("one more"), Place(7, 99, 6))


def test_only_its_own_server_ends_a_subscription(store: Subscriptions) -> None:
    """A number from elsewhere is none; what was posted is forgotten with its subscription."""
    one, alone = store.add(Wish("port strike"), HERE), store.add(Wish("port strike"), DIRECT)
    store.begin(one.number, ["a"])
    assert not store.remove(one.number, Place(7, 31, 6))
    assert not store.remove(one.number, DIRECT)
    assert not store.remove(alone.number, Place(8, 22))
    assert store.remove(one.number, ELSEWHERE)
    assert not store.remove(one.number, HERE)
    assert store.under_way() == ()
    assert store.begin(one.number, ["b"]) is None
    assert store.remove(alone.number, DIRECT)


def test_a_post_is_under_way_until_it_is_known_what_became_of_it(database: Database, store: Subscriptions) -> None:
    """Also for a process that was started anew; one that did not arrive is begun again under its nonce."""
    one = store.add(Wish("port strike"), HERE)
    post = store.begin(one.number, ["a", "b"], shown="first")
    assert post is not None
    assert (post.state, post.message_id, post.article_ids, post.channel_id) == ("sending", None, ("a", "b"), 11)
    assert Subscriptions(database).under_way() == (post,)
    store.settle(post, "unsent")
    assert store.under_way() == ()
    again = store.begin_again(post, ["b", "c"], shown="second")
    assert again is not None
    assert (again.nonce, again.article_ids, again.shown) == (post.nonce, ("a", "b", "c"), "second")
    store.settle(again, "sent", message_id=99)
    (kept,) = store.posts(one.number)
    assert (kept.state, kept.message_id) == ("sent", 99)
    assert len(kept.nonce) <= 25


def test_an_article_stays_with_the_post_that_told_of_it_first(store: Subscriptions) -> None:
    """No article is told twice in a channel; another subscription tells it to its own."""
    one, other = store.add(Wish("port strike"), HERE), store.add(Wish("port strike"), ELSEWHERE)
    store.begin(one.number, ["a"])
    store.begin(one.number, ["a", "b"])
    store.begin(other.number, ["a"])
    assert [post.article_ids for post in store.posts(one.number)] == [("a",), ("b",)]
    assert [post.article_ids for post in store.posts(other.number)] == [("a",)]


def test_old_posts_are_forgotten(database: Database, store: Subscriptions) -> None:
    """After two months, and not after one."""
    one = store.add(Wish("port strike"), HERE)
    store.begin(one.number, ["a"])
    for days, left in ((30, 1), (61, 0)):
        later = Subscriptions(database, clock=lambda days=days: NOW + days * 86_400)  # type: ignore[misc]
        later.prune()
        assert len(later.posts(one.number)) == left


def test_who_deletes_what_is_kept_ends_their_subscriptions(database: Database, store: Subscriptions) -> None:
    """They are told in the trace before, with when the oldest was made; others' stay."""
    store.add(Wish("port strike"), HERE)
    store.add(Wish("port strike"), DIRECT)
    others = store.add(Wish("rye bread"), Place(8, 11, 5))
    memory = Memory(database, keep_days=30)
    trace = memory.trace(7)
    assert (trace.subscriptions, trace.oldest) == (2, datetime.fromtimestamp(NOW, UTC))
    memory.forget(7)
    assert memory.trace(7).subscriptions == 0
    assert store.active() == (others,)


def test_looks_are_in_turn(store: Subscriptions) -> None:
    """The one looked for longest ago is first."""
    one, other = store.add(Wish("port strike"), HERE), store.add(Wish("rye bread"), HERE)
    later = one.looked_at + timedelta(hours=1)
    store.looked(one.number, later, generation=3)
    assert [(each.number, each.generation) for each in store.active()] == [(other.number, -1), (one.number, 3)]
    assert store.active()[1].looked_at == later
