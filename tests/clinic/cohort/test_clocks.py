"""A clock a patient: what the offsets of one say never touches the rows of another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.clinic.cohort.registry import read as table

from hepatica.clinic.assess.assess import assess
from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.cohort.split import split
from hepatica.clinic.cohort.summary import summarise, text
from hepatica.clinic.inputs.read import read
from hepatica.clinic.registry import Registry

HEAD = "patient,concept,value,unit,time\n"
MIXED = HEAD + "".join(
    f"{patient},creatinine,{value},mg/dL,2026-03-0{day}T08:00{zone}\n"
    for patient, zone in (("a", ""), ("z", "+01:00"), ("y", "+05:00"))
    for day, value in ((1, "1.0"), (2, "1.4"))
)


def run(tmp_path: Path, written: str, **options: Any) -> Any:
    given = tmp_path / "given.csv"
    given.write_text(written)
    concepts = options.pop("concepts", ["kdigo_aki"])
    return cohort(given, tmp_path / "out.parquet", concepts=concepts, **options)


def test_patients_with_and_without_offsets_in_one_file(tmp_path: Path) -> None:
    found = run(tmp_path, MIXED)
    assert not found.report.refused
    rows = {row["patient"]: row for row in table(tmp_path / "out.parquet")}
    assert {key: row["kdigo_aki_max_stage"] for key, row in rows.items()} == dict.fromkeys("ayz", 1)
    assert {str(row["time"]) for row in rows.values()} == {"2026-03-02 08:00:00"}
    for patient in "ayz":
        alone = assess(read(tmp_path / "given.csv", patient=patient))
        assert alone.episode.kdigo.max_stage == 1
        assert f"{alone.at}" == "2026-03-02 08:00:00"


def test_one_row_with_an_offset_costs_that_row(tmp_path: Path) -> None:
    found = run(tmp_path, MIXED + "a,creatinine,1.5,mg/dL,2026-03-03T08:00+01:00\n")
    (refused,) = found.report.refused
    assert (refused.patient, refused.count) == ("a", 1)
    assert "has an offset, but other times of this patient do not" in refused.reason
    assert len(table(tmp_path / "out.parquet")) == 3


def test_offsets_do_not_keep_a_file_from_being_cut(tmp_path: Path) -> None:
    whole = run(tmp_path, MIXED)
    rows = table(tmp_path / "out.parquet")
    parts = split(Registry().connection, tmp_path / "given.csv", tmp_path / "cut", 3)
    assert len(parts) > 1
    cut = run(tmp_path, MIXED, part=2)
    assert table(tmp_path / "out.parquet") == rows
    assert (cut.report.accepted, cut.report.read) == (whole.report.accepted, whole.report.read)


def test_the_clock_follows_most_times_and_the_note_says_so(tmp_path: Path) -> None:
    summer = "w,creatinine,1,mg/dL,2025-10-01T08:00+02:00\n"
    winter = "w,creatinine,1,mg/dL,2026-03-02T08:00+01:00\nw,inr,1,1,2026-03-02T00:30+01\n"
    found = run(tmp_path, HEAD + summer + winter)
    assert str(table(tmp_path / "out.parquet")[0]["time"]) == "2026-03-02 08:00:00"
    assert found.report.notes == [
        "times are on the clock UTC+01:00",
        "1 times were written at another offset and put on the patient's clock",
    ]


def test_the_summary_groups_what_was_refused(tmp_path: Path) -> None:
    more = "a,creatinine,<0.2,mg/dL,2026-03-03T08:00\nb,creatinine,<0.3,mg/dL,2026-03-03T08:00\n"
    summary = summarise(run(tmp_path, MIXED + more + "a,lipstick,1,1,2026-03-03T08:00\n"))
    (refusal,) = summary.refusals
    assert (refusal.concept, refusal.count) == ("creatinine", 2)
    assert [(item.code, item.count) for item in summary.not_mapped] == [("lipstick", 1)]
    shown = text(summary)
    assert "creatinine: a bound and not a value: give a number (2)" in shown
    assert "concept lipstick" in shown


def test_a_baseline_is_shown_in_its_unit(tmp_path: Path) -> None:
    shown = text(summarise(run(tmp_path, MIXED, concepts=["ica_baseline"])))
    assert "ica_baseline_micro in umol/L" in shown
    assert "88.4 3" in shown
    assert "88400000" not in shown


RATE = HEAD.replace("time", "time,start") + (
    "a,weight,80,kg,,\na,map,62,mmHg,2026-03-04T10:00,\n"
    "a,norepinephrine,1.5,{unit},2026-03-05T10:00,2026-03-03T14:00\n"
)


@pytest.mark.parametrize(
    ("unit", "value", "weight", "expected"),
    [("mg/h", "1.5", "80", 0.3125), ("mcg/min", "25", "80", 0.3125), ("mg/h", "1.5", "", None),
     ("ug/kg/min", "0.3", "", 0.3)],
)  # fmt: skip
def test_norepinephrine_for_the_whole_body(
    unit: str, value: str, weight: str, expected: float | None, tmp_path: Path
) -> None:
    """The rate per kg by the weight; without one the course counts and its rate is unknown."""
    written = RATE.format(unit=unit).replace("norepinephrine,1.5", f"norepinephrine,{value}")
    if not weight:
        written = written.replace("a,weight,80,kg,,\n", "")
    run(tmp_path, written, concepts=["norepinephrine_equivalent", "vasopressors", "sofa"])
    (row,) = table(tmp_path / "out.parquet")
    assert row["vasopressors_current"] is True
    found = assess(read(tmp_path / "given.csv"))
    rate = next(item for item in found.scores if item.id == "sofa")
    used = [text for text in rate.inputs if text.startswith("norepinephrine")]
    if expected is None:
        assert not used
    elif unit == "mg/h":
        assert used[0].endswith(
            "1.5 mg/h from 2026-03-03 14:00 x 1000/60 / 80 kg = 0.3125 ug/kg/min"
        )
    else:
        assert f"{expected} ug/kg/min" in used[0]


def test_a_rate_for_the_whole_body_is_the_same_for_one_and_for_many(tmp_path: Path) -> None:
    others = "".join(
        f"a,{drug},0,{unit},2026-03-05T10:00,2026-03-03T14:00\n"
        for drug, unit in (("epinephrine", "ug/kg/min"), ("phenylephrine", "ug/kg/min"),
                           ("dopamine", "ug/kg/min"), ("vasopressin", "U/min"),
                           ("metaraminol", "ug/kg/min"), ("angiotensin_ii", "ug/kg/min"))
    )  # fmt: skip
    run(tmp_path, RATE.format(unit="mg/h") + others, concepts=["norepinephrine_equivalent"])
    (row,) = table(tmp_path / "out.parquet")
    found = assess(read(tmp_path / "given.csv"))
    single = next(item for item in found.scores if item.id == "norepinephrine_equivalent")
    assert row["norepinephrine_equivalent_dose"] == single.value == 0.3125


def test_broken_grades_are_refused_in_typed_tables_too(tmp_path: Path) -> None:
    import duckdb

    duckdb.sql(
        "COPY (SELECT * FROM (VALUES "
        "('a', 'gcs', 13.5::DOUBLE, NULL, TIMESTAMP '2026-03-01 08:00'),"
        "('a', 'gcs', 14, NULL, TIMESTAMP '2026-03-02 08:00')) "
        f"AS t(patient, concept, value, unit, time)) TO '{tmp_path / 'given.parquet'}'"
    )
    found = cohort(tmp_path / "given.parquet", tmp_path / "out.parquet", concepts=["sofa"])
    assert [(r.concept, r.reason) for r in found.report.refused] == [
        ("gcs", "not a whole number")
    ]  # fmt: skip
    assert found.report.accepted == 1
