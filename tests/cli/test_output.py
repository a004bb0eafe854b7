"""A file that is read is never written to: refused before the analysis, in one line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from hepatica.cli import main
from hepatica.cli.output import keep_apart
from hepatica.errors import InputError

# `{in}` is the file that is read, under a name that the option takes.
COMMANDS = [
    ("raw.txt", "bench binding {in} --report {in}"),
    ("study.json", "bench qpcr table.csv --study {in} --report {in}"),
    ("figure.svg", "bench response {in} --plot {in}"),
    ("study.md", "bench miqe table.csv --study {in} -o {in}"),
    ("plan.json", "bench plan {in} --report {in}"),
    ("answer.json", "cite {in} -o {in}"),
    ("patient.json", "assess {in} -o {in}"),
    ("patient.svg", "assess {in} --plot {in}"),
    ("codes.yaml", "assess patient.csv --map {in} -o {in}"),
    ("rows.parquet", "cohort {in} -o {in}"),
    ("times.md", "cohort rows.csv --at {in} -o out.parquet --attrition {in}"),
    ("trials.csv", "pool {in} -o {in}"),
    ("trials.svg", "pool {in} --plot {in}"),
    ("evidence.sqlite", "ask terlipressin --store . -o {in}"),
]


@pytest.mark.parametrize(("name", "line"), COMMANDS, ids=[line for _, line in COMMANDS])
def test_an_output_that_is_an_input_is_refused_and_the_input_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("held")
    result = CliRunner().invoke(main, line.replace("{in}", name).split())
    assert result.exit_code == 2
    assert "name" in result.stderr
    assert repr(name) in result.stderr
    assert result.stderr.count("\n") == 1
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "held")]


@pytest.mark.parametrize("other", ["./a.csv", "sub/../a.csv", "soft.csv", "hard.csv"])
def test_another_name_for_the_same_file_is_the_same_file(tmp_path: Path, other: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.csv").write_text("held")
    (tmp_path / "soft.csv").symlink_to("a.csv")
    os.link(tmp_path / "a.csv", tmp_path / "hard.csv")
    with pytest.raises(InputError, match="is the input; name another file"):
        keep_apart((tmp_path / other,), (tmp_path / "a.csv",))


def test_two_outputs_have_two_names(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="named for two outputs"):
        keep_apart((tmp_path / "x.pdf", None, tmp_path / "x.pdf"))
    keep_apart((tmp_path / "x.pdf", None, tmp_path / "x.svg"))


def test_a_folder_that_is_read_takes_reports_and_pictures_only(tmp_path: Path) -> None:
    keep_apart((tmp_path / "report.html", tmp_path / "course.svg"), (tmp_path,))
    keep_apart((tmp_path / "results" / "out.parquet",), (tmp_path,))
    for name in ("person.parquet", "bundle.json", "evidence.sqlite"):
        with pytest.raises(InputError, match="which is read; name a file elsewhere"):
            keep_apart((tmp_path / name,), (tmp_path,))


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="needs /dev/null")
def test_a_device_may_be_written_to_twice() -> None:
    keep_apart((Path("/dev/null"), Path("/dev/null")), (Path("/dev/null"),))
