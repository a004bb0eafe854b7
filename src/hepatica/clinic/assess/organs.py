"""ACLF by EASL-CLIF, organ by organ."""

from __future__ import annotations

from collections.abc import Iterator

from hepatica.clinic.assess.ages import oldest, times
from hepatica.clinic.assess.failing import needed
from hepatica.clinic.assess.gather import Gathered
from hepatica.clinic.assess.model import Aclf, Organ
from hepatica.clinic.assess.overtaken import refused
from hepatica.clinic.assess.plan import STATES
from hepatica.clinic.assess.record import age
from hepatica.clinic.assess.rules import claims_of
from hepatica.clinic.compiled import compiled
from hepatica.clinic.definition import definition
from hepatica.clinic.score import evaluate

ORGANS = ("liver", "kidney", "brain", "coagulation", "circulation", "respiration")
TERLIPRESSIN = (
    "terlipressin runs; given for hepatorenal syndrome it is not counted as a vasopressor"
)
VASOPRESSOR = (
    "a vasopressor runs and counts as failure of the circulation, with no shock on record; given "
    "for hepatorenal syndrome it is a treatment"
)
SCOPE = {
    "cirrhosis": "whether there is cirrhosis",
    "acute_decompensation": "whether this is an acute decompensation",
}
CONDITIONAL = "the grade holds only in acutely decompensated cirrhosis, which is not on record"


def aclf(found: Gathered) -> Aclf:
    """The grade with the state of each organ, and what is missing for it."""
    grade, points = found.scores["aclf_grade"], found.scores["clif_c_of"]
    missing = needed(found, "aclf_grade", grade.unknown.get("grade", ()))
    open_scope = () if grade.not_applicable else tuple(
        text for flag, text in SCOPE.items() if found.record.flags.get(flag) is None
    )  # fmt: skip
    outputs = definition("clif_c_of").outputs
    organs = []
    for organ in () if points.not_applicable else ORGANS:
        failed = points.outputs[f"{organ}_failure"]
        score = points.outputs[organ]
        state = STATES[failed if isinstance(failed, bool) else None]
        organs.append(
            Organ(
                organ=organ,
                state=state,
                points=score if isinstance(score, int) else None,
                about=outputs[f"{organ}_failure"].about,
                because=tuple(_because(found, organ)),
                missing=needed(found, "clif_c_of", points.unknown.get(f"{organ}_failure", ())),
            )
        )
    return Aclf(
        grade=grade.not_applicable or str(grade.outputs["grade"] or "unknown"),
        organs=tuple(organs),
        reference=grade.reference,
        missing=(*missing, *open_scope),
        not_applicable=grade.not_applicable,
        claims=claims_of()["aclf"],
        without_vasopressor=_without_vasopressor(found),
        age=age(found.record.at, oldest(found, "aclf_grade")).strip(" ()") or None,
        note="; ".join(_notes(found, open_scope)) or None,
    )


def _because(found: Gathered, organ: str) -> Iterator[str]:
    """The values that an organ's points and failure rest on, as they were observed."""
    result = found.scores["clif_c_of"]
    form = compiled(result.id, result.parameters)
    wanted = form.needs[organ] | form.needs[f"{organ}_failure"]
    when = dict(times(found, result))
    for used in result.inputs:
        if used.name not in wanted:
            continue
        asked = form.score.inputs[used.name]
        if asked.flag:
            yield f"{(asked.ask or used.name).rstrip('?')}: {'yes' if used.value else 'no'}"
        else:
            yield used.given + age(found.record.at, when.get(used.name))


def _without_vasopressor(found: Gathered) -> str | None:
    """The grade if the vasopressor that runs is not counted; None where that changes nothing.

    Without shock on record it may be given for hepatorenal syndrome, and then it is no organ
    failure but a treatment, as terlipressin is.
    """
    given = found.scores["aclf_grade"]
    if not found.one("vasopressors").get("current") or found.record.flags.get("shock"):
        return None
    values = {used.name: used.value for used in given.inputs}
    other = evaluate(compiled("aclf_grade"), {**values, "vasopressors": False}).outputs["grade"]
    return None if other == given.outputs["grade"] or other is None else str(other)


def _notes(found: Gathered, open_scope: tuple[str, ...]) -> Iterator[str]:
    if open_scope:
        yield CONDITIONAL
    if said := refused(found, "aclf_grade"):
        yield said.removeprefix("; ")
    if found.one("terlipressin_course").get("running"):
        yield TERLIPRESSIN
    without = _without_vasopressor(found)
    if without is not None:
        yield f"{VASOPRESSOR}; without it the grade is {without}"
