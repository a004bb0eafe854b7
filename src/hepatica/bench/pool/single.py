"""One treatment's share of patients with the event, pooled over studies."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from hepatica.bench.pool.concerns import concerns, refuse_mixed
from hepatica.bench.pool.estimate import (
    Estimate,
    Method,
    heterogeneity,
    inverse_variance,
    normal_interval,
    prediction,
)
from hepatica.bench.pool.glmm import fit_logistic
from hepatica.bench.pool.proportions import Proportions, Scale, back, proportions
from hepatica.bench.pool.select import Selection
from hepatica.bench.pool.study import LeftOut
from hepatica.errors import InputError

__all__ = ["Share", "ShareRow", "pool_share"]


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One study: events, total, share with its exact interval (Clopper and Pearson)."""

    label: str
    events: int
    total: int
    share: float
    low: float
    high: float
    weight: float | None
    derived: bool
    claim: str | None


@dataclass(frozen=True, slots=True)
class Share:
    """The pooled share; `share`, `low`, `high` and `prediction` are proportions from 0 to 1."""

    title: str
    treatment: str
    scale: Scale
    rows: tuple[ShareRow, ...]
    estimate: Estimate
    share: float
    low: float
    high: float
    prediction: tuple[float, float] | None
    without: tuple[tuple[str, float, float, float], ...]
    concerns: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def pool_share(
    selection: Selection, *, treatment: str | None = None, scale: Scale = Scale.LOGIT,
    method: Method = Method.REML, knapp_hartung: bool = False, leave_one_out: bool = False,
    level: float = 0.95,
) -> Share:  # fmt: skip
    """The share on `treatment`, by default the treatment that most studies have.

    Method.GLMM takes the binomial likelihood itself: no correction of empty cells. InputError for
    a treatment that no study has, and for what a method cannot do.
    """
    if method is Method.MANTEL_HAENSZEL:
        raise InputError("--method mh compares two arms; for a proportion take iv, dl or reml")
    counts = Counter(t for study in selection.studies for t in study.treatments)
    names = {name.lower(): key for key, name in selection.names.items()}
    if not counts:
        raise InputError(f"no study of {selection.title!r} gives events and totals")
    key = counts.most_common(1)[0][0] if treatment is None else treatment
    key = key if key in counts else names.get(key.lower(), key)
    if key not in counts:
        raise InputError(
            f"--treatment {treatment!r}: no study here has it; there are "
            f"{', '.join(sorted(counts))}"
        )
    used = [study for study in selection.studies if key in study.treatments]
    refuse_mixed(used)
    given = proportions(tuple(used), key, scale)
    estimate = _pooled(given, method, level, knapp_hartung)
    size = given.harmonic
    ahead = estimate.prediction
    notes = list(selection.notes) + list(concerns(used))
    if given.corrected and method is not Method.GLMM:
        named = ", ".join(given.corrected)
        notes.append(f"No event, or events only: {named}; 0.5 was added to events and non-events.")
    notes.append("Arms of different trials are pooled as if they were one group: no comparison.")
    return Share(
        title=selection.outcome[0].upper() + selection.outcome[1:],
        treatment=selection.names.get(key, key),
        scale=scale,
        rows=tuple(
            ShareRow(
                label=study.label,
                events=study.arm(key).events,
                total=study.arm(key).total,
                share=study.arm(key).events / study.arm(key).total,
                low=_exact(study.arm(key).events, study.arm(key).total, level)[0],
                high=_exact(study.arm(key).events, study.arm(key).total, level)[1],
                weight=estimate.weights[place] if estimate.weights else None,
                derived=study.arm(key).derived,
                claim=study.claim,
            )
            for place, study in enumerate(used)
        ),
        estimate=estimate,
        share=back(estimate.value, scale, size),
        low=back(estimate.interval.low, scale, size),
        high=back(estimate.interval.high, scale, size),
        prediction=None if ahead is None else (
            back(ahead[0], scale, size), back(ahead[1], scale, size)
        ),
        without=_without(given, method, level) if leave_one_out else (),
        concerns=tuple(notes),
        left_out=selection.left_out,
    )  # fmt: skip


def _pooled(given: Proportions, method: Method, level: float, knapp_hartung: bool) -> Estimate:
    if method is not Method.GLMM:
        return inverse_variance(given.y, given.v, method, level=level, knapp_hartung=knapp_hartung)
    if given.scale is not Scale.LOGIT or knapp_hartung:
        option = "--scale double-arcsine" if given.scale is not Scale.LOGIT else "--knapp-hartung"
        raise InputError(f"--method glmm works on the logit scale: leave out {option}")
    found = fit_logistic(given.events, given.totals)
    spread = heterogeneity(given.y, given.v, found.tau2, level, random=True)
    return Estimate(
        method=method,
        k=len(given.y),
        value=found.value,
        interval=normal_interval(found.value, found.se, level),
        knapp_hartung=None,
        heterogeneity=replace(spread, tau2_low=None, tau2_high=None),
        prediction=prediction(found.value, found.se, found.tau2, len(given.y), level),
        weights=(),
    )


def _without(
    given: Proportions, method: Method, level: float
) -> tuple[tuple[str, float, float, float], ...]:
    found = []
    for place, label in enumerate(given.labels if len(given.labels) > 1 else ()):
        keep = [other for other in range(len(given.labels)) if other != place]
        left = replace(
            given, y=given.y[keep], v=given.v[keep], events=given.events[keep],
            totals=given.totals[keep],
        )  # fmt: skip
        rest = _pooled(left, method, level, knapp_hartung=False)
        size = float(len(keep) / (1 / given.totals[keep]).sum())
        low, high = rest.interval.low, rest.interval.high
        value = back(rest.value, given.scale, size)
        found.append((label, value, back(low, given.scale, size), back(high, given.scale, size)))
    return tuple(found)


def _exact(events: int, total: int, level: float) -> tuple[float, float]:
    from hepatica.bench.pool.distributions import beta_quantile

    tail = (1 - level) / 2
    low = 0.0 if events == 0 else beta_quantile(tail, events, total - events + 1)
    high = 1.0 if events == total else beta_quantile(1 - tail, events + 1, total - events)
    return low, high
