"""A nephrotoxin is stopped where it runs, and named; one that was given is only said."""

from __future__ import annotations

from typing import Any

import pytest
from assess.test_assess import hours, look, rule, textbook

from hepatica.clinic.assess.model import Assessment, Standing


def after(name: str, start: float | None, end: float | None, **course: Any) -> Assessment:
    body = textbook()
    times = {"start": hours(start), "end": None if end is None else hours(end)} if start else {}
    times = times or {"time": hours(end or 0)}
    body["drugs"].append({"name": name, **times, **course})
    return look(body)


def test_one_that_runs_is_stopped_by_its_name() -> None:
    found = after("ibuprofen", 20, None, dose=400, unit="mg", interval_h=8)
    one = rule(found, "stop-nephrotoxins")
    assert (one.section, one.standing) == ("now", Standing.APPLIES)
    assert one.for_this_patient == "ibuprofen since 2026-03-03 04:00"
    assert rule(found, "nephrotoxin-given").standing is Standing.NOT_NOW


@pytest.mark.parametrize(
    ("name", "start", "end", "said"),
    [
        ("ibuprofen", -200, -100, "Ibuprofen, last on record 2026-02-26 04:00"),
        ("iodinated contrast", None, 45, "Iodinated contrast medium, last on record 2026-03-04"),
    ],
)
def test_one_that_is_over_is_not_told_to_be_stopped(
    name: str, start: float | None, end: float, said: str
) -> None:
    found = after(name, start, end)
    assert rule(found, "stop-nephrotoxins").standing is Standing.NOT_NOW
    one = rule(found, "nephrotoxin-given")
    assert (one.section, one.standing) == ("work-up", Standing.APPLIES)
    assert said in (one.for_this_patient or "")


def test_none_is_spoken_of_after_recovery() -> None:
    body = textbook()
    body["drugs"].append({"name": "ibuprofen", "start": hours(-200), "end": None})
    for row in body["observations"]:
        if row["concept"] == "creatinine" and row["time"] == hours(51):
            row["value"] = 1.1
    found = look(body)
    for name in ("stop-nephrotoxins", "nephrotoxin-given"):
        assert rule(found, name).standing is Standing.NOT_NOW
