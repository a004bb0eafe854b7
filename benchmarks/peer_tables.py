"""PBC, HCC, Synthea's OMOP tables and intensive-care laboratories against peers and lab columns.

There is no charted urine and no Glasgow coma scale in DATA: KDIGO by urine output is not compared
with a peer, and SOFA is compared with the same normal brain and circulation on both sides.
"""

from __future__ import annotations

import csv
import math
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from benchmarks import peer_kdigo
from benchmarks.peer_result import Comparison, Difference
from hepatica.clinic.inputs import omop
from hepatica.clinic.registry import Registry
from hepatica.clinic.score import score
from hepatica.errors import InputError

ALBI = "Johnson 2015, as in the specification: both coefficients circulate, 0.007 apart at 35 g/L"
WAI = "Wai 2003: (AST / upper limit) / platelets x 100 (PMC3286137 table 1)"
VINCENT = "Vincent, Intensive Care Med 1996;22:707-710: points below 400, 300, 200 and 100"
HEUMAN = "Heuman, Liver Transpl, doi:10.1002/lt.20906: 5.11 ln(bilirubin) + 11.76 ln(Cr) + 9.44"


def comparisons(clinic: Path) -> list[Comparison]:
    return [
        *(one for name in ("pbc", "pbcseq") for one in _albi(clinic, name)),
        _apri(clinic),
        _meld_xi(clinic),
        *_synthea(clinic),
        *_sofa(clinic),
        _gap(clinic),
    ]


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    with path.open() as file:
        for row in csv.DictReader(file):
            yield {" ".join(key.split()): value for key, value in row.items()}


def _albi(clinic: Path, name: str) -> list[Comparison]:
    """Score by the formula of cliot, and grade by the other coefficient that circulates."""
    cliot = Comparison("CRAN cliot ALBI (its formula)", name)
    other = Comparison("ALBI grade with -0.0852 for albumin", name)
    for row in _rows(clinic / f"{name}.csv"):
        if not row["bili"] or not row["albumin"]:
            continue
        shown = f"bilirubin {row['bili']}, albumin {row['albumin']}"
        try:
            ours = score("albi", bilirubin=(row["bili"], "mg/dL"), albumin=(row["albumin"], "g/dL"))
        except InputError as error:
            cliot.compared += 1
            cliot.differ(Difference("a value outside the plausible range is computed with",
                                    "Hepatica: refused", "input ranges of the specification"),
                         f"{shown}: {error}")  # fmt: skip
            continue
        micromol, grams = float(row["bili"]) * 17.1, float(row["albumin"]) * 10
        theirs = 0.66 * math.log10(micromol) - 0.085 * grams
        value = ours.outputs["score"]
        assert isinstance(value, float)
        cliot.compared += 1
        other.compared += 1
        if abs(theirs - value) > 1e-9:
            cliot.differ(Difference("not explained", "open", "none"),
                         f"{shown}: {value} and {theirs}")  # fmt: skip
        second = 0.66 * math.log10(micromol) - 0.0852 * grams
        grade = 1 if second <= -2.60 else 2 if second <= -1.39 else 3
        if grade != ours.outputs["grade"]:
            kind = Difference("the coefficient of albumin moves the grade at its edge",
                              "both: a named parameter", ALBI)  # fmt: skip
            other.differ(kind, f"{shown}: {ours.outputs['grade']} and {grade}")
    return [cliot, other]


def _apri(clinic: Path) -> Comparison:
    found = Comparison("CRAN cliot 0.2.0 APRI (its formula)", "pbc")
    for row in _rows(clinic / "pbc.csv"):
        if not row["ast"] or not row["platelet"]:
            continue
        ours = score("apri", ast=(row["ast"], "U/L"), ast_upper_limit=(40, "U/L"),
                     platelets=(row["platelet"], "10*9/L")).outputs["score"]  # fmt: skip
        theirs = float(row["ast"]) / 40 / (float(row["platelet"]) * 100)
        assert isinstance(ours, float | int)
        found.compared += 1
        if abs(ours - theirs) > 1e-9:
            kind = Difference("divides by 100 where the index multiplies: 10,000 times too small",
                              "Hepatica", WAI)  # fmt: skip
            found.differ(kind, f"AST {row['ast']}, platelets {row['platelet']}: {ours:.2f} and "
                         f"{theirs:.6f}")  # fmt: skip
    return found


