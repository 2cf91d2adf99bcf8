"""What a server's managers decide: within limits, kept with who decided it, and read again whatever happens."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remembering import remembering

from bot.discord.database import _ANSWERS, _RULES, Database
from bot.discord.rule_book import MOST_CHANGES, Change, RuleBook
from bot.languages import LANGUAGES
from bot.rules import MOST_CHANNELS, MOST_SOURCES, NO_ROLE, AnswersArePrivateError, ElsewhereError, GuildRules
from index_store import DiscordError

GUILD, OTHER_GUILD, MANAGER = 2001, 2002, 4001
PRIVATE = GuildRules(answers="private")

snowflakes = st.integers(1, 2**63 - 1)
rules = st.builds(
    GuildRules,
    channels=st.lists(snowflakes, max_size=MOST_CHANNELS, unique=True).map(tuple),
    adders=st.none() | st.just(NO_ROLE) | snowflakes,
    sources=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100), max_size=MOST_SOURCES, unique=True
    ).map(tuple),
    dates=st.sampled_from(sorted(LANGUAGES)),
    answers=st.sampled_from(["public", "private"]),
    threads=st.sampled_from(["never", "asked", "always"]),
    length=st.sampled_from(["short", "normal"]),
)


def test_where_answers_are_allowed() -> None:
    """Everywhere, or in the channels named and their threads; aloud only where answers are public."""
    GuildRules().admit(1, None, aloud=True)
    some = GuildRules(channels=(1, 2))
    some.admit(1, None)
    some.admit(77, 2, aloud=True)
    for place in ((3, None), (77, 3)):
        with pytest.raises(ElsewhereError) as refused:
            some.admit(*place)
        assert refused.value.channels == (1, 2)
    PRIVATE.admit(1, None)
    with pytest.raises(AnswersArePrivateError, match="Ask there with /ask"):
        PRIVATE.admit(1, None, aloud=True)


@given(rules, snowflakes, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120))
def test_lists_grow_and_shrink_within_their_limits(start: GuildRules, channel_id: int, publisher: str) -> None:
    """What is added can be taken off again; what is too much is refused in words, and never half added."""
    if channel_id not in start.channels and len(start.channels) == MOST_CHANNELS:
        with pytest.raises(DiscordError, match="At most 25 channels"):
            start.with_channel(channel_id)
    else:
        more = start.with_channel(channel_id)
        assert more.with_channel(channel_id) == more
        if len(more.channels) > 1:
            assert channel_id not in more.without_channel(channel_id).channels
        else:
            with pytest.raises(DiscordError, match="everywhere"):
                more.without_channel(channel_id)
    if len(publisher) > 100 or (publisher not in start.sources and len(start.sources) == MOST_SOURCES):
        with pytest.raises(DiscordError, match="At most 10 publishers"):
            start.with_source(publisher)
    else:
        assert start.with_source(publisher).without_source(publisher).differing(start) in ((), ("sources",))


def test_what_is_not_there_cannot_be_taken_off() -> None:
    """Nor can a language be chosen that nobody offers."""
    with pytest.raises(DiscordError, match="not on the list"):
        GuildRules(channels=(1, 2)).without_channel(3)
    with pytest.raises(DiscordError, match="not on the list"):
        GuildRules().without_source("Example Wire")
    assert GuildRules(sources=("Example Wire",)).without_source("example WIRE") == GuildRules()
    with pytest.raises(DiscordError, match="language"):
        GuildRules(dates="tlh")


@given(rules, rules)
def test_settings_are_kept_as_they_are(first: GuildRules, second: GuildRules) -> None:
    """Whatever was set is there when the file is opened again, with a change for each setting that differs."""
    with closing(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)) as connection:
        connection.executescript(_RULES)
        database = Database(connection)
        book = RuleBook(database, clock=lambda: 1_740_000_000.0)
        book.change(GUILD, MANAGER, lambda _: first)
        changes = book.change(GUILD, MANAGER, lambda _: second)
        again = RuleBook(database)
        assert (again.of(GUILD), again.of(OTHER_GUILD), again.of(None)) == (second, GuildRules(), GuildRules())
        assert tuple(one.setting for one in changes) == first.differing(second)
        latest = again.history(GUILD, limit=len(changes))
        for kept, made in zip(latest, reversed(changes), strict=True):
            assert (kept.setting, kept.user_id, kept.changed_at) == (made.setting, MANAGER, made.changed_at)
            for then, now in ((kept.old, first), (kept.new, second)):
                assert getattr(then, kept.setting) == getattr(now, kept.setting)


def test_who_changed_what(tmp_path: Path) -> None:
    """Newest first, bounded, of this server alone; nothing is noted where nothing changes or the change is refused."""
    with closing(Database.open(tmp_path / "m")) as database:
        book = RuleBook(database)
        assert book.change(GUILD, MANAGER, lambda old: old) == ()
        with pytest.raises(DiscordError):
            book.change(GUILD, MANAGER, lambda old: old.without_channel(1))
        book.change(OTHER_GUILD, MANAGER, lambda _: PRIVATE)
        for number in range(MOST_CHANGES + 5):
            book.change(GUILD, number, lambda old, number=number: replace(old, channels=(number + 1,)))  # type: ignore[misc]
        history = book.history(GUILD)
        assert len(history) == MOST_CHANGES
        assert [one.user_id for one in history[:2]] == [MOST_CHANGES + 4, MOST_CHANGES + 3]
        assert (history[0].old.channels, history[0].new.channels) == ((MOST_CHANGES + 4,), (MOST_CHANGES + 5,))
        assert [one.setting for one in book.history(OTHER_GUILD)] == ["answers"]


def test_two_managers_at_once(tmp_path: Path) -> None:
    """Neither undoes what the other does at the same moment."""
    with closing(Database.open(tmp_path / "m")) as database:
        book = RuleBook(database)

        def add(number: int) -> tuple[Change, ...]:
            return book.change(GUILD, number, lambda old: old.with_channel(number))

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(add, range(1, MOST_CHANNELS + 1)))
        assert set(RuleBook(database).of(GUILD).channels) == set(range(1, MOST_CHANNELS + 1))


def test_a_failing_disk_changes_nothing(tmp_path: Path) -> None:
    """What could not be kept does not hold either, so that no restart undoes what was told."""
    with closing(Database.open(tmp_path / "m")) as database:
        book = RuleBook(database)
        with closing(sqlite3.connect(tmp_path / "m", isolation_level=None)) as connection:
            connection.execute("DROP TABLE rule_changes")
        with pytest.raises(sqlite3.Error):
            book.change(GUILD, MANAGER, lambda _: PRIVATE)
        assert book.of(GUILD) == GuildRules() == RuleBook(database).of(GUILD)


def test_settings_that_cannot_be_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The bot starts and is silent aloud in that server, whose history shows the rest; they can be set anew."""
    with closing(Database.open(tmp_path / "m")) as database:
        book = RuleBook(database)
        book.change(GUILD, MANAGER, lambda old: replace(old, length="short"))
        book.change(GUILD, MANAGER, lambda old: replace(old, threads="never"))
        with database.writing() as connection:
            connection.execute("UPDATE guild_rules SET rules = ?", ('{"answers": "shouted"}',))
            connection.execute("UPDATE rule_changes SET new = 'x' WHERE setting = 'length'")
        again = RuleBook(database)
        assert again.of(GUILD).answers == "private"
        assert [one.setting for one in again.history(GUILD)] == ["threads"]
        assert "cannot be read" in caplog.text
        again.change(GUILD, MANAGER, lambda _: GuildRules())
        assert RuleBook(database).of(GUILD) == GuildRules()


