"""The text under which protocols, guides and markers are stored, line by line, to be cited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from hepatica.evidence.laboratory import Guide, Laboratory, Marker, Node, Outcome, Protocol, Setting
from hepatica.evidence.model import Design, Document, Passage, Source

Role = Literal[
    "purpose", "plain", "step", "pitfall", "question", "cause", "hypothesis", "evidence",
    "expected", "investigation", "why", "outcome", "marker", "output", "formula", "input", "limit",
]  # fmt: skip

PageKind = Literal["protocol", "guide", "markers", "score", "criterion"]

MARKERS = "markers"
MARKERS_TITLE = "Markers of terlipressin resistance"
MARKERS_PLAIN = (
    "Labs have ideas about what to measure when terlipressin does not work. "
    "None has been shown in people with this disease."
)
MARKERS_ASKED = (
    "which markers should I measure for terlipressin resistance and how",
    "which V1a receptor assay shows terlipressin resistance",
    "molecular markers of resistance and how each is measured",
)
OURS = "Hepatica"


class Piece(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a page: what it is, where it stands, how well known it is and who says so.

    `section` is the step or the question that it belongs to; `status` "ours", "sourced",
    "laboratory default", "seen", "secondary" or "assumed".
    """

    role: Role
    text: str
    start: int
    end: int
    section: str
    status: str
    source: str | None = None
    claims: tuple[str, ...] = ()


class Page(msgspec.Struct, frozen=True):
    """A protocol, a guide, the table of markers or a definition as a stored text with its lines."""

    id: str
    kind: PageKind
    title: str
    source_id: str
    pieces: tuple[Piece, ...]


def pages(laboratory: Laboratory) -> Iterator[tuple[Page, Document]]:
    """Every page with the document that holds its text; the same files give the same bytes."""
    for protocol in laboratory.protocols.values():
        yield page_of(protocol.id, "protocol", protocol.title, list(_protocol(protocol)))
    for guide in laboratory.guides.values():
        yield page_of(guide.id, "guide", guide.title, list(_guide(guide, laboratory)))
    if laboratory.markers:
        lines = list(_markers(laboratory.markers.values()))
        yield page_of(MARKERS, "markers", MARKERS_TITLE, lines)


def known(status: str, source: str | None) -> str:
    """What follows a line in its stored text: how well it is known and who says so."""
    return f" [{status}: {source}]" if source else f" [{status}]"


class Line(msgspec.Struct, frozen=True):
    """A line before it has its place in the text."""

    role: Role
    text: str
    section: str
    status: str = "ours"
    source: str | None = None
    claims: tuple[str, ...] = ()


def page_of(name: str, kind: PageKind, title: str, lines: Sequence[Line]) -> tuple[Page, Document]:
    """A page and the document that holds its text, line under line."""
    source_id = f"hepatica-{kind}-{name}" if kind != "markers" else "hepatica-markers"
    pieces: list[Piece] = []
    at = len(title) + 2
    for line in lines:
        end = at + len(line.text)
        pieces.append(
            Piece(
                line.role, line.text, at, end, line.section, line.status, line.source, line.claims
            )
        )
        at = end + len(known(line.status, line.source)) + 1
    told = [line.text + known(line.status, line.source) for line in lines]
    text = f"{title}\n\n" + "\n".join(told)
    passages = tuple(
        Passage(section=(p.section,), start=p.start, end=p.end + len(known(p.status, p.source)))
        for p in pieces
    )
    work = Source(
        id=source_id,
        title=title,
        text=text,
        design=Design.NARRATIVE,
        curated=True,
        issuer=OURS,
        language="en",
    )
    return Page(name, kind, title, source_id, tuple(pieces)), Document(
        source=work, passages=passages
    )


