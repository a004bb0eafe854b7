"""The competing mechanisms of resistance, as data: what every assay would show under each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from hepatica.errors import KnowledgeError

KNOWLEDGE = Path(__file__).parents[1] / "knowledge"


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Measure(_Record, frozen=True):
    """One quantity that an assay gives: its name, how it is measured, and an ASSUMED log2 SD."""

    name: str
    sd: float
    assay: str
    method: str
    change: str


class Evidence(_Record, frozen=True):
    """What is known: `seen` at its page, `secondary` quoted by another, or `assumed`."""

    text: str
    source: str
    status: Literal["seen", "secondary", "assumed"]
    claim: str | None = None


class Expectation(_Record, frozen=True):
    """What one measure would show: log2 of affected over unaffected in the mechanism model.

    `low` and `high` are its 5th and 95th percentile over random parameters; None where they were
    not computed. An expectation that is not `robust` is shown and never used.
    """

    measure: str
    change: Literal["lower", "higher", "unchanged", "varies"]
    log2: float
    why: str
    low: float | None = None
    high: float | None = None
    robust: bool = True

    @property
    def usable(self) -> bool:
        return self.robust and self.low is not None


class Control(_Record, frozen=True):
    """A further experiment that would tell this hypothesis from others."""

    text: str
    source: str


class Change(_Record, frozen=True):
    """What the hypothesis changes in the model, and for how many hours before the assay."""

    multiply: Mapping[str, float] = {}
    set: Mapping[str, float] = {}
    hours: float = 0
    peptidase: float = 1


class Hypothesis(_Record, frozen=True):
    """A mechanism with its evidence, its change in the model and what it would show."""

    id: str
    name: str
    statement: str
    status: Literal["seen", "assumed"]
    evidence: tuple[Evidence, ...]
    model: Change
    expects: tuple[Expectation, ...]
    controls: tuple[Control, ...] = ()

    def expectation(self, measure: str) -> Expectation:
        return next(entry for entry in self.expects if entry.measure == measure)


@cache
def measures() -> Mapping[str, Measure]:
    """The shipped measures by key; KnowledgeError for a file that breaks its schema."""
    return read_measures(KNOWLEDGE)


@cache
def hypotheses() -> Mapping[str, Hypothesis]:
    """The shipped hypotheses by id, in the order of their files; KnowledgeError as below."""
    return read_hypotheses(KNOWLEDGE)


def read_measures(root: Path) -> dict[str, Measure]:
    """The measures of the knowledge folder `root`."""
    from hepatica.evidence.knowledge_files import read_table

    return read_table(root / "measures.yaml", Measure, root=root)


def read_hypotheses(root: Path) -> dict[str, Hypothesis]:
    """The hypotheses of the knowledge folder `root`.

    KnowledgeError unless every one says what every measure would show, once.
    """
    from hepatica.evidence.knowledge_files import files, read

    known = read_measures(root)
    held = {}
    for path in files(root / "hypotheses"):
        entry = read(path, Hypothesis, root=root)
        if path.stem != entry.id:
            raise KnowledgeError(f"hypotheses/{path.name}: the id {entry.id!r} is not its name")
        said = [expectation.measure for expectation in entry.expects]
        if sorted(said) != sorted(known):
            raise KnowledgeError(
                f"hypotheses/{path.name}: expects {said!r}, must say once each: {', '.join(known)}"
            )
        for expectation in entry.expects:
            low, high = expectation.low, expectation.high
            if (low is None) != (high is None) or (
                low is not None and high is not None and low > high
            ):
                raise KnowledgeError(
                    f"hypotheses/{path.name}: {expectation.measure}: the range {low!r} to {high!r}"
                )
        held[entry.id] = entry
    return held
