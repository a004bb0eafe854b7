"""Quality control of a qPCR run: wells, controls, efficiencies, reference genes, n."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hepatica.bench.assays.qpcr_contamination import latest
from hepatica.bench.assays.qpcr_efficiency import Efficiency, StandardCurve
from hepatica.bench.assays.qpcr_stability import genorm, norm_finder
from hepatica.bench.assays.qpcr_study import Study
from hepatica.bench.assays.qpcr_wells import Replicates, Well
from hepatica.bench.result import Check, Estimate, Status, Verdict

__all__ = ["efficiency_checks", "group_checks", "stability", "well_checks"]

V_CUT = 0.15  # Vandesompele et al. 2002, Genome Biol 3:research0034
DEFAULT = "laboratory default, set it in the study"
Held = Mapping[tuple[str, str], Replicates]


def well_checks(wells: Sequence[Well], held: Held, study: Study) -> list[Check]:
    """Replicate spread, outlying wells, wells without a Cq, controls without template or enzyme.

    Positive controls too, where there are any.
    """
    controls = [
        _blank_control(wells, held, "ntc", "controls without template", study),
        _blank_control(wells, held, "nrt", "controls without reverse transcriptase", study),
    ]
    positive = [well for well in wells if well.role == "positive"]
    if positive:
        controls.append(
            Check(
                name="positive controls", status=_passed(all(w.cq for w in positive)),
                criterion="every well crosses the threshold; they belong to no group",
                note=_listed(
                    f"{w.gene} of {w.sample} {f'Cq {w.cq:g}' if w.cq else 'no Cq'} ({w.where})"
                    for w in positive
                ),
            )
        )  # fmt: skip
    if not held:
        return controls
    wide = [r for r in held.values() if r.sd is not None and r.sd > study.replicate_sd]
    single = [r for r in held.values() if len(r.wells) == 1]
    outliers = [w for r in held.values() for w in r.outliers(study.outlier_cycles)]
    blank = [r for r in held.values() if r.blank]
    spread = [r.sd for r in held.values() if r.sd is not None]
    checks = [
        Check(
            name="spread of technical replicates",
            status=_passed(not wide) if spread else Status.NOT_ASSESSED,
            criterion=f"SD at most {study.replicate_sd:g} cycles ({DEFAULT})",
            value=max(spread) if spread else None,
            note=_listed(f"{r.gene} of {r.sample} SD {r.sd:.2f}" for r in wide)
            or ("single wells: no spread" if not spread else None),
        ),
        Check(
            name="outlying wells",
            status=_passed(not outliers)
            if any(len(r.cqs) > 2 for r in held.values())
            else Status.NOT_ASSESSED,
            criterion=f"within {study.outlier_cycles:g} cycles of the median of three or more "
            f"({DEFAULT}); flagged wells are kept",
            note=_listed(f"{w.gene} of {w.sample} Cq {w.cq:g}, {w.where}" for w in outliers),
        ),
        Check(
            name="wells without a Cq",
            status=_passed(not blank),
            criterion="every well of a sample crosses the threshold",
            note=_listed(f"{r.blank} of {len(r.wells)} for {r.gene} of {r.sample}" for r in blank),
        ),
    ]
    if single and spread:
        checks.append(
            Check(
                name="technical replication", status=Status.FAILED,
                criterion="two or more wells of every gene in every sample",
                note=_listed(f"{r.gene} of {r.sample}" for r in single),
            )
        )  # fmt: skip
    return [*checks, *controls]


def _blank_control(wells: Sequence[Well], held: Held, role: str, name: str, study: Study) -> Check:
    """Passed where no control comes too early; one that comes late enough is told with its gap."""
    found = [well for well in wells if well.role == role]
    after = "the last sample" if role == "ntc" else "its own sample"
    criterion = f"no Cq, or {study.ntc_margin:g} cycles after {after} ({DEFAULT})"
    if not found:
        return Check(
            name=name, status=Status.NOT_ASSESSED, criterion=criterion, note="no such wells"
        )
    early: list[str] = []
    late: list[str] = []
    for well in found:
        if well.cq is None:
            continue
        told = f"{well.gene} Cq {well.cq:g} ({well.where})"
        if (last := latest(well, wells, held)) is None:
            early.append(f"{told}, no sample has one")
            continue
        gap = well.cq - last[0]
        told += f", {abs(gap):.1f} cycles {'before' if gap < 0 else 'after'} {last[1]}"
        (early if gap < study.ntc_margin else late).append(told)
    return Check(
        name=name, status=_passed(not early), criterion=criterion, note=_listed(early or late)
    )


def efficiency_checks(
    genes: Sequence[str],
    efficiency: Mapping[str, Efficiency],
    curves: Mapping[str, StandardCurve],
    refused: Mapping[str, str],
) -> list[Check]:
    """Whether every efficiency was measured, and lies between 0.9 and 1.1."""
    checks = []
    for gene in genes:
        known = efficiency[gene]
        if not known.measured:
            why = refused.get(gene, "no dilution series and none in the study")
            note = f"{why}: doubling (2) is assumed, so the ratio may be wrong"
            checks.append(Check(name="efficiency", group=gene, status=Status.NOT_ASSESSED,
                                criterion="measured, 0.9 to 1.1", note=note))  # fmt: skip
            continue
        curve = curves.get(gene)
        left = f", {curve.blank} standard(s) without a Cq left out" if curve and curve.blank else ""
        checks.append(
            Check(
                name="efficiency",
                group=gene,
                status=_passed(0.9 <= known.factor - 1 <= 1.1),
                criterion="measured, 0.9 to 1.1",
                value=known.factor - 1,
                note=f"R² {curve.r2:.4f} over {len(set(curve.log_quantity))} dilutions{left}"
                if curve
                else "stated in the study",
            )
        )
    return checks


def group_checks(
    held: Held, groups: Sequence[str], references: Sequence[str], targets: Sequence[str]
) -> list[Check]:
    """Biological n of every group, of the target with the fewest samples; number of references."""
    checks = []
    for group in groups:
        samples = list(dict.fromkeys(r.sample for r in held.values() if r.group == group))
        without = {t: [s for s in samples if (s, t) not in held] for t in targets}
        n = len(samples) - max(map(len, without.values()), default=0)
        checks.append(
            Check(name="biological samples", group=group, status=_passed(n >= 3), value=float(n),
                  criterion=f"3 or more ({DEFAULT}); wells are not n",
                  note=_listed(f"no wells of {t} in {s}" for t in targets for s in without[t]))
        )  # fmt: skip
    checks.append(
        Check(
            name="reference genes", status=_passed(len(references) >= 2),
            value=float(len(references)), criterion="2 or more, stability shown (MIQE)",
        )
    )  # fmt: skip
    return checks


def stability(
    held: Held, references: Sequence[str], efficiency: Mapping[str, Efficiency]
) -> tuple[list[Estimate], list[Check]]:
    """geNorm and NormFinder over three or more reference genes measured in every sample."""
    name = "stability of the reference genes"
    criterion = f"pairwise variation V2/3 below {V_CUT:g} (geNorm)"
    samples = [
        sample
        for sample in dict.fromkeys(sample for sample, _ in held)
        if all((sample, gene) in held and held[sample, gene].cqs for gene in references)
    ]
    if len(references) < 3 or len(samples) < 3:
        note = f"{len(references)} gene(s) in {len(samples)} samples; geNorm needs 3 and 3"
        return [], [Check(name=name, status=Status.NOT_ASSESSED, criterion=criterion, note=note)]
    log2 = np.array([[-held[s, g].mean * efficiency[g].log2 for g in references] for s in samples])
    found = genorm(log2, references)
    estimates = [
        Estimate(name="geNorm M", value=m, group=gene, n=len(samples), n_of="biological samples",
                 method="mean SD of log2 ratios to the other genes (Vandesompele 2002)")
        for gene, m in found.m.items()
    ]  # fmt: skip
    group = [held[s, references[0]].group for s in samples]
    if min(group.count(label) for label in set(group)) >= 2:
        rho = norm_finder(log2, references, group)
        method = "between and within groups" if rho.grouped else "within one group"
        estimates += [
            Estimate(
                name="NormFinder stability", value=value if value > 0 else None, group=gene,
                n=len(samples), n_of="biological samples", method=f"{method} (Andersen 2004)",
                verdict=Verdict.OK if value > 0 else Verdict.NOT_ESTIMABLE,
                reason=None if value > 0 else
                f"the variance of {gene} within groups is estimated at 0: more samples would tell "
                "it from the others",
            )
            for gene, value in rho.rho.items()
        ]  # fmt: skip
    ranked = ", ".join(found.ranking)
    check = Check(
        name=name, status=_passed(found.v[2] < V_CUT), criterion=criterion, value=found.v[2],
        note=f"most stable first: {ranked} (the first two cannot be told apart)",
    )  # fmt: skip
    return estimates, [check]


def _passed(good: bool) -> Status:
    return Status.PASSED if good else Status.FAILED


def _listed(entries: object) -> str | None:
    listed = [str(entry) for entry in entries]  # type: ignore[attr-defined]
    if not listed:
        return None
    more = f" and {len(listed) - 6} more" if len(listed) > 6 else ""
    return "; ".join(listed[:6]) + more
