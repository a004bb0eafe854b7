"""A row for a time holds what was known then; later values change nothing."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from tests.clinic.cohort.registry import read as table

from hepatica.clinic.assess.assess import assess
from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.inputs.read import read
from hepatica.errors import InputError

HEAD = "patient,concept,value,unit,time,start,text\n"
STAYS = (
    HEAD
    + """\
a,admission,,,2026-03-01 08:00,,
a,creatinine,1.0,mg/dL,2026-03-01 09:00,,
a,creatinine,1.1,mg/dL,2026-03-02 09:00,,
a,discharge,,,2026-03-03 08:00,,
a,admission,,,2026-05-01 08:00,,
a,creatinine,1.0,mg/dL,2026-05-01 09:00,,
a,creatinine,2.5,mg/dL,2026-05-02 09:00,,
a,creatinine,3.5,mg/dL,2026-05-03 09:00,,
b,creatinine,1.0,mg/dL,2026-05-01 09:00,,
"""
)


def rows(tmp_path: Path, text: str, **options: object) -> list[dict[str, object]]:
    given, out = tmp_path / "given.csv", tmp_path / "out.parquet"
    given.write_text(text)
    concepts = ["kdigo_aki", "creatinine"]
    cohort(given, out, concepts=concepts, **options)  # type: ignore[arg-type]
    return table(out)


def test_one_row_a_stay(tmp_path: Path) -> None:
    found = rows(tmp_path, STAYS, per="episode")
    assert [(str(r["time"]), r["kdigo_aki_max_stage"]) for r in found] == [
        ("2026-03-03 08:00:00", 0),
        ("2026-05-03 09:00:00", 3),
    ]


def test_one_row_a_day(tmp_path: Path) -> None:
    found = rows(tmp_path, STAYS, per="day")
    assert [(r["patient"], str(r["time"])[:10], r["kdigo_aki_max_stage"]) for r in found] == [
        ("a", "2026-03-01", None),
        ("a", "2026-03-02", 0),
        ("a", "2026-05-01", None),
        ("a", "2026-05-02", 2),
        ("a", "2026-05-03", 3),
        ("b", "2026-05-01", None),
    ]
    assert found[3]["creatinine (umol/L)"] == 221.0


def test_given_times(tmp_path: Path) -> None:
    times = tmp_path / "times.csv"
    times.write_text("patient,time\na,2026-05-02 10:00\na,2026-03-01 10:00\nnobody,2026-03-01\n")
    found = rows(tmp_path, STAYS, at=times)
    assert [r["kdigo_aki_max_stage"] for r in found] == [None, 2]


@pytest.mark.parametrize(
    ("time", "message"),
    [
        ("yesterday", "'yesterday' is no time: expected 2026-03-04T08:00"),
        ("2026/05/02 10:00", "'2026/05/02 10:00' is no time"),
        ("2026-05-02 10:00 UTC", "'2026-05-02 10:00 UTC' is no time"),
        ("2026-05-02T10:00+01:00", "give it on the clock of the patient, without an offset"),
        ("", "no time is given for patient 'a': expected 2026-03-04T08:00"),
    ],
)
def test_given_times_that_are_none(time: str, message: str, tmp_path: Path) -> None:
    times = tmp_path / "times.csv"
    times.write_text(f"patient,time\na,2026-05-02 10:00\na,{time}\n")
    with pytest.raises(InputError, match=re.escape(message)):
        rows(tmp_path, STAYS, at=times)


def test_a_given_date_is_noted(tmp_path: Path) -> None:
    given, times = tmp_path / "given.csv", tmp_path / "times.csv"
    given.write_text(STAYS)
    times.write_text("patient,time\na,2026-05-03\na,2026-05-03 10:00\n")
    found = cohort(given, tmp_path / "out.parquet", concepts=["creatinine"], at=times)
    assert found.report.notes == ["1 dates of times.csv were taken as 00:00 of that day"]


EIGHT, TWO = "2026-05-01 08:00", "2026-05-01 14:00"
WEIGHED = HEAD + "a,weight,60,kg,,,\na,creatinine,1.0,mg/dL,2026-05-01 10:00,,\n"
LATER = {
    "a urine volume": (f"a,urine_output,150,mL,{TWO},{EIGHT},\n", 14),
    "a urine protein over a day": (f"a,urine_protein_24h,90,mg/d,{TWO},{EIGHT},\n", 14),
    "a course with doses": (f"a,norepinephrine,0.1,ug/kg/min,{TWO},{EIGHT},\n", 10),
    "a single dose": ("a,terlipressin,0.85,mg (base),2026-05-01 14:00,,\n", 10),
    "a drug that runs on": ("a,furosemide,40,mg,,2026-05-01 14:00,\n", 10),
    "a condition": ("a,shock,,,2026-05-01 14:00,,present\n", 14),
    "a condition that lasts": (f"a,shock,,,,{TWO},present\n", 14),
    "litres of ascites": ("a,large_volume_paracentesis,5,L,2026-05-01 14:00,,\n", 10),
}  # fmt: skip


@pytest.mark.parametrize("name", LATER)
@pytest.mark.parametrize("per", ["patient", "day"])
def test_now_is_the_last_measurement_for_one_patient_and_for_a_registry(
    name: str, per: str, tmp_path: Path
) -> None:
    """An interval counts when it ends, a condition when it begins; what is given does not count."""
    row, hour = LATER[name]
    (found,) = rows(tmp_path, WEIGHED + row, per=per)
    now = datetime(2026, 5, 1, hour)
    assert found["time"] == now
    assert assess(read(tmp_path / "given.csv")).at == now


def test_what_is_measured_over_a_day_is_known_when_it_ends(tmp_path: Path) -> None:
    times = tmp_path / "times.csv"
    times.write_text("patient,time\na,2026-05-01 12:00\na,2026-05-01 14:00\n")
    given, out = tmp_path / "given.csv", tmp_path / "out.parquet"
    given.write_text(WEIGHED + LATER["a urine protein over a day"][0])
    cohort(given, out, concepts=["hrs_aki_2015"], at=times)
    known = [row["hrs_aki_2015_proteinuria_le_500_mg_day"] for row in table(out)]
    assert known == [None, True]
    observed = read(given)
    for hour, state in ((12, "unknown"), (14, "met")):
        found = assess(observed, at=datetime(2026, 5, 1, hour)).criteria[0].items
        assert [i.state for i in found if i.about.startswith("proteinuria")] == [state]


def test_a_course_that_runs_on_has_no_end_yet(tmp_path: Path) -> None:
    course = STAYS + "a,terlipressin,0.85,mg,2026-05-20 08:00,2026-05-02 08:00,\n"
    given, out = tmp_path / "given.csv", tmp_path / "out.parquet"
    given.write_text(course)
    cohort(given, out, concepts=["vasopressors"], per="day")
    days = {str(r["time"])[:10]: r["vasopressors_terlipressin"] for r in table(out)}
    assert days["2026-05-01"] is None
    assert days["2026-05-03"] is True


def test_later_values_change_no_earlier_row(tmp_path: Path) -> None:
    before = rows(tmp_path, STAYS, per="day")
    later = STAYS + "a,creatinine,9.0,mg/dL,2026-05-04 09:00,,\na,death,,,2026-05-05 09:00,,\n"
    after = rows(tmp_path, later, per="day")
    assert [row for row in after if str(row["time"])[:10] != "2026-05-04"] == before


READMITTED = (
    HEAD
    + """\
