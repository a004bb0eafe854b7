"""What the tests of the structured readers share: reading, and what holds for every document."""

from __future__ import annotations

import io
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from hepatica.evidence.model import Document, Passage, Rejection

FIXTURES = Path(__file__).parents[2] / "fixtures"


def read(
    reader: ModuleType, data: bytes | Path, origin: str = "file"
) -> list[Document | Rejection]:
    """Everything the reader yields for the bytes or the file."""
    content = data if isinstance(data, bytes) else data.read_bytes()
    return list(reader.read(io.BytesIO(content), origin=origin))


def documents(reader: ModuleType, data: bytes | Path) -> list[Document]:
    """The documents alone, each held against what must be true of all."""
    found = [one for one in read(reader, data) if isinstance(one, Document)]
    for document in found:
        check(document)
    return found


def document(reader: ModuleType, data: bytes | Path) -> Document:
    """The only thing that the reader yields, a document."""
    (one,) = read(reader, data)
    assert isinstance(one, Document), one
    check(one)
    return one


def check(one: Document) -> None:
    """Passages are filled, in order, apart and inside; no control character, no markup left."""
    text = one.source.text
    end = 0
    for passage in one.passages:
        assert end <= passage.start < passage.end <= len(text)
        piece = text[passage.start : passage.end]
        assert piece == piece.strip()
        assert piece
        assert all(heading == heading.strip() != "" for heading in passage.section)
        end = passage.end
    assert one.passages
    assert one.passages[0].kind == "title"
    assert not any(ord(c) < 32 and c != "\n" for c in text)
    assert not any("\ue000" <= c <= "\uf8ff" for c in text)
    assert "</" not in text


class Shown(NamedTuple):
    """A passage with its text."""

    section: tuple[str, ...]
    text: str
    kind: str
    code: str | None


def shown(one: Document) -> list[Shown]:
    """The passages with their texts."""
    return [_shown(one, passage) for passage in one.passages]


def below(one: Document, *section: str) -> list[str]:
    """The texts of the passages directly under a section path."""
    return [passage.text for passage in shown(one) if passage.section == section]


def tables(one: Document) -> list[list[str]]:
    """The lines of each table."""
    return [passage.text.split("\n") for passage in shown(one) if passage.kind == "table"]


def _shown(one: Document, passage: Passage) -> Shown:
    text = one.source.text[passage.start : passage.end]
    return Shown(passage.section, text, passage.kind, passage.code)
