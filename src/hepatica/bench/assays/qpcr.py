"""qPCR: relative expression from Cq, technical replicates kept apart from biological samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hepatica.bench.assays.qpcr_checks import (
    efficiency_checks,
    group_checks,
    stability,
    well_checks,
)
from hepatica.bench.assays.qpcr_compare import Comparer
from hepatica.bench.assays.qpcr_contamination import CONTROLS
from hepatica.bench.assays.qpcr_efficiency import (
    Efficiency,
    StandardCurve,
    assumed,
    standard_curves,
)
from hepatica.bench.assays.qpcr_figure import panels
from hepatica.bench.assays.qpcr_miqe import Row, checklist
from hepatica.bench.assays.qpcr_shown import shown
from hepatica.bench.assays.qpcr_study import COLUMNS, Study, load
from hepatica.bench.assays.qpcr_wells import Well, assign, by_sample, wells_of
from hepatica.bench.result import AssayResult, Estimate, Verdict
from hepatica.bench.table import Table
from hepatica.errors import InputError

__all__ = ["COLUMNS", "Study", "analyse", "load", "miqe"]


def analyse(table: Table, study: Study) -> AssayResult:
    """Ratios of every group to the control for every target, with quality control.

    A dilution series alone gives efficiencies; one group, or reference genes without a target, give
    the stability of the genes: what was not asked is said. InputError where no reference gene is
    named or measured, or groups are missing.
    """
    every = assign(wells_of(table, study.decimal), study.groups)
    wells = tuple(well for well in every if not well.excluded)
    warnings = [
        f"left out by the file: {well.gene} of {well.sample} ({well.where}), Cq "
        f"{'none' if well.cq is None else f'{well.cq:g}'}: {well.excluded}"
        for well in every
        if well.excluded
    ]
    measured = [well for well in wells if well.role == "sample"]
    curves, refused = standard_curves(wells, study.level)
    if not measured and not curves and not refused:
        raise InputError("no wells of samples: every row is a control or left out")
    references, targets = _genes(measured, study) if measured else ((), ())
    if not targets and not any(well.group for well in measured):
        measured = [replace(well, group="all") for well in measured]
    held = by_sample(measured)
    genes = (*targets, *references) or (*curves, *refused)
    efficiencies = _efficiencies(genes, study, curves)
    comparer = Comparer(
        held=held, references=references, efficiency=efficiencies, curves=curves, study=study,
        controls=[well for well in wells if well.role in CONTROLS],
    )  # fmt: skip
    estimates: list[Estimate] = []
    for gene, curve in curves.items():
        bounds = curve.bounds
        assert bounds is not None
        estimates.append(
            Estimate(
                name="efficiency", value=curve.factor - 1, low=bounds[0] - 1, high=bounds[1] - 1,
                level=study.level, group=gene, n=len(curve.cq), n_of="standards",
                method="10^(-1/slope) - 1 of Cq on log10 quantity, interval from the slope",
            )
        )  # fmt: skip
    estimates += [
        Estimate(name="efficiency", group=gene, verdict=Verdict.NOT_ESTIMABLE, reason=reason)
        for gene, reason in refused.items()
    ]
    groups = tuple(dict.fromkeys(well.group for well in measured))
    if targets and len(groups) > 1:
        control = _control(groups, study)
        for target in targets:
            for group in groups:
                if group != control:
                    estimates += comparer.compare(target, group, control)
        warnings += _several(len(targets) * (len(groups) - 1), study)
    else:
        warnings.append(_no_ratio(groups, targets, study))
    warnings += comparer.warnings
    stable, stable_checks = stability(held, references, efficiencies)
    estimates += stable
    rows = miqe(wells, study)
    essential = [row.state for row in rows if row.item.importance == "essential"]
    notes = [*table.notes, *comparer.notes]
    notes.append(
        f"MIQE: {essential.count('missing')} of {len(essential)} essential items are neither in "
        "the study nor in the data; `hepatica bench miqe` lists them"
    )
    return AssayResult(
        assay="qpcr",
        title=study.title or _title(measured, targets),
        estimates=tuple(estimates),
        checks=(
            *well_checks(wells, held, study),
            *efficiency_checks(genes, efficiencies, curves, refused),
            *(group_checks(held, groups, references, targets) if measured else ()),
            *(stable_checks if measured else ()),
        ),
        notes=tuple(notes),
        warnings=tuple(warnings),
        methods=_methods(study, references) if targets and len(groups) > 1 else _pilot_methods(),
        panels=panels(held, comparer, targets, groups, curves, stable),
        table={
            "miqe_item": tuple(row.item.key for row in rows),
            "miqe_importance": tuple(row.item.importance for row in rows),
            "miqe_state": tuple(row.state for row in rows),
            "miqe_stated": tuple(row.value for row in rows),
        },
    )


def miqe(wells: Sequence[Well], study: Study) -> tuple[Row, ...]:
    """The MIQE checklist of these wells and this study; InputError for an unknown item."""
    try:
        return checklist(study.miqe, shown(wells, study))
    except ValueError as error:
        raise InputError(f"study: {error}") from error


def _genes(wells: Sequence[Well], study: Study) -> tuple[tuple[str, ...], tuple[str, ...]]:
    genes = tuple(dict.fromkeys(well.gene for well in wells))
    if not study.references:
        raise InputError(
            "study: name the reference genes, such as 'references: [GAPDH]'; "
            f"the table has: {', '.join(genes)}"
        )
    for gene in study.references:
        if gene not in genes:
            raise InputError(
                f"study: no wells of the reference {gene!r}; there are: {', '.join(genes)}"
            )
    if len(set(study.references)) < len(study.references):
        raise InputError("study: a reference gene is named twice")
    return study.references, tuple(gene for gene in genes if gene not in study.references)


def _control(groups: Sequence[str], study: Study) -> str:
    if study.control is not None and study.control not in groups:
        raise InputError(
            f"study: no samples of the control group {study.control!r}; there are: "
            + ", ".join(groups)
        )
    return study.control or groups[0]


def _no_ratio(groups: Sequence[str], targets: Sequence[str], study: Study) -> str:
    """Why there is no ratio. InputError for a control group that has no samples."""
    if not groups:
        return "No samples, so no ratio is given: efficiencies from the dilution series only."
    if study.control is not None:
        _control(groups, study)
    if not targets:
        return (
            "Every gene is a reference gene, so no ratio is asked: efficiencies and the stability "
            "of the genes only."
        )
    return (
        f"One group only ({groups[0]!r}): a ratio needs two, so none is given; efficiencies and "
        "the stability of the reference genes only."
    )


def _several(count: int, study: Study) -> list[str]:
    if count < 2:
        return []
    shared = 1 - (1 - study.level) / count
    return [
        f"{count} comparisons: each interval and each p stands for its own comparison, not for all "
        f"of them; 'level: {shared:.4g}' in the study gives intervals that hold together "
        "(Bonferroni)."
    ]


def _title(measured: Sequence[Well], targets: Sequence[str]) -> str:
    if not measured:
        return "Amplification efficiency by qPCR"
    return "Relative expression by qPCR" if targets else "Stability of reference genes by qPCR"


def _efficiencies(
    genes: Sequence[str], study: Study, curves: Mapping[str, StandardCurve]
) -> dict[str, Efficiency]:
    held = {}
    for gene in genes:
        if gene in study.efficiency:
            factor = study.efficiency[gene]
            se = study.efficiency_se.get(gene, 0.0) / (factor * 0.6931471805599453)
            held[gene] = Efficiency(factor=factor, variance_log2=se**2)
        elif gene in curves:
            held[gene] = curves[gene].efficiency
        else:
            held[gene] = assumed()
    return held


def _pilot_methods() -> tuple[str, ...]:
    return (
        "Technical replicates are averaged; n is the number of biological samples.",
        "Efficiency: 10^(-1/slope) - 1 of Cq on log10 quantity, by least squares.",
        "geNorm M: mean SD of a gene's log2 ratios to the other genes, all genes present "
        "(Vandesompele 2002); NormFinder: spread within and between groups (Andersen 2004).",
    )


def _methods(study: Study, references: Sequence[str]) -> tuple[str, ...]:
    return (
        "Technical replicates are averaged; n is the number of biological samples.",
        f"log2 quantity = mean of Cq log2 E over {len(references)} reference gene(s) - Cq log2 E "
        "of the target (Pfaffl; ddCt of Livak and Schmittgen 2001, doi 10.1006/meth.2001.1262, "
        "where E = 2).",
        f"{study.level:.0%} intervals: Welch on log2 quantities, with the variance of measured "
        "efficiencies added by the delta method.",
        "Permutation test: samples reallocated between the groups, target and references together.",
    )
