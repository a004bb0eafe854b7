"""One ranking from a search by words and one by meaning."""

from __future__ import annotations

from collections.abc import Sequence

from hepatica.evidence.store.records import Hit


def fuse(words: Sequence[Hit], meaning: Sequence[Hit], *, k: int) -> list[Hit]:
    """The best `k` passages of both, by the mean of two shares, each 0 to 1.

    A share is a score divided by the best of its ranking, a cosine below zero counting as zero.
    `words` is what was found when `k` were asked for; `meaning` holds cosines, those of `words`
    among them as far as there are vectors. Where a ranking has no score for a passage, its lowest
    stands in; but zero where the search by words found fewer than `k`, because then the passage
    holds no word of the question.

    A convex combination of scores keeps what ranks throw away, by how much one passage is better
    than the next (Bruch, Gai and Ingber, doi:10.1145/3596512). Equal weights are the untuned
    choice; docs/decisions/2026-11-22-fusion.md has the figures beside reciprocal rank.
    """
    by_words, by_meaning = _shares(words), _shares(meaning)
    absent = min(by_words.values()) if words and len(words) >= k else 0.0
    unknown = min(by_meaning.values(), default=0.0)
    total = {
        key: (by_words.get(key, absent) + by_meaning.get(key, unknown)) / 2
        for key in by_words | by_meaning
    }
    best = sorted(total.items(), key=lambda item: (-item[1], item[0]))[:k]
    return [Hit(passage, score) for passage, score in best]


def _shares(ranking: Sequence[Hit]) -> dict[int, float]:
    best = max((hit.score for hit in ranking), default=0.0)
    if best <= 0:
        return {hit.passage_id: 0.0 for hit in ranking}
    return {hit.passage_id: max(hit.score, 0.0) / best for hit in ranking}