def test_forgetting_who_changed_them(tmp_path: Path) -> None:
    """Somebody who has their traces deleted is named no longer; what they decided stays."""
    with closing(Database.open(tmp_path / "m")) as database:
        book = RuleBook(database)
        book.change(GUILD, MANAGER, lambda _: PRIVATE)
        book.change(GUILD, 7, lambda old: replace(old, length="short"))
        with remembering(tmp_path / "m") as memory:
            memory.forget(MANAGER)
        assert [one.user_id for one in book.history(GUILD)] == [7, None]
        assert book.of(GUILD).answers == "private"


def test_a_file_from_before_there_were_settings(tmp_path: Path) -> None:
    """It is brought up to date with all that is kept in it, and takes settings."""
    with closing(sqlite3.connect(tmp_path / "m", isolation_level=None)) as connection:
        connection.executescript(f"{_ANSWERS} PRAGMA user_version = 1;")
        connection.execute(
            "INSERT INTO answers (given_at, channel_id, user_id, private, answer) VALUES (1, 2, 3, 0, '')"
        )
    with closing(Database.open(tmp_path / "m")) as database:
        RuleBook(database).change(GUILD, MANAGER, lambda _: PRIVATE)
        assert RuleBook(database).of(GUILD) == PRIVATE
        with database.reading() as connection:
            assert connection.execute("SELECT user_id FROM answers").fetchall() == [(3,)]


CHANGING = """
import sys
from pathlib import Path
from bot.discord.database import _ANSWERS, _RULES, Database
from bot.discord.rule_book import RuleBook
from dataclasses import replace
book = RuleBook(Database.open(Path(sys.argv[1])))
for number in range(1, 100_000):
    book.change(2001, number, lambda old: replace(old, channels=(number,)))
    print(number, flush=True)
"""


def test_kill_9_loses_no_change(tmp_path: Path) -> None:
    """A process that is killed while it changes settings has kept each that it told of, with who made it."""
    with subprocess.Popen(
        [sys.executable, "-c", CHANGING, tmp_path / "m"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(20)]
        process.kill()
        told += map(int, process.stdout.read().split())
    with closing(Database.open(tmp_path / "m")) as database:
        book = RuleBook(database)
        (kept,) = book.of(GUILD).channels
        assert kept in (told[-1], told[-1] + 1)
        newest = book.history(GUILD)[0]
        assert (newest.user_id, newest.new.channels) == (kept, (kept,))
