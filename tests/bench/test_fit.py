"""Fits: certified values, shared parameters, weights, plates, what cannot be fitted."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from hepatica.bench.compare import aicc, f_test
from hepatica.bench.distributions import f_quantile
from hepatica.bench.fit import fit, fit_groups, fit_many, weights
from hepatica.bench.models.accumulation import ACCUMULATION, LINE, RECOVERY
from hepatica.bench.models.competition import competition_depletion
from hepatica.bench.models.depletion import depletion_model
from hepatica.bench.models.hill import HILL
from hepatica.bench.models.joint_kinetics import joint_kinetics
from hepatica.bench.models.kinetics import DISSOCIATION, motulsky_mahan
from hepatica.bench.models.logistic import FIVE, FIVE_EFFECT, FOUR, THREE, inverse
from hepatica.bench.models.nonspecific import with_nonspecific
from hepatica.bench.models.one_site import ONE_SITE
from hepatica.bench.models.operational import operational_model
from hepatica.bench.models.two_site import TWO_SITE
from hepatica.errors import InputError

X = np.geomspace(0.1, 100, 12)
PAIRS = np.array([np.repeat([1.0, 3, 10], 8), np.tile([1.0, 2, 5, 10, 20, 30, 45, 60], 3)])
MODELS = [
    (ONE_SITE, X, (200.0, 3.0)),
    (HILL, X, (200.0, 3.0, 1.6)),
    (TWO_SITE, np.geomspace(0.01, 1000, 16), (200.0, 0.3, 400.0, 60.0)),
    (with_nonspecific(ONE_SITE), np.array([np.tile(X, 2), np.repeat([1.0, 0], 12)]),
     (200.0, 3.0, 2.0, 5.0)),
    (depletion_model(15.0), np.array([X, np.ones(12)]), (90.0, 1.5, 0.02)),
    (competition_depletion(1.5, 2.95, 100.0), np.geomspace(1, 1e5, 14), (200.0, 1100.0, 0.02)),
    (THREE, X, (2.0, 90.0, 5.0)),
    (FOUR, X, (2.0, 90.0, 5.0, 1.4)),
    (FOUR, np.append(0.0, X), (90.0, 2.0, 5.0, 0.8)),
    (FIVE, np.geomspace(0.01, 1000, 20), (2.0, 90.0, 5.0, 1.2, 0.5)),
    (FIVE_EFFECT, np.geomspace(0.01, 1000, 20), (2.0, 90.0, 5.0, 1.2, 0.5)),
    (joint_kinetics(0, by_kd=False), np.vstack([PAIRS, np.zeros(24)]),
     (900.0, 0.02, 0.05, 3.0, 10.0)),
    (joint_kinetics(0, by_kd=True), np.vstack([PAIRS, np.zeros(24)]),
     (900.0, 2.5, 0.05, 3.0, 10.0)),
    (joint_kinetics(2, by_kd=False),
     np.hstack([np.vstack([PAIRS, np.zeros(24)]),
                [np.repeat([3.0, 10], 8), np.tile(PAIRS[1][:8], 2), np.repeat([1.0, 2], 8)]]),
     (900.0, 0.02, 0.05, 3.0, 10.0, 400.0, 700.0, 15.0, 30.0)),
    (DISSOCIATION, np.linspace(0, 60, 12), (500.0, 0.07, 20.0)),
    (motulsky_mahan(),
     np.array([np.full(32, 3.0), np.repeat([0.0, 50, 200, 800], 8),
               np.tile([1.0, 3, 6, 10, 20, 30, 45, 60], 4)]),
     (1000.0, 0.02, 0.05, 0.001, 0.2)),
    (operational_model(2), np.array([np.tile(np.geomspace(0.01, 1e4, 12), 2),
                                     np.repeat([0.0, 1], 12)]), (2.0, 98.0, 10.0, 8.0, 0.2)),
    (ACCUMULATION, PAIRS, (120.0, 0.08, 4.0, 10.0)),
    (LINE, PAIRS, (120.0, 4.0, 10.0)),
    (RECOVERY, np.linspace(0, 60, 10), (0.6, 0.06, 100.0)),
]  # fmt: skip


@pytest.mark.parametrize(("model", "x", "truth"), MODELS, ids=lambda v: getattr(v, "name", ""))
def test_every_model_finds_the_truth_from_its_own_start(model, x, truth):
    found = fit(model, x, model.predict(x, np.array(truth)))
    assert found.fits.values[0] == pytest.approx(truth, rel=1e-5)


@pytest.mark.parametrize(("model", "x", "truth"), MODELS, ids=lambda v: getattr(v, "name", ""))
def test_every_derivative_agrees_with_differences(model, x, truth):
    theta = model.theta(np.array([truth], dtype=float))
    exact = model.derivatives(x, theta)[0]
    for place in range(len(truth)):
        step = np.zeros_like(theta)
        step[0, place] = 1e-6
        above, below = (model.predict(x, model.values(theta + s))[0] for s in (step, -step))
        numeric = (above - below) / 2e-6
        assert exact[:, place] == pytest.approx(numeric, rel=1e-4, abs=1e-4 * np.ptp(exact))


def test_a_known_hyperbola_with_its_standard_errors_and_intervals(shared: Path):
    """R nls on Puromycin (Bates and Watts 1988); intervals as lmfit gives them."""
    from benchmarks.expected import column, rows

    table = rows(shared / "data/bench/r/Puromycin.csv", state="treated")
    found = fit(ONE_SITE, column(table, "conc"), column(table, "rate"))
    assert found.value("Bmax") == pytest.approx(212.6837073, rel=1e-6)
    assert found.se("Kd") == pytest.approx(0.008280943524, rel=1e-5)
    kd = found.interval("Kd")
    assert (kd.low, kd.high) == pytest.approx((0.04692034203, 0.08615691343), rel=1e-6)


@pytest.mark.parametrize("name", ["Misra1d", "Hahn1", "BoxBOD", "MGH17", "Lanczos1"])
def test_certified_digits_of_nist(shared: Path, name: str):
    from benchmarks.nist import measure

    row = measure(shared / f"data/bench/nist/{name}.dat")
    assert min(*row["start1_product"], *row["start2_product"]) >= 6


def test_the_interval_ends_where_ss_reaches_its_critical_value():
    random = np.random.default_rng(3)
    y = FOUR.predict(X, np.array([2, 90, 5, 1.2])) + random.normal(0, 3, X.size)
    found = fit(FOUR, X, y)
    for edge in (found.interval("EC50").low, found.interval("EC50").high):
        held = fit(FOUR, X, y, fixed={"EC50": edge})
        f, p = f_test(held.ss, held.df, found.ss, found.df)
        assert p == pytest.approx(0.05, abs=1e-5), f


def test_a_plate_gives_what_single_fits_give():
    random = np.random.default_rng(4)
    ends = random.normal((5, 90), (1, 5), (30, 2))
    truth = np.hstack([ends, np.exp(random.normal((1, 0), (1, 0.2), (30, 2)))])
    y = FOUR.predict(X, truth) + random.normal(0, 3, (30, X.size))
    plate = fit_many(FOUR, X, y)
    for number in range(30):
        single = fit(FOUR, X, y[number])
        assert plate.ss[number] == pytest.approx(single.ss, rel=1e-9)
        assert plate.values[number] == pytest.approx(single.fits.values[0], rel=1e-3)


def test_shared_parameters_against_separate_curves():
    random = np.random.default_rng(5)
    x, group = np.tile(X, 2), ["a"] * 12 + ["b"] * 12
    means = [ONE_SITE.predict(X, np.array([bmax, 3])) for bmax in (200, 100)]
    y = np.concatenate(means) + random.normal(0, 2, 24)
    apart = fit_groups(ONE_SITE, x, y, group, shared=set())
    singles = sum(fit(ONE_SITE, X, part).ss for part in np.split(y, 2))
    assert apart.ss == pytest.approx(singles, rel=1e-9)
    shared = fit_groups(ONE_SITE, x, y, group, shared={"Kd"})
    assert shared.names == ("Bmax[a]", "Bmax[b]", "Kd")
    assert (shared.df, apart.df) == (21, 20)
    assert shared.ss >= apart.ss
    assert shared.value("Bmax[a]") / shared.value("Bmax[b]") == pytest.approx(2, rel=0.05)
    both = shared.predict(X, "b") - ONE_SITE.predict(X, np.array([shared.value("Bmax[b]"),
                                                                  shared.value("Kd")]))  # fmt: skip
    assert np.abs(both).max() < 1e-9


def test_a_fixed_parameter_stays_and_costs_no_degree_of_freedom():
    y = FOUR.predict(X, np.array([0, 90, 5, 1.2])) + np.sin(X)
    found = fit(FOUR, X, y, fixed={"zero": 0.0})
    assert found.value("zero") == 0.0
    assert found.df == X.size - 3
    assert np.isinf(found.se("zero"))


@pytest.mark.parametrize("factor", [1e-12, 1e-3, 1e6])
def test_units_of_dose_and_response_do_not_change_the_fit(factor: float):
    random = np.random.default_rng(6)
    y = FOUR.predict(X, np.array([2, 90, 5, 1.2])) + random.normal(0, 3, X.size)
    plain, scaled = fit(FOUR, X, y), fit(FOUR, X * factor, y * factor)
    assert scaled.value("EC50") == pytest.approx(plain.value("EC50") * factor, rel=1e-6)
    assert scaled.value("end") == pytest.approx(plain.value("end") * factor, rel=1e-6)
    assert scaled.interval("EC50").high == pytest.approx(
        plain.interval("EC50").high * factor, rel=1e-5
    )


def test_weights_need_readings_above_zero():
    assert weights(np.array([2.0, 4]), "1/y2").tolist() == [0.25, 0.0625]
    with pytest.raises(InputError, match="above zero"):
        weights(np.array([1.0, 0.0]), "1/y")


def test_aicc_has_no_value_where_n_is_too_small():
    assert aicc(10.0, 4, 2) == float("inf")
    assert aicc(10.0, 24, 2) < aicc(20.0, 24, 2)


def test_f_test_refuses_models_that_are_not_nested():
    with pytest.raises(ValueError, match="degrees of freedom"):
        f_test(10, 5, 9, 5)


@pytest.mark.parametrize(("zero", "end"), [(1.0, 5.0), (5.0, 1.0)])
@pytest.mark.parametrize("asymmetry", [1.0, 0.4, 3.0])
def test_inverse_reads_the_dose_back_and_gives_nothing_beyond_the_plateaus(zero, end, asymmetry):
    dose = np.array([0.5, 4.0, 80.0])
    y = FIVE.predict(dose, np.array([zero, end, 4.0, 1.3, asymmetry]))
    back = inverse(y, zero, end, 4.0, 1.3, asymmetry)
    assert back == pytest.approx(dose, rel=1e-9)
    assert np.isnan(inverse(np.array([0.5, 5.5]), zero, end, 4.0, 1.3, asymmetry)).all()
    middle = FIVE.predict(np.array([4.0]), np.array([zero, end, 4.0, 1.3, asymmetry]))
    assert middle[0] == pytest.approx((zero + end) / 2)


def test_a_bound_where_the_sum_of_squares_jumps_is_found(shared: Path) -> None:
    """Bentazone on S. alba falls between 20 and 40: its EC50 is no larger than 40.

    With a slope without bound the sum of squares is flat up to the dose of 40 and jumps there;
    secants alone do not close in on it.
    """
    with (shared / "data/bench/drc/S.alba.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["Herbicide"] == "Bentazone"]
    x, y = (np.array([float(row[name]) for row in rows]) for name in ("Dose", "DryMatter"))
    fitted = fit(FOUR, x, y)
    found = fitted.interval("EC50")
    assert found.low == pytest.approx(25.34306, rel=1e-5)
    assert found.high == pytest.approx(40, rel=1e-5)
    assert fitted.interval("Hill").high is None
    for ec50, inside in ((25.3, False), (25.4, True), (39.9, True), (40.1, False)):
        start = [3.8, 0.7, ec50, 5.0 if ec50 < 30 else 4000.0]
        held = fit(FOUR, x, y, fixed={"EC50": ec50}, start=start)
        limit = fitted.ss * (1 + f_quantile(0.95, 1, fitted.df) / fitted.df)
        assert (held.ss < limit) == inside, ec50
