"""Wells of an assay with a standard curve: standards, samples at their dilutions, blanks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.fit import weights
from hepatica.bench.study import Study
from hepatica.bench.table import MISSING, Column, Table, _number, read_table
from hepatica.errors import InputError

__all__ = ["COLUMNS", "Plate", "Sample", "load_plate", "plate_of"]

_RATIO = re.compile(r"^1\s*[:/]\s*(?=\d)")
KINDS = ("standard", "sample", "blank")
COLUMNS = (
    Column(name="kind", label=True, choices=KINDS),
    # A sample has no concentration and a standard no dilution, so both may be blank: labels here.
    Column(name="concentration", label=True, missing=True),
    Column(name="signal", unitless=True, zero=True, negative=True, missing=True),
    Column(name="sample", label=True, required=False, missing=True),
    Column(name="dilution", label=True, required=False, missing=True),
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The replicate wells of one sample at one dilution factor (10: one part in ten)."""

    name: str
    dilution: float
    signal: tuple[float, ...]

    @property
    def label(self) -> str:
        return self.name if self.dilution == 1 else f"{self.name} at 1:{self.dilution:g}"


@dataclass(frozen=True, kw_only=True)
class Plate:
    """Standards (`x` in `unit`, signal `y`), samples and blanks of one plate.

    `places` says where each standard was read from; `subtracted` is the blank that was taken from
    every signal.
    """

    x: Floats
    y: Floats
    samples: tuple[Sample, ...]
    blanks: tuple[float, ...]
    unit: str
    places: tuple[str, ...]
    subtracted: float = 0.0

    def weights(self, kind: str) -> Floats:
        """Weights of the standards by `fit.weights`, from their readings as measured.

        A blank that is taken off moves a reading and leaves its scatter as it was, so weights of
        what is left would tie the curve to the wells nearest to zero ("Don't use weighted
        regression with normalized data", GraphPad Curve Fitting Guide). InputError, with the line,
        for a reading that the weights cannot take.
        """
        measured = self.y + self.subtracted
        if kind in ("1/y", "1/y2") and (measured <= 0).any():
            worst = int(measured.argmin())
            raise InputError(
                f"{self.places[worst]}: the standard reads {measured[worst]:.4g}; weights {kind!r} "
                "need readings above zero: give them as measured, with 'subtract_blank: true' in "
                "the study if a blank is to be taken off, or say 'weights: none'"
            )
        return weights(measured, kind)


def load_plate(path: Path, study: Study) -> Table:
    """The table in `path`; the unit in the header of its concentrations is kept."""
    return read_table(path, COLUMNS, study)


def plate_of(table: Table, study: Study, *, subtract_blank: bool) -> Plate:
    """The plate in the rows of `table`; InputError names the line of what cannot be used.

    With `subtract_blank` the mean of the blank wells is taken from every signal.
    """
    kinds = table.labels["kind"]
    concentration = _optional(table, "concentration", study.decimal)
    dilution = _optional(table, "dilution", study.decimal)
    names = table.labels.get("sample", ("",) * len(table))
    signal = table.numbers["signal"]
    blanks = tuple(float(s) for s, kind in zip(signal, kinds, strict=True) if kind == "blank")
    subtracted = float(np.mean(blanks)) if subtract_blank and blanks else 0.0
    signal = signal - subtracted
    x, y, places = [], [], []
    held: dict[tuple[str, float], list[float]] = {}
    for kind, conc, factor, name, value, line in zip(
        kinds, concentration, dilution, names, signal.tolist(), table.lines, strict=True
    ):
        place = f"{table.source}, line {line}"
        if kind == "standard":
            if conc is None:
                raise InputError(f"{place}: a standard without a concentration")
            if factor not in (None, 1.0):
                raise InputError(f"{place}: a standard is not diluted; give its concentration")
            x.append(conc)
            y.append(value)
            places.append(place)
        elif kind == "sample":
            if not name:
                raise InputError(f"{place}: a sample without a name in column 'sample'")
            if conc is not None:
                raise InputError(f"{place}: a sample has no known concentration; is it a standard?")
            if factor is not None and factor < 1:
                raise InputError(f"{place}: the dilution {factor:g} is below 1; 10 means 1 in 10")
            held.setdefault((name, factor or 1.0), []).append(value)
    if not x:
        raise InputError(f"{table.source}: no row is a standard: there is no curve")
    return Plate(
        x=np.array(x),
        y=np.array(y),
        samples=tuple(
            Sample(name=name, dilution=factor, signal=tuple(values))
            for (name, factor), values in held.items()
        ),
        blanks=blanks,
        unit=study.units.get("concentration") or table.units.get("concentration", ""),
        places=tuple(places),
        subtracted=subtracted,
    )


def _optional(table: Table, name: str, decimal: str) -> Sequence[float | None]:
    cells = table.labels.get(name, ("",) * len(table))
    values: list[float | None] = []
    for cell, line in zip(cells, table.lines, strict=True):
        if cell.lower() in MISSING:
            values.append(None)
            continue
        place = f"{table.source}, line {line}, column {name!r}"
        if name == "dilution":
            cell = _RATIO.sub("", cell)  # 1:4 and 1/4, as the report writes them
        value = _number(cell, place, decimal)
        if name == "dilution" and value <= 0:
            raise InputError(f"{place}: {cell!r}; expected more than 0; 4 or 1:4 means 1 part in 4")
        if value < 0:
            raise InputError(f"{place}: {cell!r}; expected a number of 0 or more")
        values.append(value)
    return values
