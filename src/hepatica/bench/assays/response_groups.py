"""Groups of concentration-response curves: fitted at once, compared, repeated over runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hepatica.bench.assays.response_curve import Ready
from hepatica.bench.assays.response_study import Study, held
from hepatica.bench.compare import compare
from hepatica.bench.fit import fit_alike, fit_groups, weights
from hepatica.bench.groups import Collected
from hepatica.bench.model import Model
from hepatica.bench.models.logistic import THREE
from hepatica.bench.plate import MSR_RUNS, minimum_significant_ratio
from hepatica.bench.result import Check, Status
from hepatica.bench.table import Table

__all__ = ["curves_of", "plate_fits", "reproducibility", "share_parameters"]

MOST_COMPARED = 8


def curves_of(table: Table) -> list[Table]:
    """The rows of every curve: of every group, and of every experiment where there are any."""
    parts = []
    for group in table.groups():
        rows = table.where(group=group)
        labels = rows.groups("experiment") if "experiment" in rows.labels else ()
        parts += [rows.where(experiment=label) for label in labels] or [rows]
    return parts


def plate_fits(parts: Sequence[Table], study: Study, model: Model) -> Ready:
    """The fits of curves that share their doses, made at once: by model and lines of the table."""
    first = parts[0].numbers["dose"]
    alike = all(np.array_equal(part.numbers["dose"], first) for part in parts)
    if len(parts) < 2 or not alike or len(first) <= len(model.names):
        return {}
    y = np.array([part.numbers["response"] for part in parts])
    weight, fixed = weights(y, study.weights), held(study)
    ready: Ready = {}
    for which, level in ((model, study.level), (THREE, None)):
        fits = fit_alike(which, first, y, weight=weight, fixed=fixed, level=level)
        ready |= {(which.name, p.lines): entry for p, entry in zip(parts, fits, strict=True)}
    return ready


def share_parameters(found: Collected, table: Table, study: Study, model: Model) -> None:
    """Whether the groups share EC50, plateaus or all: only where no experiments repeat them."""
    groups = table.groups()
    if len(groups) < 2 or "experiment" in table.labels:
        return
    if len(groups) > MOST_COMPARED:
        found.notes.append(f"more than {MOST_COMPARED} groups: shared parameters are not tested")
        return
    x, y = table.numbers["dose"], table.numbers["response"]
    labels = table.labels["group"]
    weight, fixed = weights(y, study.weights), held(study)
    if len(y) - len(groups) * len(model.names) < 1:
        return
    apart = fit_groups(model, x, y, labels, shared=set(), weight=weight, fixed=fixed)
    free = set(model.names) - set(fixed)
    cases = [("one EC50", {"EC50"}), ("one curve for all", free)]
    if "end" in free:
        cases.insert(1, ("one response at infinite dose", {"end"}))
    note = "Wells are counted: it says whether these curves differ, not whether that repeats."
    for name, shared in cases:
        if shared - set(model.names):
            continue
        together = fit_groups(model, x, y, labels, shared=shared, weight=weight, fixed=fixed)
        entry = compare((name, together), ("separate curves", apart), note=note)
        if entry is not None:
            found.comparisons.append(entry)


def reproducibility(found: Collected, table: Table, study: Study) -> None:
    """The minimum significant ratio of the control's EC50 over experiments."""
    if not found.table:
        return
    group = study.control or table.groups()[0]
    values = [
        value
        for where, quantity, value, verdict in zip(
            found.table["group"], found.table["quantity"], found.table["value"],
            found.table["verdict"], strict=True,
        )
        if where == group and quantity == "EC50" and verdict == "ok" and value is not None
    ]  # fmt: skip
    if len(values) < 2:
        return
    ratio = minimum_significant_ratio(np.array(values, dtype=float))
    found.diagnostics["minimum significant ratio of EC50"] = ratio
    found.checks.append(
        Check(
            name="runs behind the minimum significant ratio",
            status=Status.PASSED if len(values) >= MSR_RUNS else Status.FAILED,
            criterion=f"{MSR_RUNS} runs or more of the control",
            value=str(len(values)),
            group=group,
            note=f"EC50 values of two runs that differ less than {ratio:.2g}-fold are alike.",
        )
    )
