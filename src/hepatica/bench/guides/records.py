"""Guide, Protocol, Marker and Pathway: the shapes of their files, read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Literal

import msgspec

from hepatica.bench.hypotheses import KNOWLEDGE, hypotheses, measures
from hepatica.errors import KnowledgeError
from hepatica.evidence.knowledge_files import files, read, read_table

__all__ = [
    "Guide", "Marker", "Node", "Outcome", "Pathway", "Protocol", "Setting", "guides", "markers",
    "pathway", "protocols",
]  # fmt: skip

# Digits that name a thing and state no figure.
NAMES = re.compile(
    r"\[3H\]|V1[aA]|V2|AVPR1A|GRK[25]|IP[123]|PIP2|EC50|IC50|v1a-[a-z-]+|beta-arrestin-2|18S|log2|"
    r"`[^`]*`"
)
PLACE = re.compile(r"\{([a-z_0-9]+)\}")


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Outcome(_Record, frozen=True):
    """One answer to a node: what it means, and the node that follows (None: the end)."""

    answer: str
    means: str
    next: str | None = None
    investigate: str | None = None


class Node(_Record, frozen=True):
    """A question with its cause, hypothesis and investigation, and what each outcome means."""

    id: str
    ask: str
    outcomes: tuple[Outcome, ...]
    why: str | None = None
    cause: str | None = None
    hypothesis: str | None = None
    measure: str | None = None
    investigate: str | None = None
    claims: tuple[str, ...] = ()


class Guide(_Record, frozen=True):
    """A troubleshooting tree; `first` names the node where it starts."""

    id: str
    title: str
    issue: str
    scope: str
    first: str
    nodes: tuple[Node, ...]

    def node(self, name: str) -> Node:
        return next(node for node in self.nodes if node.id == name)


class Setting(_Record, frozen=True):
    """A figure of a protocol: with a source, or a laboratory default for the user to set."""

    value: float
    unit: str
    status: Literal["sourced", "laboratory-default"]
    source: str | None = None
    claim: str | None = None

    @property
    def text(self) -> str:
        return f"{self.value:g} {self.unit}".strip()


class Step(_Record, frozen=True):
    """A step of a protocol; figures stand in braces and are settings."""

    title: str
    do: tuple[str, ...]


class Pitfall(_Record, frozen=True):
    """What goes wrong, with the source that says so."""

    text: str
    source: str
    claim: str | None = None


class Protocol(_Record, frozen=True):
    """A laboratory protocol whose every figure has a source or is marked as a default."""

    id: str
    title: str
    purpose: str
    measure: str
    analyse: str
    settings: Mapping[str, Setting]
    steps: tuple[Step, ...]
    gaps_filled: tuple[str, ...] = ()
    pitfalls: tuple[Pitfall, ...] = ()

    def filled(self, text: str) -> str:
        """`text` with its settings in place; a laboratory default is marked."""

        def value(match: re.Match[str]) -> str:
            setting = self.settings[match.group(1)]
            mark = " [laboratory default]" if setting.status == "laboratory-default" else ""
            return setting.text + mark

        return PLACE.sub(value, text)


class Marker(_Record, frozen=True):
    """A marker of resistance, what it is said to show, how it is measured, and how well known."""

    name: str
    change: str
    method: str
    status: Literal["seen", "assumed"]
    source: str
    protocol: str | None = None


class Spot(_Record, frozen=True):
    id: str
    text: str


class Link(_Record, frozen=True, rename={"start": "from", "end": "to"}):
    start: str
    end: str
    text: str
    affects: tuple[str, ...] = ()


class Pathway(_Record, frozen=True):
    """The steps from drug to effect; `affects` names the hypotheses that act on one."""

    title: str
    nodes: tuple[Spot, ...]
    edges: tuple[Link, ...]


@cache
def guides() -> Mapping[str, Guide]:
    """The guides by id; KnowledgeError unless each is a tree without loops or loose ends."""
    held = {}
    for path in files(KNOWLEDGE / "guides"):
        guide = read(path, Guide, root=KNOWLEDGE)
        _check_guide(guide, path.stem)
        held[guide.id] = guide
    return held


def _check_guide(guide: Guide, stem: str) -> None:
    where = f"guides/{stem}.yaml"
    names = [node.id for node in guide.nodes]
    if guide.id != stem or len(set(names)) < len(names) or guide.first not in names:
        raise KnowledgeError(f"{where}: id, first or a node's id is wrong or given twice")
    for node in guide.nodes:
        if node.hypothesis is not None and node.hypothesis not in hypotheses():
            raise KnowledgeError(f"{where}: {node.id}: no hypothesis {node.hypothesis!r}")
        if node.measure is not None and node.measure not in measures():
            raise KnowledgeError(f"{where}: {node.id}: no measure {node.measure!r}")
        answers = [outcome.answer for outcome in node.outcomes]
        if len(answers) < 2 or len(set(answers)) < len(answers):
            raise KnowledgeError(f"{where}: {node.id}: needs two or more different answers")
        for outcome in node.outcomes:
            if outcome.next is not None and outcome.next not in names:
                raise KnowledgeError(f"{where}: {node.id}: no node {outcome.next!r}")
    reached: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        if name in trail:
            raise KnowledgeError(f"{where}: it goes round: {' > '.join((*trail, name))}")
        reached.add(name)
        for outcome in guide.node(name).outcomes:
            if outcome.next is not None:
                visit(outcome.next, (*trail, name))

    visit(guide.first, ())
    if lost := sorted(set(names) - reached):
        raise KnowledgeError(f"{where}: the node {lost[0]!r} is never reached")


@cache
def protocols() -> Mapping[str, Protocol]:
    """The protocols by id; KnowledgeError for a figure without a setting, or one without source."""
    held = {}
    for path in files(KNOWLEDGE / "protocols"):
        protocol = read(path, Protocol, root=KNOWLEDGE)
        where = f"protocols/{path.name}"
        if protocol.id != path.stem or protocol.measure not in measures():
            raise KnowledgeError(f"{where}: its id or its measure {protocol.measure!r} is wrong")
        for name, setting in protocol.settings.items():
            if (setting.status == "sourced") != (setting.source is not None):
                raise KnowledgeError(f"{where}: {name}: sourced means having a source")
        used: set[str] = set()
        for step in protocol.steps:
            for text in (step.title, *step.do):
                used |= set(PLACE.findall(text))
                if re.search(r"\d", NAMES.sub("", PLACE.sub("", text))):
                    raise KnowledgeError(f"{where}: a figure outside the settings: {text!r}")
        if used != set(protocol.settings):
            odd = sorted(used ^ set(protocol.settings))
            raise KnowledgeError(f"{where}: {odd[0]!r} is used and not set, or set and not used")
        held[protocol.id] = protocol
    return held


@cache
def markers() -> Mapping[str, Marker]:
    """The markers by key."""
    return read_table(KNOWLEDGE / "markers.yaml", Marker, root=KNOWLEDGE)


@cache
def pathway() -> Pathway:
    """The pathway; KnowledgeError for an edge to nowhere or an unknown hypothesis."""
    held = read(KNOWLEDGE / "pathway.yaml", Pathway, root=KNOWLEDGE)
    names = {node.id for node in held.nodes}
    for edge in held.edges:
        if not {edge.start, edge.end} <= names or not set(edge.affects) <= set(hypotheses()):
            raise KnowledgeError(f"pathway.yaml: the edge {edge.start!r} to {edge.end!r} is wrong")
    return held
