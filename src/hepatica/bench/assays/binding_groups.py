"""Groups of saturation curves fitted together: do they share Kd, Bmax or both?"""

from __future__ import annotations

from hepatica.bench.assays.binding_model import choose
from hepatica.bench.assays.binding_readings import Bound
from hepatica.bench.assays.binding_study import Study
from hepatica.bench.compare import compare
from hepatica.bench.fit import Fit, fit_groups, weights
from hepatica.bench.groups import Collected
from hepatica.bench.result import Verdict
from hepatica.bench.table import Table
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
            _at_one_kd(found, together, groups, bound.unit, study)


def _with(study: Study, name: str) -> Study:
    import msgspec

    return msgspec.structs.replace(study, model=name)


def _at_one_kd(
    found: Collected, together: Fit, groups: tuple[str, ...], unit: str, study: Study
) -> None:
    terms = [("Kd, one for all groups", "Kd", "nM", None)] + [
        ("Bmax at one Kd", f"Bmax[{group}]", unit, group) for group in groups
    ]
    for name, parameter, what, group in terms:
        found.estimates.append(
            judge_fitted(together, parameter, study.level, name=name, unit=what, group=group)
        )
