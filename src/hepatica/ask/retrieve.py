"""Finds what could answer a question: topics, claims and gaps of the curated knowledge."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hepatica.ask.affinity import affinity, breadth, by_kind, names_all
from hepatica.ask.prepared import Prepared
from hepatica.ask.question import Question
from hepatica.ask.ranking import Weighted
from hepatica.evidence.curated import Claim, Seen, Topic

_TOPIC_SHARE = 0.75
_TOPIC_WEIGHT = 1.2
_TOPICS = 3
_RANKED = 80
_NO_LIFT = (0.0, "")
_PREFERENCE = {Seen.PRIMARY: 0.03, Seen.SECONDARY: 0.0, Seen.TERTIARY: -0.06}


class Ranked(msgspec.Struct, frozen=True):
    """A claim with its score (1.0 is the best direct match) and the reason for it."""

    claim: Claim
    score: float
    why: str


class Match(msgspec.Struct, frozen=True):
    """A topic with the share of the question's weight that it covers."""

    topic: Topic
    coverage: float
    score: float


class Curated(msgspec.Struct, frozen=True):
    """What the curated knowledge holds on a question, best first."""

    claims: tuple[Ranked, ...]
    topics: tuple[Match, ...]
    gaps: tuple[tuple[str, float], ...]


def retrieve(question: Question, prepared: Prepared) -> Curated:
    """Claims, topics and gaps that share words or concepts with the question, best first.

    A claim scores by its own words and, above that, by standing in a topic that matches the
    question: early in the topic counts more than late.
    """
    topics = _topics(question, prepared)
    lifted = _lift(topics)
    direct = prepared.indexes.claims.scores(question.weights)
    asked = by_kind(question.wanted, prepared.lexicon)
    direct = {
        claim: score * affinity(asked, prepared.about[claim], prepared.lexicon)
        for claim, score in direct.items()
    }
    best = max(direct.values(), default=0.0) or 1.0
    scores = {
        claim: direct.get(claim, 0.0) / best
        + lifted.get(claim, _NO_LIFT)[0]
        + _PREFERENCE[prepared.knowledge.claims[claim].seen]
        for claim in direct.keys() | lifted.keys()
    }
    ranked = [
        Ranked(
            prepared.knowledge.claims[claim],
            score,
            _why(direct.get(claim, 0.0) / best, lifted.get(claim)),
        )
        for claim, score in sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:_RANKED]
    ]
    gap_shares = coverage(question.weights, prepared.indexes.gaps)
    gaps = sorted(gap_shares.items(), key=lambda item: (-item[1], item[0]))
    return Curated(tuple(ranked), topics, tuple(gaps))


def coverage(weights: Mapping[str, float], table: Weighted) -> dict[str, float]:
    """For each record, the share of the query's weight (by rarity) whose terms it holds."""
    total = sum(weight * table.idf(term) for term, weight in weights.items()) or 1.0
    held: dict[int, float] = {}
    for term, weight in weights.items():
        share = weight * table.idf(term) / total
        for record, _ in table.postings.get(term, ()):
            held[record] = held.get(record, 0.0) + share
    return {table.ids[record]: share for record, share in held.items()}


def _why(own: float, lift: tuple[float, str] | None) -> str:
    topic = f", topic {lift[1]} +{lift[0]:.2f}" if lift else ""
    return f"words and concepts {own:.2f}{topic}"


def _topics(question: Question, prepared: Prepared) -> tuple[Match, ...]:
    table = prepared.indexes.topics
    scores = table.scores(question.weights)
    if not scores:
        return ()
    asked = by_kind(question.wanted, prepared.lexicon)
    scores = {
        topic: score
        * affinity(asked, prepared.about[topic], prepared.lexicon)
        * breadth(question.wanted, prepared.about[topic], prepared.lexicon)
        for topic, score in scores.items()
        if names_all(asked, prepared.about[topic], "drug", prepared.lexicon)
    }
    if not scores:
        return ()
    shares = coverage(question.weights, table)
    best = max(scores.values())
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        Match(prepared.knowledge.topics[topic], shares[topic], score / best)
        for topic, score in ranked[:_TOPICS]
        if score >= _TOPIC_SHARE * best
    )


def _lift(topics: tuple[Match, ...]) -> dict[str, tuple[float, str]]:
    lifted: dict[str, tuple[float, str]] = {}
    for match in topics:
        claims = match.topic.claims
        for place, claim in enumerate(claims):
            fade = 1 - 0.5 * place / max(len(claims), 1)
            lift = _TOPIC_WEIGHT * match.score * match.coverage * fade
            if lift > lifted.get(claim, (0.0, ""))[0]:
                lifted[claim] = (lift, match.topic.id)
    return lifted
