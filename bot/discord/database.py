"""
The file `discord.sqlite` of the data folder: what the bot keeps beside the index.

What is kept in it, and how it is asked, is decided in `memory`, and in the other files that name tables of this one.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Self

from index_store import IndexStoreError, MismatchError

_ANSWERS = """
CREATE TABLE answers (
    answer_id  INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: buttons name it
    given_at   INTEGER NOT NULL,                   -- seconds since 1970
    guild_id   INTEGER,                            -- NULL for a direct message
    channel_id INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    private    INTEGER NOT NULL,
    message_id INTEGER,                            -- NULL until it is sent
    follows    INTEGER REFERENCES answers ON DELETE SET NULL,
    answer     TEXT NOT NULL                       -- JSON: question, claims, citations with version and span
);
CREATE INDEX answers_by_message ON answers (message_id);
CREATE INDEX answers_by_channel ON answers (channel_id, answer_id);
CREATE INDEX answers_by_user ON answers (user_id);
CREATE INDEX answers_by_follows ON answers (follows);

CREATE TABLE quoted (                              -- which articles an answer quotes
    article_id TEXT NOT NULL,
    answer_id  INTEGER NOT NULL REFERENCES answers ON DELETE CASCADE,
    PRIMARY KEY (article_id, answer_id)
) WITHOUT ROWID;
CREATE INDEX quoted_by_answer ON quoted (answer_id);

CREATE TABLE votes (
    answer_id INTEGER NOT NULL REFERENCES answers ON DELETE CASCADE,
    user_id   INTEGER NOT NULL,
    voted_at  INTEGER NOT NULL,
    good      INTEGER NOT NULL,
    complaint TEXT NOT NULL,                       -- what was wrong; '' where nothing was said
    PRIMARY KEY (answer_id, user_id)
) WITHOUT ROWID;
CREATE INDEX votes_by_user ON votes (user_id);
"""
_RULES = """
CREATE TABLE guild_rules (
    guild_id INTEGER PRIMARY KEY,
    rules    TEXT NOT NULL                         -- JSON; what is left out is as it is where nobody has set anything
);

CREATE TABLE rule_changes (                        -- the latest of each server
    change_id  INTEGER PRIMARY KEY,
    guild_id   INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,                   -- seconds since 1970
    user_id    INTEGER,                            -- NULL once this person's traces were deleted
    setting    TEXT NOT NULL,
    old        TEXT NOT NULL,                      -- JSON, as in guild_rules, of this setting alone
    new        TEXT NOT NULL
);
CREATE INDEX rule_changes_by_guild ON rule_changes (guild_id, change_id);
CREATE INDEX rule_changes_by_user ON rule_changes (user_id);
"""
_CORRECTIONS = """
ALTER TABLE answers ADD COLUMN told TEXT NOT NULL DEFAULT '';  -- what its message says of articles changed since
ALTER TABLE quoted ADD COLUMN compared INTEGER;    -- version that its message agrees with, 0 for a removed article;
                                                   -- NULL where the message cannot be edited
UPDATE quoted SET compared = (
    SELECT min(json_extract(value, '$.version')) FROM answers, json_each(answer, '$.citations')
    WHERE answers.answer_id = quoted.answer_id AND json_extract(value, '$.article_id') = quoted.article_id
) WHERE answer_id IN (SELECT answer_id FROM answers WHERE private = 0 AND json_valid(answer));
"""
_SUBSCRIPTIONS = """
CREATE TABLE subscriptions (
    subscription_id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id   INTEGER,                            -- NULL for a direct conversation
    channel_id INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,                   -- who made it
    topic      TEXT NOT NULL,                      -- '' for everything
    every_s    INTEGER NOT NULL,
    quiet_from INTEGER,                            -- local hours; NULL for none
    quiet_to   INTEGER,
    daily_hour INTEGER,                            -- of a digest; NULL for news as it comes
    created_at INTEGER NOT NULL,                   -- seconds since 1970
    looked_at  INTEGER NOT NULL,
    generation INTEGER NOT NULL DEFAULT -1,        -- of the index when it was looked through to the end
    paused     TEXT NOT NULL DEFAULT ''            -- why; '' for not
);
CREATE INDEX subscriptions_by_channel ON subscriptions (channel_id);
CREATE INDEX subscriptions_by_guild ON subscriptions (guild_id);
CREATE INDEX subscriptions_by_user ON subscriptions (user_id);

CREATE TABLE posts (                               -- each is written down before it is sent
    post_id    INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription_id INTEGER NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
    nonce      TEXT NOT NULL UNIQUE,               -- stands in the message, and Discord takes it once
    begun_at   INTEGER NOT NULL,                   -- when it was first written down
    tried_at   INTEGER NOT NULL,                   -- when it was last sent
    state      TEXT NOT NULL,                      -- sending, unsent, sent, missed, deleted
    message_id INTEGER,                            -- NULL until it is known
    shown      TEXT NOT NULL DEFAULT ''            -- fingerprint of what the message shows
);
CREATE INDEX posts_by_subscription ON posts (subscription_id, post_id);
CREATE INDEX posts_under_way ON posts (post_id) WHERE state = 'sending';

CREATE TABLE posted (                              -- which articles a post tells of: each goes into one
    subscription_id INTEGER NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
    article_id TEXT NOT NULL,
    post_id    INTEGER NOT NULL REFERENCES posts ON DELETE CASCADE,
    PRIMARY KEY (subscription_id, article_id)
) WITHOUT ROWID;
CREATE INDEX posted_by_post ON posted (post_id);
"""
_PARENTS = """
ALTER TABLE subscriptions ADD COLUMN parent_id INTEGER;  -- the channel that a thread hangs under; NULL elsewhere
"""
_FORMATS = (_ANSWERS, _RULES, _CORRECTIONS, _SUBSCRIPTIONS, _PARENTS)  # what each format adds to the one before it
FORMAT = len(_FORMATS)
_MOVE_AWAY = "Move it away (its two companions -wal and -shm, too); the bot then begins a new one."


class Database:
    """The open file. One thread uses it at a time; any may."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = Lock()

    @classmethod
    def open(cls, file: Path) -> Self:
        """
        Open the file, or make it; one of an older format is brought up to date.

        Raises:
            IndexStoreError: If it cannot be opened.
            MismatchError: If a newer version of Dateline made it, or it is no file of a bot.
        """
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(file, timeout=5, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise IndexStoreError(
                f"{file} cannot be opened: {error}.", remedy="Check the folder's permissions."
            ) from error
        try:
            _prepare(connection, file)
        except sqlite3.Error as error:
            connection.close()
            raise MismatchError(f"{file} cannot be read as a bot's memory: {error}.", remedy=_MOVE_AWAY) from error
        except BaseException:
            connection.close()
            raise
        return cls(connection)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Hold the connection for a query."""
        with self._lock:
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the connection for one transaction, which an error undoes."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.rollback()
                raise


def _prepare(connection: sqlite3.Connection, file: Path) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is gone from the file, too
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found == 0 and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise MismatchError(f"{file} is a database of another program.", remedy=_MOVE_AWAY)
    if found > FORMAT:
        message = f"{file} has format {found}; this version of Dateline knows format {FORMAT}."
        raise MismatchError(message, remedy=f"Use the newer Dateline that made it. Or: {_MOVE_AWAY}")
    connection.execute("PRAGMA journal_mode = WAL")
    for number, script in enumerate(_FORMATS[found:], start=found + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")
