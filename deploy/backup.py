"""
Back up the index and the bot's own file into a folder, while both are in use, and keep the newest of each.

    python backup.py DATA_DIR BACKUPS [--keep 14]

Run it with the Python of the environment that Dateline is installed in. It writes `discord-TIME.sqlite`, where there is
a bot's file, and then `dateline-TIME.zip`: in this order, so that the index holds every version that a kept answer
quotes. Both appear whole or not at all. The exit status is that of `dateline backup`; nothing is deleted if it fails.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

KINDS = ("discord-*.sqlite", "dateline-*.zip")


def main() -> None:
    """Make both, then delete what is older than the newest of each kind."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data_dir", type=Path)
    arguments.add_argument("backups", type=Path)
    arguments.add_argument("--keep", type=int, default=14, help="how many of each kind (at least 1)")
    given = arguments.parse_args()
    if given.keep < 1:
        arguments.error("--keep must be at least 1")
    os.umask(0o077)  # what people asked is nobody else's business
    given.backups.mkdir(parents=True, exist_ok=True)
    when = time.strftime("%Y-%m-%dT%H%M%SZ", time.gmtime())
    if (bot := given.data_dir / "discord.sqlite").exists():
        copy_database(bot, given.backups / f"discord-{when}.sqlite")
    back_up_index(given.data_dir, given.backups / f"dateline-{when}.zip")
    for kind in KINDS:
        for old in sorted(given.backups.glob(kind))[: -given.keep]:
            old.unlink()


def copy_database(file: Path, copy: Path) -> None:
    """Copy an SQLite file as of one moment, with what still stands in its `-wal`, while others write to it."""
    draft = copy.with_suffix(".part")
    draft.unlink(missing_ok=True)
    address = f"{file.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(draft)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, without companions
    draft.replace(copy)


def back_up_index(data_dir: Path, file: Path) -> None:
    """Run `dateline backup`; exits as it does if it fails."""
    dateline = Path(sys.executable).with_name("dateline")
    ended = subprocess.run([dateline, "--data-dir", data_dir, "backup", file], check=False)  # noqa: S603 - our own program
    if ended.returncode:
        sys.exit(ended.returncode)


if __name__ == "__main__":
    main()
