"""qPCR: relative expression from Cq, technical replicates kept apart from biological samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hepatica.bench.assays.qpcr_checks import (
    efficiency_checks,
    group_checks,
    stability,
    well_checks,
)
from hepatica.bench.assays.qpcr_compare import Comparer
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

    InputError where no reference gene is named or measured, or groups are missing.
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
    references, targets = _genes(measured, study)
    held = by_sample(measured)
    curves, refused = standard_curves(wells, study.level)
    efficiencies = _efficiencies((*targets, *references), study, curves)
    comparer = Comparer(
        held=held, references=references, efficiency=efficiencies, curves=curves, study=study
    )
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
    control = _control(groups, study)
    for target in targets:
        for group in groups:
            if group != control:
                estimates += comparer.compare(target, group, control)
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
        title=study.title or "Relative expression by qPCR",
        estimates=tuple(estimates),
        checks=(
            *well_checks(wells, held, study),
            *efficiency_checks((*targets, *references), efficiencies, curves, refused),
            *group_checks(held, groups, references),
            *stable_checks,
        ),
        notes=tuple(notes),
        warnings=tuple(warnings),
        methods=_methods(study, references),
        panels=panels(held, comparer, targets, groups, curves),
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
    if not genes:
        raise InputError("no wells of samples: every row is a standard, a control or left out")
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
    targets = tuple(gene for gene in genes if gene not in study.references)
    if not targets:
        raise InputError("every gene is a reference: there is no target to compare")
    return study.references, targets


def _control(groups: Sequence[str], study: Study) -> str:
    if study.control is not None and study.control not in groups:
        raise InputError(
            f"study: no samples of the control group {study.control!r}; there are: "
            + ", ".join(groups)
        )
    if len(groups) < 2:
        raise InputError(f"one group only ({groups[0]!r}): a ratio needs two")
    return study.control or groups[0]


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
