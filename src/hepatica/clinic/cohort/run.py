"""A cohort from an input: read part by part, computed, written in one step."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from hepatica.clinic.cohort import fhir, source
from hepatica.clinic.cohort.ahead import Ahead
from hepatica.clinic.cohort.evaluate import connect, evaluate
from hepatica.clinic.cohort.leftover import clear, mark
from hepatica.clinic.cohort.memory import rows
from hepatica.clinic.cohort.moments import ask, asked_for, dates
from hepatica.clinic.cohort.plan import Per, Plan, plan
from hepatica.clinic.cohort.split import size, split
from hepatica.clinic.cohort.statements import order
from hepatica.clinic.cohort.straight import covers, straight, write
from hepatica.clinic.cohort.typed import settle
from hepatica.clinic.inputs.mapping import UserMap
from hepatica.clinic.inputs.table import parquet, reading, text
from hepatica.clinic.observations import Report
from hepatica.clinic.parameters import Parameters, checked
from hepatica.clinic.registry import Registry
from hepatica.errors import InputError, MissingExtraError

MEMORY = "3GiB"


class Progress(Protocol):
    """What is told while a cohort is computed."""

    def reading(self, name: str) -> None: ...
    def settled(self, records: int) -> None: ...


class Silent:
    """Tells nothing."""

    def reading(self, name: str) -> None:
        pass

    def settled(self, records: int) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Cohort:
    """What was computed: the file, its plan, what became of the input, and how many rows know a
    concept."""

    path: Path
    plan: Plan
    report: Report
    known: Counter[str]


def cohort(
    given: Path,
    out: Path,
    *,
    concepts: Sequence[str] = (),
    per: Per = "patient",
    at: Path | None = None,
    engine: Literal["duckdb", "spark"] = "duckdb",
    parameters: Parameters | None = None,
    user: UserMap | None = None,
    memory: str = MEMORY,
    threads: int | None = None,
    part: int | None = None,
    progress: Progress | None = None,
) -> Cohort:
    """Computes scores, criteria and concepts for every patient of `given` into the Parquet `out`.

    `given` is a long CSV or Parquet file, an OMOP CDM folder, or FHIR (a Bundle, NDJSON, or a
    folder of such files); `at` a table of patient and time.
    Memory stays near `memory`; the rest is on disk beside `out`. `out` is complete or absent.
    Raises InputError for an input, name or parameter that cannot be used.
    """
    try:
        from duckdb import OutOfMemoryException
    except ImportError:
        raise MissingExtraError(what="Computing a cohort", extra="clinic") from None
    wanted, chosen = plan(concepts, per=per), checked(parameters or {})
    if at is not None and per != "patient":
        raise InputError(f"times are given and a row per {per} is asked for: choose one")
    if out.suffix.lower() != ".parquet":
        raise InputError(f"{out.name!r}: the result is a .parquet file")
    if not out.parent.is_dir():
        raise InputError(f"{str(out.parent)!r}: there is no such folder")
    tell = progress or Silent()
    left = clear(out)
    with ExitStack() as open_:
        work = Path(
            open_.enter_context(tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}."))
        )
        mark(work)
        part = part or rows(memory)
        ahead = open_.enter_context(closing(Ahead(given, part)))
        connection = open_.enter_context(closing(connect(memory, work / "spill", threads)))
        compute = _runner(engine, work, memory, open_)
        short = straight(wanted, chosen) if engine == "duckdb" else None
        try:
            reports: list[Report] = []
            if fhir.is_fhir(given):
                tell.reading(given.name)
                reports.append(fhir.table(given, work / "fhir.parquet", user=user))
                given, user = work / "fhir.parquet", None
            parts = split(connection, given, work / "input", -(-size(connection, given) // part))
            known: Counter[str] = Counter()
            asked = met = days = 0
            if at is not None:
                with reading(at):
                    asked, days = asked_for(connection, at), dates(connection, at)
            (work / "results").mkdir()
            for number, path in enumerate(parts):
                tell.reading(f"part {number + 1} of {len(parts)}")
                into = Registry(connection)
                measured, report = source.read(into, path, user, ahead)
                reports.append(report)
                target = work / "results" / f"{number:06}.parquet"
                if measured is not None and short and covers(connection, short):
                    write(connection, wanted, short, measured, target)
                else:
                    if measured is not None:
                        settle(into, measured)
                    met += ask(connection, per, at)
                    known.update(compute(connection, wanted, chosen, target))
                tell.settled(sum(report.read for report in reports))
                if len(parts) > 1:
                    _remove(path)
            tell.reading("writing")
            if len(parts) > 1:
                target = work / "whole.parquet"
                _write(connection, work / "results", order(wanted), target)
        except OutOfMemoryException:
            raise InputError(f"memory {memory!r} is not enough: give more, or ask less") from None
        target.replace(out)
    report = source.merged(reports)
    table = at.name if at else ""
    if asked > met:
        report.notes.append(f"{asked - met} times of {table} are of patients without a usable row")
    if days:
        report.notes.append(f"{days} dates of {table} were taken as 00:00 of that day")
    report.notes += left
    return Cohort(out, wanted, report, known)


Compute = Callable[[Any, Plan, Parameters, Path], "Counter[str]"]


def _runner(engine: str, work: Path, memory: str, open_: ExitStack) -> Compute:
    """What computes a part: DuckDB in its connection, or a Spark session that is closed after."""
    if engine == "duckdb":
        return evaluate
    from hepatica.clinic.cohort.spark import Session

    return open_.enter_context(closing(Session(work, memory))).evaluate


def _write(connection: Any, results: Path, sort: str, out: Path) -> None:
    """The parts' rows in order, as one file."""
    connection.execute(
        f"COPY (SELECT * FROM {parquet(results, '/*.parquet', ', union_by_name = true')} "
        f"ORDER BY {sort}) TO {text(out)} (FORMAT parquet, COMPRESSION zstd)"
    )


def _remove(folder: Path) -> None:
    for file in folder.iterdir():
        with suppress(OSError):
            file.unlink()
