"""Text to terms, the same for passages and for questions."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tantivy

ANALYZER = "hepatica-en-1"
"""Its number rises with every change of what the analyzer makes of a text: indexes are rebuilt."""

LONGEST_TERM = 80

QUESTION_WORDS = frozenset(
    """
    a about also am an and any are as at be because been before being between both but by can could
    describe did do does doing due during each etc explain for from give had has have having he her
    hers him his how i if in into is it its list main many may me might most much must my name of on
    once one or our out over please role she should since so some such tell than that the their them
    then there these they this those through to until up use used using very via was we were what
    when where whether which while who whom whose why will with within would you your
    """.split()
)
"""Left out of questions, never of the index. "no", "not", "without" and numbers stay."""


@cache
def analyzer() -> tantivy.TextAnalyzer:
    """Words of letters and digits, lower case, without accents, English stems."""
    import tantivy

    build = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(LONGEST_TERM),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer("english"),
    ):
        build = build.filter(step)
    return build.build()


def analyse(text: str) -> list[str]:
    """The terms of a text in order, as the index holds them."""
    return analyzer().analyze(text)


def query_terms(text: str) -> list[str]:
    """The terms of a question that are looked for; all of them if nothing but question words is
    left."""
    words = _words(text)
    telling = [word for word in words if word not in QUESTION_WORDS]
    return analyse(" ".join(telling or words))


@cache
def _splitter() -> tantivy.TextAnalyzer:
    import tantivy

    build = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(LONGEST_TERM),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
    ):
        build = build.filter(step)
    return build.build()


def _words(text: str) -> list[str]:
    return _splitter().analyze(text)
