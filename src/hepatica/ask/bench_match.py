"""Decides whether a question is about the bench, and which protocol or guide it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from hepatica.ask.bench_index import FOREIGN, BenchIndex, Kind, Unit
from hepatica.ask.lexicon import Lexicon, Mention, Token
from hepatica.ask.prepared import Prepared
from hepatica.ask.question import ASKING, Question

_LEAST = 3.0
_GRAMS: dict[Kind, float] = {
    "place": 2.0, "readout": 1.0, "task": 1.0, "sign": 1.0, "subject": 1.0,
}  # fmt: skip
_ENOUGH = frozenset({"method", "trouble"})
_KNOWN = 0.6
_WEIGHTS: dict[Kind, float] = {
    "method": 2.6, "trouble": 3.0, "readout": 1.3, "place": 0.4, "task": 0.5, "sign": 0.7,
    "subject": 0.5,
}  # fmt: skip
_CLINICAL = frozenset({"condition", "drug", "outcome", "trial", "procedure", "population"})
_EVERYDAY, _MARKS = 0.35, 0.2
_DEFINITION = "definition"
_WRONG = frozenset({"weak", "strong", "moving", "mending"})
_WORK = frozenset({"measuring", "doing", "planning"})
_TROUBLESHOOTING, _MECHANISM = "weak-signal", "no-improvement"
_PAGES, _PAGE_SHARE = 3, 0.7
_UNITS, _UNIT_SHARE = 2, 0.65


class Hit(msgspec.Struct, frozen=True):
    """A page that answers, `best` of it, all `units` to show in their order, and its lines' scores.

    After the best question of a guide follows the one that it most likely leads to.
    """

    page: str
    best: Unit
    units: tuple[Unit, ...]
    lines: dict[int, float]
    score: float
    why: str


def match(question: Question, prepared: Prepared) -> list[Hit]:
    """The protocols and guides that `question` asks for, best first; none for a clinical question.

    A question is about the bench when its words are those of the bench (a method, a trouble, or
    places and read-outs with what to do about them), it names no disease, drug or test that the
    pages do not know, and they hold most of its other words.
    """
    bench = prepared.bench
    lexicon = prepared.bench_lexicon
    tokens = _tokens(question, prepared)
    mentions = lexicon.mentions(tokens)
    named = {mention.concept: bench.kinds[mention.concept] for mention in mentions}
    defines = _DEFINITION in question.concepts and len(mentions) < 2
    if defines or not _is_about_the_bench(named) or not _is_ours(tokens, mentions, prepared):
        return []
    weights = _weights(tokens, named, prepared)
    scores = bench.table.scores(weights)
    scores = {unit: score * _preference(bench.units[unit], named) for unit, score in scores.items()}
    # Within a page every line is about its method: there the words of the question decide.
    words = {term: w * (_MARKS if term[0] == "#" else 1.0) for term, w in weights.items()}
    lines = prepared.shelf.lines.scores(words)
    return list(_hits(scores, lines, bench))


def as_meant(question: Question, prepared: Prepared) -> Question:
    """A question about the bench without the concepts that its abbreviations mean in the clinic.

    LVP is lysine-vasopressin at the bench and large-volume paracentesis on the ward.
    """
    lost = {concept for concept in question.concepts if _is_foreign(concept, prepared)}
    if not lost:
        return question
    marks = {f"#{concept}" for concept in lost}
    return msgspec.structs.replace(
        question,
        concepts=tuple(concept for concept in question.concepts if concept not in lost),
        weights={term: w for term, w in question.weights.items() if term not in marks},
        subjects=tuple(s for s in question.subjects if not marks & set(s.terms)),
    )


def has_a_clinical_side(question: Question, hits: Sequence[Hit], prepared: Prepared) -> bool:
    """Whether a question about the bench is also one that claims answer.

    It is when it names a drug, a disease or an outcome, or, unless it asks why an assay fails, a
    gene that has identifiers. One about the method alone is answered by protocols and guides alone.
    """
    concepts = [prepared.lexicon.concepts[concept] for concept in question.concepts]
    if any(concept.kind in _CLINICAL for concept in concepts):
        return True
    fails = any(hit.page == _TROUBLESHOOTING for hit in hits[:1])
    return not fails and any(concept.kind == "molecule" and concept.codes for concept in concepts)


def unknown_at_the_bench(words: Sequence[str], prepared: Prepared) -> tuple[str, ...]:
    """Those of the `words` unknown to the claims that no protocol or guide holds either."""
    held = prepared.bench.table.postings
    tokens = prepared.bench_lexicon.tokens
    return tuple(w for w in words if not all(token.stem in held for token in tokens(w)))


def _tokens(question: Question, prepared: Prepared) -> list[Token]:
    lexicon = prepared.bench_lexicon
    text = " ".join(
        question.read_as.get(word, word)
        for word in question.text.replace("/", " / ").replace("?", " ?").split()
    )
    return lexicon.tokens(text)


def _is_about_the_bench(named: dict[str, Kind]) -> bool:
    kinds = list(named.values())
    if _ENOUGH & set(kinds):
        return True
    if "place" in kinds:
        return sum(_GRAMS[kind] for kind in kinds) >= _LEAST
    readouts, subject = kinds.count("readout"), "subject" in kinds
    if not readouts:
        return False
    if {"planning", "changed"} <= named.keys():
        return True
    if {"changed", "reading"} <= named.keys() and (subject or readouts > 1):
        return True
    return bool(_WORK & named.keys()) and readouts + subject + 1 >= _LEAST


def _is_ours(tokens: list[Token], mentions: list[Mention], prepared: Prepared) -> bool:
    bench, vocabulary = prepared.bench, prepared.lexicon
    spoken = _spoken(mentions)
    if any(
        not spoken.issuperset(range(mention.first, mention.last))
        for mention in vocabulary.mentions(tokens)
        if _is_foreign(mention.concept, prepared)
    ):
        return False
    others = [
        token.stem in bench.table.postings
        for at, token in enumerate(tokens)
        if at not in spoken and _carries(token, vocabulary)
    ]
    return sum(others) + len(mentions) >= _KNOWN * (len(others) + len(mentions))


def _is_foreign(concept: str, prepared: Prepared) -> bool:
    vocabulary = prepared.lexicon
    kind = vocabulary.concepts[concept].kind
    return kind in FOREIGN and not any(
        vocabulary.concepts[known].kind == kind and vocabulary.kin(concept, known)
        for known in prepared.bench.clinical
    )


def _spoken(mentions: list[Mention]) -> set[int]:
    return {at for mention in mentions for at in range(mention.first, mention.last)}


def _carries(token: Token, vocabulary: Lexicon) -> bool:
    word = token.surface.lower()
    return not (word in ASKING or word in vocabulary.everyday or word[0].isdigit())


def _weights(tokens: list[Token], named: dict[str, Kind], prepared: Prepared) -> dict[str, float]:
    weights: dict[str, float] = {}
    for token in tokens:
        word = token.surface.lower()
        if word not in ASKING:
            weights[token.stem] = _EVERYDAY if word in prepared.lexicon.everyday else 1.0
    weights.update((f"#{name}", _WEIGHTS[kind]) for name, kind in named.items())
    return weights


def _preference(unit: Unit, named: dict[str, Kind]) -> float:
    """More for troubleshooting where something went wrong, for a protocol where work is planned."""
    wrong = bool(_WRONG & named.keys()) or "trouble" in named.values()
    read = "changed" in named and sum(k in {"method", "readout"} for k in named.values()) > 1
    if unit.page == _TROUBLESHOOTING:
        return 1.3 if wrong else 0.85 if _WORK & named.keys() else 1.0
    if unit.page == _MECHANISM:
        return 1.25 if read and not wrong else 1.0
    if unit.section or wrong:
        return 1.0
    return 1.4 if _WORK & named.keys() else 1.0 if "changed" in named else 1.15


def _hits(scores: dict[str, float], lines: dict[str, float], bench: BenchIndex) -> Iterator[Hit]:
    best = max(scores.values(), default=0.0)
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    found: dict[str, list[tuple[str, float]]] = {}
    for name, score in ranked:
        if score >= _PAGE_SHARE * best:
            found.setdefault(bench.units[name].page, []).append((name, score))
    for page, units in list(found.items())[:_PAGES]:
        first, top = units[0]
        close = [name for name, score in units[:_UNITS] if score >= _UNIT_SHARE * top]
        onward = sorted(bench.units[first].next, key=lambda name: (-scores.get(name, 0.0), name))
        close += onward[:1]
        prefix = f"{page}#"
        shown = {name: bench.units[name] for name in close}
        yield Hit(
            page=page,
            best=bench.units[first],
            units=tuple(sorted(shown.values(), key=lambda unit: unit.place)),
            lines={
                int(line.removeprefix(prefix)): score
                for line, score in lines.items()
                if line.startswith(prefix)
            },
            score=round(top / best, 4),
            why=f"words of the bench, {first}",
        )
