"""Scores as lines: the value, what it means, what went in and how old it is, or what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from hepatica.clinic.assess.gather import Gathered
from hepatica.clinic.assess.model import ScoreLine
from hepatica.clinic.assess.rules import claims_of
from hepatica.clinic.concepts import LASTING, concept
from hepatica.clinic.definition import Input, definition
from hepatica.clinic.engine import moment
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
    return ScoreLine(
        id=result.id,
        name=result.name,
        version=result.version,
        value=result.value,
        shown=text,
        inputs=tuple(f"{used.name} = {used.given}" for used in result.inputs),
        reference=result.reference,
        missing=result.missing,
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
    times: dict[datetime, list[str]] = {}
    for name, when in dict(_times(found, result)).items():
        times.setdefault(when, []).append(name)
    at = found.record.at
    if not times or at - min(times) <= FRESH:
        return ""
    parts = (f"{', '.join(times[when])} of {when:%Y-%m-%d %H:%M}" for when in sorted(times))
    days = (at - min(times)).total_seconds() / 86400
    return f"; values up to {plain(round(days, 1))} days old: {'; '.join(parts)}"


def _times(found: Gathered, result: Result) -> Iterator[tuple[str, datetime]]:
    """The values that went in, and in what went in, with their times."""
    inputs = definition(result.id).inputs
    for used in result.inputs:
        given = inputs[used.name]
        origin = (given.source or "").partition(".")[0]
        if origin in found.scores:
            yield from _times(found, found.scores[origin])
        else:
            when = _time(found, used.name, given)
            if when is not None:
                yield used.name.replace("_", " "), when


def _time(found: Gathered, name: str, given: Input) -> datetime | None:
    origin, _, column = (given.source or "").partition(".")
    if origin:
        if given.unit is None or origin in ("asked", "dose"):
            return None
        row = found.engine.rows(origin)[0].get(f"{column}_row")
        observed = found.engine.observation(row)
        return observed.time if observed is not None else None
    item = concept(given.concept or name) if not given.flag else None
    if item is None or item.id in LASTING:
        return None
    serving = (item.id, *(also.concept for also in item.also_from))
    latest = {row["concept"]: row["t"] for row in found.criteria["latest_values"]}
    return next((moment(latest[key]) for key in serving if key in latest), None)
