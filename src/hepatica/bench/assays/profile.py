"""The resistance profile of non-responders against controls, over the assays at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from statistics import fmean

import numpy as np

from hepatica.bench.assays.profile_conclusion import conclusion, name_of, named
from hepatica.bench.hypotheses import Hypothesis, hypotheses, measures
from hepatica.bench.mechanism.assumptions import assumptions
from hepatica.bench.mechanism.identify import ENOUGH, NONE, probabilities, told
from hepatica.bench.profile import (
    Says,
    Seen,
    difference,
    differs,
    next_measures,
    smallest_visible,
    standing,
)
from hepatica.bench.result import (
    AssayResult,
    Check,
    Estimate,
    Panel,
    Scalar,
    Series,
    Status,
    Verdict,
)
from hepatica.bench.study import Study as Base
from hepatica.bench.table import Column, Table
from hepatica.errors import InputError

__all__ = ["COLUMNS", "Study", "analyse"]

LEAST = 0.001  # a model probability below it is given as a bound
# Measures as they stand below a narrow axis.
SHORT = {
    "mrna": "mRNA", "bmax": "Bmax", "lvp_ec50": "LVP EC50", "lvp_emax": "LVP maximum",
    "fade": "fade", "surface": "surface", "agonist_ki": "agonist Ki",
    "peptidase_ec50": "EC50, own peptidase",
}  # fmt: skip

COLUMNS = (
    Column(name="measure", label=True),
    Column(name="sample", label=True),
    Column(name="group", label=True),
    Column(name="value", unitless=True, zero=False),
)
CAVEAT = (
    "The hypotheses' expectations come from a model with mostly assumed parameters. They rank "
    "explanations and plan experiments; they are never evidence about patients."
)


class Study(Base, frozen=True, kw_only=True):
    """Keys of a profile study file beside those of every study.

    `sd` gives log2 standard deviations between patients for measures not yet done (the shipped ones
    are assumed).
    """

    sd: Mapping[str, float] = {}

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, value in self.sd.items():
            if name not in measures() or not 0 < value < 10:
                known = ", ".join(measures())
                raise ValueError(f"sd: {name!r}: {value!r}; expected log2 SDs for {known}")


def analyse(table: Table, study: Study) -> AssayResult:
    """Differences by measure, what they say about each hypothesis, and what to measure next.

    A value is any positive number proportional to the quantity (an EC50 in nM, a relative mRNA);
    several rows of one sample are averaged on the log scale. InputError for unknown measures or
    groups that are not two.
    """
    seen, control, affected = _seen(table, study)
    known = measures()
    found = {name: entry.difference for name, entry in seen.items() if entry.difference is not None}
    says = standing(seen, study.level)
    chances = probabilities(found) if found else {}
    against = _against(says, differs(seen, study.level))
    pointed = _pointed(chances, says, against)
    n = min((min(entry.n) for entry in seen.values()), default=0)
    estimates = [_estimate(entry, study.level, affected, control) for entry in seen.values()]
    estimates += [
        _probability(key, chance, against[key])
        for key, chance in sorted(chances.items(), key=lambda entry: -entry[1])
    ]
    left = [key for key, chance in chances.items() if chance > 0.05 and not against[key]]
    sds = {name: study.sd.get(name, measure.sd) for name, measure in known.items()}
    model = assumptions(list(hypotheses().values()))
    return AssayResult(
        assay="profile",
        title=study.title or f"Resistance profile: {affected} against {control}",
        estimates=tuple(estimates),
        checks=tuple(_power(entry) for entry in seen.values()),
        warnings=(
            *conclusion(pointed, chances, left, against, found),
            CAVEAT,
            *_warnings(seen, n, pointed),
        ),
        notes=(
            *(_line(hypotheses()[key], own) for key, own in says.items()),
            *_next(chances, left, list(found), max(n, 2), sds),
            *_unused(seen),
            *table.notes,
            *model,
        ),
        methods=(
            f"Differences of mean log2 values, Welch, {study.level:.0%} intervals; n is the number "
            "of biological samples.",
            "Support and contradiction at a level shared over the measures (Bonferroni); a change "
            "below 1.25-fold counts as none (laboratory default).",
            "Probabilities: Student's t density about 149 draws, in which 17 of the model's "
            "parameters were multiplied or divided by up to 3; "
            f"below {ENOUGH:g} the answer is that the data cannot tell.",
        ),
        panels=_panels(seen, study.level),
        caption=(CAVEAT, *model),
        table=_table(says),
    )


def _seen(table: Table, study: Study) -> tuple[dict[str, Seen], str, str]:
    known = measures()
    for name, line in zip(table.labels["measure"], table.lines, strict=True):
        if name not in known:
            raise InputError(
                f"{table.source}, line {line}: no measure {name!r}; there are: {', '.join(known)}"
            )
    groups = table.groups()
    if len(groups) != 2:
        raise InputError(
            f"{table.source}: {len(groups)} group(s) ({', '.join(groups)}); a profile compares two"
        )
    if study.control is None or study.control not in groups:
        raise InputError(
            f"study: name the control group, such as 'control: {groups[0]}'; "
            f"got {study.control!r}, there are: {', '.join(groups)}"
        )
    affected = next(group for group in groups if group != study.control)
    held: dict[str, dict[str, dict[str, list[float]]]] = {}
    where: dict[str, str] = {}
    for name, sample, group, value in zip(
        table.labels["measure"], table.labels["sample"], table.labels["group"],
        table.numbers["value"].tolist(), strict=True,
    ):  # fmt: skip
        if where.setdefault(sample, group) != group:
            raise InputError(f"{table.source}: the sample {sample!r} stands in two groups")
        held.setdefault(name, {}).setdefault(group, {}).setdefault(sample, []).append(value)

    def side(name: str, group: str) -> list[float]:
        return [exp(fmean(np.log(v))) for v in held[name].get(group, {}).values()]

    order = [name for name in known if name in held]
    return (
        {name: difference(name, side(name, affected), side(name, study.control)) for name in order},
        study.control,
        affected,
    )


def _against(
    says: Mapping[str, Mapping[str, Says]], different: Sequence[str]
) -> dict[str, list[str]]:
    """For every hypothesis, and for no difference, the measures that contradict it."""
    held = {
        key: [name for name, what in own.items() if what is Says.CONTRADICTS]
        for key, own in says.items()
    }
    return held | {NONE: list(different)}


def _probability(key: str, chance: float, against: Sequence[str]) -> Estimate:
    name, group = "model probability", name_of(key)
    method = (
        "one mechanism alone, equal beforehand; draws of the mechanism model; illustration, not "
        "evidence"
    )
    if chance < LEAST:
        return Estimate(
            name=name, group=group, method=method, high=LEAST, verdict=Verdict.ONE_SIDED,
            reason="149 draws cannot tell smaller probabilities apart",
        )  # fmt: skip
    told = None
    if against:
        told = (
            f"contradicted by {named(against)}; the probability compares the hypotheses with "
            "each other only"
        )
    return Estimate(
        name=name, group=group, method=method, value=chance, reason=told,
        verdict=Verdict.EXTRAPOLATED if told else Verdict.OK,
    )  # fmt: skip


def _pointed(
    chances: Mapping[str, float],
    says: Mapping[str, Mapping[str, Says]],
    against: Mapping[str, Sequence[str]],
) -> str | None:
    """The hypothesis to name: probable enough, supported by a measure, contradicted by none."""
    best = told(chances) if chances else None
    if best is None or against[best]:
        return None
    return best if best == NONE or Says.SUPPORTS in says[best].values() else None


def _estimate(entry: Seen, level: float, affected: str, control: str) -> Estimate:
    label = f"{measures()[entry.measure].name}: {affected} / {control}"
    name = "log2 difference"
    if entry.difference is None:
        reason = entry.why_not or "not measured"
        return Estimate(name=name, group=label, verdict=Verdict.NOT_ESTIMABLE, reason=reason)
    low, high = entry.bounds(level)
    return Estimate(
        name=name, value=entry.difference.log2, low=low, high=high, se=entry.difference.se,
        level=level, group=label, n=sum(entry.n), n_of="biological samples", method="Welch",
    )  # fmt: skip


def _power(entry: Seen) -> Check:
    name, label = "n against the effect expected", measures()[entry.measure].name
    effects = [
        abs(hypothesis.expectation(entry.measure).log2)
        for hypothesis in hypotheses().values()
        if hypothesis.expectation(entry.measure).usable
        and hypothesis.expectation(entry.measure).change in ("lower", "higher")
    ]
    smallest = min(effects)
    criterion = f"the smallest change expected ({2**smallest:.2g}-fold) is visible with 80 % power"
    if entry.sd is None:
        return Check(name=name, group=label, status=Status.NOT_ASSESSED, criterion=criterion,
                     note=entry.why_not)  # fmt: skip
    visible = smallest_visible(entry.sd, min(entry.n))
    return Check(
        name=name, group=label, criterion=criterion,
        status=Status.PASSED if visible <= smallest else Status.FAILED,
        note=f"{min(entry.n)} in a group with a log2 SD of {entry.sd:.2g} show "
        f"{2**visible:.3g}-fold or more",
    )  # fmt: skip


def _warnings(seen: Mapping[str, Seen], n: int, pointed: str | None) -> list[str]:
    told_ = []
    small = [measures()[e.measure].name for e in seen.values() if min(e.n) < 3]
    if small:
        told_.append(f"n is too small (fewer than 3 in a group) for: {', '.join(small)}")
    if n < 6 and pointed is not None and pointed != NONE:
        told_.append(
            f"the conclusion rests on {n} samples in a group: repeat before building on it"
        )
    return told_


def _line(hypothesis: Hypothesis, own: Mapping[str, Says]) -> str:
    parts = []
    for what in Says:
        told_by = [measures()[name].name for name, says in own.items() if says is what]
        if told_by:
            verb = {"supports": "supported by", "contradicts": "contradicted by"}.get(
                what.value, "not addressed by"
            )
            parts.append(f"{verb} {', '.join(told_by)}")
    return f"{hypothesis.name} ({hypothesis.status}): {'; '.join(parts)}."


def _next(
    chances: Mapping[str, float], left: list[str], done: list[str], n: int, sds: Mapping[str, float]
) -> tuple[str, ...]:
    ranked = next_measures({key: chances[key] for key in left}, done, n, sds)
    if not ranked or ranked[0].settles < 0.1:
        return ()
    best = ranked[0]
    measure = measures()[best.measure]
    return (
        f"Measure next: {measure.name} ({measure.method}); with {n} in a group at an assumed log2 "
        f"SD of {sds[best.measure]:g} it would settle {100 * best.settles:.0f} % of the doubt; "
        f"least between {name_of(best.weakest[0])} and {name_of(best.weakest[1])}.",
    )


def _unused(seen: Mapping[str, Seen]) -> tuple[str, ...]:
    return tuple(
        f"Sign not used: {measures()[name].name} for {hypothesis.name}: {expected.why} Its size "
        "counts towards the model probability, both signs alike."
        for hypothesis in hypotheses().values()
        for name in seen
        if not (expected := hypothesis.expectation(name)).usable
    )


def _table(says: Mapping[str, Mapping[str, Says]]) -> dict[str, tuple[Scalar, ...]]:
    rows = [(key, name, what.value) for key, own in says.items() for name, what in own.items()]
    return {
        "hypothesis": tuple(row[0] for row in rows),
        "measure": tuple(row[1] for row in rows),
        "says": tuple(row[2] for row in rows),
    }


def _panels(seen: Mapping[str, Seen], level: float) -> tuple[Panel, ...]:
    shown = [entry for entry in seen.values() if entry.difference is not None]
    if not shown:
        return ()
    places = [float(place) for place in range(1, len(shown) + 1)]
    bounds = [entry.bounds(level) for entry in shown]
    measured = Series(
        label="measured", kind="points", x=tuple(places), colour=6,
        y=tuple(e.difference.log2 for e in shown if e.difference is not None),
        low=tuple(low for low, _ in bounds), high=tuple(high for _, high in bounds),
    )  # fmt: skip
    ends = [*(end for pair in bounds for end in pair), 0.0]
    for hypothesis in hypotheses().values():
        for expected in (hypothesis.expectation(entry.measure) for entry in shown):
            if expected.usable:
                ends += [e for e in (expected.log2, expected.low, expected.high) if e is not None]
    room = 0.06 * (max(ends) - min(ends))
    panels = []
    for colour, hypothesis in enumerate(hypotheses().values()):
        own = [hypothesis.expectation(entry.measure) for entry in shown]
        used = [(p, e) for p, e in zip(places, own, strict=True) if e.usable]
        model = Series(
            label="model (assumed)", kind="points", colour=colour, hollow=True,
            x=tuple(p + 0.2 for p, _ in used), y=tuple(e.log2 for _, e in used),
            low=tuple(e.log2 if e.low is None else min(e.low, e.log2) for _, e in used),
            high=tuple(e.log2 if e.high is None else max(e.high, e.log2) for _, e in used),
        )  # fmt: skip
        panels.append(
            Panel(title=hypothesis.name, x_label="", y_label="log2 difference",
                  x_names=tuple(SHORT.get(e.measure, e.measure) for e in shown),
                  series=(measured, model) if used else (measured,), y_marks=(0.0,),
                  y_range=(min(ends) - room, max(ends) + room))
        )  # fmt: skip
    return tuple(panels)