def _meld_xi(clinic: Path) -> Comparison:
    found = Comparison("CRAN cliot 0.2.0 MELD-XI (its formula)", "HCC")
    for row in _rows(clinic / "hcc-survival.csv"):
        bilirubin, creatinine = row["Total Bilirubin(mg/dL)"], row["Creatinine (mg/dL)"]
        if "?" in (bilirubin, creatinine):
            continue
        ours = score("meld_xi", bilirubin=(bilirubin, "mg/dL"), creatinine=(creatinine, "mg/dL"))
        value = ours.outputs.get("raw", ours.value)
        assert isinstance(value, float | int)
        logs = math.log(max(1.0, float(bilirubin))), math.log(max(1.0, float(creatinine)))
        theirs = 5.112 + logs[0] + 11.76 * logs[1] + 9.44
        found.compared += 1
        if abs(value - theirs) > 0.05:
            kind = Difference("adds 5.112 where it is a factor of ln(bilirubin)",
                              "Hepatica", HEUMAN)  # fmt: skip
            found.differ(kind, f"bilirubin {bilirubin}, creatinine {creatinine}: {value:.2f} and "
                         f"{theirs:.2f}")  # fmt: skip
    return found


def _synthea(clinic: Path) -> list[Comparison]:
    """Creatinines through the OMOP reader: KDIGO stages, and eGFR of adults at each of them."""
    registry = Registry()
    with tempfile.TemporaryDirectory() as name:
        with zipfile.ZipFile(clinic / "Synthea27Nj_5.4.zip") as archive:
            archive.extractall(name)
        place = next(p.parent for p in Path(name).rglob("*") if p.stem.lower() == "measurement")
        omop.load(registry, place)
    rows = registry.connection.execute(
        "SELECT DISTINCT c.patient, c.time, CAST(c.value AS VARCHAR), s.text, "
        "date_sub('year', b.time, c.time) FROM observations c "
        "LEFT JOIN observations s ON s.patient = c.patient AND s.concept = 'sex' "
        "LEFT JOIN observations b ON b.patient = c.patient AND b.concept = 'birth' "
        "WHERE c.concept = 'creatinine' ORDER BY ALL"
    ).fetchall()
    series: dict[str, list[tuple[datetime, Decimal]]] = defaultdict(list)
    for patient, time, value, _, _ in rows:
        series[patient].append((time, Decimal(value)))
    ours = peer_kdigo.stages(series)
    peer, data = "akiFlagger 1.0.10, padding 0hours", "Synthea OMOP"
    theirs = peer_kdigo.akiflagger(series, "0hours")
    return [
        peer_kdigo.compare(peer, data, series, ours, theirs, peer_kdigo.REPEATED),
        _egfr(rows, data),
    ]


def _egfr(rows: list[tuple[Any, ...]], data: str) -> Comparison:
    found = Comparison("clincalc 0.4.0 egfr", data)
    for _, _, value, sex, age in rows:
        if age is None or age < 18:
            continue
        given = {"age": age, "creatinine": float(value), "creatinine_unit": "mg/dL", "sex": sex}
        theirs = _ask("egfr", given)
        ours = score("ckd_epi_2021", age=(age, "a"), sex=sex, creatinine=(value, "mg/dL"))
        result = ours.outputs["egfr"]
        assert isinstance(result, float | int)
        found.compared += 1
        if theirs is None or abs(result - theirs) > 1:
            found.differ(
                Difference("not explained", "open", "none"), f"{given}: {result}, {theirs}"
            )
    return found


def _ask(name: str, values: dict[str, Any]) -> float | None:
    import clincalc

    try:
        return float(clincalc.calculate(name, values)["result"])
    except (ValueError, TypeError):
        return None


_GASES = {"paO2": "pao2", "FiO2": "fio2", "platelets x 1000": "platelets",
          "total bilirubin": "bilirubin", "creatinine": "creatinine"}  # fmt: skip


