"""The same real data through Hepatica and through its peers, and who is right where they differ.

python -m benchmarks.clinic_peers DATA [--out FILE.json] [--table FILE.md]

DATA holds `data/clinic`. Needs `pip install 'hepatica[peers]'`; peers are run, not copied. The
rules of mimic-code are those read in its SQL (mimic-iv/concepts/organfailure, MIT licence).
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from benchmarks import peer_kdigo, peer_scores, peer_tables
from benchmarks.peer_result import Comparison
from benchmarks.results import save


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--table", type=Path)
    asked = parser.parse_args()
    found = compared(asked.data)
    text = table(found)
    print(text)
    if asked.table is not None:
        asked.table.write_text(text, encoding="utf-8")
    figures = [{**asdict(item), "agreeing": item.agreeing} for item in found]
    for item in figures:
        item["differences"] = list(item["differences"].values())
    save(asked.out, {"comparisons": figures}, "duckdb", "akiflagger", "clincalc", "pandas")


def compared(data: Path) -> list[Comparison]:
    clinic = data / "data" / "clinic"
    parts = (peer_kdigo, peer_scores, peer_tables)
    return [comparison for part in parts for comparison in part.comparisons(clinic)]


def table(found: list[Comparison]) -> str:
    lines = ["| peer | data | compared | agree |", "|---|---|---:|---:|"]
    lines += [f"| {c.peer} | {c.data} | {c.compared} | {c.agreeing} |" for c in found]
    lines += [
        "",
        "No charted urine is among the data: KDIGO by urine output has no peer here.",
        "",
        "| peer | data | disagreement | times | supported | source | example (ours and theirs) |",
        "|---|---|---|---:|---|---|---|",
    ]
    for c in found:
        for d in c.differences.values():
            lines.append(
                f"| {c.peer} | {c.data} | {d.what} | {d.count} | {d.side} | {d.source} "
                f"| {d.example.replace('|', '/')} |"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
