"""The one row that says where the store stands, and the sum over what it holds."""

from __future__ import annotations

import sqlite3
from hashlib import blake2b, sha256

import msgspec

SUM_MODULUS = 1 << 128


class State(msgspec.Struct, kw_only=True):
    """`seq` is the last commit, `content` the sum of the terms of all that is current."""

    uuid: str
    seq: int
    next_source: int
    next_passage: int
    content: int

    def add(self, term: int) -> None:
        self.content = (self.content + term) % SUM_MODULUS

    def subtract(self, term: int) -> None:
        self.content = (self.content - term) % SUM_MODULUS

    @property
    def content_hex(self) -> str:
        return f"{self.content:032x}"

    @property
    def version(self) -> str:
        """16 hex digits: the same for the same content, however and in what order it came."""
        return sha256(self.content_hex.encode()).hexdigest()[:16]


def term(*parts: str) -> int:
    """A summand for one thing that the store holds. Sums forget the order, so a store's version
    does not depend on the order of ingestion and costs one addition a change."""
    return int.from_bytes(blake2b("\0".join(parts).encode(), digest_size=16).digest())


def read_state(connection: sqlite3.Connection) -> State:
    uuid, seq, next_source, next_passage, content = connection.execute(
        "SELECT uuid, seq, next_source, next_passage, content FROM state"
    ).fetchone()
    return State(
        uuid=uuid,
        seq=seq,
        next_source=next_source,
        next_passage=next_passage,
        content=int(content, 16),
    )


def write_state(connection: sqlite3.Connection, state: State) -> None:
    connection.execute(
        "UPDATE state SET seq = ?, next_source = ?, next_passage = ?, content = ?",
        (state.seq, state.next_source, state.next_passage, state.content_hex),
    )
