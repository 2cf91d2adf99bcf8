"""What is kept of an answer that was given on Discord: frozen records."""

from dataclasses import dataclass
from datetime import datetime

from bot.answering import Answer


@dataclass(frozen=True, slots=True)
class Place:
    """
    Who asked, and where.

    Attributes:
        user_id: Who asked.
        channel_id: The channel, thread or direct conversation that it was asked in.
        guild_id: The server; None for a direct message.
        private: Whether only the asker sees the answer.
        parent_id: The channel that a thread hangs under; None elsewhere, and where it is not known. It is
            kept with a subscription alone.
    """

    user_id: int
    channel_id: int
    guild_id: int | None = None
    private: bool = False
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """
    An answer that can be looked up again.

    Attributes:
        answer_id: Its number, never given twice.
        answer: Whole, with the article version and span of each citation.
        place: Who asked, and where.
        message_id: The message that shows it; None where none could be sent.
        follows: Number of the answer whose conversation it continues.
        given_at: When it was kept (UTC).
        told: What its message says of articles that have changed since; "" for nothing.
    """

    answer_id: int
    answer: Answer
    place: Place
    message_id: int | None
    follows: int | None
    given_at: datetime
    told: str = ""

    def may_be_seen_by(self, user_id: int, channel_id: int | None) -> bool:
        """Whether somebody in a channel sees the message of this answer."""
        return self.place.channel_id == channel_id and (not self.place.private or self.place.user_id == user_id)


@dataclass(frozen=True, slots=True)
class Trace:
    """
    How much is kept about a user.

    Attributes:
        answers: Questions of theirs, with the answers.
        votes: Votes of theirs, on anybody's answers.
        oldest: When the oldest of these was kept; None where there is none.
        subscriptions: Subscriptions that they made, for any channel.
    """

    answers: int
    votes: int
    oldest: datetime | None
    subscriptions: int = 0
