"""All definitions over growing registries: time, and memory at its highest.

python -m benchmarks.clinic_cohort FOLDER [--patients 10000 100000 1000000] [--out FILE]

Each size runs in a process of its own, under a limit of 3 GiB for DuckDB; the highest resident
memory of the whole process, Python included, is reported.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.clinic_data import registry
from benchmarks.results import save


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--patients", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--memory", default="3GiB")
    parser.add_argument("--one", action="store_true", help="measure FOLDER, a file, in here")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(one(asked.folder, asked.memory)))
        return
    sizes = []
    for patients in asked.patients:
        asked.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=asked.folder) as name:
            given = Path(name) / "given.parquet"
            rows = registry(given, patients=patients)
            found = subprocess.run(
                [sys.executable, "-m", "benchmarks.clinic_cohort", str(given), "--one",
                 "--memory", asked.memory],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
        sizes.append({"patients": patients, "rows": rows, **json.loads(found.stdout)})
        print(sizes[-1], flush=True)
    first = sizes[0]
    for size in sizes:
        size["seconds_per_million_rows"] = round(size["seconds"] / size["rows"] * 1e6, 2)
        size["times_the_first"] = round(size["seconds"] / first["seconds"], 1)
    figures = {
        "sizes": sizes,
        "memory_limit_of_duckdb": asked.memory,
        "note": "other work ran on the machine; its load at the end of each size is given",
    }
    save(asked.out, figures, "duckdb")


def one(given: Path, memory: str) -> dict[str, float]:
    from hepatica.clinic.cohort.run import cohort

    start = time.perf_counter()
    found = cohort(given, given.with_name("out.parquet"), memory=memory)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": round(seconds, 1),
        "definitions": len({column.table for column in found.plan.columns}),
        "columns": len(found.plan.columns),
        "highest_memory_mib": round(peak / 1024),
        "load": round(os.getloadavg()[0], 1),
        "cpu_seconds": round(sum(os.times()[:2]), 1),
    }


if __name__ == "__main__":
    main()
