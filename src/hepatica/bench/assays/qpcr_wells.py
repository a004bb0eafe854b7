"""The wells of a qPCR run: who, which gene, which role, which Cq; nothing left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median, stdev

from hepatica.bench.table import Table, _number
from hepatica.errors import InputError

__all__ = ["ROLES", "Replicates", "Well", "assign", "by_sample", "wells_of"]

ROLES = ("sample", "standard", "ntc", "nrt", "positive")
# What instruments write for a well that never crossed the threshold.
NO_CQ = {"", "undetermined", "undet", "und", "nd", "n/d", "na", "n/a", "nan", "none", "no cq",
         "no ct", "nocq", "noct", "-", "."}  # fmt: skip
LARGEST_CQ = 60.0


@dataclass(frozen=True, kw_only=True)
class Well:
    """One reaction. `cq` is None where it never crossed the threshold.

    `excluded` is the reason for which whoever made the file left the well out.
    """

    sample: str
    gene: str
    cq: float | None
    group: str = ""
    role: str = "sample"
    quantity: float | None = None
    replicate: str = ""
    excluded: str = ""
    where: str = ""


@dataclass(frozen=True, kw_only=True)
class Replicates:
    """The technical replicates of one gene in one biological sample."""

    sample: str
    gene: str
    group: str
    wells: tuple[Well, ...]

    @property
    def cqs(self) -> tuple[float, ...]:
        return tuple(well.cq for well in self.wells if well.cq is not None)

    @property
    def blank(self) -> int:
        """How many wells never crossed the threshold."""
        return len(self.wells) - len(self.cqs)

    @property
    def mean(self) -> float:
        return fmean(self.cqs)

    @property
    def sd(self) -> float | None:
        return stdev(self.cqs) if len(self.cqs) > 1 else None

    def outliers(self, cycles: float) -> tuple[Well, ...]:
        """The wells further than `cycles` from the median of three or more replicates."""
        if len(self.cqs) < 3:
            return ()
        middle = median(self.cqs)
        return tuple(w for w in self.wells if w.cq is not None and abs(w.cq - middle) > cycles)

    @property
    def tubes(self) -> tuple[str, ...] | None:
        """The names of the tubes with a Cq, sorted; None where one is missing or given twice."""
        names = [well.replicate for well in self.wells if well.cq is not None]
        if "" in names or len(set(names)) < len(names):
            return None
        return tuple(sorted(names))

    @property
    def in_order(self) -> Replicates:
        """The same wells sorted by the name of their tube."""
        return replace(self, wells=tuple(sorted(self.wells, key=lambda well: well.replicate)))

    def apart(self, cycles: float) -> bool:
        """Whether every well with a Cq is an outlier, as where four wells split two and two."""
        return 0 < len(self.cqs) == len(self.outliers(cycles))

    def near(self, cycles: float) -> Replicates:
        """The wells that are no outliers; all of them where none would be left."""
        return self if self.apart(cycles) else self.without(self.outliers(cycles))

    def without(self, wells: Sequence[Well]) -> Replicates:
        return replace(self, wells=tuple(well for well in self.wells if well not in wells))


def wells_of(table: Table, decimal: str) -> tuple[Well, ...]:
    """The wells in the rows of `table`; InputError names the line of what is no Cq."""
    labels = table.labels
    count = len(table)

    def column(name: str, default: str = "") -> Sequence[str]:
        return labels.get(name, (default,) * count)

    rows = zip(
        labels["sample"], labels["gene"], labels["cq"], column("group"), column("role", "sample"),
        column("quantity"), column("replicate"), column("excluded"), table.lines, strict=True,
    )  # fmt: skip
    wells = []
    for sample, gene, cq, group, role, quantity, replicate, excluded, line in rows:
        place = f"{table.source}, line {line}"
        wells.append(
            Well(
                sample=sample,
                gene=gene,
                cq=_cycle(cq, place, decimal),
                group=group,
                role=role or "sample",
                quantity=_quantity(quantity, place, decimal),
                replicate=replicate,
                excluded="" if excluded.lower() in ("", "false", "no", "0") else excluded,
                where=f"line {line}",
            )
        )
    return tuple(wells)


def assign(wells: Iterable[Well], groups: Mapping[str, Sequence[str]]) -> tuple[Well, ...]:
    """`wells` with the groups of the study file; InputError for a sample that stands in two."""
    of: dict[str, str] = {}
    for group, samples in groups.items():
        for sample in samples:
            if sample in of:
                raise InputError(f"study: the sample {sample!r} stands in two groups")
            of[sample] = group
    wells = tuple(wells)
    unknown = set(of) - {well.sample for well in wells}
    if unknown:
        raise InputError(f"study: no wells of the sample {min(unknown)!r} named under 'groups'")
    controls = {well.sample for well in wells if well.role == "positive"} & set(of)
    controls -= {well.sample for well in wells if well.role == "sample"}
    if controls:
        raise InputError(
            f"study: {min(controls)!r} named under 'groups' is a positive control in the table, "
            "and belongs to no group; leave it out, or call its wells samples in the table"
        )
    return tuple(replace(well, group=of.get(well.sample, well.group)) for well in wells)


def by_sample(wells: Iterable[Well]) -> dict[tuple[str, str], Replicates]:
    """The replicates of each (sample, gene), in order of appearance.

    InputError where one sample stands in two groups or in none.
    """
    held: dict[tuple[str, str], list[Well]] = {}
    group: dict[str, str] = {}
    for well in wells:
        if not well.group:
            raise InputError(
                f"{well.where}: the sample {well.sample!r} has no group; "
                "fill in the column 'group' or name it under 'groups' in the study"
            )
        if group.setdefault(well.sample, well.group) != well.group:
            raise InputError(
                f"{well.where}: the sample {well.sample!r} is in {well.group!r} and in "
                f"{group[well.sample]!r}; one biological sample belongs to one group"
            )
        held.setdefault((well.sample, well.gene), []).append(well)
    return {
        key: Replicates(sample=key[0], gene=key[1], group=group[key[0]], wells=tuple(entries))
        for key, entries in held.items()
    }


def _cycle(cell: str, place: str, decimal: str) -> float | None:
    if cell.strip().lower() in NO_CQ:
        return None
    value = _number(cell, f"{place}, column 'cq'", decimal)
    if not 0 < value <= LARGEST_CQ:
        raise InputError(
            f"{place}, column 'cq': {cell!r} is no quantification cycle; "
            f"expected more than 0 and at most {LARGEST_CQ:g}"
        )
    return value


def _quantity(cell: str, place: str, decimal: str) -> float | None:
    if cell.strip().lower() in NO_CQ:
        return None
    value = _number(cell, f"{place}, column 'quantity'", decimal)
    if value <= 0:
        raise InputError(f"{place}, column 'quantity': {cell!r}; expected more than 0")
    return value
