"""What a fit gives: parameters, standard errors, intervals, residuals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.intervals import EXACT, Interval, profile
from hepatica.bench.model import Model, split_values

__all__ = ["Fit", "Fits"]


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
        with np.errstate(all="ignore"):  # a parameter that ran away has no finite derivative
            jacobian = self.model.derivatives(self.x, self.theta) * self.root_weight[..., None]
        finite = np.isfinite(jacobian).all(axis=(1, 2))
        jacobian[~finite] = 0.0
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
        sound = finite & (diagonal.min(axis=1) > 1e-13) & np.isfinite(self.ss)
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
        with np.errstate(all="ignore"):
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

    @cached_property
    def rounding(self) -> float:
        """The sum of squares that rounding alone may leave: a smaller one says nothing."""
        return EXACT * float(((self.fits.y[0] * self.fits.root_weight[0]) ** 2).sum())

    @property
    def exact(self) -> bool:
        """Whether the model meets its readings to the last digit: there is no scatter to judge."""
        return self.ss <= self.rounding

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
