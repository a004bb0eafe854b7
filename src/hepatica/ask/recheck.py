"""Checks a saved answer against the store: every quote, every number, every reference."""

from __future__ import annotations

from typing import Protocol

import msgspec

from hepatica.errors import CitationError, InputError, StoreError
from hepatica.evidence.model import Citation, CitationRecord, Source
from hepatica.evidence.numbers import numbers, unsupported


class Saved(msgspec.Struct, frozen=True):
    """The part of a saved statement that can be checked."""

    text: str
    citations: tuple[CitationRecord, ...]
    refs: tuple[int, ...]
    verbatim: bool = False


class SavedSection(msgspec.Struct, frozen=True):
    statements: tuple[Saved, ...]


class SavedReference(msgspec.Struct, frozen=True):
    number: int
    source_id: str
    source_version: str


class SavedAnswer(msgspec.Struct, frozen=True):
    """A saved answer, as far as it can be held against a store."""

    schema: str
    question: str
    store_version: str
    bottom_line: tuple[Saved, ...] = ()
    sections: tuple[SavedSection, ...] = ()
    references: tuple[SavedReference, ...] = ()


class Fault(msgspec.Struct, frozen=True):
    """A statement that does not hold, and why."""

    statement: str
    reason: str


class Report(msgspec.Struct, frozen=True):
    """What a check found. `store_changed` is no fault: old versions stay readable."""

    question: str
    statements: int
    citations: int
    numbers_checked: int
    faults: tuple[Fault, ...]
    store_changed: bool


class Store(Protocol):
    """What a check needs of the store."""

    @property
    def version(self) -> str: ...
    def source(self, source_id: str, version: str | None = None) -> Source: ...
    def passage_around(self, source_id: str, version: str, start: int, end: int) -> str: ...


def load(data: bytes) -> SavedAnswer:
    """A saved answer from its JSON; InputError names the first thing that is wrong with it."""
    try:
        saved = msgspec.json.decode(data, type=SavedAnswer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"not a saved answer: {error}; expected what `hepatica ask --format json` writes"
        ) from error
    if saved.schema != "hepatica-answer-1":
        raise InputError(f"schema {saved.schema!r}: expected 'hepatica-answer-1'")
    return saved


def recheck(saved: SavedAnswer, store: Store) -> Report:
    """Every statement of `saved` held against the versions of the sources that it cites."""
    statements = [*saved.bottom_line, *(s for part in saved.sections for s in part.statements)]
    numbered = {ref.number: (ref.source_id, ref.source_version) for ref in saved.references}
    faults = []
    for statement in statements:
        reason = _fault(statement, numbered, store)
        if reason:
            faults.append(Fault(statement.text, reason))
    return Report(
        question=saved.question,
        statements=len(statements),
        citations=sum(len(statement.citations) for statement in statements),
        numbers_checked=sum(len(numbers(statement.text)) for statement in statements),
        faults=tuple(faults),
        store_changed=saved.store_version != store.version,
    )


def _fault(statement: Saved, numbered: dict[int, tuple[str, str]], store: Store) -> str | None:
    if not statement.citations:
        return "it cites nothing"
    supports = []
    for record in statement.citations:
        try:
            Citation.resolve(record, store.source(record.source_id, record.source_version))
        except (CitationError, StoreError) as error:
            return str(error)
        supports.append(
            store.passage_around(record.source_id, record.source_version, record.start, record.end)
        )
    missing = unsupported(statement.text, supports)
    if missing:
        return f"{sorted(map(str, missing))} stand in none of the passages it cites"
    if statement.verbatim and statement.text != " ".join(statement.citations[0].quote.split()):
        return "it is marked verbatim and differs from its quote"
    cited = {(record.source_id, record.source_version) for record in statement.citations}
    if {numbered.get(ref) for ref in statement.refs} != cited:
        return f"its reference numbers {list(statement.refs)} are not those of what it cites"
    return None
