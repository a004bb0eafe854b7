"""Protein by BCA: the quadratic standard curve read backwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.expected import Comparison, rows, same
from hepatica.bench import analyse

EXACT = 1e-6


def bca(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    table = rows(folder / "synthetic/bca_quadratic.csv")
    standards = [(float(row["bsa_ug_ml"]), float(row["a562_blank_corrected"])) for row in table]
    samples = [(float(reading), None) for reading in section["inverse"]]
    beyond = max(y for _, y in standards) + 0.1
    for curve, said in (("quadratic", section), ("linear", section["linear_fit_same_data"])):
        data = {
            "kind": ["standard"] * len(standards) + ["sample"] * (len(samples) + 1),
            "concentration": [x for x, _ in standards] + [""] * (len(samples) + 1),
            "signal": [y for _, y in standards] + [y for y, _ in samples] + [beyond],
            "sample": [""] * len(standards) + [f"A {y:g}" for y, _ in samples] + ["beyond"],
        }
        result = analyse("bca", data, {"curve": curve, "units": {"concentration": "ug/ml"}})
        if curve == "quadratic":
            for name, value in section["truth"].items():
                found = result.estimate(name).value
                yield Comparison(f"truth {name}", found or np.nan, value, EXACT)
            c1, c2 = (result.estimate(name).value or np.nan for name in ("c1", "c2"))
            yield Comparison("vertex", -c1 / (2 * c2), section["vertex_ug_ml"], EXACT)
            verdict = str(result.estimate("protein", "beyond").verdict)
            yield same("beyond the top standard", verdict, "one-sided")
        else:
            for name, key in (("c0", "intercept"), ("c1", "slope")):
                found = result.estimate(name).value
                yield Comparison(f"straight line {key}", found or np.nan, said[key], EXACT)
        for reading, value in said["inverse"].items():
            found = result.estimate("protein", f"A {float(reading):g}").value
            yield Comparison(f"{curve} at {reading}", found or np.nan, value, EXACT)


SECTIONS = {"synthetic.bca_quadratic": bca}
