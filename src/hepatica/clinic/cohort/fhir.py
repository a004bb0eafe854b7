"""FHIR as a cohort's input: streamed into a long table on disk, patients mixed as they come.

The rows keep the values, units and times that were given, so that the table is checked as any other
is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from hepatica.clinic.inputs.fhir import raws
from hepatica.clinic.inputs.fhir_files import files
from hepatica.clinic.inputs.mapping import UserMap
from hepatica.clinic.observations import Raw, Refused, Report
from hepatica.errors import InputError

BATCH = 50_000  # rows that are written at a time
_COLUMNS = ("patient", "concept", "value", "unit", "time", "start", "text")


def is_fhir(path: Path) -> bool:
    """Whether a path is a FHIR file, or a folder that holds some and no tables."""
    tables = (".csv", ".tsv", ".parquet")
    if path.is_dir() and any(p.suffix.lower() in tables for p in path.iterdir()):
        return False
    return bool(files(path))


def table(path: Path, target: Path, *, user: UserMap | None = None) -> Report:
    """Writes the rows of FHIR files to the Parquet `target`; the report is of what is not in it.

    Raises InputError where a file is no JSON or nothing in it can be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    report, refused = Report(), _Refusals()
    schema = pa.schema([(name, pa.string()) for name in _COLUMNS])
    batch, written = list[tuple[str | None, ...]](), 0
    with pq.ParquetWriter(target, schema) as out:
        for raw in raws(path, report, user=user):
            refused.take(report)
            batch.append(_row(raw))
            if len(batch) == BATCH:
                out.write_batch(_batch(pa, batch, schema))
                written, batch = written + len(batch), []
        out.write_batch(_batch(pa, batch, schema))
    refused.take(report)
    if not written + len(batch):
        raise InputError(f"{path.name}: no row of it can be used: {_why(report, refused)}")
    report.refused = list(refused.found.values())
    return report


def _batch(pa: Any, rows: list[tuple[str | None, ...]], schema: Any) -> Any:
    columns = list(zip(*rows, strict=True)) or [()] * len(_COLUMNS)
    return pa.record_batch([pa.array(column, pa.string()) for column in columns], schema=schema)


def _row(raw: Raw) -> tuple[str | None, ...]:
    return (raw.patient, raw.concept, raw.value, raw.unit, raw.time, raw.start, raw.text)


class _Refusals:
    """Refused rows counted by reason with one of them as the example, however many there are."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str | None, str], Refused] = {}

    def add(self, row: Refused, kind: str) -> None:
        key = (row.concept, row.unit, kind)
        known = self.found.get(key)
        self.found[key] = replace(known, count=known.count + 1) if known else row

    def take(self, report: Report) -> None:
        """Moves what the reader refused over here."""
        for row in report.refused:
            self.add(row, row.reason if row.concept != "resource" else "resource")
        report.refused.clear()


def _why(report: Report, refused: _Refusals) -> str:
    reasons = [f"{row.concept}: {row.reason}" for row in refused.found.values()]
    reasons += [f"{code.system} {code.code!r} is not mapped" for code in report.unmapped]
    return "; ".join(reasons[:3]) or "it holds no Patient, Observation or other resource read here"
