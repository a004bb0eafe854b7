"""Every band of the banded scores, at its edges and just beside them, from the specification."""

from __future__ import annotations

from typing import Any

import pytest

from hepatica.clinic.score import score

# score, input, unit, output, the values in order, what the output must be for each
EDGES: list[tuple[str, str, str, str, list[float], list[Any]]] = [
    ("child_pugh", "bilirubin", "mg/dL", "bilirubin_points", [1.99, 2, 3, 3.01], [1, 2, 2, 3]),
    (
        "child_pugh",
        "bilirubin",
        "umol/L",
        "bilirubin_points",
        [34.1, 34.2, 51.3, 51.4],
        [1, 2, 2, 3],
    ),
    ("child_pugh", "albumin", "g/dL", "albumin_points", [3.51, 3.5, 2.8, 2.79], [1, 2, 2, 3]),
    ("child_pugh", "inr", "1", "clotting_points", [1.69, 1.7, 2.3, 2.31], [1, 2, 2, 3]),
    (
        "child_pugh",
        "hepatic_encephalopathy_grade",
        "{grade}",
        "encephalopathy_points",
        [0, 1, 2, 3, 4],
        [1, 2, 2, 3, 3],
    ),
    ("clif_c_of", "bilirubin", "mg/dL", "liver", [5.99, 6, 12, 12.01], [1, 2, 2, 3]),
    ("clif_c_of", "bilirubin", "mg/dL", "liver_failure", [12, 12.01], [False, True]),
    ("clif_c_of", "hepatic_encephalopathy_grade", "{grade}", "brain", [0, 1, 2, 3], [1, 2, 2, 3]),
    ("clif_c_of", "inr", "1", "coagulation", [1.99, 2.0, 2.49, 2.5], [1, 2, 2, 3]),
    ("clif_c_of", "inr", "1", "coagulation_failure", [2.49, 2.5], [False, True]),
    ("aarc", "bilirubin", "mg/dL", "bilirubin_points", [14.99, 15, 25, 25.01], [1, 2, 2, 3]),
    ("aarc", "inr", "1", "inr_points", [1.79, 1.8, 2.5, 2.51], [1, 2, 2, 3]),
    ("aarc", "creatinine", "mg/dL", "creatinine_points", [0.69, 0.7, 1.5, 1.51], [1, 2, 2, 3]),
    ("aarc", "lactate", "mmol/L", "lactate_points", [1.49, 1.5, 2.5, 2.51], [1, 2, 2, 3]),
    ("glasgow", "age", "a", "age_points", [49, 50], [1, 2]),
    ("glasgow", "wbc", "10*9/L", "wbc_points", [14.9, 15], [1, 2]),
    ("glasgow", "urea", "mmol/L", "urea_points", [4.9, 5], [1, 2]),
    ("glasgow", "inr", "1", "inr_points", [1.49, 1.5, 2.0, 2.01], [1, 2, 2, 3]),
    ("glasgow", "bilirubin", "umol/L", "bilirubin_points", [124, 125, 250, 251], [1, 2, 2, 3]),
    (
        "sirs",
        "temperature",
        "Cel",
        "temperature_item",
        [35.9, 36, 38, 38.1],
        [True, False, False, True],
    ),
    (
        "sirs",
        "temperature",
        "degF",
        "temperature_item",
        [96.7, 96.8, 100.4, 100.5],
        [True, False, False, True],
    ),
    ("sirs", "heart_rate", "/min", "heart_rate_item", [90, 91], [False, True]),
    ("sirs", "respiratory_rate", "/min", "respiration_item", [20, 21], [False, True]),
    ("sirs", "paco2", "mmHg", "respiration_item", [32, 31.9], [None, True]),
    ("sirs", "wbc", "10*9/L", "wbc_item", [3.9, 4, 12, 12.1], [True, False, False, True]),
    ("qsofa", "respiratory_rate", "/min", "respiration_item", [21, 22], [False, True]),
    ("qsofa", "sbp", "mmHg", "pressure_item", [101, 100], [False, True]),
    ("qsofa", "gcs", "{score}", "mentation_item", [15, 14], [False, True]),
    ("kings_college_paracetamol", "lactate", "mmol/L", "lactate_early", [3.5, 3.51], [False, True]),
    (
        "sofa",
        "platelets",
        "10*9/L",
        "coagulation",
        [150, 149, 100, 99, 50, 49, 20, 19],
        [0, 1, 1, 2, 2, 3, 3, 4],
    ),
    (
        "sofa",
        "bilirubin",
        "mg/dL",
        "liver",
        [1.19, 1.2, 1.99, 2, 5.99, 6, 11.99, 12],
        [0, 1, 1, 2, 2, 3, 3, 4],
    ),
    (
        "sofa",
        "gcs",
        "{score}",
        "nervous_system",
        [15, 14, 13, 12, 10, 9, 6, 5],
        [0, 1, 1, 2, 2, 3, 3, 4],
    ),
    ("kings_college_paracetamol", "ph", "1", "acidosis", [7.29, 7.30], [True, False]),
    (
        "kings_college_paracetamol",
        "creatinine",
        "umol/L",
        "renal_failure",
        [300, 301],
        [False, True],
    ),
    ("kings_college_paracetamol", "inr", "1", "coagulopathy", [6.51], [True]),
    ("kings_college_other", "age", "a", "age_item", [9, 10, 40, 41], [True, False, False, True]),
    ("kings_college_other", "bilirubin", "umol/L", "bilirubin_item", [300, 301], [False, True]),
    (
        "kings_college_other",
        "jaundice_to_encephalopathy",
        "d",
        "interval_item",
        [7, 8],
        [False, True],
    ),
    ("terlipressin_start", "spo2", "%", "hypoxia", [89, 90], [True, False]),
    ("terlipressin_start", "creatinine", "mg/dL", "creatinine_above_5", [5, 5.01], [False, True]),
    (
        "terlipressin_predictors",
        "creatinine",
        "mg/dL",
        "creatinine_below_5",
        [4.99, 5],
        [True, False],
    ),
    ("terlipressin_predictors", "map_rise", "mmHg", "pressure_response", [9.9, 10], [False, True]),
]


