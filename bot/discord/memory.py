"""
What the bot remembers for a limited time: answers given, and votes on them.

Each method is one transaction, so a process that is killed loses at most the answer it was about to keep.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.answering import Answer, Turn
from bot.discord.database import Database
from bot.discord.kept import KeptAnswer, Place, Trace
from bot.written import read, written
from index_store import whole_characters

MOST_ANSWERS = 100_000  # about 500 MB; beyond, the oldest go before their time
LONGEST_COMPLAINT_CHARS = 1_000
_MOST_TURNS = 5
_PRUNE_EVERY = 100  # answers

_COLUMNS = "answer_id, answer, user_id, channel_id, guild_id, private, message_id, follows, given_at, told"


class Memory:
    """The answers and votes in the bot's file; its methods may be called from any thread."""

    def __init__(self, database: Database, *, keep_days: int, clock: Callable[[], float] = time.time) -> None:
        """
        Remember in a file.

        Args:
            database: The file; closed by who opened it.
            keep_days: How long an answer is kept.
            clock: Seconds since 1970.
        """
        self._database = database
        self._keep_s = keep_days * 86_400
        self._clock = clock
        self._kept_since_pruning = 0
        self._sent = 0

    # Answers.

    def keep(self, answer: Answer, place: Place, *, follows: int | None = None) -> int:
        """Keep an answer before it is sent; returns its number."""
        with self._database.writing() as connection:
            cursor = connection.execute(
                "INSERT INTO answers (given_at, guild_id, channel_id, user_id, private, follows, answer) "
                "VALUES (?, ?, ?, ?, ?, (SELECT answer_id FROM answers WHERE answer_id = ?), ?)",
                (
                    int(self._clock()),
                    place.guild_id,
                    place.channel_id,
                    place.user_id,
                    place.private,
                    follows,
                    written(answer),
                ),
            )
            answer_id = cursor.lastrowid or 0
            quoted = {one.article_id: None if place.private else one.version for one in answer.citations}
            connection.executemany(
                "INSERT INTO quoted (article_id, answer_id, compared) VALUES (?, ?, ?)",
                [(article_id, answer_id, version) for article_id, version in quoted.items()],
            )
        self._kept_since_pruning += 1
        if self._kept_since_pruning >= _PRUNE_EVERY:
            self.prune()
        return answer_id

    def sent(self, answer_id: int, message_id: int) -> None:
        """Note which message shows an answer."""
        with self._database.writing() as connection:
            connection.execute("UPDATE answers SET message_id = ? WHERE answer_id = ?", (message_id, answer_id))
        self._sent += 1

    @property
    def sent_count(self) -> int:
        """How many answers have been sent since the start."""
        return self._sent

    def answer(self, answer_id: int) -> KeptAnswer | None:
        """Return an answer by its number; None where it is not kept (any more)."""
        return self._first("answer_id = ?", answer_id)

    def answer_of(self, message_id: int) -> KeptAnswer | None:
        """Return the answer that a message shows; None where it shows none that is kept."""
        return self._first("message_id = ?", message_id)

    def latest(
        self, channel_id: int, *, user_id: int | None = None, within_s: float | None = None
    ) -> KeptAnswer | None:
        """Return the last answer in a channel that everybody sees, to a user or to anybody, unless it is too old."""
        after = 0 if within_s is None else int(self._clock() - within_s)
        where = "channel_id = ? AND private = 0 AND given_at >= ?"
        if user_id is None:
            return self._first(where, channel_id, after)
        return self._first(f"{where} AND user_id = ?", channel_id, after, user_id)

    def conversation(self, kept: KeptAnswer) -> tuple[Turn, ...]:
        """Return what was asked and said up to an answer, itself included, oldest first; at most five turns."""
        turns = [kept.answer.turn]
        while kept.follows is not None and len(turns) < _MOST_TURNS:
            before = self.answer(kept.follows)
            if before is None:
                break
            kept = before
            turns.append(kept.answer.turn)
        return tuple(reversed(turns))

    def quoting(self, article_ids: Sequence[str], *, guild_id: int, limit: int) -> tuple[KeptAnswer, ...]:
        """Return a server's latest answers that quote one of these articles and that others see, newest first."""
        where = (
            "guild_id = ? AND private = 0 AND message_id NOT NULL AND answer_id IN "
            "(SELECT answer_id FROM quoted WHERE article_id IN (SELECT value FROM json_each(?)))"
        )
        return tuple(self._some(where, guild_id, json.dumps(article_ids), limit=limit))

    # What became of articles that answers quote.

    def compared(self) -> dict[str, tuple[int, int]]:
        """Return the lowest and highest version that messages agree with of each article quoted in one (0: removed)."""
        query = "SELECT article_id, min(compared), max(compared) FROM quoted WHERE compared NOT NULL GROUP BY 1"
        with self._database.reading() as connection:
            return {article_id: (lowest, highest) for article_id, lowest, highest in connection.execute(query)}

    def behind(self, versions: Mapping[str, int]) -> tuple[int, ...]:
        """Number the answers, newest first, whose messages do not agree with these versions of articles yet."""
        query = (
            "SELECT DISTINCT answer_id FROM json_each(?) JOIN quoted ON article_id = key AND compared != value "
            "JOIN answers USING (answer_id) WHERE message_id NOT NULL ORDER BY 1 DESC"
        )
        with self._database.reading() as connection:
            return tuple(answer_id for (answer_id,) in connection.execute(query, (json.dumps(dict(versions)),)))

    def agrees(self, answer_id: int, versions: Mapping[str, int], told: str) -> None:
        """Note the versions of articles that an answer's message agrees with now, and what it says of them."""
        rows = [(number, answer_id, article_id) for article_id, number in versions.items()]
        with self._database.writing() as connection:
            connection.execute("UPDATE answers SET told = ? WHERE answer_id = ?", (told, answer_id))
            connection.executemany("UPDATE quoted SET compared = ? WHERE answer_id = ? AND article_id = ?", rows)

    def leave(self, answer_id: int) -> None:
        """Note that an answer's message cannot be edited: nothing is compared for it any more."""
        with self._database.writing() as connection:
            connection.execute("UPDATE quoted SET compared = NULL WHERE answer_id = ?", (answer_id,))

    # Votes.

    def vote(self, answer_id: int, user_id: int, *, good: bool, complaint: str = "") -> bool:
        """Take a user's vote in the place of an earlier one; returns whether the answer is still kept."""
        row = (answer_id, user_id, int(self._clock()), good, whole_characters(complaint)[:LONGEST_COMPLAINT_CHARS])
        with self._database.writing() as connection:
            if not connection.execute("SELECT 1 FROM answers WHERE answer_id = ?", (answer_id,)).fetchone():
                return False
            connection.execute("INSERT OR REPLACE INTO votes VALUES (?, ?, ?, ?, ?)", row)
        return True

    def votes(self, answer_id: int) -> tuple[int, int]:
        """Count the votes for and against an answer."""
        query = "SELECT count(*), coalesce(sum(good), 0) FROM votes WHERE answer_id = ?"
        with self._database.reading() as connection:
            count, good = connection.execute(query, (answer_id,)).fetchone()
        return good, count - good

    # People.

    def trace(self, user_id: int) -> Trace:
        """Tell how much is kept about a user."""
        with self._database.reading() as connection:
            answers, first = connection.execute(
                "SELECT count(*), min(given_at) FROM answers WHERE user_id = ?", (user_id,)
            ).fetchone()
            votes, voted = connection.execute(
                "SELECT count(*), min(voted_at) FROM votes WHERE user_id = ?", (user_id,)
            ).fetchone()
            subscriptions, subscribed = connection.execute(
                "SELECT count(*), min(created_at) FROM subscriptions WHERE user_id = ?", (user_id,)
            ).fetchone()
        oldest = min((moment for moment in (first, voted, subscribed) if moment is not None), default=None)
        return Trace(answers, votes, None if oldest is None else datetime.fromtimestamp(oldest, UTC), subscriptions)

    def forget(self, user_id: int) -> int:
        """
        Delete a user's questions, their answers with all votes on them, and the user's own votes and subscriptions.

        Settings of servers that the user changed stay as they are, and it is forgotten who changed them.

        Returns:
            How many of these there were, without others' votes.
        """
        statements = (
            "DELETE FROM votes WHERE user_id = ?",
            "DELETE FROM answers WHERE user_id = ?",
            "UPDATE rule_changes SET user_id = NULL WHERE user_id = ?",
            "DELETE FROM subscriptions WHERE user_id = ?",
        )
        with self._database.writing() as connection:
            return sum(connection.execute(statement, (user_id,)).rowcount for statement in statements)

    def prune(self) -> None:
        """Delete what has been kept long enough, and the oldest of what is too much."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM answers WHERE given_at < ?", (int(self._clock() - self._keep_s),))
            connection.execute(
                "DELETE FROM answers WHERE answer_id <= "
                "(SELECT answer_id FROM answers ORDER BY answer_id DESC LIMIT 1 OFFSET ?)",
                (MOST_ANSWERS,),
            )
        self._kept_since_pruning = 0

    def _first(self, where: str, *values: object) -> KeptAnswer | None:
        return next(self._some(where, *values, limit=1), None)

    def _some(self, where: str, *values: object, limit: int) -> Iterator[KeptAnswer]:
        """Yield the newest answers first, of those not kept too long; one that cannot be read counts as not kept."""
        query = f"SELECT {_COLUMNS} FROM answers WHERE given_at >= ? AND {where} ORDER BY answer_id DESC LIMIT ?"  # noqa: S608 - joined from constants
        with self._database.reading() as connection:
            rows = connection.execute(query, (int(self._clock() - self._keep_s), *values, limit)).fetchall()
        for row in rows:
            try:
                yield _kept_from(row)
            except ValueError:
                continue


def _kept_from(row: tuple[Any, ...]) -> KeptAnswer:
    answer_id, answer, user_id, channel_id, guild_id, private, message_id, follows, given_at, told = row
    place = Place(user_id, channel_id, guild_id, private=bool(private))
    moment = datetime.fromtimestamp(given_at, UTC)
    return KeptAnswer(answer_id, read(answer), place, message_id, follows, moment, told)
