"""The last digits of a fit, in the longest floating-point numbers that the machine has.

For data that a model meets almost exactly, the residuals drown in rounding of double precision.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hepatica.bench.arrays import Array
from hepatica.bench.model import Model

__all__ = ["Refined", "refine"]


@dataclass(frozen=True)
class Refined:
    """Parameters on the fitted scale, their standard errors and the sum of squares."""

    theta: Array
    se: Array
    ss: float


def refine(model: Model, x: Array, y: Array, theta: Array, rounds: int = 12) -> Refined:
    """The least-squares solution next to `theta`, by Gauss-Newton steps in extended precision.

    `x` and `y` may hold long doubles. Steps that do not lower the sum of squares end it.
    """
    wide = np.asarray(theta, dtype=np.longdouble)
    residual, jacobian = _linearised(model, x, y, wide)
    for _ in range(rounds):
        q, r = _orthogonal(jacobian)
        step = _back(r, q.T @ residual)
        new_residual, new_jacobian = _linearised(model, x, y, wide + step)
        if not new_residual @ new_residual <= residual @ residual:
            break
        wide, residual, jacobian = wide + step, new_residual, new_jacobian
    _, r = _orthogonal(jacobian)
    size = len(wide)
    inverse = np.stack([_back(r, column) for column in np.eye(size, dtype=np.longdouble)], axis=1)
    ss = residual @ residual
    se = np.sqrt((inverse**2).sum(axis=1) * ss / max(len(y) - size, 1))
    return Refined(wide, se, float(ss))


def _linearised(model: Model, x: Array, y: Array, theta: Array) -> tuple[Array, Array]:
    with np.errstate(all="ignore"):
        shifted = theta + 1e-30j * np.eye(len(theta), dtype=np.longdouble)
        residual = y - model.predict(x, model.values(theta))
        jacobian = np.imag(model.predict(x, model.values(shifted))) / np.longdouble(1e-30)
    return residual, jacobian.T


def _orthogonal(matrix: Array) -> tuple[Array, Array]:
    """QR by modified Gram-Schmidt, twice: LAPACK has no long doubles."""
    q = matrix.copy()
    size = q.shape[1]
    r = np.zeros((size, size), dtype=matrix.dtype)
    for k in range(size):
        for _ in range(2):
            for j in range(k):
                part = q[:, j] @ q[:, k]
                r[j, k] += part
                q[:, k] -= part * q[:, j]
        r[k, k] = np.sqrt(q[:, k] @ q[:, k])
        q[:, k] /= r[k, k] if r[k, k] > 0 else 1
    return q, r


def _back(r: Array, right: Array) -> Array:
    solution = np.array(right, dtype=r.dtype)
    with np.errstate(all="ignore"):
        for k in range(len(r) - 1, -1, -1):
            solution[k] = (solution[k] - r[k, k + 1 :] @ solution[k + 1 :]) / r[k, k]
    return solution
