"""Sets of criteria one by one: the value and date that decided each, or what would settle it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.clinic.assess.albumin import counted
from hepatica.clinic.assess.applied import reference, rules_of
from hepatica.clinic.assess.gather import Gathered
from hepatica.clinic.assess.model import Checklist, Finding, State
from hepatica.clinic.assess.plan import STATES
from hepatica.clinic.assess.rules import claims_of
from hepatica.clinic.criterion import criterion
from hepatica.clinic.definition import Scalar
from hepatica.clinic.units import plain


def checklists(found: Gathered, chosen: Mapping[str, Scalar]) -> tuple[Checklist, ...]:
    """HRS-AKI by each set of criteria and window, HRS without AKI, and CONFIRM eligibility.

    The criteria for a simultaneous liver-kidney transplant follow where they are decided.
    """
    longer = {**chosen, "volume_window_hours": 48}
    return (
        checklist(found, "hrs_aki_2015", found.one("hrs_aki_2015"), chosen),
        checklist(found, "hrs_aki_2024", found.one("hrs_aki_2024"), chosen, window=True),
        checklist(found, "hrs_aki_2024", found.criteria_48h, longer, window=True),
        checklist(found, "hrs_naki", found.one("hrs_naki"), chosen),
        checklist(found, "confirm_eligibility", found.one("confirm_eligibility"), chosen),
        *_transplant(found, chosen),
    )


def _transplant(found: Gathered, chosen: Mapping[str, Scalar]) -> tuple[Checklist, ...]:
    (row,) = found.engine.rows("slk_eligibility")
    if row["met"] is None:
        return ()
    return (checklist(found, "slk_eligibility", row, chosen),)


def checklist(
    found: Gathered,
    name: str,
    row: Mapping[str, Any],
    chosen: Mapping[str, Scalar],
    *,
    window: bool = False,
) -> Checklist:
    """One set of criteria from the row that the criterion computed."""
    item = criterion(name)
    rules = rules_of(name, chosen=chosen)
    hours = next((r.value for r in rules if r.name == "volume_window_hours"), "")
    ident, title = name, item.name
    if window:
        title = f"{item.name}, volume window {hours} h"
        ident = name if hours == "24" else f"{name}_window_{hours}h"
    if row.get("class") not in (None, "none"):
        title = f"{item.name.partition(' (')[0]}: {row['class']}"
    items = tuple(
        _item(found, name, key, row) for key, about in item.columns.items() if about.kind == "item"
    )
    return Checklist(
        id=ident,
        name=title,
        version=item.version,
        state=_whole(row),
        items=items,
        reference=reference(name),
        rules=rules,
        claims=claims_of().get(name, ()),
        limits=item.limits,
    )


def _whole(row: Mapping[str, Any]) -> State:
    if "met" in row:
        return STATES[row["met"]]
    kind = row["class"]
    return "unknown" if kind is None else "not_met" if kind == "none" else "met"


def _item(found: Gathered, name: str, key: str, row: Mapping[str, Any]) -> Finding:
    column = criterion(name).columns[key]
    state = STATES[row[key]]
    missing = row.get(f"{key}_missing") or column.settle
    by = _said(key, row, found) or found.row(row.get(f"{key}_row"))
    return Finding(
        id=f"{name}.{key}",
        about=column.about,
        state=state,
        decided_by=(by or _from_flags(key, found)) if state != "unknown" else None,
        missing=(missing,) if state == "unknown" and missing else (),
        claims=claims_of().get(f"{name}.{key}", claims_of().get(name, ())),
    )


def _said(key: str, row: Mapping[str, Any], found: Gathered) -> str | None:
    """What decided a criterion that rests on more than one value."""
    last = found.row(row.get(f"{key}_row"))
    if key == "egfr_below_60" and row.get("egfr") is not None:
        said = f"eGFR {plain(round(row['egfr']))} ({last})"
        since, days = found.row(row["low_since_row"]), counted(int(row["low_days"] or 0), "day")
        return said if since is None else f"{said}, below 60 for {days} ({since})"
    if key == "trajectory_to_double" and row.get("fold_at_14_days") is not None:
        ends = f"{found.row(row['reference_row'])} to {found.row(row['qualifying_row'])}"
        fold = plain(round(row["fold_at_14_days"], 1))
        return f"{ends}; a straight line gives {fold} times at 14 days"
    if key in LOOKED_FOR and not _from_flags(key, found):
        rows = (found.row(row[name]) for name in LOOKED_FOR[key])
        return "; ".join(text for text in rows if text) or None
    return None


# What was looked at where no record says whether there is structural kidney injury.
LOOKED_FOR = {
    "no_structural_cause": ("protein_row", "rbc_row", "ultrasound_row"),
    "no_structural_injury": (
        "proteinuria_le_500_mg_day_row", "rbc_le_50_per_hpf_row", "normal_renal_ultrasound_row",
    ),
}  # fmt: skip
_FLAGS = {
    "cirrhosis": ("cirrhosis",),
    "ascites": ("ascites",),
    "cirrhosis_with_ascites": ("cirrhosis", "ascites"),
    "cirrhosis_and_ascites": ("cirrhosis", "ascites"),
    "no_shock": ("shock",),
    "no_other_primary_cause": ("alternative_aki_cause",),
    "no_structural_cause": ("structural_kidney_injury",),
    "no_structural_injury": ("structural_kidney_injury",),
    "no_nephrotoxins": ("drug_list_complete",),
    "metabolic": (),
}


def _from_flags(key: str, found: Gathered) -> str | None:
    """The conditions on record behind a criterion that no measurement decided."""
    said = []
    for flag in _FLAGS.get(key, ()):
        state = found.record.flags.get(flag)
        if flag == "drug_list_complete" and state:
            said.append("none on a complete list of drugs")
        elif state is not None:
            said.append(f"{flag.replace('_', ' ')}: recorded as {'present' if state else 'absent'}")
    return "; ".join(said) or None
