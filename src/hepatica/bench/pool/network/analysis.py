"""A network from a selection: effects of every pair, ranking, heterogeneity and consistency."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from hepatica.bench.distributions import normal_quantile, t_quantile
from hepatica.bench.pool.concerns import concerns, refuse_mixed
from hepatica.bench.pool.distributions import normal_p
from hepatica.bench.pool.effects import Measure
from hepatica.bench.pool.estimate import Method
from hepatica.bench.pool.network.arms import Node, from_studies
from hepatica.bench.pool.network.consistency import Part, Split, decomposition, splits
from hepatica.bench.pool.network.fit import Fit, fit, network_tau2
from hepatica.bench.pool.network.ranking import p_scores
from hepatica.bench.pool.select import Selection
from hepatica.bench.pool.study import LeftOut, Study
from hepatica.bench.pool.verdict import Verdict, verdict
from hepatica.errors import InputError

__all__ = ["Network", "Pair", "analyse_network"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two treatments under random effects, on the scale of analysis.

    `low` and `high` are the usual (normal) interval, `t_low` and `t_high` the one with Student's t
    and the degrees of freedom of Q; `direct` names the studies that compare the two.
    """

    first: str
    second: str
    effect: float
    se: float
    low: float
    high: float
    t_low: float | None
    t_high: float | None
    p: float
    common: float
    common_low: float
    common_high: float
    predicted_low: float | None
    predicted_high: float | None
    direct: tuple[str, ...]
    found: Verdict


@dataclass(frozen=True, slots=True)
class Network:
    """A network meta-analysis with everything that has to be said about it.

    `p_scores` are under random effects, high for more events; `i2` is in percent.
    """

    title: str
    outcome: str
    measure: Measure
    treatments: tuple[str, ...]
    names: dict[str, str]
    reference: str
    studies: tuple[Study, ...]
    patients: dict[str, int]
    pairs: tuple[Pair, ...]
    p_scores: tuple[tuple[str, float], ...]
    tau2: float
    tau2_method: str
    i2: float | None
    parts: tuple[Part, ...]
    splits: tuple[Split, ...]
    concerns: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    level: float

    def pair(self, first: str, second: str) -> Pair:
        """The pair in the order in which it was computed; KeyError without one."""
        for pair in self.pairs:
            if (pair.first, pair.second) == (first, second):
                return pair
        raise KeyError((first, second))


def analyse_network(
    selection: Selection, measure: Measure, *, method: Method = Method.DERSIMONIAN_LAIRD,
    reference: str | None = None, level: float = 0.95,
) -> Network:  # fmt: skip
    """All treatments of `selection` together.

    `method` is "dl" or "reml" for tau²; "iv" sets it to 0. Raises InputError for fewer than three
    treatments, a network in parts, and a reference that is not in it.
    """
    refuse_mixed(selection.studies)
    nodes, corrected, silent = from_studies(measure, selection.studies)
    treatments = tuple(sorted({name for node in nodes for name in node.treatments}))
    if len(treatments) < 3:
        raise InputError(
            f"a network needs three treatments or more, there are {len(treatments)}"
            + (f" ({', '.join(treatments)})" if treatments else "")
            + "; without --network the pair is pooled"
        )
    if method not in (Method.DERSIMONIAN_LAIRD, Method.REML, Method.COMMON):
        raise InputError(f"--method {method.value} does not pool networks; take dl, reml or iv")
    base = _reference(selection, treatments, reference)
    tau2 = network_tau2(nodes, "reml" if method is Method.REML else "dl")
    tau2 = 0.0 if method is Method.COMMON else tau2
    random, common = fit(nodes, tau2), fit(nodes)
    entered = tuple(s for s in selection.studies if s.label in {n.label for n in nodes})
    i2 = 100 * max(0.0, (common.q - common.df) / common.q) if common.df and common.q else None
    return Network(
        title=selection.title,
        outcome=selection.outcome,
        measure=measure,
        treatments=treatments,
        names={key: selection.names.get(key, key) for key in treatments},
        reference=base,
        studies=entered,
        patients=_patients(entered),
        pairs=tuple(_pairs(nodes, random, common, level)),
        p_scores=p_scores(random),
        tau2=tau2,
        tau2_method=method.value,
        i2=i2,
        parts=decomposition(nodes),
        splits=splits(nodes, random),
        concerns=(
            *selection.notes,
            *concerns(entered),
            *_sparse(nodes, common, corrected, measure),
        ),
        left_out=(*selection.left_out, *silent),
        level=level,
    )


def _reference(selection: Selection, treatments: tuple[str, ...], wanted: str | None) -> str:
    setting = selection.setting
    names = {selection.names.get(key, key).lower(): key for key in treatments}
    name = wanted or (setting.reference if setting is not None else None)
    if name is not None:
        key = name if name in treatments else names.get(name.lower())
        if key is not None:
            return key
        if wanted:
            raise InputError(
                f"--control {wanted!r}: not in the network; there are {', '.join(treatments)}"
            )
    return "placebo" if "placebo" in treatments else treatments[0]


def _patients(studies: tuple[Study, ...]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for study in studies:
        for arm in study.arms:
            counts[arm.treatment] = counts.get(arm.treatment, 0) + arm.total
    return counts


def _pairs(nodes: tuple[Node, ...], random: Fit, common: Fit, level: float) -> list[Pair]:
    z = normal_quantile(level)
    t = t_quantile(level, random.df) if random.df > 0 else None
    found = []
    for first in random.treatments:
        for second in random.treatments:
            if first == second:
                continue
            effect, se = random.against(first, second)
            fixed, fixed_se = common.against(first, second)
            cautious = None if t is None else (effect - t * se, effect + t * se)
            spread = (se**2 + random.tau2) ** 0.5
            ahead = None if t is None else (effect - t * spread, effect + t * spread)
            low, high = effect - z * se, effect + z * se
            found.append(
                Pair(
                    first=first,
                    second=second,
                    effect=effect,
                    se=se,
                    low=low,
                    high=high,
                    t_low=cautious[0] if cautious else None,
                    t_high=cautious[1] if cautious else None,
                    p=normal_p(effect / se),
                    common=fixed,
                    common_low=fixed - z * fixed_se,
                    common_high=fixed + z * fixed_se,
                    predicted_low=ahead[0] if ahead else None,
                    predicted_high=ahead[1] if ahead else None,
                    direct=tuple(n.label for n in nodes if {first, second} <= set(n.treatments)),
                    found=verdict((low, high), cautious, 0.0),
                )
            )
    return found


def _sparse(
    nodes: tuple[Node, ...], common: Fit, corrected: tuple[str, ...], measure: Measure
) -> list[str]:
    """What a thin network cannot show."""
    lines = []
    single = [
        f"{first} and {second} ({both[0]})"
        for first, second in combinations(common.treatments, 2)
        if len(both := [n.label for n in nodes if {first, second} <= set(n.treatments)]) == 1
    ]
    if single:
        lines.append(f"Compared directly by one trial only: {'; '.join(single)}.")
    if not any(split.indirect is not None for split in splits(nodes, common)):
        lines.append(
            "No comparison has both direct and indirect evidence: whether they agree cannot be "
            "tested; the indirect comparisons rest on the trials being alike."
        )
    if common.df <= 0:
        lines.append("No spare degrees of freedom: the variance between trials cannot be known.")
    if corrected:
        what = "its variance only" if measure is Measure.RISK_DIFFERENCE else "all of its cells"
        lines.append(
            f"An arm without events, or with events only: {', '.join(corrected)}; 0.5 was added "
            f"to {what}."
        )
    return lines
