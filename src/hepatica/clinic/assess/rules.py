"""The files behind a plan: guidance rules, precautions of drugs, predictors, causes to think of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from hepatica.clinic.assess.conditions import FOLDER, Conditions
from hepatica.clinic.records import Record, names, read

Section = Literal["now", "treatment", "work-up", "infection", "volume", "vasoconstrictor", "beyond"]

# In the order in which they are read: what cannot wait, then what is running.
SECTIONS: Mapping[Section, str] = {
    "now": "Act on first",
    "treatment": "On treatment",
    "work-up": "Work-up",
    "infection": "Infection and bleeding",
    "volume": "Volume",
    "vasoconstrictor": "Vasoconstrictor",
    "beyond": "Beyond drugs for the kidney",
}


class Amount(Record, frozen=True, kw_only=True):
    """A dose calculated for the patient: which score gives it, and how it is worded."""

    score: str
    output: str
    words: str


class Guidance(Record, frozen=True, kw_only=True):
    """A guidance rule: a condition over the assessment, what it recommends, and who says so.

    `gives` names the drugs that the text would give, raise or go on with; the contraindications and
    cautions of each (`precautions/`) then stand before the text, and `weigh` adds further files of
    them. `observed` names facts whose observations are shown with the text. `beside` groups rules
    of different authorities on one question. `strength` is that of the first claim unless stated.
    `plain` is the text for a patient; without it the rule is not shown to one.
    """

    id: str
    section: Section
    order: int
    title: str
    authority: str
    when: str
    text: str
    claims: tuple[str, ...]
    gives: tuple[str, ...] = ()
    weigh: tuple[str, ...] = ()
    observed: tuple[str, ...] = ()
    beside: str | None = None
    note: str | None = None
    strength: str | None = None
    plain: str | None = None
    amount: Amount | None = None


class Caution(Record, frozen=True, kw_only=True):
    """One contraindication or caution, as a condition over the assessment."""

    id: str
    when: str
    why: str
    authority: str
    claims: tuple[str, ...]


class Precautions(Record, frozen=True, kw_only=True):
    """What must be looked at before a drug."""

    id: str
    name: str
    contraindications: tuple[Caution, ...]
    cautions: tuple[Caution, ...]


class Cause(Record, frozen=True, kw_only=True):
    """A cause of kidney injury to think of, with what points to it and what does not."""

    id: str
    cause: str
    when: str
    found: str
    ruled_out: str
    claims: tuple[str, ...]
    note: str | None = None


class Reported(Record, frozen=True, kw_only=True):
    """A predictor of response as it was reported."""

    id: str
    name: str
    when: str
    direction: str
    claims: tuple[str, ...]
    note: str | None = None


@cache
def guidance() -> tuple[Guidance, ...]:
    """All guidance rules, in the order in which they are read."""
    found = (read("guidance", name, Guidance) for name in names("guidance"))
    return tuple(sorted(found, key=lambda rule: rule.order))


@cache
def precautions() -> Mapping[str, Precautions]:
    """The precautions of every drug, by id."""
    return {name: read("precautions", name, Precautions) for name in names("precautions")}


@cache
def causes() -> tuple[Cause, ...]:
    """The differential of kidney injury in cirrhosis."""
    return tuple(read(FOLDER, "differential", list[Cause]))


@cache
def predictors() -> tuple[Reported, ...]:
    """Predictors of response to terlipressin."""
    return tuple(read(FOLDER, "predictors", list[Reported]))


@cache
def claims_of() -> Mapping[str, tuple[str, ...]]:
    """Claims behind findings, by finding."""
    return read(FOLDER, "findings", dict[str, tuple[str, ...]])


@cache
def conditions() -> Conditions:
    """Every condition of every file, compiled together."""
    found = {f"guidance {rule.id}": rule.when for rule in guidance()}
    for drug in precautions().values():
        for item in (*drug.contraindications, *drug.cautions):
            found[f"precaution {drug.id} {item.id}"] = item.when
    found |= {f"cause {item.id}": item.when for item in causes()}
    found |= {f"predictor {item.id}": item.when for item in predictors()}
    return Conditions(found)