def _sofa(clinic: Path) -> list[Comparison]:
    """First values of each stay; brain and circulation are normal on both sides."""
    stays: dict[str, dict[str, str]] = defaultdict(dict)
    rows = sorted(_rows(clinic / "eicu_demo/lab.csv"), key=lambda r: int(r["labresultoffset"]))
    for row in rows:
        if row["labname"] in _GASES and row["labresult"]:
            stays[row["patientunitstayid"]].setdefault(_GASES[row["labname"]], row["labresult"])
    full = [stay for stay in stays.values() if len(stay) == len(_GASES)]
    return [_sofa_one(full, support) for support in (False, True)]


def _sofa_one(stays: list[dict[str, str]], support: bool) -> Comparison:
    said = "with" if support else "without"
    found = Comparison(f"clincalc 0.4.0 sofa, {said} support", "eICU demo, first values")
    for stay in stays:
        units = {"pao2": "mm[Hg]", "fio2": "%", "platelets": "10*9/L", "bilirubin": "mg/dL",
                 "creatinine": "mg/dL"}  # fmt: skip
        try:
            ours = score("sofa", respiratory_support=support, gcs=15, map=(80, "mm[Hg]"),
                         dopamine=(0, "ug/kg/min"), dobutamine=(0, "ug/kg/min"),
                         epinephrine=(0, "ug/kg/min"), norepinephrine=(0, "ug/kg/min"),
                         urine_output_24h=(1500, "mL"),
                         **{key: (stay[key], unit) for key, unit in units.items()})  # fmt: skip
        except InputError:
            continue  # an implausible value, which is refused
        ratio = float(stay["pao2"]) / (float(stay["fio2"]) / 100)
        if ratio > 700:
            continue  # outside what the peer takes
        theirs = _ask("sofa", {
            "bilirubin": float(stay["bilirubin"]), "bilirubin_unit": "mg/dL",
            "creatinine": float(stay["creatinine"]), "creatinine_unit": "mg/dL",
            "cardiovascular": "map-at-least70", "gcs": 15, "pao2_fio2": ratio,
            "platelets": float(stay["platelets"]), "respiratory_support": support})  # fmt: skip
        found.compared += 1
        if ours.value != theirs:
            exact = Fraction(stay["pao2"]) * 100 / Fraction(stay["fio2"])
            kind = Difference("not explained", "open", "none")
            if exact in (100, 200, 300, 400):
                kind = Difference("binary fractions: PaO2/FiO2 of exactly 100, 200, 300 or 400 "
                                  "falls below it", "Hepatica", VINCENT)  # fmt: skip
            found.differ(kind, f"{stay}: {ours.value} and {theirs}")
    return found


_IONS = {"sodium": "sodium", "chloride": "chloride", "bicarbonate": "bicarbonate",
         "potassium": "potassium", "anion gap": "gap"}  # fmt: skip


def _gap(clinic: Path) -> Comparison:
    """The laboratory's own anion gap beside ours from the ions of the same sample."""
    found = Comparison("the laboratory's anion gap", "eICU demo, same sample")
    samples: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in _rows(clinic / "eicu_demo/lab.csv"):
        if row["labname"] in _IONS and row["labresult"]:
            key = (row["patientunitstayid"], row["labresultoffset"])
            samples[key].setdefault(_IONS[row["labname"]], row["labresult"])
    for sample in samples.values():
        if not {"sodium", "chloride", "bicarbonate", "gap"} <= set(sample):
            continue
        ions = {key: (sample[key], "mmol/L") for key in ("sodium", "chloride", "bicarbonate")}
        ours, theirs = score("anion_gap", **ions).outputs["gap"], float(sample["gap"])
        assert isinstance(ours, float | int)
        found.compared += 1
        if abs(ours - theirs) <= 1:
            continue  # the laboratory rounds each ion before it prints it
        potassium = float(sample.get("potassium", "nan"))
        shown = f"{dict(sorted(sample.items()))}: {ours:g}"
        if abs(ours + potassium - theirs) <= 1:
            kind = Difference("the laboratory counts potassium", "both: it is optional",
                              "the specification, ANION_GAP: optional potassium")  # fmt: skip
        else:
            kind = Difference("the printed gap is not that of the printed ions", "Hepatica",
                              "the specification, ANION_GAP: Na - Cl - HCO3")  # fmt: skip
        found.differ(kind, shown)
    return found
