"""What an older value no longer tells, because a newer one was given that could not be used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hepatica.clinic.assess.conditions import Fact
from hepatica.clinic.concepts import LASTING, concept
from hepatica.clinic.definition import definition
from hepatica.clinic.engine import Engine
from hepatica.clinic.times import moment

if TYPE_CHECKING:
    from hepatica.clinic.assess.gather import Gathered

FROM_COURSE = {
    "hypoxia_now": ("spo2", "hypoxia"),
    "ica_stage_now": ("creatinine",),
    "above_1a_now": ("creatinine",),
}

_NEWER = """
SELECT refused.concept, refused.t, subject.at_t
FROM refused JOIN subject ON refused.patient = subject.patient
"""


def overtaken(engine: Engine) -> Mapping[str, str]:
    """What would settle each concept of which the newest value of the patient cannot be used."""
    found: dict[str, str] = {}
    for name, t, at_t in (row.values() for row in engine.select(_NEWER)):
        when = f"of {moment(t):%Y-%m-%d %H:%M}" if t <= at_t else "whose time cannot be read"
        found[name] = f"{concept(name).label} in a form that can be used (that {when} was refused)"
    return found


def leave_open(found: Gathered, name: str, fact: Fact, newer: Mapping[str, str]) -> None:
    """Makes a fact unknown that rests on a value which was overtaken; what was true stays so.

    `newer` is what `overtaken` gave.
    """
    settle = tuple(newer[one] for one in _concepts(found, name, fact) if one in newer)
    if settle and found.values[name] is not True:
        found.values[name] = None
        found.shown.pop(name, None)
        found.settle[name] = settle


def refused(found: Gathered, score: str) -> str:
    """A remark on values that went into a score although a newer one was refused."""
    names = [name for name in _inputs(found, score) if name in found.newer]
    labels = ", ".join(concept(name).label for name in names if name not in LASTING)
    return f"; a newer value was refused: {labels}" if labels else ""


def _concepts(found: Gathered, name: str, fact: Fact) -> tuple[str, ...]:
    """The concepts that a fact is read from, but for those that do not change."""
    kind, _, place = fact.source.partition(" ")
    match kind:
        case "latest" | "flag":
            names: tuple[str, ...] = (place,)
        case "score":
            names = _inputs(found, place.partition(".")[0])
        case "course":
            names = FROM_COURSE.get(name, ())
        case _:
            names = ()
    return tuple(one for one in names if one not in LASTING)


def _inputs(found: Gathered, score: str) -> tuple[str, ...]:
    """The concepts that went into a score, those of inner scores among them."""
    inputs, names = definition(score).inputs, dict[str, None]()
    for used in found.scores[score].inputs:
        given = inputs[used.name]
        origin = (given.source or "").partition(".")[0]
        if origin in found.scores:
            names |= dict.fromkeys(_inputs(found, origin))
        elif not origin or given.unit is not None:
            names[given.concept or used.name] = None
    return tuple(names)
