"""Checks what a schema cannot: that named records exist and that figures and statements hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from hepatica.errors import KnowledgeError
from hepatica.evidence.curated import Claim, Family, Topic
from hepatica.evidence.laboratory import Laboratory

if TYPE_CHECKING:
    from hepatica.evidence.knowledge import Knowledge

Name = tuple[str, str]
"""Where a record names another (file and key), and the id it names."""


def check(knowledge: Knowledge) -> None:
    """Raise KnowledgeError for the first record that breaks a rule.

    A reference names a record that exists, a statement is one line, and a figure is one of a value,
    a range or a text.
    """
    for claim in knowledge.claims.values():
        _check_claim(claim)
    for where, name, at in _positions(knowledge.families.values()):
        count = len(knowledge.claims[name].figures) if name in knowledge.claims else at + 1
        if not 0 <= at < count:
            raise KnowledgeError(
                f"{where}: the value is {at}, expected the position of one of the {count} figures "
                f"of claim {name!r}, counted from 0"
            )
    for kind, names, known in _references(knowledge):
        for where, name in names:
            if name not in known:
                raise KnowledgeError(
                    f"{where}: the value is {name!r}, expected the id of a {kind} that exists"
                )


def _references(knowledge: Knowledge) -> Iterator[tuple[str, Iterable[Name], Collection[str]]]:
    claims, families, gaps, topics, concepts = (
        knowledge.claims.values(),
        knowledge.families.values(),
        knowledge.gaps.values(),
        knowledge.topics.values(),
        knowledge.concepts.values(),
    )
    yield "source", ((_claim(c, "source"), c.source) for c in claims), knowledge.sources
    yield "subject", ((_claim(c, "subject"), c.subject) for c in claims), knowledge.subjects
    yield "subject", ((f"gaps/{g.id}.yaml: subject", g.subject) for g in gaps), knowledge.subjects
    yield "unit", (name for claim in claims for name in _units(claim)), knowledge.units
    yield "claim", (name for family in families for name in _family(family)), knowledge.claims
    yield "claim", (name for topic in topics for name in _topic_claims(topic)), knowledge.claims
    yield "claim", _laboratory_claims(knowledge.laboratory), knowledge.claims
    yield "family", (_topic_names(topics, "families")), knowledge.families
    yield "gap", (_topic_names(topics, "gaps")), knowledge.gaps
    yield "topic", (_topic_names(topics, "related")), knowledge.topics
    broader = ((f"vocabulary/{c.id}.yaml: broader", name) for c in concepts for name in c.broader)
    yield "concept", broader, knowledge.concepts
    computed = (
        (f"vocabulary/{c.id}.yaml: computed_by", n) for c in concepts for n in c.computed_by
    )
    yield "score or criterion", computed, knowledge.definitions


def _check_claim(claim: Claim) -> None:
    if not claim.statement.strip() or len(claim.statement.splitlines()) != 1:
        raise KnowledgeError(
            f"{_claim(claim, 'statement')}: the value is {claim.statement!r}, expected one line"
        )
    for at, figure in enumerate(claim.figures):
        where = _claim(claim, f"figures[{at}]")
        given = (figure.value is not None) + (figure.low is not None) + (figure.text is not None)
        if given != 1 or (figure.low is None) != (figure.high is None):
            raise KnowledgeError(
                f"{where}: {figure.name!r} has value {figure.value!r}, low {figure.low!r}, high "
                f"{figure.high!r} and text {figure.text!r}, expected a value, a range or a text"
            )
        for low, high in ((figure.low, figure.high), (figure.ci_low, figure.ci_high)):
            if (low is None) != (high is None) or (
                low is not None and high is not None and low > high
            ):
                raise KnowledgeError(
                    f"{where}: {figure.name!r} has a range from {low!r} to {high!r}, expected both "
                    "ends, the lower one first"
                )


def _claim(claim: Claim, key: str) -> str:
    return f"claims/{claim.subject}/{claim.id}.yaml: {key}"


def _units(claim: Claim) -> Iterator[Name]:
    for at, figure in enumerate(claim.figures):
        if figure.unit is not None:
            yield _claim(claim, f"figures[{at}].unit"), figure.unit
        if figure.every is not None:
            yield _claim(claim, f"figures[{at}].every.unit"), figure.every.unit


def _family(family: Family) -> Iterator[Name]:
    for at, member in enumerate(family.members):
        yield f"families/{family.id}.yaml: members[{at}].claim", member.claim
    if family.explanation_claim is not None:
        yield f"families/{family.id}.yaml: explanation_claim", family.explanation_claim


def _positions(families: Iterable[Family]) -> Iterator[tuple[str, str, int]]:
    for family in families:
        for at, member in enumerate(family.members):
            for position in member.figures:
                where = f"families/{family.id}.yaml: members[{at}].figures"
                yield where, member.claim, position


def _topic_claims(topic: Topic) -> Iterator[Name]:
    for claim in topic.claims:
        yield f"topics/{topic.id}.yaml: claims", claim
    for key, lines in (("bottom_line", topic.bottom_line), ("plain", topic.plain)):
        for at, line in enumerate(lines):
            for claim in line.claims:
                yield f"topics/{topic.id}.yaml: {key}[{at}].claims", claim


def _topic_names(topics: Iterable[Topic], key: str) -> Iterator[Name]:
    for topic in topics:
        for name in getattr(topic, key):
            yield f"topics/{topic.id}.yaml: {key}", name


def _laboratory_claims(laboratory: Laboratory) -> Iterator[Name]:
    for guide in laboratory.guides.values():
        for node in guide.nodes:
            yield from ((f"guides/{guide.id}.yaml: {node.id}: claims", c) for c in node.claims)
    for protocol in laboratory.protocols.values():
        where = f"protocols/{protocol.id}.yaml"
        for name, setting in protocol.settings.items():
            if setting.claim:
                yield f"{where}: settings.{name}.claim", setting.claim
        yield from ((f"{where}: pitfalls", p.claim) for p in protocol.pitfalls if p.claim)
