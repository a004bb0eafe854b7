"""Checks a saved answer against the store: every quote, every number, every reference."""

from __future__ import annotations

from math import isclose
from typing import Protocol

import msgspec

from hepatica.ask.answer import Effect, Reference, Row
from hepatica.ask.doses import NOT_SHOWN
from hepatica.ask.effects import effects
from hepatica.errors import CitationError, InputError, StoreError
from hepatica.evidence.curated import Figure
from hepatica.evidence.figures import in_words
from hepatica.evidence.laboratory_text import known
from hepatica.evidence.model import Citation, CitationRecord, Source, Status
from hepatica.evidence.numbers import numbers, unsupported


class Saved(msgspec.Struct, frozen=True):
    """The part of a saved statement that can be checked."""

    text: str
    citations: tuple[CitationRecord, ...]
    refs: tuple[int, ...]
    verbatim: bool = False
    figures: tuple[Figure, ...] = ()
    effects: tuple[Effect, ...] = ()


class SavedSection(msgspec.Struct, frozen=True):
    statements: tuple[Saved, ...]


class SavedLine(msgspec.Struct, frozen=True):
    """The part of a line of the bench that can be checked."""

    text: str
    citation: CitationRecord
    status: str
    source: str | None = None


class SavedPage(msgspec.Struct, frozen=True):
    lines: tuple[SavedLine, ...]
    statements: tuple[Saved, ...] = ()


class SavedTable(msgspec.Struct, frozen=True):
    rows: tuple[Row, ...]


class SavedAnswer(msgspec.Struct, frozen=True):
    """A saved answer, as far as it can be held against a store."""

    schema: str
    question: str
    store_version: str
    bottom_line: tuple[Saved, ...] = ()
    sections: tuple[SavedSection, ...] = ()
    bench: tuple[SavedPage, ...] = ()
    disagreements: tuple[SavedTable, ...] = ()
    references: tuple[Reference, ...] = ()


class Fault(msgspec.Struct, frozen=True):
    """A statement, a row of a table or a reference that does not hold, and why."""

    statement: str
    reason: str


class Report(msgspec.Struct, frozen=True):
    """What a check found. `store_changed` is no fault: old versions stay readable; `notices` name
    works that were retracted or corrected since."""

    question: str
    statements: int
    citations: int
    numbers_checked: int
    faults: tuple[Fault, ...]
    store_changed: bool
    notices: tuple[str, ...] = ()


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
    """Every statement, figure, row, line of the bench and reference of `saved` held against the
    versions of the sources that it cites."""
    statements = [*saved.bottom_line, *(s for part in saved.sections for s in part.statements)]
    statements += [s for page in saved.bench for s in page.statements]
    lines = [line for page in saved.bench for line in page.lines]
    rows = [row for table in saved.disagreements for row in table.rows]
    numbered = {ref.number: (ref.source_id, ref.source_version) for ref in saved.references}
    found = [(s.text, _fault(s, numbered, store)) for s in statements]
    found += [(line.text, _line_fault(line, store)) for line in lines]
    found += [(f"{row.source}: {row.figure}", _row_fault(row, numbered, store)) for row in rows]
    found += [
        (f"[{ref.number}] {ref.title}", _reference_fault(ref, store)) for ref in saved.references
    ]
    faults = [Fault(what, reason) for what, reason in found if reason]
    figures = [in_words(figure) for statement in statements for figure in statement.figures]
    texts = [
        *(s.text for s in statements),
        *(line.text for line in lines),
        *figures,
        *(row.figure for row in rows),
    ]
    return Report(
        question=saved.question,
        statements=len(statements) + len(lines),
        citations=sum(len(statement.citations) for statement in statements) + len(lines),
        numbers_checked=sum(len(numbers(text)) for text in texts),
        faults=tuple(faults),
        store_changed=saved.store_version != store.version,
        notices=tuple(filter(None, (_notice(ref, store) for ref in saved.references))),
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
        listed = ", ".join(f"{number:f}" for number in sorted(missing))
        return f"{listed} stand in none of the passages it cites"
    reason = _figures_fault(statement, supports)
    if reason:
        return reason
    if statement.verbatim and statement.text != " ".join(statement.citations[0].quote.split()):
        return "it is marked verbatim and differs from its quote"
    cited = {(record.source_id, record.source_version) for record in statement.citations}
    if {numbered.get(ref) for ref in statement.refs} != cited:
        return f"its reference numbers {list(statement.refs)} are not those of what it cites"
    return None


def _line_fault(line: SavedLine, store: Store) -> str | None:
    record = line.citation
    try:
        Citation.resolve(record, store.source(record.source_id, record.source_version))
    except (CitationError, StoreError) as error:
        return str(error)
    if line.text != record.quote:
        return "a line of the bench differs from its quote"
    passage = store.passage_around(
        record.source_id, record.source_version, record.start, record.end
    )
    if passage != line.text + known(line.status, line.source):
        return "how well it is known, or who says so, is not what stands in the passage it cites"
    return None


def _figures_fault(statement: Saved, supports: list[str]) -> str | None:
    read = " ".join(" ".join(supports).split())
    for figure in statement.figures:
        if " ".join(in_words(figure).split()) not in read:
            return f"its figure {in_words(figure)!r} stands in none of the passages it cites"
    if not statement.effects:
        return None
    computed = effects(statement.figures)
    same = len(computed) == len(statement.effects) and all(
        a.measure == b.measure
        and isclose(a.value, b.value)
        and _close(a.low, b.low)
        and _close(a.high, b.high)
        for a, b in zip(computed, statement.effects, strict=True)
    )
    return None if same else "its effect sizes are not what its figures give"


def _close(a: float | None, b: float | None) -> bool:
    return a == b if a is None or b is None else isclose(a, b)


def _row_fault(row: Row, numbered: dict[int, tuple[str, str]], store: Store) -> str | None:
    keys = [numbered.get(ref) for ref in row.refs]
    if not keys or any(key is None or key[0] != row.source_id for key in keys):
        return f"its reference numbers {list(row.refs)} are not those of {row.source_id!r}"
    if row.figure == NOT_SHOWN:
        return None
    try:
        texts = [store.source(*key).text for key in keys if key]
    except StoreError as error:
        return str(error)
    held = " ".join(" ".join(texts).split())
    for part in row.figure.split("; "):
        if " ".join(part.split()) not in held:
            return f"{part!r} does not stand in {row.source_id!r}"
    return None


def _notice(reference: Reference, store: Store) -> str | None:
    try:
        now = store.source(reference.source_id).status
    except StoreError:
        return None
    if now in (reference.status, Status.CURRENT):
        return None
    return f"[{reference.number}] {reference.title} ({reference.source_id}): {now} since"


def _reference_fault(reference: Reference, store: Store) -> str | None:
    try:
        source = store.source(reference.source_id, reference.source_version)
    except StoreError as error:
        return str(error)
    for name in ("title", "authors", "container", "issuer", "year", "identifiers", "url"):
        said, held = getattr(reference, name), getattr(source, name)
        if (said or None) != (held or None):
            return f"its {name} is {said!r}, the store holds {held!r}"
    return None
