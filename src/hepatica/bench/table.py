"""Tidy tables in: one row a reading, columns checked, units converted, nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from hepatica.bench.cells import cells
from hepatica.bench.study import Study
from hepatica.bench.units import canonical, converter, quantity_of
from hepatica.errors import InputError

__all__ = ["Column", "Table", "read_table", "refuse_alike", "table_from"]

MISSING = {"", "na", "n/a", "nan", "null", "none", ".", "-", "#n/a", "#na", "<na>"}
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
MERGED = "a cell merged over several rows is exported as blanks: fill it in on every row"


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """What one column must hold.

    `unit` is the unit that numbers are converted to; None keeps them as they are and only records
    the unit. `quantities` are the quantities that may stand there when `unit` is None (empty: any
    unit). `zero` and `negative` say whether such numbers are allowed, `missing` whether a blank is.
    """

    name: str
    label: bool = False
    required: bool = True
    unit: str | None = None
    unitless: bool = False
    quantities: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    zero: bool = True
    negative: bool = False
    missing: bool = False


class Table:
    """The columns of a table after checking: numbers as arrays, labels as tuples of text.

    `units` holds the unit of each number column, `lines` the line of the file that each row came
    from, `notes` what was left out or not used.
    """

    def __init__(
        self,
        *,
        source: str,
        numbers: dict[str, NDArray[np.float64]],
        labels: dict[str, tuple[str, ...]],
        units: dict[str, str],
        lines: tuple[int, ...],
        notes: tuple[str, ...],
    ) -> None:
        self.source = source
        self.numbers = numbers
        self.labels = labels
        self.units = units
        self.lines = lines
        self.notes = notes

    def __len__(self) -> int:
        return len(self.lines)

    def has(self, name: str) -> bool:
        return name in self.numbers or name in self.labels

    def groups(self, name: str = "group") -> tuple[str, ...]:
        """The labels of column `name` in order of appearance; one group 'all' without it."""
        return tuple(dict.fromkeys(self.labels[name])) if name in self.labels else ("all",)

    def where(self, **labels: str) -> Table:
        """The rows in which every given label column holds the given label ('all': any)."""
        keep = np.ones(len(self), dtype=bool)
        for name, label in labels.items():
            if name in self.labels:
                keep &= np.array([entry == label for entry in self.labels[name]], dtype=bool)
        return self.rows(keep)

    def rows(self, keep: NDArray[np.bool_]) -> Table:
        """The rows for which `keep` is true."""
        index = np.flatnonzero(keep)
        return Table(
            source=self.source,
            numbers={name: values[index] for name, values in self.numbers.items()},
            labels={
                name: tuple(values[i] for i in index.tolist())
                for name, values in self.labels.items()
            },
            units=self.units,
            lines=tuple(self.lines[i] for i in index.tolist()),
            notes=self.notes,
        )


def read_table(path: Path, columns: Sequence[Column], study: Study) -> Table:
    """The table in the CSV file `path`: comma, semicolon or tab, UTF-8, one header line.

    Lines starting with '#' are comments. A unit stands in the header, 'signal [cpm]', or in the
    study. InputError names the line and the column of what cannot be used.
    """
    header, rows, lines, notes = cells(path)
    table = _table(repr(str(path)), header, rows, lines, columns, study)
    table.notes = (*table.notes, *notes)
    return table


def table_from(data: Any, columns: Sequence[Column], study: Study) -> Table:
    """The table in `data`: a data frame, or a mapping from column name to values.

    Any object with `.columns` and `[...]` serves as a data frame (pandas, polars, pyarrow).
    """
    if isinstance(data, Table):
        return data
    if not hasattr(data, "columns") and not isinstance(data, Mapping):
        raise InputError(
            "expected a data frame or a mapping from column name to values, not "
            + type(data).__name__
        )
    names = list(data.columns) if hasattr(data, "columns") else list(data)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"the table: the column {str(twice)!r} stands there twice")
    values = [[_cell(entry) for entry in data[name]] for name in names]
    lengths = {len(entries) for entries in values}
    if len(lengths) > 1:
        raise InputError(f"the columns differ in length: {sorted(lengths)}")
    rows = [list(row) for row in zip(*values, strict=True)]
    header = [str(name) for name in names]
    return _table("the table", header, rows, list(range(1, len(rows) + 1)), columns, study)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else repr(float(value))
    return str(value).strip()


def _table(
    source: str,
    header: list[str],
    rows: list[list[str]],
    lines: list[int],
    columns: Sequence[Column],
    study: Study,
) -> Table:
    if not rows:
        raise InputError(f"{source} has a header but no rows")
    places, units = _places(source, header, columns, study)
    numbers: dict[str, NDArray[np.float64]] = {}
    labels: dict[str, tuple[str, ...]] = {}
    keep = np.ones(len(rows), dtype=bool)
    notes: list[str] = []
    for column in columns:
        if column.name not in places:
            continue
        cells = [row[places[column.name]] for row in rows]
        where = [f"{source}, line {line}, column {column.name!r}" for line in lines]
        if column.label:
            labels[column.name] = _labels(cells, where, column)
            if column.name == "group":
                refuse_alike(source, "group", labels[column.name])
            continue
        values = _numbers(cells, where, column, units.get(column.name), study)
        gone = np.isnan(values)
        if gone.any():
            listed = ", ".join(str(lines[i]) for i in np.flatnonzero(gone)[:8])
            notes.append(f"{int(gone.sum())} reading(s) missing in {column.name!r}: line {listed}")
            keep &= ~gone
        if column.unit is not None:
            units[column.name] = column.unit
        numbers[column.name] = values
    used = set(places.values())
    spare = [name for place, name in enumerate(header) if place not in used]
    if spare:
        notes.append("columns not used: " + ", ".join(repr(name) for name in spare))
    table = Table(
        source=source,
        numbers=numbers,
        labels=labels,
        units=units,
        lines=tuple(lines),
        notes=tuple(notes),
    )
    if not keep.any():
        raise InputError(f"{source}: no row holds a complete reading")
    return table if keep.all() else table.rows(keep)


def _places(
    source: str, header: list[str], columns: Sequence[Column], study: Study
) -> tuple[dict[str, int], dict[str, str]]:
    names, found = [], {}
    for place, text in enumerate(header):
        name, unit = _split(text)
        names.append(name)
        if unit:
            found[place] = unit
    known = {column.name: column for column in columns}
    for given in (*study.columns, *study.units):
        if given not in known:
            raise InputError(f"study: no column {given!r} here; there are: {', '.join(known)}")
    places: dict[str, int] = {}
    units: dict[str, str] = {}
    for column in columns:
        wanted = study.columns.get(column.name, column.name)
        hits = [i for i, name in enumerate(names) if wanted in (name, header[i])]
        if len(hits) > 1:
            raise InputError(f"{source}: the column {wanted!r} stands there twice")
        if not hits:
            if column.required or column.name in study.columns:
                near = get_close_matches(wanted, names, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise InputError(
                    f"{source}: no column {wanted!r}; found: {', '.join(header)}{hint} "
                    "(name others in the study under 'columns')"
                )
            continue
        places[column.name] = hits[0]
        if column.label or column.unitless:
            if hits[0] in found and column.name not in study.units:
                units[column.name] = canonical(found[hits[0]])
            continue
        unit = study.units.get(column.name) or found.get(hits[0])
        if column.name in study.units and hits[0] in found:
            stated = canonical(study.units[column.name])
            if stated != canonical(found[hits[0]]):
                raise InputError(
                    f"{source}: the header gives {column.name!r} in {found[hits[0]]!r}, "
                    f"the study in {study.units[column.name]!r}"
                )
        if unit is None:
            if column.unit is None and not column.quantities:
                continue
            example = column.unit or "cpm"
            raise InputError(
                f"{source}: the unit of {column.name!r} is not given: write the header as "
                f"'{column.name} [{example}]' or 'units: {{{column.name}: {example}}}' in the study"
            )
        units[column.name] = canonical(unit)
        if column.quantities and quantity_of(unit) not in column.quantities:
            raise InputError(
                f"{source}: {column.name!r} is in {unit!r}; expected a unit of "
                + " or ".join(column.quantities)
            )
    return places, units


def _split(header: str) -> tuple[str, str | None]:
    for left, right in (("[", "]"), ("(", ")")):
        if header.endswith(right) and left in header:
            name, _, unit = header[:-1].partition(left)
            return name.strip(), unit.strip() or None
    return header, None


def _labels(cells: Iterable[str], where: Sequence[str], column: Column) -> tuple[str, ...]:
    labels = []
    for cell, place in zip(cells, where, strict=True):
        if not cell and not column.missing:
            raise InputError(f"{place} is blank: {MERGED}")
        if column.choices and cell.lower() not in column.choices:
            raise InputError(f"{place}: {cell!r} is not one of {', '.join(column.choices)}")
        labels.append(cell.lower() if column.choices else cell)
    return tuple(labels)


def refuse_alike(source: str, what: str, labels: Sequence[str]) -> None:
    """InputError for two labels that differ in case or blanks only: one of them is mistyped.

    `what` is what a label names: a group, a treatment.
    """
    held: dict[str, str] = {}
    for label in labels:
        other = held.setdefault(" ".join(label.split()).casefold(), label)
        if other != label:
            raise InputError(
                f"{source}: the {what}s {other!r} and {label!r} differ in case or blanks only; "
                f"write one {what} in one way"
            )


def _numbers(
    cells: Sequence[str], where: Sequence[str], column: Column, unit: str | None, study: Study
) -> NDArray[np.float64]:
    logarithm = unit == "log10 M"
    change = converter(unit, column.unit, what=column.name) if unit and column.unit else None
    values = np.empty(len(cells))
    for i, (cell, place) in enumerate(zip(cells, where, strict=True)):
        if cell.lower() in MISSING:
            if not column.missing:
                raise InputError(f"{place} is blank: {MERGED}")
            values[i] = np.nan
            continue
        value = _number(cell, place, study.decimal)
        if not logarithm:
            if value < 0 and not column.negative:
                raise InputError(f"{place}: {cell!r} is negative; expected 0 or more")
            if value == 0 and not column.zero:
                raise InputError(f"{place}: {cell!r}; expected more than 0")
        values[i] = change(value) if change else value
        if not isfinite(values[i]) or not (values[i] == 0 or 1e-100 < abs(values[i]) < 1e100):
            raise InputError(f"{place}: {cell!r} is no size of a reading; choose another unit")
    return values


def _number(cell: str, place: str, decimal: str) -> float:
    text = cell.replace("\u2212", "-")
    if "," in text:
        if decimal != "," and _THOUSANDS.fullmatch(text):
            plain = text.replace(",", "")
            other = f" or as {text.replace(',', '.')}" if text.count(",") == 1 else ""
            raise InputError(
                f"{place}: {cell!r} may be read as {plain}{'' if '.' in text else other}: write "
                f"thousands without a comma, {plain}"
                + ("; decimal commas need 'decimal: \",\"' in the study" if other else "")
            )
        if decimal != ",":
            raise InputError(
                f"{place}: {cell!r} has a comma; decimal commas need 'decimal: \",\"' in the study"
            )
        if text.count(",") > 1 or "." in text:
            raise InputError(f"{place}: {cell!r} mixes decimal marks; write it as 1234,5")
        text = text.replace(",", ".")
    elif decimal == "," and "." in text:
        raise InputError(f"{place}: {cell!r} has a point, but the study says 'decimal: \",\"'")
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or "_" in text:
        raise InputError(
            f"{place}: {cell!r} is not a number; a missing reading is left blank or NA"
        )
    return value
