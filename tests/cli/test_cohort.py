"""`hepatica cohort`: files in, one file out, a summary; every mistake one line."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from hepatica.cli import main

ROWS = """\
patient,concept,value,unit,time
a,creatinine,1.0,mg/dL,2026-03-01 09:00
a,creatinine,1.3,mg/dL,2026-03-03 09:00
a,creatinine,<0.2,mg/dL,2026-03-03 10:00
a,lipstick,1,1,2026-03-03 10:00
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["cohort", *map(str, arguments)])


@pytest.fixture
def given(tmp_path: Path) -> Path:
    path = tmp_path / "given.csv"
    path.write_text(ROWS)
    return path


def test_summary_and_file(given: Path, tmp_path: Path) -> None:
    out, drawing = tmp_path / "out.parquet", tmp_path / "lost.svg"
    found = run(given, "-o", out, "--concepts", "kdigo_aki,hrs_aki_2024", "--attrition", drawing,
                "--format", "json", "--quiet")  # fmt: skip
    assert found.exit_code == 0, found.output
    data = json.loads(found.output)
    assert data["summary"]["rows"] == 1
    assert data["summary"]["refused"] == 1
    assert data["summary"]["unmapped"] == 1
    assert drawing.read_text().startswith("<svg")
    stage = duckdb.connect().execute(f"SELECT kdigo_aki_max_stage FROM '{out}'").fetchall()
    assert stage == [(1,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "given.csv",
        "lost.svg",
        "out.parquet",
    ]


def test_text(given: Path, tmp_path: Path) -> None:
    found = run(given, "-o", tmp_path / "out.parquet", "--concepts", "kdigo_aki", "--quiet")
    assert "kdigo_aki_max_stage" in found.output
    assert "1 refused" in found.output


def test_a_disputed_rule(given: Path, tmp_path: Path) -> None:
    found = run(given, "-o", tmp_path / "out.parquet", "--concepts", "kdigo_aki", "--quiet",
                "--set", "kdigo_creatinine.baseline=known")  # fmt: skip
    assert found.exit_code == 0, found.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--concepts", "meld33"), "did you mean meld3"),
        (("--set", "no_such_rule=1"), "no definition has a parameter 'no_such_rule'"),
        (("--memory", "much"), "memory 'much'"),
        (("--attrition", "lost.png"), "'lost.png'"),
        (("--attrition", "none/lost.svg"), "'none': there is no such folder"),
        (("--per", "time", "--concepts", "meld3"), "'meld3' has no row for each moment"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], words: str, given: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    found = run(given, "-o", out, "--quiet", *arguments)
    assert found.exit_code == 2
    assert words in found.output
    assert len(found.output.strip().splitlines()) == 1
    assert not out.exists()


def test_unusable_files(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    for path in (empty, tmp_path / "absent.csv", tmp_path):
        found = run(path, "-o", tmp_path / "out.parquet", "--quiet")
        assert found.exit_code == 2, found.output
        assert len(found.output.strip().splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.csv"]


def test_attrition_needs_a_criterion_with_items(given: Path, tmp_path: Path) -> None:
    found = run(given, "-o", tmp_path / "out.parquet", "--concepts", "creatinine", "--quiet",
                "--attrition", tmp_path / "lost.txt")  # fmt: skip
    assert found.exit_code == 2
    assert "none of these has items in order" in found.output
    assert not (tmp_path / "lost.txt").exists()


def test_attrition_stops_where_none_is_left(given: Path, tmp_path: Path) -> None:
    found = run(given, "-o", tmp_path / "out.parquet", "--concepts", "hrs_aki_2015", "--quiet")
    assert "0 left  cirrhosis (not met 0, unknown 1)" in found.output
    assert "none left to ask for: ascites" in found.output
    assert "not met 0, unknown 0" not in found.output


def test_no_row_says_why(given: Path, tmp_path: Path) -> None:
    found = run(given, "-o", tmp_path / "out.parquet", "--concepts", "creatinine", "--quiet",
                "--per", "episode")  # fmt: skip
    assert found.exit_code == 0
    assert "no rows: a row a stay needs admissions" in found.output


def test_hints_name_the_other_way_to_ask(given: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    found = run(given, "-o", out, "--concepts", "kdigo_path", "--per", "day", "--quiet")
    assert "ask with --per time" in found.output
    found = run(given, "-o", out, "--concepts", "meld3", "--per", "time", "--quiet")
    assert "--per patient, day, episode" in found.output


def test_times_of_patients_who_are_not_there_are_said(given: Path, tmp_path: Path) -> None:
    times = tmp_path / "at.csv"
    times.write_text("patient,time\na,2026-03-02\nzz,2026-03-02\n")
    out = tmp_path / "out.parquet"
    found = run(given, "-o", out, "--concepts", "creatinine", "--quiet", "--at", times)
    assert "1 times of at.csv are of patients without a usable row" in found.output
    times.write_text("patient,time\na,2026-03-02T08:00+01:00\n")
    found = run(given, "-o", out, "--concepts", "creatinine", "--quiet", "--at", times)
    assert "on the clock of the patient, without an offset" in found.output


def test_what_a_killed_run_left_is_cleared(given: Path, tmp_path: Path) -> None:
    """The folder of a process that is no more; one that does not say whose it is stays."""
    dead, other = tmp_path / ".out.parquet.dead", tmp_path / ".out.parquet.other"
    for folder in (dead, other):
        folder.mkdir()
        (folder / "rows.parquet").write_text("a patient")
    (dead / "pid").write_text(str(2**22 + 1))
    found = run(given, "-o", tmp_path / "out.parquet", "--concepts", "creatinine", "--quiet")
    assert "'.out.parquet.dead' of a run that was killed was removed" in found.output
    assert "'.out.parquet.other' may be of a run that goes on" in found.output
    assert not dead.exists()
    assert other.exists()
