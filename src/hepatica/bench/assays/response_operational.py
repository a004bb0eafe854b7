"""Receptor loss by the operational model: conditions fitted together, or refused."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.assays.response_study import Study
from hepatica.bench.compare import aicc, compare
from hepatica.bench.curves import PLAIN, coded_zero, misfit, refuted, tuples
from hepatica.bench.fit import Fit, fit, weights
from hepatica.bench.groups import Collected
from hepatica.bench.models.logistic import FOUR
from hepatica.bench.models.operational import FORMS, Form, operational_model
from hepatica.bench.result import Comparison, Estimate, Series, Verdict
from hepatica.bench.table import Table
from hepatica.bench.tested import SLOPES, Within, dose_range, plateau
from hepatica.bench.verdicts import demoted, judge_fitted
from hepatica.bench.wording import p_value
from hepatica.errors import InputError

__all__ = ["operational"]

SLOPED: tuple[Form, ...] = ("black-leff", "hill")
DISTINCT = 2.0  # AICc
FARTHEST = 10.0  # Em against the range of the readings; our choice


def operational(table: Table, study: Study, unit: str) -> Collected:
    """KA, tau and the share of receptors of every condition; with a free slope in both its forms.

    InputError for one condition, several experiments, and a control or q that the table has not.
    """
    order, x, y = _conditions(table, study)
    fixed = {f"q{order.index(group)}": share for group, share in study.q.items()}
    weight = weights(y, study.weights)
    one = fit(operational_model(len(order)), x, y, weight=weight, fixed=fixed)
    found = Collected(notes=list(table.notes))
    found.notes.append(
        "tau of the control is receptors over the number for half-maximal transduction, q the "
        "receptors of a condition as a share of the control's"
    )
    nothing = None if one.df > 0 else f"{one.n} readings cannot fix these parameters"
    single = fit(FOUR, x[0], y, weight=weight)
    if one.df > 0 and single.ss <= max(one.ss, one.rounding):
        nothing = "one curve for all conditions fits as well: the conditions do not differ"
    sloped = _sloped(one, order, x, y, weight, fixed) if nothing is None else {}
    for form, fitted in sloped.items():
        entry = compare(("slope 1", one), (FORMS[form], fitted))
        if entry is not None:
            found.comparisons.append(entry)
    preferred = [entry.other for entry in found.comparisons if entry.prefers == entry.other]
    if study.slope == "free" and sloped:
        for form, fitted in sloped.items():
            _estimates(found, fitted, order, x, unit, study, nothing, f" ({FORMS[form]})")
        _told(found, sloped)
    else:
        _estimates(found, one, order, x, unit, study, nothing, "")
        if study.slope == "free" and nothing is None:
            found.warnings.append("too few readings for a free slope: slope 1 is assumed")
        elif preferred:
            found.warnings.append(
                f"the data prefer a slope other than 1 ({' and '.join(preferred)}): KA and tau at "
                "slope 1 are off; 'slope: free' in the study shows both forms"
            )
            found.estimates = _apparent(found)
        else:
            found.notes.append("Slope 1 is assumed; a free slope does not fit better.")
    drawn: dict[Form, Fit] = sloped if study.slope == "free" and sloped else {"one": one}
    found.warnings += coded_zero(x[0], "")
    _draw(found, list(drawn.values()), order, x, y, line=nothing is None)
    return found


def _conditions(table: Table, study: Study) -> tuple[tuple[str, ...], Floats, Floats]:
    groups = table.groups()
    if len(groups) < 2:
        raise InputError(
            "the operational model needs two or more groups that differ in receptor number: one "
            "curve gives EC50 and top, and no fit of it can tell KA from tau"
        )
    control = study.control or groups[0]
    if control not in groups:
        raise InputError(f"study: the control {control!r} is no group of the table")
    if "experiment" in table.labels and len(table.groups("experiment")) > 1:
        raise InputError("the operational model fits one experiment at a time: select one")
    order = (control, *(group for group in groups if group != control))
    unknown = set(study.q) - set(order[1:])
    if unknown:
        raise InputError(
            f"study: q of {sorted(unknown)[0]!r}, which is no group beside the control"
        )
    place = [float(order.index(group)) for group in table.labels["group"]]
    return order, np.array([table.numbers["dose"], place]), table.numbers["response"]


def _sloped(
    one: Fit, order: tuple[str, ...], x: Floats, y: Floats, weight: Floats, fixed: dict[str, float]
) -> dict[Form, Fit]:
    """The two forms with a free slope, each started from slope 1; none without readings to spare.

    Empty where the fit at slope 1 does not converge: a further parameter would not mend that.
    """
    if one.df < 2 or not one.converged:
        return {}
    values = one.fits.values[0].tolist()
    start = [*values[:4], 1.0, *values[4:]]
    return {
        form: fit(
            operational_model(len(order), form), x, y, weight=weight, fixed=fixed, start=start
        )
        for form in SLOPED
    }


def _estimates(
    found: Collected, fitted: Fit, order: tuple[str, ...], x: Floats, unit: str, study: Study,
    nothing: str | None, words: str,
) -> None:  # fmt: skip
    y = fitted.fits.y[0]
    doses = dose_range(x[0], "doses")
    far = doses and replace(doses, high=doses.high * 100)
    effect = float(np.ptp(y))
    most = Within(0.0, FARTHEST * effect, f"tenfold the range of the readings ({effect:.3g})")
    em = judge_fitted(
        fitted, "span", study.level, name=f"Em - basal{words}", unit=unit, within=most,
        nothing=nothing,
    )  # fmt: skip
    estimates = []
    rest = nothing
    if em.verdict is Verdict.NOT_ESTIMABLE:  # KA, tau and q are read against it
        rest = nothing or "Em is not estimable"
    for name, what, tested in (("KA", "nM", far), ("tau", None, None), ("n", None, None)):
        if name in fitted.names:
            estimates.append(
                judge_fitted(
                    fitted, name, study.level, name=name + words, unit=what, tested=tested,
                    within=SLOPES if name == "n" else None, nothing=rest,
                )
            )  # fmt: skip
    estimates.append(em)
    estimates.append(
        judge_fitted(
            fitted, "basal", study.level, name=f"basal{words}", unit=unit, within=plateau(y),
            nothing=nothing,
        )
    )  # fmt: skip
    for number, group in enumerate(order[1:], 1):
        if fitted.fits.free[fitted.names.index(f"q{number}")]:
            estimates.append(
                judge_fitted(
                    fitted, f"q{number}", study.level, name=f"q / {order[0]}{words}", group=group,
                    nothing=rest,
                )
            )  # fmt: skip
    check = misfit(x, x[0], fitted, study.weights)
    found.checks.append(msgspec.structs.replace(check, name=check.name + words))
    found.estimates += demoted(estimates, refuted(check, fitted))


def _apparent(found: Collected) -> list[Estimate]:
    """The estimates at slope 1; apparent, but for basal, where a free slope fits far better."""
    p = min(c.p for c in found.comparisons if c.prefers == c.other and c.p is not None)
    if p >= PLAIN:
        return found.estimates
    reason = f"the slope differs from 1 ({p_value(p)}), so this is an apparent value"
    return [e if e.name == "basal" else demoted([e], reason)[0] for e in found.estimates]


def _told(found: Collected, sloped: dict[Form, Fit]) -> None:
    """What must be known of two forms that may fit alike and mean different things."""
    lost = [
        FORMS[form]
        for form in sloped
        if any(
            entry.name in (f"KA ({FORMS[form]})", f"tau ({FORMS[form]})")
            and entry.verdict is not Verdict.OK
            for entry in found.estimates
        )
    ]
    if lost:
        found.warnings.append(
            f"with a free slope these data do not fix KA and tau ({' and '.join(lost)}): add "
            "conditions with fewer receptors, or a measured 'q', or keep slope 1"
        )
    found.notes.append(
        "Both forms of the slope are shown: Black and Leff's raises tau to the power n and so "
        "distorts it (doi 10.1038/s41598-023-45004-7); the Hill form leaves tau as it is. Where "
        "they disagree, tau and q are a matter of the form, not of the data alone."
    )
    first, second = (sloped[form] for form in SLOPED)
    floor = first.rounding
    difference = aicc(first.ss, first.n, first.n - first.df, floor=floor) - aicc(
        second.ss, second.n, second.n - second.df, floor=floor
    )
    better = FORMS[SLOPED[0] if difference < 0 else SLOPED[1]]
    found.comparisons.append(
        Comparison(
            simpler=FORMS[SLOPED[0]], other=FORMS[SLOPED[1]],
            prefers=better if abs(difference) >= DISTINCT else "neither",
            delta_aicc=difference, note="Neither is nested in the other: AICc only, 2 or more.",
        )
    )  # fmt: skip


def _draw(
    found: Collected, fits: list[Fit], order: tuple[str, ...], x: Floats, y: Floats, *, line: bool
) -> None:
    doses = x[0][x[0] > 0]
    smooth = np.geomspace(doses.min(), doses.max(), 120)
    series = found.series.setdefault("curve", [])
    for number, group in enumerate(order):
        rows = x[1] == number
        series.append(
            Series(
                label=group, kind="points", x=tuples(x[0][rows]), y=tuples(y[rows]), colour=number
            )
        )
        for place, fitted in enumerate(fits if line else []):
            height = fitted.predict(np.array([smooth, np.full_like(smooth, number)]))
            series.append(
                Series(
                    label="", kind="line", x=tuples(smooth), y=tuples(height), colour=number,
                    dashed=place > 0,
                )
            )  # fmt: skip
