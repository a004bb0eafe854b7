"""Groups of saturation curves fitted together: do they share Kd, Bmax or both?"""

from __future__ import annotations

import numpy as np

from hepatica.bench.assays.binding_model import choose, unreached
from hepatica.bench.assays.binding_readings import Bound
from hepatica.bench.assays.binding_study import Study
from hepatica.bench.assays.binding_wider import preferred
from hepatica.bench.compare import compare
from hepatica.bench.curves import misfit, refuted
from hepatica.bench.fit import Fit, fit_groups, weights
from hepatica.bench.groups import Collected
from hepatica.bench.result import Verdict
from hepatica.bench.table import Table
from hepatica.bench.tested import dose_range
from hepatica.bench.verdicts import judge_fitted

__all__ = ["MOST_COMPARED", "share_parameters"]

MOST_COMPARED = 8
KDS, MAXIMA = {"Kd", "KdHi", "ratio"}, {"Bmax", "BmaxHi", "BmaxLo"}
NOTE = "Wells are counted: it says whether these curves differ, not whether that repeats."


def share_parameters(found: Collected, table: Table, study: Study) -> None:
    """Extra sum-of-squares F and AICc of shared Kd, shared Bmax and both against separate curves.

    Where one Kd fits as well, the Bmax of the groups at that Kd are estimated too. Not tested where
    experiments repeat the groups, a group has no specific binding, or the groups need different
    models; non-specific binding and background stay each group's own.
    """
    groups = table.groups()
    if len(groups) < 2 or "experiment" in table.labels:
        return
    if len(groups) > MOST_COMPARED:
        found.notes.append(f"more than {MOST_COMPARED} groups: shared parameters are not tested")
        return
    if any(e.verdict is Verdict.NOT_ESTIMABLE for e in found.estimates if e.name in KDS):
        found.notes.append("a Kd is not estimable, so the groups are not compared by shared fits")
        return
    names = {choose(Bound(table.where(group=group), study), study)[0] for group in groups}
    if len(names) > 1:
        found.notes.append(
            f"the groups are fitted with different models ({', '.join(sorted(names))}), so they "
            "are not compared by shared fits: choose one 'model' in the study"
        )
        return
    bound = Bound(table, study)
    _, model, held = choose(bound, _with(study, names.pop()))
    weight, labels = weights(bound.y, study.weights), table.labels["group"]
    if len(bound.y) - len(groups) * (len(model.names) - len(held)) < 1:
        return

    def fitted(shared: set[str]) -> Fit:
        return fit_groups(
            model, bound.design, bound.y, labels, shared=shared, weight=weight, fixed=held
        )

    apart = fitted(set())
    kds, maxima = KDS & set(model.names), MAXIMA & set(model.names)
    for name, shared in (
        ("one Kd", kds), ("one Bmax", maxima), ("one Bmax and one Kd", kds | maxima)
    ):  # fmt: skip
        together = fitted(shared)
        entry = compare((name, together), ("separate curves", apart), note=NOTE)
        if entry is None:
            continue
        found.comparisons.append(entry)
        if name == "one Kd" and entry.prefers == name and kds == {"Kd"}:
            _at_one_kd(found, together, labels, bound, study)


def _with(study: Study, name: str) -> Study:
    import msgspec

    return msgspec.structs.replace(study, model=name)


def _at_one_kd(
    found: Collected, together: Fit, labels: tuple[str, ...], bound: Bound, study: Study
) -> None:
    """Kd and the Bmax of every group at it, with the verdicts that a curve of its own would get."""
    rows = {group: np.array(labels) == group for group in together.groups}
    design = np.vstack([bound.design, *rows.values()])
    wrong = refuted(misfit(design, bound.ligand, together, study.weights), together, design)
    apparent = {
        group: preferred([c for c in found.comparisons if c.group == group], study, "")[1]
        for group in rows
    }
    found.estimates.append(
        judge_fitted(
            together, "Kd", study.level, name="Kd, one for all groups", unit="nM",
            tested=dose_range(bound.ligand),
            beyond=wrong or next((reason for reason in apparent.values() if reason), None),
        )
    )  # fmt: skip
    for group, here in rows.items():
        beyond = unreached(dose_range(bound.ligand[here]), together.value("Kd"))
        found.estimates.append(
            judge_fitted(
                together, f"Bmax[{group}]", study.level, name="Bmax at one Kd", unit=bound.unit,
                group=group, beyond=beyond or wrong or apparent[group],
            )
        )  # fmt: skip
