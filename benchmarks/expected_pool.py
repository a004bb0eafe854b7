"""The BCG trials pooled by metafor: common and random effects, prediction, a moderator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.expected import Comparison, column, rows
from hepatica.bench.arrays import Floats
from hepatica.bench.distributions import normal_quantile
from hepatica.bench.pool.effects import Measure, Tables, effects
from hepatica.bench.pool.estimate import Estimate, Method, inverse_variance
from hepatica.bench.pool.regression import regress
from hepatica.bench.pool.tau2 import q_at

METHODS = {
    "REML": Method.REML, "DL": Method.DERSIMONIAN_LAIRD, "EE": Method.COMMON,
    "PM": Method.PAULE_MANDEL,
}  # fmt: skip
STOPPED = (
    "metafor at its default stop, short of the solution (Q misses 12 by 7e-4): 1e-4. With "
    "tol=1e-10 metafor gives tau² 0.318068452186, compared below to 1e-10"
)
STOPPED_REML = (
    "metafor at its default stop: 1e-4 (R² 1e-4). With threshold=1e-12 metafor gives tau² "
    "0.0763479639559, compared below to 8 digits"
)
NORMAL = "metafor 3.8 predicts with the normal distribution; ours takes t with k - 2 df, wider"


def _effects(folder: Path) -> tuple[Floats, Floats, list[dict[str, str]]]:
    table = rows(folder / "metafor/dat_bcg.csv")
    tpos, tneg, cpos, cneg = (column(table, name) for name in ("tpos", "tneg", "cpos", "cneg"))
    given = effects(Measure.RISK_RATIO, Tables(
        labels=tuple(row["trial"] for row in table), a=tpos, n1=tpos + tneg, c=cpos, n2=cpos + cneg,
    ))  # fmt: skip
    return given.y, given.v, table


def _figures(
    name: str, found: Estimate, said: dict[str, Any], tolerance: float, reason: str = ""
) -> Iterator[Comparison]:
    spread, main = found.heterogeneity, found.interval
    values = {
        "mu": found.value, "se": main.se, "tau2": spread.tau2, "I2": spread.i2, "H2": spread.h2,
        "QE": spread.q, "QEp": spread.p or 0.0,
    }  # fmt: skip
    for key, value in values.items():
        yield Comparison(f"{name} {key}", value, said[key], tolerance, reason)
    for edge, reference in zip((main.low, main.high), said["ci"], strict=True):
        yield Comparison(f"{name} interval", edge, reference, tolerance, reason)


def bcg(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    tolerance = section["rel_tol"]
    y, v, table = _effects(folder)
    held = rows(folder / "metafor/dat_bcg_escalc_logRR.csv")
    for place, row in enumerate(held):
        yield Comparison(f"trial {place + 1} effect", float(y[place]), float(row["yi"]), 1e-12)
        yield Comparison(f"trial {place + 1} variance", float(v[place]), float(row["vi"]), 1e-12)
    for name, method in METHODS.items():
        found = inverse_variance(y, v, method)
        loose = name == "PM"
        yield from _figures(
            name, found, section[name], 1e-4 if loose else tolerance, STOPPED if loose else ""
        )
        if loose:
            tau2 = found.heterogeneity.tau2
            yield Comparison("PM tau² of metafor run to the end", tau2, 0.318068452186, 1e-10)
            yield Comparison("PM: Q at tau² is its df", q_at(y, v, tau2), 12.0, 1e-10)
    found = inverse_variance(y, v, Method.REML, knapp_hartung=True, guard=False)
    yield from _figures("Knapp-Hartung", found, section["REML_knha"], tolerance)
    half = normal_quantile(0.95) * (found.heterogeneity.tau2 + section["REML"]["se"] ** 2) ** 0.5
    for sign, edge in zip((-1, 1), section["REML_prediction_interval"], strict=True):
        yield Comparison("prediction", found.value + sign * half, edge, tolerance, NORMAL)
    yield from _moderator(section["metareg_ablat"], y, v, column(table, "ablat"), tolerance)


def _moderator(
    said: dict[str, Any], y: Floats, v: Floats, x: Floats, tolerance: float
) -> Iterator[Comparison]:
    found = regress(y, v, x, "ablat")
    values = zip(
        (found.intercept, found.slope, found.at_zero.se, found.per_unit.se),
        (*said["b"], *said["se"]), strict=True,
    )  # fmt: skip
    for place, (value, reference) in enumerate(values):
        yield Comparison(f"moderator {place}", value, reference, 1e-4, STOPPED_REML)
    yield Comparison("moderator tau²", found.tau2, said["tau2"], 1e-4, STOPPED_REML)
    yield Comparison("moderator R²", found.r2 or np.nan, said["R2"], 1e-4, STOPPED_REML)
    converged = (("tau²", found.tau2, 0.0763479639559), ("slope", found.slope, -0.0291017250),
                 ("R²", found.r2 or np.nan, 75.6266218114))  # fmt: skip
    for key, value, reference in converged:
        yield Comparison(f"moderator {key} of metafor run to the end", value, reference, 1e-8)


SECTIONS = {"meta_bcg": bcg}
