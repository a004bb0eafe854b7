"""Claim, Figure, Family, Gap, Topic and Concept: the shapes of the files under `knowledge/`.

Every file is one record; unknown keys are refused with their path.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

import msgspec

from hepatica.evidence.model import Design, Tier


class Seen(StrEnum):
    """How close to the source the curator read the fact."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    TERTIARY = "tertiary"


class Record(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Base of the curated records."""


class Every(Record, frozen=True):
    """How often a dose is given: every `low` (to `high`) `unit`."""

    low: float
    unit: str
    high: float | None = None


class Figure(Record, frozen=True):
    """One number of a claim with all that is needed to compare it.

    Exactly one of `value`, (`low`, `high`), `text` is given: a point, a range, or a value that is
    no number (a date, an identifier, "last value before treatment"). `relation` tells a threshold
    ("<=") from an equality. `unit` is a UCUM code, "{patients}"-style annotations for counts; see
    knowledge/units.yaml. `n` of `N` are events and total. `definition` says how this source defined
    the outcome, where it does.
    """

    name: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    text: str | None = None
    relation: Literal["=", "<", "<=", ">", ">=", "~"] = "="
    unit: str | None = None
    every: Every | None = None
    arm: str | None = None
    n: int | None = None
    N: int | None = None
    sd: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_level: float | None = None
    p: str | None = None
    timepoint: str | None = None
    definition: str | None = None
    derived: bool = False
    note: str | None = None


class Claim(Record, frozen=True):
    """A statement in our own words about one source, with its figures.

    `statement` is for a clinician; `plain` says the same for a patient, without regimens as
    instructions. `seen` is how close to the source the fact was read, `seen_in` what was read,
    `url` where. `strength` is the grade of a recommendation as printed.
    """

    id: str
    statement: str
    source: str
    design: Design
    subject: str
    seen: Seen
    seen_in: str
    url: str
    plain: str | None = None
    population: str | None = None
    intervention: str | None = None
    comparator: str | None = None
    outcome: str | None = None
    issuer: str | None = None
    strength: str | None = None
    figures: tuple[Figure, ...] = ()
    note: str | None = None
    keywords: tuple[str, ...] = ()

    @property
    def tier(self) -> Tier:
        return self.design.tier


class CuratedSource(Record, frozen=True):
    """A published work that claims name; identifiers exactly as seen."""

    id: str
    title: str
    design: Design
    authors: str | None = None
    issuer: str | None = None
    container: str | None = None
    year: int | None = None
    identifiers: Mapping[str, str] = {}
    url: str | None = None
    status: Literal["current", "corrected", "expression-of-concern", "retracted"] = "current"


class Member(Record, frozen=True):
    """One row of a family: which figures of which claim, and what they mean there.

    `figures` are positions in the claim's figure list. `definition` and `population` say how this
    source defined the outcome and in whom, where it does.
    """

    claim: str
    figures: tuple[int, ...]
    definition: str | None = None
    population: str | None = None


class Family(Record, frozen=True):
    """Claims that report the same outcome, so that their disagreement can be computed.

    `explanation` is set only when a source states why the figures differ, and then names its claim.
    """

    id: str
    title: str
    outcome: str
    members: tuple[Member, ...]
    explanation: str | None = None
    explanation_claim: str | None = None


class Gap(Record, frozen=True):
    """A figure that could not be confirmed: what it is, where it would stand, never the figure."""

    id: str
    looked_for: str
    would_stand_in: str
    subject: str
    keywords: tuple[str, ...] = ()


class Unit(Record, frozen=True):
    """How a UCUM code is printed: `text` after a number, `one` after a 1, `name` in full."""

    text: str
    name: str
    one: str | None = None


class Line(Record, frozen=True):
    """A curated sentence and the claims that carry it."""

    text: str
    claims: tuple[str, ...]


class Review(Record, frozen=True):
    """Where a topic stands in review. `content_hash` is of what was approved; see `topic_hash`."""

    status: Literal["submitted", "under_review", "approved"] = "submitted"
    reviewer: str | None = None
    date: str | None = None
    content_hash: str | None = None


class Topic(Record, frozen=True):
    """A question with its curated answer.

    `claims` in the order in which they should be read. `bottom_line` is one to three sentences,
    `plain` the answer for a patient; both rest on claims. `seek_help` says when a patient should
    call for help.
    """

    id: str
    question: str
    claims: tuple[str, ...]
    bottom_line: tuple[Line, ...]
    plain: tuple[Line, ...]
    asked_as: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    seek_help: str | None = None
    review: Review = Review()


class Bound(Record, frozen=True):
    """A range of values of the test `of`, in `unit`; the ranges of two units must not meet."""

    of: str
    low: float
    high: float
    unit: str


class Concept(Record, frozen=True):
    """A term of the field with the words people use for it.

    `words` are matched in questions and texts (case-insensitive, plurals included); `lay` is the
    plain name shown to patients, `definition` one sentence for a learner's first meeting with it.
    `broader` lists concepts that this one is a kind or part of. `implied_by` lists groups of
    concepts that mean this one when a question names them all (kidney failure and liver disease).
    `implied_by_values` lists ranges of a test's value that mean it (creatinine 6). `computed_by`
    lists the score and criterion files that define it, the one in use first.
    An intent is what a question asks for (dose, comparison, safety). `codes` maps a system (loinc,
    snomed, atc, rxnorm, mesh, hgnc) to codes found in the specifications.
    """

    id: str
    name: str
    kind: Literal[
        "condition",
        "drug",
        "procedure",
        "test",
        "score",
        "outcome",
        "adverse-event",
        "molecule",
        "trial",
        "organisation",
        "population",
        "assay",
        "intent",
    ]
    words: tuple[str, ...]
    lay: str | None = None
    definition: str | None = None
    broader: tuple[str, ...] = ()
    implied_by: tuple[tuple[str, ...], ...] = ()
    implied_by_values: tuple[Bound, ...] = ()
    computed_by: tuple[str, ...] = ()
    codes: Mapping[str, tuple[str, ...]] = {}
