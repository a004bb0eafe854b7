"""Relative quantities: ddCt, the efficiency-corrected ratio, several reference genes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, sqrt
from statistics import fmean, variance

import numpy as np

from hepatica.bench.assays.qpcr_efficiency import Efficiency, StandardCurve
from hepatica.bench.assays.qpcr_wells import Replicates
from hepatica.bench.distributions import t_p, t_quantile

__all__ = [
    "CurveRatio",
    "Fold",
    "TechnicalFold",
    "curve_ratio",
    "fold",
    "log2_quantity",
    "permutation_p",
    "technical_fold",
]

Cycles = Mapping[tuple[str, str], float]  # (sample, gene) -> mean Cq of its technical replicates


@dataclass(frozen=True, kw_only=True)
class Fold:
    """log2 of the ratio of two groups, over biological samples.

    `se` holds the spread of the samples and the uncertainty of the efficiencies; `df` by
    Welch and Satterthwaite.
    """

    log2: float
    se: float
    df: float
    se_samples: float
    n: tuple[int, int]

    def bounds(self, level: float) -> tuple[float, float]:
        reach = t_quantile(level, self.df) * self.se
        return self.log2 - reach, self.log2 + reach

    @property
    def p(self) -> float:
        return t_p(self.log2 / self.se, self.df)


@dataclass(frozen=True, kw_only=True)
class TechnicalFold:
    """log2 of the ratio of two single samples: `spread` is that of wells, `se` of their means."""

    log2: float
    spread: float
    se: float


def log2_quantity(
    cycles: Cycles,
    sample: str,
    target: str,
    references: Sequence[str],
    efficiency: Mapping[str, Efficiency],
) -> float:
    """log2 of the target in `sample`, relative to the geometric mean of its references.

    log2 Q = mean over references of Cq_r log2 E_r, minus Cq_t log2 E_t (Pfaffl; Livak where E = 2).
    """
    return (
        fmean(cycles[sample, gene] * efficiency[gene].log2 for gene in references)
        - cycles[sample, target] * efficiency[target].log2
    )


def fold(
    cycles: Cycles,
    treated: Sequence[str],
    control: Sequence[str],
    target: str,
    references: Sequence[str],
    efficiency: Mapping[str, Efficiency],
) -> Fold:
    """The ratio of `treated` to `control`, both lists of two or more biological samples."""
    values = [
        [log2_quantity(cycles, sample, target, references, efficiency) for sample in samples]
        for samples in (treated, control)
    ]
    parts = [(variance(v) / len(v), float(len(v) - 1)) for v in values]
    samples_variance = sum(part for part, _ in parts)

    def shift(gene: str) -> float:
        return fmean(cycles[s, gene] for s in treated) - fmean(cycles[s, gene] for s in control)

    weights = {target: 1.0} | {gene: 1 / len(references) for gene in references}
    for gene, weight in weights.items():
        known = efficiency[gene]
        if known.variance_log2 > 0:
            parts.append(((shift(gene) * weight) ** 2 * known.variance_log2, known.df or 1e6))
    total = sum(part for part, _ in parts)
    spread = sum(part**2 / df for part, df in parts)
    return Fold(
        log2=fmean(values[0]) - fmean(values[1]),
        se=sqrt(total),
        df=total**2 / spread if spread > 0 else float(len(treated) + len(control) - 2),
        se_samples=sqrt(samples_variance),
        n=(len(treated), len(control)),
    )


def technical_fold(
    treated: Mapping[str, Replicates],
    control: Mapping[str, Replicates],
    target: str,
    references: Sequence[str],
    efficiency: Mapping[str, Efficiency],
    *,
    same_tube: bool,
) -> TechnicalFold:
    """The ratio of one sample to one other, with the spread of their wells.

    Separate tubes: s² = s_t² + s_r² of the treated sample; same tube: the SD of its ΔCt over the
    wells (Livak and Schmittgen 2001). Every gene needs two or more wells for a spread.
    """
    genes = [target, *references]
    weight = {target: efficiency[target].log2} | {
        gene: -efficiency[gene].log2 / len(references) for gene in references
    }
    log2 = -sum(weight[g] * (treated[g].mean - control[g].mean) for g in genes)

    def wells_variance(side: Mapping[str, Replicates]) -> float:
        if same_tube:
            paired = zip(*(side[g].cqs for g in genes), strict=True)
            rows = [sum(weight[g] * cq for g, cq in zip(genes, row, strict=True)) for row in paired]
            return float(variance(rows))
        return sum((weight[g] ** 2) * variance(side[g].cqs) for g in genes)

    def mean_variance(side: Mapping[str, Replicates]) -> float:
        if same_tube:
            return wells_variance(side) / len(side[target].cqs)
        return sum((weight[g] ** 2) * variance(side[g].cqs) / len(side[g].cqs) for g in genes)

    return TechnicalFold(
        log2=log2,
        spread=sqrt(wells_variance(treated)),
        se=sqrt(mean_variance(treated) + mean_variance(control)),
    )


@dataclass(frozen=True, kw_only=True)
class CurveRatio:
    """Amounts read from standard curves: target over reference in each of two samples, and their
    ratio. `cv` is the coefficient of variation of the first sample's wells, the ratio's spread.
    """

    treated: float
    control: float
    cv: float

    @property
    def ratio(self) -> float:
        return self.treated / self.control

    @property
    def bounds(self) -> tuple[float, float]:
        """The ratio minus and plus one standard deviation of the wells."""
        return self.ratio * (1 - self.cv), self.ratio * (1 + self.cv)


def curve_ratio(
    treated: Mapping[str, Replicates],
    control: Mapping[str, Replicates],
    target: str,
    references: Sequence[str],
    curves: Mapping[str, StandardCurve],
) -> CurveRatio:
    """Livak and Schmittgen's relative standard curve: mean amounts, target over reference.

    An amount is 10^((Cq - intercept)/slope) of the gene's own curve; several references enter by
    their geometric mean. cv² = cv_target² + the references' cv² over the square of their number.
    Every gene needs two or more wells and a curve.
    """

    def amounts(side: Mapping[str, Replicates], gene: str) -> tuple[float, float]:
        curve = curves[gene]
        values = [10 ** ((cq - curve.intercept) / curve.slope) for cq in side[gene].cqs]
        return fmean(values), sqrt(variance(values)) / fmean(values)

    def normalised(side: Mapping[str, Replicates]) -> tuple[float, float]:
        mean, cv = amounts(side, target)
        held = [amounts(side, gene) for gene in references]
        base = float(np.exp(fmean(float(np.log(value)) for value, _ in held)))
        return mean / base, sqrt(cv**2 + sum(part**2 for _, part in held) / len(held) ** 2)

    above, cv = normalised(treated)
    return CurveRatio(treated=above, control=normalised(control)[0], cv=cv)


def permutation_p(
    treated: Sequence[float], control: Sequence[float], *, limit: int, seed: int
) -> tuple[float, int, bool]:
    """p of the difference of means when samples are reallocated; how many, and whether all.

    Every reallocation is tried where there are at most `limit`; otherwise `limit` random ones,
    counted with the one observed. Target and references move together, as in REST.
    """
    pooled = np.array([*treated, *control])
    size = len(treated)
    observed = abs(float(np.mean(treated) - np.mean(control)))
    total = comb(len(pooled), size)
    slack = 1e-12 * max(1.0, observed)
    if total <= limit:
        rows = np.array(list(combinations(range(len(pooled)), size)))
        sums = pooled[rows].sum(axis=1)
    else:
        order = np.random.default_rng(seed).permuted(
            np.broadcast_to(pooled, (limit, len(pooled))).copy(), axis=1
        )
        sums = order[:, :size].sum(axis=1)
    rest = (pooled.sum() - sums) / (len(pooled) - size)
    extreme = int((np.abs(sums / size - rest) >= observed - slack).sum())
    if total <= limit:
        return extreme / total, total, True
    return (extreme + 1) / (limit + 1), limit, False
