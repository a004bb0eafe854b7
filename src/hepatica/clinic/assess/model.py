"""Assessment and its parts: the one object that every renderer is made from.

States are three-valued: "met", "not_met", "unknown"; an unknown names in `missing` what would
settle it. `claims` are ids; `Assessment.evidence` holds each with its source and quote.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

from hepatica.evidence.cited import Cited

DISCLAIMER = (
    "For education and research. It informs, it does not decide, and it is not a medical device: "
    "check every dose against the product information before use."
)

State = Literal["met", "not_met", "unknown"]


class Reader(StrEnum):
    """For whom the assessment is worded."""

    CLINICIAN = "clinician"
    RESEARCHER = "researcher"
    LEARNER = "learner"
    PATIENT = "patient"


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the parts of an assessment."""


class Rule(Part, frozen=True):
    """A disputed rule as it was applied: its value, what else it may be, and who says so."""

    name: str
    value: str
    about: str
    source: str
    choices: tuple[str, ...] = ()


class Finding(Part, frozen=True):
    """One line that a clinician can check: what was asked, the answer, and what decided it."""

    id: str
    about: str
    state: State
    decided_by: str | None = None
    missing: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    note: str | None = None


class Checklist(Part, frozen=True):
    """A set of criteria one by one, and the set as a whole."""

    id: str
    name: str
    version: str
    state: State
    items: tuple[Finding, ...]
    reference: str
    rules: tuple[Rule, ...] = ()
    claims: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


class Point(Part, frozen=True):
    """One moment of a kidney course; `stage` is unknown where nothing earlier stands to compare.

    `given` is the creatinine in the unit of the input.
    """

    time: datetime
    rule: str
    stage: int | None
    shown: str
    mg_dl: float | None = None
    substage: str | None = None
    given: str | None = None


class Staging(Part, frozen=True):
    """AKI by one definition over the course known so far.

    `now` is the stage at the last creatinine; where that is unknown though there was AKI,
    `now_missing` says what would settle it.
    """

    id: str
    name: str
    version: str
    state: State
    reference: str
    max_stage: int | None = None
    substage: str | None = None
    first_at: datetime | None = None
    first_by: str | None = None
    max_at: datetime | None = None
    max_by: str | None = None
    now: int | None = None
    now_missing: tuple[str, ...] = ()
    path: tuple[Point, ...] = ()
    missing: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()


class Given(Part, frozen=True):
    """A drug or procedure on the record; without an end it still runs, or is a single moment."""

    name: str
    start: datetime
    end: datetime | None
    running: bool
    shown: str


class Baseline(Part, frozen=True):
    """The creatinine that later ones are compared with, and why this one."""

    why: str
    shown: str | None = None
    time: datetime | None = None
    mg_dl: float | None = None
    basis: str | None = None
    missing: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()


class Episode(Part, frozen=True):
    """The kidney episode: baseline, stages by each definition, where it is going, the response.

    `response` is none, partial, full, unknown, or not_applicable without AKI or an end point.
    `resolved_by` is the creatinine that shows that the AKI has resolved; None while it goes on.
    """

    baseline: Baseline
    ica: Staging
    kdigo: Staging
    trajectory: str
    response: str
    response_by: str | None = None
    response_missing: tuple[str, ...] = ()
    response_claims: tuple[str, ...] = ()
    resolved_by: str | None = None


class Prompt(Part, frozen=True):
    """A cause of the kidney injury to think of: what points to it, against it, or is missing."""

    id: str
    cause: str
    state: State
    because: str
    missing: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


class Organ(Part, frozen=True):
    """One organ of the CLIF-C organ failure score; `about` is what failure of it means."""

    organ: str
    state: State
    points: int | None
    about: str
    because: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Aclf(Part, frozen=True):
    """Acute-on-chronic liver failure by EASL-CLIF, organ by organ.

    `organs` is empty where the organ failures are not defined for the patient.
    `without_vasopressor` is the grade if a vasopressor that may be given for hepatorenal syndrome
    is not counted, where that makes another one. `age` is how old the oldest value is, where that
    is over a day.
    """

    grade: str
    organs: tuple[Organ, ...]
    reference: str
    missing: tuple[str, ...] = ()
    not_applicable: str | None = None
    claims: tuple[str, ...] = ()
    without_vasopressor: str | None = None
    age: str | None = None
    note: str | None = None


class ScoreLine(Part, frozen=True):
    """A score with what went in; `value` is None where it is unknown or does not apply.

    `left_out` are values that are too old to count.
    """

    id: str
    name: str
    version: str
    value: float | int | bool | str | None
    shown: str
    inputs: tuple[str, ...]
    reference: str
    missing: tuple[str, ...] = ()
    not_applicable: str | None = None
    left_out: tuple[str, ...] = ()
    outputs: Mapping[str, float | int | bool | str | None] = {}
    claims: tuple[str, ...] = ()


