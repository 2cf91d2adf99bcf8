"""Backups as `deploy/` takes them each night, and what can be had back from them."""

import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from command_line import Dateline, clean_environment, copy_index
from running_bot import REPOSITORY


def back_up(data_dir: Path, backups: Path) -> "subprocess.CompletedProcess[str]":
    """Run it as the timer does."""
    command = [sys.executable, REPOSITORY / "deploy" / "backup.py", data_dir, backups, "--keep", "1"]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, env=clean_environment(), cwd=backups.parent, timeout=300
    )


def test_index_and_bot_come_back_from_a_backup_taken_while_the_bot_writes(indexed_folder: Path, tmp_path: Path) -> None:
    """What the bot has committed is in the copy though it stands in the -wal; both are private; the newest is kept."""
    index, backups = copy_index(indexed_folder, tmp_path / "index"), tmp_path / "backups"
    backups.mkdir()
    for old in ("dateline-2020-01-01T000000Z.zip", "discord-2020-01-01T000000Z.sqlite", "notes.txt"):
        (backups / old).write_text("old")
    with closing(_open(index)) as bot:
        bot.execute("INSERT INTO answers VALUES ('kept')")
        bot.commit()
        assert (index / "discord.sqlite-wal").stat().st_size > 0
        ended = back_up(index, backups)
    assert ended.returncode == 0, ended.stderr
    (zip_file,), (database,) = backups.glob("dateline-*.zip"), backups.glob("discord-*.sqlite")
    assert {file.name for file in backups.iterdir()} == {zip_file.name, database.name, "notes.txt"}
    assert [stat.S_IMODE(file.stat().st_mode) for file in (zip_file, database)] == [0o600, 0o600]

    restored = tmp_path / "restored"
    Dateline(tmp_path)("restore", zip_file, "--data-dir", restored).succeeded()
    shutil.copy(database, restored / "discord.sqlite")
    with closing(sqlite3.connect(restored / "discord.sqlite")) as bot:
        assert bot.execute("SELECT text FROM answers").fetchall() == [("kept",)]
    assert "Adam Boehler" in Dateline(tmp_path, restored)("ask", "Who led the talks in Doha?").succeeded().told


def test_a_backup_that_fails_deletes_nothing(tmp_path: Path) -> None:
    """Without an index the exit status is that of `dateline backup`, and older backups stay."""
    backups = tmp_path / "backups"
    backups.mkdir()
    kept = {f"dateline-2020-01-0{day}T000000Z.zip" for day in (1, 2)}
    for name in kept:
        (backups / name).touch()
    ended = back_up(tmp_path / "nothing", backups)
    assert ended.returncode == 1
    assert "dateline" in ended.stderr
    assert {file.name for file in backups.iterdir()} == kept


def _open(index: Path) -> sqlite3.Connection:
    """Open a file as the bot does, which keeps what it commits in the -wal for a while."""
    connection = sqlite3.connect(index / "discord.sqlite")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE answers (text)")
    return connection
