"""Words to concepts: the vocabulary matched in questions and texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

import msgspec

from hepatica.ask.spelling import Speller
from hepatica.evidence.curated import Bound, Concept
from hepatica.evidence.store.analysis import QUESTION_WORDS

_WORD = re.compile(r"\d+(?:[.,]\d+)*(?![^\W_])|[^\W_]+")


class Token(NamedTuple):
    """One word of a text: as written, its stem as the index has it, and where it starts."""

    surface: str
    stem: str
    start: int


class Mention(NamedTuple):
    """A concept named by the tokens `first` to `last` (exclusive)."""

    concept: str
    first: int
    last: int


class Phrases(msgspec.Struct, frozen=True):
    """The vocabulary's words stemmed once: packed with the knowledge, so that no start stems them.

    `table` maps the stems of a phrase to its concepts, each with the capitals it must be written in
    or None. `longest` is how many words the longest phrase has that starts with a stem. `words` are
    all single words of the vocabulary in lower case, `stems` their stems.
    """

    table: dict[str, list[tuple[str, str | None]]]
    longest: dict[str, int]
    words: frozenset[str]
    stems: frozenset[str]


def phrases(concepts: Iterable[Concept], stemmer: Stemmer, everyday: frozenset[str]) -> Phrases:
    """The phrases of `concepts`.

    An abbreviation with a part that is an everyday word in lower case (HE, TIPS, AID, STOP-HE) must
    be written in capitals.
    """
    table: dict[str, list[tuple[str, str | None]]] = {}
    words: set[str] = set()
    longest: dict[str, int] = {}
    for concept in concepts:
        for word in (concept.name, *concept.words):
            tokens = stemmer.tokens(word)
            if not tokens:
                continue
            surface = " ".join(token.surface for token in tokens)
            common = any(token.surface.lower() in everyday for token in tokens)
            capitals = surface if surface.isupper() and common else None
            words.update(token.surface.lower() for token in tokens if token.surface.isalpha())
            known = table.setdefault(" ".join(token.stem for token in tokens), [])
            if (concept.id, capitals) not in known:
                known.append((concept.id, capitals))
            first = tokens[0].stem
            longest[first] = max(longest.get(first, 1), len(tokens))
    stems = frozenset(stem for key in table for stem in key.split())
    return Phrases(table, longest, frozenset(words), stems)


class Stemmer:
    """Splits text into words and stems each once."""

    def __init__(self, stem: Callable[[str], list[str]]) -> None:
        self._stem = lru_cache(maxsize=50_000)(lambda word: "".join(stem(word)) or word.lower())

    def tokens(self, text: str) -> list[Token]:
        """The words of `text` with their stems, in order."""
        return [
            Token(match.group(), self._stem(match.group()), match.start())
            for match in _WORD.finditer(text)
        ]


class Lexicon:
    """Finds the concepts that a text names, longest phrase first.

    No abbreviation is read after a number ("48 hrs").
    """

    def __init__(
        self,
        concepts: dict[str, Concept],
        phrases: Phrases,
        *,
        stemmer: Stemmer,
        everyday: frozenset[str] = frozenset(),
    ) -> None:
        self.concepts = concepts
        self.everyday = everyday
        self.stems = phrases.stems
        self.tokens = stemmer.tokens
        self._phrases = phrases
        self._closure = cache(lambda concept: self.with_broader([concept]))
        self._implicit = [concept for concept in concepts.values() if concept.implied_by]
        self._bounds: dict[str, list[tuple[str, Bound]]] = {}
        for concept in concepts.values():
            for bound in concept.implied_by_values:
                self._bounds.setdefault(bound.of, []).append((concept.id, bound))

    def mentions(self, tokens: list[Token]) -> list[Mention]:
        """The concepts named in `tokens`; where phrases overlap, the longer one counts."""
        found: list[Mention] = []
        at = 0
        while at < len(tokens):
            longest = self._phrases.longest.get(tokens[at].stem, 0)
            for width in range(min(longest, len(tokens) - at), 0, -1):
                key = " ".join(token.stem for token in tokens[at : at + width])
                concepts = [
                    concept
                    for concept, capitals in self._phrases.table.get(key, ())
                    if self._holds(tokens, at, width, capitals)
                ]
                if concepts:
                    found.extend(Mention(concept, at, at + width) for concept in concepts)
                    at += width
                    break
            else:
                at += 1
        return found

    @staticmethod
    def _holds(tokens: list[Token], at: int, width: int, capitals: str | None) -> bool:
        if capitals is not None and capitals != " ".join(
            token.surface for token in tokens[at : at + width]
        ):
            return False
        if width > 1:
            return True
        after_number = at > 0 and tokens[at - 1].surface.isdigit()
        return not (after_number and tokens[at].surface.islower() and len(tokens[at].surface) <= 3)

    @cached_property
    def _spellers(self) -> tuple[Speller, Speller]:
        # An everyday word takes the place of a subject word unseen, so it must be nearer.
        everyday = self.everyday | QUESTION_WORDS
        return Speller(self._phrases.words, close=0.88), Speller(everyday, close=0.93)

    def nearest(self, word: str) -> str | None:
        """The word of the vocabulary, or else the everyday word, that `word` is misspelt from."""
        terms, everyday = self._spellers
        return terms.nearest(word) or everyday.nearest(word)

    def implied(self, named: Iterable[str]) -> list[str]:
        """The concepts that are meant by a group of concepts that are all `named`."""
        held = frozenset(named)
        return [
            concept.id
            for concept in self._implicit
            if concept.id not in held and any(held.issuperset(g) for g in concept.implied_by)
        ]

    def bounds(self, test: str) -> Sequence[tuple[str, Bound]]:
        """The concepts that a value of `test` can mean, each with the range in which it does."""
        return self._bounds.get(test, ())

    def kin(self, concept: str, other: str) -> bool:
        """Whether the two are the same, or one is a kind or part of the other."""
        return other in self._closure(concept) or concept in self._closure(other)

    def is_kind_of(self, concept: str, other: str) -> bool:
        """Whether `concept` is `other`, or a kind or part of it."""
        return other in self._closure(concept)

    def with_broader(self, concepts: Iterable[str]) -> frozenset[str]:
        """`concepts` and everything they are a kind or part of."""
        seen: set[str] = set()
        todo = list(concepts)
        while todo:
            concept = todo.pop()
            if concept in seen or concept not in self.concepts:
                continue
            seen.add(concept)
            todo.extend(self.concepts[concept].broader)
        return frozenset(seen)
