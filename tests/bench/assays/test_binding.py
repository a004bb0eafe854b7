"""Saturation binding: what cannot be is named, what was done is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.bench import simulated

from hepatica.bench import analyse
from hepatica.bench.result import Verdict

COUNTS = {
    "specific_activity": "45 Ci/mmol", "efficiency": 0.48, "protein": "75 µg", "volume": "0.25 ml",
}  # fmt: skip


def in_cpm(factor: float = 1.0) -> dict[str, Any]:
    table = simulated.binding()
    per = 2.22 * 45 * 0.48 * 0.075 * factor
    signal = table.pop("signal [fmol/mg]")
    return {**table, "signal [cpm]": [y * per for y in signal]}


def total_only() -> dict[str, Any]:
    table = simulated.binding()
    rows = [kind == "total" for kind in table["kind"]]
    return {k: [v for v, kept in zip(vs, rows, strict=True) if kept] for k, vs in table.items()}


def test_more_ligand_bound_than_was_added_is_no_result():
    fine, wrong = analyse("binding", in_cpm(), COUNTS), analyse("binding", in_cpm(20), COUNTS)
    assert fine.estimate("Bmax").verdict is not Verdict.NOT_ESTIMABLE
    for name in ("Bmax", "Kd", "NS"):
        found = wrong.estimate(name)
        assert found.verdict is Verdict.NOT_ESTIMABLE
        assert "of the ligand added would be bound, which cannot be" in str(found.reason)
    assert not any("model with ligand depletion is fitted" in told for told in wrong.warnings)


def test_more_non_specific_binding_than_ligand_is_no_result():
    table = in_cpm()
    flags = zip(table["signal [cpm]"], table["kind"], strict=True)
    table["signal [cpm]"] = [y * 500 if kind == "nonspecific" else y for y, kind in flags]
    assert "cannot be" in str(analyse("binding", table, COUNTS).estimate("NS").reason)


def test_kinds_that_are_swapped_are_named():
    table = simulated.binding()
    other = {"total": "nonspecific", "nonspecific": "total"}
    table["kind"] = [other[kind] for kind in table["kind"]]
    found = analyse("binding", table)
    assert "8 of 8 concentrations: are the kinds swapped?" in str(found.estimate("Bmax").reason)
    assert found.estimate("NS").verdict is Verdict.NOT_ESTIMABLE


@pytest.mark.parametrize("seed", range(8))
def test_no_specific_binding_is_not_called_swapped(seed):
    found = analyse("binding", simulated.binding(bmax=0.0, seed=seed))
    assert found.estimate("Bmax").verdict is Verdict.NOT_ESTIMABLE
    assert "swapped" not in str(found.estimate("Bmax").reason)


def test_one_site_where_two_fit_far_better_is_apparent():
    doses = np.geomspace(0.02, 300, 16)
    random = np.random.default_rng(2)
    y = 1000 * doses / (0.3 + doses) + 3000 * doses / (20 + doses) + random.normal(0, 15, 16)
    table = {"concentration [nM]": doses, "signal [fmol/mg]": y}
    found = analyse("binding", table, {"readings": "specific"})
    assert found.estimate("Kd").verdict is Verdict.EXTRAPOLATED
    assert "apparent" in str(found.estimate("Kd").reason)
    (warning,) = found.warnings
    assert "two sites to one site" in warning
    assert "Hill slope less so" in warning
    chosen = analyse("binding", table, {"readings": "specific", "model": "one-site"})
    assert chosen.estimate("Kd").verdict is Verdict.OK  # asked for, and warned about
    assert chosen.warnings == found.warnings


def test_every_wider_model_is_compared():
    """Its own starts may end worse than one site; one site's solution is then the start."""
    for seed in range(6):
        found = analyse("binding", simulated.binding(seed=seed))
        assert {entry.other for entry in found.comparisons} == {"Hill slope", "two sites"}


def test_exact_data_prefer_one_site():
    doses = np.tile(np.geomspace(0.05, 50, 12), 2)
    total = np.repeat([1.0, 0.0], 12)
    table = {
        "concentration [nM]": doses,
        "kind": ["total" if flag else "nonspecific" for flag in total],
        "signal [fmol/mg]": total * 200 * doses / (1.5 + doses) + 4 * doses + 6,
    }
    found = analyse("binding", table)
    assert {entry.prefers for entry in found.comparisons} == {"one site"}
    assert found.warnings == ()


def test_methods_say_what_was_done():
    both = analyse("binding", simulated.binding())
    assert "Total and non-specific binding fitted together" in both.methods[0]
    total = analyse("binding", total_only())
    assert total.methods[0].startswith("Total binding fitted")
    assert total.diagnostics["model"] == "one site, total binding"
    part = {**total_only(), "kind": ["specific"] * 16}
    specific = analyse("binding", part, {"background": "none", "weights": "1/y"})
    assert specific.methods[0].startswith("Specific binding, as given")
    assert specific.diagnostics["model"] == "one site, specific binding"
    assert "Weights 1/y." in specific.methods
