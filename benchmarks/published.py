"""Network meta-analyses as their paper prints them: every figure to half of its last digit.

    python -m benchmarks.published REFERENCE.yaml [--out FILE]

The file holds networks with the counts of their trials and the printed figures;
tests/bench/pool/published_networks.yaml is one.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Any

import yaml

from benchmarks.results import save
from hepatica.bench.pool.effects import Measure
from hepatica.bench.pool.network.arms import from_studies
from hepatica.bench.pool.network.consistency import decomposition
from hepatica.bench.pool.network.fit import fit, network_tau2
from hepatica.bench.pool.network.ranking import p_scores
from hepatica.bench.pool.study import Arm, Study

Z = 1.959963984540054  # of a 95 % interval


@dataclass(frozen=True)
class Printed:
    """A figure of ours and the one in print, with so many decimals."""

    name: str
    found: float
    printed: float
    decimals: int

    @property
    def holds(self) -> bool:
        return abs(self.found - self.printed) <= 0.5 * 10.0**-self.decimals + 1e-9


def compared(network: dict[str, Any]) -> Iterator[Printed]:
    """Every printed figure of a network beside ours."""
    studies = [
        Study(label=label, arms=tuple(
            Arm(treatment=treatment, events=events, total=total)
            for treatment, (events, total) in arms.items()
        ))
        for label, arms in network["studies"].items()
    ]  # fmt: skip
    nodes = from_studies(Measure.ODDS_RATIO, studies)[0]
    tau2 = network_tau2(nodes) if network["model"] == "random" else 0.0
    whole = fit(nodes, tau2)
    for treatment, printed in network["effects"].items():
        effect, se = whole.against(treatment, network["against"])
        ours = [exp(effect + sign * Z * se) for sign in (0, -1, 1)]
        for part, found, said in zip(("", " low", " high"), ours, printed, strict=True):
            yield Printed(f"{treatment}{part}", found, said, 2)
    if "tau2" in network:
        yield Printed("tau2", tau2, network["tau2"], 4)
    parts = {part.name: part for part in decomposition(nodes)}
    for name, (q, df) in network.get("q", {}).items():
        yield Printed(f"Q {name}", parts[name].q, q, 2)
        yield Printed(f"df {name}", parts[name].df, df, 0)
    scores = dict(p_scores(whole))
    for treatment, score in network.get("p_scores", {}).items():
        # Ours is high where the odds are high; the paper ranks few events first.
        yield Printed(f"P-score {treatment}", 1 - scores[treatment], score, 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    figures: dict[str, Any] = {}
    for name, network in yaml.safe_load(asked.reference.read_text(encoding="utf-8")).items():
        rows = list(compared(network))
        held = sum(row.holds for row in rows)
        print(f"{network['title']}: {held} of {len(rows)} printed figures")
        for row in rows:
            if not row.holds:
                print(f"    {row.name}: {row.found:.5g}, printed {row.printed}")
        figures[name] = {"held": held, "figures": len(rows), "title": network["title"]}
    save(asked.out, figures, "numpy", "scipy")


if __name__ == "__main__":
    main()
