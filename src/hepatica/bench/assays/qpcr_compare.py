"""One group against the control: fold changes with verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from hepatica.bench.assays.qpcr_blank import bias
from hepatica.bench.assays.qpcr_contamination import MOST, Contamination, contamination
from hepatica.bench.assays.qpcr_efficiency import Efficiency, StandardCurve
from hepatica.bench.assays.qpcr_ratio import (
    Fold,
    fold,
    log2_quantity,
    permutation_p,
)
from hepatica.bench.assays.qpcr_study import Study
from hepatica.bench.assays.qpcr_technical import technical
from hepatica.bench.assays.qpcr_wells import Replicates, Well
from hepatica.bench.rank import midranks, rank_shift
from hepatica.bench.result import Estimate, Verdict
from hepatica.errors import InputError

__all__ = ["Comparer"]

BEYOND = 0.5  # cycles outside a dilution series that still count as inside it
METHOD = "efficiency-corrected ratio of group means on the log scale, Welch interval"


@dataclass
class Comparer:
    """Compares groups; `warnings` and `notes` collect what a reader must know.

    `controls` are the wells without template and without enzyme.
    """

    held: Mapping[tuple[str, str], Replicates]
    references: Sequence[str]
    efficiency: Mapping[str, Efficiency]
    curves: Mapping[str, StandardCurve]
    study: Study
    controls: Sequence[Well] = ()
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def samples(self, group: str, target: str) -> list[str]:
        """The samples of `group` in which `target` was measured at all, in order."""
        return [s for (s, gene), r in self.held.items() if gene == target and r.group == group]

    def cycles(self, without: float | None = None) -> dict[tuple[str, str], float]:
        """The mean Cq of every (sample, gene); outliers beyond `without` cycles left out.

        Replicates of which every well is an outlier stay whole.
        """
        held = {}
        for key, replicates in self.held.items():
            kept = replicates if without is None else replicates.near(without)
            if kept.cqs:
                held[key] = kept.mean
            elif self.study.undetermined_as is not None:
                held[key] = self.study.undetermined_as
        return held

    def quantities(self, group: str, target: str) -> dict[str, float]:
        """log2 quantity of every sample of `group` that has all its Cq."""
        cycles = self.cycles()
        genes = (target, *self.references)
        return {
            sample: log2_quantity(cycles, sample, target, self.references, self.efficiency)
            for sample in self.samples(group, target)
            if all((sample, gene) in cycles for gene in genes)
        }

    def compare(self, target: str, group: str, control: str) -> list[Estimate]:
        """Fold change and log2 fold change of `target`, and the technical fold of lone samples."""
        label = f"{target}: {group} / {control}"
        sides = (self.samples(group, target), self.samples(control, target))
        for name, samples in zip((group, control), sides, strict=True):
            if not samples:
                raise InputError(f"no wells of {target!r} in the group {name!r}")
            for sample in samples:
                for gene in self.references:
                    if not (found := self.held.get((sample, gene))) or not found.cqs:
                        raise InputError(
                            f"the sample {sample!r} has no Cq of the reference {gene!r}; "
                            "measure it or leave the sample out of the table"
                        )
        self._absent(target, (group, control), label)
        foreign = self._contamination(target, sides)
        if foreign and foreign.share > MOST:
            return self._none(label, f"{foreign.reason}; measure this gene again, clean")
        blank = [[s for s in side if not self.held[s, target].cqs] for side in sides]
        if any(blank) and self.study.undetermined_as is None:
            named = ", ".join(s for side in blank for s in side)
            self._ranks(target, sides, blank, label)
            return self._none(
                label,
                f"no Cq of {target} in {named}; leaving them out would bias the ratio. "
                "'undetermined_as: 40' in the study gives a bound",
            )
        if min(len(side) for side in sides) < 2:
            alone = group if len(sides[0]) < 2 else control
            return [
                *self._none(
                    label,
                    f"one biological sample in {alone!r}: wells are not n, so the groups cannot "
                    "be compared",
                ),
                *self._technical(target, sides, label),
            ]
        return self._fold(target, sides, blank, label)

    def _fold(
        self, target: str, sides: Sequence[list[str]], blank: Sequence[list[str]], label: str
    ) -> list[Estimate]:
        found = fold(self.cycles(), sides[0], sides[1], target, self.references, self.efficiency)
        n = sum(found.n)
        if found.se == 0:
            return self._none(
                label,
                "every sample of a group has the same quantity: check that they are not copies",
            )
        off = bias(self.held, sides, target, self.references)
        if any(blank):
            self._ranks(target, sides, blank, label)
            if all(blank):
                return self._none(label, "samples without a Cq in both groups: no bound follows")
            if off and off.off != ("high" if blank[0] else "low"):
                named = ", ".join(blank[0] or blank[1])
                return self._none(label, f"no Cq in {named}; {off.reason}; no bound follows")
            return self._bound(
                found, bool(blank[0]), ", ".join(blank[0] or blank[1]), label,
                self._doubts(target, sides),
            )  # fmt: skip
        values = [list(self.quantities(self.held[s[0], target].group, target).values())
                  for s in sides]  # fmt: skip
        p, tried, every = permutation_p(
            values[0], values[1], limit=self.study.permutations, seed=self.study.seed
        )
        reach = 1 / tried if every else 1 / (tried + 1)
        measured = f"{label}, wells with a Cq only" if off else label
        self.notes.append(
            f"{measured}: permutation p = {p:.4g} ({tried} {'possible' if every else 'random'} "
            f"reallocations, smallest possible p {max(reach, 2 / tried if every else 0):.2g}); "
            f"Welch p = {found.p:.3g}"
        )
        ranks = rank_shift(values[0], values[1], self.study.level)
        if ranks is not None:
            self.notes.append(
                f"{measured}: by ranks (Hodges-Lehmann) ratio {2**ranks.value:.4g} "
                f"({2**ranks.low:.4g} to {2**ranks.high:.4g}), Wilcoxon's exact p = {ranks.p:.3g}"
            )
        self._sensitivity(target, sides, label)
        if min(found.n) < 3:
            self.warnings.append(
                f"{label}: {found.n[0]} and {found.n[1]} biological samples: the interval rests "
                "on next to nothing"
            )
        reason = _joined(off.reason if off else None, self._doubts(target, sides))
        low, high = found.bounds(self.study.level)
        if off and off.off != "either":
            return [
                Estimate(
                    name=name, low=scale(low) if off.off == "low" else None,
                    high=scale(high) if off.off == "high" else None, level=self.study.level,
                    group=label, n=n, n_of="biological samples", verdict=Verdict.ONE_SIDED,
                    reason=reason, method=f"{METHOD} of the wells with a Cq: its {off.off} end",
                )
                for name, scale in SCALES
            ]  # fmt: skip
        return [
            Estimate(
                name=name, value=scale(found.log2), low=scale(low), high=scale(high),
                se=found.se if name.startswith("log2") else None, level=self.study.level,
                group=label, n=n, n_of="biological samples", method=METHOD,
                verdict=Verdict.EXTRAPOLATED if reason else Verdict.OK, reason=reason,
            )
            for name, scale in SCALES
        ]  # fmt: skip

    def _bound(
        self, found: Fold, upper: bool, named: str, label: str, doubts: str | None
    ) -> list[Estimate]:
        """The ratio with blank samples at the cycle given: a bound of the ratio, no interval.

        The limit of Welch's interval would hold the spread that the invented cycle brings in.
        """
        cycles = f"{self.study.undetermined_as:g} cycles"
        reason = (
            f"no Cq in {named}; counted as {cycles} the ratio of the means is this, so the true "
            f"one is {'lower' if upper else 'higher'}: a bound of the estimate, not the limit of a "
            "confidence interval; the test by ranks in the notes holds the scatter"
        )
        return [
            Estimate(
                name=name, verdict=Verdict.ONE_SIDED, reason=_joined(reason, doubts), group=label,
                n=sum(found.n),
                low=None if upper else scale(found.log2), high=scale(found.log2) if upper else None,
                level=self.study.level, n_of="biological samples",
                method=f"ratio of group means, samples without a Cq at {cycles}: a bound",
            )
            for name, scale in SCALES
        ]  # fmt: skip

    def _ranks(
        self, target: str, sides: Sequence[list[str]], blank: Sequence[list[str]], label: str
    ) -> None:
        """Wilcoxon's exact test with the samples without a Cq lowest, which needs no cycle."""
        if min(len(side) for side in sides) < 2:
            return
        lowest = -1e9
        cycles = self.cycles()
        values = [
            [
                lowest
                if sample in blank[which]
                else log2_quantity(cycles, sample, target, self.references, self.efficiency)
                for sample in side
            ]
            for which, side in enumerate(sides)
        ]
        ranked = midranks([*values[0], *values[1]])
        size = len(values[0])
        p, tried, every = permutation_p(
            ranked[:size], ranked[size:], limit=self.study.permutations, seed=self.study.seed
        )
        named = ", ".join(s for side in blank for s in side)
        self.notes.append(
            f"{label}: by ranks, the samples without a Cq ({named}) lowest: Wilcoxon's "
            f"{'exact' if every else 'simulated'} p = {p:.3g} ({tried} "
            f"{'possible' if every else 'random'} reallocations)"
        )
        least = min(value for side in values for value in side if value > lowest)
        if self.study.undetermined_as is None:
            return
        high = [
            sample
            for which, side in enumerate(sides)
            for sample in side
            if sample in blank[which]
            and log2_quantity(cycles, sample, target, self.references, self.efficiency) > least
        ]
        if high:
            self.warnings.append(
                f"{label}: {', '.join(high)} without a Cq held so little reference that it may "
                "have had more of the target than a sample that was measured: the test by ranks "
                "takes it as lowest all the same"
            )

    def _technical(self, target: str, sides: Sequence[list[str]], label: str) -> list[Estimate]:
        if max(len(side) for side in sides) > 1:
            return []
        off = bias(self.held, sides, target, self.references)
        genes = (target, *self.references)
        estimates = technical(
            [{gene: self.held[side[0], gene] for gene in genes} for side in sides],
            target,
            self.references,
            efficiency=self.efficiency,
            curves=self.curves,
            study=self.study,
            label=label,
            doubt=_joined(off.reason if off else None, self._doubts(target, sides)),
        )
        if estimates[-1].value is not None:
            self.warnings.append(
                f"{label}: the technical fold compares two tubes of material; its range is the "
                "spread of pipetting, not of patients"
            )
            self._sensitivity(target, sides, label)
        return estimates

    def _sensitivity(self, target: str, sides: Sequence[list[str]], label: str) -> None:
        """Notes the ratio without the flagged wells, and the replicates that are flagged whole."""
        keys, beyond = self._keys(target, sides), self.study.outlier_cycles
        parts = [self.held[key] for key in keys]
        with_cq = " that has a Cq" if any(part.blank for part in parts) else ""
        every, near = self.cycles(), self.cycles(without=beyond)

        def ratio(cycles: Mapping[tuple[str, str], float]) -> float:
            means = [
                fmean(
                    log2_quantity(cycles, sample, target, self.references, self.efficiency)
                    for sample in side
                )
                for side in sides
            ]
            return _power(means[0] - means[1])

        told = f"{label}: ratio {ratio(every):.4g} with every well{with_cq}"
        changed = any(near[key] != every[key] for key in keys)
        if changed:
            told += f", {ratio(near):.4g} without the flagged ones; the first is taken"
        split = [f"{part.gene} of {part.sample}" for part in parts if part.apart(beyond)]
        if split:
            told += (
                f"; without the flagged ones no well of {', '.join(split)} is left, so they stay in"
            )
        if changed or split:
            self.notes.append(told)

    def _absent(self, target: str, groups: Sequence[str], label: str) -> None:
        """Warns of samples that have wells, but none of the target."""
        known = {r.sample: None for r in self.held.values() if r.group in groups}
        absent = [sample for sample in known if (sample, target) not in self.held]
        if absent:
            self.warnings.append(
                f"{label}: {', '.join(absent)} without a well of {target} not counted; a sample "
                "that was measured and has no Cq needs its wells in the table, blank"
            )

    def _keys(self, target: str, sides: Sequence[list[str]]) -> list[tuple[str, str]]:
        genes = (target, *self.references)
        return [(sample, gene) for side in sides for sample in side for gene in genes]

    def _contamination(self, target: str, sides: Sequence[list[str]]) -> Contamination | None:
        return contamination(
            self.controls, self.held, self._keys(target, sides), self.efficiency,
            self.study.ntc_margin,
        )  # fmt: skip

    def _doubts(self, target: str, sides: Sequence[list[str]]) -> str | None:
        """Why a ratio of these samples is no plain number: contamination, or efficiency."""
        foreign = self._contamination(target, sides)
        return _joined(foreign.reason if foreign else None, self._outside(target, sides))

    def _outside(self, target: str, sides: Sequence[list[str]]) -> str | None:
        told = []
        for gene in (target, *self.references):
            curve = self.curves.get(gene)
            if curve is None or gene in self.study.efficiency:
                continue
            low, high = curve.range
            found = [cq for side in sides for s in side for cq in self.held[s, gene].cqs]
            if min(found) < low - BEYOND or max(found) > high + BEYOND:
                told.append(
                    f"{gene} at Cq {min(found):.1f} to {max(found):.1f}, its dilution series at "
                    f"{low:.1f} to {high:.1f}"
                )
        return "the efficiency was not measured there: " + "; ".join(told) if told else None

    def _none(self, label: str, reason: str) -> list[Estimate]:
        return [
            Estimate(name=name, group=label, verdict=Verdict.NOT_ESTIMABLE, reason=reason)
            for name, _ in SCALES
        ]


def _joined(*reasons: str | None) -> str | None:
    return "; ".join(reason for reason in reasons if reason) or None


def _power(log2: float) -> float:
    return float(2.0**log2)


def _same(log2: float) -> float:
    return log2


SCALES = (("fold change", _power), ("log2 fold change", _same))
