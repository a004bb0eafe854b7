"""Files joined by their row groups hold what their parts hold, for every reader."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from hepatica.clinic.cohort.parquet import joined


def table(begin: int, count: int) -> pa.Table:
    numbers = range(begin, begin + count)
    return pa.table(
        {
            "patient": pa.array([f"p{n:05}" for n in numbers]).dictionary_encode(),
            "time": pa.array([n * 10**9 for n in numbers], pa.timestamp("us")),
            "stage": pa.array([None if n % 5 == 0 else n % 4 for n in numbers], pa.int32()),
            "met": pa.array([None if n % 3 == 0 else n % 2 == 0 for n in numbers]),
            "value": pa.array([n / 7 for n in numbers]),
        }
    )


def written(part: pa.Table, **options: object) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    parquet.write_table(part, sink, store_schema=False, **options)
    return sink.getvalue()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"row_group_size": 61},  # more than 15 row groups: lists of another form
        {"compression": "zstd", "write_page_index": True, "use_dictionary": False},
        {"bloom_filter_options": {"patient": True}},
    ],
)
def test_what_comes_out_is_what_went_in(options: dict[str, object], tmp_path: Path) -> None:
    parts = [table(0, 1000), table(1000, 1), table(1001, 2500)]
    out = tmp_path / "out.parquet"
    joined([written(part, **options) for part in parts], out)
    whole = pa.concat_tables(parts)
    shown = whole.set_column(0, "patient", whole["patient"].cast(pa.string()))
    assert parquet.read_table(out).equals(shown)
    assert parquet.read_table(out, filters=[("patient", "=", "p01500")]).num_rows == 1
    rows = duckdb.sql(f"SELECT * FROM '{out}'").fetchall()
    assert rows == [tuple(row.values()) for row in shown.to_pylist()]
    found = duckdb.sql(f"SELECT value FROM '{out}' WHERE patient = 'p03000'").fetchall()
    assert found == [(3000 / 7,)]
    found = parquet.read_metadata(out)
    assert found.num_rows == 3501
    assert [found.row_group(n).num_rows for n in range(found.num_row_groups)] == [
        parquet.read_metadata(pa.BufferReader(written(part, **options))).row_group(n).num_rows
        for part in parts
        for n in range(
            parquet.read_metadata(pa.BufferReader(written(part, **options))).num_row_groups
        )
    ]
    low = found.row_group(found.num_row_groups - 1).column(0).statistics
    assert low.max == "p03500"


def test_no_rows(tmp_path: Path) -> None:
    joined([written(table(0, 0))], tmp_path / "out.parquet")
    assert parquet.read_table(tmp_path / "out.parquet").num_rows == 0


def test_one_file_is_kept_byte_for_byte_but_for_its_footer(tmp_path: Path) -> None:
    given = written(table(0, 500))
    joined([given], tmp_path / "out.parquet")
    found = (tmp_path / "out.parquet").read_bytes()
    assert found == given.to_pybytes()  # the footer is read and written again, and is the same
