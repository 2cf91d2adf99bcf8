"""The catalog's tables."""

SCHEMA_VERSION = 2

SCHEMA = """
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
CREATE INDEX live_by_date ON versions (public_by_epoch) WHERE retired_at IS NULL;

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
"""
