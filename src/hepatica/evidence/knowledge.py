"""The curated knowledge: its files read, checked against each other, packed and hashed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import msgspec

from hepatica.errors import KnowledgeError
from hepatica.evidence.claim_text import source_document
from hepatica.evidence.curated import Claim, Concept, CuratedSource, Family, Gap, Topic, Unit
from hepatica.evidence.definition_text import Definition, definition_pages
from hepatica.evidence.laboratory import Laboratory
from hepatica.evidence.laboratory_text import pages
from hepatica.evidence.model import Document

SHIPPED = Path(__file__).parents[1] / "knowledge"
"""The folder of curated files that comes with the package."""

_FOLDERS = ("claims", "families", "gaps", "sources", "topics", "vocabulary")
_LABORATORY = (
    "guides", "hypotheses", "protocols", "bench-words.yaml", "markers.yaml", "measures.yaml"
)  # fmt: skip
_DEFINITIONS = ("scores", "criteria")
_UNITS = "units.yaml"
_SUBJECTS = "subjects.yaml"
_EVERYDAY = "everyday.txt"

R = TypeVar("R", Claim, Concept, CuratedSource, Definition, Family, Gap, Topic)


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """Everything curated, by id.

    `units` maps a UCUM code to how it is printed, `subjects` a claim's subject to its heading.
    `everyday` holds words of common English in lower case that must not be read as abbreviations.
    `laboratory` holds the protocols and guides of the bench, `definitions` what is told of scores
    and criteria.
    """

    sources: dict[str, CuratedSource] = {}
    claims: dict[str, Claim] = {}
    families: dict[str, Family] = {}
    gaps: dict[str, Gap] = {}
    topics: dict[str, Topic] = {}
    concepts: dict[str, Concept] = {}
    units: dict[str, Unit] = {}
    subjects: dict[str, str] = {}
    everyday: frozenset[str] = frozenset()
    laboratory: Laboratory = msgspec.field(default_factory=Laboratory)
    definitions: dict[str, Definition] = {}


def load(folder: Path | None = None) -> Knowledge:
    """The knowledge in `folder`, or the one that ships with the package.

    Raises KnowledgeError with the file, the key, the value and what was expected: for a file that
    breaks its schema, an id that is not the file's name or is given twice, and a reference to
    something that does not exist. What ships is read once in a process.
    """
    return _shipped() if folder is None else _read(folder)


@cache
def _shipped() -> Knowledge:
    return _read(SHIPPED)


def _read(root: Path) -> Knowledge:
    from hepatica.evidence.knowledge_checks import check
    from hepatica.evidence.knowledge_files import read_table
    from hepatica.evidence.laboratory_files import read_laboratory

    if not root.is_dir():
        raise KnowledgeError(
            f"{root}: no such folder; expected one with claims/ and sources/ in it"
        )
    everyday = root / _EVERYDAY
    words = everyday.read_text(encoding="utf-8").split("\n") if everyday.is_file() else []
    knowledge = Knowledge(
        sources=_records(root, "sources", CuratedSource),
        claims=_records(root, "claims", Claim),
        families=_records(root, "families", Family),
        gaps=_records(root, "gaps", Gap),
        topics=_records(root, "topics", Topic),
        concepts=_records(root, "vocabulary", Concept),
        units=read_table(root / _UNITS, Unit, root=root),
        subjects=read_table(root / _SUBJECTS, str, root=root),
        everyday=frozenset(w.strip().lower() for w in words if w.strip() and w[0] != "#"),
        laboratory=read_laboratory(root),
        definitions={
            name: one
            for kind in _DEFINITIONS
            for name, one in _records(root, kind, Definition).items()
        },
    )
    check(knowledge)
    return knowledge


def fingerprint(folder: Path | None = None) -> str:
    """A short text that changes when a curated file is added, removed, renamed or written.

    Looks at names, sizes and times of change only, so that it is cheap enough for every start.
    """
    root = SHIPPED if folder is None else folder
    seen = sha256()
    for name in (*_FOLDERS, *_LABORATORY, *_DEFINITIONS, _UNITS, _SUBJECTS, _EVERYDAY):
        for path, size, changed in sorted(_stats(root / name)):
            seen.update(f"{path}\0{size}\0{changed}\n".encode())
    return seen.hexdigest()[:16]


def documents(knowledge: Knowledge) -> Iterator[Document]:
    """Every document of the knowledge: its claims, the pages of the bench, the definitions."""
    yield from claim_documents(knowledge)
    yield from (document for _, document in pages(knowledge.laboratory))
    yield from (document for _, document in definition_pages(knowledge.definitions.values()))


def claim_documents(knowledge: Knowledge) -> Iterator[Document]:
    """One document for each curated source that carries claims, in the order of their ids.

    Its text holds our claims about the work, a passage each: the statement alone on the first line,
    then the figures in words, population, notes and where the fact was read.
    """
    claims: dict[str, list[Claim]] = {}
    for claim in knowledge.claims.values():
        claims.setdefault(claim.source, []).append(claim)
    for source in sorted(claims):
        yield source_document(
            knowledge.sources[source],
            sorted(claims[source], key=lambda claim: claim.id),
            knowledge.units,
        )


def topic_hash(topic: Topic, claims: Mapping[str, Claim]) -> str:
    """What an approval is bound to: 16 hex digits over the topic and every claim it rests on.

    The review itself does not count, so that approving a topic does not change its hash.
    """
    lines = (*topic.bottom_line, *topic.plain)
    named = dict.fromkeys([*topic.claims, *(claim for line in lines for claim in line.claims)])
    content = (
        {**msgspec.structs.asdict(topic), "review": None},
        [claims[claim] for claim in named],
    )
    return sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()[:16]


def pack(knowledge: Knowledge) -> bytes:
    """The knowledge as bytes that `unpack` reads in a few milliseconds."""
    return msgspec.msgpack.encode(knowledge, order="deterministic")


def unpack(packed: bytes) -> Knowledge:
    """The knowledge that `pack` wrote; KnowledgeError when the bytes hold something else."""
    try:
        return msgspec.msgpack.decode(packed, type=Knowledge)
    except msgspec.MsgspecError as error:
        raise KnowledgeError(
            f"packed knowledge of {len(packed)} bytes cannot be read ({error}); "
            "load the files and pack them again"
        ) from None


@cache
def shipped_units() -> Mapping[str, Unit]:
    """How the units of the shipped knowledge are printed, by UCUM code."""
    from hepatica.evidence.knowledge_files import read_table

    return read_table(SHIPPED / _UNITS, Unit, root=SHIPPED)


def _records(root: Path, name: str, shape: type[R]) -> dict[str, R]:
    from hepatica.evidence.knowledge_files import files, read

    found: dict[str, R] = {}
    for path in files(root / name):
        record = read(path, shape, root=root)
        where = path.relative_to(root).as_posix()
        if record.id != path.stem:
            raise KnowledgeError(
                f"{where}: id: the value is {record.id!r}, expected the name of the file, "
                f"{path.stem!r}"
            )
        if isinstance(record, Claim) and record.subject != path.parent.name:
            raise KnowledgeError(
                f"{where}: subject: the value is {record.subject!r}, expected the name of the "
                f"folder, {path.parent.name!r}"
            )
        if record.id in found:
            raise KnowledgeError(f"{where}: id: {record.id!r} is given twice under {name}/")
        found[record.id] = record
    return found


def _stats(path: Path) -> Iterator[tuple[str, int, int]]:
    """Path, size and time of change of every file at or under `path`."""
    if path.is_file():
        stat = path.stat()
        yield str(path.name), stat.st_size, stat.st_mtime_ns
        return
    if not path.is_dir():
        return
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from ((f"{entry.name}/{p}", s, t) for p, s, t in _stats(Path(entry.path)))
            else:
                stat = entry.stat()
                yield entry.name, stat.st_size, stat.st_mtime_ns
