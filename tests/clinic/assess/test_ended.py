"""A course of terlipressin that has ended while the kidney injury goes on."""

from __future__ import annotations

from typing import Any

import pytest
from assess.test_assess import hours, look, rule, textbook
from assess.test_courses import creatinine, terlipressin

from hepatica.clinic.assess.model import Standing
from hepatica.render.assessment_text import render

REVERSED = ((124, 1.7), (172, 1.5), (174, 1.5))


def stopped(*since: tuple[float, float], end: float = 198, **changes: Any) -> dict[str, Any]:
    """Baseline 1.0, so that 1.5 mg/dL is still AKI; terlipressin from 54 h to `end`."""
    body = textbook(**changes)
    for row in body["observations"]:
        if row["concept"] == "creatinine" and row["value"] == 1.1:
            row["value"] = 1.0
        elif row["concept"] != "creatinine":
            row["time"] = hours(since[-1][0])  # all else is looked at again
    body["drugs"] += terlipressin((54, end))
    return creatinine(body, *REVERSED, *since)


def test_a_recurrence_in_an_aki_that_never_ended_is_said_to_be_one() -> None:
    found = look(stopped((270, 2.0), (294, 2.6)))
    again = rule(found, "terlipressin-recurrence")
    assert again.standing is Standing.APPLIES
    assert again.for_this_patient == (
        "terlipressin from 2026-03-04 14:00 to 2026-03-10 14:00; response by ICA 2015: partial; "
        "verified reversal (US label): met, 2026-03-09 14:00; "
        "creatinine 1.5 mg/dL at 2026-03-09 14:00, then creatinine 2.6 mg/dL at 2026-03-14 14:00"
    )
    assert "HRS may recur after treatment stops, and is then treated again" in " ".join(
        render(found).split()
    )
    assert rule(found, "before-terlipressin").standing is Standing.APPLIES
    assert rule(found, "terlipressin-us").standing is Standing.NOT_NOW


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({"ongoing_coronary_ischaemia": "present"}, Standing.CONTRAINDICATED),
        ({"ongoing_coronary_ischaemia": None}, Standing.CHECK_FIRST),
        ({"volume_overload": "present"}, Standing.WEIGH),
    ],
)
def test_it_passes_the_precautions_of_a_start(
    changes: dict[str, str | None], standing: Standing
) -> None:
    found = look(stopped((270, 2.0), (294, 2.6), **changes))
    assert rule(found, "terlipressin-recurrence").standing is standing


@pytest.mark.parametrize("last", [1.5, 1.79])
def test_a_creatinine_that_is_hardly_up_is_no_recurrence(last: float) -> None:
    found = look(stopped((294, last)))
    assert rule(found, "terlipressin-recurrence").standing is Standing.NOT_NOW
    ended = rule(found, "terlipressin-ended")
    assert ended.standing is Standing.APPLIES
    assert ended.for_this_patient is not None
    assert "ended" not in ended.for_this_patient


def test_after_a_reversal_that_holds_no_other_vasoconstrictor_is_begun() -> None:
    held, back = look(stopped((222, 1.5))), look(stopped((222, 1.8)))
    assert held.episode.resolved_by is None  # 1.5 over 1.0 mg/dL is AKI still
    for name in ("norepinephrine", "midodrine-octreotide"):
        assert rule(held, name).standing is Standing.NOT_NOW
        assert rule(back, name).standing is not Standing.NOT_NOW
        assert rule(look(stopped((222, 2.6), end=140)), name).standing is not Standing.NOT_NOW


def test_exactly_0_3_mg_dl_is_a_recurrence() -> None:
    found = look(stopped((294, 1.8)))
    assert rule(found, "terlipressin-recurrence").standing is not Standing.NOT_NOW


def test_without_reversal_nothing_is_begun_again() -> None:
    body = stopped((270, 2.6), end=140)
    found = look(body)
    assert rule(found, "terlipressin-recurrence").standing is Standing.NOT_NOW
    assert "verified reversal (US label): not met" in (
        rule(found, "terlipressin-ended").for_this_patient or ""
    )


def test_a_list_of_drugs_that_may_lack_one_decides_nothing() -> None:
    body = stopped((270, 2.0), (294, 2.6))
    body["drug_list_complete"] = False
    again = rule(look(body), "terlipressin-recurrence")
    assert again.standing is Standing.UNDECIDED
    assert "whether terlipressin is running (a complete list of drugs)" in again.missing
