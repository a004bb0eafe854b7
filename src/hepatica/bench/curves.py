"""One dose-response curve: the fit, whether there is an effect at all, and how it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.fit import Fit, fit
from hepatica.bench.groups import Curve
from hepatica.bench.model import Model
from hepatica.bench.replicates import lack_of_fit, missed, streaks, turned_back
from hepatica.bench.result import Check, Series, Status
from hepatica.bench.tested import lone_dose
from hepatica.bench.verdicts import no_effect
from hepatica.bench.wording import number, p_value

__all__ = [
    "PLAIN", "axis", "bell", "coded_zero", "draw", "fit_curve", "misfit", "refuted", "tuples",
]  # fmt: skip

FEWEST_DOSES = 3
PLAIN = 0.001  # below it a parameter of a refuted model is no plain number; our choice
MISSED = 0.05  # of the range of the readings; our choice


def tuples(values: Floats) -> tuple[float, ...]:
    return tuple(np.asarray(values, dtype=float).tolist())


def fit_curve(
    model: Model,
    x: Floats,
    y: Floats,
    weight: Floats,
    fixed: Mapping[str, float],
    fitted: Fit | None = None,
) -> tuple[Fit, str | None]:
    """The fit, and why the dose has no effect to estimate (None when it has one).

    The null is one level for all doses, or the given plateau where one is fixed. `fitted` is the
    fit where it was made already.
    """
    if fitted is None:
        fitted = fit(model, x, y, weight=weight, fixed=fixed)
    level = float(np.average(y, weights=weight))
    level = fixed.get("zero", level)
    null = float((weight * (y - level) ** 2).sum())
    null_df = len(y) - (0 if "zero" in fixed else 1)
    reason = no_effect(null, null_df, fitted, f"the {model.name}", "a constant")
    doses = np.unique(x[x > 0])
    if doses.size < FEWEST_DOSES:
        reason = f"{doses.size} dose(s) above zero; at least {FEWEST_DOSES} are needed"
    if reason is None and not fitted.converged and fitted.ss > 1e-20 * null:
        reason = "the fit did not converge"
    return fitted, reason


def misfit(
    design: Floats, order: Floats, fitted: Fit, weight: str, group: str | None = None
) -> Check:
    """Whether the model misses what was read: against replicates, or by streaks along `order`.

    The scatter of replicates judges unweighted fits only; streaks judge what it cannot.
    """
    against = None
    if weight == "none":
        against = lack_of_fit(design, fitted.fits.y[0], fitted.ss, fitted.df, group)
        if against.status is not Status.NOT_ASSESSED:
            return against
    rest = fitted.residuals
    runs = streaks(order, np.zeros_like(rest) if fitted.exact else rest, group)
    return runs if against is None or runs.status is not Status.NOT_ASSESSED else against


def refuted(check: Check, fitted: Fit, design: Floats | None = None) -> str | None:
    """Why no parameter of the curve is a plain number, or None where `check` (`misfit`) is no case.

    It is where p is below 0.001 and the model misses the means of the readings by more than 5 % of
    their range. Both are needed: replicates that agree closely refute any model, whether it matters
    or not, and few that scatter miss by chance. A weighted fit is held against its replicates too:
    weights taken from noisy readings shift that test, but hardly this far.
    """
    x, y = fitted.fits.x if design is None else design, fitted.fits.y[0]
    weight = fitted.fits.root_weight[0] ** 2
    tests = {
        entry.name: entry.value
        for entry in (lack_of_fit(x, y, fitted.ss, fitted.df, weight=weight), check)
        if isinstance(entry.value, float)
    }
    if not tests:
        return None
    name = min(tests, key=lambda test: tests[test])
    share = missed(x, y, fitted.residuals)
    if tests[name] >= PLAIN or share <= MISSED:
        return None
    return (
        f"the model misses the readings by {100 * share:.0f} % of their range "
        f"({name}, {p_value(tests[name])})"
    )


def coded_zero(x: Floats, label: str) -> list[str]:
    """A question where the lowest dose stands alone far below the others, as a coded zero does."""
    lone = lone_dose(x)
    if lone is None:
        return []
    fold = float(np.unique(x)[1]) / lone
    return [
        f"{label + ': ' if label else ''}the lowest dose, {number(lone, 3)} nM, lies "
        f"{number(fold, 3)}-fold below the next: if it stands for no drug, write 0 (in M or nM); "
        "it does not count to the doses tested"
    ]


def bell(x: Floats, y: Floats, unit: str, label: str) -> list[str]:
    """A warning where the response turns back at the highest doses."""
    found = turned_back(x, y)
    if found is None:
        return []
    best, doses, means = found
    return [
        f"{label + ': ' if label else ''}above {number(float(doses[best]), 3)} nM the response "
        f"turns back, from {number(float(means[best]), 3)} to {number(float(means[-1]), 3)} {unit} "
        f"at {number(float(doses[-1]), 3)} nM: no EC50 describes such a bell; without the doses "
        "beyond its first limb can be fitted"
    ]


def axis(x: Floats) -> Literal["linear", "log"]:
    """How doses are drawn: logarithmic where any is above zero."""
    return "log" if bool((x > 0).any()) else "linear"


def draw(
    curve: Curve, fitted: Fit, x: Floats, y: Floats, label: str, colour: int, *, line: bool
) -> None:
    """Add the points, and the fitted line where there is an effect, to the panel "curve"."""
    series = [Series(label=label, kind="points", x=tuples(x), y=tuples(y), colour=colour)]
    doses = x[x > 0]
    if line and doses.size:
        smooth = np.geomspace(doses.min(), doses.max(), 120)
        series.append(
            Series(
                label="",
                kind="line",
                x=tuples(smooth),
                y=tuples(fitted.predict(smooth)),
                colour=colour,
            )
        )
    curve.series.setdefault("curve", []).extend(series)
