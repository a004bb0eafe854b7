"""Protocols, guides and markers made ready to be found: packed once with the knowledge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from hepatica.ask.lexicon import Lexicon, Phrases, Stemmer, phrases
from hepatica.ask.ranking import Fields, Weighted, index
from hepatica.evidence.curated import Concept
from hepatica.evidence.definition_text import definition_pages
from hepatica.evidence.knowledge import Knowledge
from hepatica.evidence.laboratory import Guide, Laboratory, Node, Protocol
from hepatica.evidence.laboratory_text import MARKERS, MARKERS_ASKED, MARKERS_TITLE, Page, pages

Kind = Literal["method", "trouble", "readout", "place", "task", "sign", "subject"]


FOREIGN = frozenset({"condition", "drug", "procedure", "score", "trial", "test", "molecule"})
"""Kinds of concepts by which a question is known to be about something else."""


class Unit(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a question can match: a protocol, one question of a guide, or the table of markers.

    `section` names the lines of the page that belong to it (empty: all). In a guide `way` are the
    answers that lead to it, `next` the units that follow it and `place` where it stands.
    """

    page: str
    section: str = ""
    way: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    place: int = 0


class Shelf(msgspec.Struct, frozen=True):
    """The pages, definitions too, and what ranks the lines of the bench: "page#n" is the n-th piece
    of a page."""

    pages: dict[str, Page]
    lines: Weighted


class BenchIndex(msgspec.Struct, frozen=True, kw_only=True):
    """The words of the bench and what ranks the units.

    `clinical` are the concepts of the vocabulary that the pages name: a question on others is not
    for the bench. `shelf` is a `Shelf` still packed, because most questions never open it.
    """

    units: dict[str, Unit]
    words: Phrases
    kinds: dict[str, Kind]
    table: Weighted
    clinical: frozenset[str]
    shelf: bytes


def build(knowledge: Knowledge, lexicon: Lexicon, stemmer: Stemmer) -> BenchIndex:
    """The index of the knowledge's laboratory; `lexicon` is that of the clinical vocabulary."""
    laboratory = knowledge.laboratory
    words = phrases(_concepts(laboratory), stemmer, frozenset())
    own = Lexicon({}, words, stemmer=stemmer)
    held = {page.id: page for page, _ in pages(laboratory)}
    told = {page.id: page for page, _ in definition_pages(knowledge.definitions.values())}
    units = dict(_units(laboratory))
    lines = [
        (f"{page.id}#{n}", [(1.0, terms(own, piece.text)), (0.4, terms(own, piece.section))])
        for page in held.values()
        for n, piece in enumerate(page.pieces)
    ]
    texts = [
        text for page in held.values() for text in (page.title, *(p.text for p in page.pieces))
    ]
    texts += [text for asked in _asked(laboratory) for text in asked]
    named = {m.concept for text in texts for m in lexicon.mentions(lexicon.tokens(text))}
    return BenchIndex(
        units=units,
        words=words,
        kinds={name: entry.kind for name, entry in laboratory.words.items()},
        table=index((name, _fields(unit, held, laboratory, own)) for name, unit in units.items()),
        clinical=frozenset(c for c in named if lexicon.concepts[c].kind in FOREIGN),
        shelf=msgspec.msgpack.encode(Shelf(held | told, index(lines)), order="deterministic"),
    )


def terms(lexicon: Lexicon, text: str) -> list[str]:
    """The index terms of a text: its stems, and the bench's words as "#id"."""
    tokens = lexicon.tokens(text)
    marked = dict.fromkeys(f"#{mention.concept}" for mention in lexicon.mentions(tokens))
    return [*(token.stem for token in tokens), *marked]


def _concepts(laboratory: Laboratory) -> Iterator[Concept]:
    for name, entry in laboratory.words.items():
        yield Concept(id=name, name=entry.words[0], kind="assay", words=entry.words)


def _units(laboratory: Laboratory) -> Iterator[tuple[str, Unit]]:
    for protocol in laboratory.protocols.values():
        yield protocol.id, Unit(protocol.id)
    for guide in laboratory.guides.values():
        for place, node in enumerate(guide.nodes):
            way = guide.answers_to(node.id)
            onward = tuple(f"{guide.id}/{o.next}" for o in node.outcomes if o.next)
            yield f"{guide.id}/{node.id}", Unit(guide.id, node.ask, way, onward, place)
    if laboratory.markers:
        yield MARKERS, Unit(MARKERS)


def _asked(laboratory: Laboratory) -> Iterator[tuple[str, ...]]:
    yield MARKERS_ASKED
    yield from (protocol.asked_as for protocol in laboratory.protocols.values())
    for guide in laboratory.guides.values():
        yield guide.asked_as
        yield from (node.asked_as for node in guide.nodes)


def _fields(unit: Unit, held: dict[str, Page], laboratory: Laboratory, own: Lexicon) -> Fields:
    if unit.page in laboratory.protocols:
        return _protocol(laboratory.protocols[unit.page], held[unit.page], own)
    if unit.page in laboratory.guides:
        guide = laboratory.guides[unit.page]
        node = next(node for node in guide.nodes if node.ask == unit.section)
        return _node(node, guide, own)
    page = held[unit.page]
    asked = " . ".join((MARKERS_TITLE, *MARKERS_ASKED))
    return [(1.0, terms(own, asked)), (0.3, _all(own, (p.text for p in page.pieces)))]


def _protocol(protocol: Protocol, page: Page, own: Lexicon) -> Fields:
    return [
        (1.0, terms(own, " . ".join((protocol.title, protocol.purpose)))),
        (1.0, _all(own, protocol.asked_as)),
        (0.15, _all(own, (piece.text for piece in page.pieces))),
    ]


def _node(node: Node, guide: Guide, own: Lexicon) -> Fields:
    said = [node.cause or "", node.investigate or "", node.why or ""]
    fields = [
        (1.0, terms(own, node.ask)),
        (1.2, _all(own, node.asked_as)),
        (0.4, _all(own, said)),
        (0.3, _all(own, (f"{o.answer} . {o.means}" for o in node.outcomes))),
    ]
    if node.id == guide.first:
        fields.append((1.0, _all(own, (guide.title, *guide.asked_as))))
    return fields


def _all(own: Lexicon, texts: Iterable[str]) -> list[str]:
    return terms(own, " . ".join(text for text in texts if text))
