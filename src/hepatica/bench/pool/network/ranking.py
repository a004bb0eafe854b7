"""P-scores: how certain it is, on average, that a treatment has more events than another one."""

from __future__ import annotations

from hepatica.bench.pool.distributions import normal_cdf
from hepatica.bench.pool.network.fit import Fit

__all__ = ["p_scores"]


def p_scores(whole: Fit) -> tuple[tuple[str, float], ...]:
    """Treatments with their P-score, highest first: 0 to 1, mean 0.5.

    The mean over the others of Φ(effect / se) (Rücker and Schwarzer 2015,
    doi 10.1186/s12874-015-0060-8), high for the treatment with most events. It orders; it is no
    evidence that two treatments differ.
    """
    names = whole.treatments
    scores = {
        first: sum(_ahead(whole, first, second) for second in names if second != first)
        / (len(names) - 1)
        for first in names
    }
    return tuple(sorted(scores.items(), key=lambda entry: (-entry[1], entry[0])))


def _ahead(whole: Fit, first: str, second: str) -> float:
    effect, se = whole.against(first, second)
    return normal_cdf(effect / se)
