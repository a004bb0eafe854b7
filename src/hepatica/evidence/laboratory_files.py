"""Reads the bench's curated files and checks what a schema cannot."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

from hepatica.errors import KnowledgeError
from hepatica.evidence.knowledge_files import files, read, read_table
from hepatica.evidence.laboratory import (
    PLACE,
    BenchWord,
    Guide,
    Laboratory,
    Marker,
    Node,
    Pathway,
    Protocol,
)
from hepatica.evidence.mechanisms import (
    KNOWLEDGE,
    hypotheses,
    measures,
    read_hypotheses,
    read_measures,
)

# Digits that name a thing and state no figure.
NAMES = re.compile(
    r"\[3H\]|SR49059|V1[aA]|V2/3|V2|AVPR1A|GRK[25]|IP[123]|PIP2|EC50|IC50|A7r5|AG1-X8|v1a-[a-z-]+|"
    r"beta-arrestin-2|IL-1|18S|log2|H2O|MgCl2|`[^`]*`"
)


@cache
def guides() -> Mapping[str, Guide]:
    """The shipped guides by id; KnowledgeError as in `read_guides`."""
    return read_guides(KNOWLEDGE, hypotheses(), measures())


@cache
def protocols() -> Mapping[str, Protocol]:
    """The shipped protocols by id; KnowledgeError as in `read_protocols`."""
    return read_protocols(KNOWLEDGE, measures())


@cache
def markers() -> Mapping[str, Marker]:
    """The shipped markers by key."""
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


def read_laboratory(root: Path) -> Laboratory:
    """All of it from the knowledge folder `root`; what is missing there is empty."""
    known, causes = read_measures(root), read_hypotheses(root)
    return Laboratory(
        protocols=read_protocols(root, known),
        guides=read_guides(root, causes, known),
        markers=read_table(root / "markers.yaml", Marker, root=root),
        hypotheses=causes,
        measures=known,
        words=read_table(root / "bench-words.yaml", BenchWord, root=root),
    )


def read_guides(root: Path, causes: Collection[str], known: Collection[str]) -> dict[str, Guide]:
    """The guides in `root`.

    KnowledgeError unless each is a tree without loops or loose ends, whose nodes name hypotheses of
    `causes` and measures of `known`, and whose figures have a source.
    """
    held = {}
    for path in files(root / "guides"):
        guide = read(path, Guide, root=root)
        _check_guide(guide, path.stem, causes, known)
        held[guide.id] = guide
    return held


def _check_guide(guide: Guide, stem: str, causes: Collection[str], known: Collection[str]) -> None:
    where = f"guides/{stem}.yaml"
    names = [node.id for node in guide.nodes]
    if guide.id != stem or len(set(names)) < len(names) or guide.first not in names:
        raise KnowledgeError(f"{where}: id, first or a node's id is wrong or given twice")
    for node in guide.nodes:
        if node.hypothesis is not None and node.hypothesis not in causes:
            raise KnowledgeError(f"{where}: {node.id}: no hypothesis {node.hypothesis!r}")
        if node.measure is not None and node.measure not in known:
            raise KnowledgeError(f"{where}: {node.id}: no measure {node.measure!r}")
        answers = [outcome.answer for outcome in node.outcomes]
        if len(answers) < 2 or len(set(answers)) < len(answers):
            raise KnowledgeError(f"{where}: {node.id}: needs two or more different answers")
        for outcome in node.outcomes:
            if outcome.next is not None and outcome.next not in names:
                raise KnowledgeError(f"{where}: {node.id}: no node {outcome.next!r}")
        if figure := _unsourced(node):
            raise KnowledgeError(f"{where}: {node.id}: a figure without a source: {figure!r}")
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


def _unsourced(node: Node) -> str | None:
    own = [] if node.source else [node.ask, node.why, node.cause, node.investigate]
    own += [o.means for o in node.outcomes if not (o.source or node.source)]
    return next((text for text in own if text and re.search(r"\d", NAMES.sub("", text))), None)


def read_protocols(root: Path, known: Collection[str]) -> dict[str, Protocol]:
    """The protocols in `root`; KnowledgeError for a figure without a setting or a source."""
    held = {}
    for path in files(root / "protocols"):
        protocol = read(path, Protocol, root=root)
        where = f"protocols/{path.name}"
        if protocol.id != path.stem or protocol.measure not in known:
            raise KnowledgeError(f"{where}: its id or its measure {protocol.measure!r} is wrong")
        for name, setting in protocol.settings.items():
            if setting.status == "sourced" and setting.source is None:
                raise KnowledgeError(f"{where}: {name}: sourced means having a source")
        used: set[str] = set()
        for step in protocol.parts:
            for text in (step.title, *step.do):
                used |= set(PLACE.findall(text))
                if re.search(r"\d", NAMES.sub("", PLACE.sub("", text))):
                    raise KnowledgeError(f"{where}: a figure outside the settings: {text!r}")
        if used != set(protocol.settings):
            odd = sorted(used ^ set(protocol.settings))
            raise KnowledgeError(f"{where}: {odd[0]!r} is used and not set, or set and not used")
        held[protocol.id] = protocol
    return held
