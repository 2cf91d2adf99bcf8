"""Data folders as older versions of Dateline left them."""

import sqlite3
from contextlib import closing
from pathlib import Path

_BACK_TO_FORMAT_2 = """
DROP INDEX live;
CREATE INDEX live_by_date ON versions (public_by_epoch) WHERE retired_at IS NULL;
DROP TABLE sources;
DROP TABLE pages;
CREATE TABLE sources (                 -- what is known of each place that articles come from
    location      TEXT PRIMARY KEY,    -- as it is named in the settings or on the command line
    kind          TEXT NOT NULL,       -- feed, sitemap, page, ...; '' before the first success
    title         TEXT NOT NULL,
    moved_to      TEXT,                -- where it permanently is now
    etag          TEXT,
    last_modified TEXT,
    checked_at    INTEGER,             -- seconds since 1970, as all times here
    succeeded_at  INTEGER,
    due_at        INTEGER,             -- when its schedule, or its publisher, wants it asked again
    paused_until_at INTEGER,           -- until when its publisher asked to be left alone
    failures      INTEGER NOT NULL,    -- in a row
    problem       TEXT,                -- NULL after a success
    retired       INTEGER NOT NULL     -- 1 once it answered that it is gone for good
) WITHOUT ROWID;

CREATE TABLE pages (                   -- what was asked of the web beside the sources themselves
    page_key      TEXT PRIMARY KEY,    -- identity of the address
    address       TEXT NOT NULL,
    source        TEXT NOT NULL,       -- location of the source that named it first
    entry_key     TEXT,                -- what names it inside its feed
    article_id    TEXT,                -- NULL where it held no article
    announcement  TEXT,                -- fingerprint of what its feed or sitemap said of it
    etag          TEXT,
    last_modified TEXT,
    checked_at    INTEGER NOT NULL,
    problem       TEXT,                -- why it gave no article
    gone          INTEGER NOT NULL     -- 1 once it answered 404 or 410, or was withdrawn
) WITHOUT ROWID;
CREATE INDEX pages_of_article ON pages (article_id);
CREATE INDEX pages_of_source ON pages (source, entry_key);
PRAGMA user_version = 2;
"""


_BACK_TO_FORMAT_3 = """
DROP TABLE sources;
CREATE TABLE sources (                 -- what is known of each place that articles come from
    location      TEXT PRIMARY KEY,    -- as it is named in the settings or on the command line
    kind          TEXT NOT NULL,       -- feed, sitemap, page, ...; '' before the first success
    title         TEXT NOT NULL,
    moved_to      TEXT,                -- where it permanently is now
    etag          TEXT,
    last_modified TEXT,
    checked_at    INTEGER,             -- seconds since 1970, as all times here
    succeeded_at  INTEGER,
    due_at        INTEGER,             -- when its schedule, or its publisher, wants it asked again
    paused_until_at INTEGER,           -- until when its publisher asked to be left alone
    failures      INTEGER NOT NULL,    -- in a row
    problem       TEXT,                -- NULL after a success
    retired       INTEGER NOT NULL,    -- 1 once it answered that it is gone for good
    update_every_s REAL,               -- how often its publisher wants it asked
    since_at      INTEGER              -- articles published before it were left out
) WITHOUT ROWID;
PRAGMA user_version = 3;
"""

_BACK_TO_FORMAT_4 = "DROP TABLE past_chunks; PRAGMA user_version = 4;"

OLDER_FORMATS = {
    2: _BACK_TO_FORMAT_4 + _BACK_TO_FORMAT_2,
    3: _BACK_TO_FORMAT_4 + _BACK_TO_FORMAT_3,
    4: _BACK_TO_FORMAT_4,
}


def back_to(number: int, folder: Path) -> None:
    """Give a data folder's catalog the tables of an older format."""
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as catalog:
        catalog.executescript(OLDER_FORMATS[number])
