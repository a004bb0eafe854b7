"""Decides whether the store can answer a question, and which of its words it does not hold."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from hepatica.ask.affinity import by_kind
from hepatica.ask.prepared import Prepared
from hepatica.ask.question import Question, Subject
from hepatica.ask.retrieve import Curated

SPAN_FLOOR = 0.5
"""The share of a question's weight that one ingested sentence must hold to answer it."""

THRESHOLD = 0.2
"""Scores below it abstain. `python -m benchmarks.abstention --sweep` shows the trade."""

# A logistic model fitted to the question sets of benchmarks/data; see the decision note.
_WEIGHTS = {
    "intercept": -4.1,
    "any unknown": -3.0,
    "unknown share": -1.6,
    "best record": 2.5,
    "best topic": 2.3,
    "intents": 0.4,
    "concepts": 0.44,
    "apart": -2.0,
}
_MOST_WEIGHT = 2.0
_LOOKED_AT = 8
_TOGETHER = 3
_FEW = 3
_MECHANISM = "mechanism"


class Verdict(msgspec.Struct, frozen=True):
    """Whether to answer, on what, the score behind it, and the words that the store lacks."""

    answer: bool
    from_claims: bool
    score: float
    unknown: tuple[str, ...]


class Evidence(msgspec.Struct, frozen=True):
    """How the subjects of a question meet the curated records.

    `known` and `unknown` count subjects that some record holds, or none. `best_record` and
    `best_topic` are the shares of the known subjects, by rarity, that one record holds, and that
    one topic holds with its claims. `intents` and `concepts` count what the question names. `apart`
    says that no claim speaks of the drug and of the condition asked about together.
    """

    known: int
    unknown: tuple[str, ...]
    best_record: float
    best_topic: float
    intents: int
    concepts: int
    apart: bool = False


def judge(
    question: Question, curated: Curated, prepared: Prepared, *, spans: float = 0.0
) -> Verdict:
    """Whether the curated knowledge, or ingested sentences covering `spans`, answer the question.

    What a question is about stands in its subject words. A word that neither the store nor the
    everyday vocabulary knows speaks against an answer; known subjects that one record, or one
    topic, holds together speak for it. Words scattered over several records make no answer.
    """
    evidence = weigh(question, curated, prepared)
    score = rate(evidence)
    from_claims = evidence.known > 0 and score >= THRESHOLD
    return Verdict(from_claims or spans >= SPAN_FLOOR, from_claims, score, evidence.unknown)


def rate(evidence: Evidence) -> float:
    """The log-odds, by the model, that the curated knowledge answers."""
    subjects = evidence.known + len(evidence.unknown)
    features = {
        "intercept": 1.0,
        "any unknown": min(1.0, _FEW / subjects) if evidence.unknown else 0.0,
        "unknown share": len(evidence.unknown) / subjects if subjects else 1.0,
        "best record": evidence.best_record,
        "best topic": evidence.best_topic,
        "intents": float(min(evidence.intents, 2)),
        "concepts": float(min(evidence.concepts, 4)),
        "apart": float(evidence.apart),
    }
    return sum(_WEIGHTS[name] * value for name, value in features.items())


def weigh(question: Question, curated: Curated, prepared: Prepared) -> Evidence:
    """What `judge` decides on."""
    claims = [item.claim.id for item in curated.claims[:_LOOKED_AT]]
    records = dict.fromkeys([*claims, *(match.topic.id for match in curated.topics)], 0.0)
    groups = [{match.topic.id, *match.topic.claims} for match in curated.topics]
    groups.append(set(claims[:_TOGETHER]))
    together = [0.0] * len(groups)
    total, unknown = 0.0, []
    for subject in question.subjects:
        holders = _holders(subject, prepared)
        if not holders:
            unknown.append(subject.words)
            continue
        weight = min(_rarity(len(holders), prepared), _MOST_WEIGHT) * subject.share
        total += weight
        for record in holders & records.keys():
            records[record] += weight
        for at, group in enumerate(groups):
            if holders & group:
                together[at] += weight
    kinds = [prepared.lexicon.concepts[concept].kind for concept in question.concepts]
    return Evidence(
        known=len(question.subjects) - len(unknown),
        unknown=tuple(unknown),
        best_record=max(records.values(), default=0.0) / total if total else 0.0,
        best_topic=max(together) / total if total else 0.0,
        intents=kinds.count("intent"),
        concepts=len(kinds) - kinds.count("intent"),
        apart=_apart(question, prepared),
    )


def _apart(question: Question, prepared: Prepared) -> bool:
    lexicon = prepared.lexicon
    drugs = [c for c in question.wanted if lexicon.concepts[c].kind == "drug"]
    conditions = [c for c in question.wanted if lexicon.concepts[c].kind == "condition"]
    specific = by_kind(conditions, lexicon).get("condition", ())
    if not drugs and specific and _MECHANISM in question.wanted:
        return not _explained(specific, question, prepared)
    if not drugs or not conditions:
        return False
    if not specific:  # cirrhosis itself: all conditions of this field are kinds of it
        records = (*prepared.indexes.concepts.values(), *prepared.indexes.named.values())
        return not any(
            _speaks_of(drugs, record, prepared) and not set(conditions).isdisjoint(record)
            for record in records
        )
    return not any(
        _speaks_of(drugs, record.get("drug", ()), prepared)
        and any(
            lexicon.kin(mine, other) for mine in specific for other in record.get("condition", ())
        )
        for record in (*prepared.about.values(), *prepared.named.values())
    )


def _explained(conditions: Sequence[str], question: Question, prepared: Prepared) -> bool:
    """Whether a record tells how one of `conditions` comes about, or a test or molecule named with
    it works, and not how a drug does."""
    kinds = {prepared.lexicon.concepts[concept].kind for concept in question.wanted}
    if kinds & {"molecule", "procedure", "trial", "assay"}:
        return True
    return any(
        _MECHANISM in concepts
        and not prepared.about[record].get("drug")
        and not prepared.about[record].get("molecule")
        and any(prepared.lexicon.kin(a, b) for a in conditions for b in concepts)
        for record, concepts in prepared.indexes.concepts.items()
    )


def _speaks_of(asked: Sequence[str], named: Sequence[str], prepared: Prepared) -> bool:
    """Whether one of `named` is one of those asked about, or a kind of it: a record on antibiotics
    is not on rifaximin."""
    return any(prepared.lexicon.is_kind_of(other, mine) for mine in asked for other in named)


def _holders(subject: Subject, prepared: Prepared) -> frozenset[str]:
    tables = (prepared.indexes.claims, prepared.indexes.topics)
    return frozenset().union(*(table.holders(term) for table in tables for term in subject.terms))


def _rarity(holders: int, prepared: Prepared) -> float:
    records = len(prepared.indexes.claims.ids) + len(prepared.indexes.topics.ids)
    return math.log1p((records - holders + 0.5) / (holders + 0.5))
