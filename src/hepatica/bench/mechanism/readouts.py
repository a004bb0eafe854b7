"""What the assays would read in the mechanism model, and what each hypothesis changes.

Read-outs (bench specification section 4): inositol phosphate after 30 min of agonist under lithium;
EC50 is the dose of half the response at saturation; fade is the rate at 45 to 60 min over that at 0
to 5 min, surface the share of receptor outside after 60 min, both at 100 nM lysine-vasopressin. The
peptidase arm is that with the donor's own, which a hypothesis can take away; one that is added to
all cells would hide the loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import log2, log10

import numpy as np
from scipy.optimize import brentq  # type: ignore[import-untyped]

from hepatica.bench.hypotheses import KNOWLEDGE, Change
from hepatica.bench.mechanism.sbml import Model, read_sbml
from hepatica.bench.mechanism.simulate import simulate
from hepatica.errors import InputError

__all__ = [
    "CAVEAT",
    "PELLET",
    "SEEN",
    "Readouts",
    "assumed",
    "changes",
    "dose_response",
    "log2_changes",
    "provenance",
    "readouts",
    "shipped",
]

DOSE = 100.0  # nM lysine-vasopressin for time courses
PEPTIDASE = 0.02  # 1/min, assumed conversion by the donor's own peptidase
SATURATING = 1e4  # times the dissociation constant
# Parameters with a source; every other constant of the model is assumed.
SEEN = {
    "R0": "human vascular smooth muscle (abstract seen)",
    "KdT": "terlipressin Ki at human V1 (quoted by another page)",
    "KdV": "KdT/120: derived from two studies",
    "khyd": "Cooling 2007 (PMID 17693463)",
    "k53": "Cooling 2007 (PMID 17693463)",
    "P0": "Cooling 2007 (PMID 17693463)",
}
_STRUCTURE = {
    "Tb": "stands for the bath, which binding does not deplete",
    "Vb": "stands for the bath, which binding does not deplete",
    "Gtot": "all of Gq, the unit of its scale",
    "Li": "1 with lithium, 0 without",
    "C": "cytokine on its own scale, 0 without",
    "GRK": "receptor kinase and arrestin, 1 as usual",
}
PELLET = "30 % of the internalised receptor is in the membranes that binding measures"
CAVEAT = (
    "This model illustrates and plans; it is never evidence about patients. Most of its parameters "
    "are assumed and some were set so that it shows known effects."
)


@cache
def shipped() -> Model:
    """The receptor model that ships with Hepatica (knowledge/models, SBML Level 3)."""
    return read_sbml(KNOWLEDGE / "models" / "v1a_terlipressin.xml")


def assumed() -> tuple[str, ...]:
    """The constants of the shipped model that no source gives."""
    return tuple(
        name for name in shipped().constants if name not in SEEN and name not in _STRUCTURE
    )


def provenance(name: str) -> str:
    """What is known of a constant: seen or derived with its source, assumed, or a definition."""
    if name in SEEN:
        return f"derived: {SEEN[name]}" if "derived" in SEEN[name] else f"seen: {SEEN[name]}"
    if name in _STRUCTURE:
        return f"by definition: {_STRUCTURE[name]}"
    return "assumed: no source gives this value"


@dataclass(frozen=True, kw_only=True)
class Readouts:
    """One value a measure, in the units of the model (nM, fmol/mg, relative)."""

    values: Mapping[str, float]

    def __getitem__(self, name: str) -> float:
        return self.values[name]


def changes(change: Change, constants: Mapping[str, float]) -> dict[str, float]:
    """`constants` with what a hypothesis changes; InputError for one that the model has not."""
    held = dict(constants)
    values = shipped().values
    for name, factor in change.multiply.items():
        if name not in values:
            raise InputError(f"the model has no constant {name!r}")
        held[name] = held.get(name, values[name]) * factor
    return held | dict(change.set)


def readouts(change: Change | None = None, base: Mapping[str, float] | None = None) -> Readouts:
    """All measures under `change`, from the constants `base` (the model's own without)."""
    given = change or Change()
    constants = changes(given, dict(base or {}))
    model = shipped()
    value = dict(model.values) | constants
    start: dict[str, float] | None = None
    if given.hours:
        start = simulate(model, [0, given.hours * 60], constants=constants).end
    course = simulate(model, [0, 5, 45, 60], constants=constants, start=_with(start, V=DOSE))
    ip, surface = course["IPtot"], course["R_surface"]
    if ip[1] <= 0 or ip[3] <= ip[2]:
        raise InputError("the model gives no rising response; no fade can be read")
    ec50, emax = _curve("V", value["KdV"], constants, start)
    with_peptidase = dict(constants) | {"kconv": PEPTIDASE * given.peptidase}
    terlipressin, _ = _curve("T", value["KdT"], with_peptidase, start)
    return Readouts(
        values={
            "mrna": start["M"] if start else model.initial["M"],
            "bmax": float(course["Bmax_membrane"][0]),
            "lvp_ec50": ec50,
            "lvp_emax": emax,
            "fade": float((ip[3] - ip[2]) / 15 / (ip[1] / 5)),
            "surface": float(surface[3] / surface[0]),
            "agonist_ki": value["KdV"],
            "peptidase_ec50": terlipressin,
        }
    )


def log2_changes(changed: Readouts, base: Readouts) -> dict[str, float]:
    """log2 of changed over base for every measure."""
    return {name: log2(changed[name] / base[name]) for name in base.values}


def _with(start: Mapping[str, float] | None, **species: float) -> dict[str, float]:
    return dict(start or {}) | species


def _response(
    agonist: str, dose: float, constants: Mapping[str, float], start: Mapping[str, float] | None
) -> float:
    course = simulate(
        shipped(), [0, 30], constants=constants, start=_with(start, **{agonist: dose})
    )
    return float(course["IPtot"][-1])


def _curve(
    agonist: str, kd: float, constants: Mapping[str, float], start: Mapping[str, float] | None
) -> tuple[float, float]:
    """EC50 and maximum: the half response is bracketed, then found by Brent's method."""
    top = _response(agonist, kd * SATURATING, constants, start)

    def above_half(log_dose: float) -> float:
        return _response(agonist, 10**log_dose, constants, start) - top / 2

    try:
        half = brentq(above_half, log10(kd) - 5, log10(kd) + 2, xtol=1e-9, rtol=1e-9)
    except ValueError as error:
        raise InputError("the model's half response lies outside the doses tried") from error
    return float(10**half), top


def dose_response(
    doses: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    change: Change | None = None,
    agonist: str = "V",
    base: Mapping[str, float] | None = None,
) -> list[float]:
    """Inositol phosphate after 30 min at each dose (nM), for drawing."""
    given = change or Change()
    constants = changes(given, dict(base or {}))
    model = shipped()
    start = simulate(model, [0, given.hours * 60], constants=constants).end if given.hours else None
    return [_response(agonist, float(dose), constants, start) for dose in doses]
