"""The tables of the record and the checks made when it is opened."""

from __future__ import annotations

APPLICATION_ID = 0x48455041
"""Marks the file as ours: "HEPA" in SQLite's application_id."""

SCHEMA_VERSION = 1

RECORD_NAME = "evidence.sqlite"
INDEX_NAME = "index"

TABLES = """
-- One row: who this store is, its last commit, the next free keys, the sum of what it holds.
CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    uuid TEXT NOT NULL,
    seq INTEGER NOT NULL,
    next_source INTEGER NOT NULL,
    next_passage INTEGER NOT NULL,
    content TEXT NOT NULL
) STRICT;

-- The ingestion log: one row a transaction; `content` is the store's sum after it.
CREATE TABLE commits (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    origin TEXT NOT NULL,
    new INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    superseded INTEGER NOT NULL DEFAULT 0,
    older INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    content TEXT NOT NULL
) STRICT;

CREATE TABLE rejections (
    seq INTEGER NOT NULL REFERENCES commits (seq),
    place TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;

-- Every version of every source; `seq` is the commit that last made it current or took it away.
-- `record` is the source in MessagePack without its text.
CREATE TABLE sources (
    source INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    current INTEGER NOT NULL CHECK (current IN (0, 1)),
    superseded_by TEXT,
    seq INTEGER NOT NULL,
    origin TEXT NOT NULL,
    ingested_at TEXT NOT NULL,
    title TEXT NOT NULL,
    year INTEGER,
    design TEXT NOT NULL,
    tier TEXT NOT NULL,
    status TEXT NOT NULL,
    curated INTEGER NOT NULL CHECK (curated IN (0, 1)),
    revision TEXT,
    passages INTEGER NOT NULL,
    record BLOB NOT NULL,
    UNIQUE (id, version)
) STRICT;
CREATE UNIQUE INDEX one_current_version ON sources (id) WHERE current = 1;
CREATE INDEX sources_by_seq ON sources (seq);

-- UTF-8 bytes, apart from `sources` so that lists do not read them.
CREATE TABLE texts (
    source INTEGER PRIMARY KEY REFERENCES sources (source),
    text BLOB NOT NULL
) STRICT;

-- `start_at` and `end_at` count code points, `byte_at` and `bytes` the same stretch in UTF-8.
CREATE TABLE passages (
    passage INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES sources (source),
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    byte_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    kind TEXT NOT NULL,
    code TEXT,
    section TEXT NOT NULL
) STRICT;
CREATE INDEX passages_by_source ON passages (source);

-- What a user took out: the text is gone, the fact that it was here is kept.
CREATE TABLE removals (
    source INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    seq INTEGER NOT NULL,
    removed_at TEXT NOT NULL
) STRICT;
CREATE INDEX removals_by_seq ON removals (seq);
CREATE INDEX removals_by_id ON removals (id);

CREATE TABLE knowledge (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    fingerprint TEXT NOT NULL,
    pack BLOB NOT NULL
) STRICT;

CREATE TABLE reviews (
    review INTEGER PRIMARY KEY,
    topic_id TEXT NOT NULL,
    status TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    date TEXT NOT NULL,
    content_hash TEXT NOT NULL
) STRICT;
CREATE INDEX reviews_by_topic ON reviews (topic_id);
"""
