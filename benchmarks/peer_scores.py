"""Scores against clincalc, MedCalc-Bench's worked cases and mimic-code's MELD, on real data."""

from __future__ import annotations

import ast
import csv
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.peer_result import Comparison, Difference
from hepatica.clinic.score import score
from hepatica.errors import InputError

Row = Mapping[str, Any]

_LABS = {
    "creatinine": "creatinine", "total bilirubin": "bilirubin", "PT - INR": "inr",
    "sodium": "sodium", "albumin": "albumin", "AST (SGOT)": "ast", "ALT (SGPT)": "alt",
    "platelets x 1000": "platelets",
}  # fmt: skip


def comparisons(clinic: Path) -> list[Comparison]:
    stays = eicu(clinic)
    return [*(_clincalc(stays, "eICU demo, first values")), _hcc(clinic), _mimic(stays),
            _medcalc(clinic)]  # fmt: skip


def eicu(clinic: Path) -> list[dict[str, Any]]:
    """The first value of each laboratory test of a stay, with sex and age."""
    stays: dict[str, dict[str, Any]] = {}
    with (clinic / "eicu_demo/patient.csv").open() as file:
        for row in csv.DictReader(file):
            age = 90 if row["age"].startswith(">") else int(row["age"] or 0)
            stays[row["patientunitstayid"]] = {"sex": row["gender"].lower(), "age": age}
    with (clinic / "eicu_demo/lab.csv").open() as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["labresultoffset"]))
    for row in rows:
        if row["labname"] in _LABS and row["labresult"] and row["patientunitstayid"] in stays:
            stays[row["patientunitstayid"]].setdefault(
                _LABS[row["labname"]], float(row["labresult"])
            )
    return [{"stay": stay, **values} for stay, values in stays.items()]


def _clincalc(stays: list[dict[str, Any]], data: str) -> list[Comparison]:
    meld = {"creatinine": "creatinine", "bilirubin": "bilirubin", "inr": "inr"}
    dialysis = {"dialysis_twice_past_week": False}
    units = {"creatinine_unit": "mg/dL", "bilirubin_unit": "mg/dL"}
    return [
        _each(stays, data, "meld", ("creatinine", "bilirubin", "inr"), _ours_meld,
              lambda r: _ask("meld", {k: r[v] for k, v in meld.items()} | units | dialysis,
                             "raw_score"), 1e-9),
        _each(stays, data, "meld_3",
              ("creatinine", "bilirubin", "inr", "sodium", "albumin"), _ours_meld3,
              lambda r: _ask("meld_3", {
                  "albumin": r["albumin"], "albumin_unit": "g/dL", "bilirubin": r["bilirubin"],
                  "creatinine": r["creatinine"], **units, "inr": r["inr"],
                  "female_for_adult_meld": r["sex"] == "female",
                  "qualifying_dialysis_in_prior_7_days": False,
                  "registration_age_years": r["age"], "sodium_mmol_l": r["sodium"]}), 0),
        _each(stays, data, "ukeld", ("creatinine", "bilirubin", "inr", "sodium"), _ours_ukeld,
              lambda r: _ask("ukeld", {
                  "bilirubin": r["bilirubin"], "creatinine": r["creatinine"], **units,
                  "inr": r["inr"], "sodium": r["sodium"]}), 1),
        _each(stays, data, "fib4", ("ast", "alt", "platelets"), _ours_fib4,
              lambda r: _ask("fib4", {k: r[k] for k in ("age", "ast", "alt", "platelets")}),
              0.0051),
        _each(stays, data, "egfr", ("creatinine",), _ours_egfr,
              lambda r: _ask("egfr", {"age": r["age"], "creatinine": r["creatinine"],
                                      "creatinine_unit": "mg/dL", "sex": r["sex"]}), 1),
    ]  # fmt: skip


def _ask(name: str, values: dict[str, Any], working: str | None = None) -> float | None:
    import clincalc

    try:
        found = clincalc.calculate(name, values)
    except (ValueError, TypeError):
        return None
    return float(found["working"][working] if working else found["result"])


def _each(
    rows: list[dict[str, Any]],
    data: str,
    name: str,
    needs: tuple[str, ...],
    mine: Callable[[Row], float | None],
    theirs: Callable[[Row], float | None],
    tolerance: float,
) -> Comparison:
    found = Comparison(f"clincalc 0.4.0 {name}", data)
    for row in rows:
        if any(key not in row for key in needs) or row["sex"] not in ("female", "male"):
            continue
        ours, other = _or_none(mine, row), theirs(row)
        if ours is None and other is None:
            continue
        found.compared += 1
        if ours is not None and other is not None and abs(ours - other) <= tolerance:
            continue
        shown = ", ".join(f"{key} {row[key]}" for key in ("sex", "age", *needs))
        found.differ(_reason(name, row, ours, other), f"{shown}: {ours} and {other}")
    return found


