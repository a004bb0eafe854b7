"""What every criterion file must keep: its examples, its documents, other engines' SQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

import pytest
import sqlglot
import yaml
from tests.clinic.cohort.registry import filled

from hepatica.clinic.bedside import Bedside
from hepatica.clinic.cohort.dialect import spark
from hepatica.clinic.criterion import Case, Criterion, criteria, criterion
from hepatica.clinic.engine import KEYS, sql
from hepatica.clinic.inputs.person import read_text
from hepatica.clinic.observations import Observation
from hepatica.errors import InputError

NAMES = [item.id for item in criteria()]
EXAMPLES = [
    pytest.param(item, case, id=f"{item.id}-{index}")
    for item in criteria()
    for index, case in enumerate(item.examples)
]


@cache
def engine() -> Bedside:
    return Bedside()


def result(item: Criterion, case: Case) -> list[dict[str, Any]]:
    found = read_text(yaml.safe_dump(dict(case.patient)), name=item.id, patient="p")
    assert not found.report.refused
    assert not found.report.unmapped
    at = datetime.fromisoformat(case.at) if case.at else None
    engine().load(found.rows, at=at, parameters=case.parameters)
    return engine().rows(item.id)


@pytest.mark.parametrize(("item", "case"), EXAMPLES)
def test_worked_examples(item: Criterion, case: Case) -> None:
    rows = result(item, case)
    for key, value in case.expected.items():
        found = rows[0][key] if item.per == "patient" else [row[key] for row in rows]
        assert found == (list(value) if isinstance(value, tuple) else value), key


@pytest.mark.parametrize("name", NAMES)
def test_documented(name: str) -> None:
    item = criterion(name)
    assert item.examples
    assert item.limits
    for text in (item.about, item.population, item.reference.text):
        assert text.strip()
    rows = result(item, item.examples[0])
    assert set(item.columns) <= set(rows[0])
    for parameter in item.parameters.values():
        assert parameter.default in parameter.choices
        assert parameter.source
    kinds = [column.kind for column in item.columns.values()]
    for key, column in item.columns.items():
        if column.kind == "result":
            assert column.settle or kinds.count("item") > 1, key


@pytest.mark.parametrize("name", NAMES)
def test_can_be_written_for_spark(name: str) -> None:
    sqlglot.parse_one(spark(sql(criterion(name))), dialect="spark")


@pytest.fixture(scope="module")
def in_duckdb() -> Callable[[Criterion, int], list[dict[str, Any]]]:
    """The rows of a worked example in DuckDB; those of one set of parameters are loaded at once."""
    sets: dict[str, list[tuple[Criterion, int, Case]]] = {}
    for item in criteria():
        for place, case in enumerate(item.examples):
            sets.setdefault(repr(sorted(case.parameters.items())), []).append((item, place, case))
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for cases in sets.values():
        rows: list[Observation] = []
        asked, first = [], {}
        for item, place, case in cases:
            patient = f"{item.id}-{place}"
            first[patient] = len(rows)
            text = yaml.safe_dump(dict(case.patient))
            rows += read_text(text, name=item.id, patient=patient).rows
            asked.append((patient, datetime.fromisoformat(case.at) if case.at else None, None))
        many = filled(rows, asked)
        many.prepare(cases[0][2].parameters)
        many.compute(*{item.id for item, _, _ in cases})
        for item, place, _ in cases:
            patient = f"{item.id}-{place}"
            query = f"SELECT * FROM {item.id} WHERE patient = '{patient}'"
            order = "" if item.per == "patient" else f" ORDER BY {KEYS[item.per]}"
            found[item.id, place] = [
                counted(row, first[patient]) for row in many.select(query + order)
            ]
    return lambda item, place: found[item.id, place]


def counted(row: dict[str, Any], first: int) -> dict[str, Any]:
    """With the numbers of observations counted from the patient's own first one."""
    return {
        key: value - first if value is not None and key.split("_")[-1] == "row" else value
        for key, value in row.items()
    }


@pytest.mark.parametrize(
    ("item", "place"),
    [
        pytest.param(item, place, id=f"{item.id}-{place}")
        for item in criteria()
        for place in range(len(item.examples))
    ],
)
def test_worked_examples_in_duckdb(item: Criterion, place: int, in_duckdb: Any) -> None:
    rows = in_duckdb(item, place)
    for key, value in item.examples[place].expected.items():
        found = rows[0][key] if item.per == "patient" else [row[key] for row in rows]
        assert found == (list(value) if isinstance(value, tuple) else value), key


def test_an_unknown_parameter_is_an_error() -> None:
    with pytest.raises(InputError, match="no definition has a parameter 'window'"):
        Bedside().load((), parameters={"window": 24})
    run = Bedside()
    run.load((), parameters={"volume_window_hours": 36})
    with pytest.raises(InputError, match="volume_window_hours is 36, expected one of 24, 48"):
        run.compute("volume_response")


def test_later_data_do_not_reach_back() -> None:
    """At a moment before the second albumin day, the challenge has not been made."""
    case = criterion("albumin_challenge").examples[0]
    early = Case(patient=case.patient, expected={}, source="", at="2026-03-03T09:00")
    assert result(criterion("albumin_challenge"), early)[0]["no_response"] is None


def test_hrs_naki_uses_the_egfr_of_the_score() -> None:
    """The criterion writes CKD-EPI 2021 out in SQL; it must be the score's."""
    from hepatica.clinic.score import score

    text = "id: {i}\ndemographics: {{age_y: {age}, sex: {sex}}}\nobservations: [{{at: 2026-01-01, "
    text += "creatinine: {cr} mg/dL}}]"
    wanted = {}
    rows = []
    for index in range(400):
        age, sex, cr = 20 + index % 60, ("male", "female")[index % 2], 0.8 + index % 17 * 0.05
        rows += read_text(text.format(i=index, age=age, sex=sex, cr=cr), name="x", patient="x").rows
        egfr = score("ckd_epi_2021", age=(age, "a"), sex=sex, creatinine=(cr, "mg/dL")).value
        assert isinstance(egfr, float)
        wanted[str(index)] = egfr < 60
    engine().load(rows)
    found = {row["patient"]: row["egfr_below_60"] for row in engine().rows("hrs_naki")}
    assert found == wanted
    assert set(wanted.values()) == {True, False}


def test_patients_do_not_touch_each_other() -> None:
    """Two patients in one table give what each gives alone."""
    texts = [
        yaml.safe_dump({"id": name, **dict(case.patient)})
        for name, case in zip("ab", criterion("hrs_aki_2015").examples[:2], strict=True)
    ]
    alone = []
    for text in texts:
        found = read_text(text, name="x", patient="x")
        engine().load(found.rows)
        alone += [strip(row) for row in engine().rows("hrs_aki_2015")]
    rows = [row for text in texts for row in read_text(text, name="x", patient="x").rows]
    engine().load(rows)
    assert [strip(row) for row in engine().rows("hrs_aki_2015")] == alone


def strip(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if not key.endswith("row")}
