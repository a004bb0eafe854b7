"""Five parameters: Prism's form and drc's, its mirror, and which of them a table takes."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica.bench import analyse
from hepatica.bench.effective_dose import effective_dose
from hepatica.bench.fit import fit
from hepatica.bench.models.logistic import FIVE, FIVE_EFFECT, FOUR
from hepatica.bench.result import AssayResult, Verdict

DOSES = np.repeat([0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000], 2)
# Simulated in Prism's form: 5 to 100, EC50 5, Hill 1.5, S 0.3, SD 0.8.
RISING = np.array(
    [5.9, 5.3, 7.6, 7.0, 8.4, 9.9, 12.8, 12.7, 18.6, 18.8, 26.9, 29.4, 41.7, 44.9, 67.2, 66.3,
     88.3, 87.3, 97.8, 97.4, 100.3, 100.3, 99.2, 99.4]
)  # fmt: skip
# The same in the form that mirrors it.
MIRRORED = np.array(
    [5.3, 4.8, 3.2, 6.6, 3.4, 3.5, 4.7, 6.2, 9.9, 8.3, 20.2, 20.7, 41.8, 42.2, 63.6, 64.9, 78.5,
     76.2, 87.2, 87.4, 92.7, 91.6, 94.4, 94.7]
)  # fmt: skip
# R 4.2.2, drc 3.2-0, LL.5, relTol 1e-14, which stops at a sum of squares of 14.92497.
DRC = {"Hill": 1.51600946, "zero": 5.03178884, "end": 100.09597408, "asymmetry": 0.30701609}
DRC_DOSES = {20: 0.65611438, 50: 5.03600208, 90: 37.41355426}


def read(response: np.ndarray, **study: object) -> AssayResult:
    table = {"dose [nM]": DOSES, "response [%]": response}
    return analyse("response", table, {"model": "five", **study})


def test_a_rising_curve_is_that_of_drc() -> None:
    fitted = fit(FIVE_EFFECT, DOSES, RISING)
    assert fitted.ss <= 14.92497322
    for name, value in DRC.items():
        assert fitted.value(name) == pytest.approx(value, rel=2e-3)
    for percent, dose in DRC_DOSES.items():
        assert effective_dose(fitted, percent / 100)[0] == pytest.approx(dose, rel=2e-3)


def test_asymmetry_of_a_rising_curve_is_prisms() -> None:
    result = read(RISING, effective_doses=[20, 90])
    for name, truth in (("EC50", 5), ("bottom", 5), ("top", 100), ("Hill", 1.5)):
        found = result.estimate(name)
        assert found.verdict is Verdict.OK
        assert found.low is not None
        assert found.high is not None
        assert found.low < truth < found.high
    assert result.estimate("asymmetry").value == pytest.approx(0.3068, rel=1e-3)
    assert result.estimate("EC20").value == pytest.approx(DRC_DOSES[20], rel=2e-3)
    assert result.estimate("EC90").value == pytest.approx(DRC_DOSES[90], rel=2e-3)
    assert "(1 + (C/x)^Hill)^asymmetry" in " ".join(result.methods)
    assert not result.warnings


def test_the_mirrored_form_is_taken_where_it_fits_plainly_better_and_named() -> None:
    result = read(MIRRORED)
    assert result.estimate("asymmetry").value == pytest.approx(0.344, rel=1e-2)
    assert result.estimate("EC50").value == pytest.approx(4.905, rel=1e-3)
    assert "(1 + (x/C)^Hill)^asymmetry" in " ".join(result.methods)
    assert "not Prism's S" in result.warnings[0]
    entry = result.comparisons[0]
    assert entry.prefers == "their mirrored form"
    assert entry.delta_aicc is not None
    assert entry.delta_aicc > 2


def test_of_a_falling_curve_the_elisa_form_is_prisms() -> None:
    falling = read(105 - MIRRORED)
    assert falling.estimate("asymmetry").value == pytest.approx(0.344, rel=1e-2)
    assert "(1 + (x/C)^Hill)^asymmetry" in " ".join(falling.methods)
    assert not falling.warnings
    assert "not Prism's S" in read(105 - RISING).warnings[0]


def test_a_symmetric_curve_keeps_prisms_form() -> None:
    y = FOUR.predict(DOSES, np.array([5.0, 100, 5, 1])) + np.random.default_rng(1).normal(0, 1, 24)
    for readings in (y, FOUR.predict(DOSES, np.array([5.0, 100, 5, 1]))):
        result = read(readings)
        assert result.comparisons[0].prefers == "neither plainly"
        assert "(1 + (C/x)^Hill)^asymmetry" in " ".join(result.methods)


def test_groups_take_one_form() -> None:
    table = {
        "dose [nM]": np.tile(DOSES, 2), "response [%]": np.concatenate([RISING, RISING * 0.8]),
        "group": ["a"] * 24 + ["b"] * 24,
    }  # fmt: skip
    result = analyse("response", table, {"model": "five", "control": "a"})
    for group in ("a", "b"):
        assert result.estimate("asymmetry", group).value == pytest.approx(0.3068, rel=1e-2)
    assert sum("mirrored form" in entry.other for entry in result.comparisons) == 1


@pytest.mark.parametrize("asymmetry", [0.3, 1.0, 4.0])
def test_both_forms_are_mirrors_with_half_the_effect_at_ec50(asymmetry: float) -> None:
    dose = np.geomspace(0.01, 100, 9)
    effect = FIVE_EFFECT.predict(dose, np.array([0.0, 1, 2, 1.3, asymmetry]))
    rest = FIVE.predict(4 / dose, np.array([0.0, 1, 2, 1.3, asymmetry]))
    assert effect == pytest.approx(1 - rest, rel=1e-12)
    assert FIVE_EFFECT.predict(np.array([0.0, 2.0]), np.array([5.0, 9, 2, 1.3, asymmetry])) == (
        pytest.approx([5, 7])
    )


def test_the_methods_hold_the_formula_that_was_fitted() -> None:
    for model, part in (("three", "x / (EC50 + x)"), ("four", "x^Hill / (EC50^Hill + x^Hill)")):
        assert part in " ".join(read(RISING, model=model).methods)
