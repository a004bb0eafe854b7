"""`assess`: a patient's observations in, an assessment out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hepatica.clinic.assess.applied import rule, rules_of
from hepatica.clinic.assess.asof import died_at, known_at, later, moment_of
from hepatica.clinic.assess.checklists import checklists
from hepatica.clinic.assess.conditions import facts
from hepatica.clinic.assess.day import treatment
from hepatica.clinic.assess.differential import differential, reported
from hepatica.clinic.assess.episode import episode
from hepatica.clinic.assess.gather import CRITERIA, Gathered, gather
from hepatica.clinic.assess.given import discharged, given, transplanted
from hepatica.clinic.assess.lines import score_lines
from hepatica.clinic.assess.model import Assessment, Reader, Rule
from hepatica.clinic.assess.organs import aclf
from hepatica.clinic.assess.plan import drug_precautions, plan
from hepatica.clinic.assess.rules import conditions
from hepatica.clinic.bedside import Bedside
from hepatica.clinic.definition import Scalar, definitions
from hepatica.clinic.observations import Observation, Observations, Refused
from hepatica.clinic.parameters import settings
from hepatica.errors import InputError
from hepatica.evidence.cited import Cited, Shelf, shipped

FAR = timedelta(days=3650)
MANY = 10  # reasons that one line of an error names
DRUGS = ("terlipressin", "norepinephrine", "midodrine-octreotide", "albumin")


def assess(
    observations: Observations,
    *,
    at: datetime | None = None,
    endpoint: datetime | None = None,
    reader: Reader = Reader.CLINICIAN,
    shelf: Shelf | None = None,
    engine: Bedside | None = None,
    parameters: Mapping[str, Scalar] | None = None,
    store_version: str | None = None,
) -> Assessment:
    """Everything that follows for one patient from what was known at `at`.

    `at` is the last measurement or condition unless given; nothing later is looked at, and what
    was given later is named. `endpoint` is the time at which response is judged (the end of
    terlipressin unless given). `shelf` cites the claims from a store; without it they come from the
    package. An `engine` that is given is used again, which is faster. `parameters` sets disputed
    rules of the criteria. Raises InputError unless the observations are of exactly one patient with
    at least one dated row.
    """
    patient = _only(observations)
    dated = (row for row in observations.rows if row.concept != "birth")
    moment = at or moment_of(dated, observations.unread)
    if moment is None:
        raise InputError(
            _nothing(
                observations, "no row of the patient has a time: give each measurement its time"
            )
        )
    rows = known_at(observations.rows, moment)
    if not rows:
        raise InputError(f"nothing is known of the patient at {moment:%Y-%m-%dT%H:%M}")
    chosen = dict(parameters or {})
    found = gather(
        engine or Bedside(),
        rows,
        at=moment,
        endpoint=endpoint,
        parameters=chosen,
        unread=[one for one in observations.unread if one.time is None or one.time <= moment],
    )
    after = later(observations.rows, moment) if at is None else ()
    return _assemble(
        found, observations, after, patient, reader, shelf or shipped(), chosen, store_version
    )


def _only(observations: Observations) -> str:
    patients = observations.patients
    if not patients:
        raise InputError(
            _nothing(observations, "the file holds no measurement: give at least one with its time")
        )
    if len(patients) != 1:
        raise InputError(
            f"the file holds {len(patients)} patients, expected exactly one: "
            "use `hepatica cohort` for more"
        )
    return patients[0]


def _nothing(observations: Observations, otherwise: str) -> str:
    """Why there is nothing to assess: what was refused and not mapped, else `otherwise`."""
    report = observations.report
    reasons = [*map(_refusal, report.refused), *map(_unmapped, report.unmapped)]
    if not reasons:
        return otherwise
    more = f"; and {len(reasons) - MANY} more" if len(reasons) > MANY else ""
    return f"no measurement can be used: {'; '.join(reasons[:MANY])}{more}"


def _assemble(
    found: Gathered,
    observations: Observations,
    after: Sequence[Observation],
    patient: str,
    reader: Reader,
    shelf: Shelf,
    chosen: Mapping[str, Scalar],
    store_version: str | None,
) -> Assessment:
    outcome = conditions().evaluate(found.values)
    died = died_at(found.record.rows)
    drawn = Assessment(
        patient=patient,
        at=found.record.at,
        reader=reader,
        known=tuple(row.describe() for row in found.record.rows),
        refused=tuple(map(_refusal, observations.report.refused)),
        notes=(
            *observations.report.notes,
            *_far(found.record.rows),
            *_after([row for row in after if row.concept != "death"]),
            *map(_unmapped, observations.report.unmapped),
        ),
        episode=episode(found, chosen),
        differential=differential(found, outcome),
        criteria=checklists(found, chosen),
        aclf=aclf(found),
        scores=score_lines(found),
        precautions=tuple(
            item
            for drug in (DRUGS if died is None else ())
            for item in drug_precautions(found, outcome, drug)
        ),
        predictors=reported(found, outcome, shelf.cite),
        plan=plan(found, outcome, shelf.claim) if died is None else (),
        evidence={},
        given=given(found.record),
        treatment=treatment(found, outcome, died=died),
        died=died,
        died_later=died_at(after),
        discharged=discharged(found.record),
        transplanted=transplanted(found.record),
        rules=_rules(chosen),
        store_version=store_version,
    )
    named = sorted(_claims(msgspec.to_builtins(drawn)))
    evidence: dict[str, Cited] = {claim: shelf.cite(claim) for claim in named}
    return msgspec.structs.replace(drawn, evidence=evidence)


def _after(rows: Sequence[Observation]) -> Iterator[str]:
    if rows:
        named = "; ".join(row.describe() for row in rows[:MANY])
        more = f"; and {len(rows) - MANY} more" if len(rows) > MANY else ""
        yield (
            "dated after the time of asking, which is that of the last measurement or condition, "
            f"and not looked at: {named}{more}; give a later time (--at) to count them"
        )


def _rules(chosen: Mapping[str, Scalar]) -> tuple[Rule, ...]:
    own = tuple(rule(name, item, item.default) for name, item in facts().parameters.items())
    scored = {
        rule(name, parameter, settings(item, chosen)[name]): None
        for item in definitions()
        for name, parameter in item.parameters.items()
        if {name, f"{item.id}.{name}"} & chosen.keys()
    }
    return (*rules_of(*CRITERIA, chosen=chosen), *scored, *own)


def _far(rows: Sequence[Observation]) -> list[str]:
    """A note where the last time stands so far from all others that it may be a slip."""
    times = sorted(row.time for row in rows if row.time and row.concept != "birth")
    if len(times) < 2 or times[-1] - times[-2] < FAR:
        return []
    years = (times[-1] - times[-2]).days // 365
    return [f"the last time ({times[-1]:%Y-%m-%d}) is {years} years after all others: check it"]


def _refusal(row: Refused) -> str:
    times = f" ({row.count} rows)" if row.count > 1 else ""
    what = " ".join(part for part in (row.concept, row.value, row.unit) if part)
    when = f" at {row.time}" if row.time else ""
    return f"{what}{when}{times}: {row.reason}"


def _unmapped(item: Any) -> str:
    return f"{item.system} {item.code!r} ({item.count}): {item.reason}"


def _claims(value: Any) -> Iterable[str]:
    """Every claim that any part of the assessment names."""
    found: set[str] = set()
    if isinstance(value, dict):
        found.update(value.get("claims", ()))
        found.update(value.get("response_claims", ()))
        for part in value.values():
            found.update(_claims(part))
    elif isinstance(value, list | tuple):
        for part in value:
            found.update(_claims(part))
    return found
