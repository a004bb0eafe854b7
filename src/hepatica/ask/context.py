"""What stands around the statements: disagreements, gaps, related questions, review, words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

from hepatica.ask.answer import (
    BenchLine,
    Disagreement,
    NotFound,
    Reader,
    ReviewState,
    Row,
    Statement,
    Term,
)
from hepatica.ask.compose import caveat
from hepatica.ask.doses import NOT_SHOWN, withheld
from hepatica.ask.prepared import Prepared
from hepatica.ask.retrieve import Curated, Ranked
from hepatica.evidence.curated import Family, Member, Topic
from hepatica.evidence.figures import in_words
from hepatica.evidence.knowledge import topic_hash
from hepatica.evidence.store.store import Store

Status = Literal["submitted", "under_review", "approved"]

_TABLES = 2
_GAP_SHARE = 0.6
_GAPS = 3
_RELATED = 5
_BENCH_KINDS = frozenset({"assay", "drug", "molecule"})
_TERMS = {Reader.LEARNER: 10, Reader.PATIENT: 6}
_EMPTY = frozenset({"the", "a", "of", "trial", "study", "drug"})


def disagreements(
    chosen: Sequence[Ranked], matched: Sequence[Topic], prepared: Prepared
) -> list[Disagreement]:
    """A table for each outcome family that the answer touches: all its members, side by side.

    A family counts when the leading topic names it, or when two or more of the chosen claims report
    its outcome; those with the most chosen claims come first.
    """
    knowledge = prepared.knowledge
    touched: dict[str, float] = {}
    for item in chosen:
        for family in prepared.families_of.get(item.claim.id, ()):
            touched[family] = touched.get(family, 0.0) + item.score
    counts = {
        family: sum(family in prepared.families_of.get(item.claim.id, ()) for item in chosen)
        for family in touched
    }
    named = matched[0].families if matched else ()
    families = [f for f in touched if counts[f] >= 2 or f in named]
    families.sort(key=lambda family: (family not in named, -touched[family], family))
    return [_table(knowledge.families[family], prepared) for family in families[:_TABLES]]


def _table(family: Family, prepared: Prepared) -> Disagreement:
    return Disagreement(
        family=family.id,
        title=family.title,
        outcome=family.outcome,
        rows=tuple(_row(member, prepared) for member in family.members),
        explanation=family.explanation,
    )


def _row(member: Member, prepared: Prepared) -> Row:
    claim = prepared.knowledge.claims[member.claim]
    source = prepared.knowledge.sources[claim.source]
    figures = "; ".join(
        in_words(claim.figures[at], prepared.knowledge.units) for at in member.figures
    )
    return Row(
        claim=claim.id,
        source_id=source.id,
        source=f"{source.title} ({source.year})" if source.year else source.title,
        figure=NOT_SHOWN if withheld(claim) else figures,
        refs=(),
        definition=None if withheld(claim) else member.definition,
        population=member.population or claim.population,
        caveat=caveat(claim),
    )


def not_found(
    matched: Sequence[Topic],
    curated: Curated,
    unknown: Sequence[str],
    prepared: Prepared,
    *,
    reader: Reader,
) -> tuple[NotFound, ...]:
    """What the question asked for that the store does not hold, and figures not confirmed.

    A patient gets the first only: the second are questions of the literature.
    """
    missing = [
        NotFound(looked_for=f"anything on {word!r}: the store holds no evidence on it")
        for word in unknown
    ]
    if reader is Reader.PATIENT:
        return tuple(missing)
    near = dict(curated.gaps)
    named = [gap for topic in matched[:1] for gap in topic.gaps if gap in near]
    close = [gap for gap, share in curated.gaps if share >= _GAP_SHARE]
    for gap_id in list(dict.fromkeys([*close, *named]))[:_GAPS]:
        gap = prepared.knowledge.gaps[gap_id]
        missing.append(NotFound(looked_for=gap.looked_for, would_stand_in=gap.would_stand_in))
    return tuple(missing)


def related(matched: Sequence[Topic], curated: Curated, prepared: Prepared) -> tuple[str, ...]:
    """Questions of the same subject that the curated topics answer."""
    topics = prepared.knowledge.topics
    ids = [other for topic in matched for other in topic.related]
    ids += [match.topic.id for match in curated.topics[1:]]
    shown = {topic.id for topic in matched[:1]}
    fresh = [topic for topic in dict.fromkeys(ids) if topic not in shown]
    return tuple(topics[topic].question for topic in fresh[:_RELATED])


def review_state(matched: Sequence[Topic], prepared: Prepared, store: Store) -> ReviewState:
    """The review of the leading topic; a decision lapses when its content has changed since."""
    if not matched:
        return ReviewState(status="not_reviewed")
    topic = matched[0]
    decisions = store.reviews(topic.id)
    review = decisions[-1] if decisions else topic.review
    decided = review.content_hash
    lapsed = decided is not None and decided != topic_hash(topic, prepared.knowledge.claims)
    return ReviewState(
        status="lapsed" if lapsed else cast("Status", review.status),
        topics=(topic.id,),
        reviewer=review.reviewer,
        date=review.date,
    )


def terms(
    shown: Sequence[Statement | BenchLine], prepared: Prepared, *, reader: Reader
) -> tuple[Term, ...]:
    """The field's first words in `shown`, explained to a learner or named plainly to a patient."""
    most = _TERMS.get(reader, 0)
    if not most:
        return ()
    lexicon = prepared.lexicon
    named: dict[str, None] = {}
    for part in shown:
        # The bench's own words mislead: its donors give cells, not livers.
        kinds = _BENCH_KINDS if isinstance(part, BenchLine) else None
        for mention in lexicon.mentions(lexicon.tokens(part.text)):
            if kinds is None or lexicon.concepts[mention.concept].kind in kinds:
                named[mention.concept] = None
    concepts = [lexicon.concepts[concept] for concept in named]
    explained = [Term(name=c.name, definition=c.definition) for c in concepts if c.definition]
    if reader is Reader.PATIENT:
        explained = [
            Term(name=c.name, definition=f"{c.lay}.")
            for c in concepts
            if c.lay and not _says_nothing(c.name, c.lay)
        ]
    return tuple(explained[:most])


def _says_nothing(name: str, lay: str) -> bool:
    """Whether the plain name has no word that the name itself lacks."""
    return not set(lay.lower().split()) - set(name.lower().split()) - _EMPTY
