"""MELD 3.0 over rows of inputs: the definition's query on two threads.

python -m benchmarks.clinic_meld [--rows 10000000] [--out FILE]
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from benchmarks.results import save
from hepatica.clinic.query import select

_ROWS = """
CREATE TABLE inputs AS
SELECT range AS patient, CASE WHEN range % 2 = 0 THEN 'female' ELSE 'male' END AS sex,
  18.0::DOUBLE + range % 60 AS age, 0.5::DOUBLE + (range % 400) / 100.0::DOUBLE AS creatinine,
  0.3::DOUBLE + (range % 300) / 10.0::DOUBLE AS bilirubin,
  0.9::DOUBLE + (range % 250) / 100.0::DOUBLE AS inr,
  120.0::DOUBLE + range % 25 AS sodium, 1.2::DOUBLE + (range % 33) / 10.0::DOUBLE AS albumin,
  range % 20 = 0 AS dialysis
FROM range({rows})
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute(_ROWS.format(rows=asked.rows))
    query = select("meld3", "inputs", outputs=["score"])
    seconds, cpu = [], []
    for _ in range(asked.rounds):
        start, busy = time.perf_counter(), time.process_time()
        connection.execute(f"CREATE OR REPLACE TABLE scored AS {query}")
        seconds.append(time.perf_counter() - start)
        cpu.append(time.process_time() - busy)
    known = connection.execute("SELECT count(score), min(score), max(score) FROM scored").fetchall()
    assert known[0][0] == asked.rows, known
    figures = {
        "rows": asked.rows,
        "threads": 2,
        "seconds": [round(x, 3) for x in seconds],
        "million_rows_per_second": round(asked.rows / min(seconds) / 1e6, 2),
        "cpu_seconds": [round(x, 3) for x in cpu],
        "million_rows_per_two_cpu_seconds": round(2 * asked.rows / min(cpu) / 1e6, 2),
        "load": os.getloadavg()[0],
        "note": "other work ran on the machine; best of the rounds, a table written each time",
    }
    print(figures)
    save(asked.out, figures, "duckdb")


if __name__ == "__main__":
    main()
