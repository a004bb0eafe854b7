"""How often the profile names the right mechanism, on draws of the model it has not seen.

    python -m benchmarks.mechanism [DRAWS.csv | --fresh 60] [--out FILE]

DRAWS.csv has the columns draw, hypothesis and one for each measure (log2 change), as in
knowledge/models/draws.csv; without it, fresh parameter sets are simulated. The model simulates and
judges, so every figure is an upper bound for patients.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.results import save
from hepatica.bench.hypotheses import hypotheses, measures
from hepatica.bench.mechanism.explore import draw_constants
from hepatica.bench.mechanism.identify import (
    ENOUGH,
    NONE,
    Difference,
    draws,
    probabilities,
    told,
)
from hepatica.bench.mechanism.readouts import log2_changes, readouts
from hepatica.bench.profile import difference
from hepatica.errors import InputError

STAGES = {
    "IP EC50 and maximum": ("lvp_ec50", "lvp_emax"),
    "and Bmax": ("lvp_ec50", "lvp_emax", "bmax"),
    "and mRNA": ("lvp_ec50", "lvp_emax", "bmax", "mrna"),
    "and fade, surface": ("lvp_ec50", "lvp_emax", "bmax", "mrna", "fade", "surface"),
}
SPECIFICATION = (0.76, 0.87, 0.96, 0.98)
COMPARED = ("low-receptor-number", "receptor-kinase-arrestin", "post-receptor-coupling",
            "cytokine-downregulation", "lower-affinity")  # fmt: skip
Cases = list[tuple[str, Mapping[str, float]]]
EDGES = (0.0, 0.5, 0.7, 0.9, 0.99, 1.0)  # of the highest probability, for its calibration


def fresh(count: int, seed: int) -> Cases:
    """Changes under the five compared hypotheses in `count` parameter sets of their own."""
    rng = np.random.default_rng(seed)
    cases: Cases = []
    made = 0
    while made < count:
        drawn = draw_constants(rng, {})
        try:
            base = readouts(base=drawn)
            rows = [(key, log2_changes(readouts(hypotheses()[key].model, drawn), base))
                    for key in COMPARED]  # fmt: skip
        except InputError:
            continue  # no rising late response, as in the draws that ship
        cases += rows
        made += 1
    return cases


def read(path: Path) -> Cases:
    """The cases of a file of draws; SystemExit names what it lacks."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    needed = {"hypothesis", *STAGES["and fade, surface"]}
    if not rows or needed - rows[0].keys():
        raise SystemExit(f"{path}: expected the columns {', '.join(sorted(needed))}")
    return [
        (row["hypothesis"], {m: float(row[m]) for m in STAGES["and fade, surface"]}) for row in rows
    ]


def noisy(
    effects: Mapping[str, float], names: tuple[str, ...], n: int, rng: np.random.Generator
) -> dict[str, Difference]:
    """What two groups of `n` would show of `effects` (log2), with the assumed spreads."""
    seen = {}
    for name in names:
        spread = measures()[name].sd
        a, b = rng.normal(effects[name], spread, n), rng.normal(0, spread, n)
        found = difference(name, (2.0**a).tolist(), (2.0**b).tolist()).difference
        assert found is not None
        seen[name] = found
    return seen


def calibration(tops: list[tuple[float, bool]]) -> dict[str, Any]:
    """How often the likeliest hypothesis is the true one, by the probability that it was given."""
    bins: list[dict[str, Any]] = []
    for low, high in pairwise(EDGES):
        inside = [(p, right) for p, right in tops if low <= p < high or (high == 1.0 == p)]
        if inside:
            bins.append(
                {
                    "probability": f"{low:g} to {high:g}",
                    "cases": len(inside),
                    "mean probability": round(float(np.mean([p for p, _ in inside])), 4),
                    "right": round(float(np.mean([right for _, right in inside])), 4),
                }
            )
    apart = sum(b["cases"] * abs(b["mean probability"] - b["right"]) for b in bins) / len(tops)
    return {"bins": bins, "mean distance of probability and share right": round(float(apart), 4)}


