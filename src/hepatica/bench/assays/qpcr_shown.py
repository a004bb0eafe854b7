"""What the wells themselves show of the MIQE checklist."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from hepatica.bench.assays.qpcr_efficiency import StandardCurve, standard_curves
from hepatica.bench.assays.qpcr_study import Study
from hepatica.bench.assays.qpcr_wells import Replicates, Well

__all__ = ["shown"]


def shown(wells: Sequence[Well], study: Study) -> dict[str, str]:
    """By item of the checklist, what follows from the wells and the study."""
    found = {
        "outliers": f"flagged beyond {study.outlier_cycles:g} cycles of the median, all kept",
        "statistics": "Welch interval on log2 quantities, permutation and Wilcoxon tests",
        "statistics_software": f"Hepatica {_version()}",
    }
    if study.references:
        kind = "the geometric mean of " if len(study.references) > 1 else ""
        found["normalisation"] = f"relative to {kind}{', '.join(study.references)}"
    return found | _samples(wells) | _controls(wells) | _curves(wells, study) | _spread(wells)


def _version() -> str:
    try:
        return version("hepatica")
    except PackageNotFoundError:
        return "of an unknown version"


def _samples(wells: Sequence[Well]) -> dict[str, str]:
    samples = {well.sample: well.group for well in wells if well.role == "sample"}
    groups = list(dict.fromkeys(samples.values()))
    if not any(groups):
        return {}
    counts = ", ".join(f"{g} {sum(own == g for own in samples.values())}" for g in groups)
    return {
        "groups": ", ".join(groups),
        "n_per_group": counts,
        "biological_replicates": f"{counts}; their spread is in this report",
    }


def _controls(wells: Sequence[Well]) -> dict[str, str]:
    found = {}
    for role, key in (("ntc", "ntc"), ("nrt", "no_rt_control")):
        entries = [well for well in wells if well.role == role]
        if entries:
            blank = sum(well.cq is None for well in entries)
            count = "1 well" if len(entries) == 1 else f"{len(entries)} wells"
            found[key] = f"{count}, {blank} without a Cq"
    return found


def _curves(wells: Sequence[Well], study: Study) -> dict[str, str]:
    curves, _ = standard_curves(wells, study.level)
    genes = sorted({well.gene for well in wells if well.role == "sample"} or curves)
    if not genes or not set(genes) <= curves.keys():
        return {}

    def each(text: str, *values: str) -> str:
        return "; ".join(
            f"{gene} " + text.format(*(_figure(curves[gene], value) for value in values))
            for gene in genes
        )

    return {
        "standard_curve": each("slope {}, intercept {}", "slope", "intercept"),
        "efficiency": each("{}", "efficiency"),
        "efficiency_interval": each("{} to {}", "low", "high"),
        "standard_curve_r2": each("{}", "r2"),
        "linear_range": each("{} to {} (quantities of the standards)", "least", "most"),
    }


def _figure(curve: StandardCurve, name: str) -> str:
    bounds = curve.bounds or (float("nan"), float("nan"))
    return {
        "slope": f"{curve.slope:.3f}",
        "intercept": f"{curve.intercept:.2f}",
        "efficiency": f"{curve.factor - 1:.3f}",
        "low": f"{bounds[0] - 1:.3f}",
        "high": f"{bounds[1] - 1:.3f}",
        "r2": f"{curve.r2:.4f}",
        "least": f"{10 ** min(curve.log_quantity):g}",
        "most": f"{10 ** max(curve.log_quantity):g}",
    }[name]


def _spread(wells: Sequence[Well]) -> dict[str, str]:
    sets: dict[tuple[str, str], list[Well]] = {}
    for well in wells:
        if well.role == "sample":
            sets.setdefault((well.sample, well.gene), []).append(well)
    held = [
        Replicates(sample=sample, gene=gene, group=entries[0].group, wells=tuple(entries))
        for (sample, gene), entries in sets.items()
    ]
    counts = sorted({len(part.wells) for part in held})
    if not counts or counts == [1]:
        return {}
    spread = [part.sd for part in held if part.sd is not None]
    many = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    found = {"technical_replicates": f"{many} wells of each gene in each sample"}
    if spread:
        found["repeatability"] = f"SD of technical replicates up to {max(spread):.2f} cycles"
    return found
