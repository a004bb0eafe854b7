"""The readings of a saturation experiment in the unit of Bmax."""

from __future__ import annotations

import numpy as np

from hepatica.bench.assays.binding_study import Study
from hepatica.bench.radioactivity import to_nm
from hepatica.bench.table import Table
from hepatica.bench.units import quantity_of
from hepatica.errors import InputError

__all__ = ["Bound"]


class Bound:
    """Readings in the unit of Bmax, and what is needed to tell how much ligand they take up."""

    def __init__(self, table: Table, study: Study) -> None:
        signal_unit = table.units["signal"]
        self.ligand = to_nm(table.numbers["concentration"], table.units["concentration"], study)
        if "kind" in table.labels:
            kinds = table.labels["kind"]
        elif study.readings is not None:
            kinds = (study.readings,) * len(table)
        else:
            raise InputError(
                f"{table.source}: no column 'kind': say in the study what the rows are, "
                "'readings: total' or 'readings: specific'"
            )
        if "specific" in kinds and len(set(kinds)) > 1:
            raise InputError(
                f"{table.source}: specific binding stands beside total: give the rows as measured"
            )
        if "total" not in kinds and "specific" not in kinds:
            raise InputError(f"{table.source}: no row is total binding; it alone shows receptors")
        self.specific = "specific" in kinds
        self.nonspecific = "nonspecific" in kinds
        self.total = np.array([kind != "nonspecific" for kind in kinds])
        signal = table.numbers["signal"] - study.counter_background
        if not self.specific and quantity_of(signal_unit) in ("counts", "radioactivity"):
            low = np.flatnonzero(table.numbers["signal"] < 0)
            if low.size:
                raise InputError(
                    f"{table.source}, line {table.lines[int(low[0])]}: counts below zero; give "
                    "counts as measured and a blank as 'counter_background' in the study"
                )
        per_fmol, protein = study.per_fmol(signal_unit), study.protein_mg()
        self.notes: list[str] = []
        self.unit = signal_unit
        factor = 1.0
        volume = study.volume_ml()
        self.per_nm: float | None = None  # readings that 1 nM in the assay volume would give
        if per_fmol is None:
            self.notes.append(
                f"Bmax stays in {signal_unit}: the study gives no specific activity"
                + (" and efficiency" if quantity_of(signal_unit) == "counts" else "")
            )
        elif quantity_of(signal_unit) == "density":
            self.unit, factor = "fmol/mg", 1 / per_fmol
            if protein is not None and volume is not None:
                self.per_nm = volume * 1000 / protein
        else:
            self.unit, factor = "fmol", 1 / per_fmol
            if protein is not None:
                self.unit, factor = "fmol/mg", factor / protein
            else:
                self.notes.append("Bmax is in fmol a tube: the study gives no protein")
            if volume is not None:
                self.per_nm = volume * 1000 / (protein or 1.0)
        self.y = signal * factor
        self.design = np.array([self.ligand, self.total.astype(float)])

    def depleted(self) -> float | None:
        """The largest share of the ligand that is bound; None where the units do not tell."""
        if self.per_nm is None or self.specific:
            return None
        some = self.total & (self.ligand > 0)
        return (
            float((self.y[some] / (self.ligand[some] * self.per_nm)).max()) if some.any() else None
        )
