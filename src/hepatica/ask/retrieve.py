"""Finds what could answer a question: topics, claims and gaps of the curated knowledge."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hepatica.ask.affinity import (
    ByKind,
    affinity,
    asks_of_the_disease,
    breadth,
    by_kind,
    named_share,
    names_all,
    of_a_drug,
)
from hepatica.ask.prepared import Prepared, plainly
from hepatica.ask.question import Question
from hepatica.ask.ranking import Weighted
from hepatica.evidence.curated import Claim, Seen, Topic

_TOPIC_SHARE = 0.75
_TRIAL_SHARE = 0.3
_TOPIC_WEIGHT = 1.2
_TOPICS = 3
_IN_PASSING = 0.7
_UNNAMED = 0.6
_RANKED = 80
_NO_LIFT = (0.0, "")
_PREFERENCE = {Seen.PRIMARY: 0.03, Seen.SECONDARY: 0.0, Seen.TERTIARY: -0.06}


class Ranked(msgspec.Struct, frozen=True):
    """A claim with its score (1.0 is the best direct match) and the reason for it."""

    claim: Claim
    score: float
    why: str


class Match(msgspec.Struct, frozen=True):
    """A topic with the share of the question's weight that it covers, and of that of its subjects
    alone, without numbers and everyday words.

    `score` is a share of the best topic's. `as_asked`: the question is one of the topic's own.
    """

    topic: Topic
    coverage: float
    subjects: float
    score: float
    as_asked: bool = False


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
    disease = asks_of_the_disease(question.wanted, prepared.lexicon)
    direct = {
        claim: score
        * affinity(asked, prepared.about[claim], prepared.lexicon)
        * (of_a_drug(prepared.about[claim]) if disease else 1.0)
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
    gap_shares = {
        gap: share
        for gap, share in coverage(question.weights, prepared.indexes.gaps).items()
        if affinity(asked, prepared.named[gap], prepared.lexicon) == 1.0
    }
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
    wanted = question.wanted
    asked = by_kind(wanted, prepared.lexicon)
    disease = asks_of_the_disease(wanted, prepared.lexicon)
    scores = {
        topic: score
        * affinity(asked, prepared.about[topic], prepared.lexicon)
        * breadth(wanted, prepared.about[topic], prepared.lexicon)
        * _of_the_trials(asked, topic, prepared)
        * _of_the_drugs(asked, topic, prepared)
        for topic, score in scores.items()
        if not disease or of_a_drug(prepared.about[topic]) == 1.0
    }
    scores = {topic: score for topic, score in scores.items() if score}
    if not scores:
        return ()
    shares = coverage(question.weights, table)
    subjects = _subjects_held(question, table)
    best = max(scores.values())
    own = prepared.own_questions.get(plainly(question.text), frozenset())
    ranked = sorted(scores.items(), key=lambda item: (item[0] not in own, -item[1], item[0]))
    return tuple(
        Match(
            prepared.knowledge.topics[topic],
            shares[topic],
            subjects.get(topic, 0.0),
            score / best,
            topic in own,
        )
        for topic, score in ranked[:_TOPICS]
        if score >= _TOPIC_SHARE * best
    )


def _subjects_held(question: Question, table: Weighted) -> dict[str, float]:
    """For each topic, the share of the question's subjects and intents that it holds, by rarity."""
    named = {term for subject in question.subjects for term in subject.terms}
    units = [(subject.terms, subject.share) for subject in question.subjects]
    units += [((f"#{c}",), 1.0) for c in question.concepts if f"#{c}" not in named]
    held: dict[str, float] = {}
    total = 0.0
    for terms, share in units:
        holders = frozenset().union(*(table.holders(term) for term in terms))
        weight = share * min(table.idf(term) for term in terms)
        total += weight
        for topic in holders:
            held[topic] = held.get(topic, 0.0) + weight
    return {topic: weight / total for topic, weight in held.items()} if total else {}


def _of_the_trials(asked: ByKind, topic: str, prepared: Prepared) -> float:
    """1.0, less for a topic that does not name each trial asked about."""
    held = named_share(asked, prepared.named[topic], "trial", prepared.lexicon)
    return 1 - _TRIAL_SHARE * (1 - held)


def _of_the_drugs(asked: ByKind, topic: str, prepared: Prepared) -> float:
    """1.0 for a topic about all drugs asked about, or about one that names the others in its
    questions; less for one that names them in passing; else none."""
    lexicon, main, named = prepared.lexicon, prepared.about[topic], prepared.named[topic]
    if names_all(asked, main, "drug", lexicon):
        held = named_share(asked, named, "drug", lexicon)
        return 1.0 if held or main.get("drug") else _UNNAMED
    if not names_all(asked, named, "drug", lexicon):
        return 0.0
    one = any(lexicon.kin(a, b) for a in asked["drug"] for b in main.get("drug", ()))
    return 1.0 if one else _IN_PASSING


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
