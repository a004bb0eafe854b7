"""Total and non-specific binding together: any binding model plus NS L + background."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.model import Model, Parameter

__all__ = ["NONSPECIFIC", "with_nonspecific"]

ADDED = (
    Parameter(name="NS", scale="plain", linear=True),
    Parameter(name="background", scale="plain", linear=True),
)


def with_nonspecific(specific: Model) -> Model:
    """`specific` with non-specific binding: x[0] is the ligand, x[1] 1 for total and 0 for not.

    The two share NS and background (GraphPad Curve Fitting Guide, one site: total and
    non-specific); a table of total binding alone has x[1] = 1 throughout.
    """

    def function(x: Floats, *values: Array) -> Array:
        *own, ns, background = values
        result: Array = x[1] * specific.function(x[0], *own) + ns * x[0] + background
        return result

    def gradient(x: Floats, *values: Array) -> tuple[Array, ...]:
        assert specific.gradient is not None
        *own, ns, _ = values
        parts = tuple(x[1] * part for part in specific.gradient(x[0], *own))
        shape = np.zeros(np.broadcast_shapes(np.shape(ns), np.shape(x[0])))
        return (*parts, x[0] + shape, 1 + shape)

    def grid(x: Floats, y: Floats) -> Sequence[tuple[float, ...]]:
        return specific.grid(x[0], y)

    return Model(
        name=f"{specific.name}, total and non-specific",
        parameters=(*specific.parameters, *ADDED),
        function=function,
        gradient=gradient if specific.gradient is not None else None,
        formula=f"total: {specific.formula} + NS L + background; non-specific: NS L + background",
        source=specific.source,
        grid=grid,
    )


def _line(x: Floats, ns: Array, background: Array) -> Array:
    result: Array = ns * x[0] + background
    return result


# The null of a saturation experiment: total binding is non-specific binding.
NONSPECIFIC = Model(
    name="non-specific binding alone",
    parameters=ADDED,
    function=_line,
    formula="NS L + background",
    source="GraphPad Curve Fitting Guide",
    grid=lambda x, y: [()],
)
