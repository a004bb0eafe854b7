"""Bad rows: each has a defined outcome, and the reason is said."""

from __future__ import annotations

from datetime import datetime

import pytest

from hepatica.clinic.accept import accept
from hepatica.clinic.observations import Raw


def row(**given: str | None) -> Raw:
    base: dict[str, str | None] = {"patient": "p", "concept": "creatinine", "value": "1.2",
                                   "unit": "mg/dL", "time": "2026-03-02T08:00"}  # fmt: skip
    return Raw(**{**base, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "reason"),
    [({"value": "<0.2"}, "'<0.2' is a bound and not a value"), ({"value": ">90"}, "is a bound"),
     ({"value": "pending"}, "'pending' is not a number"), ({"value": ""}, "no value given"),
     ({"value": None}, "no value given"), ({"value": "nan"}, "is not a number"),
     ({"value": "1,2"}, "is not a number"), ({"unit": None}, "no unit given"),
     ({"unit": "furlong"}, "cannot be converted"), ({"value": "-1"}, "outside 0.1 to 30 mg/dL"),
     ({"value": "180"}, "it would fit umol/L"), ({"time": "03/02/2026"}, "is not a time"),
     ({"time": "2026-13-02"}, "is not a time"), ({"time": "2026"}, "has no day"),
     ({"time": "1066-10-14"}, "not a plausible date"),
     ({"start": "2026-03-03T08:00"}, "ends (2026-03-02T08:00) before it starts"),
     ({"concept": "sex", "value": "x", "unit": None}, "is not one of female, male"),
     ({"concept": "shock", "value": "maybe", "unit": None}, "neither present nor absent"),
     ({"concept": "admission", "value": None, "time": None}, "an event needs a time"),
     ({"concept": "furosemide", "time": None}, "needs a time, or a start and an end"),
     ({"concept": "urine_output", "value": "200", "unit": "mL"}, "start and the end")],
)  # fmt: skip
def test_refused(given: dict[str, str | None], reason: str) -> None:
    found = accept([row(**given)])
    assert found.rows == ()
    (refused,) = found.report.refused
    assert reason in refused.reason


def test_unsorted_rows_come_out_in_order() -> None:
    times = ["2026-03-04T08:00", "2026-03-02T08:00", "2026-03-03T08:00"]
    found = accept([row(time=time) for time in times])
    assert [r.time for r in found.rows] == [datetime.fromisoformat(t) for t in sorted(times)]


def test_repeated_rows_count_once_and_conflicting_ones_are_all_kept() -> None:
    found = accept([row(), row(value="1.20"), row(value="1.9")])
    assert [str(r.value) for r in found.rows] == ["1.2", "1.9"]
    assert found.report.duplicates == 1
    assert found.report.notes == [
        "1 rows repeat another one exactly: counted once",
        "p: 2 different values of creatinine at 2026-03-02T08:00",
    ]


def test_one_value_in_two_units_is_no_conflict() -> None:
    found = accept([row(value="3.0"), row(value="265.2", unit="umol/L")])
    assert [r.micro for r in found.rows] == [265_200_000, 265_200_000]
    assert found.report.notes == []


def test_a_date_without_a_time_is_midnight_and_said() -> None:
    found = accept([row(time="2026-03-02")])
    assert found.rows[0].time == datetime(2026, 3, 2)
    assert found.report.notes == ["1 dates without a time were taken as 00:00"]


def test_time_zones_keep_durations_true() -> None:
    """Over the change to summer time 48 h stay 48 h; days are those of one offset."""
    found = accept([row(time="2026-03-28T08:00+01:00"), row(time="2026-03-30T09:00+02:00")])
    first, second = (r.time for r in found.rows)
    assert first is not None
    assert second is not None
    assert (second - first).total_seconds() == 48 * 3600
    assert found.report.notes == [
        "times are on the clock UTC+01:00",
        "1 times were written at UTC+02:00 and read 1 h earlier here",
    ]


def test_the_clock_is_the_offset_of_most_times() -> None:
    """A value of last summer does not put a stay in winter on summer time."""
    found = accept([row(time="2025-10-01T08:00+02:00"), row(time="2026-03-02T08:00+01:00"),
                    row(time="2026-03-02T00:30+01:00")])  # fmt: skip
    assert [r.time and r.time.isoformat() for r in found.rows] == [
        "2025-10-01T07:00:00", "2026-03-02T00:30:00", "2026-03-02T08:00:00"
    ]  # fmt: skip


def test_each_patient_has_a_clock() -> None:
    found = accept([row(patient="a"), row(patient="z", time="2026-03-02T08:00+01:00"),
                    row(patient="y", time="2026-03-02T08:00+05:00")])  # fmt: skip
    assert not found.report.refused
    assert {r.time and r.time.hour for r in found.rows} == {8}


def test_of_times_with_and_without_offset_the_fewer_are_refused() -> None:
    rows = [row(), row(time="2026-03-03T08:00"), row(time="2026-03-04T08:00+01:00")]
    found = accept(rows)
    assert len(found.rows) == 2
    assert "has an offset, but other times of this patient do not" in found.report.refused[0].reason


def test_grades_are_whole_numbers() -> None:
    for name, value in (("hepatic_encephalopathy_grade", "2.5"), ("gcs", "13.5")):
        (refused,) = accept([row(concept=name, value=value, unit=None)]).report.refused
        assert f"{value} is no whole number" in refused.reason


def test_a_number_that_cannot_be_is_named_shortly() -> None:
    (refused,) = accept([row(value="1e308")]).report.refused
    assert "1E+308 mg/dL is outside" in refused.reason


def test_norepinephrine_for_the_whole_body_is_kept_as_it_is() -> None:
    given = row(concept="norepinephrine", value="1.5", unit="mg/h", start="2026-03-01T08:00")
    (course,) = accept([given]).rows
    assert (str(course.value), course.unit, course.micro) == ("1.5", "mg/h", None)
    (course,) = accept([row(concept="norepinephrine", value="9000", unit="mg/h")]).rows
    assert course.value is None


def test_times_with_and_without_an_offset_do_not_mix() -> None:
    found = accept([row(time="2026-03-02T08:00Z"), row(time="2026-03-03T08:00")])
    assert len(found.rows) == 1
    assert "has no offset" in found.report.refused[0].reason


def test_a_course_counts_even_where_its_dose_cannot_be_used() -> None:
    found = accept([row(concept="terlipressin", value="0.85", unit="mg", start="2026-03-01T08:00")])
    (course,) = found.rows
    assert (course.value, course.micro) == (None, None)
    assert "mg{base} or mg{acetate}" in found.report.notes[0]


def test_mixed_patients_are_kept_apart() -> None:
    found = accept([row(patient="b"), row(patient="a")])
    assert found.patients == ("a", "b")


def test_the_value_is_kept_as_given_with_its_conversion() -> None:
    (found,) = accept([row(value="2.60")]).rows
    assert found.micro == 229_840_000
    assert found.describe() == "creatinine 2.6 mg/dL x 88.4 = 229.84 umol/L at 2026-03-02 08:00"
