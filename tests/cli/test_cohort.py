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
