"""The lanes of a blot and its dilution series, out of a table."""

from __future__ import annotations

from dataclasses import dataclass

from hepatica.bench.study import Study
from hepatica.bench.table import MISSING, Column, Table, _number
from hepatica.errors import InputError

__all__ = ["COLUMNS", "Row", "rows_of"]

COLUMNS = (
    Column(name="blot", label=True),
    Column(name="band", unitless=True, negative=True),
    Column(name="loading", unitless=True, negative=True),
    Column(name="sample", label=True, required=False, missing=True),
    Column(name="group", label=True, required=False, missing=True),
    Column(name="amount", label=True, required=False, missing=True),
    Column(name="saturated", label=True, required=False, missing=True),
)
FALSE = {"0", "no", "n", "false", "none"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One lane: of a sample, or of a known `amount` in a dilution series.

    `saturated` is None where the table says nothing: nobody looked.
    """

    blot: str
    sample: str
    group: str
    amount: float | None
    band: float
    loading: float
    saturated: bool | None
    where: str


def _saturated(cell: str) -> bool | None:
    text = cell.strip().lower()
    if text in FALSE:
        return False
    return None if text in MISSING else True


def rows_of(table: Table, study: Study) -> list[Row]:
    """The lanes in `table`; InputError names the line of what cannot be used."""
    blank = ("",) * len(table)
    names = ("sample", "group", "amount", "saturated")
    columns = [table.labels.get(name, blank) for name in names]
    rows = []
    for place, (sample, group, amount, saturated) in enumerate(zip(*columns, strict=True)):
        where = f"line {table.lines[place]}"
        at = f"{table.source}, {where}"
        value = None
        if amount.lower() not in MISSING:
            value = _number(amount, f"{at}, column 'amount'", study.decimal)
            if value <= 0:
                raise InputError(f"{at}, column 'amount': {amount!r}; expected more than 0")
        elif not sample or not group:
            raise InputError(f"{at}: a lane needs 'sample' and 'group', or an 'amount' (dilution)")
        rows.append(
            Row(blot=table.labels["blot"][place], sample=sample, group=group, amount=value,
                 band=float(table.numbers["band"][place]),
                 loading=float(table.numbers["loading"][place]),
                 saturated=_saturated(saturated), where=where)
        )  # fmt: skip
    group_of: dict[str, str] = {}
    for row in rows:
        if row.amount is None and group_of.setdefault(row.sample, row.group) != row.group:
            raise InputError(
                f"{table.source}, {row.where}: the sample {row.sample!r} stands in two groups"
            )
    return rows
