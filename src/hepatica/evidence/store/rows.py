"""Documents to rows and back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import msgspec

from hepatica.errors import SourceError
from hepatica.evidence.model import Document, Passage, Source

LARGEST_TEXT = 500_000_000
"""Bytes; SQLite holds at most a billion in one row."""

_json = msgspec.json.Encoder()
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Source)


def encoded_text(source: Source) -> bytes:
    """The text in UTF-8. Raises SourceError for a source that no store can keep."""
    if not source.id or not source.id.isprintable():
        raise SourceError(f"a source needs a printable id, got {source.id!r}")
    try:
        text = source.text.encode()
        source.title.encode()
    except UnicodeEncodeError as error:
        raise SourceError(
            f"{source.id}: {error.object[error.start]!r} at character {error.start} is half of a "
            "surrogate pair, which is no text: read the file in its own encoding"
        ) from error
    if len(text) > LARGEST_TEXT:
        raise SourceError(
            f"{source.id}: a text of {len(text)} bytes, at most {LARGEST_TEXT} can be kept: "
            "split it into several sources"
        )
    return text


def pack_source(source: Source) -> bytes:
    """The source without its text, which has its own table."""
    return _encoder.encode(msgspec.structs.replace(source, text=""))


def unpack_source(record: bytes, text: str = "") -> Source:
    source = _decoder.decode(record)
    return msgspec.structs.replace(source, text=text) if text else source


def insert_document(
    connection: sqlite3.Connection,
    document: Document,
    *,
    version: str,
    text: bytes,
    source: int,
    passage: int,
    seq: int,
    origin: str,
    at: str,
) -> None:
    """Writes a source that becomes current under the keys `source` and `passage` onwards."""
    work = document.source
    connection.execute(
        "INSERT INTO sources VALUES (?, ?, ?, 1, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            source,
            work.id,
            version,
            seq,
            origin,
            at,
            work.title,
            work.year,
            str(work.design),
            str(work.tier),
            str(work.status),
            work.curated,
            work.revision,
            len(document.passages),
            pack_source(work),
        ),
    )
    connection.execute("INSERT INTO texts VALUES (?, ?)", (source, text))
    connection.executemany(
        "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                key,
                source,
                part.start,
                part.end,
                byte_at,
                size,
                part.kind,
                part.code,
                _json.encode(part.section).decode(),
            )
            for key, (part, byte_at, size) in enumerate(_measured(document, text), passage)
        ),
    )


def _measured(document: Document, text: bytes) -> Iterator[tuple[Passage, int, int]]:
    """Each passage with the place and length of its UTF-8 bytes in the text."""
    characters = document.source.text
    if len(text) == len(characters):
        yield from ((part, part.start, part.end - part.start) for part in document.passages)
        return
    reached, byte_at = 0, 0
    for part in document.passages:
        if part.start < reached:
            reached, byte_at = 0, 0
        byte_at += len(characters[reached : part.start].encode())
        reached = part.start
        yield part, byte_at, len(characters[part.start : part.end].encode())
