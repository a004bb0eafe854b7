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
        self.read_in = signal_unit = table.units["signal"]
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
        return None if self.specific else self._share(self.total)

    def _share(self, rows: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float | None:
        some = rows & (self.ligand > 0)
        if self.per_nm is None or not some.any():
            return None
        return float((self.y[some] / (self.ligand[some] * self.per_nm)).max())

    def impossible(self) -> str | None:
        """Why nothing can be said: more ligand would be bound than was added."""
        share = self._share(np.ones_like(self.total))
        if share is None or share <= 1:
            return None
        return (
            f"{100 * share:.0f} % of the ligand added would be bound, which cannot be: check the "
            "unit of the readings, the concentrations, volume, specific activity and efficiency"
        )

    def swapped(self) -> str | None:
        """Why the kinds look swapped: non-specific binding lies above total nearly everywhere.

        Where nothing binds specifically the two change places by chance; so all or all but one of
        three or more concentrations must say so, and their means differ by more than three
        standard errors of the wells (a sign test alone needs six).
        """
        gaps, noise = [], []
        for dose in np.unique(self.ligand):
            here = self.ligand == dose
            total, other = self.y[here & self.total], self.y[here & ~self.total]
            if total.size and other.size:
                gaps.append(float(other.mean() - total.mean()))
                noise += [part - part.mean() for part in (total, other) if part.size > 1]
        above = sum(gap > 0 for gap in gaps)
        if len(gaps) < 3 or above < len(gaps) - 1:
            return None
        scatter = float(np.sqrt(np.mean(np.concatenate(noise) ** 2))) if noise else 0.0
        if noise and float(np.mean(gaps)) < 3 * scatter * (2 / len(gaps)) ** 0.5:
            return None
        if not noise and (above < 6 or above < len(gaps)):
            return None
        return (
            f"non-specific binding lies above total at {above} of {len(gaps)} concentrations: are "
            "the kinds swapped?"
        )
