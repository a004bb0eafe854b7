"""A question read: its words, the concepts it names, and the weights it is searched with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec

from hepatica.ask import values
from hepatica.ask.lexicon import Lexicon, Mention, Token
from hepatica.errors import InputError
from hepatica.evidence.readers._text import clean as cleaned
from hepatica.evidence.sentences import split

LONGEST_QUESTION = 8_000
_LONG = 30
_CONCEPT_WEIGHT = 1.3
_EVERYDAY_WEIGHT = 0.35
_TOLD_WEIGHT = 0.6
_NUMBER_WEIGHT = 0.6

# Words that ask, link or address; they leave the query, never the index. Negations stay.
ASKING = frozenset(
    """
    a about after all am among an and any are as at be been being between both but by can could did
    do does doing each few for from further get gets give given gives go had has have having he her
    here hers him his how i if in into is it its itself just let many may me might more most much
    must my of off on once only or other our out over own per please same shall she should so some
    still such tell than that the their them then there these they this those through to too under
    until up us very was we were what when where which while who whom whose why will with would you
    your yours s t d ll re ve m
    """.split()
)


# A record on the condition that a grade, test or outcome belongs to speaks of it too.
_LOOSE_KINDS = frozenset({"outcome", "score", "test"})
_WHAT_IS = re.compile(r"what(?:'s|’s| is| are| does .* mean)\b", re.IGNORECASE)
_DEFINITION = "definition"
_CHOICE = "treatment-choice"
_WITHOUT = frozenset({"no", "without", "lacking", "except", "besides"})
_RATHER = (["instead", "of"], ["other", "than"], ["apart", "from"], ["aside", "from"])


class Subject(msgspec.Struct, frozen=True):
    """A word or phrase that carries the subject; a record with any of `terms` speaks of it.

    `share` is how much it counts: an outcome is asked of a subject and is half of one itself.
    """

    words: str
    terms: tuple[str, ...]
    share: float = 1.0


class Question(msgspec.Struct, frozen=True):
    """What was asked and how it is searched.

    `weights` maps search terms (stems, and concepts as "#id") to weights. `read_as` says which
    misspelt words were read as which. `denied` are the concepts named as not to be had ("no
    terlipressin on the formulary").
    """

    text: str
    concepts: tuple[str, ...]
    weights: Mapping[str, float]
    subjects: tuple[Subject, ...]
    read_as: Mapping[str, str]
    denied: frozenset[str] = frozenset()

    @property
    def wanted(self) -> tuple[str, ...]:
        """The concepts asked about without those that the asker cannot have or has ruled out."""
        return tuple(concept for concept in self.concepts if concept not in self.denied)


def clean(text: str) -> str:
    """The question on one line; InputError when it is empty, too long or no text."""
    if "\x00" in text:
        raise InputError("the question is binary data; expected a sentence")
    if len(text) > LONGEST_QUESTION:
        raise InputError(
            f"the question has {len(text):,} characters; at most {LONGEST_QUESTION:,} are read: "
            "ask one question, and ingest long text with `hepatica ingest`"
        )
    visible = "".join(
        char if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"} else " "
        for char in cleaned(text.encode("utf-8", "ignore").decode())
    )
    line = " ".join(visible.split())
    if not any(char.isalnum() for char in line):
        raise InputError(f"the question is empty: {line!r}; expected a sentence or keywords")
    return line


def read(text: str, lexicon: Lexicon, *, known: frozenset[str] = frozenset()) -> Question:
    """`text` read with the vocabulary; `known` are the stems that the store's records hold."""
    line = clean(text)
    tokens, read_as = _respell(lexicon.tokens(line), lexicon, known)
    mentions = lexicon.mentions(tokens)
    in_concept = {at for mention in mentions for at in range(mention.first, mention.last)}
    weights: dict[str, float] = {}
    subjects: list[Subject] = []
    intents = {m.concept for m in mentions if lexicon.concepts[m.concept].kind == "intent"}
    asking = {at for m in mentions if m.concept in intents for at in range(m.first, m.last)}
    told = _told(line, tokens)
    for at, token in enumerate(tokens):
        word = token.surface.lower()
        if at in in_concept:
            weight = _EVERYDAY_WEIGHT if at in asking else 1.0
            if word not in ASKING:
                weights[token.stem] = max(weight, weights.get(token.stem, 0.0))
        elif word[0].isdigit():
            weights.setdefault(token.stem, _NUMBER_WEIGHT)
        elif word in ASKING or token.stem in ASKING:
            continue
        elif word in lexicon.everyday or at in told or len(word) == 1:
            weights.setdefault(token.stem, _EVERYDAY_WEIGHT)
        else:
            weights[token.stem] = 1.0
            subjects.append(Subject(token.surface, (token.stem,)))
    asked: list[Subject] = []
    for (first, last), named in _by_place(mentions).items():
        words = " ".join(token.surface for token in tokens[first:last])
        stems = (tokens[first].stem,) if last - first == 1 else ()
        kinds = {lexicon.concepts[concept].kind for concept in named}
        loose = kinds <= _LOOSE_KINDS
        terms = [*named, *(b for c in named if loose for b in lexicon.concepts[c].broader)]
        share = 0.5 if kinds == {"outcome"} else 1.0
        subject = Subject(words, (*(f"#{term}" for term in terms), *stems), share)
        (asked if intents.issuperset(named) else subjects).append(subject)
        weight = _CONCEPT_WEIGHT * (_TOLD_WEIGHT if told.issuperset(range(first, last)) else 1.0)
        for concept in named:
            weights[f"#{concept}"] = max(weight, weights.get(f"#{concept}", 0.0))
    concepts = tuple(dict.fromkeys(mention.concept for mention in mentions))
    if len(subjects) == 1 and not intents and _WHAT_IS.match(line):
        concepts = (*concepts, _DEFINITION)
        weights[f"#{_DEFINITION}"] = _CONCEPT_WEIGHT
    for concept in (*values.implied(tokens, mentions, lexicon), *lexicon.implied(concepts)):
        concepts = tuple(dict.fromkeys((*concepts, concept)))
        weights[f"#{concept}"] = _CONCEPT_WEIGHT
    denied = frozenset(m.concept for m in mentions if _denied(tokens, m))
    for concept in denied & intents:
        del weights[f"#{concept}"]
    if any(lexicon.concepts[concept].kind == "drug" for concept in denied):
        concepts = tuple(dict.fromkeys((*concepts, _CHOICE)))
        weights[f"#{_CHOICE}"] = _CONCEPT_WEIGHT
    return Question(
        line, concepts, weights, tuple(dict.fromkeys(subjects or asked)), read_as, denied
    )


def _told(line: str, tokens: list[Token]) -> frozenset[int]:
    """The tokens of a long message that tell the story around its questions."""
    if len(tokens) < _LONG:
        return frozenset()
    asked = [(start, end) for start, end in split(line) if line[start:end].rstrip().endswith("?")]
    if not asked:
        return frozenset()
    return frozenset(
        at
        for at, token in enumerate(tokens)
        if not any(start <= token.start < end for start, end in asked)
    )


def _denied(tokens: list[Token], mention: Mention) -> bool:
    before = [token.surface.lower() for token in tokens[max(0, mention.first - 2) : mention.first]]
    after = [token.surface.lower() for token in tokens[mention.last : mention.last + 3]]
    return (
        bool(_WITHOUT & set(before[-1:]))
        or before in _RATHER
        or "unavailable" in after
        or any(pair == ("not", "available") for pair in pairwise(after))
    )


_SUBJECT_KINDS = frozenset({"condition", "drug", "procedure", "trial", "molecule"})
_CARRIED = 0.6


def follow(question: Question, subject: Sequence[str], lexicon: Lexicon) -> Question:
    """A follow-up with the subject of the conversation, given as concept ids.

    Conditions, drugs, procedures, trials and molecules are kept, at less weight, unless the
    follow-up names one of the same kind itself.
    """
    kinds = {lexicon.concepts[concept].kind for concept in question.concepts}
    kept = [
        concept
        for concept in dict.fromkeys(subject)
        if concept in lexicon.concepts
        and concept not in question.concepts
        and lexicon.concepts[concept].kind in _SUBJECT_KINDS - kinds
    ]
    weights = dict(question.weights)
    weights.update((f"#{concept}", _CONCEPT_WEIGHT * _CARRIED) for concept in kept)
    subjects = [Subject(lexicon.concepts[concept].name, (f"#{concept}",)) for concept in kept]
    return Question(
        question.text,
        (*question.concepts, *kept),
        weights,
        (*question.subjects, *subjects),
        question.read_as,
        question.denied,
    )


def _by_place(mentions: list[Mention]) -> dict[tuple[int, int], list[str]]:
    places: dict[tuple[int, int], list[str]] = {}
    for mention in mentions:
        places.setdefault((mention.first, mention.last), []).append(mention.concept)
    return places


def _respell(
    tokens: list[Token], lexicon: Lexicon, known: frozenset[str]
) -> tuple[list[Token], dict[str, str]]:
    """Words one or two letters away from a term of the vocabulary, read as that term."""
    read_as: dict[str, str] = {}
    spelled: list[Token] = []
    for token in tokens:
        word = token.surface.lower()
        if (
            word.isalpha()
            and word not in ASKING
            and token.stem not in known
            and word not in lexicon.everyday
            and token.stem not in lexicon.stems
        ):
            near = lexicon.nearest(word)
            if near:
                if near not in lexicon.everyday:
                    read_as[token.surface] = near
                spelled.append(Token(near, lexicon.tokens(near)[0].stem, token.start))
                continue
        spelled.append(token)
    return spelled, read_as
