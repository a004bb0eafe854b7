"""What a model is: parameters, a function, and how to start a fit of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hepatica.bench.arrays import Array, Floats

__all__ = ["Model", "Parameter", "combine"]


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter. A "log" one is positive and fitted as its logarithm.

    `linear` marks one that the model is proportional to, so that a start needs no guess for it.
    """

    name: str
    scale: Literal["log", "plain"] = "log"
    linear: bool = False


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model that can be fitted.

    `function(x, *values)` gives the response; `x` holds the design (one row a variable where there
    are several), each value broadcasts against it, and complex values must pass through.
    `gradient`, where given, returns the derivatives by each value. `grid(x, y)` lists starts for
    the parameters that are not linear, in their order. `formula` and `source` go into reports.
    """

    name: str
    parameters: tuple[Parameter, ...]
    function: Callable[..., Array]
    formula: str
    source: str
    grid: Callable[[Floats, Floats], Sequence[tuple[float, ...]]]
    gradient: Callable[..., tuple[Array, ...]] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def logs(self) -> Floats:
        """True for the parameters that are fitted as logarithms."""
        return np.array([parameter.scale == "log" for parameter in self.parameters])

    def values(self, theta: Array) -> Array:
        """The parameters in their own units, from the scale that is fitted."""
        return np.where(self.logs, np.exp(np.where(self.logs, theta, 0)), theta)

    def theta(self, values: Array) -> Array:
        """The scale that is fitted, from parameters in their own units."""
        return np.where(self.logs, np.log(np.where(self.logs, values, 1)), values)

    def predict(self, x: Floats, values: Array) -> Array:
        """The response at `x` for `values` of shape (..., parameters)."""
        parts = np.moveaxis(np.asarray(values), -1, 0)[..., None]
        return self.function(x, *parts)

    def derivatives(self, x: Floats, theta: Floats) -> Array:
        """The response differentiated by theta: shape (..., readings, parameters)."""
        values = self.values(theta)
        if self.gradient is not None:
            parts = np.moveaxis(values, -1, 0)[..., None]
            columns = self.gradient(x, *parts)
            shape = np.broadcast_shapes(*(np.shape(column) for column in columns))
            jacobian = np.stack([np.broadcast_to(column, shape) for column in columns], axis=-1)
            return jacobian * np.where(self.logs, values, 1.0)[..., None, :]
        return self._complex_step(x, theta)

    def _complex_step(self, x: Floats, theta: Floats) -> Array:
        count = len(self.parameters)
        shifted = theta[..., None, :] + 1e-30j * np.eye(count)
        rows: Array = np.imag(self.predict(x, self.values(shifted))) / 1e-30
        return np.moveaxis(rows, -2, -1)


def combine(model: Model, group: Sequence[int], labels: Sequence[str], shared: set[str]) -> Model:
    """`model` for several groups at once, with the parameters in `shared` common to all.

    `group` holds the number of the group of each reading. Parameters of one group are named
    "Kd[label]". The combined model has no grid: it starts from fits of the single groups.
    """
    unknown = shared - set(model.names)
    if unknown:
        raise ValueError(f"{model.name} has no parameter {', '.join(sorted(unknown))}")
    parameters: list[Parameter] = []
    index = np.zeros((len(labels), len(model.parameters)), dtype=int)
    for place, parameter in enumerate(model.parameters):
        for number, label in enumerate(labels):
            if parameter.name in shared and number:
                index[number, place] = index[0, place]
                continue
            index[number, place] = len(parameters)
            name = parameter.name if parameter.name in shared else f"{parameter.name}[{label}]"
            parameters.append(Parameter(name=name, scale=parameter.scale, linear=parameter.linear))
    columns = index[np.asarray(group)]

    def gather(values: Sequence[Array]) -> list[Array]:
        stacked = np.concatenate(np.broadcast_arrays(*values), axis=-1)
        return [stacked[..., columns[:, place]] for place in range(columns.shape[1])]

    def function(x: Floats, *values: Array) -> Array:
        return model.function(x, *gather(values))

    def gradient(x: Floats, *values: Array) -> tuple[Array, ...]:
        assert model.gradient is not None
        parts = model.gradient(x, *gather(values))
        stacked = np.stack(np.broadcast_arrays(*parts))
        return tuple(
            np.einsum("p...n,np->...n", stacked, (columns == number).astype(float))
            for number in range(len(parameters))
        )

    return Model(
        name=f"{model.name}, {len(labels)} groups",
        parameters=tuple(parameters),
        function=function,
        gradient=gradient if model.gradient is not None else None,
        formula=model.formula,
        source=model.source,
        grid=lambda x, y: (),
    )


def split_values(combined: Model, model: Model, label: str, values: Floats) -> Floats:
    """The values of one group of a combined fit, in the order of `model`."""
    names = combined.names
    return np.array(
        [values[names.index(name if name in names else f"{name}[{label}]")] for name in model.names]
    )
