"""CSV as RFC 4180 has it, wherever in the file a row stands; a broken row is told with its line."""

from __future__ import annotations

import gzip
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from hepatica.cli import main
from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.inputs import long, omop
from hepatica.clinic.inputs.read import read
from hepatica.clinic.registry import Registry
from hepatica.errors import InputError

HEAD = "patient,concept,value,unit,time,start,text\n"
BARE = "".join(f"p{i},creatinine,1.0,mg/dL,2026-03-01T08:00,,\n" for i in range(21_000))
QUOTED = '"p7","creatinine","9.9","mg/dL","2026-03-02T08:00","","a ""b"", c"\n'


def rows(path: Path) -> list[tuple[object, ...]]:
    registry = Registry()
    long.load(registry, path)
    return registry.connection.execute(
        "SELECT patient, concept, value, unit, time, text FROM observations ORDER BY ALL"
    ).fetchall()


def written(folder: Path, text: str | bytes, name: str = "x.csv") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_quotes_that_come_late_are_quotes(tmp_path: Path) -> None:
    early = rows(written(tmp_path, HEAD + QUOTED + BARE))
    assert rows(written(tmp_path, HEAD + BARE + QUOTED)) == early
    assert len(early) == 21_001
    newest = read(tmp_path / "x.csv", patient="p7").rows[-1]
    assert str(newest) == "creatinine 9.9 mg/dL at 2026-03-02 08:00"


def test_quotes_that_come_late_in_a_cdm(tmp_path: Path) -> None:
    head = "person_id,measurement_concept_id,measurement_source_value,value_as_number,"
    head += "unit_source_value,unit_concept_id,measurement_date,measurement_datetime\n"
    row = "1,0,2160-0,{},{},0,2026-03-01,2026-03-01 08:00:{:02}\n"
    bare = "".join(row.format(1 + i / 10_000, "mg/dL", i % 60) for i in range(20_500))
    written(tmp_path, head + bare + row.format(9.9, '"mg/dL"', 1), "MEASUREMENT.csv")
    person = "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,birth_datetime"
    written(tmp_path, person + "\n1,8532,1970,5,5,\n", "PERSON.csv")
    report = omop.load(Registry(), tmp_path)
    assert report.refused == []


def test_a_patient_may_begin_with_a_hash(tmp_path: Path) -> None:
    text = HEAD + "p1,creatinine,1.5,mg/dL,2026-03-01T08:00,,\n"
    text += '#1,creatinine,1.6,mg/dL,2026-03-02T08:00,,"a, b"\n'
    assert [row[0] for row in rows(written(tmp_path, text))] == ["#1", "p1"]


@pytest.mark.parametrize(
    ("name", "other"),
    [("lab[1].csv", "lab1.csv"), ("lab*.csv", "labs.csv"), ("lab?.csv", "labs.csv"),
     ("a[bc]/lab.csv", "ab/lab.csv"), ("o'neil/it's.csv", "oneil.csv"), ("{a,b}.csv", "a.csv")],
)  # fmt: skip
def test_a_path_is_no_pattern(name: str, other: str, tmp_path: Path) -> None:
    """Neither of CSV nor of Parquet, read whole or in parts, nor of the result."""
    own = HEAD + "".join(f"mine{i},creatinine,1.0,mg/dL,2026-03-01T08:00,,\n" for i in range(2))
    path = written(tmp_path, own, name)
    written(tmp_path, own.replace("mine", "theirs"), other)
    assert [row[0] for row in rows(path)] == ["mine0", "mine1"]
    out = path.with_suffix(".parquet")
    cohort(path, out, concepts=["creatinine"], part=1)
    table = pq.ParquetFile(out).read().select(["patient"])
    assert table.to_pydict() == {"patient": ["mine0", "mine1"]}
    pq.write_table(long_table("mine"), out)
    pq.write_table(long_table("theirs"), tmp_path / Path(other).with_suffix(".parquet"))
    assert [row[0] for row in rows(out)] == ["mine"]


def long_table(patient: str) -> pa.Table:
    row = {"patient": patient, "concept": "creatinine", "value": 1.0, "unit": "mg/dL"}
    return pa.Table.from_pylist([row | {"time": datetime(2026, 3, 1, 8)}])


