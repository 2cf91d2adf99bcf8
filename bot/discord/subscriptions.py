"""
What channels have subscribed to, and what was posted to them, in the bot's file.

Methods are transactions. A post is written down before it is sent, so that a process that is killed in between
finds it again, and can see whether it arrived.
"""

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bot.discord.database import Database
from bot.discord.kept import Place
from bot.subscribing import Pause, QuietHours, Subscription, Wish
from index_store import DiscordError

MOST_OF_A_GUILD = 25
MOST_OF_A_CHANNEL = 10
_KEPT_S = 60 * 86_400  # posts, far beyond the time in which their articles can be found again
_NONCE_BYTES = 6

_SUBSCRIPTION = (
    "subscription_id, guild_id, channel_id, topic, every_s, quiet_from, quiet_to, daily_hour, created_at, looked_at, "
    "generation, paused, parent_id"
)
_POST = "post_id, subscription_id, channel_id, nonce, begun_at, tried_at, state, message_id, shown"

State = Literal["sending", "unsent", "sent", "missed", "deleted"]


@dataclass(frozen=True, slots=True)
class Post:
    """
    A message that a subscription led to, or shall.

    Attributes:
        post_id: Its number; a lower one was begun earlier.
        subscription: Number of the subscription.
        channel_id: Where.
        nonce: What tells it from every other message; it stands in the message.
        begun_at: When it was first written down (UTC).
        tried_at: When it was last sent (UTC).
        state: "sending" while it is not known whether it arrived; "unsent" if it did not; "sent"; "missed" where that
            cannot be found out; "deleted" by somebody.
        message_id: The message; None unless it is "sent".
        shown: Fingerprint of what the message shows.
        article_ids: The articles that it tells of.
    """

    post_id: int
    subscription: int
    channel_id: int
    nonce: str
    begun_at: datetime
    tried_at: datetime
    state: State
    message_id: int | None
    shown: str
    article_ids: tuple[str, ...]


