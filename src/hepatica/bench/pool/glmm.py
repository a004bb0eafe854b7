"""Proportions pooled by their binomial likelihood: a logistic model with a random intercept.

No correction for empty cells and no normal approximation within a study. Maximum likelihood by
adaptive Gauss-Hermite quadrature, as metafor's rma.glmm(measure="PLO") through lme4's glmer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.errors import InputError

__all__ = ["Logistic", "fit_logistic"]

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(41)
SMALLEST = 1e-8  # a variance below it is none
ROUNDS = 60
Loss = Callable[[Floats], float]


@dataclass(frozen=True, slots=True)
class Logistic:
    """The mean logit with its standard error, and the variance between studies."""

    value: float
    se: float
    tau2: float


def fit_logistic(events: Floats, totals: Floats) -> Logistic:
    """The mean logit of the proportions events/totals and the variance between studies.

    Raises InputError where no study has an event, or none a patient free of it: the logit of the
    mean is then infinite.
    """
    whole, all_events = float(totals.sum()), float(events.sum())
    if all_events in (0.0, whole):
        what = "an event" if all_events == 0 else "a patient free of the event"
        raise InputError(f"no study has {what}: a logistic model has no finite mean")
    plain = float(np.log(all_events / (whole - all_events)))
    se = float((1 / all_events + 1 / (whole - all_events)) ** 0.5)
    if len(events) < 2:
        return Logistic(plain, se, 0.0)

    def loss(at: Floats) -> float:
        return -_log_likelihood(events, totals, float(at[0]), float(np.exp(at[1])))

    starts = [np.array([plain, log_tau]) for log_tau in (-1.0, 0.5)]
    best = min((_newton(loss, start) for start in starts), key=loss)
    tau2 = float(np.exp(2 * best[1]))
    none = -_log_likelihood(events, totals, plain, 0.0)
    if tau2 < SMALLEST or loss(best) > none - 1e-9:
        return Logistic(plain, se, 0.0)
    _, curvature = _slopes(loss, best)
    return Logistic(float(best[0]), float(np.linalg.inv(curvature)[0, 0] ** 0.5), tau2)


def _log_likelihood(events: Floats, totals: Floats, mu: float, tau: float) -> float:
    """Without the binomial coefficients, which no parameter enters."""
    if tau == 0.0:
        return float((events * mu - totals * np.logaddexp(0, mu)).sum())
    u = np.zeros(len(events))  # the mode of each study's random effect, in units of tau
    for _ in range(ROUNDS):
        share = 1 / (1 + np.exp(-(mu + tau * u)))
        gradient = tau * (events - totals * share) - u
        curvature = tau**2 * totals * share * (1 - share) + 1
        step = np.clip(gradient / curvature, -2, 2)
        u = u + step
        if float(np.abs(step).max()) < 1e-12:
            break
    share = 1 / (1 + np.exp(-(mu + tau * u)))
    width = 1 / np.sqrt(tau**2 * totals * share * (1 - share) + 1)
    at = u[:, None] + width[:, None] * NODES
    eta = mu + tau * at
    inside = events[:, None] * eta - totals[:, None] * np.logaddexp(0, eta) - at**2 / 2
    inside += NODES**2 / 2  # the weight function of the quadrature, taken out again
    top = inside.max(axis=1, keepdims=True)
    total = np.log((WEIGHTS * np.exp(inside - top)).sum(axis=1)) + top[:, 0] + np.log(width)
    return float(total.sum() - len(events) * 0.5 * np.log(2 * np.pi))


def _slopes(loss: Loss, at: Floats) -> tuple[Floats, Floats]:
    """Gradient and curvature of `loss` by central differences."""
    h = 1e-4
    steps = np.eye(len(at)) * h
    gradient = np.array([(loss(at + s) - loss(at - s)) / (2 * h) for s in steps])
    curvature = np.empty((len(at), len(at)))
    for i, first in enumerate(steps):
        for j, second in enumerate(steps):
            curvature[i, j] = (
                loss(at + first + second) - loss(at + first - second)
                - loss(at - first + second) + loss(at - first - second)
            ) / (4 * h * h)  # fmt: skip
    return gradient, curvature


def _newton(loss: Loss, start: Floats) -> Floats:
    """A minimum near `start`, by Newton's steps, halved where they do not go down."""
    at: Floats = start
    value = loss(start)
    for _ in range(ROUNDS):
        gradient, curvature = _slopes(loss, at)
        spread, axes = np.linalg.eigh(curvature)
        step = -axes @ ((axes.T @ gradient) / np.maximum(np.abs(spread), 1e-6))
        step = step / max(1.0, float(np.abs(step).max()))
        for _ in range(30):
            moved = loss(at + step)
            if moved < value:
                break
            step = step / 2
        else:
            return at
        at, gain, value = at + step, value - moved, moved
        if gain < 1e-13 or at[1] < -12:
            return at
    return at