@pytest.mark.parametrize(("name", "key", "unit", "output", "values", "expected"), EDGES)
def test_band(
    name: str, key: str, unit: str, output: str, values: list[float], expected: list[Any]
) -> None:
    found = [score(name, **{key: (value, unit)}).outputs[output] for value in values]
    assert found == expected


@pytest.mark.parametrize(
    ("creatinine", "rrt", "points", "failed"),
    [
        ("1.99 mg/dL", False, 1, False),
        ("2 mg/dL", False, 2, True),
        ("176.8 umol/L", False, 2, True),
        ("176.7 umol/L", False, 1, False),
        ("3.49 mg/dL", False, 2, True),
        ("3.5 mg/dL", False, 3, True),
        ("0.9 mg/dL", True, 3, True),
    ],
)
def test_the_kidney_fails_at_two_points(
    creatinine: str, rrt: bool, points: int, failed: bool
) -> None:
    found = score("clif_c_of", creatinine=creatinine, renal_replacement=rrt).outputs
    assert (found["kidney"], found["kidney_failure"]) == (points, failed)


@pytest.mark.parametrize(
    ("pao2", "spo2", "fio2", "points"),
    [
        ("63.21 mmHg", None, "21 %", 1),
        ("63 mmHg", None, "21 %", 2),
        ("80.1 mmHg", None, "0.4", 2),
        ("80 mmHg", None, "0.4", 3),
        (None, "89.3 %", "0.25", 1),
        (None, "89.25 %", "0.25", 2),
        (None, "85.7 %", "0.4", 2),
        (None, "85.6 %", "0.4", 3),
        ("150 mmHg", "50 %", "0.4", 1),
    ],
)
def test_oxygen_bands_are_exact(pao2: str | None, spo2: str | None, fio2: str, points: int) -> None:
    assert score("clif_c_of", pao2=pao2, spo2=spo2, fio2=fio2).outputs["respiration"] == points


@pytest.mark.parametrize(
    ("pao2", "support", "points"),
    [
        ("200 mmHg", False, 0),
        ("199.9 mmHg", False, 1),
        ("150 mmHg", False, 1),
        ("149.9 mmHg", False, 2),
        ("99.9 mmHg", True, 3),
        ("100 mmHg", True, 2),
        ("49.9 mmHg", True, 4),
        ("50 mmHg", True, 3),
        ("30 mmHg", False, 2),
        ("99.75 mmHg", True, 3),
    ],
)
def test_sofa_respiration(pao2: str, support: bool, points: int) -> None:
    found = score("sofa", pao2=pao2, fio2="0.5", respiratory_support=support)
    assert found.outputs["respiration"] == points


