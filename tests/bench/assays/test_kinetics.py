"""Binding kinetics: constants with intervals of their own, the fitted level, lack of fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.bench import simulated

from hepatica.bench import analyse
from hepatica.bench.models.kinetics import motulsky_mahan
from hepatica.bench.result import Status, Verdict

TIMES = (1.0, 3, 6, 10, 20, 30, 45, 60)
TRUTH = (1000.0, 0.02, 0.05, 0.001, 0.2)  # Kd 2.5 nM, Ki 200 nM


def beside(rivals: tuple[float, ...], seed: int = 4) -> dict[str, Any]:
    """Association of 3 nM radioligand beside a competitor, in duplicate."""
    x = np.array([[3.0, rival, time] for rival in rivals for time in TIMES for _ in range(2)]).T
    y = motulsky_mahan().predict(x, np.array(TRUTH))
    y = y + np.random.default_rng(seed).normal(0, 4, x.shape[1])
    return {"ligand [nM]": x[0], "competitor [nM]": x[1], "time [min]": x[2], "signal [dpm]": y}


def test_both_forms_of_the_competitor_model_are_one():
    x = np.array([np.full(16, 3.0), np.repeat([0.0, 200.0], 8), np.tile(TIMES, 2)])
    rates = motulsky_mahan().predict(x, np.array(TRUTH))
    constants = motulsky_mahan(by_affinity=True).predict(x, np.array([1000, 2.5, 0.05, 200, 0.2]))
    assert constants == pytest.approx(rates, rel=1e-12)


def test_kd_and_ki_of_a_competitor_have_intervals():
    result = analyse("kinetics", beside((0.0, 50, 200, 800)))
    for name, truth in (("Kd", 2.5), ("Ki", 200.0)):
        found = result.estimate(name)
        assert found.verdict is Verdict.OK
        assert found.low is not None
        assert found.high is not None
        assert found.low < truth < found.high
    off, on = (
        result.estimate("koff of competitor").value,
        result.estimate("kon of competitor").value,
    )
    assert off is not None
    assert on is not None
    assert result.estimate("Ki").value == pytest.approx(off / on, rel=1e-4)
    assert "Motulsky and Mahan 1984" in result.methods[0]


def test_one_competitor_dose_alone_fixes_no_bmax():
    result = analyse("kinetics", beside((200.0,), seed=2))
    for name in ("kon", "koff", "Bmax", "Kd"):
        found = result.estimate(name)
        low, high = found.low, found.high
        assert found.verdict is not Verdict.OK or (low and high and high / low <= 1000), found


def test_kd_of_too_short_an_association_is_not_estimable():
    random = np.random.default_rng(3)
    rows = [(dose, time) for dose in (1.0, 3.0, 10.0) for time in (0.1, 0.2, 0.3, 0.5)] * 2
    table = {
        "ligand [nM]": [dose for dose, _ in rows],
        "time [min]": [time for _, time in rows],
        "signal [dpm]": [20 * dose * time + random.normal(0, 3) for dose, time in rows],
    }
    assert analyse("kinetics", table).estimate("Kd").verdict is Verdict.NOT_ESTIMABLE


def test_the_fitted_level_is_shown():
    table = simulated.kinetics()
    table["signal [dpm]"] = [y + 25 for y in table["signal [dpm]"]]
    found = analyse("kinetics", table).estimate("nonspecific")
    assert found.low is not None
    assert found.high is not None
    assert found.low < 25 < found.high
    bare = analyse("kinetics", table, {"nonspecific": "none"})
    assert "nonspecific" not in {entry.name for entry in bare.estimates}
    assert not any("non-specific" in line for line in bare.methods)


def test_a_model_that_misses_its_replicates_fails():
    """Association that falls again is no association at one site."""
    table = {name: values * 2 for name, values in simulated.kinetics().items()}
    pairs = zip(table["time [min]"], table["signal [dpm]"], strict=True)
    faded = [y * (0.5 if time > 20 else 1.0) for time, y in pairs]
    random = np.random.default_rng(5)
    for signal, status in ((table["signal [dpm]"], Status.PASSED), (faded, Status.FAILED)):
        noisy = [y + random.normal(0, 5) for y in signal]
        result = analyse("kinetics", {**table, "signal [dpm]": noisy})
        assert next(c for c in result.checks if c.name == "lack of fit").status is status


def test_two_rates_of_dissociation_are_no_single_koff():
    time = np.repeat([0.0, 2, 5, 10, 20, 40, 60, 120, 180, 240], 3)
    y = 500 * np.exp(-0.3 * time) + 500 * np.exp(-0.01 * time)
    y = y + np.random.default_rng(3).normal(0, 12, time.size)
    table = {"phase": ["dissociation"] * time.size, "ligand [nM]": np.full(time.size, 5.0),
             "time [min]": time, "signal [dpm]": y}  # fmt: skip
    koff = analyse("kinetics", table).estimate("koff")
    assert koff.verdict is Verdict.EXTRAPOLATED
    assert "the model misses the readings by" in str(koff.reason)


def test_readings_without_replicates_show_a_misfit_by_its_streaks():
    table = simulated.kinetics()
    pairs = zip(table["time [min]"], table["signal [dpm]"], strict=True)
    table["signal [dpm]"] = [y * (0.5 if time > 20 else 1.0) for time, y in pairs]
    result = analyse("kinetics", table)
    assert next(c for c in result.checks if c.name == "runs").status is Status.FAILED
