"""Decides whether the store can answer, and says what it holds instead when it cannot."""

from __future__ import annotations

import math

import msgspec

from hepatica.ask.prepared import Prepared
from hepatica.ask.question import Question, Subject
from hepatica.ask.retrieve import Curated

# Chosen on the development questions; `python -m benchmarks.abstention` shows the trade.
CURATED_FLOOR = 0.6
SPAN_FLOOR = 0.5
_LOOKED_AT = 8
_KNOWN = 2.0


class Verdict(msgspec.Struct, frozen=True):
    """Whether to answer, the share of the question that the best evidence covers, and the words of
    the question that the store does not hold."""

    answer: bool
    coverage: float
    unknown: tuple[str, ...]


def judge(
    question: Question, curated: Curated, prepared: Prepared, *, spans: float = 0.0
) -> Verdict:
    """Whether the curated knowledge, or ingested sentences covering `spans`, answer the question.

    A question is about what its subject words say. Each is weighted by its rarity in the store; a
    word that the store has never seen weighs most. The share that one claim or topic holds decides:
    words scattered over several records do not make an answer.
    """
    records = [item.claim.id for item in curated.claims[:_LOOKED_AT]]
    records += [match.topic.id for match in curated.topics]
    held = dict.fromkeys(records, 0.0)
    total = 0.0
    unknown = []
    for subject in question.subjects:
        holders = _holders(subject, prepared)
        weight = _rarity(len(holders), prepared)
        if holders:
            weight = min(weight, _KNOWN) * subject.share
        total += weight
        if not holders:
            unknown.append(subject.words)
        for record in holders & held.keys():
            held[record] += weight
    best = max(held.values(), default=0.0) / total if total else 0.0
    answer = best >= CURATED_FLOOR or spans >= SPAN_FLOOR
    return Verdict(answer, best, tuple(unknown))


def _holders(subject: Subject, prepared: Prepared) -> frozenset[str]:
    tables = (prepared.indexes.claims, prepared.indexes.topics)
    return frozenset().union(*(table.holders(term) for table in tables for term in subject.terms))


def _rarity(holders: int, prepared: Prepared) -> float:
    records = len(prepared.indexes.claims.ids) + len(prepared.indexes.topics.ids)
    return math.log1p((records - holders + 0.5) / (holders + 0.5))
