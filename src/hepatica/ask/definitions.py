"""Scores and criteria that a question names: their definitions, cited line by line."""

from __future__ import annotations

import msgspec

from hepatica.ask.answer import BenchPage, Reader
from hepatica.ask.bench_compose import cited
from hepatica.ask.prepared import Prepared
from hepatica.ask.question import ASKING, Question
from hepatica.ask.retrieve import Curated
from hepatica.ask.texts import Texts
from hepatica.evidence.laboratory_text import Page

_MOST = 3
_ASKED_OF_A_SCORE = frozenset({"definition", "diagnosis", "prognosis", "prediction", "comparison"})
_ABOUT_ELSE = frozenset({"drug", "trial", "procedure"})
_SCORE_WORDS = frozenset(
    """score scores scoring criteria criterion cut cutoff cutoffs threshold thresholds formula
    equation calculate calculated calculation calculator compute computed class classes
    grade grades stage stages staging points point system index mean means meaning define defined
    definition explain work works high severe""".split()
)


def named(question: Question, prepared: Prepared) -> list[str]:
    """The scores and criteria that `question` asks about, none where it asks for something else."""
    concepts = [prepared.lexicon.concepts[concept] for concept in question.concepts]
    intents = {concept.id for concept in concepts if concept.kind == "intent"}
    if intents - _ASKED_OF_A_SCORE or any(concept.kind in _ABOUT_ELSE for concept in concepts):
        return []
    broader = {name for concept in concepts for name in concept.broader}
    found = [
        name for concept in concepts if concept.id not in broader for name in concept.computed_by
    ]
    return list(dict.fromkeys(found))[:_MOST]


def is_all(question: Question, prepared: Prepared) -> bool:
    """Whether the question is about the scores that it names and nothing else."""
    lexicon = prepared.lexicon
    tokens = lexicon.tokens(question.text)
    spoken = {
        at
        for mention in lexicon.mentions(tokens)
        if lexicon.concepts[mention.concept].computed_by
        for at in range(mention.first, mention.last)
    }
    others = (token.surface.lower() for at, token in enumerate(tokens) if at not in spoken)
    return bool(spoken) and all(word in ASKING or word in _SCORE_WORDS for word in others)


def narrowed(curated: Curated, question: Question, prepared: Prepared) -> Curated:
    """Only the claims and topics that speak of a score that the question names."""
    concepts, about = prepared.lexicon.concepts, prepared.indexes.concepts
    scores = {name for name in question.concepts if concepts[name].computed_by}
    return msgspec.structs.replace(
        curated,
        claims=type(curated.claims)(c for c in curated.claims if scores & {*about[c.claim.id]}),
        topics=type(curated.topics)(t for t in curated.topics if scores & {*about[t.topic.id]}),
    )


def definitions(
    names: list[str], *, reader: Reader, prepared: Prepared, texts: Texts
) -> tuple[list[BenchPage], int]:
    """The pages of these scores and criteria, and how many of their lines did not hold.

    None for a patient; a learner is spared the formulas.
    """
    if reader is Reader.PATIENT:
        return [], 0
    shown, lost = [], 0
    for name in names:
        page = prepared.shelf.pages[name]
        pieces = [p for p in page.pieces if reader is not Reader.LEARNER or p.role != "formula"]
        lines, dropped = cited(page, pieces, texts)
        lost += dropped
        if lines:
            shown.append(
                BenchPage(
                    id=page.id,
                    kind=page.kind,
                    title=page.title,
                    command=_command(page),
                    lines=tuple(lines),
                    score=1.0,
                    why="named in the question",
                )
            )
    return shown, lost


def _command(page: Page) -> str:
    return f"hepatica score {page.id}" if page.kind == "score" else "hepatica assess PATIENT"
