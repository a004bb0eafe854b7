"""Where a fit starts: a grid over the curved parameters, the linear ones solved for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.model import Model

__all__ = ["perturbed", "starts"]


def starts(
    model: Model, x: Floats, y: Floats, root: Floats, held: Mapping[str, float], tries: int
) -> Floats:
    """The best `tries` starts of every set: shape (tries, sets, parameters), in own units.

    At each point of the model's grid the linear parameters follow from linear least squares, and
    positive ones that come out negative are set to a small positive number.
    """
    points = list(model.grid(x, y.mean(axis=0)))
    curved = [i for i, p in enumerate(model.parameters) if not p.linear]
    linear = [i for i, p in enumerate(model.parameters) if p.linear and p.name not in held]
    count = len(model.parameters)
    values = np.zeros((len(points), count))
    values[:, curved] = np.array(points, dtype=float).reshape(len(points), len(curved))
    for name, value in held.items():
        values[:, model.names.index(name)] = value
    values = np.unique(values, axis=0)
    with np.errstate(all="ignore"):
        base = model.predict(x, values)  # the response with all free linear parameters at zero
        unit = [model.predict(x, values + np.eye(count)[i]) - base for i in linear]
    found = np.broadcast_to(values[:, None, :], (len(values), len(y), count)).copy()
    if linear:
        basis = np.stack(unit, axis=-1)  # (points, readings, linear)
        same = bool(np.ptp(root, axis=0).max(initial=0) == 0)
        if same:
            solver = np.linalg.pinv(np.nan_to_num(basis * root[0][:, None]))
            right = (y[None] - base[:, None, :]) * root
            found[..., linear] = np.einsum("gln,gbn->gbl", solver, right)
        else:
            weighted = np.nan_to_num(basis[:, None] * root[None, :, :, None])
            right = (y[None] - base[:, None, :]) * root
            found[..., linear] = np.einsum("gbln,gbn->gbl", np.linalg.pinv(weighted), right)
        spread = np.maximum(np.ptp(y, axis=1), 1e-12 * np.abs(y).max(axis=1) + 1e-300)
        for place in linear:
            if model.parameters[place].scale == "log":
                size = np.abs(np.stack(unit, axis=-1)[..., linear.index(place)]).max(axis=1)
                least = 0.01 * spread[None, :] / np.maximum(size, 1e-300)[:, None]
                found[..., place] = np.where(found[..., place] > 0, found[..., place], least)
    ss = np.empty(found.shape[:2])
    for g in range(len(found)):
        with np.errstate(all="ignore"):
            residual = (y - model.predict(x, found[g])) * root
            ss[g] = np.einsum("bn,bn->b", residual, residual)
    ss = np.where(np.isfinite(ss), ss, np.inf)
    order = np.argsort(ss, axis=0, kind="stable")[:tries]
    return np.take_along_axis(found, order[..., None], axis=0)


def perturbed(
    model: Model, best: Floats, start: Sequence[float] | None, free: Array, count: int = 24
) -> Floats:
    """Starts around the best parameters found and around a given start, the same ones each time."""
    random = np.random.default_rng(20261122)
    centres = [best] if start is None else [best, np.asarray(start, dtype=float)]
    rows = []
    for number in range(count):
        centre = model.theta(centres[number % len(centres)])
        width = 0.3 * (1 + number // 4)
        shift = random.normal(0, width, len(best))
        moved = np.where(model.logs, centre + shift, centre * np.exp(shift))
        rows.append(np.where(free, moved, centre))
    return model.values(np.clip(rows, -1e300, 1e300))
