"""The operational model with a slope other than 1: both forms, refused where not fixed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hepatica.bench import analyse
from hepatica.bench.models.operational import Form, operational_model
from hepatica.bench.result import AssayResult, Status, Verdict
from hepatica.errors import InputError

GROUPS = ("full", "partial", "low")
DOSES = np.geomspace(0.05, 5e3, 12)
BASAL, SPAN, KA = 2.0, 98.0, 10.0


def simulated(
    form: Form, n: float, tau: float = 8.0, q: tuple[float, ...] = (0.4, 0.1), sd: float = 1.5
) -> dict[str, Any]:
    count = len(q) + 1
    x = np.array([np.tile(np.repeat(DOSES, 3), count), np.repeat(np.arange(count), 36)])
    values = [BASAL, SPAN, KA, tau, *([n] if form != "one" else []), *q]
    clean = operational_model(count, form).predict(x, np.array(values))
    y = clean + np.random.default_rng(1).normal(0, sd, x.shape[1])
    return {"dose [nM]": x[0], "response [%]": y, "group": [GROUPS[int(i)] for i in x[1]]}


def run(data: dict[str, Any], **study: Any) -> AssayResult:
    return analyse("response", data, {"model": "operational", "control": "full", **study})


@pytest.mark.parametrize("n", [0.6, 1.0, 1.7])
@pytest.mark.parametrize("tau", [0.7, 8.0])
def test_top_and_ec50_follow_the_formulas(n: float, tau: float) -> None:
    """Black-Leff: top tau^n/(1 + tau^n), EC50 KA/((2 + tau^n)^(1/n) - 1); Hill: tau/(1 + tau)."""
    for form, top, ec50 in (
        ("black-leff", tau**n / (1 + tau**n), KA / ((2 + tau**n) ** (1 / n) - 1)),
        ("hill", tau / (1 + tau), KA / (1 + tau) ** (1 / n)),
    ):
        model = operational_model(1, form)  # type: ignore[arg-type]
        x = np.array([[0.0, ec50, 1e14], [0.0, 0.0, 0.0]])
        found = model.predict(x, np.array([BASAL, SPAN, KA, tau, n]))
        assert found[0] == BASAL
        assert found[2] == pytest.approx(BASAL + SPAN * top, rel=1e-6)
        assert found[1] == pytest.approx(BASAL + SPAN * top / 2, rel=1e-9)


def test_the_forms_are_one_model_at_slope_one() -> None:
    x = np.array([DOSES, np.zeros_like(DOSES)])
    plain = operational_model(1).predict(x, np.array([BASAL, SPAN, KA, 8.0]))
    for form in ("black-leff", "hill"):
        sloped = operational_model(1, form).predict(  # type: ignore[arg-type]
            x, np.array([BASAL, SPAN, KA, 8.0, 1.0])
        )
        assert sloped == pytest.approx(plain, rel=1e-12)


@pytest.mark.parametrize(
    ("form", "words", "n"),
    [("black-leff", "Black-Leff slope", 1.5), ("hill", "Hill slope", 0.7)],
)
def test_a_free_slope_finds_the_truth_in_its_form(form: Form, words: str, n: float) -> None:
    result = run(simulated(form, n), slope="free")
    for name, truth in (("KA", KA), ("tau", 8.0), ("n", n)):
        found = result.estimate(f"{name} ({words})")
        assert found.low is not None
        assert found.high is not None
        assert found.low <= truth <= found.high
    for group, truth in (("partial", 0.4), ("low", 0.1)):
        found = result.estimate(f"q / full ({words})", group)
        assert found.low is not None
        assert found.high is not None
        assert found.low <= truth <= found.high
    last = result.comparisons[-1]
    assert (last.prefers, last.f) == (words, None)
    assert any("both forms" in note.lower() for note in result.notes)


def test_slope_one_is_the_default_and_says_when_it_does_not_fit() -> None:
    steep = run(simulated("black-leff", 1.5))
    assert {entry.name for entry in steep.estimates} == {
        "KA", "tau", "Em - basal", "basal", "q / full",
    }  # fmt: skip
    assert "prefer a slope other than 1" in steep.warnings[0]
    for entry in steep.estimates:  # basal is read at dose zero
        assert (entry.verdict is Verdict.OK) is (entry.name == "basal")
    plain = run(simulated("one", 1.0))
    assert not plain.warnings
    assert all(entry.prefers == "slope 1" for entry in plain.comparisons)


def test_a_large_reserve_with_a_free_slope_fixes_neither_affinity_nor_efficacy() -> None:
    """300 times as many receptors as needed, half of them lost: the top does not fall."""
    result = run(simulated("black-leff", 1.4, tau=300.0, q=(0.5,)), slope="free")
    for name in ("KA", "tau"):
        assert result.estimate(f"{name} (Black-Leff slope)").verdict is Verdict.NOT_ESTIMABLE
    assert any("do not fix KA and tau" in warning for warning in result.warnings)


def test_conditions_that_do_not_differ_are_refused() -> None:
    data = simulated("one", 1.0, q=(1.0, 1.0))
    result = run(data, slope="free")
    assert {entry.verdict for entry in result.estimates} != {Verdict.OK}


def test_a_measured_share_is_taken_and_not_fitted() -> None:
    result = run(simulated("hill", 0.7), slope="free", q={"low": 0.1})
    assert {entry.group for entry in result.estimates if entry.name.startswith("q")} == {"partial"}


def test_a_free_slope_belongs_to_the_operational_model() -> None:
    with pytest.raises(InputError, match="operational"):
        analyse("response", simulated("one", 1.0), {"slope": "free"})


def test_exact_data_at_slope_one_prefer_slope_one() -> None:
    result = run(simulated("one", 1.0, sd=0.0))
    assert {entry.prefers for entry in result.comparisons} == {"slope 1"}
    assert not result.warnings
    assert result.estimate("KA").value == pytest.approx(KA, rel=1e-6)


def test_a_wrong_measured_share_is_seen_and_gives_no_constants() -> None:
    """90 % of the receptors are said to be left where a tenth is: no Em explains both curves."""
    result = run(simulated("one", 1.0, tau=1.0, q=(0.1,)), q={"partial": 0.9})
    fit_check = next(check for check in result.checks if check.name == "lack of fit")
    assert fit_check.status is Status.FAILED
    for name in ("KA", "tau", "Em - basal"):
        assert result.estimate(name).verdict is Verdict.NOT_ESTIMABLE
    sound = run(simulated("one", 1.0, tau=1.0, q=(0.1,)), q={"partial": 0.1})
    assert next(c for c in sound.checks if c.name == "lack of fit").status is Status.PASSED
    assert sound.estimate("KA").verdict is Verdict.OK
