"""Effect sizes computed from the events and totals that a claim holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from hepatica.ask.answer import Effect
from hepatica.evidence.curated import Figure

_Z = 1.959963984540054  # 97.5th percentile of the standard normal
_CONTROL = ("placebo", "control", "standard", "no ", "usual", "without", "lactulose alone")


def effects(figures: Sequence[Figure]) -> tuple[Effect, ...]:
    """Risk difference, risk ratio and NNT for each outcome reported with n/N in two arms.

    Risk difference with Newcombe's hybrid score interval (Newcombe 1998, method 10), risk ratio
    with the log-normal interval (Katz 1978), none when an arm has no events; NNT is the reciprocal
    of the risk difference, given only when the interval of the difference excludes zero. Outcomes
    with other than two arms, or with arms that cannot be told apart, yield nothing.
    """
    counted = [f for f in figures if f.n is not None and f.N and f.arm and not f.derived]
    found: list[Effect] = []
    key = _outcome
    for _, group in groupby(sorted(counted, key=key), key=key):
        arms = list(group)
        if len(arms) != 2 or arms[0].arm == arms[1].arm:
            continue
        treated, control = arms if _is_control(arms[1]) or not _is_control(arms[0]) else arms[::-1]
        found.extend(_compare(treated, control))
    return tuple(found)


def _outcome(figure: Figure) -> tuple[str, str, str]:
    return (figure.name, figure.timepoint or "", figure.definition or "")


def _is_control(figure: Figure) -> bool:
    return any((figure.arm or "").lower().startswith(word) for word in _CONTROL)


def _wilson(n: int, total: int) -> tuple[float, float]:
    share, z2 = n / total, _Z * _Z
    centre = share + z2 / (2 * total)
    spread = _Z * math.sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    return (centre - spread) / (1 + z2 / total), (centre + spread) / (1 + z2 / total)


def _compare(treated: Figure, control: Figure) -> list[Effect]:
    a, n1, c, n2 = treated.n or 0, treated.N or 1, control.n or 0, control.N or 1
    p1, p2 = a / n1, c / n2
    l1, u1 = _wilson(a, n1)
    l2, u2 = _wilson(c, n2)
    difference = p1 - p2
    low = difference - math.hypot(p1 - l1, u2 - p2)
    high = difference + math.hypot(u1 - p1, p2 - l2)

    def effect(measure: str, value: float, bounds: tuple[float, float] | None, how: str) -> Effect:
        return Effect(
            measure=measure,  # type: ignore[arg-type]  # one of the three literals below
            value=value,
            low=bounds[0] if bounds else None,
            high=bounds[1] if bounds else None,
            arm=treated.arm or "",
            n=a,
            N=n1,
            comparator=control.arm or "",
            comparator_n=c,
            comparator_N=n2,
            method=how,
        )

    found = [effect("risk difference", difference, (low, high), "Newcombe hybrid score interval")]
    if a and c:
        log = math.log(p1 / p2)
        error = math.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2)
        bounds = (math.exp(log - _Z * error), math.exp(log + _Z * error))
        found.append(effect("risk ratio", p1 / p2, bounds, "log-normal interval"))
    if low * high > 0:
        ends = sorted((1 / low, 1 / high))
        found.append(
            effect(
                "number needed to treat",
                1 / difference,
                (ends[0], ends[1]),
                "reciprocal of the risk difference",
            )
        )
    return found
