"""Simulation of a model by scipy's LSODA."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.integrate import odeint  # type: ignore[import-untyped]

from hepatica.bench.arrays import Floats
from hepatica.bench.mechanism.sbml import Model
from hepatica.errors import InputError

__all__ = ["Course", "simulate"]

TOLERANCE = 1e-10


class Course:
    """Species and computed quantities over time; `course["IPtot"]` is an array over `times`."""

    def __init__(self, model: Model, times: Floats, states: Floats, p: Floats) -> None:
        self.model, self.times, self.states, self.p = model, times, states, p

    def __getitem__(self, name: str) -> Floats:
        if name in self.model.species:
            column: Floats = self.states[:, self.model.species.index(name)]
            return column
        if name not in self.model.rules:
            known = ", ".join((*self.model.species, *self.model.rules))
            raise InputError(f"the model has no quantity {name!r}; there are: {known}")
        place = self.model.rules.index(name)
        rows, p = self.states.tolist(), self.p.tolist()
        return np.array([self.model.computed(row, p)[place] for row in rows])

    @property
    def end(self) -> dict[str, float]:
        """The species at the last time, to go on from."""
        return dict(zip(self.model.species, self.states[-1].tolist(), strict=True))


def simulate(
    model: Model,
    times: Sequence[float],
    *,
    constants: Mapping[str, float] | None = None,
    start: Mapping[str, float] | None = None,
) -> Course:
    """The course of `model` over `times` (the first is the start), in the model's time unit.

    InputError where the integration fails.
    """
    p = model.parameters(constants)
    y = model.start(p, start)
    grid = np.asarray(times, dtype=float)
    derivative, constants_ = model.derivative, p.tolist()
    try:
        # plain numbers: arithmetic on an array's elements takes several times as long
        states, told = odeint(
            lambda state, _: derivative(state.tolist(), constants_), y, grid, rtol=TOLERANCE,
            atol=TOLERANCE, mxstep=100_000, full_output=True,
        )  # fmt: skip
    except (ArithmeticError, TypeError) as error:  # a negative number to a broken power is complex
        raise InputError(f"the model {model.name!r} could not be integrated: {error}") from error
    if told["message"] != "Integration successful." or not np.isfinite(states).all():
        raise InputError(f"the model {model.name!r} could not be integrated: {told['message']}")
    return Course(model, grid, states, p)
