"""Every kind of bad input, in every format, for one patient and for a registry: one outcome.

The table in docs/clinic.md says the same in words; a test holds it to this one.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from tests.clinic.cohort.registry import read as table
from tests.clinic.inputs.formats import MANY, ONE, Row, Writer, typed

from hepatica.cli import main
from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.inputs.read import read
from hepatica.clinic.observations import Report
from hepatica.errors import InputError

GOOD = Row("1.1", time="2026-03-02T08:00")


class Problem(NamedTuple):
    """Rows beside a good one, the reason for which each is refused, and what is noted."""

    rows: tuple[Row, ...]
    refused: tuple[str, ...] = ()
    noted: str = ""
    kept: tuple[float, ...] = (1.1,)
    good: Row = GOOD
    likely: tuple[str, ...] = ()


LATER = "2026-03-03T08:00:00"
PROBLEMS = {
    "a unit slip": Problem(
        (Row("180"),), (r"180 mg/dL is outside 0.1 to 30 mg/dL: it would fit umol/L",),
        likely=("umol/L",),
    ),
    "platelets per uL labelled G/L": Problem(
        (Row("90000", "G/L", concept="platelets"),), ("it would fit /uL",), likely=("/uL",)
    ),
    "albumin in g/L labelled g/dL": Problem(
        (Row("32", "g/dL", concept="albumin"),), ("it would fit g/L",), likely=("g/L",)
    ),
    "FiO2 in percent labelled a fraction": Problem(
        (Row("40", "1", concept="fio2"),), ("it would fit %",), likely=("%",)
    ),
    "a unit of another kind": Problem((Row("1", "kg"),), ("unit 'kg' cannot be converted",)),
    "no unit": Problem((Row("1", ""),), ("no unit given: creatinine is given in",)),
    "an impossible value": Problem((Row("-1"),), ("-1 mg/dL is outside 0.1 to 30 mg/dL",)),
    "no value": Problem((Row(""),), ("no value given",)),
    "a lower bound": Problem((Row("<0.2"),), ("is a bound and not a value|a bound and not",)),
    "an upper bound": Problem((Row(">90"),), ("is a bound and not a value|a bound and not",)),
    "text for a number": Problem((Row("haemolysed"),), ("not a number",)),
    "the same row twice": Problem((GOOD,), noted="1 rows repeat another one exactly"),
    "different values at one time": Problem(
        (Row("1.4", time=GOOD.time),), noted="different values of", kept=(1.1, 1.4)
    ),
    "rows out of order": Problem(
        (Row("2.2", time="2026-03-01T08:00"), Row("3.3", time="2026-02-01T08:00")),
        kept=(3.3, 2.2, 1.1),
    ),
    "two offsets": Problem(
        (Row("2.2", time="2026-03-02T08:00:00+02:00"),), kept=(2.2, 1.1),
        good=Row("1.1", time="2026-03-02T08:00:00+01:00"),
    ),
    "no offset among offsets": Problem(
        (Row("2.2", time="2026-03-04T08:00:00"),), ("has no offset",),
        good=Row("1.1", time="2026-03-02T08:00:00+01:00"),
    ),
    "no time among times": Problem((Row("2.2", time=""),), ("it has no time, but others",)),
    "a date without a time": Problem(
        (Row("2.2", time="2026-03-04"),), noted="1 dates without a time were taken as 00:00",
        kept=(1.1, 2.2),
    ),
    "a time that is none": Problem((Row("2.2", time="yesterday"),), ("is not a time",)),
    "a date that cannot be": Problem((Row("2.2", time="1026-03-04T08:00"),), ("plausible",)),
    "no patient": Problem((Row("2.2", patient=""),), ("no patient is named",)),
}  # fmt: skip
ALONE = [pytest.param(name, key, id=f"{key}-{name}") for key in ONE for name in PROBLEMS
         if name != "no patient"]  # fmt: skip
# OMOP names a measurement by a code only, and inspired oxygen has none here.
TOGETHER = [pytest.param(name, key, id=f"{key}-{name}") for key in MANY for name in PROBLEMS
            if (key, name) != ("omop", "FiO2 in percent labelled a fraction")]  # fmt: skip


def holds(problem: Problem, report: Report) -> None:
    reasons = [row.reason for row in report.refused for _ in range(row.count)]
    assert len(reasons) == len(problem.refused), reasons
    for pattern, reason in zip(problem.refused, reasons, strict=True):
        assert re.search(pattern, reason), reason
    for row in report.refused:
        assert row.likely == problem.likely
    assert re.search(problem.noted, " ".join(report.notes)), report.notes
    assert not report.unmapped


def written(problem: Problem, writer: Writer, folder: Path) -> Path:
    return writer([problem.good, *problem.rows], folder)


def name_of(problem: Problem) -> str:
    return next(name for name, one in PROBLEMS.items() if one is problem)


def alone(problem: Problem, path: Path) -> None:
    found = read(path)
    values = [float(r.value) for r in found.rows if r.concept == "creatinine" and r.value]
    one_time = name_of(problem) == "different values at one time"
    assert tuple(sorted(values) if one_time else values) == problem.kept
    holds(problem, found.report)


@pytest.mark.parametrize(("name", "key"), ALONE)
def test_a_persons_file(name: str, key: str, tmp_path: Path) -> None:
    alone(PROBLEMS[name], written(PROBLEMS[name], ONE[key], tmp_path))


@pytest.mark.parametrize(("name", "key"), TOGETHER)
def test_other_formats_for_one_patient(name: str, key: str, tmp_path: Path) -> None:
    alone(PROBLEMS[name], written(PROBLEMS[name], MANY[key], tmp_path))


@pytest.mark.parametrize(("name", "key"), TOGETHER[::2])  # each problem in half of the formats
def test_other_formats_for_a_registry(name: str, key: str, tmp_path: Path) -> None:
    """The same rows beside those of another patient, who is not touched by them."""
    problem = PROBLEMS[name]
    other = [GOOD._replace(patient="q", time=problem.good.time), Row("1.5", patient="q")]
    other[1] = other[1]._replace(time=problem.good.time.replace("-02T", "-03T"))
    rows = [other[0], problem.good, *problem.rows, other[1]]
    found = cohort(
        MANY[key](rows, tmp_path), tmp_path / "out.parquet", concepts=["creatinine", "kdigo_aki"]
    )
    holds(problem, found.report)
    by = {row["patient"]: row for row in table(tmp_path / "out.parquet")}
    assert set(by) == {"p", "q"}
    assert by["q"]["kdigo_aki_max_stage"] == 1
    last = None if name == "different values at one time" else problem.kept[-1]
    shown = by["p"]["creatinine (umol/L)"]
    assert shown == (None if last is None else pytest.approx(last * 88.4))


@pytest.mark.parametrize("key", MANY)
def test_mixed_patients(key: str, tmp_path: Path) -> None:
    rows = [GOOD, GOOD._replace(patient="q"), Row("2.4", patient="q")]
    path = MANY[key](rows, tmp_path)
    with pytest.raises(InputError, match=r"2 patients, expected one: name it with --patient"):
        read(path)
    assert read(path, patient="q").patients == ("q",)
    with pytest.raises(InputError, match=r"no row of patient 'r'"):
        read(path, patient="r")
    cohort(path, tmp_path / "out.parquet", concepts=["kdigo_aki"])
    assert len(table(tmp_path / "out.parquet")) == 2


@pytest.mark.parametrize("key", [*ONE, *MANY, "typed"])
def test_a_number_beyond_all_others_is_a_number(key: str, tmp_path: Path) -> None:
    """Refused for its size, and of several the lowest and the highest are told."""
    texts = ("1e300", "1e27", "1e100")
    rows = [GOOD, *(Row(text, time=f"2026-03-0{3 + i}T08:00") for i, text in enumerate(texts))]
    path = {**ONE, **MANY, "typed": typed}[key](rows, tmp_path)
    outside = r"1E\+27 mg/dL to 1E\+300 mg/dL are outside 0.1 to 30 mg/dL|1E\+\d+ mg/dL is outside"
    reports = [read(path).report]
    if key not in ONE:
        reports.append(cohort(path, tmp_path / "out.parquet", concepts=["creatinine"]).report)
    for report in reports:
        assert sum(item.count for item in report.refused) == 3
        for item in report.refused:
            assert re.match(outside, item.reason), item.reason
            assert item.count == 3 or " to 1E" not in item.reason


EMPTY = {"p.yaml": b"", "p.json": b"", "b.ndjson": b"\n", "long.csv": b"", "long.parquet": b"",
         "c.csv": b"patient,concept,value,unit,time\n",
         "d.json": b'{"resourceType": "Bundle", "entry": []}'}  # fmt: skip


@pytest.mark.parametrize("name", EMPTY)
@pytest.mark.parametrize("command", ["assess", "cohort"])
def test_empty_files_are_one_line(name: str, command: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(EMPTY[name])
    more = ("--store", str(tmp_path / "s")) if command == "assess" else (
        "-o", str(tmp_path / "out.parquet"), "--quiet")  # fmt: skip
    found = CliRunner().invoke(main, [command, str(path), *more])
    assert found.exit_code == 2, found.output
    assert re.search("empty|no row|expected a .csv", found.output), found.output
    assert len(found.output.strip().splitlines()) == 1
    assert not (tmp_path / "out.parquet").exists()


def test_the_guide_tells_each_outcome() -> None:
    guide = (Path(__file__).parents[3] / "docs/clinic.md").read_text("utf-8").lower()
    for name in (*PROBLEMS, "mixed patients", "an empty file", "a million entries"):
        assert f"| {name.lower()} " in guide, name
