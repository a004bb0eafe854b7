"""Every reference result of the bench within its stated tolerance.

    python -m benchmarks.bench_expected FOLDER [--out FILE]

FOLDER holds expected.yaml and its data. Each section of it is checked by a function of its name in
`benchmarks.expected_*`; sections without one are listed as not checked, and so are single columns
that a module names in NOT_COMPARED with the reason. A comparison fails when the relative difference
is larger than the tolerance that the section states, or, where the reference is printed rounded or
its program is less exact, the tolerance printed beside it with the reason.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from benchmarks.expected import Comparison
from benchmarks.expected_read import Place, leaves, watch
from benchmarks.results import save

MODULES = (
    "benchmarks.expected_fits",
    "benchmarks.expected_r",
    "benchmarks.expected_drc",
    "benchmarks.expected_synthetic",
    "benchmarks.expected_qpcr",
    "benchmarks.expected_immunoassay",
    "benchmarks.expected_pool",
    "benchmarks.expected_mechanism",
)
Section = Callable[[dict[str, Any], Path], Iterator[Comparison]]


def sections() -> dict[str, Section]:
    """The checks there are, by section of expected.yaml; "synthetic.kinetics" for a part of one."""
    found: dict[str, Section] = {}
    for name in MODULES:
        found |= import_module(name).SECTIONS
    return found


def not_compared() -> dict[str, dict[str, str]]:
    """Columns of sections that cannot be compared, with the reason."""
    found: dict[str, dict[str, str]] = {}
    for name in MODULES:
        found |= getattr(import_module(name), "NOT_COMPARED", {})
    return found


def wanted(data: dict[str, Any]) -> dict[str, Any]:
    """The sections of expected.yaml, the synthetic sets one by one."""
    flat: dict[str, Any] = {}
    for name, section in data.items():
        if name == "about":
            continue
        if name == "synthetic":
            for part, entry in section.items():
                if isinstance(entry, dict):
                    flat[f"synthetic.{part}"] = entry
        else:
            flat[name] = section
    return flat


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    plain = yaml.safe_load((given.folder / "expected.yaml").read_text(encoding="utf-8"))
    data, seen = watch(plain)
    known, apart, rows, missing = sections(), not_compared(), [], []
    for name, section in wanted(data).items():
        if name not in known:
            missing.append(name)
            print(f"{name:36} not checked")
            continue
        entries = list(known[name](section, given.folder))
        failed = [entry for entry in entries if not entry.holds]
        worst = max((entry.apart / entry.tolerance for entry in entries), default=0.0)
        print(
            f"{name:36} {len(entries) - len(failed)} of {len(entries)}, "
            f"worst {worst:.2g} of tolerance"
        )
        for entry in failed:
            print(f"    FAILED {entry}")
        rows.append(
            {
                "section": name,
                "compared": len(entries),
                "held": len(entries) - len(failed),
                "worst share of tolerance": worst,
                "failed": [str(entry) for entry in failed],
                "wider tolerance": sorted({entry.reason for entry in entries if entry.reason}),
                "not compared": apart.get(name, {}),
            }
        )
        for column, why in apart.get(name, {}).items():
            print(f"    not compared: {column}: {why}")
    untouched = _untouched(plain, seen)
    print(f"numbers of expected.yaml that no check reads: {len(untouched)}")
    for place in untouched:
        print(f"    {place}")
    held, total = sum(r["held"] for r in rows), sum(r["compared"] for r in rows)
    print(f"{held} of {total} reference results held; not checked: {', '.join(missing) or 'none'}")
    figures: dict[str, Any] = {"benchmark": "bench_expected", "held": held, "compared": total}
    figures |= {"not checked": missing, "numbers not read": untouched}
    save(given.out, {**figures, "sections": rows}, "numpy", "scipy")


def _untouched(plain: dict[str, Any], seen: set[Place]) -> list[str]:
    """The numbers that no check read, by place; NIST's are read from the files they come with."""
    places = [p for p in leaves(plain) if p[0] not in ("about", "nist_strd") and p not in seen]
    return [".".join(map(str, place)) for place in places]


if __name__ == "__main__":
    main()
