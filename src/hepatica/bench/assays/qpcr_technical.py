"""One sample against one other: the fold of their wells, which says nothing of patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hepatica.bench.assays.qpcr_efficiency import Efficiency, StandardCurve
from hepatica.bench.assays.qpcr_ratio import curve_ratio, technical_fold
from hepatica.bench.assays.qpcr_study import Study
from hepatica.bench.assays.qpcr_wells import Replicates
from hepatica.bench.result import Estimate, Verdict

__all__ = ["technical"]

ONE_SD = 0.683  # the share of a normal distribution within one standard deviation


def technical(
    sides: Sequence[Mapping[str, Replicates]],
    target: str,
    references: Sequence[str],
    *,
    efficiency: Mapping[str, Efficiency],
    curves: Mapping[str, StandardCurve],
    study: Study,
    label: str,
    doubt: str | None,
) -> list[Estimate]:
    """The technical fold of `sides` (treated, control: gene to wells), by standard curves too.

    Not estimable without a spread of wells; extrapolated for a `doubt`. The ratio by standard
    curves comes first, where every gene has a curve and the study states no efficiency.
    """
    genes = (target, *references)
    treated, control = sides
    same = study.tubes == "same"
    reason = _no_spread(sides, same=same)
    if reason is not None:
        return [Estimate(name="technical fold", group=label, reason=reason,
                         verdict=Verdict.NOT_ESTIMABLE)]  # fmt: skip
    if same:
        treated, control = (
            {gene: part.in_order for gene, part in side.items()} for side in (treated, control)
        )
    found = technical_fold(treated, control, target, references, efficiency, same_tube=same)
    verdict = Verdict.EXTRAPOLATED if doubt else Verdict.OK
    n = len(treated[target].cqs) + len(control[target].cqs)
    estimates = []
    if not same and set(genes) <= curves.keys() and not study.efficiency:
        read = curve_ratio(treated, control, target, references, curves)
        low, high = read.bounds
        estimates.append(
            Estimate(
                name="technical ratio by standard curve", value=read.ratio, low=low, high=high,
                level=ONE_SD, group=label, n=n, n_of="wells", verdict=verdict, reason=doubt,
                method="mean amounts read from the standard curves, plus and minus one SD of "
                "wells (Livak and Schmittgen 2001)",
            )
        )  # fmt: skip
    return [
        *estimates,
        Estimate(
            name="technical fold", value=2**found.log2, low=2 ** (found.log2 - found.spread),
            high=2 ** (found.log2 + found.spread), level=ONE_SD, group=label, n=n, n_of="wells",
            method=f"ratio of two samples, plus and minus one SD of wells ({study.tubes} "
            "tubes; Livak and Schmittgen 2001)",
            verdict=verdict, reason=doubt,
        ),
    ]  # fmt: skip


def _no_spread(sides: Sequence[Mapping[str, Replicates]], *, same: bool) -> str | None:
    """Why the wells of a gene have no spread, or cannot be paired by their tube; None if not so."""
    if min(len(part.cqs) for side in sides for part in side.values()) < 2:
        return "one well of a gene: there is no spread to report"
    tubes = [{part.tubes for part in side.values()} for side in sides]
    if same and any(len(names) > 1 or None in names for names in tubes):
        return (
            "'tubes: same' needs a name for every tube in column 'replicate', and a Cq of every "
            "gene in every tube"
        )
    return None
