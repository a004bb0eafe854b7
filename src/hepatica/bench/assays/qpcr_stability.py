"""How stable candidate reference genes are: geNorm and NormFinder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hepatica.bench.arrays import Floats

__all__ = ["GeNorm", "NormFinder", "genorm", "norm_finder"]


@dataclass(frozen=True, kw_only=True)
class GeNorm:
    """`m` of every gene among all; `ranking` best first (the first two cannot be told apart);

    `mean_m` the average M of the genes left when there are n; `v` the pairwise variation V(n/n+1).
    """

    m: dict[str, float]
    ranking: tuple[str, ...]
    mean_m: dict[int, float]
    v: dict[int, float]


@dataclass(frozen=True, kw_only=True)
class NormFinder:
    """`rho` of every gene: lower is more stable. `grouped` says whether groups were compared."""

    rho: dict[str, float]
    grouped: bool


def genorm(log2: Floats, genes: Sequence[str]) -> GeNorm:
    """geNorm (Vandesompele 2002) on log2 quantities, one row a sample, one column a gene.

    M is the mean standard deviation of a gene's log ratio to each other gene. The worst gene is
    dropped and M taken again, down to a pair. ValueError for fewer than three genes or samples.
    """
    values = np.asarray(log2, dtype=float)
    if values.ndim != 2 or values.shape[1] != len(genes):
        raise ValueError("one column for each gene")
    if len(genes) < 3 or len(values) < 2:
        raise ValueError("geNorm needs three genes and two samples")
    left = list(range(len(genes)))
    first = _stability(values)
    dropped: list[int] = []
    mean_m = {len(genes): float(first.mean())}
    while len(left) > 2:
        m = _stability(values[:, left])
        worst = left[int(np.argmax(m))]
        dropped.append(worst)
        left.remove(worst)
        mean_m[len(left)] = float(_stability(values[:, left]).mean())
    order = sorted(left, key=lambda gene: genes[gene]) + dropped[::-1]
    v = {}
    for count in range(2, len(genes)):
        fewer = values[:, order[:count]].mean(axis=1)
        more = values[:, order[: count + 1]].mean(axis=1)
        v[count] = float((fewer - more).std(ddof=1))
    return GeNorm(
        m=dict(zip(genes, first.tolist(), strict=True)),
        ranking=tuple(genes[index] for index in order),
        mean_m=mean_m,
        v=v,
    )


def _stability(values: Floats) -> Floats:
    count = values.shape[1]
    spread = np.array(
        [
            [(values[:, j] - values[:, k]).std(ddof=1) if j != k else 0.0 for k in range(count)]
            for j in range(count)
        ]
    )
    stability: Floats = spread.sum(axis=1) / (count - 1)
    return stability


def norm_finder(log2: Floats, genes: Sequence[str], group: Sequence[str]) -> NormFinder:
    """NormFinder (Andersen 2004) on log2 quantities, one row a sample, one column a gene.

    Two-way model within each group; the stability is the difference between groups, shrunken by
    its own variance, plus the root of its predictive variance, averaged over the groups. With one
    group it is the standard deviation within it.
    ValueError for fewer than three genes or fewer than two samples in a group.
    """
    values = np.asarray(log2, dtype=float)
    labels = list(dict.fromkeys(group))
    genes_n = len(genes)
    if genes_n < 3:
        raise ValueError("NormFinder needs three genes")
    parts = [values[np.array([entry == label for entry in group])] for label in labels]
    if min(len(part) for part in parts) < 2:
        raise ValueError("NormFinder needs two samples in each group")
    within = np.array([_within(part) for part in parts])  # groups x genes
    if len(labels) == 1:
        return NormFinder(
            rho=dict(zip(genes, np.sqrt(within[0]).tolist(), strict=True)), grouped=False
        )
    means = np.array([part.mean(axis=0) for part in parts])
    noise = within / np.array([[len(part)] for part in parts])
    difference = means - means.mean(axis=0) - means.mean(axis=1, keepdims=True) + means.mean()
    between = max(
        float((difference**2).sum()) / ((genes_n - 1) * (len(labels) - 1)) - float(noise.mean()),
        0.0,
    )
    # a gene whose scatter within a group is estimated at 0, beside no difference between the groups
    whole = between + noise
    weight = np.divide(between, whole, out=np.zeros_like(noise), where=whole > 0)
    rho = (np.abs(difference) * weight + np.sqrt(noise * (1 + weight))).mean(axis=0)
    return NormFinder(rho=dict(zip(genes, rho.tolist(), strict=True)), grouped=True)


def _within(part: Floats) -> Floats:
    samples, genes = part.shape
    residual = part - part.mean(axis=0) - part.mean(axis=1, keepdims=True) + part.mean()
    raw = (residual**2).sum(axis=0) / (samples - 1)
    variance: Floats = (raw - raw.sum() / (genes * (genes - 1))) / (1 - 2 / genes)
    return np.maximum(variance, 0.0)
