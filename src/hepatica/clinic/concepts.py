"""Concepts: what can be observed, in which units, within which limits, under which codes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache, cached_property
from math import floor
from typing import Literal

from hepatica.clinic.records import Record, names, read, require

Kind = Literal["quantity", "code", "flag", "drug", "procedure", "event"]


def exact(text: str) -> Fraction:
    """The exact number that "88.4", "5/9" or "0.357/2.14" stands for."""
    top, _, bottom = text.partition("/")
    return Fraction(top) / Fraction(bottom) if bottom else Fraction(top)


class Unit(Record, frozen=True, kw_only=True):
    """An accepted unit by UCUM code: value in the concept's own unit = value * factor + offset."""

    code: str
    factor: str = "1"
    offset: str = "0"

    def to_own(self, value: Fraction) -> Fraction:
        return value * exact(self.factor) + exact(self.offset)

    def from_own(self, value: Fraction) -> Fraction:
        return (value - exact(self.offset)) / exact(self.factor)


class Range(Record, frozen=True, kw_only=True):
    """Plausible limits, both included, in `unit`: engineering judgement, to catch slips."""

    unit: str
    low: str
    high: str


class Also(Record, frozen=True, kw_only=True):
    """Another concept that serves for this one after multiplication by `factor` (own units)."""

    concept: str
    factor: str


class Concept(Record, frozen=True, kw_only=True, dict=True):
    """One thing that can be observed.

    `unit` is the unit in which values are kept; it is chosen so that values given in any accepted
    unit stay exact. `molar_mass` (g/mol) is set where the units cross mass and amount.
    `short` is how a finding calls it, where the id in words will not do.
    `values` maps each code of a coded concept to the words that mean it. `whole` says that only
    whole numbers are meant. `per_kg` are units of a whole body's rate, which need the weight:
    value * factor / kg = value in the own unit. `rates` are units of an infusion of a drug whose
    own unit is that of a single dose: they are kept as written and never converted.
    """

    id: str
    name: str
    kind: Kind
    short: str | None = None
    unit: str | None = None
    units: tuple[Unit, ...] = ()
    range: Range | None = None
    whole: bool = False
    per_kg: tuple[Unit, ...] = ()
    rates: tuple[Unit, ...] = ()
    molar_mass: str | None = None
    codes: Mapping[str, tuple[str, ...]] = {}
    values: Mapping[str, tuple[str, ...]] = {}
    also_from: tuple[Also, ...] = ()
    groups: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    ask: str | None = None
    note: str | None = None

    @property
    def label(self) -> str:
        """How a finding calls it: SpO2, urine protein in 24 h."""
        return self.short or self.id.replace("_", " ")

    def accepted(self, code: str) -> Unit:
        """The accepted unit with this UCUM code; KeyError if there is none."""
        for unit in self.units:
            if unit.code == code:
                return unit
        raise KeyError(code)

    @property
    def at_its_end(self) -> bool:
        """Whether only the end of its interval counts: so with all findings but a urine volume."""
        return self.kind in ("quantity", "code") and self.id != "urine_output"

    @cached_property
    def limits(self) -> tuple[Fraction, Fraction] | None:
        """The plausible limits in the concept's own unit."""
        if self.range is None:
            return None
        unit = self.accepted(self.range.unit)
        return unit.to_own(Fraction(self.range.low)), unit.to_own(Fraction(self.range.high))

    @cached_property
    def micro_limits(self) -> tuple[int, int]:
        """The plausible limits in millionths of the own unit, rounded half up."""
        low, high = self.limits or (Fraction(0), Fraction(0))
        return (floor(low * 10**6 + Fraction(1, 2)), floor(high * 10**6 + Fraction(1, 2)))


@cache
def concept(name: str) -> Concept:
    """The concept with this id; InputError with the nearest names if there is none."""
    require("concepts", name, "concept")
    return read("concepts", name, Concept)


@cache
def concepts() -> Mapping[str, Concept]:
    """All concepts by id."""
    return {name: concept(name) for name in names("concepts")}


@cache
def by_word(kinds: tuple[Kind, ...]) -> Mapping[str, str]:
    """Concept id by every word that people use for a concept of these kinds, lower case."""
    found: dict[str, str] = {}
    items = [item for item in concepts().values() if item.kind in kinds]
    for item in items:  # a name of its own goes before a word of another: albumin is no infusion
        found[item.id] = found[item.id.replace("_", " ")] = item.id
    for item in items:
        for word in item.words:
            found.setdefault(word.lower(), item.id)
    return found


@cache
def by_code(system: str) -> Mapping[str, tuple[str, ...]]:
    """Concept ids by code of one system (loinc, omop, atc, rxnorm, icd10cm).

    A code may say more than one thing: K70.31 is cirrhosis, and ascites.
    """
    found: dict[str, tuple[str, ...]] = {}
    for item in concepts().values():
        for code in item.codes.get(system, ()):
            found[code] = (*found.get(code, ()), item.id)
    return found


@cache
def in_group(group: str) -> tuple[str, ...]:
    """Ids of the concepts of a group, such as diuretic, nephrotoxin or renal_replacement."""
    return tuple(item.id for item in concepts().values() if group in item.groups)