def _or_none(mine: Callable[[Row], float | None], row: Row) -> float | None:
    try:
        return mine(row)
    except InputError:
        return None


def _reason(name: str, row: Row, ours: float | None, other: float | None) -> Difference:
    if other is None and row["age"] < 18:
        return Difference("clincalc refuses ages below 18", "both: a limit of scope",
                          "the definition's own population")  # fmt: skip
    if ours is None and row["age"] < 18:
        return Difference("Hepatica gives no result below the age of the definition", "Hepatica",
                          "the definition's own population")  # fmt: skip
    if ours is None:
        return Difference("Hepatica refuses a value outside its plausible range", "open",
                          "engineering judgement, not a source")  # fmt: skip
    return Difference("not explained", "open", "none")


def _labelled(row: Row) -> dict[str, Any]:
    units = {"creatinine": "mg/dL", "bilirubin": "mg/dL", "sodium": "mmol/L", "albumin": "g/dL",
             "ast": "U/L", "alt": "U/L", "platelets": "10*9/L", "age": "a"}  # fmt: skip
    found = {key: (row[key], unit) for key, unit in units.items() if key in row}
    return {**found, **{key: row[key] for key in ("sex", "inr") if key in row}}


def _take(name: str, output: str, row: Row, *keys: str, **more: Any) -> float | None:
    given = _labelled(row)
    result = score(name, **{key: given[key] for key in keys}, **more)
    value = result.outputs[output]
    return None if value is None else float(value)


def _ours_meld(row: Row) -> float | None:
    return _take("meld", "raw", row, "creatinine", "bilirubin", "inr", "age", dialysis=False)


def _ours_meld3(row: Row) -> float | None:
    keys = ("creatinine", "bilirubin", "inr", "sodium", "albumin", "sex", "age")
    return _take("meld3", "score", row, *keys, dialysis=False)


def _ours_ukeld(row: Row) -> float | None:
    return _take("ukeld", "score", row, "creatinine", "bilirubin", "inr", "sodium")


def _ours_fib4(row: Row) -> float | None:
    return _take("fib4", "score", row, "age", "ast", "alt", "platelets")


def _ours_egfr(row: Row) -> float | None:
    return _take("ckd_epi_2021", "egfr", row, "creatinine", "age", "sex")


def _hcc(clinic: Path) -> Comparison:
    """Child-Pugh; ascites and encephalopathy of this table are coded 1 to 3 as their points."""
    found = Comparison("clincalc 0.4.0 child_pugh", "HCC")
    with (clinic / "hcc-survival.csv").open() as file:
        rows = [{" ".join(k.split()): v for k, v in row.items()} for row in csv.DictReader(file)]
    for row in rows:
        texts = [row[key] for key in ("Total Bilirubin(mg/dL)", "Albumin (mg/dL)",
                 "International Normalised Ratio", "Ascites degree",
                 "Encefalopathy degree")]  # fmt: skip
        if "?" in texts:
            continue
        bilirubin, albumin, inr = map(float, texts[:3])
        ascites, brain = int(float(texts[3])) - 1, int(float(texts[4])) - 1
        found.compared += 1
        ours = score("child_pugh", bilirubin=(bilirubin, "mg/dL"), albumin=(albumin, "g/dL"),
                     inr=inr, ascites_grade=("none", "mild", "moderate_severe")[ascites],
                     hepatic_encephalopathy_grade=(0, 1, 3)[brain])  # fmt: skip
        theirs = _ask("child_pugh", {
            "albumin": albumin, "albumin_unit": "g/dL", "bilirubin": bilirubin,
            "bilirubin_unit": "mg/dL", "inr": inr,
            "ascites": ("none", "mild", "moderate-severe")[ascites],
            "encephalopathy": ("none", "grade1-to2", "grade3-to4")[brain]})  # fmt: skip
        if ours.value != theirs:
            example = f"{texts}: {ours.value} and {theirs}"
            found.differ(Difference("not explained", "open", "none"), example)
    return found


def _mimic(stays: list[dict[str, Any]]) -> Comparison:
    """MELD-Na (2016) by the rules read in meld.sql: missing is normal, rounded to whole tens."""
    found = Comparison("mimic-code meld.sql (its rules)", "eICU demo, first values")
    for row in stays:
        theirs = _mimic_meld(row)
        keys = ("creatinine", "bilirubin", "inr", "sodium")
        given = _labelled(row)
        known = {key: given[key] for key in (*keys, "age") if key in given}
        result = score("meld_na", **known, dialysis=False)
        found.compared += 1
        missing = [key for key in keys if key not in row]
        if missing:
            found.differ(
                Difference(
                    "a missing value is taken as normal (1.0; sodium 137)", "Hepatica: unknown",
                    "OPTN policy 9.1.D states no value for a missing one; rule 4 of the "
                    "specification",
                ),
                f"without {', '.join(missing)}: unknown and {theirs:g}",
            )  # fmt: skip
        elif result.value is None:
            found.differ(_reason("meld_na", row, None, theirs), f"age {row['age']}: {theirs:g}")
        elif math.floor(theirs + 0.5) != result.value:
            found.differ(
                Difference(
                    "not capped or rounded as the policy says", "Hepatica",
                    "OPTN policy 9.1.D, quoted at the head of meld.sql",
                ),
                f"stay {row['stay']}: {result.value} and {theirs:g}",
            )  # fmt: skip
    return found


