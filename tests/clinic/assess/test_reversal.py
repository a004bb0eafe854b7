"""Verified reversal on a course that runs: open, or past the point where it can still be met."""

from __future__ import annotations

from typing import Any

import pytest
from assess.test_assess import hours, look, treated
from assess.test_courses import spo2

from hepatica.clinic.assess.model import Assessment
from hepatica.render.assessment_text import render

SESSION = "Haemodialysis session, 2026-03-06 12:00, after which it cannot be met"


def dialysed(at: float, *creatinines: tuple[float, float]) -> Assessment:
    body = spo2(treated(*creatinines), creatinines[-1][0])
    body["procedures"] = [{"name": "haemodialysis_session", "time": hours(at)}]
    return look(body)


def reversal(found: Assessment) -> list[tuple[str, Any]]:
    assert found.treatment is not None
    return [(one.state, one.decided_by) for one in found.treatment.reversal]


def test_renal_replacement_before_the_second_creatinine_is_final() -> None:
    found = dialysed(100, (76, 2.2), (124, 1.4), (130, 1.4))
    assert reversal(found) == [("not_met", SESSION)] * 2
    assert "so far" not in render(found)


def test_without_it_reversal_is_open_while_the_drug_runs() -> None:
    found = look(spo2(treated((76, 2.2), (124, 1.4)), 124))
    assert reversal(found) == [("not_met", None)] * 2
    assert "not met so far" in " ".join(render(found).split())


def test_renal_replacement_after_reversal_is_final_for_the_paper_alone() -> None:
    found = dialysed(140, (76, 2.2), (124, 1.4), (130, 1.4), (150, 1.3))
    label, paper = reversal(found)
    assert label[0] == "met"
    assert paper[0] == "not_met"
    assert paper[1] == "Haemodialysis session, 2026-03-08 04:00, after which it cannot be met"


@pytest.mark.parametrize(("at", "by"), [(390, None), (390.5, "by 2026-03-18 14:00")])
def test_beyond_day_14_it_is_final(at: float, by: str | None) -> None:
    found = look(spo2(treated((76, 2.2), (124, 1.9)), at), at)
    assert reversal(found) == [("not_met", by)] * 2
