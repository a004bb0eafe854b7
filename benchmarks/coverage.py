"""How often the bench's intervals hold the truth, over fresh simulations of each assay.

    python -m benchmarks.coverage [--runs 1000] [--seed N] [--out FILE]

Each assay has a design and a known truth; readings get normal scatter, a model is fitted as the
product fits it, and its profile-likelihood interval holds the truth or not. A bound that does not
exist counts as beyond everything. `sd` is the scatter as a share of the largest mean reading.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.results import save
from hepatica.bench.fit import fit_many
from hepatica.bench.model import Model
from hepatica.bench.models.accumulation import ACCUMULATION, LOSS
from hepatica.bench.models.depletion import depletion_model
from hepatica.bench.models.joint_kinetics import joint_kinetics
from hepatica.bench.models.kinetics import motulsky_mahan
from hepatica.bench.models.logistic import FIVE, FIVE_EFFECT, FOUR, THREE
from hepatica.bench.models.nonspecific import with_nonspecific
from hepatica.bench.models.one_site import ONE_SITE
from hepatica.bench.models.operational import operational_model
from hepatica.bench.replicates import over_experiments, ratio_of_means


@dataclass(frozen=True)
class Case:
    """One assay with known truth: `truth` in the order of the model, `asked` what is scored."""

    name: str
    model: Model
    x: np.ndarray
    truth: tuple[float, ...]
    asked: tuple[str, ...]
    sd: float
    relative: bool = False


def _grid(*axes: np.ndarray) -> np.ndarray:
    return np.array([part.ravel() for part in np.meshgrid(*axes, indexing="ij")])


def cases() -> list[Case]:
    """The assays, each with a design that a laboratory would run."""
    ligand = np.array([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8])
    doses = np.repeat(np.geomspace(0.01, 1000, 11), 3)
    times = np.array([1.0, 3, 6, 10, 15, 25, 40, 60])
    kinds = np.array([1.0, 0.0])
    saturation = np.repeat(_grid(ligand, kinds), 3, axis=1)
    depleted = np.repeat(np.array([ligand, np.ones_like(ligand)]), 3, axis=1)
    rising = np.vstack([_grid(np.array([1.0, 3, 10]), times), np.zeros(24)])
    falling = np.array([np.full(8, 10.0), times, np.ones(8)])
    rivals = np.repeat(_grid(np.array([3.0]), np.array([0.0, 50, 200, 800]), times), 2, axis=1)
    conditions = np.repeat(_grid(np.geomspace(0.1, 1e4, 11), np.array([0.0, 1, 2])), 3, axis=1)
    surface = np.repeat(
        _grid(np.array([0.3, 1, 3, 10, 30, 100]), np.array([1.0, 2, 5, 10, 20, 30, 60])), 2, axis=1
    )
    both = with_nonspecific(ONE_SITE)
    return [
        Case("saturation binding", both, saturation, (4200, 2, 310, 45), ("Bmax", "Kd"), 0.03),
        Case(
            "saturation binding, scatter grows with the reading, weights 1/y2",
            both, saturation, (4200, 2, 310, 45), ("Bmax", "Kd"), 0.05, relative=True,
        ),
        Case(
            "saturation binding with ligand depletion",
            depletion_model(15000.0), depleted, (9000, 1.5, 0.02), ("Bmax", "Kd"), 0.03,
        ),
        Case("competition", THREE, doses, (3000, 350, 20), ("EC50",), 0.05),
        Case("concentration-response", FOUR, doses, (2, 90, 5, 1.2), ("EC50", "end", "Hill"), 0.05),
        Case(
            "concentration-response, five parameters",
            FIVE, doses, (2, 90, 5, 1.2, 0.6), ("EC50", "end"), 0.05,
        ),
        Case(
            "concentration-response, five parameters of the effect",
            FIVE_EFFECT, doses, (2, 90, 5, 1.2, 0.6), ("EC50", "end"), 0.05,
        ),
        Case(
            "association and dissociation, by kon",
            joint_kinetics(1, by_kd=False), np.hstack([rising, falling]),
            (1000, 0.02, 0.05, 4, 20, 800, 30), ("Bmax", "kon", "koff"), 0.03,
        ),
        Case(
            "association and dissociation, by Kd",
            joint_kinetics(1, by_kd=True), np.hstack([rising, falling]),
            (1000, 2.5, 0.05, 4, 20, 800, 30), ("Kd",), 0.03,
        ),
        Case(
            "kinetics of a competitor",
            motulsky_mahan(), rivals, (1000, 0.02, 0.05, 0.001, 0.2),
            ("kon", "koff", "kon of competitor", "koff of competitor"), 0.02,
        ),
        Case(
            "operational model", operational_model(3), conditions, (2, 98, 10, 8, 0.4, 0.1),
            ("KA", "tau", "q1", "q2"), 0.03,
        ),
        Case(
            "operational model, Black-Leff slope 1.4", operational_model(3, "black-leff"),
            conditions, (2, 98, 10, 8, 1.4, 0.4, 0.1), ("KA", "tau", "n", "q1", "q2"), 0.03,
        ),
        Case(
            "operational model, Hill slope 0.8", operational_model(3, "hill"),
            conditions, (2, 98, 10, 8, 0.8, 0.4, 0.1), ("KA", "tau", "n", "q1", "q2"), 0.03,
        ),
        Case(
            "inositol phosphate time course", ACCUMULATION, surface, (120, 0.08, 9, 10),
            ("rate", "kdes", "KA"), 0.04,
        ),
        Case(
            "inositol phosphate time course without lithium", LOSS, surface,
            (120, 0.08, 0.03, 9, 10), ("rate", "kdes", "kdeg", "KA"), 0.03,
        ),
    ]  # fmt: skip


def measure(case: Case, runs: int, random: np.random.Generator) -> dict[str, object]:
    """The share of `runs` simulations whose 95 % interval holds the truth, by parameter."""
    truth = np.array(case.truth, dtype=float)
    mean = case.model.predict(case.x, truth)
    scatter = case.sd * (np.abs(mean) if case.relative else np.abs(mean).max())
    y = mean + random.normal(0, 1, (runs, mean.size)) * scatter
    weight = 1 / y**2 if case.relative else None
    started = perf_counter()
    fits = fit_many(case.model, case.x, y, weight=weight, tries=2)
    intervals = fits.intervals(case.asked)
    seconds = perf_counter() - started
    shares = {}
    for name in case.asked:
        value = truth[case.model.names.index(name)]
        hits = [
            (entry.low is None or entry.low <= value)
            and (entry.high is None or value <= entry.high)
            for entry in intervals[name]
        ]
        both = [entry.low is not None and entry.high is not None for entry in intervals[name]]
        shares[name] = {"coverage": float(np.mean(hits)), "both bounds": float(np.mean(both))}
    return {
        "assay": case.name,
        "runs": runs,
        "readings": int(mean.size),
        "sd": case.sd,
        "converged": float(fits.converged.mean()),
        "parameters": shares,
        "seconds": round(seconds, 1),
    }


def _experiments(runs: int, random: np.random.Generator) -> dict[str, object]:
    """Coverage of the intervals over experiments: 3 and 4 runs, spread 0.3 and 0.5 in ln units."""
    inside, ratio_inside = [], []
    for _ in range(runs):
        a, b = np.exp(random.normal(1.0, 0.3, 3)), np.exp(random.normal(0.0, 0.5, 4))
        mean = over_experiments("x", a.tolist(), unit=None, group=None, level=0.95)
        ratio, _ = ratio_of_means("x", a.tolist(), b.tolist(), group="g", level=0.95)
        inside.append(_holds(mean.low, mean.high, float(np.exp(1.0))))
        ratio_inside.append(_holds(ratio.low, ratio.high, float(np.exp(1.0))))
    return {
        "assay": "several experiments",
        "runs": runs,
        "parameters": {
            "geometric mean": {"coverage": float(np.mean(inside))},
            "ratio of two groups": {"coverage": float(np.mean(ratio_inside))},
        },
    }


def _holds(low: float | None, high: float | None, value: float) -> bool:
    return low is not None and high is not None and low <= value <= high


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=None, help="A fresh one unless given.")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else int(np.random.SeedSequence().entropy % 2**32)
    random = np.random.default_rng(seed)
    jobs: list[Callable[[], dict[str, object]]] = [
        lambda case=case: measure(case, given.runs, random) for case in cases()
    ]
    jobs.append(lambda: _experiments(given.runs, random))
    rows, outside = [], []
    for job in jobs:
        row = job()
        rows.append(row)
        for name, found in row["parameters"].items():  # type: ignore[attr-defined]
            share = found["coverage"]
            if not 0.93 <= share <= 0.97:
                outside.append(f"{row['assay']}: {name} {share:.3f}")
            print(f"{row['assay']:66} {name:20} {share:.3f}")
    print(f"seed {seed}; outside 93 to 97 %: {outside or 'none'}")
    figures = {"benchmark": "coverage", "seed": seed, "outside": outside, "assays": rows}
    save(given.out, figures, "numpy", "scipy")


if __name__ == "__main__":
    main()
