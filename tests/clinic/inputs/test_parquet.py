"""Parquet files as they come: what a name, a folder or a damaged page could make of the values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.cohort.summary import summarise
from hepatica.clinic.inputs.read import read
from hepatica.clinic.inputs.table import reading
from hepatica.errors import InputError

HOURS = (8, 12, 20)
ROWS: dict[str, Any] = {
    "patient": ["p"] * 3,
    "concept": ["creatinine"] * 3,
    "value": [1.0, 1.2, 2.5],
    "unit": ["mg/dL"] * 3,
    "time": pa.array([datetime(2026, 3, 1, hour) for hour in HOURS], pa.timestamp("us")),
}
TWO_KINDS = {"concept": ["inr", "creatinine", "creatinine"], "unit": ["1", "mg/dL", "mg/dL"]}
TEXTS = {"value": ["1.0", "1.2", "2.5"], "time": [f"2026-03-01T{hour:02}:00" for hour in HOURS]}
# The three ways in which a long table is read: in arrays, by typed queries, and as texts.
WAYS = {"one kind": ROWS, "typed": ROWS | TWO_KINDS, "texts": ROWS | TEXTS}
Reader = Callable[[Path], object]


def written(path: Path, columns: dict[str, Any], *more: tuple[str, Any], **options: Any) -> Path:
    """A Parquet file; columns in `more` may have names that are there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = [*columns, *(name for name, _ in more)]
    arrays = [pa.array(cells) for cells in (*columns.values(), *(cells for _, cells in more))]
    pq.write_table(pa.table(arrays, names=names), path, **options)
    return path


def cdm(folder: Path, *more: tuple[str, Any]) -> Path:
    """OMOP tables of one creatinine; `more` are further columns of MEASUREMENT."""
    person = {"person_id": [1], "gender_concept_id": [8532], "year_of_birth": [1970],
              "month_of_birth": [5], "day_of_birth": [5], "birth_datetime": [None]}  # fmt: skip
    measured = {"person_id": [1], "measurement_concept_id": [0], "value_as_number": [1.5],
                "measurement_source_value": ["2160-0"], "unit_source_value": ["mg/dL"],
                "unit_concept_id": [0], "measurement_date": ["2026-03-01"],
                "measurement_datetime": [None]}  # fmt: skip
    written(folder / "PERSON.parquet", person)
    written(folder / "MEASUREMENT.parquet", measured, *more)
    return folder


def computed(path: Path, folder: Path, **options: Any) -> list[dict[str, Any]]:
    """The rows of a cohort of creatinines; the folder holds nothing else afterwards."""
    out = folder / "out.parquet"
    cohort(path, out, concepts=["creatinine"], **options)
    assert list(folder.glob(".out*")) == []
    rows: list[dict[str, Any]] = pq.ParquetFile(out).read().to_pylist()
    return rows


def refused(path: Path, folder: Path, message: str, patient: str = "p", **options: Any) -> None:
    """A cohort, and one patient where there is no option, stop with one line and no output."""
    (folder / "result").mkdir()
    with pytest.raises(InputError, match=message) as many:
        cohort(path, folder / "result/out.parquet", concepts=["creatinine"], **options)
    lines = [str(many.value)]
    if not options:
        with pytest.raises(InputError, match=message) as one:
            read(path, patient=patient)
        lines.append(str(one.value))
    assert not any("\n" in line or str(folder) in line for line in lines)
    assert list((folder / "result").iterdir()) == []


@pytest.mark.parametrize(("name", "given"), [("Value", 9.0), ("PATIENT", "q"), ("value", 9.0)])
@pytest.mark.parametrize("way", WAYS)
def test_a_name_that_two_columns_have(way: str, name: str, given: Any, tmp_path: Path) -> None:
    path = written(tmp_path / "rows.parquet", WAYS[way], (name, [given] * 3))
    message = rf"^rows\.parquet: the header names the column '{name.lower()}' 2 times: name it once"
    refused(path, tmp_path, message)


def test_a_name_that_two_columns_of_a_cdm_have(tmp_path: Path) -> None:
    message = r"^MEASUREMENT\.parquet: the header names the column 'value_as_number' 2 times"
    refused(cdm(tmp_path / "cdm", ("Value_As_Number", [9.0])), tmp_path, message)


def test_a_name_that_two_columns_of_a_table_of_times_have(tmp_path: Path) -> None:
    times = {"patient": ["p"], "time": ["2026-03-01T12:00"]}
    at = written(tmp_path / "at.parquet", times, ("TIME", ["2026-03-01T09:00"]))
    path = written(tmp_path / "rows.parquet", ROWS)
    refused(path, tmp_path, r"^at\.parquet: the header names the column 'time' 2 times", at=at)


def test_a_name_within_a_column_is_none_of_the_table(tmp_path: Path) -> None:
    inner = [{"value": 9.0, "more": {"Value": 8.0, "time": 1}}] * 3
    lists = [[{"unit": "furlong"}]] * 3
    path = written(tmp_path / "rows.parquet", {"a": inner, "b": lists} | ROWS, ("c", inner))
    assert [row["creatinine (umol/L)"] for row in computed(path, tmp_path)] == [221.0]


