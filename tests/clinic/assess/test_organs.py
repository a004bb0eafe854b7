"""ACLF organ by organ: in whom it holds, and what a vasopressor given for HRS makes of it."""

from __future__ import annotations

from typing import Any

import pytest
from assess.test_assess import hours, look, textbook

from hepatica.clinic.assess.model import Aclf


def graded(shock: str | None, *drugs: str, **changes: Any) -> Aclf:
    body = textbook(shock=shock, **changes)
    body["drugs"] += [
        {"name": name, "dose": 0.1, "unit": "ug/kg/min", "start": hours(50)} for name in drugs
    ]
    return look(body).aclf


@pytest.mark.parametrize("shock", ["absent", None])
def test_a_vasopressor_without_shock_may_be_a_treatment(shock: str | None) -> None:
    found = graded(shock, "norepinephrine")
    assert (found.grade, found.without_vasopressor) == ("2", "1a")
    assert "without it the grade is 1a" in (found.note or "")


def test_in_shock_it_is_an_organ_failure() -> None:
    found = graded("present", "norepinephrine")
    assert (found.grade, found.without_vasopressor) == ("2", None)


def test_without_one_nothing_is_said() -> None:
    assert graded("absent").without_vasopressor is None


def test_organ_failures_are_those_of_cirrhosis() -> None:
    found = graded("absent", cirrhosis="absent")
    assert found.organs == ()
    assert found.not_applicable is not None
