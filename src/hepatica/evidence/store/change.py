"""What a commit of the record means for the index."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from hashlib import blake2b

import msgspec

from hepatica.evidence.model import Document

LONGEST_TITLE = 300


class Entry(msgspec.Struct, frozen=True):
    """One passage as the index takes it in.

    `text` begins with the title of the source and the headings above the passage: a sentence from
    the results of an abstract seldom repeats what the study was about.
    """

    passage: int
    source: int
    order: int
    text: str
    kind: str
    tier: str
    year: int | None
    curated: bool


class Change(msgspec.Struct):
    """Sources that became current and sources that ceased to be, in commit `seq`.

    `added` is None where the passages have to be read from the record.
    """

    seq: int
    content: str = ""
    added: list[Entry] | None = msgspec.field(default_factory=list)
    gone: set[int] = msgspec.field(default_factory=set)


def order_key(source_id: str, version: str, start: int) -> int:
    """Where a passage stands among equals: by what it is, not by when it was ingested."""
    digest = blake2b(f"{source_id}\0{version}\0{start}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def _in_context(title: str, section: Sequence[str], kind: str, text: str) -> str:
    if kind == "title":
        return text
    return " \n".join((title[:LONGEST_TITLE], *section, text))


def entries_of(document: Document, version: str, source: int, passage: int) -> Iterator[Entry]:
    """The entries of a document just written, its first passage under the key `passage`."""
    work = document.source
    tier = str(work.tier)
    for key, part in enumerate(document.passages, passage):
        yield Entry(
            key,
            source,
            order_key(work.id, version, part.start),
            _in_context(work.title, part.section, part.kind, work.text[part.start : part.end]),
            part.kind,
            tier,
            work.year,
            work.curated,
        )


def entries_since(connection: sqlite3.Connection, seq: int) -> Iterator[Entry]:
    """The passages of the current sources that changed after commit `seq`."""
    rows = connection.execute(
        """SELECT p.passage, p.source, s.id, s.version, p.start_at, s.title, p.section,
                  substr(t.text, p.byte_at + 1, p.bytes), p.kind, s.tier, s.year, s.curated
           FROM sources s JOIN passages p USING (source) JOIN texts t USING (source)
           WHERE s.seq > ? AND s.current = 1 ORDER BY s.seq, p.passage""",
        (seq,),
    )
    for passage, source, key, version, start, title, section, text, *rest in rows:
        kind, tier, year, curated = rest
        yield Entry(
            passage,
            source,
            order_key(key, version, start),
            _in_context(title, json.loads(section), kind, text.decode()),
            kind,
            tier,
            year,
            bool(curated),
        )


def touched_since(connection: sqlite3.Connection, seq: int) -> Iterator[int]:
    """Each source that became current, ceased to be, or was removed after commit `seq`."""
    rows = connection.execute(
        """SELECT source FROM sources WHERE seq > :seq
           UNION ALL SELECT source FROM removals WHERE seq > :seq""",
        {"seq": seq},
    )
    for (source,) in rows:
        yield source
