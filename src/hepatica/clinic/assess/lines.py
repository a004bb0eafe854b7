"""Scores as lines: the value, what went in, or what is missing."""

from __future__ import annotations

from hepatica.clinic.assess.gather import Gathered
from hepatica.clinic.assess.model import ScoreLine
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


def score_lines(found: Gathered) -> tuple[ScoreLine, ...]:
    """Every score, those that hepatology reads first in front."""
    ordered = (*ORDER, *(name for name in names("scores") if name not in ORDER))
    return tuple(_line(found.scores[name]) for name in ordered)


def _line(result: Result) -> ScoreLine:
    return ScoreLine(
        id=result.id,
        name=result.name,
        version=result.version,
        value=result.value,
        shown=shown(result),
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
        return "yes" if value else "no"
    if isinstance(value, float):
        digits = output.decimals
        text = f"{value:.{digits}f}" if digits is not None else plain(round(value, 4))
        return with_unit(text, output.unit or "1")
    also = result.outputs.get("class") if result.id == "child_pugh" else None
    return with_unit(str(value), output.unit or "1") + (f" (class {also})" if also else "")
