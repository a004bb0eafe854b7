"""AKI staging of creatinines from Parquet to Parquet, against akiFlagger in the same run.

python -m benchmarks.clinic_aki FOLDER [--patients 100000] [--each 10] [--unsorted N] [--out F]

FOLDER holds the made-up registry while it runs. All get the same file, rows in no order, and write
a Parquet file; reading and writing count for all, imports for none. akiFlagger gets no padding and
its rolling window: once in order (pandas sorts all rows at once, which is counted, and akiFlagger
is told that they are), once out of order with its own sorting, which grows with the patients and
takes most of a minute; `--unsorted` says over how many patients if not all, and the result is then
scaled up and says so. akiFlagger gives a stage; so does Hepatica where `kdigo_creatinine.stage` is
asked for. Beside it the whole criterion is timed, with the columns that decided it. Hepatica checks
each row (unit, plausibility, repeated rows, conflicts) and counts what it refuses; akiFlagger does
not. Two bare queries say what DuckDB takes to read, sort and write these rows, and to read, find
the two lowest earlier values by its windows, and write.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from benchmarks.clinic_data import creatinines
from benchmarks.results import save
from hepatica.clinic.cohort.run import cohort


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--patients", type=int, default=100_000)
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--unsorted", type=int, help="all patients unless given")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        given, out = Path(name) / "given.parquet", Path(name) / "out.parquet"
        rows = creatinines(given, patients=asked.patients, each=asked.each)
        ourselves(WHOLE, given, out)  # imports and definitions
        ours, whole, presorted, bare, windows = [], [], [], [], []
        for _ in range(asked.rounds):
            for _ in range(2):
                ours.append(timed(lambda: ourselves(STAGE, given, out)))
                whole.append(timed(lambda: ourselves(WHOLE, given, out)))
            bare.append(timed(lambda: query(BARE, given, out)))
            windows.append(timed(lambda: query(WINDOWS, given, out)))
            presorted.append(timed(lambda: peer(given, out, presorted=True, patients=None)))
        some = timed(lambda: peer(given, out, presorted=False, patients=asked.unsorted))
    unsorted = asked.unsorted or asked.patients
    share = asked.patients / unsorted
    best, cpu = (min(values) for values in zip(*ours, strict=True))
    best_whole, cpu_whole = (min(values) for values in zip(*whole, strict=True))
    figures = {
        "rows": rows,
        "patients": asked.patients,
        "hepatica_seconds": [round(clock, 2) for clock, _ in ours],
        "hepatica_cpu_seconds": [round(busy, 2) for _, busy in ours],
        "hepatica_all_columns_seconds": [round(clock, 2) for clock, _ in whole],
        "hepatica_all_columns_cpu_seconds": [round(busy, 2) for _, busy in whole],
        "duckdb_read_sort_write_seconds": [round(clock, 2) for clock, _ in bare],
        "duckdb_read_sort_write_cpu_seconds": [round(busy, 2) for _, busy in bare],
        "duckdb_read_windows_write_seconds": [round(clock, 2) for clock, _ in windows],
        "duckdb_read_windows_write_cpu_seconds": [round(busy, 2) for _, busy in windows],
        "akiflagger_presorted_seconds": [round(clock, 2) for clock, _ in presorted],
        "akiflagger_presorted_cpu_seconds": [round(busy, 2) for _, busy in presorted],
        "akiflagger_unsorted_seconds_scaled": round(some[0] * share, 1),
        "akiflagger_unsorted_cpu_seconds_scaled": round(some[1] * share, 1),
        "akiflagger_unsorted_measured_on_patients": unsorted,
        "times_faster_than_presorted": round(min(x for x, _ in presorted) / best, 2),
        "times_faster_than_unsorted": round(some[0] * share / best, 1),
        "median_times_faster_than_presorted": round(_middle(presorted) / _middle(ours), 2),
        "all_columns_times_faster_than_presorted": round(
            min(x for x, _ in presorted) / best_whole, 2
        ),
        "all_columns_times_faster_than_unsorted": round(some[0] * share / best_whole, 1),
        "all_columns_times_less_cpu_than_presorted": round(
            min(x for _, x in presorted) / cpu_whole, 2
        ),
        "times_less_cpu_than_presorted": round(min(x for _, x in presorted) / cpu, 2),
        "times_less_cpu_than_unsorted": round(some[1] * share / cpu, 1),
        "load": os.getloadavg()[0],
        "note": "other work ran on the machine: read the ratios, taken in turn in one run",
    }
    for key, value in figures.items():
        print(f"{key}: {value}")
    save(asked.out, figures, "duckdb", "akiflagger", "pandas")


def timed(run: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock and of the processors."""
    start, busy = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - start, time.process_time() - busy


def _middle(timings: list[tuple[float, float]]) -> float:
    return sorted(clock for clock, _ in timings)[len(timings) // 2]


def ourselves(concept: str, given: Path, out: Path) -> None:
    cohort(given, out, concepts=[concept], per="time")


STAGE, WHOLE = "kdigo_creatinine.stage", "kdigo_creatinine"
BARE = "SELECT patient, time, value FROM read_parquet('{}') ORDER BY patient, time"
WINDOWS = """
SELECT patient, time, value,
  min(value) OVER (PARTITION BY patient ORDER BY time
    RANGE BETWEEN INTERVAL 48 HOUR PRECEDING AND INTERVAL 1 SECOND PRECEDING) AS low_48h,
  min(value) OVER (PARTITION BY patient ORDER BY time
    RANGE BETWEEN INTERVAL 7 DAY PRECEDING AND INTERVAL 1 SECOND PRECEDING) AS low_7d
FROM read_parquet('{}')
"""


def query(sql: str, given: Path, out: Path) -> None:
    """A bare query of DuckDB from the file to a file, which checks and judges nothing."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"COPY ({sql.format(given)}) TO '{out}' (FORMAT parquet)")


def peer(given: Path, out: Path, *, presorted: bool, patients: int | None) -> None:
    """akiFlagger from the file to a file; the sorting of a presorted input is counted."""
    import pandas as pd
    from akiFlagger import AKIFlagger

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = pd.read_parquet(given, columns=["patient", "time", "value"])
        if patients is not None:
            table = table[table["patient"] < f"p{patients:08d}"]
        table = table.rename(columns={"patient": "patient_id", "value": "creatinine"})
        table["inpatient"] = True
        if presorted:
            table = table.sort_values(["patient_id", "time"])
        flagger = AKIFlagger(padding="0hours", sort_values=not presorted)
        flagger.returnAKIpatients(table).to_parquet(out)


if __name__ == "__main__":
    main()
