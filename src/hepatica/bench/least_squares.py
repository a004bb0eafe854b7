"""Nonlinear least squares for many problems at once.

Levenberg-Marquardt with column scaling (Moré 1978) and Nielsen's damping, each step solved by QR,
vectorised over problems that share a model and a design: 384 curves cost little more than one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hepatica.bench.arrays import Array, Floats

__all__ = ["Solution", "solve"]


@dataclass(frozen=True)
class Solution:
    """The end of each problem: parameters, weighted sum of squares, and whether it converged."""

    theta: Floats
    ss: Floats
    converged: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    iterations: int


def solve(
    predict: Callable[[Floats], Array],
    derive: Callable[[Floats], Array],
    y: Floats,
    root_weight: Floats,
    theta: Floats,
    *,
    free: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] | None = None,
    limit: int = 200,
    tolerance: float = 1e-7,
) -> Solution:
    """The least-squares solutions of the problems in `theta` (problems, parameters).

    `predict` and `derive` map rows of parameters to responses and Jacobians; `y` and `root_weight`
    broadcast to (problems, readings). Where `free` is false a parameter keeps its value.
    `tolerance` is the length of the last step in standard errors of the parameters.
    """
    theta = np.array(theta, dtype=float)
    count, size = theta.shape
    mask = (
        np.ones((count, size), dtype=bool) if free is None else np.broadcast_to(free, (count, size))
    )
    y = np.broadcast_to(y, (count, y.shape[-1]))
    root_weight = np.broadcast_to(root_weight, y.shape)
    with np.errstate(all="ignore"):
        residual = (y - predict(theta)) * root_weight
        ss = _sum(residual)
    ss[~np.isfinite(ss)] = np.inf
    floor = (4e-16) ** 2 * np.maximum(_sum(y * root_weight), 1e-300)
    damping = np.full(count, 1e-3)
    growth = np.full(count, 2.0)
    scale = np.zeros((count, size))
    upper = np.zeros((count, size, size))
    target = np.zeros((count, size))
    stale = np.ones(count, dtype=bool)
    quiet = np.zeros(count, dtype=int)
    converged = np.zeros(count, dtype=bool)
    running = np.isfinite(ss) & mask.any(axis=1)
    converged[~mask.any(axis=1)] = True
    freedom = np.maximum(y.shape[1] - mask.sum(axis=1), 1)
    # the rounding of a sum of many squares: below it no step can be seen to lower SS
    still = max(1e-14, 8 * float(np.finfo(float).eps) * y.shape[1] ** 0.5)
    eye = np.eye(size)
    steps = 0
    while steps < limit:
        steps += 1
        live = np.flatnonzero(running)
        if not live.size:
            break
        renew = live[stale[live]]
        if renew.size:
            with np.errstate(all="ignore"):
                jacobian = derive(theta[renew]) * root_weight[renew, :, None]
            jacobian = np.where(mask[renew][:, None, :], jacobian, 0.0)
            bad = ~np.isfinite(jacobian).all(axis=(1, 2))
            jacobian[bad] = 0.0
            length = np.sqrt(np.einsum("bnp,bnp->bp", jacobian, jacobian))
            scale[renew] = np.maximum(scale[renew] * 0.5, length)
            scale[renew] = np.where(scale[renew] > 0, scale[renew], 1.0)
            q, upper[renew] = _qr(jacobian / scale[renew][:, None, :])
            target[renew] = np.einsum("bnp,bn->bp", q, residual[renew])
            stale[renew] = False
            running[renew[bad]] = False
            live = live[running[live]]
            if not live.size:
                break
        root = np.sqrt(damping[live])[:, None, None]
        stacked = np.concatenate([upper[live], root * eye], axis=1)
        q, r = np.linalg.qr(stacked)
        right = np.einsum("bpk,bp->bk", q[:, :size, :], target[live])
        step = np.linalg.solve(r, right[..., None])[..., 0]
        step = np.where(mask[live], step, 0.0)
        with np.errstate(all="ignore"):
            proposal = theta[live] + step / scale[live]
            new_residual = (y[live] - predict(proposal)) * root_weight[live]
            new_ss = _sum(new_residual)
        new_ss[~np.isfinite(new_ss)] = np.inf
        gain = np.einsum("bkp,bp->bk", upper[live], step)
        moved = _sum(gain)
        predicted = moved + 2 * damping[live] * _sum(step)
        actual = ss[live] - new_ss
        tiny = 1e-15 * ss[live]
        with np.errstate(all="ignore"):
            ratio = np.where(predicted > 0, actual / np.maximum(predicted, 1e-300), 0.0)
        good = (new_ss <= ss[live]) & ((ratio > 1e-4) | (predicted <= tiny))
        offset = np.sqrt(moved / np.maximum(ss[live] / freedom[live], 1e-300))
        near = (offset < tolerance) & (damping[live] < 1e-8)
        quiet[live] = np.where(np.abs(actual) <= still * ss[live], quiet[live] + 1, 0)
        done = near | (new_ss <= floor[live]) | ((quiet[live] >= 4) & (offset < 1e-2))
        kept = live[good]
        theta[kept] = proposal[good]
        residual[kept] = new_residual[good]
        ss[kept] = new_ss[good]
        stale[kept] = True
        shrink = np.clip(1 - (2 * ratio[good] - 1) ** 3, 0.1, 1.0)
        shrink = np.where(ratio[good] > 0.9, 0.02, shrink)
        damping[kept] = np.maximum(damping[kept] * shrink, 1e-18)
        growth[kept] = 2.0
        refused = live[~good]
        damping[refused] = np.maximum(damping[refused], 1e-12) * growth[refused]
        growth[refused] = np.minimum(growth[refused] * 2, 1e6)
        converged[live[done]] = True
        running[live[done]] = False
        running[refused[damping[refused] > 1e14]] = False
    return Solution(theta, ss, converged, steps)


def _sum(residual: Array) -> Floats:
    total: Floats = np.einsum("...n,...n->...", residual, residual)
    return total


def _qr(matrix: Array) -> tuple[Array, Array]:
    if matrix.shape[1] >= matrix.shape[2]:
        q, r = np.linalg.qr(matrix)
        return q, r
    pad = np.zeros((matrix.shape[0], matrix.shape[2] - matrix.shape[1], matrix.shape[2]))
    q, r = np.linalg.qr(np.concatenate([matrix, pad], axis=1))
    return q[:, : matrix.shape[1]], r
