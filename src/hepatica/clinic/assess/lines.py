"""Scores as lines: the value, what it means, what went in and how old it is, or what is missing."""

from __future__ import annotations

from datetime import datetime, timedelta

from hepatica.clinic.assess.ages import times
from hepatica.clinic.assess.failing import left_out
from hepatica.clinic.assess.gather import Gathered
from hepatica.clinic.assess.model import ScoreLine
from hepatica.clinic.assess.overtaken import refused
from hepatica.clinic.assess.rules import claims_of
from hepatica.clinic.definition import definition
from hepatica.clinic.records import names
from hepatica.clinic.score import Result
from hepatica.clinic.units import plain, with_unit

ORDER = (
    "meld3",
    "meld_na",
    "meld",
    "child_pugh",
    "clif_c_of",
    "aclf_grade",
    "clif_c_aclf",
    "clif_c_ad",
)
# What a score says above its cut-off and below it, by the output that tells.
MEANING = {
    "maddrey": ("severe", "severe", "not severe"),
    "lille": ("non_response", "no response to corticosteroids", "response to corticosteroids"),
    "glasgow": ("poor", "poor prognosis", "no poor prognosis"),
    "kings_college_paracetamol": ("met", "poor prognosis without transplantation", "not met"),
    "kings_college_other": ("met", "poor prognosis without transplantation", "not met"),
}
FRESH = timedelta(hours=24)


def score_lines(found: Gathered) -> tuple[ScoreLine, ...]:
    """Every score, those that hepatology reads first in front."""
    ordered = (*ORDER, *(name for name in names("scores") if name not in ORDER))
    return tuple(_line(found, found.scores[name]) for name in ordered)


def _line(found: Gathered, result: Result) -> ScoreLine:
    text = shown(result)
    if result.value is not None:
        text += "".join(f"; {caution}" for caution in result.cautions) + ages(found, result)
        text += refused(found, result.id)
    return ScoreLine(
        id=result.id,
        name=result.name,
        version=result.version,
        value=result.value,
        shown=text,
        inputs=tuple(f"{used.name} = {used.given}" for used in result.inputs),
        reference=result.reference,
        missing=result.missing,
        left_out=left_out(found, result.id),
        not_applicable=result.not_applicable,
        outputs=result.outputs,
        claims=claims_of().get(result.id, ()),
    )


def shown(result: Result) -> str:
    """The result in one phrase."""
    if result.not_applicable:
        return f"does not apply: {result.not_applicable}"
    if result.value is None:
        return "unknown"
    item = definition(result.id)
    output = item.outputs[item.result]
    value = result.value
    if isinstance(value, bool):
        return _meaning(result).removeprefix(": ") or ("yes" if value else "no")
    if isinstance(value, float):
        digits = output.decimals
        text = f"{value:.{digits}f}" if digits is not None else plain(round(value, 4))
        return with_unit(text, output.unit or "1") + _meaning(result)
    also = result.outputs.get("class") if result.id == "child_pugh" else None
    text = with_unit(str(value), output.unit or "1") + (f" (class {also})" if also else "")
    return text + _meaning(result)


def _meaning(result: Result) -> str:
    """What the value stands for, where the score has a cut-off for that."""
    key, above, below = MEANING.get(result.id, ("", "", ""))
    state = result.outputs.get(key)
    if not isinstance(state, bool):
        return ""
    limit = definition(result.id).outputs[key].about
    return f": {above} ({limit})" if state else f": {below} (limit: {limit})"


def ages(found: Gathered, result: Result) -> str:
    """When its values were measured, said where one of them is over a day old."""
    by_time: dict[datetime, list[str]] = {}
    for name, when in dict(times(found, result)).items():
        by_time.setdefault(when, []).append(name.replace("_", " "))
    at = found.record.at
    if not by_time or at - min(by_time) <= FRESH:
        return ""
    parts = (f"{', '.join(by_time[when])} of {when:%Y-%m-%d %H:%M}" for when in sorted(by_time))
    days = (at - min(by_time)).total_seconds() / 86400
    return f"; values up to {plain(round(days, 1))} days old: {'; '.join(parts)}"
