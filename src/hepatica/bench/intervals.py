"""Profile-likelihood intervals: where the sum of squares rises to its critical value.

The bounds of a parameter are the places at which SS = SSmin (1 + F/df), F the critical value with
1 and df degrees of freedom, all other parameters fitted again (Bates and Watts 1988, and the text
of the GraphPad Curve Fitting Guide). A bound that is never reached does not exist: None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.distributions import t_quantile
from hepatica.bench.least_squares import solve
from hepatica.bench.model import Model

__all__ = ["EXACT", "Interval", "profile"]

ROUNDS = 60
PATIENCE = 10  # rounds of secants before every second one halves instead
FARTHEST_LOG = 16.0  # e-folds from the estimate: nine million-fold
FARTHEST_PLAIN = 1e3  # times the larger of the value and its standard error
EXACT = 1e-22  # SS as a share of that of the readings: eleven digits met, the rest is rounding


@dataclass(frozen=True)
class Interval:
    """The bounds of a parameter in its own unit; None for a bound that does not exist."""

    low: float | None
    high: float | None
    level: float


def profile(
    model: Model,
    x: Floats,
    y: Floats,
    root: Floats,
    theta: Floats,
    ss: Floats,
    se: Floats,
    places: Sequence[int],
    free: Array,
    df: int,
    level: float,
) -> list[list[Interval]]:
    """Intervals for each parameter in `places`, and in each of the sets in `theta`."""
    sets = len(theta)
    if df < 1:
        return [[Interval(None, None, level)] * sets for _ in places]
    critical = t_quantile(level, df)
    jobs = [(place, side) for place in places for side in (-1.0, 1.0)]
    owner = np.tile(np.arange(sets), len(jobs))
    place = np.repeat([job[0] for job in jobs], sets)
    side = np.repeat([job[1] for job in jobs], sets)
    found = _bounds(model, x, y, root, theta, ss, se, owner, place, side, free, df, critical)
    bounds = found.reshape(len(jobs), sets)
    intervals = []
    for number, which in enumerate(places):
        rows = []
        for low, high in bounds[2 * number : 2 * number + 2].T:
            edges = np.array([low, high])
            if model.logs[which]:
                edges = np.exp(edges)
            rows.append(Interval(_finite(edges[0]), _finite(edges[1]), level))
        intervals.append(rows)
    return intervals


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _bounds(
    model: Model,
    x: Floats,
    y: Floats,
    root: Floats,
    theta: Floats,
    ss: Floats,
    se: Floats,
    owner: Array,
    place: Array,
    side: Array,
    free: Array,
    df: int,
    critical: float,
) -> Floats:
    """The bound of every job on the fitted scale; NaN where there is none."""
    jobs = np.arange(len(owner))
    centre = theta[owner, place]
    width = se[owner, place]
    logs = model.logs[place]
    size = np.where(logs, 1.0, np.abs(centre))
    usual = np.where(np.isfinite(width) & (width > 0), width, 0.1 * np.maximum(size, 1e-6))
    farthest = np.where(logs, FARTHEST_LOG, FARTHEST_PLAIN * np.maximum(size, usual))
    usual = np.minimum(usual, np.where(logs, 1.0, farthest))
    variance = np.maximum(ss[owner] / df, 1e-300)
    # a model that meets its data to the last digit has no width, only rounding
    exact = ss <= EXACT * np.maximum(((y * root) ** 2).sum(axis=1), 1e-290)

    near, near_tau = np.zeros(len(jobs)), np.zeros(len(jobs))
    far, far_tau = np.full(len(jobs), np.inf), np.full(len(jobs), np.inf)
    step = np.minimum(critical * usual, farthest)
    warm = theta[owner].copy()
    answer = np.full(len(jobs), np.nan)
    running = ~exact[owner]
    answer[~running] = centre[~running]
    for number in range(ROUNDS):
        live = np.flatnonzero(running)
        if not live.size:
            break
        trial = warm[live].copy()
        trial[np.arange(live.size), place[live]] = centre[live] + side[live] * step[live]
        mask = np.broadcast_to(free, trial.shape).copy()
        mask[np.arange(live.size), place[live]] = False
        solution = solve(
            lambda t: model.predict(x, model.values(t)),
            lambda t: model.derivatives(x, t),
            y[owner[live]],
            root[owner[live]],
            trial,
            free=mask,
            limit=60,
            tolerance=1e-5,
        )
        rise = np.maximum(solution.ss - ss[owner[live]], 0.0)
        tau = np.sqrt(rise / variance[live])
        tau = np.where(np.isfinite(tau), tau, np.inf)
        hit = np.abs(tau - critical) <= 1e-6 * critical
        answer[live[hit]] = centre[live[hit]] + side[live[hit]] * step[live[hit]]
        running[live[hit]] = False
        below = tau < critical
        inside, outside = live[below], live[~below]
        near[inside], near_tau[inside] = step[inside], tau[below]
        warm[inside] = solution.theta[below]
        far[outside], far_tau[outside] = step[outside], tau[~below]
        closed = running & (far - near <= 1e-9 * np.maximum(far, 1e-300)) & np.isfinite(far)
        answer[closed] = centre[closed] + side[closed] * far[closed]
        running[closed] = False
        lost = running & ~np.isfinite(far) & (near >= farthest)
        running[lost] = False
        halve = number >= PATIENCE and number % 2 == 0
        step = _next(step, near, near_tau, far, far_tau, critical, farthest, halve=halve)
    enclosed = running & np.isfinite(far)
    answer[enclosed] = centre[enclosed] + side[enclosed] * far[enclosed]
    return answer


def _next(
    step: Floats,
    near: Floats,
    near_tau: Floats,
    far: Floats,
    far_tau: Floats,
    critical: float,
    farthest: Floats,
    *,
    halve: bool,
) -> Floats:
    """The next distance to try: outwards while the bound is not enclosed, then by secants.

    `halve` takes the middle of what encloses it: secants creep where the sum of squares jumps, as
    it does at a dose when a slope is without bound.
    """
    with np.errstate(all="ignore"):
        reach = near * np.clip(1.02 * critical / near_tau, 1.2, 3.0)
        outward = np.minimum(np.where(np.isfinite(reach) & (near > 0), reach, 2 * step), farthest)
        secant = near + (critical - near_tau) * (far - near) / (far_tau - near_tau)
        middle = (near + far) / 2
        margin = 1e-3 * (far - near)
        inward = np.where(
            np.isfinite(secant) & (secant > near) & (secant < far),
            np.clip(secant, near + margin, far - margin),
            middle,
        )
    inward = middle if halve else np.where(np.isfinite(inward), inward, middle)
    return np.where(np.isfinite(far), inward, outward)
