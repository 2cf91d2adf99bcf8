"""The catalog's tables."""

SCHEMA_VERSION = 5

_PAST_CHUNKS = """
CREATE TABLE past_chunks (             -- of versions that were replaced: what is quoted as of a time before that
    version_id INTEGER NOT NULL REFERENCES versions,
    position   INTEGER NOT NULL,
    start      INTEGER NOT NULL,
    "end"      INTEGER NOT NULL,
    sentences  BLOB NOT NULL,
    PRIMARY KEY (version_id, position)
) WITHOUT ROWID;
"""

# What leads from each older format to the next.
MIGRATIONS = {
    2: """
DROP INDEX live_by_date;
CREATE INDEX live ON versions (public_by_epoch, published_epoch, publisher) WHERE retired_at IS NULL;
ALTER TABLE sources ADD COLUMN update_every_s REAL;
ALTER TABLE sources ADD COLUMN since_at INTEGER;
ALTER TABLE pages ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pages ADD COLUMN retry_at INTEGER;
""",
    3: "ALTER TABLE sources ADD COLUMN below TEXT NOT NULL DEFAULT '[]';",
    4: _PAST_CHUNKS,
}

SCHEMA = f"""
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE versions (
    version_id      INTEGER PRIMARY KEY,
    article_id      TEXT NOT NULL,
    number          INTEGER NOT NULL,
    fingerprint     TEXT NOT NULL,
    url             TEXT NOT NULL,
    title           TEXT NOT NULL,
    text            TEXT NOT NULL,
    authors         TEXT NOT NULL,     -- JSON array
    publisher       TEXT,
    published_at    TEXT,              -- ISO 8601, with the zone it was published in
    published_epoch INTEGER,           -- the same in seconds since 1970 (UTC)
    public_by_epoch INTEGER NOT NULL,  -- published_epoch, or when first seen: it was public by then
    date_source     TEXT NOT NULL,
    language        TEXT,
    date_confidence TEXT NOT NULL,
    modified_at     TEXT,              -- ISO 8601
    section         TEXT,
    first_seen_at   INTEGER NOT NULL,
    indexed_at      INTEGER NOT NULL,
    retired_at      INTEGER,           -- NULL while this version is live
    UNIQUE (article_id, number)
);
CREATE UNIQUE INDEX one_live_version ON versions (article_id) WHERE retired_at IS NULL;
CREATE INDEX live ON versions (public_by_epoch, published_epoch, publisher) WHERE retired_at IS NULL;

CREATE TABLE chunks (                  -- of live versions only
    chunk_key  TEXT PRIMARY KEY,       -- article_id.number.position, as in Chroma and Tantivy
    version_id INTEGER NOT NULL REFERENCES versions,
    position   INTEGER NOT NULL,
    start      INTEGER NOT NULL,
    "end"      INTEGER NOT NULL,
    sentences  BLOB NOT NULL,          -- int32 pairs
    vector     BLOB NOT NULL           -- float32, of unit length
);
CREATE INDEX chunks_of_version ON chunks (version_id);
{_PAST_CHUNKS}
CREATE TABLE bands (                   -- of live versions: where their copies are looked for
    band       INTEGER NOT NULL,       -- 64 bits, from MinHash
    version_id INTEGER NOT NULL REFERENCES versions,
    PRIMARY KEY (band, version_id)
) WITHOUT ROWID;
CREATE INDEX bands_of_version ON bands (version_id);

CREATE TABLE copies (                  -- pairs of live articles that carry the same report, each in both orders
    one   TEXT NOT NULL,
    other TEXT NOT NULL,
    PRIMARY KEY (one, other)
) WITHOUT ROWID;

CREATE TABLE stories (                 -- of live articles that have copies
    article_id TEXT PRIMARY KEY,
    story_id   TEXT NOT NULL           -- the smallest article_id of those that pairs connect
) WITHOUT ROWID;
CREATE INDEX articles_of_story ON stories (story_id);

CREATE TABLE strays (chunk_key TEXT PRIMARY KEY) WITHOUT ROWID;  -- what the copies may hold and must forget

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
    since_at      INTEGER,             -- articles published before it were left out
    below         TEXT NOT NULL DEFAULT '[]'  -- JSON array: locations of the feeds or sitemaps that it names
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
    gone          INTEGER NOT NULL,    -- 1 once it answered 404 or 410, or was withdrawn
    failures      INTEGER NOT NULL DEFAULT 0,  -- in a row
    retry_at      INTEGER              -- when to ask again after a failure; NULL where that is of no use
) WITHOUT ROWID;
CREATE INDEX pages_of_article ON pages (article_id);
CREATE INDEX pages_of_source ON pages (source, entry_key);
"""
