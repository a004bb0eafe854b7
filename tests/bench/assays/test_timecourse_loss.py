"""Inositol phosphate without lithium: formation and loss told apart, or neither claimed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from hepatica.bench import analyse
from hepatica.bench.model import Model
from hepatica.bench.models.accumulation import ACCUMULATION, LOSS, LOSS_ONLY
from hepatica.bench.result import AssayResult, Verdict
from hepatica.errors import InputError

DOSES = [0, 1, 3, 10, 30, 100, 300]
TIMES = [2, 5, 10, 15, 20, 30, 45, 60, 90, 120]


def simulated(model: Model, values: list[float], sd: float = 12.0) -> dict[str, Any]:
    x = np.array([np.repeat(DOSES, 20), np.tile(np.repeat(TIMES, 2), 7)], dtype=float)
    noise = np.random.default_rng(1).normal(0, sd, x.shape[1])
    signal = model.predict(x, np.array(values)) + noise
    return {"agonist [nM]": x[0], "time [min]": x[1], "signal [fmol]": signal}


def run(data: dict[str, Any], **study: Any) -> AssayResult:
    return analyse("timecourse", data, {"lithium": False, **study})


@pytest.mark.parametrize(
    ("share", "kdes", "kdeg"), [(0.5, 0.08, 0.03), (0.9, 0.05, 0.045), (0.1, 0.01, 0.2)]
)
def test_the_formula_solves_the_differential_equation(
    share: float, kdes: float, kdeg: float
) -> None:
    times = np.array([5.0, 30.0, 90.0])
    exact = solve_ivp(
        lambda t, y: [-kdes * share * y[0], 100 * share * y[0] - kdeg * y[1]], (0, 90), [1, 0],
        rtol=1e-11, atol=1e-12, t_eval=times,
    ).y[1]  # fmt: skip
    dose = 9 * share / (1 - share)
    x = np.array([np.full(3, dose), times])
    assert LOSS.predict(x, np.array([100, kdes, kdeg, 9.0, 0.0])) == pytest.approx(exact, rel=1e-8)


def test_equal_rates_and_long_times_are_no_trouble() -> None:
    x = np.array([[1e9, 1e9, 1e9], [10.0, 1e3, 1e6]])
    found = LOSS.predict(x, np.array([100.0, 0.05, 0.05, 1.0, 3.0]))
    assert found[0] == pytest.approx(3 + 100 * 10 * np.exp(-0.5), rel=1e-6)
    assert found[2] == pytest.approx(3.0)
    assert np.isfinite(
        LOSS.derivatives(x, LOSS.theta(np.array([100.0, 5.0, 0.05, 1.0, 3.0])))
    ).all()


def test_rate_desensitisation_and_loss_are_found() -> None:
    result = run(simulated(LOSS, [120, 0.08, 0.03, 9, 5]))
    for name, truth in (("initial rate", 120), ("desensitisation", 0.08), ("loss", 0.03),
                        ("KA", 9)):  # fmt: skip
        found = result.estimate(name)
        assert found.verdict is Verdict.OK
        assert found.low is not None
        assert found.high is not None
        assert found.low <= truth <= found.high


def test_the_drift_of_the_ec50_and_the_bell_are_told() -> None:
    result = run(simulated(LOSS, [120, 0.08, 0.03, 9, 5]))
    assert "desensitises" in result.warnings[0]
    assert "bell" in result.warnings[1]
    drift = next(panel for panel in result.panels if panel.title.startswith("EC50"))
    line = drift.series[0].y
    assert line[0] > line[-1]


def test_loss_alone_is_not_called_desensitisation() -> None:
    result = run(simulated(LOSS_ONLY, [120, 0.03, 9, 5]))
    assert result.estimate("desensitisation").verdict is Verdict.NOT_ESTIMABLE
    assert "loss fits as well" in str(result.estimate("desensitisation").reason)
    assert result.estimate("loss").verdict is Verdict.OK


def test_desensitisation_alone_is_not_called_loss() -> None:
    result = run(simulated(ACCUMULATION, [120, 0.08, 9, 5]))
    assert result.estimate("loss").verdict is Verdict.NOT_ESTIMABLE
    assert result.estimate("desensitisation").verdict is Verdict.OK


def test_with_lithium_nothing_is_lost_and_no_loss_is_shown() -> None:
    result = run(simulated(ACCUMULATION, [120, 0.08, 9, 5]), lithium=True)
    assert "loss" not in {entry.name for entry in result.estimates}


def test_the_study_must_say() -> None:
    with pytest.raises(InputError, match="lithium: false"):
        analyse("timecourse", simulated(LOSS, [120, 0.08, 0.03, 9, 5]), {})


def test_product_that_falls_under_lithium_is_asked_about() -> None:
    data = simulated(LOSS, [120, 0.08, 0.05, 9, 5])
    kept = run(data, lithium=True)
    assert any("is 'lithium: true' right?" in warning for warning in kept.warnings)
    for name in ("initial rate", "KA", "desensitisation", "basal"):
        assert kept.estimate(name).verdict is not Verdict.OK
    assert "the model misses the readings by" in str(kept.estimate("basal").reason)
    right = run(simulated(ACCUMULATION, [120, 0.08, 9, 5]), lithium=True)
    assert not any("lithium" in warning for warning in right.warnings)
    assert right.estimate("KA").verdict is Verdict.OK


def test_a_recovery_in_two_phases_gives_no_plain_rate() -> None:
    time = np.repeat([0.0, 2, 5, 10, 20, 40, 60, 120, 180, 240], 3)
    y = 100 - 45 * np.exp(-0.5 * time) - 45 * np.exp(-0.01 * time)
    y = y + np.random.default_rng(5).normal(0, 1.5, time.size)
    data = {"agonist [nM]": np.full(time.size, 10.0), "time [min]": time, "signal [fmol]": y,
            "phase": ["recovery"] * time.size}  # fmt: skip
    found = run(data)
    assert found.estimate("recovery").verdict is Verdict.EXTRAPOLATED
    assert next(c for c in found.checks if c.name == "lack of fit, recovery").value is not None