e,admission,,,2026-01-01T08:00,,
e,creatinine,0.9,mg/dL,2025-12-20T08:00,,
e,creatinine,2.9,mg/dL,2026-01-03T09:00,,
e,terlipressin,0.85,mg{base},2026-01-10T10:00,2026-01-03T10:00,
e,creatinine,1.4,mg/dL,2026-01-08T09:00,,
e,creatinine,1.3,mg/dL,2026-01-09T09:00,,
e,discharge,,,2026-01-12T08:00,,
e,admission,,,2026-02-20T08:00,,
e,creatinine,2.8,mg/dL,2026-02-22T09:00,,
e,terlipressin,0.85,mg{base},2026-02-26T10:00,2026-02-22T10:00,
e,creatinine,3.0,mg/dL,2026-02-25T09:00,,
e,discharge,,,2026-03-01T08:00,,
"""
)


def test_a_stay_is_judged_by_its_own_course_of_terlipressin(tmp_path: Path) -> None:
    given, out = tmp_path / "given.csv", tmp_path / "out.parquet"
    given.write_text(READMITTED)
    concepts = ["verified_reversal_fda_label", "terlipressin_day4", "ica_response"]
    cohort(given, out, concepts=concepts, per="episode")
    first, second = table(out)
    assert first["verified_reversal_fda_label_status"] == "met"
    assert second["verified_reversal_fda_label_status"] == "not_met"
    assert second["verified_reversal_fda_label_first_time"] is None
    assert second["terlipressin_day4_action"] == "stop"
    assert second["ica_response_response"] == "none"


def test_an_infusion_of_terlipressin_is_kept_as_it_is_written(tmp_path: Path) -> None:
    given, out = tmp_path / "given.csv", tmp_path / "out.parquet"
    course = "b,terlipressin,2,mg/day,2026-05-03 09:00,2026-05-01 10:00,\n"
    given.write_text(STAYS + course + "b,creatinine,1.1,mg/dL,2026-05-02 09:00,,\n")
    made = cohort(given, out, concepts=["terlipressin_course"])
    assert not [note for note in made.report.notes if "terlipressin" in note]
    assert [r["terlipressin_course_running"] for r in table(out)] == [None, True]


def stays(tmp_path: Path, *events: str) -> list[tuple[str, object]]:
    """The end of each stay and its worst stage, of a creatinine that rises from day 6 on."""
    values = {1: 1.0, 2: 1.1, 4: 1.0, 5: 1.2, 6: 2.5, 8: 3.5, 9: 1.2}
    course = "".join(f"a,creatinine,{v},mg/dL,2026-03-{d:02}T08:00,,\n" for d, v in values.items())
    marks = "".join(
        f"a,{'admission' if event[0] == '+' else 'discharge'},,,2026-03-{event[1:]},,\n"
        for event in events
    )
    found = rows(tmp_path, HEAD + marks + course, per="episode")
    return [(str(row["time"])[5:16], row["kdigo_aki_max_stage"]) for row in found]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (("+01", "-05", "+05T01:00", "-10"), [("03-05 00:00", 0), ("03-10 00:00", 3)]),
        (("+01", "-05", "+05", "-10"), [("03-05 00:00", 0), ("03-10 00:00", 3)]),
        (("+01", "-05", "+05"), [("03-05 00:00", 0), ("03-09 08:00", 3)]),
        (("+01", "+03", "-04", "-10"), [("03-04 00:00", None), ("03-10 00:00", 3)]),
        (("+01", "-04", "+05", "-05"), [("03-04 00:00", 0), ("03-05 00:00", None)]),
        (("+01", "+05", "-10"), [("03-04 08:00", 0), ("03-10 00:00", 3)]),
        (("-01", "+01", "-10"), [("03-10 00:00", 3)]),
    ],
    ids=["an hour between", "a transfer at one moment", "a transfer, still there", "within another",
         "in and out on one day", "a discharge that is missing", "discharged and back"],
)  # fmt: skip
def test_a_stay_ends_with_its_own_discharge(
    events: tuple[str, ...], expected: list[tuple[str, object]], tmp_path: Path
) -> None:
    assert stays(tmp_path, *events) == expected


def test_a_row_a_patient_tells_nothing_that_came_after_its_time(tmp_path: Path) -> None:
    """Dialysis on the day after the last creatinine, as `assess` leaves it out, too."""
    given = tmp_path / "given.csv"
    given.write_text(
        "patient,concept,value,unit,time,start,text\n"
        "p,creatinine,1.0,mg/dL,2026-03-01T09:00,,\n"
        "p,creatinine,1.6,mg/dL,2026-03-02T09:00,,\n"
        "p,haemodialysis_session,,,2026-03-03T13:00,2026-03-03T09:00,\n"
        "p,terlipressin,0.85,mg,2026-03-04T08:00,2026-03-01T20:00,\n"
    )
    cohort(given, tmp_path / "out.parquet", concepts=["kdigo_aki", "terlipressin_course"])
    (row,) = table(tmp_path / "out.parquet")
    assert row["time"] == datetime(2026, 3, 2, 9)
    assert (row["kdigo_aki_max_stage"], row["kdigo_aki_max_time"]) == (1, datetime(2026, 3, 2, 9))
    assert row["terlipressin_course_running"] is True
    assert row["terlipressin_course_end_time"] is None


def test_dates_that_were_shifted_into_the_next_century(tmp_path: Path) -> None:
    """As in registries that hide when a patient was treated."""
    given = tmp_path / "given.csv"
    given.write_text(
        "patient,concept,value,unit,time\np,birth,,,2105-01-01\n"
        "p,creatinine,1.0,mg/dL,2150-03-01T09:00\np,sex,female,,\n"
    )
    cohort(given, tmp_path / "out.parquet", concepts=["ckd_epi_2021"])
    (row,) = table(tmp_path / "out.parquet")
    assert row["time"] == datetime(2150, 3, 1, 9)
    assert row["ckd_epi_2021_egfr"] is not None