def _mimic_meld(row: Row) -> float:
    sodium = min(137.0, max(125.0, row.get("sodium", 137.0)))
    creatinine = min(4.0, max(1.0, row.get("creatinine", 1.0)))
    sum_ = 0.957 * math.log(creatinine) + 0.378 * math.log(max(1.0, row.get("bilirubin", 1.0)))
    sum_ += 1.120 * math.log(max(1.0, row.get("inr", 1.0))) + 0.643
    first = 40.0 if sum_ > 4 else math.floor(sum_ * 10 + 0.5)
    if first <= 11:
        return float(first)
    return first + 1.32 * (137 - sodium) - 0.033 * first * (137 - sodium)


# Calculator of MedCalc-Bench, our score and output; below, our input for each of its entities.
_CASES = {
    "3": ("ckd_epi_2021", "egfr"),
    "5": ("mean_arterial_pressure", "map"),
    "7": ("corrected_calcium", "corrected"),
    "9": ("mdrd4", "egfr"),
    "15": ("child_pugh", "points"),
    "19": ("fib4", "score"),
    "23": ("meld_na", "score"),
    "26": ("corrected_sodium", "corrected"),
    "39": ("anion_gap", "gap"),
    "40": ("fena", "percent"),
    "51": ("sirs", "positive"),
    "65": ("anion_gap", "corrected"),
}
_ENTITIES = {
    "age": "age", "creatinine": "creatinine", "Systolic Blood Pressure": "sbp",
    "Diastolic Blood Pressure": "dbp", "Calcium": "calcium", "Albumin": "albumin",
    "international normalized ratio": "inr", "Bilirubin": "bilirubin", "Sodium": "sodium",
    "Glucose": "glucose", "Chloride": "chloride", "Bicarbonate": "bicarbonate",
    "Urine sodium": "urine_sodium", "Urine creatinine": "urine_creatinine",
    "Alanine aminotransferase": "alt", "Aspartate aminotransferase": "ast",
    "Platelet count": "platelets", "Temperature": "temperature",
    "Heart Rate or Pulse": "heart_rate", "respiratory rate": "respiratory_rate",
    "White blood cell count": "wbc", "PaCO2": "paco2",
}  # fmt: skip
_WORDS = {
    "mm hg": "mm[Hg]", "mm Hg": "mm[Hg]", "years": "a", "mEq/L": "mmol/L", "µL": "/uL",
    "degrees fahrenheit": "[degF]", "degrees celsius": "Cel", "beats per minute": "/min",
    "breaths per minute": "/min", "µmol/L": "umol/L",
}  # fmt: skip


def _medcalc(clinic: Path) -> Comparison:
    found = Comparison("MedCalc-Bench-Verified, worked cases", "its one-shot cases in our scope")
    csv.field_size_limit(10**7)
    with (clinic / "medcalc/one_shot_data_verified.csv").open() as file:
        for row in csv.DictReader(file):
            if row["Calculator ID"] not in _CASES:
                continue
            name, output = _CASES[row["Calculator ID"]]
            found.compared += 1
            given = _case(ast.literal_eval(row["Relevant Entities"]), name)
            try:
                value = score(name, **given).outputs[output]
            except InputError as error:
                value = str(error)
            low, high = float(row["Lower Limit"]), float(row["Upper Limit"])
            if isinstance(value, float | int) and low - 1e-4 <= value <= high + 1e-4:
                continue
            found.differ(
                Difference(f"{row['Calculator Name']}", "see the example", "see the example"),
                f"{given}: {value} and {row['Ground Truth Answer']}",
            )
    return found


def _case(entities: Mapping[str, Any], name: str) -> dict[str, Any]:
    from hepatica.clinic.definition import definition

    wanted, given = definition(name).inputs, {}
    for key, value in entities.items():
        target = _ENTITIES.get(key)
        if key == "sex":
            given["sex"] = value.lower()
        elif target in wanted and isinstance(value, list):
            given[target] = (value[0], _WORDS.get(value[1], value[1]))
        elif target in wanted:
            given[target] = value
    if "dialysis" in wanted:
        given["dialysis"] = any(bool(v) for k, v in entities.items() if "ialysis" in k)
    if name == "child_pugh":
        given["ascites_grade"] = "none" if entities["Ascites"] == "absent" else "mild"
        given["hepatic_encephalopathy_grade"] = 0
    return {key: value for key, value in given.items() if key in wanted}
