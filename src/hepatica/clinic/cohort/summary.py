"""The summary of a cohort: how many rows, what was found, and how often it could not be told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from hepatica.clinic.cohort.plan import Column
from hepatica.clinic.cohort.run import Cohort
from hepatica.clinic.criterion import criterion
from hepatica.clinic.definition import definition
from hepatica.clinic.inputs.table import parquet
from hepatica.clinic.observations import Report

_STAGES = 12  # a value with at most this many different whole numbers is counted by number


_MILLIONTHS = re.compile(r"millionths of (?:an? )?([\w/]+)")
_MANY = 20  # refusals and codes that a terminal names


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One column: counts of its words or numbers, or quartiles, and how many are unknown.

    Numbers are in `unit` where it is set; the file holds millionths of it.
    """

    column: str
    about: str
    unit: str | None = None
    known: int
    unknown: int
    counts: Mapping[str, int] = {}
    low: float | None = None
    quartiles: tuple[float, float, float] | None = None
    high: float | None = None


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows of a concept were refused, and why; no patient is named."""

    concept: str
    reason: str
    count: int


class NotMapped(msgspec.Struct, frozen=True, kw_only=True):
    """A code or name that no mapping knows, and how often it stood there."""

    system: str
    code: str
    display: str | None
    count: int


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """`known` says in how many rows the last value of a concept is known; `lines` the results.

    Of the rows read each is accepted, refused or one of the `duplicates`, which say exactly what
    another one says; what no mapping names (`unmapped`) is none of them. `refusals` and
    `not_mapped` say of what `refused` and `unmapped` are made, most frequent first.
    """

    rows: int
    patients: int
    read: int
    accepted: int
    refused: int
    duplicates: int
    unmapped: int
    refusals: tuple[Refusal, ...]
    not_mapped: tuple[NotMapped, ...]
    notes: tuple[str, ...]
    known: Mapping[str, int]
    lines: tuple[Line, ...]


def summarise(found: Cohort) -> Summary:
    """The summary of a cohort's file."""
    import duckdb

    connection = duckdb.connect(config={"temp_directory": ""})  # nothing beside the result
    table = parquet(found.path)
    rows, patients = connection.execute(
        f"SELECT count(*), count(DISTINCT patient) FROM {table}"
    ).fetchall()[0]
    own = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()}
    lines = [
        _line(connection, found, table, column, rows)
        for column in found.plan.columns
        if column.kind not in ("time",) and _name(found, column) in own
    ]
    report = found.report
    return Summary(
        rows=rows,
        patients=patients,
        read=report.read,
        accepted=report.accepted,
        refused=sum(item.count for item in report.refused),
        duplicates=report.duplicates,
        unmapped=sum(item.count for item in report.unmapped),
        refusals=_refusals(report),
        not_mapped=tuple(
            NotMapped(system=item.system, code=item.code, display=item.display, count=item.count)
            for item in report.unmapped
        ),
        notes=(*report.notes, *_empty(found, rows)),
        known=dict(sorted(found.known.items())),
        lines=tuple(lines),
    )


