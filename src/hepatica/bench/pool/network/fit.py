"""The effects of all treatments of a network from all its studies together.

Each study adds its Laplacian; the pseudo-inverse of the sum turns the studies' differences into
effects and variances for every pair, compared directly or not (Rücker 2012,
doi 10.1002/jrsm.1058; the package netmeta). Compared with netmeta in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hepatica.bench.arrays import Floats
from hepatica.bench.pool.network.arms import Node
from hepatica.bench.pool.tau2 import highest
from hepatica.errors import InputError

Places = NDArray[np.intp]

__all__ = ["Fit", "connected", "fit", "network_tau2"]


@dataclass(frozen=True, slots=True)
class Fit:
    """Effects of a network at one tau².

    `effect[i, j]` is treatment i against j on the scale of analysis, `se` its standard error.
    `q` is the weighted sum of squares about the fit, with `df` degrees of freedom.
    """

    treatments: tuple[str, ...]
    tau2: float
    effect: Floats
    se: Floats
    q: float
    df: int

    def against(self, first: str, second: str) -> tuple[float, float]:
        """The effect of `first` against `second` and its standard error."""
        i, j = self.treatments.index(first), self.treatments.index(second)
        return float(self.effect[i, j]), float(self.se[i, j])


def connected(nodes: Sequence[Node]) -> list[tuple[str, ...]]:
    """The treatments in groups that studies link, largest first."""
    groups: list[set[str]] = []
    for node in nodes:
        joined = set(node.treatments)
        for group in [g for g in groups if g & joined]:
            joined |= group
            groups.remove(group)
        groups.append(joined)
    return [tuple(sorted(group)) for group in sorted(groups, key=lambda g: (-len(g), min(g)))]


def fit(nodes: Sequence[Node], tau2: float = 0.0) -> Fit:
    """The network at `tau2`; InputError when it is empty or falls into parts."""
    treatments = _treatments(nodes)
    total, right, squares = _sums(nodes, treatments, tau2)
    inverse = np.linalg.pinv(total, hermitian=True)
    theta = inverse @ right
    diagonal = np.diag(inverse)
    variance = diagonal[:, None] + diagonal[None, :] - 2 * inverse
    q = max(0.0, float(squares - theta @ right))
    df = sum(len(node.treatments) - 1 for node in nodes) - (len(treatments) - 1)
    return Fit(
        treatments=treatments,
        tau2=tau2,
        effect=theta[:, None] - theta[None, :],
        se=np.sqrt(np.maximum(variance, 0.0)),
        q=q if df else 0.0,
        df=df,
    )


def network_tau2(nodes: Sequence[Node], method: Literal["dl", "reml"] = "dl") -> float:
    """The variance between studies, the same for every comparison; 0 without spare df.

    "dl": the moment estimator, (Q - df) / (Σ tr L - tr(L⁺ Σ L²)) · 2 with L the studies'
    Laplacians, netmeta's default; "reml": the peak of the restricted likelihood.
    """
    common = fit(nodes)
    if common.df <= 0:
        return 0.0
    if method == "dl":
        return _moments(nodes, common)
    return _likelihood(nodes, common.treatments)


def _moments(nodes: Sequence[Node], common: Fit) -> float:
    total, _, _ = _sums(nodes, common.treatments, 0.0)
    traces, squared = 0.0, np.zeros_like(total)
    for node in nodes:
        weight, place = node.weight(0.0), _places(node, common.treatments)
        traces += float(np.trace(weight))
        squared[place] += weight @ weight
    spread = (traces - float(np.trace(np.linalg.pinv(total, hermitian=True) @ squared))) / 2
    return max(0.0, (common.q - common.df) / spread)


def _likelihood(nodes: Sequence[Node], treatments: tuple[str, ...]) -> float:
    def minus_log_likelihood(tau2: float) -> float:
        total, right, squares = _sums(nodes, treatments, tau2)
        q = float(squares - right @ np.linalg.pinv(total, hermitian=True) @ right)
        own = sum(_log_determinant(node.weight(tau2)) for node in nodes)
        return (q - own + _log_determinant(total)) / 2

    def score(tau2: float) -> float:
        total, right, _ = _sums(nodes, treatments, tau2)
        inverse = np.linalg.pinv(total, hermitian=True)
        theta, found, traces = inverse @ right, 0.0, 0.0
        squared = np.zeros_like(total)
        for node in nodes:
            place = _places(node, treatments)
            weight = node.weight(tau2)
            residual = weight @ (node.value - theta[place[0].ravel()])
            found += float(residual @ residual)
            traces += float(np.trace(weight))
            squared[place] += weight @ weight
        return found - traces + float(np.trace(inverse @ squared))

    spread = max(float(np.ptp(node.value)) for node in nodes) ** 2
    top = 100 * (spread + max(float(node.variance.max()) for node in nodes))
    return highest(minus_log_likelihood, score, top=top)


def _log_determinant(laplacian: Floats) -> float:
    """Of a Laplacian with its one zero eigenvalue left out."""
    return float(np.log(np.linalg.eigvalsh(laplacian)[1:]).sum())


def _places(node: Node, treatments: tuple[str, ...]) -> tuple[Places, Places]:
    index = [treatments.index(name) for name in node.treatments]
    rows, columns = np.ix_(index, index)
    return rows, columns


def _sums(
    nodes: Sequence[Node], treatments: tuple[str, ...], tau2: float
) -> tuple[Floats, Floats, float]:
    """Σ L, Σ L y and Σ yᵀ L y."""
    size = len(treatments)
    total, right, squares = np.zeros((size, size)), np.zeros(size), 0.0
    for node in nodes:
        weight, place = node.weight(tau2), _places(node, treatments)
        value = node.value - node.value.mean()
        total[place] += weight
        right[place[0].ravel()] += weight @ value
        squares += float(value @ weight @ value)
    return total, right, squares


def _treatments(nodes: Sequence[Node]) -> tuple[str, ...]:
    if not nodes:
        raise InputError("no study is left to pool; see what was left out and why")
    groups = connected(nodes)
    if len(groups) > 1:
        parts = " | ".join(", ".join(group) for group in groups)
        raise InputError(
            f"the network falls into {len(groups)} parts that no study links ({parts}): "
            "pool them apart"
        )
    return groups[0]
