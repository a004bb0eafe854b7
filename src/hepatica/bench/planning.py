"""What a planned binding experiment would measure, from density, affinity and counting.

Units as in bench specification 2.1: dpm/fmol = 2.22 SA (Ci/mmol); 1 nM is 1000 fmol/ml.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt

__all__ = ["Point", "binding_point", "counting_sd", "equilibrium_minutes", "least_koff"]

DPM_PER_FMOL = 2.22  # times specific activity in Ci/mmol
HALF_LIVES = 5  # 97 % of equilibrium


@dataclass(frozen=True, kw_only=True)
class Point:
    """One concentration of radioligand: what is bound, depleted and counted in one well."""

    ligand: float
    bound_fmol: float
    specific_cpm: float
    nonspecific_cpm: float | None
    depletion: float
    occupancy: float

    @property
    def specific_fraction(self) -> float | None:
        if self.nonspecific_cpm is None:
            return None
        return self.specific_cpm / (self.specific_cpm + self.nonspecific_cpm)


def binding_point(
    *,
    added_nM: float,  # noqa: N803
    bmax_fmol_mg: float,
    kd_nM: float,  # noqa: N803
    protein_mg: float,
    volume_ml: float,
    specific_activity: float,
    efficiency: float,
    nonspecific: float | None,
) -> Point:
    """Specific binding at equilibrium with exact depletion (the smaller root of the mass balance).

    `nonspecific` is the share of the added ligand that sticks to filter and membrane, None where it
    is not known. `depletion` is the share of added ligand that the receptor takes up.
    """
    receptor = bmax_fmol_mg * protein_mg / volume_ml / 1000  # nM
    total = added_nM + receptor + kd_nM
    bound = (total - sqrt(total**2 - 4 * added_nM * receptor)) / 2
    per_fmol = DPM_PER_FMOL * specific_activity * efficiency
    added_fmol = added_nM * volume_ml * 1000
    return Point(
        ligand=added_nM,
        bound_fmol=bound * volume_ml * 1000,
        specific_cpm=bound * volume_ml * 1000 * per_fmol,
        nonspecific_cpm=None if nonspecific is None else nonspecific * added_fmol * per_fmol,
        depletion=bound / added_nM,
        occupancy=bound / receptor,
    )


def counting_sd(specific: float, nonspecific: float, background: float, minutes: float) -> float:
    """The SD in cpm of total minus non-specific from counting alone (Poisson), one well each."""
    total = specific + nonspecific + background
    return sqrt((total + nonspecific + background) / minutes)


def equilibrium_minutes(koff: float, kon: float = 0.0, ligand_nM: float = 0.0) -> float:  # noqa: N803
    """Minutes to 97 % of equilibrium, 5 ln 2 / (kon L + koff); at low ligand kon L is nothing."""
    return HALF_LIVES * log(2) / (kon * ligand_nM + koff)


def least_koff(minutes: float) -> float:
    """The dissociation rate (1/min) that `minutes` need for 97 % of equilibrium at low ligand."""
    return HALF_LIVES * log(2) / minutes
