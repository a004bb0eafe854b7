"""A cohort from an input: read part by part, computed, written in one step."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from hepatica.clinic.cohort import source
from hepatica.clinic.cohort.evaluate import connect, evaluate
from hepatica.clinic.cohort.moments import ask
from hepatica.clinic.cohort.plan import Per, Plan, plan
from hepatica.clinic.cohort.split import size, split
from hepatica.clinic.cohort.statements import Parameters, checked
from hepatica.clinic.engine import Engine
from hepatica.clinic.inputs.mapping import UserMap
from hepatica.clinic.observations import Report
from hepatica.errors import InputError

PART = 2_000_000  # rows that are computed at a time
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
    part: int = PART,
    progress: Progress | None = None,
) -> Cohort:
    """Computes scores, criteria and concepts for every patient of `given` into the Parquet `out`.

    `given` is a long CSV or Parquet file or an OMOP CDM folder; `at` a table of patient and time.
    Memory stays near `memory`; the rest is on disk beside `out`. `out` is complete or absent.
    Raises InputError for an input, name or parameter that cannot be used.
    """
    wanted, chosen = plan(concepts, per=per), checked(parameters or {})
    if at is not None and per != "patient":
        raise InputError(f"times are given and a row per {per} is asked for: choose one")
    if out.suffix.lower() != ".parquet":
        raise InputError(f"{out.name!r}: the result is a .parquet file")
    if not out.parent.is_dir():
        raise InputError(f"{str(out.parent)!r}: there is no such folder")
    tell = progress or Silent()
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as name:
        work = Path(name)
        connection = connect(memory, work / "spill", threads)
        parts = split(connection, given, work / "input", -(-size(connection, given) // part))
        results = work / "results"
        results.mkdir()
        reports: list[Report] = []
        known: Counter[str] = Counter()
        done = 0
        if engine == "spark":
            from hepatica.clinic.cohort import spark

            session = spark.Session(work, memory)
        for number, path in enumerate(parts):
            tell.reading(f"part {number + 1} of {len(parts)}")
            loader = Engine(connection)
            reports.append(source.read(loader, path, user))
            ask(connection, per, at)
            target, order = results / f"{number:06}.parquet", _order(wanted)
            if engine == "spark":
                known.update(session.evaluate(connection, wanted, chosen, target))
            else:
                known.update(
                    evaluate(
                        connection,
                        wanted,
                        chosen,
                        work / "whole.parquet" if len(parts) == 1 else target,
                        order=order if len(parts) == 1 else None,
                    )
                )
            done += reports[-1].read
            tell.settled(done)
            if len(parts) > 1:
                _remove(path)
        if engine == "spark":
            session.close()
        tell.reading("writing")
        if not (work / "whole.parquet").exists():
            _write(connection, results, _order(wanted), work / "whole.parquet")
        connection.close()
        (work / "whole.parquet").replace(out)
    return Cohort(out, wanted, source.merged(reports), known)


def _order(wanted: Plan) -> str:
    return "patient, time, definition" if wanted.per == "time" else "patient, time"


def _write(connection: Any, results: Path, order: str, out: Path) -> None:
    """The parts' rows in order, as one file."""
    folder, target = (str(path).replace("'", "''") for path in (results, out))
    connection.execute(
        f"COPY (SELECT * FROM read_parquet('{folder}/*.parquet', union_by_name = true) "
        f"ORDER BY {order}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
    )


def _remove(folder: Path) -> None:
    for file in folder.iterdir():
        with suppress(OSError):
            file.unlink()
