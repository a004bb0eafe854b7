"""What a competition table and its study file hold."""

from __future__ import annotations

from typing import Literal

from hepatica.bench.radioactivity import RadioStudy, quantity
from hepatica.bench.table import Column
from hepatica.bench.units import quantity_of

__all__ = ["COLUMNS", "MOST_DEPLETED", "Study", "impossible"]

COLUMNS = (
    Column(name="competitor", unit="nM"),
    Column(
        name="signal",
        quantities=("counts", "radioactivity", "amount", "density", "arbitrary"),
        negative=True,
        missing=True,
    ),
    Column(name="group", label=True, required=False),
    Column(name="experiment", label=True, required=False),
)
MOST_DEPLETED = 0.10


def impossible(share: float | None) -> str | None:
    """Why nothing can be said of the radioligand: more of it is bound than was added."""
    if share is None or share <= 1:
        return None
    return (
        f"{100 * share:.0f} % of the radioligand added would be bound, which cannot be: check its "
        "concentration, the unit of the readings, volume, specific activity and efficiency"
    )


class Study(RadioStudy, frozen=True, kw_only=True):
    """The study of a competition experiment.

    `radioligand` is its concentration ("1 nM", as added), `radioligand_kd` its dissociation
    constant in the same preparation; Ki needs both. `model`: one-site (slope 1), four-parameter,
    homologous (the competitor is the radioligand unlabelled), depletion (exact).
    """

    radioligand: str | float | None = None
    radioligand_kd: str | float | None = None
    model: Literal["one-site", "four-parameter", "homologous", "depletion"] = "one-site"
    weights: Literal["none", "1/y", "1/y2"] = "none"

    def hot_nm(self) -> float | None:
        if self.radioligand is None:
            return None
        return quantity(self.radioligand, "nM", what="radioligand")

    def kd_nm(self) -> float | None:
        if self.radioligand_kd is None:
            return None
        return quantity(self.radioligand_kd, "nM", what="radioligand_kd")

    def per_nm(self, unit: str) -> float | None:
        """The readings in `unit` that 1 nM of radioligand in the assay volume gives."""
        per_fmol, volume = self.per_fmol(unit), self.volume_ml()
        if per_fmol is None or volume is None:
            return None
        if quantity_of(unit) != "density":
            return per_fmol * volume * 1000
        protein = self.protein_mg()
        return None if protein is None else per_fmol * volume * 1000 / protein
