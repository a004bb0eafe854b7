"""Words to concepts: the vocabulary matched in questions and texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import NamedTuple

from hepatica.evidence.curated import Concept

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


class Lexicon:
    """Finds the concepts that a text names, longest phrase first.

    An abbreviation that is also an everyday word in lower case (HE, TIPS, AID) is read as the
    concept only when it is written in capitals; none is read after a number ("48 hrs").
    """

    def __init__(
        self,
        concepts: Iterable[Concept],
        *,
        stem: Callable[[str], list[str]],
        everyday: frozenset[str] = frozenset(),
    ) -> None:
        self._closure = cache(lambda concept: self.with_broader([concept]))
        self._stem_one = lru_cache(maxsize=50_000)(lambda word: "".join(stem(word)) or word.lower())
        self.everyday = everyday
        self.concepts = {concept.id: concept for concept in concepts}
        self._implicit = [concept for concept in self.concepts.values() if concept.implied_by]
        self._phrases: dict[tuple[str, ...], list[tuple[str, str | None]]] = {}
        self._longest = 1
        self.words: set[str] = set()
        for concept in self.concepts.values():
            for word in (concept.name, *concept.words):
                self._add(concept.id, word)

    def _add(self, concept: str, word: str) -> None:
        tokens = self.tokens(word)
        if not tokens:
            return
        single = tokens[0].surface if len(tokens) == 1 else ""
        capitals = single if single.isupper() and single.lower() in self.everyday else None
        self.words.update(t.surface.lower() for t in tokens if t.surface.isalpha())
        key = tuple(token.stem for token in tokens)
        entry = (concept, capitals)
        known = self._phrases.setdefault(key, [])
        if entry not in known:
            known.append(entry)
        self._longest = max(self._longest, len(key))

    def tokens(self, text: str) -> list[Token]:
        """The words of `text` with their stems, in order."""
        return [
            Token(match.group(), self._stem_one(match.group()), match.start())
            for match in _WORD.finditer(text)
        ]

    def mentions(self, tokens: list[Token]) -> list[Mention]:
        """The concepts named in `tokens`; where phrases overlap, the longer one counts."""
        found: list[Mention] = []
        at = 0
        while at < len(tokens):
            for width in range(min(self._longest, len(tokens) - at), 0, -1):
                key = tuple(token.stem for token in tokens[at : at + width])
                concepts = [
                    concept
                    for concept, capitals in self._phrases.get(key, ())
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
        if width > 1:
            return True
        if capitals is not None and tokens[at].surface != capitals:
            return False
        after_number = at > 0 and tokens[at - 1].surface.isdigit()
        return not (after_number and tokens[at].surface.islower() and len(tokens[at].surface) <= 3)

    def nearest(self, word: str) -> str | None:
        """The word of the vocabulary that `word` is most likely a misspelling of, if any."""
        alike = [
            known
            for known in self.words
            if known[0] == word[0] and abs(len(known) - len(word)) <= 2
        ]
        near = get_close_matches(word, sorted(alike), n=1, cutoff=0.9)
        return near[0] if near else None

    def implied(self, named: Iterable[str]) -> list[str]:
        """The concepts that are meant by a group of concepts that are all `named`."""
        held = frozenset(named)
        return [
            concept.id
            for concept in self._implicit
            if concept.id not in held and any(held.issuperset(g) for g in concept.implied_by)
        ]

    def kin(self, concept: str, other: str) -> bool:
        """Whether the two are the same, or one is a kind or part of the other."""
        return other in self._closure(concept) or concept in self._closure(other)

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
