"""A disputed rule takes one of its choices and nothing that Python only takes for one."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from hepatica.cli import main
from hepatica.clinic.criterion import Criterion, criteria, criterion
from hepatica.clinic.definition import Scalar, Score, definition, definitions
from hepatica.clinic.parameters import settings
from hepatica.errors import InputError

ROW = "patient,concept,value,unit,time\np,creatinine,1.2,mg/dL,2026-03-01T08:00\n"


@pytest.mark.parametrize(
    ("item", "name", "value", "choices"),
    [
        (criterion("albumin_days"), "adequate_g_per_kg", True, "1"),
        (criterion("oxygenation"), "fio2_hours", False, "0, 1, 2, 4"),
        (definition("clif_c_of"), "liver_failure_at_12", 1, "False, True"),
        (definition("clif_c_of"), "liver_failure_at_12", 0.0, "False, True"),
    ],
)
def test_yes_and_no_are_no_numbers(
    item: Criterion | Score, name: str, value: Scalar, choices: str
) -> None:
    with pytest.raises(
        InputError, match=f"^{item.id}: {name} is {value}, expected one of {choices}$"
    ):
        settings(item, {name: value})


@pytest.mark.parametrize(
    ("item", "name", "value"),
    [
        (criterion("albumin_days"), "adequate_g_per_kg", 1.0),
        (definition("child_pugh"), "albumin_low", 3),
        (definition("clif_c_of"), "liver_failure_at_12", True),
    ],
)
def test_a_number_may_be_written_with_decimals(
    item: Criterion | Score, name: str, value: Scalar
) -> None:
    assert settings(item, {name: value})[name] == value


def test_every_rule_has_choices_of_one_kind_and_its_default_among_them() -> None:
    items: tuple[Criterion | Score, ...] = (*criteria(), *definitions())
    for item in items:
        for name, parameter in item.parameters.items():
            assert len({isinstance(one, bool) for one in parameter.choices}) == 1, (item.id, name)
            assert settings(item, {})[name] == parameter.default


@pytest.mark.parametrize("command", ["assess", "cohort"])
@pytest.mark.parametrize("chosen", ["adequate_g_per_kg=true", "fio2_hours=no"])
def test_a_wrong_choice_is_one_line(command: str, chosen: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(ROW)
    out = tmp_path / "out.parquet"
    more = ("--store", str(tmp_path / "s")) if command == "assess" else ("-o", str(out), "--quiet")
    found = CliRunner().invoke(main, [command, str(path), "--set", chosen, *more])
    assert (found.exit_code, found.output.count("\n")) == (2, 1), found.output
    assert f"{chosen.partition('=')[0]} is " in found.output
    assert not out.exists()
