"""Guide, Protocol, Marker and Pathway: the shapes of the bench's curated files.

A figure of a protocol is a setting with its source, or marked as a laboratory's own default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from hepatica.evidence.mechanisms import Hypothesis, Measure

PLACE = re.compile(r"\{([a-z_0-9]+)\}")


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Outcome(_Record, frozen=True):
    """One answer to a node: what it means, and the node that follows (None: the end).

    `investigate` is a command to go on with; `source` says who reports what is said.
    """

    answer: str
    means: str
    next: str | None = None
    investigate: str | None = None
    source: str | None = None


class Node(_Record, frozen=True):
    """A question with its cause, hypothesis and investigation, and what each outcome means.

    `asked_as` is how a researcher asks for it, `source` who reports what it says.
    """

    id: str
    ask: str
    outcomes: tuple[Outcome, ...]
    why: str | None = None
    cause: str | None = None
    hypothesis: str | None = None
    measure: str | None = None
    investigate: str | None = None
    source: str | None = None
    claims: tuple[str, ...] = ()
    asked_as: tuple[str, ...] = ()


class Guide(_Record, frozen=True):
    """A troubleshooting tree; `first` names the node where it starts, `plain` is for a patient."""

    id: str
    title: str
    issue: str
    scope: str
    first: str
    nodes: tuple[Node, ...]
    plain: str
    asked_as: tuple[str, ...] = ()

    def node(self, name: str) -> Node:
        return next(node for node in self.nodes if node.id == name)

    def answers_to(self, name: str) -> tuple[str, ...]:
        """The shortest run of answers that leads from the first node to the node `name`."""
        todo: list[tuple[str, tuple[str, ...]]] = [(self.first, ())]
        seen = {self.first}
        for at, answers in todo:
            if at == name:
                return answers
            for outcome in self.node(at).outcomes:
                if outcome.next is not None and outcome.next not in seen:
                    seen.add(outcome.next)
                    todo.append((outcome.next, (*answers, outcome.answer)))
        raise KeyError(name)


class Setting(_Record, frozen=True):
    """A figure of a protocol: with a source, or a laboratory default for the user to set.

    A default may name in `source` whose value it starts from.
    """

    value: float
    unit: str
    status: Literal["sourced", "laboratory-default"]
    source: str | None = None
    url: str | None = None
    claim: str | None = None

    @property
    def text(self) -> str:
        return f"{self.value:g} {self.unit}".strip()


class Step(_Record, frozen=True):
    """A step of a protocol; figures stand in braces and are settings."""

    title: str
    do: tuple[str, ...]
    source: str | None = None


class Pitfall(_Record, frozen=True):
    """What goes wrong, with the source that says so."""

    text: str
    source: str
    claim: str | None = None


class Protocol(_Record, frozen=True):
    """A laboratory protocol whose every figure has a source or is marked as a default.

    `materials`, `controls`, `replicates` and `accept` (what a run must meet before it is read) are
    written like steps. `analyse` is the command that reads the result, `asked_as` how a researcher
    asks for it, `plain` the same for a patient.
    """

    id: str
    title: str
    purpose: str
    measure: str
    analyse: str
    plain: str
    settings: Mapping[str, Setting]
    materials: tuple[str, ...]
    controls: tuple[str, ...]
    replicates: tuple[str, ...]
    steps: tuple[Step, ...]
    accept: tuple[str, ...]
    gaps_filled: tuple[str, ...] = ()
    pitfalls: tuple[Pitfall, ...] = ()
    asked_as: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Step, ...]:
        """Everything to do or to have, under its title, in the order in which it is read."""
        return (
            Step(title="Materials", do=self.materials),
            Step(title="Controls", do=self.controls),
            Step(title="Replicates", do=self.replicates),
            *self.steps,
            Step(title="Accept or repeat", do=self.accept),
        )

    def filled(self, text: str) -> str:
        """`text` with its settings in place; a laboratory default is marked."""

        def value(match: re.Match[str]) -> str:
            setting = self.settings[match.group(1)]
            mark = " [laboratory default]" if setting.status == "laboratory-default" else ""
            return setting.text + mark

        return PLACE.sub(value, text)

    def used(self, text: str) -> tuple[Setting, ...]:
        """The settings that stand in `text`, in order, each once."""
        return tuple(self.settings[name] for name in dict.fromkeys(PLACE.findall(text)))


class Marker(_Record, frozen=True):
    """A marker of resistance, what it is said to show, how it is measured, and how well known."""

    name: str
    change: str
    method: str
    status: Literal["seen", "assumed"]
    source: str
    protocol: str | None = None
    analyse: str | None = None


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


class BenchWord(_Record, frozen=True):
    """Words by which a question is known to be about the bench; see `ask.bench_match`."""

    kind: Literal["method", "trouble", "readout", "place", "task", "sign", "subject"]
    words: tuple[str, ...]


class Laboratory(msgspec.Struct, frozen=True, kw_only=True):
    """The protocols, guides and markers with the hypotheses and measures that they name."""

    protocols: dict[str, Protocol] = {}
    guides: dict[str, Guide] = {}
    markers: dict[str, Marker] = {}
    hypotheses: dict[str, Hypothesis] = {}
    measures: dict[str, Measure] = {}
    words: dict[str, BenchWord] = {}
