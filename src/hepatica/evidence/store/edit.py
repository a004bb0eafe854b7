"""Changes of the record other than ingestion: removal, knowledge, reviews."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from hashlib import sha256

from hepatica.errors import StoreError
from hepatica.evidence.model import Document
from hepatica.evidence.store.change import Change
from hepatica.evidence.store.commit import KNOWLEDGE, committing
from hepatica.evidence.store.lookup import find_source
from hepatica.evidence.store.records import ReviewRow
from hepatica.evidence.store.state import term


def remove(connection: sqlite3.Connection, source_id: str) -> tuple[Change, int]:
    """Deletes every version of a source; leaves a note that it was here."""
    with committing(connection, "remove") as commit:
        held = connection.execute(
            "SELECT source, version, current, origin FROM sources WHERE id = ?", (source_id,)
        ).fetchall()
        if not held:
            find_source(connection, source_id)
        if any(origin == KNOWLEDGE for *_, origin in held):
            raise StoreError(
                f"the source {source_id!r} belongs to the built-in knowledge and cannot be removed"
            )
        for key, version, current, _ in held:
            for table in ("passages", "texts", "sources"):
                connection.execute(f"DELETE FROM {table} WHERE source = ?", (key,))
            connection.execute(
                "INSERT INTO removals VALUES (?, ?, ?, ?, ?)",
                (key, source_id, version, commit.state.seq, commit.at),
            )
            if current:
                commit.leave(key, source_id, version)
        commit.changed = True
    return commit.change, len(held)


def put_knowledge(
    connection: sqlite3.Connection, blob: bytes, documents: Iterable[Document], fingerprint: str
) -> Change | None:
    """Replaces the knowledge and the documents of its sources; None when nothing changed."""
    with committing(connection, KNOWLEDGE) as commit:
        held = connection.execute("SELECT fingerprint, pack FROM knowledge").fetchone()
        kept = set()
        for document in documents:
            if document.source.id in kept:
                raise StoreError(
                    f"the knowledge has two sources with the id {document.source.id!r}"
                )
            kept.add(document.source.id)
            commit.put(document)
        for key, source_id, version in connection.execute(
            "SELECT source, id, version FROM sources WHERE current = 1 AND origin = ?",
            (KNOWLEDGE,),
        ).fetchall():
            if source_id not in kept:
                commit.retire(key, source_id, version)
        if held != (fingerprint, blob):
            connection.execute(
                "INSERT OR REPLACE INTO knowledge VALUES (1, ?, ?)", (fingerprint, blob)
            )
            if held:
                commit.state.subtract(_knowledge_term(held[1]))
            commit.state.add(_knowledge_term(blob))
            commit.changed = True
    return commit.change if commit.changed else None


def _knowledge_term(blob: bytes) -> int:
    return term("knowledge", sha256(blob).hexdigest())


def add_review(connection: sqlite3.Connection, row: ReviewRow) -> Change:
    """Appends a decision; the store's version counts the last one of each topic."""
    with committing(connection, "review") as commit:
        earlier = list_reviews(connection, row.topic_id)
        if earlier:
            commit.state.subtract(_review_term(earlier[-1]))
        commit.state.add(_review_term(row))
        connection.execute(
            "INSERT INTO reviews (topic_id, status, reviewer, date, content_hash) "
            "VALUES (?, ?, ?, ?, ?)",
            (row.topic_id, row.status, row.reviewer, row.date, row.content_hash),
        )
        commit.changed = True
    return commit.change


def _review_term(row: ReviewRow) -> int:
    return term("review", row.topic_id, row.status, row.reviewer, row.date, row.content_hash)


def list_reviews(connection: sqlite3.Connection, topic_id: str | None) -> list[ReviewRow]:
    rows = connection.execute(
        """SELECT topic_id, status, reviewer, date, content_hash FROM reviews
           WHERE :topic IS NULL OR topic_id = :topic ORDER BY review""",
        {"topic": topic_id},
    )
    return [
        ReviewRow(topic_id=topic, status=status, reviewer=reviewer, date=date, content_hash=digest)
        for topic, status, reviewer, date, digest in rows
    ]
