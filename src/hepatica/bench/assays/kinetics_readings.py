"""The readings of association and dissociation, and the non-specific binding among them."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.table import Table
from hepatica.bench.wording import number
from hepatica.errors import InputError

__all__ = ["NONSPECIFIC", "Nonspecific", "Readings", "after_removal", "nonspecific_of"]

Nonspecific = Literal["fitted", "constant", "none"]
NONSPECIFIC = {
    "fitted": "beside non-specific binding NS L + background (one level where there is one "
    "concentration) and what of it is left after removal, a level of its own",
    "constant": "beside one level of non-specific binding for all rows",
    "none": "the readings are taken as specific binding",
}


def nonspecific_of(table: Table, said: Nonspecific, *, competing: bool) -> Nonspecific:
    """How non-specific binding enters: as the study says, or none where all rows are specific.

    InputError where the kinds of rows contradict each other, the study or the model.
    """
    kinds = set(table.labels.get("kind", ()))
    if "specific" in kinds and len(kinds) > 1:
        raise InputError(
            f"{table.source}: specific binding stands beside total: give the rows as measured"
        )
    if competing and kinds - {"specific"}:
        raise InputError(
            f"{table.source}: kinetics beside a competitor take specific binding (Motulsky and "
            "Mahan): subtract the non-specific binding read at the same ligand"
        )
    if "nonspecific" in kinds and said == "none":
        raise InputError(
            f"{table.source}: rows of non-specific binding, but the study says 'nonspecific: "
            "none': leave that out"
        )
    return "none" if "specific" in kinds else said


def after_removal(ligand: float) -> str:
    """What the level left after the removal of `ligand` (nM) is called."""
    return f"nonspecific after {number(ligand, 3)} nM"


class Readings:
    """One curve's readings: `x` is the design of `joint_kinetics`, `y` what was read.

    `removals` are the concentrations whose dissociation was followed, `fixed` the parameters that
    these rows cannot tell or that the study rules out, `rests` the levels left after removal.
    """

    def __init__(self, rows: Table, nonspecific: Nonspecific) -> None:
        phases = rows.labels.get("phase", ("association",) * len(rows))
        kinds = rows.labels.get("kind", ("total",) * len(rows))
        self.falling = np.array([phase.startswith("dissoc") for phase in phases])
        self.total = np.array([kind != "nonspecific" for kind in kinds])
        ligand, self.y = rows.numbers["ligand"], rows.numbers["signal"]
        self.removals = np.unique(ligand[self.falling & self.total])
        alone = self.falling & ~np.isin(ligand, self.removals)
        if not self.total.any() or alone.any():
            where = "" if not self.total.any() else f", line {rows.lines[int(np.argmax(alone))]}"
            raise InputError(
                f"{rows.source}{where}: non-specific binding without total binding beside it shows "
                "no receptors"
            )
        index = np.where(self.falling, np.searchsorted(self.removals, ligand) + 1, 0)
        self.x = np.array([ligand, rows.numbers["time"], index, self.total], dtype=float)
        self.nonspecific = nonspecific
        self.rests = len(self.removals) if nonspecific == "fitted" else 0
        rising = ~self.falling
        self.rising = rising & self.total
        self.one_level = nonspecific == "constant" or np.unique(ligand[rising]).size < 2
        self.fixed: dict[str, float] = {}
        if nonspecific == "none" or self.one_level:
            self.fixed["NS"] = 0.0
        if nonspecific == "none" or (nonspecific == "fitted" and not rising.any()):
            self.fixed["background"] = 0.0
        if not self.rising.any():
            self.fixed |= {"Bmax": 1.0, "kon": 1.0}

    def shown(self) -> dict[str, str]:
        """The parameters of non-specific binding that were fitted, by the name they are given."""
        named = {"NS": "NS", "background": "nonspecific" if self.one_level else "background"}
        named |= {
            f"rest {place}": after_removal(ligand)
            for place, ligand in enumerate(self.removals[: self.rests], 1)
        }
        return {name: shown for name, shown in named.items() if name not in self.fixed}

    def null(self, weight: Floats) -> tuple[float, int, str]:
        """Sum of squares, degrees of freedom and name of the model without specific binding."""
        away = self.x[2] > 0 if self.rests else np.zeros_like(self.falling)
        columns = [(~away).astype(float)] if not away.all() else []
        columns += [(self.x[2] == place).astype(float) for place in range(1, self.rests + 1)]
        if "NS" not in self.fixed:
            columns.append(self.x[0] * ~self.falling)
        root = np.sqrt(weight)
        design = np.array(columns).T * root[:, None]
        solution, *_ = np.linalg.lstsq(design, self.y * root, rcond=None)
        left = self.y * root - design @ solution
        name = "a constant" if len(columns) == 1 else "non-specific binding alone"
        return float(left @ left), len(self.y) - int(np.linalg.matrix_rank(design)), name