def _protocol(protocol: Protocol) -> Iterator[Line]:
    yield Line("purpose", protocol.purpose, "Purpose")
    yield Line("plain", protocol.plain, "In plain words")
    for part in protocol.parts:
        for text in part.do:
            settings = protocol.used(text)
            sources = _origins(settings) or ([part.source] if part.source else [])
            yield Line(
                "step",
                protocol.filled(text),
                part.title,
                _status(settings) if settings or not part.source else "sourced",
                "; ".join(sources) or None,
                tuple(setting.claim for setting in settings if setting.claim),
            )
    for entry in protocol.pitfalls:
        claims = (entry.claim,) if entry.claim else ()
        yield Line("pitfall", entry.text, "Pitfalls", "sourced", entry.source, claims)


def _status(settings: Sequence[Setting]) -> str:
    if not settings:
        return "ours"
    default = any(setting.status == "laboratory-default" for setting in settings)
    return "laboratory default" if default else "sourced"


def _origins(settings: Sequence[Setting]) -> list[str]:
    """Who says so for each figure, those of one origin together."""
    held: dict[str, list[str]] = {}
    for setting in settings:
        origin = setting.source or ""
        if setting.status == "laboratory-default":
            origin = "set by the laboratory" + (f", starting from {origin}" if origin else "")
        held.setdefault(origin, []).append(setting.text)
    return [f"{', '.join(figures)}: {origin}" for origin, figures in held.items()]


def _guide(guide: Guide, laboratory: Laboratory) -> Iterator[Line]:
    yield Line("purpose", f"{guide.issue} {guide.scope}", "Issue")
    yield Line("plain", guide.plain, "In plain words")
    for node in guide.nodes:
        yield from _node(node, guide, laboratory)


def _node(node: Node, guide: Guide, laboratory: Laboratory) -> Iterator[Line]:
    at, own = node.ask, "sourced" if node.source else "ours"
    yield Line("question", node.ask, at, own, node.source, node.claims)
    if node.cause:
        yield Line("cause", f"Potential cause: {node.cause}", at, own, node.source)
    if node.hypothesis:
        hypothesis = laboratory.hypotheses[node.hypothesis]
        said = f"Hypothesis ({hypothesis.status}): {hypothesis.statement}"
        yield Line("hypothesis", said, at, hypothesis.status)
        for entry in hypothesis.evidence:
            yield Line("evidence", entry.text, at, entry.status, entry.source)
    if node.hypothesis and node.measure:
        measure = laboratory.measures[node.measure]
        expected = laboratory.hypotheses[node.hypothesis].expectation(node.measure)
        said = f"Expected under it: {measure.name} {expected.change}. {expected.why}"
        yield Line("expected", said, at, "assumed", "mechanism model (`hepatica bench model`)")
    if node.investigate:
        yield Line("investigation", f"Investigation: {node.investigate}", at, own, node.source)
    if node.why:
        yield Line("why", f"Why: {node.why}", at, own, node.source)
    for outcome in node.outcomes:
        source = outcome.source or node.source
        status = "sourced" if source else "ours"
        yield Line("outcome", _outcome(outcome, guide), at, status, source)


def _outcome(outcome: Outcome, guide: Guide) -> str:
    text = f"{outcome.answer[:1].upper()}{outcome.answer[1:]}: {outcome.means}"
    if outcome.next:
        text += f" Next: {guide.node(outcome.next).ask}"
    if outcome.investigate:
        text += f" Go on with `{outcome.investigate}`."
    return text


def _markers(markers: Iterable[Marker]) -> Iterator[Line]:
    about = (
        "What non-responders are said or modelled to show. None was measured in patients with "
        "hepatorenal syndrome; assumed means modelled or proposed."
    )
    yield Line("purpose", about, "Purpose")
    yield Line("plain", MARKERS_PLAIN, "In plain words")
    for marker in markers:
        text = f"{marker.name[:1].upper()}{marker.name[1:]}: {marker.change}. By {marker.method}"
        text += f", protocol `hepatica guide {marker.protocol}`" if marker.protocol else ""
        text += f", analysis `{marker.analyse}`." if marker.analyse else "."
        yield Line("marker", text, marker.name, marker.status, marker.source)
