"""Which of its two forms a five-parameter logistic takes: one for all curves of a table."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from hepatica.bench.assays.response_study import MODELS, Study, held
from hepatica.bench.fit import Fit, fit, weights
from hepatica.bench.model import Model
from hepatica.bench.models.logistic import FIVE, FIVE_EFFECT
from hepatica.bench.result import Comparison
from hepatica.bench.table import Table

__all__ = ["model_of"]

PLAINLY = 2.0  # AICc by which the mirrored form must be better, our choice
MIRRORED = (
    "the asymmetry of these curves lies at the other end than Prism's five-parameter form (and "
    "drc's LL.5) has it: the mirrored form is fitted, and its asymmetry is not Prism's S"
)


def model_of(
    parts: Sequence[Table], study: Study
) -> tuple[Model, tuple[Comparison, ...], tuple[str, ...]]:
    """The logistic that all curves take, and where it had a choice, the comparison and a note.

    Five parameters are taken in Prism's form, where asymmetry is that of the share of the top;
    where the form that mirrors it on the dose axis has an AICc that is plainly lower, in that one.
    """
    model = MODELS[study.model]
    if model is not FIVE_EFFECT:
        return model, (), ()
    fits = [(_fit(FIVE_EFFECT, part, study), _fit(FIVE, part, study)) for part in parts]
    rising = sum(effect.value("end") > effect.value("zero") for effect, _ in fits)
    prism, mirrored = (FIVE_EFFECT, FIVE) if 2 * rising >= len(fits) else (FIVE, FIVE_EFFECT)
    gain = sum(n * (log(effect) - log(rest)) for effect, rest, n in map(_sums, fits))
    if prism is FIVE:
        gain = -gain
    names = ("Prism's five parameters", "their mirrored form")
    compared = Comparison(
        simpler=names[0], other=names[1], delta_aicc=gain,
        prefers="neither plainly" if abs(gain) <= PLAINLY else names[gain > 0],
        note="Both have as many parameters; the curves of the table are counted together.",
    )  # fmt: skip
    return (mirrored, (compared,), (MIRRORED,)) if gain > PLAINLY else (prism, (compared,), ())


def _fit(model: Model, part: Table, study: Study) -> Fit:
    x, y = part.numbers["dose"], part.numbers["response"]
    return fit(model, x, y, weight=weights(y, study.weights), fixed=held(study))


def _sums(pair: tuple[Fit, Fit]) -> tuple[float, float, int]:
    """Both sums of squares, what is only rounding counted as equal, and the readings."""
    floor = max(*(fitted.rounding for fitted in pair), 1e-300)
    return max(pair[0].ss, floor), max(pair[1].ss, floor), pair[0].n
