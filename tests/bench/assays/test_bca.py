"""BCA against known truth; readings beyond the curve are bounds."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from hepatica.bench import analyse
from hepatica.bench.assays.bca import Polynomial
from hepatica.bench.registry import example, run
from hepatica.bench.result import AssayResult, Status, Verdict
from hepatica.errors import InputError

Floats = NDArray[np.float64]
LEVELS = np.array([0.0, 25, 125, 250, 500, 750, 1000, 1500, 2000])


def absorbance(x: Floats) -> Floats:
    curve: Floats = 0.002 + 1.05e-3 * x - 1.1e-7 * x**2
    return curve


def protein(
    x: Floats, y: Floats, *signals: float, dilution: float = 1, **study: Any
) -> AssayResult:
    count = len(signals)
    data = {
        "kind": ["standard"] * len(x) + ["sample"] * count,
        "concentration": [*map(str, x.tolist()), *[""] * count],
        "signal": [*y.tolist(), *signals],
        "sample": [""] * len(x) + [f"s{n}" for n in range(count)],
        "dilution": [""] * len(x) + [str(dilution)] * count,
    }
    return analyse("bca", data, {"units": {"concentration": "µg/ml"}} | study)


def test_truth_and_what_a_straight_line_would_say(shared: Path) -> None:
    expected = yaml.safe_load((shared / "data/bench/expected.yaml").read_text())
    wanted = expected["synthetic"]["bca_quadratic"]
    with (shared / "data/bench/synthetic/bca_quadratic.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    x = np.array([float(row["bsa_ug_ml"]) for row in rows])
    y = np.array([float(row["a562_blank_corrected"]) for row in rows])
    for curve, inverse in (
        ("quadratic", wanted["inverse"]),
        ("linear", wanted["linear_fit_same_data"]["inverse"]),
    ):
        result = protein(x, y, *(float(signal) for signal in inverse), curve=curve)
        for number, value in enumerate(inverse.values()):
            assert result.estimate("protein", f"s{number}").value == pytest.approx(value, rel=1e-6)
    assert Polynomial(x, y, 2).vertex == pytest.approx(wanted["vertex_ug_ml"], rel=1e-6)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(20261122)
    x = np.repeat(LEVELS, 2)
    inside = 0
    for _ in range(1000):
        curve = Polynomial(x, absorbance(x) + rng.normal(0, 0.01, len(x)), 2)
        signal = float(absorbance(np.array([600.0]))[0] + rng.normal(0, 0.01, 2).mean())
        found = curve.read(signal, 2, 0.95)
        inside += found.low <= 600 <= found.high
    assert 930 <= inside <= 970


def test_a_dilution_multiplies_value_and_interval() -> None:
    x = np.repeat(LEVELS, 2)
    y = absorbance(x) + 0.002 * np.tile([1.0, -1.0], len(LEVELS))
    once, ten = (protein(x, y, 0.6, dilution=d).estimate("protein") for d in (1, 10))
    assert None not in (once.value, once.low, ten.value, ten.low)
    assert ten.value == pytest.approx(10 * (once.value or 0))
    assert ten.low == pytest.approx(10 * (once.low or 0))
    assert ten.group == "s0 at 1:10"


X = np.repeat(LEVELS, 2)
Y = absorbance(X) + 0.002 * np.tile([1.0, -1.0], len(LEVELS))
DEGENERATE: list[tuple[str, Floats, Floats, float, Verdict, str]] = [
    ("above the top standard", X, Y, 2.0, Verdict.ONE_SIDED, "above the top standard"),
    ("beyond the vertex", X, Y, 99.0, Verdict.ONE_SIDED, "above the top standard"),
    ("below the blank", X, Y, -0.2, Verdict.ONE_SIDED, "below the lowest standard"),
    ("flat", X, np.tile([0.1, 0.11, 0.09], 6), 0.1, Verdict.NOT_ESTIMABLE, "does not change"),
    ("constant", X, np.full(len(X), 0.1), 0.1, Verdict.NOT_ESTIMABLE, "does not change"),
    ("falling", X, 2 - Y, 0.5, Verdict.NOT_ESTIMABLE, "does not rise"),
    ("three levels", X[:6], Y[:6], 0.05, Verdict.NOT_ESTIMABLE, "3 standard level(s)"),
    ("sound", X, Y, 0.5, Verdict.OK, ""),
]


@pytest.mark.parametrize(("x", "y", "signal", "verdict", "reason"),
                         [case[1:] for case in DEGENERATE],
                         ids=[case[0] for case in DEGENERATE])  # fmt: skip
def test_verdict(x: Floats, y: Floats, signal: float, verdict: Verdict, reason: str) -> None:
    found = protein(x, y, signal).estimate("protein")
    assert found.verdict is verdict
    assert reason in (found.reason or "")
    if verdict is not Verdict.OK:
        assert found.value is None


def test_a_curve_that_turns_inside_its_range_is_read_to_the_vertex_only() -> None:
    y = 1e-3 * X - 3.5e-7 * X**2 + 0.001 * np.tile([1.0, -1.0], len(LEVELS))
    result = protein(X, y, 0.72)
    assert result.estimate("protein").low == pytest.approx(1e-3 / 7e-7, rel=0.02)
    assert result.checks[0].status is Status.FAILED


def test_negative_protein_standard_is_an_error() -> None:
    with pytest.raises(InputError, match="0 or more"):
        protein(X - 1, Y, 0.5)


def test_the_example_finds_what_was_simulated(tmp_path: Path) -> None:
    table, study = example("bca")
    (tmp_path / "b.csv").write_text(table, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(study, encoding="utf-8")
    result = run("bca", tmp_path / "b.csv", tmp_path / "b.yaml")
    found = result.estimate("protein", "R1 at 1:5")
    assert found.value == pytest.approx(3400, rel=0.03)
    assert found.unit == "µg/ml"
    assert result.estimate("protein", "R2").low == 2000


def test_a_signal_that_reads_twice_on_a_curve_that_turns_is_not_estimable() -> None:
    x = np.array([0.0, 125, 250, 500, 1000, 1500, 2000])
    y = np.array([0.100, 0.291, 0.463, 0.750, 1.100, 1.150, 0.900])
    found = protein(x, y, 0.95)
    assert found.estimate("protein").verdict is Verdict.NOT_ESTIMABLE
    assert "turns at 1333" in str(found.estimate("protein").reason)
    assert protein(x, y, 0.5).estimate("protein").verdict is Verdict.OK


@pytest.mark.parametrize(
    ("x", "y", "status"),
    [
        ([0.0, 125, 250, 500, 1000, 2000], [1.5, 1.438, 1.375, 1.25, 1.0, 0.5], Status.FAILED),
        ([0.0, 1000], [0.1, 0.8], Status.NOT_ASSESSED),
    ],
)
def test_the_check_of_a_curve_says_what_the_reason_says(
    x: list[float], y: list[float], status: Status
) -> None:
    (check,) = [c for c in protein(np.array(x), np.array(y), 0.7).checks if "rises" in c.name]
    assert check.status is status
    assert check.note


def plate(*wells: tuple[str, float, float], **study: Any) -> AssayResult:
    """Standards without fault, and `wells` of (sample, dilution, protein in the well)."""
    signals = [float(absorbance(np.array([value]))[0]) for _, _, value in wells]
    data = {
        "kind": ["standard"] * len(X) + ["sample"] * len(wells),
        "concentration": [*map(str, X.tolist()), *[""] * len(wells)],
        "signal": [*Y.tolist(), *signals],
        "sample": [""] * len(X) + [name for name, _, _ in wells],
        "dilution": [""] * len(X) + [str(dilution) for _, dilution, _ in wells],
    }
    return analyse("bca", data, {"units": {"concentration": "µg/ml"}} | study)


def test_a_protein_that_cannot_be_told_from_none_is_a_bound() -> None:
    found = plate(("s", 50, 1.0)).estimate("protein")
    assert found.verdict is Verdict.ONE_SIDED
    assert found.low is None
    assert found.high == 50 * 25
    assert "cannot be told from that without protein" in str(found.reason)
    assert plate(("s", 50, 20.0)).estimate("protein").verdict is Verdict.OK


WELLS: list[tuple[str, tuple[float, ...], Verdict]] = [
    ("agree", (500, 520), Verdict.OK),
    ("disagree", (500, 560, 700), Verdict.EXTRAPOLATED),
    ("as far apart as the curve", (200, 1000), Verdict.NOT_ESTIMABLE),
    ("on both sides of the top", (1200, 4500), Verdict.NOT_ESTIMABLE),
    ("all above the top", (2600, 4500), Verdict.ONE_SIDED),
]


@pytest.mark.parametrize(("wells", "verdict"), [case[1:] for case in WELLS],
                         ids=[case[0] for case in WELLS])  # fmt: skip
def test_wells_that_disagree_give_their_own_interval_or_none(
    wells: tuple[float, ...], verdict: Verdict
) -> None:
    result = plate(*(("s", 1, value) for value in wells))
    found = result.estimate("protein")
    assert found.verdict is verdict
    if verdict is Verdict.EXTRAPOLATED:
        assert None not in (found.value, found.low)
        assert (found.low or 0) < 0.7 * (found.value or 0)
        assert "CV 16 %, at most 15 % is allowed" in str(found.reason)
        loose = plate(*(("s", 1, value) for value in wells), cv=0.5).estimate("protein")
        assert loose.verdict is Verdict.OK


def test_dilutions_that_contradict_one_another_are_not_ok() -> None:
    rising = plate(("s", 5, 300), ("s", 10, 220), ("s", 20, 190), ("t", 5, 300), ("t", 10, 150))
    for dilution in (5, 10, 20):
        found = rising.estimate("protein", f"s at 1:{dilution}")
        assert found.verdict is Verdict.EXTRAPOLATED
        assert "rises with every dilution, from 1500 at 1:5 to 38" in str(found.reason)
    combined = rising.estimate("protein", "s (all dilutions in range)")
    assert combined.verdict is Verdict.NOT_ESTIMABLE
    assert rising.estimate("protein", "t at 1:5").verdict is Verdict.OK
    assert rising.estimate("protein", "t (all dilutions in range)").verdict is Verdict.OK
    apart = plate(("s", 5, 300), ("s", 10, 80))
    assert "exclude one another" in str(apart.estimate("protein", "s at 1:5").reason)


def test_limits_are_shares() -> None:
    for name in ("cv", "linearity"):
        with pytest.raises(InputError, match="expected a share"):
            plate(("s", 1, 500), **{name: 20})
