"""One patient: everything, warm; the whole assessment; a long course; and one score in Python.

python -m benchmarks.clinic_patient VIGNETTES [--out FILE]

VIGNETTES is a folder of patient files. Everything is: every criterion and every score of a patient
whose observations are read already, in an engine that has computed another patient before. The
assessment is what `hepatica assess` computes of them: plan and days of treatment besides. The long
course is the longest file's, repeated further and further back.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from sqlite3 import sqlite_version

from msgspec.structs import replace

from benchmarks.results import percentile, save
from hepatica.clinic.assess.assess import assess
from hepatica.clinic.bedside import Bedside
from hepatica.clinic.inputs.person import read
from hepatica.clinic.observations import Observation
from hepatica.clinic.records import names
from hepatica.clinic.score import score
from hepatica.clinic.scores import scores

MELD3 = {"sex": "female", "age": "50 a", "bilirubin": "2.5 mg/dL", "inr": 1.5,
         "creatinine": "1.2 mg/dL", "albumin": "3.0 g/dL", "sodium": "135 mmol/L",
         "dialysis": False}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("vignettes", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    given = [read(path) for path in sorted(asked.vignettes.glob("*.yaml"))]
    patients = [observations.rows for observations in given]
    engine, everything, cpu = Bedside(), [], []
    for round_ in range(asked.rounds + 1):
        for rows in patients:
            start, busy = time.perf_counter(), time.process_time()
            engine.load(rows)
            engine.compute(*names("criteria"))
            scores(engine)
            if round_:
                everything.append(1000 * (time.perf_counter() - start))
                cpu.append(1000 * (time.process_time() - busy))
    whole = []
    for round_ in range(2):
        for observations in given:
            start = time.perf_counter()
            assess(observations, engine=engine)
            if round_:
                whole.append(1000 * (time.perf_counter() - start))
    longest = {}
    for times in (1, 10, 100, 300):
        rows = repeated(max(patients, key=len), times)
        start = time.perf_counter()
        engine.load(rows)
        engine.compute(*names("criteria"))
        scores(engine)
        longest[len(rows)] = round(1000 * (time.perf_counter() - start), 1)
    single = []
    for _ in range(2000):
        start = time.perf_counter()
        score("meld3", **MELD3)
        single.append(1000 * (time.perf_counter() - start))
    figures = {
        "patients": len(patients),
        "everything_ms_p50": round(percentile(everything, 0.5), 1),
        "everything_ms_p95": round(percentile(everything, 0.95), 1),
        "everything_cpu_ms_p50": round(percentile(cpu, 0.5), 1),
        "assessment_ms_p50": round(percentile(whole, 0.5), 1),
        "everything_ms_by_observations": longest,
        "one_score_ms_p50": round(percentile(single[100:], 0.5), 4),
        "one_score_ms_p95": round(percentile(single[100:], 0.95), 4),
        "load": os.getloadavg()[0],
        "sqlite": sqlite_version,
    }
    print(figures)
    save(asked.out, figures)


def repeated(rows: Sequence[Observation], times: int) -> list[Observation]:
    """The course again and again, each time three hours earlier."""
    return [
        replace(
            row,
            time=row.time and row.time - timedelta(hours=3 * back),
            start=row.start and row.start - timedelta(hours=3 * back),
        )
        for back in range(times)
        for row in rows
    ]


if __name__ == "__main__":
    main()
