"""`hepatica bench`: from a file to text, report and figure; one line for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hepatica.cli import main


def call(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["bench", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("name", ["binding", "competition", "kinetics", "response", "timecourse"])
def test_from_example_to_report(tmp_path: Path, name: str):
    code, out, _ = call("example", name, "--into", str(tmp_path))
    assert code == 0
    assert f"hepatica bench {name}" in out
    table, study = str(tmp_path / f"{name}.csv"), str(tmp_path / f"{name}.yaml")
    report, plot = tmp_path / "r.html", tmp_path / "p.svg"
    code, out, err = call(
        name, table, "--study", study, "--report", str(report), "--plot", str(plot)
    )
    assert (code, err) == (0, "")
    assert "Quality control" in out
    assert "<svg" in report.read_text(encoding="utf-8")
    assert plot.read_text(encoding="utf-8").startswith("<?xml")
    code, out, _ = call(name, table, "--study", study, "--format", "json")
    assert json.loads(out)["assay"] == name


def test_examples_never_overwrite(tmp_path: Path):
    assert call("example", "binding", "--into", str(tmp_path))[0] == 0
    code, _, err = call("example", "binding", "--into", str(tmp_path))
    assert code == 2
    assert "is there already" in err


def test_wrong_input_is_one_line_and_writes_nothing(tmp_path: Path):
    table = tmp_path / "t.csv"
    table.write_text("dose,response\n1,2\n", encoding="utf-8")
    code, out, err = call("response", str(table), "--report", str(tmp_path / "r.html"))
    assert code == 2
    assert out == ""
    assert err.startswith("hepatica: ")
    assert err.count("\n") == 1
    assert "unit of 'dose'" in err
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


@pytest.mark.parametrize(("option", "name"), [("--report", "r.docx"), ("--plot", "p.gif")])
def test_endings_are_checked_before_any_work(tmp_path: Path, option: str, name: str):
    code, _, err = call("response", "none.csv", option, str(tmp_path / name))
    assert code == 2
    assert "ends in" in err


def test_help_lists_the_assays():
    code, out, _ = call("--help")
    assert code == 0
    assert "timecourse" in out
    assert "example" in out


def test_an_example_makes_its_folder(tmp_path: Path):
    code, _, _ = call("example", "binding", "--into", str(tmp_path / "trial" / "one"))
    assert code == 0
    assert (tmp_path / "trial" / "one" / "binding.csv").is_file()


@pytest.mark.parametrize("kind", [ValueError, KeyError, ZeroDivisionError])
def test_a_number_that_cannot_be_a_result_is_one_line(
    tmp_path: Path, monkeypatch, kind: type[Exception]
):
    from hepatica.bench.assays import qpcr

    def broken(*_: object) -> None:
        raise kind("NormFinder stability: an estimate holds finite numbers only")

    assert call("example", "qpcr", "--into", str(tmp_path))[0] == 0
    monkeypatch.setattr(qpcr, "analyse", broken)
    code, out, err = call("qpcr", str(tmp_path / "qpcr.csv"))
    assert (code, out) == (1, "")
    assert err.startswith("hepatica: qpcr: ")
    assert "NormFinder stability" in err
    assert err.count("\n") == 1


def test_a_protein_without_a_unit_is_asked_for_it(tmp_path: Path):
    assert call("example", "binding", "--into", str(tmp_path))[0] == 0
    study = tmp_path / "binding.yaml"
    study.write_text(study.read_text(encoding="utf-8").replace("75 µg", "75"), encoding="utf-8")
    code, out, err = call("binding", str(tmp_path / "binding.csv"), "--study", str(study))
    assert (code, out) == (2, "")
    assert "protein 75: give its unit, such as 'protein: 75 µg' or 'protein: 75 mg'" in err
