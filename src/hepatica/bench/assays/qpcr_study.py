"""What a qPCR table and study file hold, and the files they come from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from hepatica.bench.assays.qpcr_efficiency import LARGEST_FACTOR
from hepatica.bench.assays.qpcr_files import export_columns
from hepatica.bench.assays.qpcr_wells import ROLES
from hepatica.bench.study import Study as Base
from hepatica.bench.table import Column, Table, read_table, table_from
from hepatica.errors import InputError

__all__ = ["COLUMNS", "Study", "load"]

COLUMNS = (
    Column(name="sample", label=True),
    Column(name="gene", label=True),
    Column(name="cq", label=True, missing=True),
    Column(name="group", label=True, required=False, missing=True),
    Column(
        name="role",
        label=True,
        required=False,
        choices=("", *ROLES),
        missing=True,
    ),
    Column(name="quantity", label=True, required=False, missing=True),
    Column(name="replicate", label=True, required=False, missing=True),
    Column(name="excluded", label=True, required=False, missing=True),
)


class Study(Base, frozen=True, kw_only=True):
    """Keys of a qPCR study file beside those of every study.

    `references` names the reference genes, `groups` the samples of each group where the table does
    not. `efficiency` gives amplification factors (2 = doubling) measured elsewhere, `efficiency_se`
    their standard errors. `tubes: same` says that target and reference were measured in one well.
    `undetermined_as` counts a sample without any Cq as that cycle, for a bound; a well without a Cq
    in a sample that has others makes the ratio one-sided instead. `replicate_sd`,
    `outlier_cycles` and `ntc_margin` are laboratory defaults, in cycles. `miqe` states the items
    of the checklist.
    """

    references: tuple[str, ...] = ()
    groups: Mapping[str, list[str]] = {}
    efficiency: Mapping[str, float] = {}
    efficiency_se: Mapping[str, float] = {}
    tubes: Literal["separate", "same"] = "separate"
    undetermined_as: float | None = None
    replicate_sd: float = 0.3
    outlier_cycles: float = 0.5
    ntc_margin: float = 5.0
    permutations: int = 20_000
    seed: int = 1
    miqe: Mapping[str, str] = {}

    def __post_init__(self) -> None:
        super().__post_init__()
        for gene, factor in self.efficiency.items():
            if not 1 < factor <= LARGEST_FACTOR:
                raise ValueError(
                    f"efficiency of {gene!r}: {factor!r} is no amplification factor; expected "
                    f"more than 1 and at most {LARGEST_FACTOR} (95 % is written 1.95)"
                )
        for gene, se in self.efficiency_se.items():
            if se < 0 or gene not in self.efficiency:
                raise ValueError(f"efficiency_se of {gene!r}: needs an efficiency and 0 or more")
        for name in ("replicate_sd", "outlier_cycles", "ntc_margin"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name}: {getattr(self, name)!r}; expected more than 0 cycles")
        if self.undetermined_as is not None and not 0 < self.undetermined_as <= 60:
            raise ValueError(f"undetermined_as: {self.undetermined_as!r}; expected a cycle to 60")
        if not 100 <= self.permutations <= 1_000_000:
            raise ValueError(f"permutations: {self.permutations!r}; expected 100 to 1000000")


def load(path: Path, study: Study) -> Table:
    """The wells in a tidy CSV, an instrument's results export (text) or an RDML file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {str(path)!r}: {error.strerror}") from error
    # lxml and the fitting are needed for RDML only
    from hepatica.bench.assays.qpcr_rdml import is_rdml, read_rdml

    if is_rdml(path, data):
        columns, notes = read_rdml(path, data)
        if study.decimal == ",":
            columns["cq"] = [cell.replace(".", ",") for cell in columns["cq"]]
            columns["quantity"] = [cell.replace(".", ",") for cell in columns["quantity"]]
        table = table_from(columns, COLUMNS, study)
        table.notes = (*table.notes, *notes)
        return table
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    exported = export_columns(data.decode(encoding, "replace"), repr(str(path)))
    if exported is not None and not study.columns:
        return table_from(exported, COLUMNS, study)
    return read_table(path, COLUMNS, study)
