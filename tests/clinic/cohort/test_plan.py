"""Which columns a cohort gives: all of a definition, or those that are named."""

from __future__ import annotations

import pytest

from hepatica.clinic.cohort.plan import Per, plan
from hepatica.errors import InputError


@pytest.mark.parametrize(
    ("wanted", "per", "names"),
    [
        (["kdigo_creatinine.stage"], "time", ["kdigo_creatinine_stage"]),
        (["meld3.score", "ica_aki.aki"], "patient", ["meld3_score", "ica_aki_aki"]),
        (["ica_aki.max_stage", "ica_aki.aki"], "patient",
         ["ica_aki_max_stage", "ica_aki_aki"]),
        (["ica_aki.first_time"], "patient", ["ica_aki_first_time"]),
        (["bilirubin"], "patient", ["bilirubin (umol/L)"]),
    ],
)  # fmt: skip
def test_columns_by_name(wanted: list[str], per: Per, names: list[str]) -> None:
    assert [column.name for column in plan(wanted, per=per).columns] == names


def test_a_definition_that_is_asked_for_whole_is_whole() -> None:
    assert plan(["meld3.score", "meld3"]).columns == plan(["meld3"]).columns


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("meld3.scor", "'meld3' has no column 'scor': expected score"),
        ("bilirubin.value", "'bilirubin' is one column"),
        ("melt.score", "no score, criterion or measured concept is called 'melt'"),
    ],
)
def test_what_is_not_there_is_said(wanted: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        plan([wanted])
