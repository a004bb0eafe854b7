"""Patients made up by hypothesis: near HRS-AKI, so that rules fire, with anything missing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from hepatica.clinic.inputs.person import read_text
from hepatica.clinic.observations import Observations

ADMISSION = datetime(2026, 3, 2, 8, 0)
CONDITIONS = (
    "cirrhosis", "ascites", "acute_decompensation", "shock", "alternative_aki_cause",
    "volume_overload", "ongoing_coronary_ischaemia", "ongoing_peripheral_ischaemia",
    "ongoing_mesenteric_ischaemia", "structural_kidney_injury", "hypoxia",
    "spontaneous_bacterial_peritonitis", "gastrointestinal_bleeding", "transplant_listed",
    "respiratory_support",
)  # fmt: skip
USUALLY = {"cirrhosis": "present", "ascites": "present", "acute_decompensation": "present"}
VITALS: dict[str, tuple[tuple[str, ...], str]] = {
    "bilirubin": (("4.2", "12.5", "0.8"), "mg/dL"),
    "inr": (("1.8", "2.6", "1.1"), "1"),
    "sodium": (("131", "140"), "mmol/L"),
    "albumin": (("2.7", "3.6"), "g/dL"),
    "wbc": (("7.5", "17.2"), "10^9/L"),
    "map": (("76", "62"), "mmHg"),
    "spo2": (("96", "96", "96", "90", "89", "82"), "%"),
    "pao2": (("80", "55"), "mmHg"),
    "fio2": (("0.21", "0.4"), "fraction"),
    "hepatic_encephalopathy_grade": (("0", "2", "3"), "grade"),
    "temperature": (("36.8", "38.9"), "Cel"),
    "heart_rate": (("84", "118"), "/min"),
    "respiratory_rate": (("16", "26"), "/min"),
    "urine_protein_24h": (("200", "900"), "mg/day"),
    "urine_rbc": (("5", "80"), "/hpf"),
    "ascitic_neutrophils": (("120", "250", "251", "900"), "/mm3"),
    "haemoglobin": (("9.8", "7.0", "6.4"), "g/dL"),
}
OPTIONAL = ("pao2",)
GUARDS = (
    "spo2", "ongoing_coronary_ischaemia", "ongoing_peripheral_ischaemia",
    "ongoing_mesenteric_ischaemia", "volume_overload", "hypoxia", "age",
)  # fmt: skip


def hours(value: float) -> str:
    return (ADMISSION + timedelta(hours=value)).isoformat(timespec="minutes")


@st.composite
def patients(draw: st.DrawFn) -> dict[str, Any]:
    """The body of a person's file; most things as in HRS-AKI, each possibly changed or missing."""
    odd = draw(st.integers(0, 3))  # how far from the textbook
    changed = set(draw(st.lists(st.sampled_from((*VITALS, *CONDITIONS)), max_size=odd)))
    missing = set(draw(st.lists(st.sampled_from((*VITALS, *CONDITIONS)), max_size=odd)))
    guard, fate = draw(st.sampled_from(GUARDS)), draw(st.sampled_from(("", "missing", "against")))
    missing = missing | {guard} if fate == "missing" else missing - {guard}
    changed = changed | {guard} if fate == "against" else changed
    body: dict[str, Any] = {
        "id": "p",
        "demographics": {"age_y": 60, "sex": draw(st.sampled_from(["male", "female"]))},
        "admission": hours(0),
        "procedures": [],
        "observations": [],
        "conditions": [],
        "drugs": [],
    }
    if "age" in changed:
        body["demographics"]["age_y"] = draw(st.sampled_from([9, 17]))
    if "age" in missing:
        del body["demographics"]["age_y"]
    if draw(st.integers(0, 5)):
        body["demographics"]["weight_kg"] = draw(st.sampled_from([62, 75, 112]))
    if draw(st.integers(0, 4)):
        body["drug_list_complete"] = True
    for name, value in _creatinines(draw):
        body["observations"].append(_row("creatinine", value, "mg/dL", name))
    for name, (values, unit) in VITALS.items():
        if name in missing or (name in OPTIONAL and name not in changed):
            continue
        value = draw(st.sampled_from(values)) if name in changed else values[0]
        if (name, fate) == (guard, "against"):
            value = "85"  # of the vital signs only the saturation is a guard
        body["observations"].append(_row(name, value, unit, 52))
    if draw(st.integers(0, 4)):
        text = draw(st.sampled_from(["normal", "normal", "abnormal"]))
        body["observations"].append(_row("renal_ultrasound", text, None, 20))
    for name in CONDITIONS:
        if name in missing:
            continue
        usual = USUALLY.get(name, "absent")
        other = "absent" if usual == "present" else "present"
        body["conditions"].append({"name": name, "status": other if name in changed else usual})
    body["drugs"] = _drugs(draw)
    if draw(st.integers(0, 9)) == 0:
        body["procedures"].append({"name": "haemodialysis_session", "time": hours(50)})
    if draw(st.integers(0, 9)) == 0:
        litres = draw(st.sampled_from([4, 6, 8]))
        tap = {"name": "large_volume_paracentesis", "time": hours(48), "value": litres, "unit": "L"}
        body["procedures"].append(tap)
    return body