class Precaution(Part, frozen=True):
    """A contraindication or a caution of a drug in this patient, and the observations behind it."""

    id: str
    drug: str
    kind: Literal["contraindication", "caution"]
    state: State
    why: str
    authority: str
    because: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


class Predictor(Part, frozen=True):
    """Something reported to go with response: present, absent or unknown, and the report."""

    id: str
    name: str
    state: Literal["present", "absent", "unknown"]
    direction: str
    effects: tuple[str, ...]
    missing: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    note: str | None = None


class Standing(StrEnum):
    """How firmly a recommendation holds for this patient."""

    APPLIES = "applies"
    WEIGH = "weigh"
    CHECK_FIRST = "check_first"
    CONTRAINDICATED = "contraindicated"
    UNDECIDED = "undecided"
    NOT_NOW = "not_now"


class Recommendation(Part, frozen=True):
    """A guidance rule as it stands in this patient.

    `first` is what must be read before the text: contraindications and cautions, present or
    unknown. `gives` names the drugs that the text would give, raise or go on with; where one is
    contraindicated the text proposes nothing. `because` are the observations it rests on. `beside`
    groups recommendations of different authorities on one question. `not_added_to` names others on
    the page that give the same drug, of which the doses are no sum. `decided` is false where the
    condition itself is unknown, whatever the precautions say.
    """

    id: str
    section: str
    title: str
    authority: str
    text: str
    standing: Standing
    strength: str
    tier: str
    claims: tuple[str, ...]
    gives: tuple[str, ...] = ()
    first: tuple[Precaution, ...] = ()
    because: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    for_this_patient: str | None = None
    beside: str | None = None
    not_added_to: tuple[str, ...] = ()
    note: str | None = None
    plain: str | None = None
    decided: bool = True

    @property
    def unconditional(self) -> bool:
        """Whether it gives a drug without anything to be found out or weighed first."""
        return bool(self.gives) and self.standing is Standing.APPLIES


class Step(Part, frozen=True):
    """What one authority does on a day of treatment.

    `gives` names the drugs that it would give, raise or go on with. A step of today or later has
    the `standing` that the precautions of these leave it: where one is contraindicated the text
    proposes nothing, where one is unknown it says so first, and `missing` what to find out.
    """

    authority: str
    text: str
    state: Literal["due", "done", "ahead", "undecided"]
    missing: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    standing: Standing | None = None


class Day(Part, frozen=True):
    """One day on terlipressin: what was given and measured, and what each authority does.

    `dangers` are low saturations of the day, and hypoxia, volume overload or ischaemia present on
    it, for which terlipressin stops or is held back.
    """

    number: int
    date: str
    given: tuple[str, ...]
    creatinine: tuple[str, ...]
    change: str | None
    steps: tuple[Step, ...]
    dangers: tuple[str, ...] = ()


class Treatment(Part, frozen=True):
    """A course of terlipressin day by day, and reversal by each definition.

    `day4` is what creatinine alone says by the US label; `day4_standing` how far the precautions of
    terlipressin let that stand now. It is "not_now" once the course has ended or a later creatinine
    (`day4_overtaken_by`) has taken the place of that of day 4. `running` is unknown where single
    doses were charted and the next is overdue; `last_dose` is then the last of them, and None while
    the course runs.
    """

    first_dose: datetime
    last_dose: datetime | None
    running: Literal["yes", "no", "unknown"]
    day_now: int
    days: tuple[Day, ...]
    day4: str
    day4_standing: Standing
    day4_missing: tuple[str, ...]
    reversal: tuple[Finding, ...]
    claims: tuple[str, ...] = ()
    day4_overtaken_by: str | None = None


class Assessment(Part, frozen=True):
    """All that follows from what is known about a patient at `at`.

    Once the patient has `died` there is no plan, and no precaution. `died_later` is a death on
    record after the time of asking, where that time was not given.
    """

    patient: str
    at: datetime | None
    reader: Reader
    known: tuple[str, ...]
    refused: tuple[str, ...]
    notes: tuple[str, ...]
    episode: Episode
    differential: tuple[Prompt, ...]
    criteria: tuple[Checklist, ...]
    aclf: Aclf
    scores: tuple[ScoreLine, ...]
    precautions: tuple[Precaution, ...]
    predictors: tuple[Predictor, ...]
    plan: tuple[Recommendation, ...]
    evidence: Mapping[str, Cited]
    given: tuple[Given, ...] = ()
    treatment: Treatment | None = None
    died: datetime | None = None
    died_later: datetime | None = None
    discharged: datetime | None = None
    transplanted: datetime | None = None
    rules: tuple[Rule, ...] = ()
    store_version: str | None = None
    disclaimer: str = DISCLAIMER