class Subscriptions:
    """The subscriptions of one bot; methods may be called from any thread."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        """
        Read and write a file.

        Args:
            database: The file; closed by who opened it.
            clock: Seconds since 1970.
        """
        self._database = database
        self._clock = clock

    # Subscriptions.

    def add(self, wish: Wish, place: Place) -> Subscription:
        """
        Subscribe a channel; one that is paused is taken up again, with what is wished for now.

        Raises:
            DiscordError: If it has subscribed to that already, or it or its server has too many.
        """
        now = int(self._clock())
        with self._database.writing() as connection:
            rows = connection.execute(
                f"SELECT {_SUBSCRIPTION} FROM subscriptions WHERE channel_id = ? OR guild_id = ?",  # noqa: S608 - constants
                (place.channel_id, place.guild_id),
            ).fetchall()
            number = _paused_among([_subscription(row) for row in rows], wish, place)
            quiet = (wish.quiet.begin, wish.quiet.end) if wish.quiet else (None, None)
            wished = (wish.topic, wish.every_s, *quiet, wish.daily_hour)
            if number is None:
                number = connection.execute(
                    "INSERT INTO subscriptions (guild_id, channel_id, parent_id, user_id, topic, every_s, quiet_from, "
                    "quiet_to, daily_hour, created_at, looked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (place.guild_id, place.channel_id, place.parent_id, place.user_id, *wished, now, now),
                ).lastrowid
            else:
                connection.execute(
                    "UPDATE subscriptions SET topic = ?, every_s = ?, quiet_from = ?, quiet_to = ?, daily_hour = ?, "
                    "parent_id = ?, generation = -1, paused = '' WHERE subscription_id = ?",
                    (*wished, place.parent_id, number),
                )
            row = connection.execute(
                f"SELECT {_SUBSCRIPTION} FROM subscriptions WHERE subscription_id = ?",  # noqa: S608 - constants
                (number,),
            ).fetchone()
        return _subscription(row)

    def of(self, place: Place) -> tuple[Subscription, ...]:
        """Return the subscriptions of a server, or of a direct conversation, oldest first."""
        if place.guild_id is None:
            return self._some("guild_id IS NULL AND channel_id = ?", place.channel_id)
        return self._some("guild_id = ?", place.guild_id)

    def active(self) -> tuple[Subscription, ...]:
        """Return those that are not paused, the one looked for longest ago first."""
        return self._some("paused = ''", order="looked_at, subscription_id")

    def remove(self, number: int, place: Place) -> bool:
        """Delete a subscription of a server or direct conversation, with what was posted; returns whether it had it."""
        where, value = ("guild_id = ?", place.guild_id) if place.guild_id else ("channel_id = ?", place.channel_id)
        with self._database.writing() as connection:
            return bool(
                connection.execute(
                    f"DELETE FROM subscriptions WHERE subscription_id = ? AND {where}",  # noqa: S608 - constants
                    (number, value),
                ).rowcount
            )

    def looked(self, number: int, at: datetime, *, generation: int) -> None:
        """Note that a subscription was looked for, and in which state of the index; -1 if not to the end."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE subscriptions SET looked_at = ?, generation = ? WHERE subscription_id = ?",
                (int(at.timestamp()), generation, number),
            )

    def pause(self, number: int, why: Pause) -> None:
        """Look for a subscription no more, until somebody subscribes again."""
        with self._database.writing() as connection:
            connection.execute("UPDATE subscriptions SET paused = ? WHERE subscription_id = ?", (why, number))

    # Posts.

    def posts(self, number: int) -> tuple[Post, ...]:
        """Return what a subscription led to, the oldest first."""
        return self._posts("subscription_id = ?", number)

    def under_way(self) -> tuple[Post, ...]:
        """Return the posts of which it is not known whether they arrived."""
        return self._posts("state = 'sending'")

    def begin(self, number: int, article_ids: Sequence[str], *, shown: str = "") -> Post | None:
        """
        Write down that a post is about to be sent.

        Args:
            number: The subscription.
            article_ids: The articles it tells of; those that another post has told of stay with that.
            shown: Fingerprint of what it shows.

        Returns:
            The post; None where somebody has removed the subscription.
        """
        now = int(self._clock())
        with self._database.writing() as connection:
            post_id = connection.execute(
                "INSERT INTO posts (subscription_id, nonce, begun_at, tried_at, state, shown) "
                "SELECT subscription_id, ?, ?, ?, 'sending', ? FROM subscriptions WHERE subscription_id = ?",
                (secrets.token_hex(_NONCE_BYTES), now, now, shown, number),
            ).lastrowid
            connection.executemany(
                "INSERT OR IGNORE INTO posted SELECT subscription_id, ?, post_id FROM posts WHERE post_id = ? "
                "AND subscription_id = ?",
                [(article_id, post_id, number) for article_id in article_ids],
            )
            return next(_posts(connection, "post_id = ? AND subscription_id = ?", post_id, number), None)

    def begin_again(self, post: Post, article_ids: Sequence[str], *, shown: str = "") -> Post | None:
        """Write down that a post that did not arrive is about to be sent, as the same one; see `begin`."""
        self.join(post, article_ids)
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE posts SET state = 'sending', tried_at = ?, shown = ? WHERE post_id = ?",
                (int(self._clock()), shown, post.post_id),
            )
            return next(_posts(connection, "post_id = ?", post.post_id), None)

    def join(self, post: Post, article_ids: Sequence[str]) -> None:
        """Note further articles of a story that was posted."""
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO posted SELECT subscription_id, ?, post_id FROM posts WHERE post_id = ?",
                [(article_id, post.post_id) for article_id in article_ids],
            )

    def settle(self, post: Post, state: State, *, message_id: int | None = None) -> None:
        """Note what became of a post."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE posts SET state = ?, message_id = ? WHERE post_id = ?", (state, message_id, post.post_id)
            )

    def show(self, post: Post, shown: str) -> None:
        """Note what a post's message shows."""
        with self._database.writing() as connection:
            connection.execute("UPDATE posts SET shown = ? WHERE post_id = ?", (shown, post.post_id))

    def prune(self) -> None:
        """Forget posts whose articles cannot be found any more."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM posts WHERE begun_at < ?", (int(self._clock() - _KEPT_S),))

    def _some(self, where: str, *values: object, order: str = "subscription_id") -> tuple[Subscription, ...]:
        query = f"SELECT {_SUBSCRIPTION} FROM subscriptions WHERE {where} ORDER BY {order}"  # noqa: S608 - constants
        with self._database.reading() as connection:
            return tuple(map(_subscription, connection.execute(query, values).fetchall()))

    def _posts(self, where: str, *values: object) -> tuple[Post, ...]:
        with self._database.reading() as connection:
            return tuple(_posts(connection, where, *values))


def _paused_among(others: Sequence[Subscription], wish: Wish, place: Place) -> int | None:
    """
    Find the paused subscription that a wish takes up again.

    Raises:
        DiscordError: If one that is not paused is for the same, or there are too many.
    """
    of_channel = [one for one in others if one.channel_id == place.channel_id]
    for one in of_channel:
        if _is_same(one.wish, wish):
            if one.paused:
                return one.number
            raise DiscordError(
                "This channel has subscribed to that already.",
                remedy="`/subscriptions` shows it; to change how often it looks, `/unsubscribe` first.",
            )
    if len(of_channel) >= MOST_OF_A_CHANNEL:
        raise DiscordError(
            f"A channel can have {MOST_OF_A_CHANNEL} subscriptions.", remedy="`/unsubscribe` ends one of them."
        )
    if place.guild_id is not None and len(others) >= MOST_OF_A_GUILD:
        raise DiscordError(
            f"A server can have {MOST_OF_A_GUILD} subscriptions.", remedy="`/unsubscribe` ends one of them."
        )
    return None


def _is_same(one: Wish, other: Wish) -> bool:
    same_kind = (one.daily_hour is None) == (other.daily_hour is None)
    return same_kind and one.topic.casefold() == other.topic.casefold()


def _subscription(row: tuple[Any, ...]) -> Subscription:
    number, guild_id, channel_id, topic, every_s, quiet_from, quiet_to, hour, created_at, looked_at, *state = row
    quiet = None if quiet_from is None else QuietHours(quiet_from, quiet_to)
    wish = Wish(topic, every_s, quiet, hour)
    return Subscription(number, wish, channel_id, guild_id, _moment(created_at), _moment(looked_at), *state)


def _posts(connection: sqlite3.Connection, where: str, *values: object) -> Iterator[Post]:
    query = (
        f"SELECT {_POST}, (SELECT json_group_array(article_id) FROM posted WHERE posted.post_id = posts.post_id) "  # noqa: S608 - constants
        f"FROM posts JOIN subscriptions USING (subscription_id) WHERE {where} ORDER BY post_id"
    )
    for row in connection.execute(query, values).fetchall():
        post_id, number, channel_id, nonce, begun_at, tried_at, state, message_id, shown, articles = row
        times = (_moment(begun_at), _moment(tried_at))
        told = tuple(json.loads(articles))
        yield Post(post_id, number, channel_id, nonce, *times, state, message_id, shown, told)


def _moment(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