def _refusals(report: Report) -> tuple[Refusal, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    for item in report.refused:
        counts[item.concept, item.reason] += item.count
    return tuple(
        Refusal(concept=concept, reason=reason, count=count)
        for (concept, reason), count in counts.most_common()
    )


def _empty(found: Cohort, rows: int) -> tuple[str, ...]:
    """Why there is no row, where there is none."""
    if rows:
        return ()
    why = {
        "episode": "a row a stay needs admissions (concept admission, an inpatient Encounter or "
        "VISIT_OCCURRENCE) with a measurement or discharge after them",
        "day": "a row a day needs measurements with a time",
        "time": "none of these criteria judges a moment: they need creatinine or urine with times",
        "patient": "no row of the input can be used, or none of the patients asked for is in it",
    }
    return (f"no rows: {why[found.plan.per]}",)


def _name(found: Cohort, column: Column) -> str:
    return column.source if found.plan.per == "time" else column.name


def _line(connection: Any, found: Cohort, table: str, column: Column, rows: int) -> Line:
    name = _name(found, column)
    where = ""
    if found.plan.per == "time":
        where = f" WHERE definition = '{column.table}'"
        rows = connection.execute(f"SELECT count(*) FROM {table}{where}").fetchall()[0][0]
    cell = f'"{name}"'
    known, different, kind = connection.execute(
        f"SELECT count({cell}), count(DISTINCT {cell}), any_value(typeof({cell})) "
        f"FROM {table}{where}"
    ).fetchall()[0]
    about = _about(column)
    millionths = _MILLIONTHS.search(about)
    base = {
        "column": f"{column.table}.{name}" if found.plan.per == "time" else name,
        "about": about.replace("millionths of", "in"),
        "unit": millionths[1] if millionths else None,
        "known": known,
        "unknown": rows - known,
    }
    numeric = kind not in ("BOOLEAN", "VARCHAR", None)
    if millionths:
        cell = f"({cell} / 1000000.0)"
    if not known:
        return Line(**base)
    if different <= _STAGES or not numeric:
        counts = connection.execute(
            f"SELECT CAST({cell} AS VARCHAR), count(*) FROM {table}{where} GROUP BY {cell} "
            f"HAVING {cell} IS NOT NULL ORDER BY {cell}"
        ).fetchall()
        return Line(**base, counts={value.removesuffix(".0"): count for value, count in counts})
    low, quartiles, high = connection.execute(
        f"SELECT CAST(min({cell}) AS DOUBLE), quantile_cont(CAST({cell} AS DOUBLE), "
        f"[0.25, 0.5, 0.75]), CAST(max({cell}) AS DOUBLE) FROM {table}{where}"
    ).fetchall()[0]
    return Line(**base, low=low, quartiles=tuple(quartiles), high=high)


def _about(column: Column) -> str:
    if column.kind == "score":
        return definition(column.table.removeprefix("score_")).outputs[column.source].about
    if column.table == "wide":
        return "last value"
    return criterion(column.table).columns[column.source].about


def text(summary: Summary) -> str:
    """The summary for a terminal."""
    lines = [
        f"{summary.rows:,} rows of {summary.patients:,} patients, from {summary.read:,} rows read: "
        f"{summary.accepted:,} accepted, {summary.refused:,} refused, {summary.duplicates:,} "
        f"repeated; besides {summary.unmapped:,} of codes that no mapping names"
    ]
    lines += [f"note: {note}" for note in summary.notes]
    lines += _counted(
        "Refused", [f"{item.concept}: {item.reason} ({item.count:,})" for item in summary.refusals]
    )
    lines += _counted(
        "Not mapped",
        [
            f"{item.system} {item.code}: {item.display or 'without a name'} ({item.count:,})"
            for item in summary.not_mapped
        ],
    )
    if summary.known:
        lines += ["", "Missing last values, in percent of rows"]
        lines += [
            f"  {name:32} {100 - 100 * count / summary.rows:5.1f}"
            for name, count in summary.known.items()
        ]
    lines += ["", f"{'column':50} {'unknown':>8}  found"]
    nowhere = [line.column for line in summary.lines if not line.known]
    for line in summary.lines:
        if not line.known and len(nowhere) > 1:
            continue
        total = line.known + line.unknown
        share = f"{100 * line.unknown / total:.1f}%" if total else "-"
        name = f"{line.column} in {line.unit}" if line.unit else line.column
        lines.append(f"{name:50} {share:>8}  {_found(line)}".rstrip())
    if len(nowhere) > 1:
        lines += ["", f"Unknown in every row: {len(nowhere)} columns", *_folded(nowhere)]
    return "\n".join(lines) + "\n"


def _counted(title: str, items: list[str]) -> list[str]:
    if not items:
        return []
    more = [f"  and {len(items) - _MANY} more (--format json)"] if len(items) > _MANY else []
    return ["", title, *(f"  {item}" for item in items[:_MANY]), *more]


def _folded(names: list[str]) -> list[str]:
    from textwrap import wrap

    return wrap(", ".join(names), 98, initial_indent="  ", subsequent_indent="  ")


def _found(line: Line) -> str:
    if line.quartiles is not None and line.low is not None and line.high is not None:
        low, middle, high = line.quartiles
        return f"median {middle:g} ({low:g} to {high:g}), {line.low:g} to {line.high:g}"
    shown = list(line.counts.items())
    words = ", ".join(f"{value} {count:,}" for value, count in shown[:6])
    return words + (f" and {len(shown) - 6} more" if len(shown) > 6 else "")
