"""Whether an assessment gives an expected finding, by the rules of the patients' README."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hepatica.clinic.assess.model import Assessment, Staging
from hepatica.clinic.observations import Observations

CONTRAINDICATIONS = ("hypoxia_spo2_lt_90", "ongoing_ischaemia")
CAUTIONS = ("scr_gt_5", "aclf_3", "volume_overload")
NAMES = {
    "no_response_to_2_days_diuretic_withdrawal_and_albumin": "no_response_to_albumin",
    "no_improvement_24h_after_volume": "no_improvement_after_volume",
    "no_improvement_48h_after_volume": "no_improvement_after_volume",
    "scr_ge_2.25": "scr_ge_2_25",
    "trajectory_to_double_in_2_weeks": "trajectory_to_double",
    "no_sustained_improvement_48h": "no_sustained_improvement",
    "hrs_1_no_shock_nephrotoxin_or_structural_injury": "hrs_1",
}


def agrees(
    key: str, item: dict[str, Any], *, observed: Observations, then: Assessment, end: Assessment
) -> tuple[bool, Any]:
    """Whether any accepted value is met, and what was found."""
    accepted = item["acceptable"] if item.get("lenient") else [item["value"]]
    found = _found(key, item, observed, then, end)
    return any(_same(key, value, item, found) for value in accepted), found


def _found(
    key: str, item: dict[str, Any], observed: Observations, then: Assessment, end: Assessment
) -> Any:
    match key:
        case "rejected_observations":
            return [
                {"concept": r.concept, "value": float(r.value or 0), "unit": r.unit, "time": r.time}
                for r in observed.report.refused
            ]
        case "baseline_creatinine":
            return _baseline(then, observed)
        case "kdigo_aki" | "ica_aki":
            staging = end.episode.kdigo if key == "kdigo_aki" else end.episode.ica
            return _staging(staging)
        case "hrs_aki_2015" | "hrs_aki_2024" | "hrs_aki_2024_window_48h" | "confirm_eligibility":
            one = next(c for c in then.criteria if c.id == key)
            items = {f.id.partition(".")[2]: f.state for f in one.items}
            named = {name: items.get(NAMES.get(name, name)) for name in item["criteria"]}
            return {"value": one.state, "criteria": named}
        case "terlipressin_contraindications":
            return _contraindications(then)
        case "terlipressin_cautions":
            own = [p for p in then.precautions if p.drug == "Terlipressin" and p.state == "met"]
            return sorted(p.id for p in own if p.id in CAUTIONS)
        case "response":
            return end.episode.response
        case "day4_rule":
            return end.treatment.day4 if end.treatment else "not_applicable"
        case "verified_reversal_fda_label" | "verified_reversal_nejm":
            return _reversal(end, key)
        case _:
            return _score(key, then)


def _baseline(then: Assessment, observed: Observations) -> dict[str, Any] | None:
    baseline = then.episode.baseline
    row = next(
        (r for r in observed.rows if r.concept == "creatinine" and str(r) == baseline.shown), None
    )
    if row is None or row.value is None or row.time is None:
        return None
    return {"value": float(row.value), "unit": row.unit, "time": _minutes(row.time)}


def _staging(one: Staging) -> dict[str, Any]:
    found: dict[str, Any] = {"aki": {"met": True, "not_met": False}.get(one.state)}
    found["max_stage"] = one.max_stage
    for name, time in (("first_met_at", one.first_at), ("max_stage_first_at", one.max_at)):
        if time is not None:
            found[name] = _minutes(time)
    if one.substage:
        found["substage"] = one.substage
    return found


def _contraindications(then: Assessment) -> dict[str, Any]:
    own = [p for p in then.precautions if p.drug == "Terlipressin" and p.id in CONTRAINDICATIONS]
    present = sorted(p.id for p in own if p.state == "met")
    unknown = any(p.state == "unknown" for p in own)
    status = "found" if present else "unknown" if unknown else "none_found"
    return {"codes": present, "status": status}


def _reversal(end: Assessment, key: str) -> str:
    if end.treatment is None:
        return "not_applicable"
    return next(f.state for f in end.treatment.reversal if f.id == key)


def _score(key: str, then: Assessment) -> dict[str, Any]:
    line = next(s for s in then.scores if s.id == key)
    found = {"value": line.value, "not_applicable": line.not_applicable, **line.outputs}
    if key == "aclf_grade":
        found["organs"] = {o.organ: o.state for o in then.aclf.organs}
        found["value"] = "not_applicable" if line.not_applicable else then.aclf.grade
    if key == "clif_c_of":
        found["failed"] = sorted(o.organ for o in then.aclf.organs if o.state == "met")
    return found


def _same(key: str, value: Any, item: dict[str, Any], found: Any) -> bool:
    match key:
        case "rejected_observations":
            return bool(found == [{**v, "value": float(v["value"])} for v in _texts(value)])
        case "baseline_creatinine":
            return bool(found == {**_texts(value), "value": float(value["value"])})
        case "kdigo_aki" | "ica_aki":
            wanted = {k: v for k, v in _texts(value).items() if k != "baseline_rule"}
            return all(found.get(k) == v for k, v in wanted.items())
        case "hrs_aki_2015" | "hrs_aki_2024" | "hrs_aki_2024_window_48h" | "confirm_eligibility":
            wanted = {name: part["value"] for name, part in item["criteria"].items()}
            return bool(found == {"value": value, "criteria": wanted})
        case "terlipressin_contraindications":
            return bool(found == {"codes": sorted(value), "status": item["status"]})
        case "terlipressin_cautions":
            return bool(found == sorted(value))
        case "clif_c_of":
            return _clif(value, item, found)
        case "child_pugh":
            if value == "unknown":
                return found["points"] is None
            return all(found[name] == wanted for name, wanted in value.items())
        case "sirs":
            state = {True: "met", False: "not_met", None: "unknown"}[found["met"]]
            return bool(state == value["result"])
        case "aclf_grade" | "response" | "day4_rule":
            return bool((found["value"] if isinstance(found, dict) else found) == value)
        case "verified_reversal_fda_label" | "verified_reversal_nejm":
            return bool(found == value)
        case _:
            if value == "unknown":
                return found["value"] is None
            return found["value"] is not None and abs(found["value"] - value) <= item.get(
                "tolerance", 0
            )


def _clif(value: Any, item: dict[str, Any], found: dict[str, Any]) -> bool:
    total = "unknown" if found["total"] is None else found["total"]
    if (value["total"], sorted(value["failures"])) != (total, found["failed"]):
        return False
    points = {k: "unknown" if found[k] is None else found[k] for k in item["organ_points"]}
    return bool(item.get("lenient") or points == item["organ_points"])


def _texts(value: Any) -> Any:
    """Times as texts to the minute, as everything else is compared."""
    if isinstance(value, dict):
        return {k: _texts(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_texts(v) for v in value]
    return _minutes(value) if isinstance(value, datetime) else value


def _minutes(time: datetime) -> str:
    return time.isoformat(timespec="minutes")
