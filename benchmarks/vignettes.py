"""Expected findings of whole patients that `assess` reproduces.

    python -m benchmarks.vignettes FOLDER [--out FILE]

FOLDER holds patients with findings that were computed independently of this code (README.md there
gives the format). Scores and HRS criteria are assessed at `scores_at`; AKI, response, the day-4
rule and reversal at the end of the record. Expectations that disagree with their source stand in
data/vignette-disagreements.yaml with that source; they count as not met all the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import datetime
from os import getloadavg
from pathlib import Path
from typing import Any

import yaml

from benchmarks.results import percentile, save
from benchmarks.vignettes_agree import agrees
from hepatica.clinic.assess.assess import assess
from hepatica.clinic.assess.model import Assessment
from hepatica.clinic.bedside import Bedside
from hepatica.clinic.inputs.person import read
from hepatica.clinic.observations import Observations

DISAGREEMENTS = Path(__file__).parent / "data" / "vignette-disagreements.yaml"


def findings(
    path: Path, engine: Bedside
) -> tuple[dict[str, Any], Observations, Assessment, Assessment]:
    """What is expected, and the assessments at `scores_at` and at the end of the record."""
    expected = yaml.safe_load(path.read_text(encoding="utf-8"))["expected"]
    observed = read(path)
    given = expected.get("response", {}).get("at")
    endpoint = datetime.fromisoformat(str(given)) if given else None
    end = max(t for row in observed.rows for t in (row.time, row.start) if t is not None)
    asked = datetime.fromisoformat(str(expected["scores_at"]))
    return (
        expected,
        observed,
        assess(observed, at=asked, engine=engine),
        assess(observed, at=end, endpoint=endpoint, engine=engine),
    )


def measure(path: Path, engine: Bedside) -> Iterator[dict[str, Any]]:
    """One row for each expected finding: whether it is met, expected and found."""
    expected, observed, then, end = findings(path, engine)
    for key, item in expected.items():
        if key != "scores_at":
            met, found = agrees(key, item, observed=observed, then=then, end=end)
            yield {"vignette": path.stem, "finding": key, "met": met, "found": found}


def timed(paths: list[Path], engine: Bedside) -> list[float]:
    """Milliseconds of one warm assessment of each patient, from rows to the whole assessment."""
    from time import perf_counter

    times = []
    for path in paths:
        observed = read(path)
        began = perf_counter()
        assess(observed, engine=engine)
        times.append(1000 * (perf_counter() - began))
    return sorted(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    engine = Bedside()
    paths = sorted(given.folder.glob("*.yaml"))
    rows = [row for path in paths for row in measure(path, engine)]
    disputed = {
        (d["vignette"], d["finding"]): d
        for d in yaml.safe_load(DISAGREEMENTS.read_text(encoding="utf-8")) or []
    }
    for row in rows:
        mark = "met    " if row["met"] else "NOT MET"
        known = disputed.get((row["vignette"], row["finding"]))
        tail = "" if row["met"] else f"  found {row['found']}"
        tail += f"  (disputed: {known['why']}; {known['source']})" if known else ""
        print(f"{mark} {row['vignette']:26} {row['finding']}{tail}")
    met = sum(row["met"] for row in rows)
    share = met / len(rows)
    times = timed(paths, engine)
    print(f"{met} of {len(rows)} expected findings met ({100 * share:.1f}%), {len(paths)} patients")
    print(f"one assessment, warm: median {percentile(times, 0.5):.0f} ms")
    figures = {
        "benchmark": "vignettes",
        "patients": len(paths),
        "expected": len(rows),
        "met": met,
        "share": round(share, 4),
        "not_met": [row for row in rows if not row["met"]],
        "disputed": len(disputed),
        "milliseconds_warm": {
            "median": round(percentile(times, 0.5), 1),
            "p95": round(percentile(times, 0.95), 1),
            "load_average": round(getloadavg()[0], 1),
        },
    }
    save(given.out, figures, "duckdb", "sqlglot")


if __name__ == "__main__":
    main()