FOLDERS = ("patient=zz", "concept=sodium", "unit=g", "time=2020-01-01", "_part=7")


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("way", [*WAYS, "csv"])
@pytest.mark.parametrize("part", [None, 1])
def test_a_folder_named_like_a_cell_is_none(
    part: int | None, way: str, folder: str, tmp_path: Path
) -> None:
    """Neither of what is read, whole or in parts, nor of what is written."""
    columns = ROWS | TEXTS if way == "csv" else WAYS[way]
    rows = list(zip(*(pa.array(columns[name]).to_pylist() for name in ROWS), strict=True))
    rows.append(("q", *rows[-1][1:]))
    table = {name: [row[place] for row in rows] for place, name in enumerate(ROWS)}
    path = tmp_path / folder / "rows.parquet"
    if way == "csv":
        path = path.with_suffix(".csv")
        path.parent.mkdir()
        path.write_text("\n".join(map(",".join, [tuple(ROWS), *rows])))
    else:
        written(path, table)
    found = computed(path, path.parent, part=part)
    assert [(row["patient"], row["creatinine (umol/L)"]) for row in found] == [
        ("p", 221.0), ("q", 221.0)
    ]  # fmt: skip


def test_a_folder_named_like_a_cell_of_a_cdm_or_of_times(tmp_path: Path) -> None:
    path = cdm(tmp_path / "person_id=7")
    assert [row["patient"] for row in computed(path, tmp_path)] == ["1"]
    times = {"patient": ["1"], "time": ["2026-03-02T08:00"]}
    at = written(tmp_path / "patient=8/at.parquet", times)
    assert [row["patient"] for row in computed(path, tmp_path, at=at)] == ["1"]


def test_a_summary_is_of_the_file_and_not_of_its_folder(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.parquet", ROWS | {"patient": ["p", "q", "r"]})
    out = tmp_path / "patient=zz/out.parquet"
    out.parent.mkdir()
    assert summarise(cohort(path, out, concepts=["creatinine"])).patients == 3


@pytest.mark.parametrize("part", [None, 1])
def test_a_column_may_have_the_name_of_a_part(part: int | None, tmp_path: Path) -> None:
    rows = {name: pa.concat_arrays([pa.array(cells)] * 2) for name, cells in ROWS.items()}
    rows["patient"] = ["p", "p", "p", "q", "q", "q"]
    path = written(tmp_path / "rows.parquet", rows, ("_part", [3] * 6), ("_PART_", [4] * 6))
    found = computed(path, tmp_path, part=part)
    assert [row["patient"] for row in found] == ["p", "q"]


def damaged(path: Path, column: str = "patient") -> Path:
    """The file with the pages of a column overwritten; what it says of itself is untouched."""
    group = pq.ParquetFile(path).metadata.row_group(0)
    own = next(c for c in map(group.column, range(group.num_columns)) if c.path_in_schema == column)
    start = own.data_page_offset if own.dictionary_page_offset is None else (
        own.dictionary_page_offset)  # fmt: skip
    body = bytearray(path.read_bytes())
    body[start : start + own.total_compressed_size] = b"\xff" * own.total_compressed_size
    path.write_bytes(body)
    return path


@pytest.mark.parametrize("column", ["patient", "value", "concept"])
@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_file_is_one_line_that_names_it(way: str, column: str, tmp_path: Path) -> None:
    path = damaged(written(tmp_path / "rows.parquet", WAYS[way]), column)
    message = r"^rows\.parquet: cannot be read as a table: ."
    if (way, column) == ("one kind", "concept"):  # its one word stands in the statistics, too
        with pytest.raises(InputError, match=message):
            read(path, patient="p")
    else:
        refused(path, tmp_path, message)
    with pytest.raises(InputError, match=message):
        cohort(path, tmp_path / "out.parquet", concepts=["creatinine"], part=1)
    assert list(tmp_path.glob("*out*")) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_pages_bytes_may_be_no_text(way: str, tmp_path: Path) -> None:
    path = written(tmp_path / "rows.parquet", WAYS[way] | {"patient": ["qqzzqq"] * 3},
                   compression="none", use_dictionary=False)  # fmt: skip
    body = path.read_bytes()
    assert body.count(b"qqzzqq") > 3  # the last ones are the statistics
    path.write_bytes(body.replace(b"qqzzqq", b"qq\xff\xffqq", 3))
    message = r"^rows\.parquet: cannot be read as a table: .*UTF-?8"
    refused(path, tmp_path, message, "qqzzqq")


@pytest.mark.parametrize("name", ["value", "other"])
def test_a_damaged_name_of_a_column_is_one_line(name: str, tmp_path: Path) -> None:
    """Also within another column."""
    path = written(tmp_path / "rows.parquet", ROWS, ("more", [{"other": 1}] * 3))
    body = path.read_bytes()
    path.write_bytes(body.replace(name.encode(), name[:-2].encode() + b"\xff\xfe"))
    refused(path, tmp_path, r"^rows\.parquet: cannot be read as a table: .")


def test_a_damaged_table_of_times_is_one_line_that_names_it(tmp_path: Path) -> None:
    times = {"patient": ["p"], "time": ["2026-03-01T12:00"]}
    path = written(tmp_path / "rows.parquet", ROWS)
    for place, column in enumerate(times):
        at = damaged(written(tmp_path / f"at/{column}.parquet", times), column)
        (tmp_path / str(place)).mkdir()
        message = rf"^{column}\.parquet: cannot be read as a table: ."
        with pytest.raises(InputError, match=message):
            cohort(path, tmp_path / str(place) / "o.parquet", concepts=["creatinine"], at=at)
        assert list((tmp_path / str(place)).iterdir()) == []


def test_a_full_disk_is_no_damage(tmp_path: Path) -> None:
    full = 'Could not write file "/x/data_0.parquet": No space left on device'
    with pytest.raises(OSError, match="No space left"), reading(tmp_path / "rows.parquet"):
        raise duckdb.IOException(full)


def test_a_damaged_table_of_a_cdm_is_one_line(tmp_path: Path) -> None:
    folder = cdm(tmp_path / "cdm")
    damaged(folder / "MEASUREMENT.parquet", "value_as_number")
    refused(folder, tmp_path, r"^(MEASUREMENT\.parquet|cdm): cannot be read as a table: .", "1")