GOOD = "p,creatinine,1.6,mg/dL,2026-03-02T08:00,,\n"
BROKEN = {
    "a short row": (GOOD + "p,creatinine,1.5\n", "line 3 has 3 cells, expected 7 .*'p,creati"),
    "a short row first": ("p,creatinine,1.5\n" + GOOD, "line 2 has 3 cells, expected 7"),
    "a long row": (GOOD + GOOD.strip() + ",1\n", "line 3 has more than 7 cells"),
    "a long row first": (GOOD.strip() + ",,1\n" + GOOD, "line 2 has more than 7 cells"),
    "a late short row": (BARE + "p,creatinine\n", "line 21002 has 2 cells, expected 7"),
    "a late row of Latin-1": (
        BARE.encode() + "p,creatinine,90,µmol/L,2026-03-02,,\n".encode("latin-1"),
        "line 21002 is not a text in UTF-8",
    ),
    "a late stray quote": (BARE + 'p,creatinine,1,mg/dL,2026-03-02,,"5" to\n',
                           "line 21002: a quote that opens a cell is not closed"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_row_is_one_line_that_names_it(name: str, tmp_path: Path) -> None:
    text, message = BROKEN[name]
    body = text if isinstance(text, bytes) else text.encode()
    path = written(tmp_path, HEAD.encode() + body)
    with pytest.raises(InputError, match=rf"^x\.csv: {message}") as one:
        read(path, patient="p")
    with pytest.raises(InputError, match=rf"^x\.csv: {message}") as many:
        cohort(path, tmp_path / "out.parquet", concepts=["creatinine"])
    assert "\n" not in f"{one.value}{many.value}"
    assert not (tmp_path / "out.parquet").exists()


def test_a_broken_row_of_a_cdm_names_its_table(tmp_path: Path) -> None:
    head = "person_id,condition_concept_id,condition_source_value,condition_start_date,"
    head += "condition_start_datetime,condition_end_date,condition_end_datetime\n"
    row = "1,0,K74.6,2026-03-01,,,\n"
    written(tmp_path, head + row * 21_000 + "1,0\n", "CONDITION_OCCURRENCE.csv")
    person = "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,birth_datetime"
    written(tmp_path, person + "\n1,8532,1970,5,5,\n", "PERSON.csv")
    head = "person_id,measurement_concept_id,measurement_source_value,value_as_number,"
    head += "unit_source_value,unit_concept_id,measurement_date,measurement_datetime\n"
    written(tmp_path, head + "1,0,2160-0,1,mg/dL,0,2026-03-01,\n", "MEASUREMENT.csv")
    message = r"^CONDITION_OCCURRENCE\.csv: line 21002 has 2 cells, expected 7"
    with pytest.raises(InputError, match=message):
        cohort(tmp_path, tmp_path.parent / "cdm.parquet", concepts=["creatinine"])


def test_tabs_may_stand_without_quoting(tmp_path: Path) -> None:
    """As in the vocabularies of Athena, where a quote may be an inch; else they may be quoted."""
    head = HEAD.replace(",", "\t")
    row = "p\tcreatinine\t1.6\tmg/dL\t2026-03-0{}\t\t{}\n"
    inches = head + row.format(1, '5" needle') + row.format(2, '"5 needle') + row.format(3, "")
    assert len(rows(written(tmp_path, inches, "x.tsv"))) == 3
    in_quotes = head + '"p"\t"creatinine"\t1.6\t"mg/dL"\t"2026-03-01"\t\t"a\tb"\n'
    assert [row[:2] for row in rows(written(tmp_path, in_quotes, "y.tsv"))] == [("p", "creatinine")]


@pytest.mark.parametrize(
    "text",
    [HEAD.replace(",", ";") + GOOD.replace(",", ";"), "\n\n" + HEAD + GOOD,
     "\ufeff" + HEAD + GOOD, (HEAD + GOOD).replace("\n", "\r\n"), (HEAD + GOOD).replace(",", "|"),
     HEAD.replace(",", " , ") + GOOD, '"patient",' + HEAD.split(",", 1)[1] + GOOD],
)  # fmt: skip
def test_other_delimiters_line_ends_and_headers(text: str, tmp_path: Path) -> None:
    assert [row[:3] for row in rows(written(tmp_path, text))] == [("p", "creatinine", 1.6)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD, "the table is empty: it has no row below its header"),
        ("value," + HEAD, "the header names the column 'value' 2 times"),
        ("Value," + HEAD, "the header names the column 'value' 2 times"),
        ((HEAD + GOOD).encode("utf-16"), "not a text in UTF-8"),
        (b"\n \n", "the file is empty"),
    ],
)
def test_headers_that_cannot_be_used(text: str | bytes, message: str, tmp_path: Path) -> None:
    for use in (rows, lambda path: cohort(path, tmp_path / "o.parquet", concepts=["creatinine"])):
        with pytest.raises(InputError, match=rf"^x\.csv: {message}"):
            use(written(tmp_path, text))


def test_one_patient_of_a_gzipped_table(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress((HEAD + GOOD).encode()), "x.csv.gz")
    assert read(path, patient="p").patients == ("p",)
    found = CliRunner().invoke(main, ["assess", str(path), "--patient", "nope"])
    assert (found.exit_code, found.output) == (
        2, "hepatica: x.csv.gz: it has no row of patient 'nope'\n"
    )  # fmt: skip
