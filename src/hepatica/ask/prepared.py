"""The curated knowledge with its indexes, built once and stored as one blob."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

import msgspec

from hepatica.ask.affinity import ByKind, by_kind
from hepatica.ask.bench_index import BenchIndex, Shelf, build
from hepatica.ask.lexicon import Lexicon, Phrases, Stemmer, phrases
from hepatica.ask.ranking import Fields, Weighted, index
from hepatica.evidence.curated import Claim, Gap, Topic
from hepatica.evidence.knowledge import Knowledge, documents
from hepatica.evidence.laboratory import Laboratory

FORMAT = 8
"""Its number rises with every change of what `pack` writes: stores then pack the knowledge anew."""

_QUESTION_COUNTS = 3
_MAIN = 0.3

Stem = Callable[[str], list[str]]


class Indexes(msgspec.Struct, frozen=True):
    """What ranks claims, topics and gaps, the concepts that each claim or topic is about, and all
    those that the questions of a topic, or a gap, name."""

    claims: Weighted
    topics: Weighted
    gaps: Weighted
    concepts: dict[str, tuple[str, ...]]
    named: dict[str, tuple[str, ...]]


class Packed(msgspec.Struct, frozen=True):
    """`places` says where each claim stands: curated source, start and end of its passage.

    The laboratory and the definitions of `knowledge` are left out: `bench` holds them ready to be
    found.
    """

    knowledge: Knowledge
    phrases: Phrases
    indexes: Indexes
    places: dict[str, tuple[str, int, int]]
    bench: BenchIndex


class Prepared:
    """Knowledge ready to be asked: records, vocabulary and indexes."""

    def __init__(self, packed: Packed, stem: Stem) -> None:
        self.knowledge = packed.knowledge
        self.indexes = packed.indexes
        self.places = packed.places
        self.bench = packed.bench
        stemmer = Stemmer(stem)
        self.lexicon = _lexicon(packed.knowledge, packed.phrases, stemmer)
        self.bench_lexicon = Lexicon({}, packed.bench.words, stemmer=stemmer)

    @cached_property
    def about(self) -> dict[str, ByKind]:
        """The concepts of each claim and topic by kind."""
        concepts = self.indexes.concepts
        return {record: by_kind(named, self.lexicon) for record, named in concepts.items()}

    @cached_property
    def named(self) -> dict[str, ByKind]:
        """All concepts that the questions of a topic, or a gap, name, by kind."""
        named = self.indexes.named
        return {record: by_kind(concepts, self.lexicon) for record, concepts in named.items()}

    @cached_property
    def shelf(self) -> Shelf:
        """The protocols and guides with their lines."""
        return msgspec.msgpack.decode(self.bench.shelf, type=Shelf)

    @cached_property
    def known(self) -> frozenset[str]:
        """Every stem that a claim, topic, gap, protocol or guide holds."""
        tables = (self.indexes.claims, self.indexes.topics, self.indexes.gaps, self.bench.table)
        return frozenset().union(*(table.postings.keys() for table in tables))

    @cached_property
    def own_questions(self) -> dict[str, frozenset[str]]:
        """The topics that each question, as `plainly` writes it, is one of their own of."""
        found: dict[str, frozenset[str]] = {}
        for topic in self.knowledge.topics.values():
            for own in (topic.question, *topic.asked_as):
                found[plainly(own)] = found.get(plainly(own), frozenset()) | {topic.id}
        return found

    @cached_property
    def families_of(self) -> dict[str, tuple[str, ...]]:
        """The outcome families that each claim belongs to."""
        found: dict[str, list[str]] = {}
        for family in self.knowledge.families.values():
            for member in family.members:
                found.setdefault(member.claim, []).append(family.id)
        return {claim: tuple(families) for claim, families in found.items()}


def plainly(question: str) -> str:
    """A question in lower case, without what ends it."""
    return " ".join(question.lower().split()).rstrip(" ?.")


def pack(knowledge: Knowledge, stem: Stem) -> bytes:
    """The blob that `unpack` reads: knowledge and its indexes."""
    places = {
        passage.section[-1]: (document.source.id, passage.start, passage.end)
        for document in documents(knowledge)
        for passage in document.passages
        if passage.kind == "claim"
    }
    stemmer = Stemmer(stem)
    words = phrases(knowledge.concepts.values(), stemmer, knowledge.everyday)
    lexicon = _lexicon(knowledge, words, stemmer)
    bench = build(knowledge, lexicon, stemmer)
    kept = msgspec.structs.replace(knowledge, laboratory=Laboratory(), definitions={})
    packed = Packed(kept, words, _indexes(knowledge, lexicon), places, bench)
    # The store's version hashes these bytes: sets must not come in the order of a hash seed.
    return msgspec.msgpack.encode(packed, order="deterministic")


def unpack(blob: bytes, stem: Stem) -> Prepared:
    """Knowledge ready to be asked, from what `pack` wrote."""
    return Prepared(msgspec.msgpack.decode(blob, type=Packed), stem)


def _lexicon(knowledge: Knowledge, words: Phrases, stemmer: Stemmer) -> Lexicon:
    return Lexicon(knowledge.concepts, words, stemmer=stemmer, everyday=knowledge.everyday)


def _indexes(knowledge: Knowledge, lexicon: Lexicon) -> Indexes:
    terms = _Terms(lexicon)
    concepts = {
        claim.id: terms.concepts(" . ".join((claim.statement, *claim.keywords)))
        for claim in knowledge.claims.values()
    }
    concepts |= {topic.id: _main_concepts(topic, terms) for topic in knowledge.topics.values()}
    named = {
        topic.id: terms.concepts(" . ".join((topic.question, *topic.asked_as, *topic.keywords)))
        for topic in knowledge.topics.values()
    }
    named |= {gap.id: terms.concepts(gap.looked_for) for gap in knowledge.gaps.values()}
    return Indexes(
        claims=index((c.id, _claim_fields(c, knowledge, terms)) for c in knowledge.claims.values()),
        topics=index((t.id, _topic_fields(t, terms)) for t in knowledge.topics.values()),
        gaps=index((g.id, _gap_fields(g, terms)) for g in knowledge.gaps.values()),
        concepts=concepts,
        named=named,
    )


class _Terms:
    """Turns text into index terms: stems, and marked concepts with the broader ones apart."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def concepts(self, text: str) -> tuple[str, ...]:
        mentions = self._lexicon.mentions(self._lexicon.tokens(text))
        return tuple(dict.fromkeys(mention.concept for mention in mentions))

    def fields(
        self, weight: float, texts: Iterable[str | None]
    ) -> Iterator[tuple[float, list[str]]]:
        text = " . ".join(part for part in texts if part)
        yield weight, [token.stem for token in self._lexicon.tokens(text)]
        named = self.concepts(text)
        yield weight, [f"#{concept}" for concept in named]
        broader = self._lexicon.with_broader(named) - set(named)
        yield weight / 2, [f"#{concept}" for concept in sorted(broader)]