def _creatinines(draw: st.DrawFn) -> list[tuple[float, str]]:
    first = Decimal(draw(st.integers(60, 260))) / 100
    rows = [(-96.0, first)] if draw(st.integers(0, 4)) else []
    value = first * draw(st.sampled_from([1, 2, Decimal("2.5")]))
    for moment in (0, 27, 51, 76, 100, 130):
        rows.append((float(moment), value))
        value += Decimal(draw(st.integers(-90, 120))) / 100
        value = max(value, Decimal("0.40"))
    keep = draw(st.integers(2, len(rows)))
    return [(moment, f"{value:.2f}") for moment, value in rows[:keep]]


def _drugs(draw: st.DrawFn) -> list[dict[str, Any]]:
    drugs: list[dict[str, Any]] = []
    if draw(st.integers(0, 2)):
        end = draw(st.sampled_from([hours(1), hours(1), None]))
        furosemide = {"name": "furosemide", "dose": 40, "unit": "mg", "start": hours(-500)}
        drugs.append({**furosemide, "end": end, "interval_h": 24})
    for day in (2, 26):
        if draw(st.integers(0, 4)):
            grams = draw(st.sampled_from([100, 100, 112, 40]))
            drugs.append(
                {
                    "name": "albumin",
                    "dose": grams,
                    "unit": "g",
                    "start": hours(day),
                    "end": hours(day + 4),
                }
            )
    if draw(st.integers(0, 2)) == 0:
        drugs.append(
            {
                "name": "terlipressin",
                "dose": "0.85",
                "unit": "mg (base)",
                "start": hours(54),
                "end": draw(st.sampled_from([None, hours(120)])),
                "interval_h": 6,
            }
        )
    for name, share in (
        ("ibuprofen", 12),
        ("norepinephrine", 12),
        ("midodrine", 12),
        ("mystery drug", 20),
    ):
        if draw(st.integers(0, share)) == 0:
            drugs.append({"name": name, "start": hours(10), "end": None})
    return drugs


def _row(concept: str, value: str, unit: str | None, moment: float) -> dict[str, Any]:
    return {"concept": concept, "value": value, "unit": unit, "time": hours(moment)}


def observed(body: dict[str, Any]) -> Observations:
    return read_text(json.dumps(body), name="p.json", patient="p")


# What one can be learned from the other; hiding one of them alone would not hide the fact.
SAME_FACT = (
    ("pao2", "spo2", "fio2", "hypoxia"),
    ("ascitic_neutrophils", "spontaneous_bacterial_peritonitis"),
    ("ascites", "ascites_grade"),
    ("structural_kidney_injury", "urine_protein_24h", "urine_rbc", "renal_ultrasound"),
)
DRUGS = ("furosemide", "albumin", "terlipressin", "ibuprofen", "norepinephrine", "midodrine",
         "mystery drug")  # fmt: skip
PROCEDURES = ("haemodialysis_session", "large_volume_paracentesis")
HIDEABLE = (
    *VITALS, *CONDITIONS, "creatinine", "renal_ultrasound", "weight", "age", "drug_list_complete",
    *(f"drug {name}" for name in DRUGS), *(f"procedure {name}" for name in PROCEDURES),
    "procedures",
)  # fmt: skip