def without_mechanism(n: int, repeats: int, seed: int) -> dict[str, float]:
    """By stage, how often a mechanism is named aloud where the groups do not differ at all."""
    rng = np.random.default_rng(seed + 1)
    shares = {}
    for stage, names in STAGES.items():
        named = 0
        for _ in range(repeats):
            top = told(probabilities(noisy(dict.fromkeys(names, 0.0), names, n, rng)))
            named += top not in (None, NONE)
        shares[stage] = round(named / repeats, 4)
    return shares


def identified(cases: Cases, n: int, repeats: int, seed: int) -> dict[str, Any]:
    """Accuracy by stage with `n` in a group: of the best guess, and of what is said aloud."""
    rng = np.random.default_rng(seed)
    table = draws()
    compared = {key: table[key] for key in COMPARED}
    results = {}
    for (stage, names), wanted in zip(STAGES.items(), SPECIFICATION, strict=True):
        best = said = right = total = unsure = 0
        tops: list[tuple[float, bool]] = []
        for key, effects in cases:
            for _ in range(repeats):
                seen = noisy(effects, names, n, rng)
                five = probabilities(seen, compared)
                best += max(five, key=lambda entry: five[entry]) == key
                every = probabilities(seen, table)
                top = max(every, key=lambda entry: every[entry])
                tops.append((every[top], top == key))
                if every[top] < ENOUGH:
                    unsure += 1
                elif top != NONE:
                    said += 1
                    right += top == key
                total += 1
        results[stage] = {
            "identified": round(best / total, 4),
            "specification": wanted,
            "difference": round(best / total - wanted, 4),
            "said aloud (probability 0.9 or more)": round(said / total, 4),
            "right when said": round(right / said, 4) if said else None,
            "cannot tell": round(unsure / total, 4),
            "calibration": calibration(tops),
            "cases": total,
        }
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("draws", nargs="?", type=Path, help="draws to judge (CSV)")
    parser.add_argument("--fresh", type=int, help="parameter sets to simulate (60)")
    parser.add_argument("--n", type=int, default=6, help="patients in a group")
    parser.add_argument("--repeats", type=int, default=5, help="noise for each case")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    if args.draws and args.fresh:
        parser.error("give a file of draws or --fresh, not both")
    sets = args.fresh or 60
    began = time.perf_counter()
    cases = read(args.draws) if args.draws else fresh(sets, args.seed)
    simulated = time.perf_counter() - began
    results = identified(cases, args.n, args.repeats, args.seed)
    nothing = without_mechanism(args.n, 1000, args.seed)
    print(f"{'assays':22} {'found':>7} {'spec':>6} {'said':>7} {'right when said':>16}")
    for stage, row in results.items():
        print(
            f"{stage:22} {row['identified']:7.3f} {row['specification']:6.2f} "
            f"{row['said aloud (probability 0.9 or more)']:7.3f} {row['right when said']!s:>16}"
        )
    for stage, row in results.items():
        print(f"{stage}: cannot tell {row['cannot tell']:.3f}; named without any mechanism "
              f"{nothing[stage]:.3f}")  # fmt: skip
        for part in row["calibration"]["bins"]:
            print(
                f"    probability {part['probability']:12} {part['cases']:5} cases, "
                f"mean {part['mean probability']:.3f}, right {part['right']:.3f}"
            )
    print("the model simulates and judges: an upper bound, never evidence about patients")
    save(
        args.out,
        {
            "what": "mechanism identified from simulated groups",
            "caveat": "the same model simulates and judges: an upper bound; spreads are assumed",
            "source": str(args.draws.name) if args.draws else f"{sets} fresh parameter sets",
            "n_per_group": args.n,
            "seed": args.seed,
            "seconds_simulating": round(simulated, 1),
            "stages": results,
            "a mechanism named where the groups do not differ (1,000 draws)": nothing,
        },
        "numpy",
        "scipy",
    )


if __name__ == "__main__":
    main()
