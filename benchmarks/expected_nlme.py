"""The mixed standard curve over runs, against nlme and its algorithm.

nlme linearises the curve at each step, which ours does not need: the random plateau is linear in
it. `linearised` takes nlme's two steps with our sums, so that both can be told apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log, sqrt
from typing import Any

import numpy as np
from scipy.optimize import minimize, minimize_scalar

from benchmarks.expected import Comparison, column, same
from hepatica.bench.mixed_logistic import MixedCurve, Runs, mixed_logistic

NEAR_ZERO = "a plateau next to zero: within 1e-4 of the span of the curve"


def mixed(
    table: list[dict[str, str]], said: dict[str, Any], tolerance: float
) -> Iterator[Comparison]:
    """Every figure of nlme by its own steps, and that the exact likelihood is not below it."""
    x, y, run = column(table, "conc"), column(table, "density"), [row["Run"] for row in table]
    weight = np.ones_like(y)
    exact = mixed_logistic(x, y, run, weight=weight)
    found = linearised(Runs(x, y, run, weight), exact)
    span = abs(said["fixef"]["B"] - said["fixef"]["A"])
    small = tolerance * span / abs(said["fixef"]["A"])
    yield Comparison("runs A", found.zero, said["fixef"]["A"], small, NEAR_ZERO)
    for name, value, reference in (
        ("B", found.end, said["fixef"]["B"]), ("xmid", log(found.ec50), said["fixef"]["xmid"]),
        ("scal", 1 / found.hill, said["fixef"]["scal"]), ("sdB", found.sd_between, said["sdB"]),
        ("sigma", found.sd_within, said["sigma"]),
        ("logLik", found.log_likelihood, said["logLik"]),
    ):  # fmt: skip
        yield Comparison(f"runs {name}", value, reference, tolerance)
    yield same("runs: exact likelihood not below", exact.log_likelihood >= said["logLik"], True)


def linearised(runs: Runs, start: MixedCurve) -> MixedCurve:
    """The curve where penalised least squares and a linear mixed model about it agree."""
    ratio = (start.sd_between / start.sd_within) ** 2
    at = np.array([log(start.ec50), log(start.hill)])
    while True:
        found = minimize(
            lambda p, held=ratio: runs.solve(exp(p[0]), exp(p[1]), held)[1], at,
            method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-13},
        )  # fmt: skip
        at = found.x
        ec50, hill = exp(at[0]), exp(at[1])
        ends, _, _ = runs.solve(ec50, hill, ratio)
        model = _tangent(runs, ends, ec50, hill, ratio)
        best = minimize_scalar(
            lambda p, m=model: -runs.largest(*runs.least_squares(*m, exp(p))[1:]),
            bounds=(-5, 8), method="bounded", options={"xatol": 1e-8},
        )  # fmt: skip
        before, ratio = ratio, exp(float(best.x))
        if abs(ratio / before - 1) < 1e-6:
            break
    _, squares, determinant = runs.least_squares(*model, ratio)
    within = sqrt(squares / len(runs.y))
    return MixedCurve(
        zero=float(ends[0]), end=float(ends[1]), ec50=ec50, hill=hill,
        sd_between=sqrt(ratio) * within, sd_within=within,
        log_likelihood=runs.largest(squares, determinant),
    )  # fmt: skip


def _tangent(runs: Runs, ends: Any, ec50: float, hill: float, ratio: float) -> tuple[Any, Any, Any]:
    """The curve's derivatives, its share, and the readings as the linear model sees them."""
    zero, end = ends
    share = 1 / (1 + (ec50 / runs.x) ** hill)
    plateau = np.full_like(runs.y, end)
    for rows in runs.rows:
        loading = share[rows]
        left = runs.y[rows] - zero - (end - zero) * loading
        plateau[rows] += ratio / (1 + ratio * loading @ loading) * (loading @ left)
    slope = (plateau - zero) * share * (1 - share)
    away = np.log(runs.x) - log(ec50)
    design = np.stack([1 - share, share, -slope * hill, slope * away], axis=1)
    beta = np.array([zero, end, log(ec50), hill])
    # y - f(beta, b) + X beta + Z b, where f holds Z b itself.
    return design, share, runs.y - zero - (end - zero) * share + design @ beta
