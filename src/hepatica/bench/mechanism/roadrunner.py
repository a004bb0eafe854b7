"""The same simulation by libroadrunner, for those who have it; results equal scipy's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.mechanism.sbml import Model
from hepatica.errors import MissingExtraError

__all__ = ["simulate_roadrunner"]


def simulate_roadrunner(
    path: Path,
    model: Model,
    times: Sequence[float],
    quantity: str,
    *,
    constants: Mapping[str, float] | None = None,
    start: Mapping[str, float] | None = None,
) -> Floats:
    """`quantity` over `times` of the SBML model at `path`; MissingExtraError without libroadrunner.

    `model` is the same file as read by `read_sbml`; it names what starts where.
    """
    try:
        import roadrunner
    except ImportError as error:
        raise MissingExtraError(what="simulation by libroadrunner", extra="sbml") from error
    engine = roadrunner.RoadRunner(str(path))
    engine.integrator.relative_tolerance = 1e-10
    engine.integrator.absolute_tolerance = 1e-12
    engine.resetAll()
    p = model.parameters(constants)
    for name, value in zip(model.constants, p.tolist(), strict=True):
        engine[name] = value
    for name, value in zip(model.species, model.start(p, start).tolist(), strict=True):
        engine[name] = value
    rows = engine.simulate(times=list(times), selections=["time", quantity])
    return np.asarray(rows)[:, 1].astype(float)
