"""Competition binding: impossible depletion, coded zeros, and what the slope carries."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from tests.bench import simulated

from hepatica.bench import analyse
from hepatica.bench.result import Verdict

TRACER = {"radioligand": "1 nM", "radioligand_kd": "2 nM", "specific_activity": "45 Ci/mmol"}


@pytest.mark.parametrize(
    ("model", "names"),
    [("one-site", ["Ki"]), ("homologous", ["Kd", "Bmax"]), ("depletion", ["Ki", "Bmax"])],
)
def test_more_radioligand_bound_than_was_added_gives_no_constant(model, names):
    study = {**TRACER, "radioligand": "0.01 nM", "volume": "0.25 ml", "model": model}
    found = analyse("competition", simulated.competition(), study)
    for name in names:
        entry = found.estimate(name)
        assert entry.verdict is Verdict.NOT_ESTIMABLE
        assert "of the radioligand added would be bound, which cannot be" in str(entry.reason)
    if model == "one-site":  # the competitor's own scale does not rest on the radioligand
        assert found.estimate("IC50").verdict is Verdict.OK


def nifedipine(shared: Path, *, zeros: bool) -> dict[str, list]:
    """[3H]nitrendipine displaced in four tissues (Bates and Watts 1988, App. A1.5)."""
    with (shared / "data/bench/r/Nitrendipene.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if zeros or float(row["log.NIF"]) > -14]
    return {
        "competitor [M]": [float(row["NIF"]) for row in rows],
        "signal [cpm]": [float(row["activity"]) for row in rows],
        "group": [row["Tissue"] for row in rows],
    }


def test_nifedipine_on_tissue_2_is_not_estimable(shared: Path):
    table = nifedipine(shared, zeros=False)
    found = analyse("competition", table, {"model": "four-parameter"})
    assert found.estimate("IC50", "1").verdict is Verdict.OK
    assert found.estimate("IC50", "2").verdict is Verdict.NOT_ESTIMABLE
    assert found.estimate("Hill", "2").verdict is Verdict.NOT_ESTIMABLE
    assert found.estimate("bottom", "2").verdict is Verdict.ONE_SIDED
    assert found.estimate("Hill", "1").verdict is Verdict.ONE_SIDED


def test_an_ic50_that_rests_on_slope_one_says_so(shared: Path):
    found = analyse("competition", nifedipine(shared, zeros=True))
    (warning,) = found.warnings
    assert warning.startswith("2: IC50 rests on the slope being 1")


def test_a_zero_written_as_a_minute_dose_is_asked_about():
    table = simulated.competition()
    table["competitor [nM]"] = [dose or 1e-5 for dose in table["competitor [nM]"]]
    found = analyse("competition", table, TRACER)
    assert any("lies 100000-fold below the next" in told for told in found.warnings)
    plain = analyse("competition", simulated.competition(), TRACER)
    assert not plain.warnings


def test_methods_say_what_was_done():
    told = {
        model: " ".join(
            analyse(
                "competition", simulated.competition(),
                {**TRACER, "model": model, "volume": "25 ml"},
            ).methods
        )
        for model in ("one-site", "homologous", "depletion")
    }  # fmt: skip
    assert "Cheng and Prusoff" in told["one-site"]
    assert "Munson" not in told["one-site"]
    assert "Kd = IC50 - L" in told["homologous"]
    assert "Cheng" not in told["homologous"] + told["depletion"]
    assert "exact mass balance" in told["depletion"]
    bare = analyse("competition", simulated.competition())
    assert not any("Ki" in line for line in bare.methods)


def two_sites() -> dict[str, list[float]]:
    """Half of the sites with a Ki of 7.5 nM, half with 22 uM: from 3000 down to 200 dpm."""
    x = np.repeat([0.0, 0.3, 1, 3, 10, 30, 100, 300, 1e3, 1e4, 1e5, 1e6], 3)
    y = 200 + 1400 / (1 + x / 10) + 1400 / (1 + x / 3e4)
    return {
        "competitor [nM]": x.tolist(),
        "signal [dpm]": (y + np.random.default_rng(1).normal(0, 20, x.size)).tolist(),
    }


@pytest.mark.parametrize("model", ["one-site", "four-parameter", "homologous"])
def test_two_sites_give_no_plain_constant_of_one(model):
    study = {**TRACER, "volume": "25 ml", "model": model}
    found = analyse("competition", two_sites(), study)
    assert Verdict.OK not in {entry.verdict for entry in found.estimates}
    constant = found.estimate("Kd" if model == "homologous" else "Ki")
    assert "apparent" in str(constant.reason)
    assert "the model misses the readings by" in str(found.estimate("top").reason)


def test_a_slope_of_its_own_leaves_the_top_and_its_own_ic50():
    """Slope 0.7, with replicates that scatter: the model with a free slope fits."""
    x = np.repeat([0.0, 1, 3, 10, 30, 100, 300, 1e3, 3e3, 1e4], 4)
    y = 300 + 2700 / (1 + (x / 60) ** 0.7) + np.random.default_rng(2).normal(0, 60, x.size)
    table = {"competitor [nM]": x, "signal [dpm]": y}
    one = analyse("competition", table, TRACER)
    assert one.estimate("top").verdict is Verdict.OK
    for name in ("IC50", "Ki", "bottom"):
        assert "see 'model: four-parameter'" in str(one.estimate(name).reason)
    free = analyse("competition", table, {**TRACER, "model": "four-parameter"})
    for name in ("IC50", "Hill", "bottom", "top"):
        assert free.estimate(name).verdict is Verdict.OK
    assert free.estimate("Ki").verdict is Verdict.EXTRAPOLATED
