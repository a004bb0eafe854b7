"""Reading the record: sources, passages, lists."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from hepatica.errors import StoreError
from hepatica.evidence.model import Design, Source, Status, Tier
from hepatica.evidence.store.records import SourceRow, StoredPassage
from hepatica.evidence.store.rows import unpack_source


def find_source(
    connection: sqlite3.Connection, source_id: str, version: str | None = None
) -> Source:
    """A source with its text: the version asked for, or the current one, or else the last that
    was. Raises StoreError that says whether it was removed or never here."""
    row = connection.execute(
        """SELECT s.record, t.text FROM sources s JOIN texts t USING (source)
           WHERE s.id = :id AND (:version IS NULL OR s.version = :version)
           ORDER BY s.current DESC, s.seq DESC, s.source DESC LIMIT 1""",
        {"id": source_id, "version": version},
    ).fetchone()
    if row is None:
        raise StoreError(_why_missing(connection, source_id, version))
    return unpack_source(row[0], row[1].decode())


def _why_missing(connection: sqlite3.Connection, source_id: str, version: str | None) -> str:
    name = repr(source_id) if version is None else f"{source_id!r} version {version!r}"
    removed = connection.execute(
        "SELECT max(removed_at) FROM removals WHERE id = ? AND (? IS NULL OR version = ?)",
        (source_id, version, version),
    ).fetchone()[0]
    if removed:
        return f"the source {name} was removed from this store on {removed}: ingest it again"
    held = connection.execute(
        "SELECT version FROM sources WHERE id = ? ORDER BY seq DESC", (source_id,)
    ).fetchall()
    if held:
        versions = ", ".join(version for (version,) in held[:5])
        return f"the store holds no source {name}; of {source_id!r} it holds version {versions}"
    return f"the store holds no source {name}: `hepatica sources list` shows what it holds"


def load_passages(connection: sqlite3.Connection, ids: Sequence[int]) -> list[StoredPassage]:
    """The passages in the order of `ids`, without those that were removed in the meantime."""
    rows = connection.execute(
        """SELECT p.passage, s.id, s.version, p.section, p.start_at, p.end_at, p.kind, p.code,
                  substr(t.text, p.byte_at + 1, p.bytes), s.record
           FROM json_each(?) wanted
           JOIN passages p ON p.passage = wanted.value
           JOIN sources s USING (source) JOIN texts t USING (source)""",
        (json.dumps(list(ids)),),
    )
    found = {row[0]: _passage(*row) for row in rows}
    return [found[key] for key in ids if key in found]


def _passage(
    passage: int,
    source_id: str,
    version: str,
    section: str,
    start: int,
    end: int,
    kind: str,
    code: str | None,
    text: bytes,
    record: bytes,
) -> StoredPassage:
    source = unpack_source(record)
    return StoredPassage(
        passage_id=passage,
        source_id=source_id,
        source_version=version,
        section=tuple(json.loads(section)),
        start=start,
        end=end,
        kind=kind,
        code=code,
        text=text.decode(),
        title=source.title,
        design=source.design,
        year=source.year,
        status=source.status,
        curated=source.curated,
        authors=source.authors,
        container=source.container,
        identifiers=source.identifiers,
        url=source.url,
    )


def passage_ids(connection: sqlite3.Connection) -> list[int]:
    """The ids of the passages of current sources, in order."""
    rows = connection.execute(
        """SELECT p.passage FROM passages p JOIN sources s USING (source)
           WHERE s.current = 1 ORDER BY p.passage"""
    )
    return [key for (key,) in rows]


def passage_around(
    connection: sqlite3.Connection, source_id: str, version: str, start: int, end: int
) -> str:
    """The text of the narrowest passage that holds [start, end), or that stretch alone."""
    text = find_source(connection, source_id, version).text
    row = connection.execute(
        """SELECT p.start_at, p.end_at FROM passages p JOIN sources s USING (source)
           WHERE s.id = ? AND s.version = ? AND p.start_at <= ? AND p.end_at >= ?
           ORDER BY p.end_at - p.start_at LIMIT 1""",
        (source_id, version, start, end),
    ).fetchone()
    return text[slice(*row)] if row else text[start:end]


def list_sources(
    connection: sqlite3.Connection,
    *,
    tier: Tier | None = None,
    design: Design | None = None,
    status: Status | None = None,
    query: str | None = None,
    curated: bool | None = None,
    all_versions: bool = False,
) -> Iterator[SourceRow]:
    """Sources by id, of each the current version or all; `query` stands in the id or the title."""
    tests = ["1" if all_versions else "current = 1"]
    values: list[str | int] = []
    for column, value in (("tier", tier), ("design", design), ("status", status)):
        if value is not None:
            tests.append(f"{column} = ?")
            values.append(value.value)
    if curated is not None:
        tests.append("curated = ?")
        values.append(curated)
    if query:
        tests.append("(instr(lower(title), lower(?)) OR instr(lower(id), lower(?)))")
        values += [query, query]
    rows = connection.execute(
        f"""SELECT id, version, title, year, design, tier, status, curated, passages, origin,
                   current, superseded_by, ingested_at
            FROM sources WHERE {" AND ".join(tests)} ORDER BY id, seq, source""",
        values,
    )
    for row in rows:
        yield SourceRow(
            id=row[0],
            version=row[1],
            title=row[2],
            year=row[3],
            design=Design(row[4]),
            tier=Tier(row[5]),
            status=Status(row[6]),
            curated=bool(row[7]),
            passages=row[8],
            origin=row[9],
            current=bool(row[10]),
            superseded_by=row[11],
            ingested_at=row[12],
        )


def are_current(connection: sqlite3.Connection, ids: Iterable[int]) -> set[int]:
    """Those of the passages that belong to the current version of a source."""
    rows = connection.execute(
        """SELECT p.passage FROM json_each(?) wanted
           JOIN passages p ON p.passage = wanted.value
           JOIN sources s USING (source) WHERE s.current = 1""",
        (json.dumps(list(ids)),),
    )
    return {key for (key,) in rows}
