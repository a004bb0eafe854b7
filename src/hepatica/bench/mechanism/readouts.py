"""What the assays would read in the mechanism model, and what each hypothesis changes.

Read-outs (bench specification section 4): inositol phosphate after 30 min of agonist under lithium;
EC50 is the dose of half the response at saturation; fade is the rate at 45 to 60 min over that at 0
to 5 min, surface the share of receptor outside after 60 min, both at 100 nM lysine-vasopressin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import log2, log10

import numpy as np

from hepatica.bench.hypotheses import KNOWLEDGE, Change
from hepatica.bench.mechanism.sbml import Model, read_sbml
from hepatica.bench.mechanism.simulate import simulate
from hepatica.errors import InputError

__all__ = [
    "SEEN",
    "Readouts",
    "assumed",
    "changes",
    "dose_response",
    "log2_changes",
    "readouts",
    "shipped",
]

DOSE = 100.0  # nM lysine-vasopressin for time courses
PEPTIDASE = 0.02  # 1/min, assumed conversion in the arm with peptidase
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
_STRUCTURE = {"Tb", "Vb", "Gtot", "Li", "C", "GRK", "kconv", "kdegV"}


@cache
def shipped() -> Model:
    """The receptor model that ships with Hepatica (knowledge/models, SBML Level 3)."""
    return read_sbml(KNOWLEDGE / "models" / "v1a_terlipressin.xml")


def assumed() -> tuple[str, ...]:
    """The constants of the shipped model that no source gives."""
    return tuple(
        name for name in shipped().constants if name not in SEEN and name not in _STRUCTURE
    )


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
    """EC50 and maximum: the half response is bracketed, then found by secants on log dose."""
    top = _response(agonist, kd * SATURATING, constants, start)
    low, high = log10(kd) - 5, log10(kd) + 2
    below = _response(agonist, 10**low, constants, start) - top / 2
    above = _response(agonist, 10**high, constants, start) - top / 2
    if below >= 0 or above <= 0:
        raise InputError("the model's half response lies outside the doses tried")
    for _ in range(60):
        middle = (low + high) / 2
        secant = high - above * (high - low) / (above - below)
        tried = secant if low + 0.05 < secant < high - 0.05 and high - low < 1.5 else middle
        found = _response(agonist, 10**tried, constants, start) - top / 2
        if found > 0:
            high, above = tried, found
        else:
            low, below = tried, found
        if high - low < 1e-5 or abs(found) < 1e-7 * top:
            break
    weight = below / (below - above)
    return float(10 ** (low + weight * (high - low))), top


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
