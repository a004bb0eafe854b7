"""One patient: everything, warm; and one score in Python, warm.

python -m benchmarks.clinic_patient VIGNETTES [--out FILE]

VIGNETTES is a folder of patient files. Everything is: every criterion and every score of a patient
whose observations are read already, in an engine that has computed another patient before.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from benchmarks.results import percentile, save
from hepatica.clinic.bedside import Bedside
from hepatica.clinic.inputs.person import read
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
    patients = [read(path).rows for path in sorted(asked.vignettes.glob("*.yaml"))]
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
        "one_score_ms_p50": round(percentile(single[100:], 0.5), 4),
        "one_score_ms_p95": round(percentile(single[100:], 0.95), 4),
        "load": os.getloadavg()[0],
        "note": "other work ran on the machine",
    }
    print(figures)
    save(asked.out, figures, "duckdb")


if __name__ == "__main__":
    main()
