"""Criterion: a rule over a patient's course as a file: one SQL query over the observations."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from hepatica.clinic.definition import Parameter, Reference, Scalar
from hepatica.clinic.records import Record, names, read, require

TRUTHS = ("item", "result", "truth")  # the kinds of columns that are true, false or unknown


class Column(Record, frozen=True, kw_only=True):
    """What a column of the result says. `kind` tells a reader how to show it.

    item: a criterion that is met, not met or unknown; its `settle` says what would settle it, and
    the columns `<name>_row` and `<name>_missing`, where the query has them, name the observation
    that decided it and what is missing. result: the criterion as a whole. truth: what holds or not
    and is no criterion. value, code: a number or word. time: seconds of the clock. row: an
    observation's number.
    """

    kind: Literal["item", "result", "truth", "value", "code", "time", "row"]
    about: str
    settle: str | None = None


class Case(Record, frozen=True, kw_only=True):
    """A worked example: a patient in the short form of a person's file, and what must come out."""

    patient: Mapping[str, Any]
    at: str | None = None
    expected: Mapping[str, Any]
    source: str
    parameters: Mapping[str, Scalar] = {}


class Criterion(Record, frozen=True, kw_only=True):
    """A rule over time.

    `sql` is one SELECT over

        subject   patient, at_t, admission, discharge, last_known_alive, death,
                  transplant_t, endpoint, age (full years, where the birth is known)
        obs       row, patient, concept, micro, unit, t, s, text: the whole course
        known     the same up to `at_t`; a course that runs on ends at `at_t`
        refused   patient, concept, t: of what a value newer than all known ones was refused
        flags     patient, concept, present: conditions at `at_t`, NULL where contradictory
        and the results of the criteria that it `uses`, by their id.

    Times are whole seconds, `micro` is whole millionths of the concept's own unit (creatinine in
    umol/L: 0.3 mg/dL is 26,520,000), so every comparison is exact. `$name` stands for a parameter,
    `{{group}}` for the concepts of a group (`{{group:rows}}` as rows). `per` is patient (one row
    each), time or concept.
    """

    id: str
    spec: str
    status: Literal["A", "B", "C"]
    name: str
    about: str
    version: str
    per: Literal["patient", "time", "concept"]
    columns: Mapping[str, Column]
    sql: str
    population: str
    limits: tuple[str, ...]
    reference: Reference
    examples: tuple[Case, ...]
    uses: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = {}


@cache
def criterion(name: str) -> Criterion:
    """The criterion with this id; InputError with the nearest names if there is none."""
    require("criteria", name, "criterion")
    return read("criteria", name, Criterion)


def criteria() -> tuple[Criterion, ...]:
    """All criteria, by id."""
    return tuple(criterion(name) for name in names("criteria"))


def with_what_they_use(wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The wanted criteria and all that they use, each after what it uses."""
    done: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in done:
            for other in criterion(name).uses:
                visit(other)
            done[name] = None

    for name in wanted:
        visit(name)
    return tuple(done)
