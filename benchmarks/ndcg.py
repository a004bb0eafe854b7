"""nDCG: how near a ranking comes to the best one possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], k: int = 10) -> float:
    """Discounted cumulative gain of the first `k` over that of the ideal order, 0 to 1.

    Gain is the grade, discount log2(rank + 1), as in Järvelin and Kekäläinen 2002 and in
    trec_eval's ndcg_cut. Raises ValueError when nothing is relevant: there is no ideal then.
    """
    ideal = _gain(sorted(grades.values(), reverse=True)[:k])
    if ideal <= 0:
        raise ValueError(f"nothing is relevant among {len(grades)} judgements: leave the query out")
    return _gain([grades.get(entry, 0) for entry in ranking[:k]]) / ideal


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / log2(rank + 1) for rank, grade in enumerate(grades, 1))
