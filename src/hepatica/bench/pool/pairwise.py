"""Two treatments compared over the studies that have both."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from hepatica.bench.distributions import normal_quantile
from hepatica.bench.pool.asymmetry import FEWEST, Asymmetry, egger
from hepatica.bench.pool.concerns import concerns, refuse_mixed
from hepatica.bench.pool.effects import Effects, Measure, effects, tables
from hepatica.bench.pool.estimate import Estimate, Method, inverse_variance
from hepatica.bench.pool.mantel_haenszel import mantel_haenszel
from hepatica.bench.pool.network.arms import from_studies
from hepatica.bench.pool.network.fit import connected
from hepatica.bench.pool.regression import FEWEST as FEWEST_FOR_A_MODERATOR
from hepatica.bench.pool.regression import Regression, regress
from hepatica.bench.pool.select import Selection
from hepatica.bench.pool.study import LeftOut, Study
from hepatica.bench.pool.verdict import Verdict, verdict
from hepatica.errors import InputError

__all__ = ["Comparison", "Omitted", "Row", "compare", "most_compared", "pool_effects"]


@dataclass(frozen=True, slots=True)
class Row:
    """One study: counts and its effect with interval, on the scale of analysis."""

    label: str
    events: int
    total: int
    control_events: int
    control_total: int
    effect: float
    se: float
    low: float
    high: float
    weight: float
    derived: bool
    corrected: bool
    claim: str | None


@dataclass(frozen=True, slots=True)
class Omitted:
    """The pooled effect without one study."""

    label: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Comparison:
    """The pooled comparison with everything that has to be said about it."""

    title: str
    measure: Measure
    treatment: str
    control: str
    rows: tuple[Row, ...]
    estimate: Estimate
    found: Verdict
    without: tuple[Omitted, ...]
    concerns: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    asymmetry: Asymmetry | None = None
    regression: Regression | None = None

    @property
    def heading(self) -> str:
        """The outcome and the two treatments, each named once."""
        pair = f"{self.treatment} against {self.control}"
        return self.title if pair.lower() in self.title.lower() else f"{self.title}: {pair}"


def compare(
    selection: Selection, measure: Measure, *, treatment: str | None = None,
    control: str | None = None, method: Method = Method.REML, knapp_hartung: bool = False,
    leave_one_out: bool = False, moderator: str | None = None, level: float = 0.95,
) -> Comparison:  # fmt: skip
    """`treatment` against `control`, by default the pair that most studies compare.

    `moderator` names a number known of every study, for a meta-regression. With ten studies or more
    Egger's test is made. Raises InputError for a treatment that no study has, a pair that no study
    compares, and a study without the moderator.
    """
    setting = selection.setting
    if setting is not None:
        treatment, control = treatment or setting.treatment, control or setting.control
    treatment, control = most_compared(selection, treatment, control)
    used, missing = [], []
    for study in selection.studies:
        if {treatment, control} <= set(study.treatments):
            used.append(study)
        else:
            arms = " and ".join(selection.names.get(t, t) for t in study.treatments)
            missing.append(LeftOut(what=study.claim or study.label, why=f"compares {arms}"))
    refuse_mixed(used)
    given = effects(measure, tables(tuple(used), treatment, control))
    if not given.labels:
        told = "; ".join(f"{one.what}: {one.why}" for one in (*given.left_out, *missing)[:6])
        raise InputError(f"no study is left to pool: {told}")
    estimate = pool_effects(measure, given, method, knapp_hartung=knapp_hartung, level=level)
    entered = [study for study in used if study.label in given.labels]
    line = None
    if moderator is not None:
        line = _regression(entered, given, moderator, method, knapp_hartung, level)
    return Comparison(
        title=selection.outcome[0].upper() + selection.outcome[1:],
        measure=measure,
        treatment=selection.names.get(treatment, treatment),
        control=selection.names.get(control, control),
        rows=tuple(_rows(entered, given, estimate, treatment, control, level)),
        estimate=estimate,
        found=_found(estimate),
        without=_without(measure, given, method, knapp_hartung, level) if leave_one_out else (),
        concerns=(
            *selection.notes,
            *_others(selection, measure, len(missing)),
            *concerns(entered),
            *_corrections(measure, given, method),
            *_few_for(line),
        ),
        left_out=(*selection.left_out, *missing, *given.left_out),
        asymmetry=egger(given.y, given.v, level) if estimate.k >= FEWEST else None,
        regression=line,
    )


def _others(selection: Selection, measure: Measure, missing: int) -> tuple[str, ...]:
    """That a table holds studies of other pairs, and whether a network would use them."""
    known = {treatment for study in selection.studies for treatment in study.treatments}
    if selection.setting is not None or not missing or len(known) < 3:
        return ()
    count = "1 study compares another pair" if missing == 1 else f"{missing} studies compare others"
    linked = connected(from_studies(measure, selection.studies)[0])
    way = (
        "--network uses all of them at once" if len(linked) == 1
        else "no study links all of them into a network"
    )  # fmt: skip
    return (f"{count} of the {len(known)} treatments; {way}.",)


def _regression(
    entered: list[Study], given: Effects, moderator: str, method: Method, knapp_hartung: bool,
    level: float,
) -> Regression:  # fmt: skip
    missing = [study.label for study in entered if study.covariate is None]
    if missing:
        raise InputError(
            f"--moderator {moderator!r}: not known of {', '.join(missing)}; a table has it as a "
            "column of numbers, the curated trials know 'year'"
        )
    x = np.array([study.covariate for study in entered], dtype=float)
    kind = Method.REML if method is Method.MANTEL_HAENSZEL else method
    return regress(given.y, given.v, x, moderator, kind, level=level, knapp_hartung=knapp_hartung)


def _few_for(line: Regression | None) -> tuple[str, ...]:
    if line is None or line.k >= FEWEST_FOR_A_MODERATOR:
        return ()
    return (
        f"{line.k} studies for a moderator: ten are the least that is advised, and a line through "
        "fewer describes these studies and proves nothing.",
    )


def most_compared(
    selection: Selection, treatment: str | None, control: str | None
) -> tuple[str, str]:
    """The pair to compare: as given, else the one that most studies have (controls second)."""
    names = {name.lower(): key for key, name in selection.names.items()}
    known = {t for study in selection.studies for t in study.treatments}
    chosen = []
    for option, name in (("--treatment", treatment), ("--control", control)):
        key = name if name is None or name in known else names.get(name.lower(), name)
        if key is not None and key not in known:
            raise InputError(
                f"{option} {name!r}: no study here has it; there are "
                f"{', '.join(sorted(known)) or 'none (--derived and --parts let more in)'}"
            )
        chosen.append(key)
    pairs: Counter[tuple[str, str]] = Counter()
    for study in selection.studies:
        for first, second in combinations(study.treatments, 2):
            for pair in ((first, second), (second, first)):
                if all(c is None or c == p for c, p in zip(chosen, pair, strict=True)):
                    pairs[pair] += 1
    if not pairs:
        left = "; ".join(f"{one.what}: {one.why}" for one in selection.left_out[:2])
        raise InputError(
            f"no study of {selection.title!r} compares two treatments"
            + (f" ({treatment or 'any'} against {control or 'any'})" if any(chosen) else "")
            + (f"; left out: {left}" if left else "")
        )
    return max(
        pairs, key=lambda pair: (pairs[pair], _is_control(pair[1]), not _is_control(pair[0]))
    )


def _is_control(treatment: str) -> bool:
    words = ("placebo", "control", "standard", "no ", "no-", "albumin", "usual")
    return treatment.lower().startswith(words)


def pool_effects(
    measure: Measure, given: Effects, method: Method, *, knapp_hartung: bool, level: float
) -> Estimate:
    """The estimate of `given` by `method`.

    A common effect is an assumption that few studies cannot test. Beside its interval stands the
    one of Knapp and Hartung under random effects, so that no difference rests on it alone.
    """
    if method is Method.GLMM:
        raise InputError("--method glmm pools proportions: give --measure proportion")
    if method is Method.MANTEL_HAENSZEL:
        if knapp_hartung:
            raise InputError("--knapp-hartung goes with --method iv, dl, pm or reml, not with mh")
        found = mantel_haenszel(measure, given, level=level)
    else:
        found = inverse_variance(given.y, given.v, method, level=level, knapp_hartung=knapp_hartung)
    if method.is_random or knapp_hartung or len(given.y) < 2:
        return found
    cautious = inverse_variance(given.y, given.v, Method.REML, level=level)
    return replace(found, knapp_hartung=cautious.knapp_hartung)


def _found(estimate: Estimate) -> Verdict:
    student = estimate.knapp_hartung
    cautious = (student.low, student.high) if student is not None else None
    return verdict((estimate.interval.low, estimate.interval.high), cautious, 0.0)


def _rows(
    studies: list[Study], given: Effects, estimate: Estimate, treatment: str, control: str,
    level: float,
) -> list[Row]:  # fmt: skip
    z = normal_quantile(level)
    rows = []
    for place, study in enumerate(studies):
        first, second = study.arm(treatment), study.arm(control)
        effect, se = float(given.y[place]), float(given.v[place]) ** 0.5
        rows.append(
            Row(
                label=study.label,
                events=first.events,
                total=first.total,
                control_events=second.events,
                control_total=second.total,
                effect=effect,
                se=se,
                low=effect - z * se,
                high=effect + z * se,
                weight=estimate.weights[place],
                derived=first.derived or second.derived,
                corrected=study.label in given.corrected,
                claim=study.claim,
            )
        )
    return rows


def _without(
    measure: Measure, given: Effects, method: Method, knapp_hartung: bool, level: float
) -> tuple[Omitted, ...]:
    if len(given.labels) < 2:
        return ()
    found = []
    for place, label in enumerate(given.labels):
        keep = np.arange(len(given.labels)) != place
        rest = replace(given, tables=given.tables.only(keep), y=given.y[keep], v=given.v[keep])
        student = knapp_hartung and len(rest.labels) > 1
        estimate = pool_effects(measure, rest, method, knapp_hartung=student, level=level)
        found.append(Omitted(label, estimate))
    return tuple(found)


def _corrections(measure: Measure, given: Effects, method: Method) -> tuple[str, ...]:
    if not given.corrected:
        return ()
    names = ", ".join(given.corrected)
    if method is Method.MANTEL_HAENSZEL:
        return (f"An arm without events, or with events only: {names}; no correction was needed.",)
    what = "the variance only" if measure is Measure.RISK_DIFFERENCE else "all four of its cells"
    return (f"An arm without events, or with events only: {names}; 0.5 was added to {what}.",)
