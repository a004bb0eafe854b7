"""AKI staging of creatinines from Parquet to Parquet, against akiFlagger in the same run.

python -m benchmarks.clinic_aki FOLDER [--patients 100000] [--each 10] [--unsorted 2000] [--out F]

FOLDER holds the made-up registry while it runs. akiFlagger gets no padding, its rolling window and
the same file: once in order (pandas sorts all rows at once, which is counted, and akiFlagger is
told that they are), once out of order with its own sorting. That takes minutes and grows with the
patients, so it runs over as many as `--unsorted` says and is scaled up; the result says so.
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
    parser.add_argument("--unsorted", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        given, out = Path(name) / "given.parquet", Path(name) / "out.parquet"
        rows = creatinines(given, patients=asked.patients, each=asked.each)
        cohort(given, out, concepts=["kdigo_creatinine"], per="time")  # imports and definitions
        ours, presorted = [], []
        for _ in range(asked.rounds):
            ours.append(timed(lambda: ourselves(given, out)))
            presorted.append(timed(lambda: peer(given, out, presorted=True, patients=None)))
        some = timed(lambda: peer(given, out, presorted=False, patients=asked.unsorted))
    share = asked.patients / asked.unsorted
    best, cpu = (min(values) for values in zip(*ours, strict=True))
    figures = {
        "rows": rows,
        "patients": asked.patients,
        "hepatica_seconds": [round(clock, 2) for clock, _ in ours],
        "hepatica_cpu_seconds": [round(busy, 2) for _, busy in ours],
        "akiflagger_presorted_seconds": [round(clock, 2) for clock, _ in presorted],
        "akiflagger_presorted_cpu_seconds": [round(busy, 2) for _, busy in presorted],
        "akiflagger_unsorted_seconds_scaled": round(some[0] * share, 1),
        "akiflagger_unsorted_cpu_seconds_scaled": round(some[1] * share, 1),
        "akiflagger_unsorted_measured_on_patients": asked.unsorted,
        "times_faster_than_presorted": round(min(x for x, _ in presorted) / best, 2),
        "times_faster_than_unsorted": round(some[0] * share / best, 1),
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


def ourselves(given: Path, out: Path) -> None:
    cohort(given, out, concepts=["kdigo_creatinine"], per="time")


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