def _main_concepts(topic: Topic, terms: _Terms) -> tuple[str, ...]:
    """What a topic is about: the concepts that its questions and keywords keep naming.

    A drug that is named once in passing does not make the topic speak for it.
    """
    counts = Counter(terms.concepts(topic.question) * _QUESTION_COUNTS)
    for text in (*topic.asked_as, *topic.keywords):
        counts.update(terms.concepts(text))
    most = max(counts.values(), default=0)
    return tuple(concept for concept, count in counts.items() if count >= _MAIN * most)


def _claim_fields(claim: Claim, knowledge: Knowledge, terms: _Terms) -> Fields:
    source = knowledge.sources[claim.source]
    return [
        *terms.fields(1.0, [claim.statement]),
        *terms.fields(0.8, claim.keywords),
        *terms.fields(0.3, [claim.plain]),
        *terms.fields(
            0.4,
            [
                claim.population,
                claim.intervention,
                claim.comparator,
                claim.outcome,
                claim.issuer,
                claim.subject.replace("-", " "),
                source.title,
                *(figure.name for figure in claim.figures),
            ],
        ),
    ]


def _topic_fields(topic: Topic, terms: _Terms) -> Fields:
    return [
        *terms.fields(1.0, [topic.question, *topic.asked_as]),
        *terms.fields(1.0, topic.keywords),
        *terms.fields(0.2, [line.text for line in topic.bottom_line]),
    ]


def _gap_fields(gap: Gap, terms: _Terms) -> Fields:
    return [
        *terms.fields(1.0, [gap.looked_for]),
        *terms.fields(0.8, gap.keywords),
        *terms.fields(0.3, [gap.would_stand_in, gap.subject.replace("-", " ")]),
    ]
