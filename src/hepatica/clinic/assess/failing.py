"""Organ failures of now: values that are too old to tell are left out of ACLF.

Left out one by one, so that three organs that fail today are grade 3 whatever else is old.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from hepatica.clinic.assess.ages import times
from hepatica.clinic.assess.record import age, fresh, limit
from hepatica.clinic.compiled import compiled
from hepatica.clinic.definition import definition, in_words
from hepatica.clinic.score import Result, Used, evaluate
from hepatica.clinic.units import plain

if TYPE_CHECKING:
    from hepatica.clinic.assess.gather import Gathered

SCORES = ("clif_c_of", "aclf_grade")
WITHIN = "week_hours"


def leave_out_old(found: Gathered) -> None:
    """Computes the organ failures, and what rests on them, from values of the last week alone."""
    for name in SCORES:
        for key, when in times(found, found.scores[name]):
            if not fresh(found.record.at, when, WITHIN):
                found.too_old[key] = when
    if not found.too_old:
        return
    for name in SCORES:
        result = found.scores[name]
        kept = tuple(used for used in result.inputs if used.name not in found.too_old)
        found.scores[name] = _again(result, kept)
    for name in [name for name in found.scores if _rests_on(name)]:
        result = found.scores[name]
        found.scores[name] = _again(result, tuple(_inner(found, result)))


def _again(result: Result, used: tuple[Used, ...]) -> Result:
    form = compiled(result.id, result.parameters)
    return evaluate(form, {item.name: item.value for item in used}, used=used)


def _rests_on(score: str) -> bool:
    """Whether organ failure answers an input of a score."""
    sources = (given.source or "" for given in definition(score).inputs.values())
    return any(source.partition(".")[0] in SCORES for source in sources)


def _inner(found: Gathered, result: Result) -> Iterator[Used]:
    inputs = definition(result.id).inputs
    for used in result.inputs:
        origin, _, column = (inputs[used.name].source or "").partition(".")
        if origin not in SCORES:
            yield used
        elif (value := found.scores[origin].outputs[column]) is not None:
            yield replace(used, given=f"{origin} {value}", value=value)


def needed(found: Gathered, score: str, labels: Sequence[str]) -> tuple[str, ...]:
    """What would settle a score in words, with the age of what is there and too old."""
    words = in_words(score, tuple(labels))
    if score not in SCORES:
        return words
    hours = plain(limit(WITHIN))
    said = []
    for label, text in zip(labels, words, strict=True):
        old = [found.too_old[key] for key in label.split(" or ") if key in found.too_old]
        since = f" of the last {hours} h{age(found.record.at, max(old))}" if old else ""
        said.append(text + since)
    return tuple(said)


def left_out(found: Gathered, score: str) -> tuple[str, ...]:
    """The values that were too old for a score, each with its time."""
    if score not in SCORES and not _rests_on(score):
        return ()
    return tuple(
        f"{key.replace('_', ' ')} of {when:%Y-%m-%d %H:%M}" for key, when in found.too_old.items()
    )
