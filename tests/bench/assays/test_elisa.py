"""ELISA against reference fits, known truth and a table of degenerate plates."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from hepatica.bench import analyse
from hepatica.bench.assays.calibration import logistic_calibration
from hepatica.bench.assays.elisa import Study
from hepatica.bench.assays.elisa_range import Level, Limits, standard_checks
from hepatica.bench.fit import fit, weights
from hepatica.bench.models.logistic import FOUR
from hepatica.bench.registry import example, run
from hepatica.bench.result import AssayResult, Estimate, Status, Verdict
from hepatica.errors import InputError

Floats = NDArray[np.float64]
LEVELS = np.array([3.9, 7.8, 15.6, 31.25, 62.5, 125.0, 250.0, 500.0, 1000.0])


def signal(x: Floats) -> Floats:
    curve: Floats = 0.06 + 3.04 * x**1.15 / (120**1.15 + x**1.15)
    return curve


def plate(
    x: Floats, y: Floats, samples: tuple[tuple[str, float, float], ...] = (), **study: Any
) -> AssayResult:
    data = {
        "kind": ["standard"] * len(x) + ["sample"] * len(samples),
        "concentration": [*map(str, x.tolist()), *[""] * len(samples)],
        "signal": [*y.tolist(), *(value for _, _, value in samples)],
        "sample": [""] * len(x) + [name for name, _, _ in samples],
        "dilution": [""] * len(x) + [str(factor) for _, factor, _ in samples],
    }
    return analyse("elisa", data, {"units": {"concentration": "pg/ml"}} | study)


@pytest.fixture
def expected(shared: Path) -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load((shared / "data/bench/expected.yaml").read_text())
    return held


def column(path: Path, name: str) -> Floats:
    with path.open(encoding="utf-8") as file:
        return np.array([float(row[name]) for row in csv.DictReader(file)])


def test_5pl_agrees_with_a_plate_reader(shared: Path, expected: dict[str, Any]) -> None:
    wanted = expected["elisa_5pl_user_posted"]["lmfit_5PL"]
    path = shared / "data/bench/elisa/elisa_issue_5pl.csv"
    result = plate(column(path, "conc"), column(path, "od"), curve="5PL", weights="none",
                   accuracy=0.5)  # fmt: skip
    assert result.estimate("zero").value == pytest.approx(wanted["A"], rel=1e-4)
    assert result.estimate("Hill").value == pytest.approx(wanted["B"], rel=1e-4)
    assert result.estimate("end").value == pytest.approx(wanted["D"], rel=1e-4)
    # asymmetry is hardly bounded by nine points: the value is right, the verdict says so
    c = wanted["C"] * (2 ** (1 / wanted["G"]) - 1) ** (1 / wanted["B"])
    assert result.estimate("EC50").value == pytest.approx(c, rel=1e-4)


def test_dnase_read_back(shared: Path, expected: dict[str, Any]) -> None:
    with (shared / "data/bench/r/DNase.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["Run"] == "1"]
    x = np.array([float(row["conc"]) for row in rows])
    y = np.array([float(row["density"]) for row in rows])
    read = logistic_calibration(fit(FOUR, x, y), "none")
    wanted = expected["elisa_dnase"]["dnase_run1_4PL_inverse"]
    for value, concentration in wanted.items():
        assert read.invert(float(value)) == pytest.approx(concentration, rel=1e-4)


def test_known_truth_read_back(shared: Path, expected: dict[str, Any]) -> None:
    path = shared / "data/bench/synthetic/elisa_4pl.csv"
    x, y = column(path, "conc_pg_ml"), column(path, "od_exact")
    wanted = expected["synthetic"]["elisa_4pl"]
    samples = tuple((od, 1.0, float(od)) for od in wanted["back_calc"])
    low, high = wanted["out_of_range"]["od_below"], wanted["out_of_range"]["od_above"]
    result = plate(x, y, (*samples, ("below", 1.0, low), ("above", 2.0, high)), curve="4PL",
                   weights="none")  # fmt: skip
    for od, concentration in wanted["back_calc"].items():
        found = result.estimate("concentration", od)
        assert found.value == pytest.approx(concentration, rel=1e-6)
        assert found.unit == "pg/ml"
    below, above = (
        result.estimate("concentration", "below"),
        result.estimate("concentration", "above at 1:2"),
    )
    assert (below.value, below.low, below.high) == (None, None, 7.8)
    assert (above.value, above.low, above.high) == (None, 2000.0, None)
    assert "dilute" in str(above.reason)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(20261122)
    x = np.repeat(LEVELS, 2)
    inside = 0
    for _ in range(500):
        y = signal(x) * rng.normal(1, 0.04, len(x))
        read = logistic_calibration(fit(FOUR, x, y, weight=weights(y, "1/y2")), "1/y2")
        wells = float((signal(np.array([80.0])) * rng.normal(1, 0.04, 2)).mean())
        found = read.read(wells, 2, 0.95)
        assert found is not None
        inside += found.low <= 80 <= found.high
    assert 462 <= inside <= 488


def test_a_falling_curve_of_a_competitive_elisa() -> None:
    x = np.repeat(LEVELS, 2)
    y = 3.2 - signal(x) + 0.01 * np.tile([1.0, -1.0], len(LEVELS))
    samples = (("s", 1.0, float(3.2 - signal(np.array([80.0]))[0])), ("weak", 1.0, 0.1))
    result = plate(x, y, samples, weights="none")
    assert result.estimate("concentration", "s").value == pytest.approx(80, rel=0.02)
    assert result.estimate("concentration", "weak").low == result.estimate("ULOQ").value


def test_a_matrix_effect_shows_as_rising_dilutions() -> None:
    x = np.repeat(LEVELS, 2)
    y = signal(x) * np.tile([1.01, 0.99], len(LEVELS))
    true = {2.0: 500.0, 4.0: 700.0, 8.0: 950.0}
    samples = tuple(
        ("s", factor, float(signal(np.array([value / factor]))[0]))
        for factor, value in true.items()
    )
    (check,) = [c for c in plate(x, y, samples).checks if c.name == "dilution linearity"]
    assert check.status is Status.FAILED
    assert "rises with dilution" in str(check.note)


def test_limits_leave_out_standards_that_read_back_wrong() -> None:
    x = np.repeat(LEVELS, 2)
    y = signal(x) * np.tile([1.01, 0.99], len(LEVELS))
    y[x == 1000] *= 0.9
    result = plate(x, y, curve="4PL")
    assert result.estimate("ULOQ").value in (250, 500)
    (check,) = [c for c in result.checks if c.name == "standards read back"]
    assert "1000" in str(check.note)


def test_the_standard_that_is_the_lloq_meets_the_limits_of_an_end() -> None:
    """With the LLOQ at 7.8, 7.8 may err by 25 % and 3.9, outside the range, is no end."""
    off = {3.9: 0.24, 7.8: 0.24}
    levels = tuple(Level(level=x, error=off.get(x, 0.0), cv=None) for x in LEVELS.tolist())
    study = Study(units={"concentration": "pg/ml"})

    def told(lower: float | None, upper: float | None) -> str:
        limits = Limits(lower=lower, upper=upper, levels=levels)
        return str(standard_checks(LEVELS, signal(LEVELS), limits, study)[0].note)

    assert told(7.8, 1000.0) == "8 of 9 pass; not 3.9: error +24 %"
    assert told(None, None) == "8 of 9 pass; not 7.8: error +24 %"


X = np.repeat(LEVELS, 2)
Y = signal(X) * np.tile([1.01, 0.99], len(LEVELS))
NOISE = np.random.default_rng(1).normal(1, 0.3, len(X))
DEGENERATE: list[tuple[str, Floats, Floats, Verdict, str]] = [
    ("flat", X, NOISE, Verdict.NOT_ESTIMABLE, "no better than a constant"),
    ("constant", X, np.ones(len(X)), Verdict.NOT_ESTIMABLE, ""),
    ("three levels", X[:6], Y[:6], Verdict.NOT_ESTIMABLE, "3 standard level(s)"),
    ("one level", X[:2], Y[:2], Verdict.NOT_ESTIMABLE, "standard level(s)"),
    ("only zero", np.zeros(8), Y[:8], Verdict.NOT_ESTIMABLE, "0 standard level(s)"),
    ("single wells", X[::2], Y[::2], Verdict.OK, ""),
    ("sound", X, Y, Verdict.OK, ""),
]


@pytest.mark.parametrize(("x", "y", "verdict", "reason"), [case[1:] for case in DEGENERATE],
                         ids=[case[0] for case in DEGENERATE])  # fmt: skip
def test_verdict(x: Floats, y: Floats, verdict: Verdict, reason: str) -> None:
    result = plate(x, y, (("s", 1.0, float(signal(np.array([80.0]))[0])),), curve="4PL")
    found = result.estimate("concentration", "s")
    assert found.verdict is verdict
    assert reason in (found.reason or "")
    assert result.estimate("EC50").verdict is verdict


Data = dict[str, list[Any]]
BASE: Data = {"kind": ["standard"] * len(X), "concentration": [str(v) for v in X],
              "signal": list(Y), "sample": [""] * len(X), "dilution": [""] * len(X)}  # fmt: skip


def changed(name: str, value: object) -> Data:
    return BASE | {name: [value, *BASE[name][1:]]}


ERRORS: list[tuple[str, Data, dict[str, Any], str]] = [
    ("no standards", BASE | {"kind": ["sample"] * len(X), "concentration": [""] * len(X),
                             "sample": ["a"] * len(X)}, {}, "no row is a standard"),
    ("standard without concentration", changed("concentration", ""), {}, "without a concentration"),
    ("negative concentration", changed("concentration", "-3"), {}, "0 or more"),
    ("word for concentration", changed("concentration", "high"), {}, "not a number"),
    ("diluted standard", changed("dilution", "2"), {}, "a standard is not diluted"),
    ("dilution zero", changed("dilution", "0"), {}, "expected more than 0"),
    ("unknown kind", changed("kind", "control"), {}, "not one of"),
    ("word for signal", changed("signal", "OVRFLW"), {}, "not a number"),
    ("decimal comma", changed("signal", "0,31"), {}, "decimal"),
    ("negative signal under weights", changed("signal", -0.02), {},
     "line 1: the standard reads -0.02; weights '1/y2' need readings above zero"),
    ("unknown weights", BASE, {"weights": "1/z"}, "weights"),
    ("unknown curve", BASE, {"curve": "6PL"}, "6PL"),
    ("accuracy in percent", BASE, {"accuracy": 20}, "expected a share"),
    ("no signal column", {k: v for k, v in BASE.items() if k != "signal"}, {}, "'signal'"),
    ("nameless sample", {k: [*v, n] for (k, v), n in zip(
        BASE.items(), ["sample", "", 1.0, "", ""], strict=True)}, {}, "without a name"),
    ("sample below dilution one", {k: [*v, n] for (k, v), n in zip(
        BASE.items(), ["sample", "", 1.0, "a", "0.5"], strict=True)}, {}, "below 1"),
    ("sample with a concentration", {k: [*v, n] for (k, v), n in zip(
        BASE.items(), ["sample", "10", 1.0, "a", ""], strict=True)}, {}, "is it a standard?"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "study", "message"), [case[1:] for case in ERRORS],
                         ids=[case[0] for case in ERRORS])  # fmt: skip
def test_error(data: Data, study: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        analyse("elisa", data, study)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_the_example_finds_what_was_simulated(tmp_path: Path) -> None:
    table, study = example("elisa")
    (tmp_path / "e.csv").write_text(table, encoding="utf-8")
    (tmp_path / "e.yaml").write_text(study, encoding="utf-8")
    result = run("elisa", tmp_path / "e.csv", tmp_path / "e.yaml")
    for name, true in (("patient 1", 900), ("patient 2", 3200), ("patient 3", 60)):
        found = result.estimate("concentration", f"{name} (all dilutions in range)")
        assert found.low is not None
        assert found.high is not None
        assert found.low < true < found.high
        assert found.unit == "pg/ml"
    assert result.estimate("concentration", "patient 4").verdict is Verdict.ONE_SIDED


def test_wells_that_disagree_give_their_own_interval_or_none() -> None:
    x = np.repeat(LEVELS, 2)
    y = signal(x) * np.tile([1.01, 0.99], len(LEVELS))
    samples = (("near", 1.0, 1.20), ("near", 1.0, 1.25), ("apart", 1.0, 0.8), ("apart", 1.0, 1.25),
               ("apart", 1.0, 1.1), ("far", 1.0, 0.1), ("far", 1.0, 2.2))  # fmt: skip
    result = plate(x, y, samples)
    near, apart, far = (result.estimate("concentration", s) for s in ("near", "apart", "far"))
    assert near.verdict is Verdict.OK
    assert apart.verdict is Verdict.EXTRAPOLATED
    assert apart.low is not None
    assert apart.value is not None
    assert apart.low < 0.6 * apart.value
    assert "CV 22 %, at most 20 %" in str(apart.reason)
    assert far.verdict is Verdict.NOT_ESTIMABLE
    wells = (("top", 1.0, 1.0), ("top", 1.0, 5.2), ("over", 1.0, 3.2), ("over", 1.0, 5.2))
    top, over = (plate(x, y, wells).estimate("concentration", s) for s in ("top", "over"))
    assert top.verdict is Verdict.NOT_ESTIMABLE
    assert over.verdict is Verdict.ONE_SIDED


def test_a_combined_value_is_no_better_than_its_wells() -> None:
    x = np.repeat(LEVELS, 2)
    y = signal(x) * np.tile([1.01, 0.99], len(LEVELS))
    wells = [float(signal(np.array([v]))[0]) for v in (60.0, 140.0, 90.0, 50.0)]
    samples = tuple(("s", f, w) for f, w in zip((2.0, 2.0, 2.0, 4.0), wells, strict=True))
    found = plate(x, y, samples).estimate("concentration", "s (all dilutions in range)")
    assert found.verdict is Verdict.EXTRAPOLATED
    assert found.reason == "the wells disagree at 1:2"


def test_a_trend_over_dilutions_is_no_scatter_about_one_value() -> None:
    x = np.repeat(LEVELS, 2)
    y = signal(x) * np.tile([1.01, 0.99], len(LEVELS))

    def found(true: dict[float, float], group: str) -> Estimate:
        samples = tuple(("s", f, float(signal(np.array([v / f]))[0])) for f, v in true.items())
        return plate(x, y, samples).estimate("concentration", group)

    def combined(true: dict[float, float]) -> Estimate:
        return found(true, "s (all dilutions in range)")

    rising = combined({2.0: 400.0, 4.0: 600.0, 8.0: 900.0})
    assert rising.verdict is Verdict.NOT_ESTIMABLE
    assert "rises with every dilution, from 400" in str(rising.reason)
    for dilution in (2, 4, 8):
        one = found({2.0: 400.0, 4.0: 600.0, 8.0: 900.0}, f"s at 1:{dilution}")
        assert one.verdict is Verdict.EXTRAPOLATED
    scattered = combined({2.0: 400.0, 4.0: 700.0, 8.0: 500.0})
    assert scattered.verdict is Verdict.EXTRAPOLATED
    assert combined({2.0: 500.0, 4.0: 510.0, 8.0: 520.0}).verdict is Verdict.OK


@pytest.mark.parametrize("written", ["1:4", "1/4", "1 : 4", "4"])
def test_a_dilution_as_the_report_writes_it(written: str) -> None:
    rows = {key: [*values, cell] for (key, values), cell in
            zip(BASE.items(), ["sample", "", 1.0, "a", written], strict=True)}  # fmt: skip
    result = analyse("elisa", rows, {"units": {"concentration": "pg/ml"}})
    assert result.estimate("concentration", "a at 1:4").value


def test_a_curve_beyond_its_standards_is_not_ok() -> None:
    """Standards that reach a quarter of the curve: its top and EC50 lie beyond them."""
    x = np.repeat([25.0, 125, 250, 500, 750, 1000, 1500, 2000], 2)
    noise = np.random.default_rng(1).normal(1, 0.01, x.size)
    y = (0.09 + 7 * x / (x + 6500)) * noise
    data = {"kind": ["standard"] * 16, "concentration [µg/ml]": x, "signal": y}
    result = analyse("elisa", data, {"curve": "4PL"})
    assert result.estimate("EC50").verdict is Verdict.EXTRAPOLATED
    assert result.estimate("end").verdict is not Verdict.OK
    assert result.estimate("LLOQ").verdict is Verdict.OK


@pytest.mark.parametrize("weighting", ["1/y", "1/y2"])
def test_a_blank_that_is_taken_off_leaves_curve_and_readings_as_they_were(weighting: str) -> None:
    """Also where a zero standard ends just above, or below, zero."""
    x = np.concatenate([[0.0, 0.0], np.repeat(LEVELS, 2)])
    y = signal(x) * np.tile([1.02, 0.98], len(x) // 2)
    kinds = ["standard"] * len(x) + ["blank"] * 2 + ["sample"] * 2
    data = {
        "kind": kinds,
        "concentration [pg/ml]": [*map(str, x.tolist()), *[""] * 4],
        "signal": [*y.tolist(), 0.0598, 0.0602, 0.9, 0.92],
        "sample": [""] * (len(x) + 2) + ["s", "s"],
    }
    plain, less = (
        analyse("elisa", data, {"curve": "4PL", "weights": weighting, "subtract_blank": subtract})
        for subtract in (False, True)
    )
    for name, group in (("end", None), ("EC50", None), ("Hill", None), ("concentration", "s")):
        one, other = plain.estimate(name, group), less.estimate(name, group)
        off = 0.06 if name == "end" else 0.0
        assert other.value == pytest.approx((one.value or 0) - off, rel=1e-4)
        assert other.low == pytest.approx((one.low or 0) - off, rel=1e-3)
        assert other.high == pytest.approx((one.high or 0) - off, rel=1e-3)
    zero = less.estimate("zero")
    assert zero.low is not None
    assert zero.high is not None
    assert zero.low < 0 < zero.high
