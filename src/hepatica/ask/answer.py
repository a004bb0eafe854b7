"""Answer and its parts: the one object that every renderer, and the JSON schema, is made from."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

import msgspec

from hepatica.evidence.curated import Figure, Seen
from hepatica.evidence.laboratory_text import PageKind, Role
from hepatica.evidence.model import Citation, Design, Status, Tier

DISCLAIMER = (
    "For education and research. It informs, it does not decide, and it is not a medical device: "
    "check every dose against the product information before use."
)


class Reader(StrEnum):
    """For whom the answer is worded."""

    CLINICIAN = "clinician"
    RESEARCHER = "researcher"
    LEARNER = "learner"
    PATIENT = "patient"


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the parts of an answer."""


class Effect(Part, frozen=True):
    """An effect size computed here from events and totals that the cited claim holds.

    `measure`: risk difference (as a fraction), risk ratio, or number needed to treat (per `arm`,
    to benefit or harm as the sign of the risk difference says). Interval of 95%.
    """

    measure: Literal["risk difference", "risk ratio", "number needed to treat"]
    value: float
    low: float | None
    high: float | None
    arm: str
    n: int
    N: int
    comparator: str
    comparator_n: int
    comparator_N: int  # noqa: N815  (the field writes n/N)
    method: str


class Statement(Part, frozen=True):
    """One sentence or quote with what it rests on.

    `refs` number the answer's references. `caveat` says what must be known about where it was read.
    `score` and `why` tell how it was chosen.
    """

    text: str
    citations: tuple[Citation, ...]
    refs: tuple[int, ...]
    tier: Tier
    verbatim: bool = False
    design: Design | None = None
    claims: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    effects: tuple[Effect, ...] = ()
    seen: Seen | None = None
    issuer: str | None = None
    strength: str | None = None
    population: str | None = None
    caveat: str | None = None
    note: str | None = None
    score: float = 0.0
    why: str = ""


class Section(Part, frozen=True):
    """The statements of one tier."""

    tier: Tier
    title: str
    statements: tuple[Statement, ...]


class BenchLine(Part, frozen=True):
    """One line of a protocol or guide of ours, word for word as it is stored.

    `role` says what it is (a step, a cause, an outcome), `section` where it stands. `status` is how
    well it is known: "ours", "sourced", "laboratory default", "seen", "secondary" or "assumed";
    `source` names who says so, for every figure in it.
    """

    role: Role
    text: str
    citation: Citation
    section: str
    status: str
    source: str | None = None


class BenchPage(Part, frozen=True):
    """A protocol, a troubleshooting guide or the table of markers, as far as it was asked for, or
    the definition of a score or criterion that a question names.

    `command` opens it in full, a guide at the question that matches, or computes it. `statements`
    are the claims that the lines lean on.
    """

    id: str
    kind: PageKind
    title: str
    command: str
    lines: tuple[BenchLine, ...]
    statements: tuple[Statement, ...] = ()
    score: float = 0.0
    why: str = ""


class Row(Part, frozen=True):
    """One source's figure in a disagreement."""

    claim: str
    source_id: str
    source: str
    figure: str
    refs: tuple[int, ...]
    definition: str | None = None
    population: str | None = None
    caveat: str | None = None


class Disagreement(Part, frozen=True):
    """Figures for one outcome side by side. `explanation` only where a source gives it."""

    family: str
    title: str
    outcome: str
    rows: tuple[Row, ...]
    explanation: str | None = None


class NotFound(Part, frozen=True):
    """What was looked for and not found, and where it would stand."""

    looked_for: str
    would_stand_in: str | None = None


class Reference(Part, frozen=True):
    """A numbered source of the answer."""

    number: int
    source_id: str
    source_version: str
    title: str
    tier: Tier
    design: Design
    authors: str | None = None
    issuer: str | None = None
    container: str | None = None
    year: int | None = None
    identifiers: Mapping[str, str] = {}
    url: str | None = None
    status: Status = Status.CURRENT
    curated: bool = False


class Term(Part, frozen=True):
    """A word explained at its first meeting."""

    name: str
    definition: str


class ReviewState(Part, frozen=True):
    """Who has reviewed the topics that the answer leans on; lapsed when they changed since."""

    status: Literal["not_reviewed", "submitted", "under_review", "approved", "lapsed"]
    topics: tuple[str, ...] = ()
    reviewer: str | None = None
    date: str | None = None


class Answer(Part, frozen=True):
    """A question answered in tiers, or an abstention that says what the store does hold.

    `bench` holds protocols and guides of ours, for a question about the bench, and definitions of
    the scores and criteria that a question names. `subject` are the
    concepts asked about; give them to a follow-up question.
    """

    question: str
    reader: Reader
    abstained: bool
    bottom_line: tuple[Statement, ...]
    sections: tuple[Section, ...]
    disagreements: tuple[Disagreement, ...]
    not_found: tuple[NotFound, ...]
    references: tuple[Reference, ...]
    related: tuple[str, ...]
    review: ReviewState
    store_version: str
    subject: tuple[str, ...] = ()
    read_as: str | None = None
    seek_help: str | None = None
    terms: tuple[Term, ...] = ()
    bench: tuple[BenchPage, ...] = ()
    reading_grade: float | None = None
    fetch_hint: str | None = None
    dropped: int = 0
    withheld: tuple[str, ...] = ()
    disclaimer: str = DISCLAIMER

    def statements(self) -> tuple[Statement, ...]:
        """Every statement, in the order in which a reader meets them."""
        return (
            *self.bottom_line,
            *(s for page in self.bench for s in page.statements),
            *(s for section in self.sections for s in section.statements),
        )
