"""Fitting: one curve, several curves with shared parameters, or a plate of curves at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.fitted import Fit, Fits
from hepatica.bench.intervals import Interval
from hepatica.bench.least_squares import solve
from hepatica.bench.model import Model, combine
from hepatica.bench.starts import perturbed, starts
from hepatica.errors import InputError

__all__ = ["Fit", "Fits", "fit", "fit_alike", "fit_groups", "fit_many", "weights"]

WEIGHTS = ("none", "1/y", "1/y2")


def weights(y: Floats, kind: str) -> Floats:
    """Weights of the readings `y`: "none", "1/y" or "1/y2".

    InputError for a reading of zero or below, which such a weight cannot take.
    """
    if kind not in WEIGHTS:
        raise InputError(f"weights {kind!r}: expected {', '.join(WEIGHTS)}")
    if kind == "none":
        return np.ones_like(y)
    if (y <= 0).any():
        raise InputError(
            f"weights {kind!r} need readings above zero; the lowest is {float(y.min())!r}"
        )
    return 1 / y if kind == "1/y" else 1 / y**2


def fit_many(
    model: Model,
    x: Floats,
    y: Floats,
    *,
    weight: Floats | None = None,
    fixed: Mapping[str, float] | None = None,
    start: Sequence[float] | Floats | None = None,
    tries: int = 1,
    tolerance: float = 1e-7,
    limit: int = 200,
) -> Fits:
    """Fits of `model` to every row of `y` at the common design `x`.

    `start` gives the parameters in their own units (one row for all, or one for each set); without
    it the model's grid is searched and the best `tries` starts are followed.
    """
    x, y = np.asarray(x, dtype=float), np.atleast_2d(np.asarray(y, dtype=float))
    root = np.sqrt(np.broadcast_to(1.0 if weight is None else weight, y.shape))
    held = dict(fixed or {})
    free = np.array([name not in held for name in model.names])
    values = np.array([held.get(name, 0.0) for name in model.names])
    if start is None:
        first = starts(model, x, y, root, held, tries)  # (tries, sets, parameters)
    else:
        given = np.broadcast_to(np.asarray(start, dtype=float), (len(y), len(model.names)))
        first = given[None]
    first = np.where(free, first, values)
    theta = model.theta(first).reshape(-1, len(model.names))
    repeat = len(first)
    solution = solve(
        lambda t: model.predict(x, model.values(t)),
        lambda t: model.derivatives(x, t),
        np.tile(y, (repeat, 1)),
        np.tile(root, (repeat, 1)),
        theta,
        free=free,
        tolerance=tolerance,
        limit=limit,
    )
    sets = np.arange(len(y))
    ss = solution.ss.reshape(repeat, len(y))
    best = np.argmin(ss, axis=0)
    return Fits(
        model=model,
        x=x,
        y=y,
        root_weight=root,
        theta=solution.theta.reshape(repeat, len(y), -1)[best, sets],
        ss=ss[best, sets],
        converged=solution.converged.reshape(repeat, len(y))[best, sets],
        free=free,
    )


def fit(
    model: Model,
    x: Floats,
    y: Floats,
    *,
    weight: Floats | None = None,
    fixed: Mapping[str, float] | None = None,
    start: Sequence[float] | None = None,
    tolerance: float = 1e-9,
) -> Fit:
    """The fit of `model` to the readings `y` at `x`.

    A fit that does not converge, or was given its start, is started again from places around.
    """
    fits = fit_many(
        model,
        x,
        y,
        weight=weight,
        fixed=fixed,
        start=start,
        tries=4,
        tolerance=tolerance,
        limit=1000,
    )
    return Fit(fits=_again(fits, start, tolerance), base=model)


def fit_alike(
    model: Model,
    x: Floats,
    y: Floats,
    *,
    weight: Floats,
    fixed: Mapping[str, float] | None = None,
    level: float | None = None,
) -> list[Fit]:
    """`fit` for every row of `y` on one design, all at once; with their intervals at `level`."""
    fits = fit_many(model, x, y, weight=weight, fixed=fixed, tries=4, tolerance=1e-9, limit=1000)
    known: dict[str, list[Interval]] = {}
    if level is not None:
        names = [name for name, free in zip(model.names, fits.free, strict=True) if free]
        known = fits.intervals(names, level)
    found = []
    for row in range(len(y)):
        here = slice(row, row + 1)
        one = Fits(
            model=model, x=fits.x, y=fits.y[here], root_weight=fits.root_weight[here],
            theta=fits.theta[here], ss=fits.ss[here], converged=fits.converged[here],
            free=fits.free,
        )  # fmt: skip
        again = _again(one, None, 1e-9)
        entries = {name: intervals[row] for name, intervals in known.items()}
        kept = {level: entries} if level is not None and again is one else {}
        found.append(Fit(fits=again, base=model, known=kept))
    return found


def fit_groups(
    model: Model,
    x: Floats,
    y: Floats,
    group: Sequence[str],
    *,
    shared: set[str],
    weight: Floats | None = None,
    fixed: Mapping[str, float] | None = None,
) -> Fit:
    """One fit of `model` to several groups at once, with the parameters in `shared` common to all.

    `fixed` names parameters of the model, the same in every group.
    """
    labels = tuple(dict.fromkeys(group))
    if len(labels) == 1:
        return fit(model, x, y, weight=weight, fixed=fixed)
    number = np.array([labels.index(label) for label in group])
    single = np.empty((len(labels), len(model.names)))
    for place in range(len(labels)):
        rows = number == place
        own = None if weight is None else weight[rows]
        single[place] = fit(model, x[..., rows], y[rows], weight=own, fixed=fixed).fits.values[0]
    combined = combine(model, number.tolist(), labels, shared | set(fixed or {}))
    common = model.values(np.median(model.theta(single), axis=0))
    start = []
    for name in combined.names:
        base, _, label = name.partition("[")
        place = model.names.index(base)
        start.append(single[labels.index(label[:-1]), place] if label else common[place])
    fits = fit_many(combined, x, y, weight=weight, fixed=fixed, start=start, tolerance=1e-8)
    return Fit(fits=_again(fits, None, 1e-8), base=model, groups=labels)


def _again(fits: Fits, start: Sequence[float] | None, tolerance: float) -> Fits:
    if bool(fits.converged.all()) and start is None:
        return fits
    model = fits.model
    places = perturbed(model, fits.values[0], start, fits.free)
    y, root = fits.y[:1], fits.root_weight[:1]
    solution = solve(
        lambda t: model.predict(fits.x, model.values(t)),
        lambda t: model.derivatives(fits.x, t),
        y,
        root,
        model.theta(places),
        free=fits.free,
        tolerance=tolerance,
        limit=1000,
    )
    best = int(np.argmin(solution.ss))
    gain = 1e-2 if fits.converged[0] else 1e-9  # a sum of exponentials has equal minima: keep ours
    if not solution.ss[best] < fits.ss[0] * (1 - gain):
        return fits
    return Fits(
        model=model,
        x=fits.x,
        y=y,
        root_weight=root,
        theta=solution.theta[best][None],
        ss=solution.ss[best][None],
        converged=solution.converged[best][None],
        free=fits.free,
    )
