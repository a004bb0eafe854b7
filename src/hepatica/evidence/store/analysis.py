"""Text to terms, the same for passages and for questions."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tantivy

ANALYZER = "hepatica-en-2"
"""Its number rises with every change of what becomes of a text: older indexes are rebuilt then."""

LONGEST_TERM = 80

WORDS = r"\p{N}+(?:\.\p{N}+)+|\p{N}+[\p{L}\p{M}]\b|\p{N}+|[\p{L}\p{M}]+"
"""Decimals stay whole ("2.25"), a number keeps one letter after it ("V1a": v, 1a) but not a unit
("5mg": 5, mg), and letters end where digits begin ("IL6" and "IL-6": il, 6)."""

QUESTION_WORDS = frozenset(
    """
    a about also am an and any are as at available be because been before being between both but by
    can could current currently describe did do does doing due during each etc evidence explain for
    from give had has have having he her hers him his how i if in information into is it its known
    list main many may me might most much must my name of on once one option options or our out
    over please role s she should since so some such tell than that the their them then there these
    they this those through to until up use used using very via was we were what when where whether
    which while who whom whose why will with within would you your
    """.split()
)
"""Left out of questions, never of the index. "no", "not", "without" and numbers stay."""

_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
    "sigma tau upsilon phi chi psi omega"
).split()
_FOLDS = {
    **{
        letter: f" {name} "
        for letters in ("αβγδεζηθικλμνξοπρστυφχψω", "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ")
        for letter, name in zip(letters, _GREEK, strict=True)
    },
    "ς": " sigma ",
    # Both code points of µ stand for micro far more often than for mu: "µmol" is "umol".
    "μ": "u",
    "µ": "u",
    # Some journals print decimals as 2·25.
    "·": ".",
}
_SHIFTED = {
    code: str(digit)
    for digits in ("⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉")
    for digit, code in enumerate(map(ord, digits))
}
_FOLDED = re.compile(f"[{''.join(_FOLDS)}]|[{''.join(map(chr, _SHIFTED))}]+")


def fold(text: str) -> str:
    """Greek letters by name and powers apart from their base, so that "β-blocker" and "beta
    blocker" meet, "10⁹" and "10^9", and not "10⁹" and "109"."""
    if text.isascii():
        return text
    # Several times as fast as str.translate, which looks up every character.
    return _FOLDED.sub(_plain_form, text)


def _plain_form(match: re.Match[str]) -> str:
    return _FOLDS.get(match[0]) or f" {match[0].translate(_SHIFTED)}"


@cache
def analyzer() -> tantivy.TextAnalyzer:
    """Words and numbers, lower case, without accents, English stems; of folded text."""
    import tantivy

    return _plain().filter(tantivy.Filter.stemmer("english")).build()


def analyse(text: str) -> list[str]:
    """The terms of a text in order, as the index holds them."""
    return analyzer().analyze(_encodable(fold(text)))


def query_terms(text: str) -> Counter[str]:
    """The terms of a question with how often it says them, in its order; all of them if it is
    made of question words only."""
    words = _splitter().analyze(_encodable(fold(text)))
    telling = [word for word in words if word not in QUESTION_WORDS]
    return Counter(analyzer().analyze(" ".join(telling or words)))


@cache
def _splitter() -> tantivy.TextAnalyzer:
    return _plain().build()


def _plain() -> tantivy.TextAnalyzerBuilder:
    import tantivy

    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(WORDS))
        .filter(tantivy.Filter.remove_long(LONGEST_TERM))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
    )


def _encodable(text: str) -> str:
    """Half a surrogate pair, which a terminal or a JSON file can smuggle in, becomes "?"."""
    return text.encode("utf-8", "replace").decode()