def hide(body: dict[str, Any], what: str) -> dict[str, Any]:
    """The patient with everything that tells one fact unknown.

    A drug is hidden together with the statement that the list of drugs is complete: the list
    without it would say that it was not given.
    """
    kind, _, name = what.partition(" ")
    hidden = json.loads(json.dumps(body))
    if kind == "drug":
        hidden["drugs"] = [d for d in hidden["drugs"] if d["name"] != name]
        hidden.pop("drug_list_complete", None)
        return hidden
    if kind == "procedure":
        left = [p for p in hidden["procedures"] if p["name"] != name]
        hidden.pop("procedures")
        if left:
            hidden["procedures"] = left
            hidden["procedure_list_complete"] = False
        return hidden
    if what in ("drug_list_complete", "procedures"):
        hidden.pop(what, None)
        return hidden
    if what in ("weight", "age"):
        hidden["demographics"].pop({"weight": "weight_kg", "age": "age_y"}[what], None)
        return hidden
    names = next((group for group in SAME_FACT if what in group), (what,))
    hidden["observations"] = _without(hidden["observations"], "concept", names)
    hidden["conditions"] = _without(hidden["conditions"], "name", names)
    return hidden


def _without(
    rows: Iterable[dict[str, Any]], key: str, names: Iterable[str]
) -> list[dict[str, Any]]:
    return [row for row in rows if row[key] not in names]


FACTORS = {
    "creatinine": ("88.4", "umol/L"),
    "bilirubin": ("17.1", "umol/L"),
    "albumin": ("10", "g/L"),
    "wbc": ("1000", "/uL"),
    "fio2": ("100", "%"),
    "ascitic_neutrophils": ("0.001", "10^9/L"),
    "haemoglobin": ("10", "g/L"),
}


def in_other_units(body: dict[str, Any], *, every: int = 1) -> dict[str, Any]:
    """The same patient as a laboratory with other units would report it, exactly.

    With `every` of 2 or more, rows in both units stand beside each other.
    """
    changed = json.loads(json.dumps(body))
    for number, row in enumerate(changed["observations"]):
        if row["concept"] in FACTORS and number % every == 0:
            factor, unit = FACTORS[row["concept"]]
            row["value"] = f"{Decimal(row['value']) * Decimal(factor):f}"
            row["unit"] = unit
    return changed


def as_fhir(body: dict[str, Any]) -> dict[str, Any]:
    """The same patient as a FHIR Bundle, which cannot say that a list is complete."""
    subject = {"subject": {"reference": "Patient/p"}}
    found: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": "p", "gender": body["demographics"]["sex"],
         **_birth(body)},
        {"resourceType": "Encounter", "status": "in-progress", "class": {"code": "IMP"}, **subject,
         "period": {"start": _instant(body["admission"])}},
    ]  # fmt: skip
    rows = list(body["observations"])
    if "weight_kg" in body["demographics"]:
        kilograms = body["demographics"]["weight_kg"]
        rows.append({"concept": "weight", "value": kilograms, "unit": "kg", "time": hours(0)})
    for row in rows:
        item = {"resourceType": "Observation", "status": "final", **subject,
                "code": {"text": row["concept"].replace("_", " ")},
                "effectiveDateTime": _instant(row["time"])}  # fmt: skip
        if row["unit"] is None:
            found.append(item | {"valueString": row["value"]})
        else:
            quantity = {"value": float(row["value"]), "unit": row["unit"]}
            found.append(item | {"valueQuantity": quantity})
    for one in body["conditions"]:
        state = "active" if one["status"] == "present" else "resolved"
        found.append({"resourceType": "Condition", **subject,
                      "code": {"text": one["name"].replace("_", " ")},
                      "clinicalStatus": {"coding": [{"code": state}]}})  # fmt: skip
    for one in body["drugs"]:
        period = {"start": _instant(one["start"])}
        period |= {"end": _instant(one["end"])} if one.get("end") else {}
        item = {"resourceType": "MedicationAdministration", "status": "in-progress", **subject,
                "medicationCodeableConcept": {"text": one["name"]},
                "effectivePeriod": period}  # fmt: skip
        if "dose" in one:
            amount = {"value": float(one["dose"]), "unit": one["unit"]}
            item["dosage"] = {"dose": amount}
        found.append(item)
    for one in body.get("procedures", ()):
        found.append({"resourceType": "Procedure", "status": "completed", **subject,
                      "code": {"text": one["name"].replace("_", " ")},
                      "performedDateTime": _instant(one["time"])})  # fmt: skip
    return {"resourceType": "Bundle", "type": "collection",
            "entry": [{"resource": item} for item in found]}  # fmt: skip


def _birth(body: dict[str, Any]) -> dict[str, str]:
    age = body["demographics"].get("age_y")
    return {} if age is None else {"birthDate": f"{ADMISSION.year - age}-01-01"}


def _instant(text: str) -> str:
    return f"{text}:00Z"