@pytest.mark.parametrize(
    ("doses", "map_", "points"),
    [
        ((0, 0, 0, 0), 70, 0),
        ((0, 0, 0, 0), 69.9, 1),
        ((5, 0, 0, 0), 90, 2),
        ((0, 1, 0, 0), 90, 2),
        ((5.1, 0, 0, 0), 90, 3),
        ((0, 0, 0.1, 0), 90, 3),
        ((0, 0, 0, 0.1), 90, 3),
        ((15, 0, 0, 0), 90, 3),
        ((15.1, 0, 0, 0), 90, 4),
        ((0, 0, 0.11, 0), 90, 4),
        ((0, 0, 0, 0.11), 90, 4),
    ],
)
def test_sofa_circulation(doses: tuple[float, ...], map_: float, points: int) -> None:
    names = ("dopamine", "dobutamine", "epinephrine", "norepinephrine")
    given: dict[str, Any] = {n: (d, "ug/kg/min") for n, d in zip(names, doses, strict=True)}
    assert score("sofa", map=(map_, "mmHg"), **given).outputs["cardiovascular"] == points


@pytest.mark.parametrize(
    ("creatinine", "urine", "points"),
    [
        (1.19, 1500, 0),
        (1.2, 1500, 1),
        (1.99, 1500, 1),
        (2, 1500, 2),
        (3.49, 1500, 2),
        (3.5, 1500, 3),
        (4.99, 1500, 3),
        (5, 1500, 4),
        (1, 500, 0),
        (1, 499, 3),
        (1, 200, 3),
        (1, 199, 4),
    ],
)
def test_sofa_kidney(creatinine: float, urine: float, points: int) -> None:
    found = score("sofa", creatinine=(creatinine, "mg/dL"), urine_output_24h=(urine, "mL"))
    assert found.outputs["renal"] == points


@pytest.mark.parametrize(
    ("baseline", "now", "action"),
    [
        ("3.0 mg/dL", "3.0 mg/dL", "stop"),
        ("3.0 mg/dL", "3.01 mg/dL", "stop"),
        ("3.0 mg/dL", "2.99 mg/dL", "increase"),
        ("3.0 mg/dL", "2.11 mg/dL", "increase"),
        ("3.0 mg/dL", "2.1 mg/dL", "continue"),
        ("265.2 umol/L", "2.1 mg/dL", "continue"),
        ("265.2 umol/L", "185.65 umol/L", "increase"),
        ("2.6 mg/dL", "1.82 mg/dL", "continue"),
    ],
)
def test_day_4(baseline: str, now: str, action: str) -> None:
    assert (
        score("terlipressin_dose", baseline_creatinine=baseline, day4_creatinine=now).value
        == action
    )


@pytest.mark.parametrize(("albumin", "grade"), [("35 g/L", 2), ("36 g/L", 2), ("43 g/L", 1)])
def test_albi_grade(albumin: str, grade: int) -> None:
    assert score("albi", bilirubin="30 umol/L", albumin=albumin).outputs["grade"] == grade


def test_meld_na_is_gated_on_the_rounded_value() -> None:
    """MELD(i) of 11 takes no sodium, 12 does; the gate looks at the value rounded to a tenth."""
    common = {
        "bilirubin": "1 mg/dL",
        "creatinine": "1 mg/dL",
        "sodium": "125 mmol/L",
        "dialysis": False,
    }
    at, above = (score("meld_na", inr=inr, **common).outputs for inr in (1.5, 1.6))
    assert (at["meld_i"], at["raw"]) == (11, 11)
    assert above["meld_i"] == 12
    assert above["raw"] == pytest.approx(12 + 1.32 * 12 - 0.033 * 12 * 12)


@pytest.mark.parametrize("name", ["meld", "meld_na", "meld3"])
def test_limits_hold(name: str) -> None:
    low = {
        "creatinine": "0.3 mg/dL",
        "bilirubin": "0.2 mg/dL",
        "inr": 0.8,
        "sodium": "150 mmol/L",
        "albumin": "5 g/dL",
        "sex": "male",
        "age": "50 a",
        "dialysis": False,
    }
    high = {
        **low,
        "creatinine": "9 mg/dL",
        "bilirubin": "60 mg/dL",
        "inr": 12,
        "sodium": "110 mmol/L",
        "albumin": "1 g/dL",
    }
    from hepatica.clinic.definition import definition

    wanted = definition(name).inputs
    for given, value in ((low, 6), (high, 40)):
        assert score(name, **{k: v for k, v in given.items() if k in wanted}).value == value


def test_dialysis_overrides_before_the_floor() -> None:
    """A creatinine of 0.8 on dialysis scores as 4.0 (MELD) or 3.0 (MELD 3.0), not as 1.0."""
    common = {"bilirubin": "3 mg/dL", "inr": 1.8, "creatinine": "0.8 mg/dL"}
    on, off = (score("meld", dialysis=d, **common).outputs["raw"] for d in (True, False))
    assert on - off == pytest.approx(9.57 * 1.3862943611198906)  # type: ignore[operator]
