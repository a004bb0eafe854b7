"""Fitting: one curve, several curves with shared parameters, or a plate of curves at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.intervals import Interval, profile
from hepatica.bench.least_squares import solve
from hepatica.bench.model import Model, combine, split_values
from hepatica.bench.starts import perturbed, starts
from hepatica.errors import InputError

__all__ = ["Fit", "Fits", "fit", "fit_alike", "fit_groups", "fit_many", "weights"]

WEIGHTS = ("none", "1/y", "1/y2")


@dataclass(frozen=True, kw_only=True)
class Fits:
    """Fits of one model to many sets of readings on one design.

    `theta` holds the parameters on the scale that is fitted (logarithms for positive ones), one row
    a set; `ss` the weighted residual sums of squares.
    """

    model: Model
    x: Floats
    y: Floats
    root_weight: Floats
    theta: Floats
    ss: Floats
    converged: Array
    free: Array

    @property
    def n(self) -> int:
        result: int = self.y.shape[-1]
        return result

    @property
    def df(self) -> int:
        return self.n - int(self.free.sum())

    @cached_property
    def values(self) -> Floats:
        """The parameters in their own units, one row a set."""
        return self.model.values(self.theta)

    @cached_property
    def covariance(self) -> Floats:
        """Covariance of theta for each set; infinite where the data do not fix a parameter."""
        jacobian = self.model.derivatives(self.x, self.theta) * self.root_weight[..., None]
        jacobian = np.where(self.free, jacobian, 0.0)
        length = np.sqrt(np.einsum("bnp,bnp->bp", jacobian, jacobian))
        length = np.where(length > 0, length, 1.0)
        r = np.linalg.qr(jacobian / length[:, None, :], mode="r")
        size = len(self.free)
        covariance = np.full((len(r), size, size), np.inf)
        kept = np.flatnonzero(self.free)
        if self.df < 1 or self.n < size:
            return covariance
        reduced = np.linalg.qr(jacobian[..., kept] / length[:, None, kept], mode="r")
        diagonal = np.abs(np.einsum("bkk->bk", reduced))
        sound = (diagonal.min(axis=1) > 1e-13) & np.isfinite(self.ss)
        inverse = np.linalg.inv(reduced[sound]) / length[sound][:, kept, None]
        variance = (self.ss[sound] / self.df)[:, None, None]
        covariance[np.ix_(np.flatnonzero(sound), kept, kept)] = variance * np.einsum(
            "bik,bjk->bij", inverse, inverse
        )
        return covariance

    @cached_property
    def observed_covariance(self) -> Floats:
        """Covariance of theta from the curvature of SS itself, as R drc and optim report it.

        It equals `covariance` where the model is nearly linear at the solution. The curvature comes
        from central differences of the gradient.
        """
        kept = np.flatnonzero(self.free)
        covariance = np.full_like(self.covariance, np.inf)
        curvature = np.empty((len(self.theta), kept.size, kept.size))
        for row, place in enumerate(kept):
            step = np.zeros(self.theta.shape)
            step[:, place] = 1e-5 * np.maximum(np.abs(self.theta[:, place]), 1e-2)
            difference = self._gradient(self.theta + step) - self._gradient(self.theta - step)
            curvature[:, row] = (difference / (2 * step[:, place])[:, None])[:, kept]
        curvature = (curvature + np.swapaxes(curvature, 1, 2)) / 2
        for number, matrix in enumerate(curvature):
            if self.df > 0 and np.isfinite(matrix).all() and np.linalg.cond(matrix) < 1e14:
                inverse = np.linalg.inv(matrix) * self.ss[number] / self.df
                covariance[np.ix_(np.array([number]), kept, kept)] = inverse
        return covariance

    def _gradient(self, theta: Floats) -> Floats:
        fitted = self.model.predict(self.x, self.model.values(theta))
        residual = (self.y - fitted) * self.root_weight
        jacobian = self.model.derivatives(self.x, theta) * self.root_weight[..., None]
        gradient: Floats = -np.einsum("bnp,bn->bp", jacobian, residual)
        return gradient

    @cached_property
    def se_theta(self) -> Floats:
        """Standard errors on the scale that is fitted."""
        result: Floats = np.sqrt(np.einsum("bkk->bk", self.covariance))
        return result

    @cached_property
    def se(self) -> Floats:
        """Standard errors in the parameters' own units, by the delta method for logarithms."""
        with np.errstate(invalid="ignore"):
            return self.se_theta * np.where(self.model.logs, np.abs(self.values), 1.0)

    def intervals(self, names: Sequence[str], level: float = 0.95) -> dict[str, list[Interval]]:
        """Profile-likelihood intervals of the named parameters, one a set."""
        places = [self.model.names.index(name) for name in names]
        found = profile(
            self.model, self.x, self.y, self.root_weight, self.theta, self.ss, self.se_theta,
            places, self.free, self.df, level,
        )  # fmt: skip
        return dict(zip(names, found, strict=True))


@dataclass(frozen=True, kw_only=True)
class Fit:
    """One fit, alone or of several groups with shared parameters.

    `model` is what was fitted (the combined model of all groups), `base` the model of one group.
    """

    fits: Fits
    base: Model
    groups: tuple[str, ...] = ("all",)
    known: dict[float, dict[str, Interval]] = field(default_factory=dict, repr=False)

    @property
    def model(self) -> Model:
        return self.fits.model

    @property
    def names(self) -> tuple[str, ...]:
        return self.model.names

    @property
    def ss(self) -> float:
        return float(self.fits.ss[0])

    @property
    def n(self) -> int:
        return self.fits.n

    @property
    def df(self) -> int:
        return self.fits.df

    @property
    def converged(self) -> bool:
        return bool(self.fits.converged[0])

    @property
    def rmse(self) -> float:
        """The residual standard deviation, in the unit of the weighted readings."""
        return float(np.sqrt(self.ss / self.df)) if self.df > 0 else float("nan")

    def value(self, name: str) -> float:
        return float(self.fits.values[0][self.names.index(name)])

    def se(self, name: str) -> float:
        return float(self.fits.se[0][self.names.index(name)])

    def interval(self, name: str, level: float = 0.95) -> Interval:
        """The profile-likelihood interval of a parameter; None for a bound that does not exist."""
        if level not in self.known:  # all at once costs little more than one
            names = [n for n, free in zip(self.names, self.fits.free, strict=True) if free]
            found = self.fits.intervals(names, level)
            self.known[level] = {n: entries[0] for n, entries in found.items()}
        return self.known[level][name]

    def predict(self, x: Floats, group: str | None = None) -> Floats:
        """The fitted response of one group at `x`."""
        values = self.fits.values[0]
        if len(self.groups) > 1:
            values = split_values(self.model, self.base, group or self.groups[0], values)
        response: Floats = self.base.predict(x, values)
        return response

    @property
    def residuals(self) -> Floats:
        """Reading minus fit, unweighted."""
        residual: Floats = self.fits.y[0] - self.model.predict(self.fits.x, self.fits.values[0])
        return residual


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
