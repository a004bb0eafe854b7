"""Ranks curated records against a question: BM25 over words and concepts with field weights.

The curated store is small (hundreds of records), so the whole index is a dictionary that is packed
with the knowledge and ranks in microseconds. Ingested text is ranked by the store's own index.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

_SATURATION = 1.2
_LENGTH = 0.35


class Weighted(msgspec.Struct, frozen=True):
    """An inverted index: for each term, the records that hold it and how strongly.

    A term is a stem ("kidney"), or a concept with its mark ("#hrs-aki"). Weights are BM25 term
    frequencies already saturated and normalised by length, so that a score is a sum of products.
    """

    ids: tuple[str, ...]
    postings: dict[str, list[tuple[int, float]]]

    def idf(self, term: str) -> float:
        """Robertson-Sparck Jones weight, always positive; the largest for a term never seen."""
        held = len(self.postings.get(term, ()))
        return math.log1p((len(self.ids) - held + 0.5) / (held + 0.5))

    def scores(self, query: Mapping[str, float]) -> dict[str, float]:
        """Score by record id, for the records that hold a term of `query` (term -> weight)."""
        total: dict[int, float] = defaultdict(float)
        for term, weight in query.items():
            idf = self.idf(term)
            for record, strength in self.postings.get(term, ()):
                total[record] += weight * idf * strength
        return {self.ids[record]: score for record, score in total.items()}

    def holders(self, term: str) -> frozenset[str]:
        """The records that hold `term`."""
        return frozenset(self.ids[record] for record, _ in self.postings.get(term, ()))


Fields = Sequence[tuple[float, Iterable[str]]]


def index(records: Iterable[tuple[str, Fields]]) -> Weighted:
    """An index over records given as (id, [(field weight, terms), ...])."""
    ids: list[str] = []
    bags: list[dict[str, float]] = []
    for record, fields in records:
        bag: dict[str, float] = defaultdict(float)
        for weight, terms in fields:
            for term in terms:
                bag[term] += weight
        ids.append(record)
        bags.append(bag)
    lengths = [sum(bag.values()) for bag in bags]
    mean = (sum(lengths) / len(lengths)) if lengths else 1.0
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, (bag, length) in enumerate(zip(bags, lengths, strict=True)):
        norm = _SATURATION * (1 - _LENGTH + _LENGTH * length / mean)
        for term, frequency in bag.items():
            strength = frequency * (_SATURATION + 1) / (frequency + norm)
            postings[term].append((number, round(strength, 4)))
    return Weighted(tuple(ids), dict(postings))
