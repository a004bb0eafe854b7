"""How fast do PubMed records become searchable, and in how much memory?

    python -m benchmarks.ingestion [--records N] [--out FILE]

Writes a gzipped file shaped like a PubMed baseline file with invented records, and ingests it in a
fresh process as `hepatica ingest FILE` does: unpacked, read, stored durably, indexed, searchable.
The last line is records a second.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.medline_file import write
from benchmarks.results import save

SEED = 20261122


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=30_000)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--child", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(ingest(*options.child)))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pubmed.xml.gz"
        write(file, options.records, SEED)
        command = [sys.executable, "-m", "benchmarks.ingestion", "--child"]
        child = subprocess.run(
            [*command, str(file), str(Path(folder) / "store")],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        figures: dict[str, Any] = json.loads(child.stdout)
        figures["file MB"] = file.stat().st_size / 1e6
    for name, value in figures.items():
        print(f"{name:28}{value:>12,.1f}")
    save(options.out, figures)
    print(f"records a second {figures['records a second']:.0f}")


def ingest(file: Path, folder: Path) -> dict[str, Any]:
    """What one process needs for the file, start of Python and imports left out of the time."""
    from hepatica.evidence.readers import read_path
    from hepatica.evidence.store.store import Store

    with Store.open(folder) as store:
        start = time.perf_counter()
        report = store.ingest(read_path(file), origin=str(file))
        seconds = time.perf_counter() - start
        if report.lag or not store.search("terlipressin", k=1):
            raise SystemExit(f"not searchable: {report}")
        passages = sum(row.passages for row in store.sources())
        start = time.perf_counter()
        again = store.ingest(read_path(file), origin=str(file))
        repeated = time.perf_counter() - start
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {
        "records": report.read,
        "rejected": report.rejected,
        "passages": passages,
        "seconds": seconds,
        "records a second": report.read / seconds,
        "again, records a second": again.read / repeated,
        "peak memory MB": _peak_megabytes(),
        "store MB": size / 1e6,
    }


def _peak_megabytes() -> float:
    """Peak resident memory of this process."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    main()
