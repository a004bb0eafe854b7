"""Groups of saturation curves compared by shared parameters: F and AICc."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hepatica.bench import analyse
from hepatica.bench.result import AssayResult, Comparison, Verdict

LIGAND = np.repeat([0.1, 0.3, 1.0, 3.0, 10.0, 30.0], 3)


def table(
    bmax: tuple[float, float], kd: tuple[float, float], sd: float = 4.0, ns: float = 2.0
) -> dict[str, Any]:
    rng = np.random.default_rng(11)
    columns: dict[str, list[Any]] = {"concentration [nM]": [], "signal [fmol/mg]": [], "kind": [],
                                     "group": []}  # fmt: skip
    for group, top, half in zip(("control", "resistant"), bmax, kd, strict=True):
        for kind, on in (("total", 1.0), ("nonspecific", 0.0)):
            clean = on * top * LIGAND / (half + LIGAND) + ns * LIGAND
            columns["concentration [nM]"] += LIGAND.tolist()
            columns["signal [fmol/mg]"] += (clean + rng.normal(0, sd, len(LIGAND))).tolist()
            columns["kind"] += [kind] * len(LIGAND)
            columns["group"] += [group] * len(LIGAND)
    return columns


def compared(result: AssayResult, name: str) -> Comparison:
    (entry,) = [c for c in result.comparisons if c.simpler == name]
    return entry


def test_puromycin_shared_k_as_r_has_it(shared: Path) -> None:
    """F 1.71816887, p 0.20555227, AICc prefers the shared K (acceptance test B3)."""
    with (shared / "data/bench/r/Puromycin.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    data = {
        "concentration [nM]": [float(row["conc"]) for row in rows],
        "signal [cpm]": [float(row["rate"]) for row in rows],
        "group": [row["state"] for row in rows],
    }
    result = analyse("binding", data, {"readings": "specific", "control": "untreated"})
    entry = compared(result, "one Kd")
    assert (entry.f, entry.p) == pytest.approx((1.71816887, 0.2055522724), rel=1e-6)
    assert entry.prefers == "one Kd"
    assert entry.delta_aicc == pytest.approx(115.5423229 - 116.8583551, rel=1e-6)
    found = result.estimate("Kd, one for all groups")
    assert found.value == pytest.approx(0.05797190323, rel=1e-5)
    assert (found.low, found.high) == pytest.approx((0.04599080586, 0.07234273201), rel=3e-4)
    at_one = result.estimate("Bmax at one Kd", "treated")
    assert at_one.value == pytest.approx(208.6301226, rel=1e-5)
    assert compared(result, "one Bmax").prefers == "separate curves"


def test_fewer_receptors_of_the_same_affinity() -> None:
    result = analyse("binding", table((250, 100), (2.0, 2.0)), {"control": "control"})
    assert compared(result, "one Kd").prefers == "one Kd"
    assert compared(result, "one Bmax").prefers == "separate curves"
    assert compared(result, "one Bmax and one Kd").prefers == "separate curves"
    one = result.estimate("Bmax at one Kd", "resistant")
    assert one.low is not None
    assert one.high is not None
    assert one.low <= 100 <= one.high


def test_another_affinity_has_no_common_kd() -> None:
    result = analyse("binding", table((250, 250), (1.0, 6.0)), {"control": "control"})
    assert compared(result, "one Kd").prefers == "separate curves"
    assert compared(result, "one Bmax").prefers == "one Bmax"
    assert not any(entry.name.startswith("Kd, one") for entry in result.estimates)


def test_equal_groups_share_everything() -> None:
    result = analyse("binding", table((250, 250), (2.0, 2.0)), {"control": "control"})
    assert compared(result, "one Bmax and one Kd").prefers == "one Bmax and one Kd"


def test_a_group_without_binding_is_not_compared() -> None:
    result = analyse("binding", table((250, 0.01), (2.0, 2.0)), {"control": "control"})
    assert not any(entry.simpler.startswith("one Kd") for entry in result.comparisons)
    assert any("not compared by shared fits" in note for note in result.notes)


def test_two_sites_share_both_constants() -> None:
    data = table((250, 250), (2.0, 2.0))
    low = 300 * LIGAND / (80 + LIGAND)
    signal = np.array(data["signal [fmol/mg]"])
    signal += np.concatenate([low, np.zeros_like(low)] * 2)
    result = analyse("binding", data | {"signal [fmol/mg]": signal}, {"model": "two-site"})
    entry = compared(result, "one Kd")
    assert entry.df1 == 2


def test_experiments_are_compared_by_their_repeats_and_not_by_wells() -> None:
    data = table((250, 100), (2.0, 2.0))
    names = [str(number % 3) for number in range(len(data["kind"]))]
    result = analyse("binding", data | {"experiment": names}, {"control": "control"})
    assert not any(entry.simpler == "one Kd" for entry in result.comparisons)


def test_one_kd_beyond_the_concentrations_is_as_little_plain_as_two() -> None:
    """Kd 5 nM and nothing above 1.8 nM: a quarter of the sites is occupied at most."""
    ligand = np.tile(np.repeat([0.05, 0.1, 0.2, 0.4, 0.8, 1.8], 3), 4)
    total = np.repeat([1.0, 0.0, 1.0, 0.0], 18)
    group = np.repeat(["control", "resistant"], 36)
    top = np.where(group == "control", 250.0, 150.0)
    y = total * top * ligand / (5 + ligand) + 3 * ligand
    y = y + np.random.default_rng(2).normal(0, 0.5, y.size)
    kinds = np.where(total == 1, "total", "nonspecific")
    data = {"concentration [nM]": ligand, "signal [fmol/mg]": y, "kind": kinds, "group": group}
    result = analyse("binding", data, {"control": "control"})
    for name in ("Bmax", "Kd"):
        assert result.estimate(f"{name} / control").verdict is Verdict.EXTRAPOLATED
    shared = result.estimate("Kd, one for all groups")
    assert shared.verdict is Verdict.EXTRAPOLATED
    assert "beyond the concentrations tested" in str(shared.reason)
    for which in ("control", "resistant"):
        found = result.estimate("Bmax at one Kd", which)
        assert found.verdict is Verdict.EXTRAPOLATED
        assert "% of the sites" in str(found.reason)


def test_what_is_apparent_in_a_group_is_apparent_at_one_kd() -> None:
    """A second site of low affinity in both groups, fitted as one."""
    data = table((250, 250), (2.0, 2.0), sd=2.0)
    low = 300 * LIGAND / (80 + LIGAND)
    signal = np.array(data["signal [fmol/mg]"])
    signal += np.concatenate([low, np.zeros_like(low)] * 2)
    result = analyse("binding", data | {"signal [fmol/mg]": signal}, {"control": "control"})
    own = result.estimate("Kd", "control")
    assert "apparent" in str(own.reason)
    assert compared(result, "one Kd").prefers == "one Kd"
    for name in ("Kd, one for all groups", "Bmax at one Kd"):
        assert "apparent" in str(result.estimate(name).reason)
