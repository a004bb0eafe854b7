"""Picks, from ingested passages, the sentences that speak to a question."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import msgspec

from hepatica.ask.lexicon import Lexicon
from hepatica.ask.question import Question
from hepatica.evidence.model import Source
from hepatica.evidence.sentences import split
from hepatica.evidence.store.records import Hit, StoredPassage

_PER_SOURCE = 2
_LONGEST = 700
_ALIKE = 0.6


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence of an ingested source, with its place, its score and the share of the question's
    weight whose words it holds."""

    source: Source
    section: tuple[str, ...]
    start: int
    end: int
    quote: str
    score: float
    coverage: float
    why: str


class Sentence(msgspec.Struct, frozen=True):
    """A candidate sentence before its source is loaded."""

    passage: StoredPassage
    start: int
    end: int
    score: float
    coverage: float
    stems: frozenset[str]


def rank(
    question: Question,
    passages: Sequence[StoredPassage],
    hits: Sequence[Hit],
    *,
    lexicon: Lexicon,
    rarity: Mapping[str, float],
) -> list[Sentence]:
    """The sentences of `passages`, best first.

    A sentence scores by the rarity of the question's words it holds and, by a third, by the rank of
    its passage. Sentences too long to quote are left out.
    """
    weights = {
        stem: weight * rarity.get(stem, 0.0)
        for stem, weight in question.weights.items()
        if not stem.startswith("#")
    }
    total = sum(weights.values()) or 1.0
    best = max((hit.score for hit in hits), default=1.0) or 1.0
    strength = {hit.passage_id: hit.score / best for hit in hits}
    found = []
    for passage in passages:
        for start, end in split(passage.text):
            if end - start > _LONGEST:
                continue
            stems = frozenset(token.stem for token in lexicon.tokens(passage.text[start:end]))
            share = sum(weights[stem] for stem in stems & weights.keys()) / total
            if not share:
                continue
            length = 1 + max(0.0, math.log(len(stems) / 40)) if stems else 1.0
            score = share / length + strength[passage.passage_id] / 3
            if passage.kind == "title":
                score *= 0.6
            found.append(Sentence(passage, start, end, score, share, stems))
    found.sort(key=lambda s: (-s.score, s.passage.passage_id, s.start))
    return found


def choose(
    ranked: Sequence[Sentence],
    load: Callable[[str, str], Source],
    *,
    most: int,
    floor: float,
) -> list[Span]:
    """At most `most` spans scoring `floor` of the best, no two alike, few from any one source."""
    chosen: list[Sentence] = []
    taken: dict[str, int] = {}
    for sentence in ranked:
        source_id = sentence.passage.source_id
        if len(chosen) >= most or sentence.score < floor * ranked[0].score:
            break
        if taken.get(source_id, 0) >= _PER_SOURCE:
            continue
        if any(_alike(sentence.stems, other.stems) for other in chosen):
            continue
        taken[source_id] = taken.get(source_id, 0) + 1
        chosen.append(sentence)
    return [_span(sentence, load) for sentence in chosen]


def _alike(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    return len(mine & theirs) >= _ALIKE * min(len(mine), len(theirs))


def _span(sentence: Sentence, load: Callable[[str, str], Source]) -> Span:
    passage = sentence.passage
    return Span(
        source=load(passage.source_id, passage.source_version),
        section=passage.section,
        start=passage.start + sentence.start,
        end=passage.start + sentence.end,
        quote=passage.text[sentence.start : sentence.end],
        score=sentence.score,
        coverage=sentence.coverage,
        why=f"sentence holds {sentence.coverage:.0%} of the question's weight",
    )
