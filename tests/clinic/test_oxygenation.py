"""Oxygen is divided by the fraction it was measured on, and by no other day's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from assess.generated import observed
from tests.clinic.cohort.registry import read, write

from hepatica.clinic.assess.assess import assess
from hepatica.clinic.bedside import Bedside
from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.observations import Observations
from hepatica.clinic.scores import scores

UNITS = {"pao2": "mm[Hg]", "spo2": "%", "fio2": "1"}
Rows = list[tuple[str, float, str]]
GAS_DAYS_AGO: Rows = [("pao2", 210, "02T09:00"), ("fio2", 0.7, "02T09:00")]
AIR_DAYS_AGO: Rows = [("pao2", 80, "02T09:00"), ("fio2", 0.21, "02T09:00")]
SATURATION_TODAY: Rows = [("spo2", 91, "05T08:00"), ("fio2", 0.5, "05T08:00")]


def patient(rows: Rows) -> Observations:
    body: dict[str, Any] = {
        "id": "p",
        "demographics": {"age_y": 60},
        "conditions": [{"name": "cirrhosis", "status": "present"}],
        "observations": [
            {"concept": name, "value": value, "unit": UNITS[name], "time": f"2026-05-{at}"}
            for name, value, at in rows
        ],
    }
    return observed(body)


def ratios(rows: Rows) -> dict[str, Any]:
    """P/F, S/F and points of the lungs at the bedside."""
    engine = Bedside()
    engine.load(patient(rows).rows)
    (found,) = scores(engine, ("pf_ratio", "sf_ratio", "clif_c_of")).values()
    lungs = found["clif_c_of"].outputs
    return {
        "pf": found["pf_ratio"].value,
        "sf": found["sf_ratio"].value,
        "points": lungs["respiration"],
        "failure": lungs["respiration_failure"],
    }


@pytest.mark.parametrize(
    ("rows", "pf", "sf", "failure"),
    [
        pytest.param(GAS_DAYS_AGO + SATURATION_TODAY, 300, 182, True, id="worse-today"),
        pytest.param([*AIR_DAYS_AGO, ("spo2", 97, "05T08:00"), ("fio2", 0.4, "05T08:00")],
                     80 / 0.21, 97 / 0.4, False, id="the-gas-was-on-air"),
        pytest.param([*SATURATION_TODAY, ("pao2", 90, "05T10:00")], 180, 182, True,
                     id="the-newer-one-goes-first"),
        pytest.param([("fio2", 0.5, "05T08:00"), ("spo2", 91, "05T12:01")], None, None, None,
                     id="an-older-fraction-gives-none"),
        pytest.param([("spo2", 91, "05T08:00"), ("fio2", 0.5, "05T08:10")], None, None, None,
                     id="a-later-fraction-may-be-the-answer-to-it"),
        pytest.param([*AIR_DAYS_AGO, ("spo2", 97, "05T08:00")], 80 / 0.21, None, False,
                     id="a-saturation-without-a-fraction"),
        pytest.param([*AIR_DAYS_AGO, ("fio2", 0.6, "05T08:00")], 80 / 0.21, None, None,
                     id="more-oxygen-since"),
        pytest.param([*SATURATION_TODAY, ("fio2", 0.4, "05T08:00")], None, None, None,
                     id="two-fractions-at-once"),
    ],
)  # fmt: skip
def test_each_ratio_is_of_one_time(
    rows: Rows, pf: float | None, sf: float | None, failure: bool | None
) -> None:
    found = ratios(rows)
    assert found["pf"] == (None if pf is None else pytest.approx(pf))
    assert found["sf"] == (None if sf is None else pytest.approx(sf))
    assert found["failure"] is failure


def test_a_registry_pairs_them_the_same_way(tmp_path: Path) -> None:
    rows = GAS_DAYS_AGO + SATURATION_TODAY
    wanted = ("pf_ratio", "sf_ratio", "clif_c_of", "pao2", "fio2")
    out = tmp_path / "out.parquet"
    cohort(write(patient(rows).rows, tmp_path / "long.csv"), out, concepts=wanted)
    (row,) = read(out)
    assert row["pf_ratio_ratio"] == pytest.approx(300)
    assert row["sf_ratio_ratio"] == pytest.approx(182)
    assert row["clif_c_of_respiration"] == 3
    assert (row["pao2 (mm[Hg])"], row["fio2"]) == (210, 0.5)  # the last of each stays what it is


def test_an_unknown_one_asks_for_the_fraction_of_that_time() -> None:
    found = assess(patient([("fio2", 0.5, "02T08:00"), ("spo2", 91, "05T12:00")]))
    lungs = next(one for one in found.aclf.organs if one.organ == "respiration")
    assert lungs.state == "unknown"
    assert "the FiO2 at the time of the PaO2 or SpO2" in lungs.missing


def test_the_window_is_a_rule_that_is_said_and_may_be_set() -> None:
    given = patient([("fio2", 0.5, "05T08:00"), ("spo2", 91, "05T08:30")])
    rule = next(one for one in assess(given).rules if one.name == "fio2_hours")
    assert (rule.value, rule.choices) == ("4", ("0", "1", "2", "4"))
    strict = assess(given, parameters={"fio2_hours": 0})
    assert next(o.state for o in strict.aclf.organs if o.organ == "respiration") == "unknown"
