"""
The settings of all servers, and what was changed: in the bot's file, and in memory.

They are few and short, so all of them are read at the start: no answer waits for a disk to learn where it may be given.
Each method is one transaction; what it returns is kept, whatever happens to the process then.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from bot.discord.database import Database
from bot.rules import SETTINGS, Change, GuildRules
from index_store import DiscordError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

MOST_CHANGES = 200  # of one server; beyond, the oldest go
_UNREADABLE = GuildRules(answers="private")  # whatever was decided, nothing is said aloud against it
_ORDINARY = GuildRules()

logger = logging.getLogger(__name__)


class RuleBook:
    """What each server's managers have decided. Its methods may be called from any thread."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        """
        Read what was decided.

        Args:
            database: The file; closed by who opened it.
            clock: Seconds since 1970.
        """
        self._database = database
        self._clock = clock
        self._changing = Lock()
        with database.reading() as connection:
            rows = connection.execute("SELECT guild_id, rules FROM guild_rules").fetchall()
        self._rules = {guild_id: _read(rules) or _UNREADABLE for guild_id, rules in rows}

    def of(self, guild_id: int | None) -> GuildRules:
        """Return a server's settings, without waiting; the ordinary ones for direct messages (None)."""
        return self._rules.get(guild_id, _ORDINARY) if guild_id is not None else _ORDINARY

    def change(self, guild_id: int, user_id: int, to: Callable[[GuildRules], GuildRules]) -> tuple[Change, ...]:
        """
        Change a server's settings, and keep who did.

        Args:
            guild_id: The server.
            user_id: Who changes them.
            to: Settings of now → those wanted.

        Returns:
            What has changed; nothing where it was so already.

        Raises:
            DiscordError: Whatever `to` raises; then nothing has changed.
        """
        with self._changing:
            old = self.of(guild_id)
            new = to(old)
            changes = tuple(
                Change(one, old, new, user_id, datetime.fromtimestamp(int(self._clock()), UTC))
                for one in old.differing(new)
            )
            if changes:
                self._keep(guild_id, new, changes)
                self._rules[guild_id] = new
        return changes

    def history(self, guild_id: int, *, limit: int = MOST_CHANGES) -> tuple[Change, ...]:
        """Return a server's latest changes, newest first."""
        query = "SELECT setting, old, new, user_id, changed_at FROM rule_changes WHERE guild_id = ?"
        with self._database.reading() as connection:
            rows = connection.execute(f"{query} ORDER BY change_id DESC LIMIT ?", (guild_id, limit)).fetchall()
        return tuple(_changes_from(rows))

    def _keep(self, guild_id: int, rules: GuildRules, changes: tuple[Change, ...]) -> None:
        rows = [
            (
                guild_id,
                int(one.changed_at.timestamp()),
                one.user_id,
                one.setting,
                _alone(one, one.old),
                _alone(one, one.new),
            )
            for one in changes
        ]
        with self._database.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO guild_rules VALUES (?, ?)", (guild_id, _written(rules)))
            connection.executemany(
                "INSERT INTO rule_changes (guild_id, changed_at, user_id, setting, old, new) VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )
            connection.execute(
                "DELETE FROM rule_changes WHERE guild_id = ?1 AND change_id <= (SELECT change_id FROM rule_changes "
                "WHERE guild_id = ?1 ORDER BY change_id DESC LIMIT 1 OFFSET ?2)",
                (guild_id, MOST_CHANGES),
            )


def _alone(change: Change, rules: GuildRules) -> str:
    """Write settings in which only one differs from the ordinary."""
    return _written(replace(_ORDINARY, **{change.setting: getattr(rules, change.setting)}))


def _written(rules: GuildRules) -> str:
    return _adapter().dump_json(rules, exclude_defaults=True).decode()


def _read(text: str) -> GuildRules | None:
    """Read what `_written` wrote; None where it is nothing of the kind."""
    try:
        return _adapter().validate_json(text)
    except (ValueError, DiscordError):
        logger.exception("settings of a server cannot be read")
        return None


def _changes_from(rows: Iterable[tuple[Any, ...]]) -> Iterator[Change]:
    for setting, old, new, user_id, changed_at in rows:
        before, after = _read(old), _read(new)
        if setting in SETTINGS and before and after:
            yield Change(setting, before, after, user_id, datetime.fromtimestamp(changed_at, UTC))


@cache
def _adapter() -> "TypeAdapter[GuildRules]":
    from pydantic import TypeAdapter

    return TypeAdapter(GuildRules)
