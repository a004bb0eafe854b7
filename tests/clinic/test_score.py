"""`score` and the command: units in, working out, one line where it cannot be."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import hepatica
from hepatica.cli.score import command
from hepatica.clinic.definition import definitions
from hepatica.clinic.score import score
from hepatica.errors import HepaticaError, InputError

FULL = {
    "sex": "female",
    "creatinine": "185umol/L",
    "bilirubin": "4.2 mg/dL",
    "inr": 1.8,
    "sodium": ("131", "mmol/L"),
    "albumin": "27 g/L",
    "age": "50 a",
    "dialysis": "no",
}


def test_the_public_door() -> None:
    assert hepatica.score is score
    assert hepatica.score("meld3", **FULL).value == 31
    with pytest.raises(AttributeError, match="scores"):
        hepatica.scores  # noqa: B018


def test_import_stays_light() -> None:
    """Neither the package nor the command imports what only a computation needs."""
    code = "import hepatica, hepatica.cli.score, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    heavy = {"duckdb", "sqlglot", "pint", "ucumvert", "pyarrow", "yaml", "hepatica.clinic"}
    assert not heavy & set(loaded.stdout.split())


def test_one_score_needs_neither_duckdb_nor_pint() -> None:
    code = (
        "import hepatica, sys; hepatica.score('albi', bilirubin='30 umol/L', albumin='35 g/L');"
        "print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"duckdb", "pint", "ucumvert", "pyarrow"} & set(loaded.stdout.split())


def test_the_working_is_shown() -> None:
    found = score("meld3", **FULL)
    shown = {used.name: used.given for used in found.inputs}
    assert shown["creatinine"] == "185 umol/L = 2.09276 mg/dL"
    assert shown["albumin"] == "27 g/L = 2.7 g/dL"
    assert shown["bilirubin"] == "4.2 mg/dL"
    assert float(found) == 31.0


def test_missing_is_named_and_never_assumed() -> None:
    found = score("meld3", creatinine="2 mg/dL", bilirubin="3 mg/dL", inr=1.5)
    assert found.value is None
    assert found.missing == ("sex", "age", "sodium", "albumin", "dialysis")
    with pytest.raises(InputError, match="meld3 is None: needs sex, age"):
        float(found)


def test_what_cannot_change_the_outcome_is_not_asked_for() -> None:
    """On dialysis the creatinine does not matter, nor the sex of a minor."""
    given = {k: v for k, v in FULL.items() if k not in ("creatinine", "sex")}
    assert score("meld3", **{**given, "dialysis": True, "age": "15 a"}).value is not None


def test_outside_the_population_there_is_no_result() -> None:
    found = score("ckd_epi_2021", sex="male", age="16 a", creatinine="1 mg/dL")
    assert (found.value, found.missing) == (None, ())
    assert found.not_applicable == "CKD-EPI 2021 is for adults"


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        ("mled", {}, "no score is called 'mled': did you mean"),
        ("meld", {"creatinin": "1 mg/dL"}, "no input 'creatinin': did you mean creatinine?"),
        ("meld", {"creatinine": 1.2}, "no unit given"),
        ("meld", {"creatinine": "180 mg/dL"}, "it would fit umol/L"),
        ("meld", {"creatinine": "<0.2 mg/dL"}, "is a bound and not a value"),
        ("meld", {"creatinine": "1,5 mg/dL"}, "expected a number with a unit"),
        ("meld", {"creatinine": "high"}, "expected a number with a unit"),
        ("meld", {"creatinine": "1 kg"}, "cannot be converted"),
        ("meld", {"dialysis": "perhaps"}, "expected yes or no"),
        ("meld3", {"sex": "x"}, "expected one of female, male"),
        ("albi", {"bilirubin": float("nan")}, "expected a number"),
    ],
)
def test_errors_say_what_to_do(name: str, inputs: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        score(name, **inputs)  # type: ignore[arg-type]
    assert message in str(caught.value)


def test_parameters_are_named_rules() -> None:
    given = {"albumin": "2.9 g/dL"}
    assert score("child_pugh", **given).outputs["albumin_points"] == 2
    other = score("child_pugh", parameters={"albumin_low": 3.0}, **given)
    assert (other.outputs["albumin_points"], other.parameters) == (3, {"albumin_low": 3.0})
    with pytest.raises(InputError, match=r"expected one of 2\.8, 3\.0"):
        score("child_pugh", parameters={"albumin_low": 3.2})
    with pytest.raises(InputError, match="has no parameter 'x'"):
        score("child_pugh", parameters={"x": 1})


@given(
    st.decimals("0.3", "9", places=2),
    st.decimals("0.3", "40", places=1),
    st.decimals("1.2", "5", places=1),
)
def test_changing_units_never_changes_the_result(cr: object, bili: object, alb: object) -> None:
    from decimal import Decimal

    assert isinstance(cr, Decimal)
    assert isinstance(bili, Decimal)
    assert isinstance(alb, Decimal)
    us = {"creatinine": f"{cr} mg/dL", "bilirubin": f"{bili} mg/dL", "albumin": f"{alb} g/dL"}
    si = {
        "creatinine": f"{cr * Decimal('88.4')} umol/L",
        "bilirubin": f"{bili * Decimal('17.1')} umol/L",
        "albumin": f"{alb * 10} g/L",
    }
    for name in ("meld3", "child_pugh", "albi"):
        wanted = {
            i: v
            for i, v in FULL.items()
            if i in next(d for d in definitions() if d.id == name).inputs
        }
        one, two = (
            score(name, **{**wanted, **{k: v for k, v in units.items() if k in wanted}}).outputs
            for units in (us, si)
        )
        assert one == two


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, arguments)
    if isinstance(done.exception, HepaticaError):
        return done.exception.exit_code, str(done.exception)
    return done.exit_code, done.output


def test_command() -> None:
    code, text = run(
        "meld3",
        *(f"{k}={v}" for k, v in FULL.items() if not isinstance(v, tuple)),
        "sodium=131mmol/L",
    )
    assert code == 0
    assert text.startswith("MELD 3.0: 31\n")
    assert "creatinine = 185 umol/L = 2.09276 mg/dL" in text


def test_command_says_what_is_missing() -> None:
    code, text = run("meld", "creatinine=2mg/dL")
    assert code == 0
    assert text.startswith(
        "MELD (UNOS form of the 2001 model): unknown, needs bilirubin in mg/dL; inr"
    )


def test_command_as_json() -> None:
    code, text = run("albi", "bilirubin=30umol/L", "albumin=35g/L", "--format", "json")
    assert code == 0
    assert json.loads(text)["outputs"]["grade"] == 2


def test_command_lists_and_explains() -> None:
    code, text = run("--list")
    assert code == 0
    assert all(f"{item.id}  {item.name}" in text for item in definitions())
    assert json.loads(run("--list", "--format", "json")[1])[0]["id"] == definitions()[0].id
    assert "rule albumin_low = 2.8" in run("child_pugh")[1]
    assert json.loads(run("child_pugh", "--format", "json")[1])["status"] == "B"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "no score named"),
        (("meld", "creatinine"), "expected key=value"),
        (("meld", "inr=1", "inr=2"), "'inr' is given twice"),
        (("meld", "inr="), "expected key=value"),
        (("meld", "name=1"), "has no input 'name'"),
        (("child_pugh", "--set", "albumin_low=9"), "expected one of"),
    ],
)
def test_command_errors_are_one_line(arguments: tuple[str, ...], message: str) -> None:
    code, text = run(*arguments)
    assert code == 2
    assert message in text
    assert "\n" not in text.strip()


def test_years_are_the_only_unit_of_an_age() -> None:
    assert score("meld3", **{**FULL, "age": "50"}).value == score("meld3", **FULL).value
    assert score("meld3", **{**FULL, "age": 50}).inputs[6].given == "50 years"


def test_an_input_in_capitals_is_recognised() -> None:
    with pytest.raises(InputError, match="did you mean inr"):
        score("meld", INR="1.5")


def test_what_either_answer_would_need_is_asked_for_too() -> None:
    """Without dialysis the creatinine is needed, and whether there is dialysis is not known."""
    assert score("meld", bilirubin="3 mg/dL", inr=2).missing == ("creatinine", "dialysis")
    known = score("meld", bilirubin="3 mg/dL", inr=2, creatinine="1 mg/dL")
    assert known.missing == ("dialysis",)
    assert score("meld", bilirubin="3 mg/dL", inr=2, dialysis="yes").value is not None
    assert "creatinine" in score("meld3", sex="female").missing


@pytest.mark.parametrize("grade", ["2.5", "1.5"])
def test_a_grade_is_a_whole_number(grade: str) -> None:
    with pytest.raises(InputError, match=f"{grade} is no whole number"):
        score("child_pugh", hepatic_encephalopathy_grade=grade)


def test_a_rate_of_the_whole_body_needs_a_weight() -> None:
    with pytest.raises(InputError, match="needs a weight with it, such as weight=70kg"):
        score("norepinephrine_equivalent", norepinephrine="1 mg/h")
    used = score("norepinephrine_equivalent", norepinephrine="1.5 mg/h", weight="80 kg").inputs
    assert used[0].given == "1.5 mg/h x 1000/60 / 80 kg = 0.3125 ug/kg/min"
    assert used[0].value == 0.3125
    with pytest.raises(InputError, match="no input 'weight'"):
        score("meld", weight="80 kg")
