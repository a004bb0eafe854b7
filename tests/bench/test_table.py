"""Tables: formats, units, missing readings, data frames."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from hepatica.bench.study import Study, read_study
from hepatica.bench.table import Column, read_table, table_from
from hepatica.errors import InputError

COLUMNS = (
    Column(name="dose", unit="nM"),
    Column(name="response", negative=True, missing=True),
    Column(name="group", label=True, required=False),
)


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "study"),
    [
        ("dose [nM],response\n1,2.5\n10,4\n", Study()),
        ("# made by hand\n\ndose (nM),response\n1,2.5\n\n10,4\n,\n", Study()),
        ("dose [nM];response\n1;2.5\n10;4\n", Study()),
        ("dose [nM]\tresponse\n1\t2.5\n10\t4\n", Study()),
        ("dose [nM];response\n1,0;2,5\n10;4\n", Study(decimal=",")),
        ("dose [µM],response\n0.001,2.5\n0.01,4\n", Study()),
        ("dose [uM],response\n0.001,2.5\n0.01,4\n", Study()),
        ("dose [log10 M],response\n-9,2.5\n-8,4\n", Study()),
        ("c,y\n1,2.5\n10,4\n", Study(columns={"dose": "c", "response": "y"}, units={"dose": "nM"})),
    ],
)
def test_one_table_in_many_spellings(tmp_path: Path, text: str, study: Study):
    table = read_table(write(tmp_path, text), COLUMNS, study)
    assert table.numbers["dose"] == pytest.approx([1, 10])
    assert table.numbers["response"].tolist() == [2.5, 4.0]


def test_excel_writes_a_byte_order_mark_and_utf_16(tmp_path: Path):
    text = "dose [µM],response\n1,2\n"
    for data in (b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16")):
        table = read_table(write(tmp_path, data), COLUMNS, Study())
        assert table.numbers["dose"].tolist() == [1000.0]


def test_a_missing_reading_leaves_with_its_row_and_is_told(tmp_path: Path):
    path = write(tmp_path, "dose [nM],response,group\n1,2,a\n3,NA,b\n10,4,a\n")
    table = read_table(path, COLUMNS, Study())
    assert table.numbers["dose"].tolist() == [1, 10]
    assert table.labels["group"] == ("a", "a")
    assert "1 reading(s) missing in 'response': line 3" in table.notes[0]


def test_columns_that_are_not_used_are_named(tmp_path: Path):
    table = read_table(write(tmp_path, "dose [nM],response,operator\n1,2,x\n"), COLUMNS, Study())
    assert table.notes == ("columns not used: 'operator'",)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04 rest", "is a workbook"),
        (b"\xd0\xcf\x11\xe0 rest", "is a workbook"),
        (b"dose [nM],response\n1,\xb5\n", "is not UTF-8"),
        (b"", "is empty"),
        (b"# only a comment\n", "is empty"),
        (b"dose [nM],response\n", "no rows"),
        (b"dose [nM],response\n1,2,3\n", "3 cells under 2 headers"),
        (b"dose [nM],response,response\n1,2,3\n", "stands there twice"),
        (b'dose [nM],response\n"1\n2",3\n', "several lines|unexpected end"),
        (b"dose [nM],response\n1,\x00\n", "NUL"),
    ],
)
def test_files_that_are_no_table(tmp_path: Path, data: bytes, said: str):
    with pytest.raises(InputError, match=said):
        read_table(write(tmp_path, data), COLUMNS, Study())


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(InputError, match="cannot read"):
        read_table(tmp_path / "none.csv", COLUMNS, Study())


class Frame:
    """As a data frame looks from outside: columns, and values by column."""

    columns = ("dose", "response")

    def __getitem__(self, name: str) -> np.ndarray:
        return {"dose": np.array([1, 10]), "response": np.array([2.5, np.nan])}[name]


def test_data_frames_are_taken_by_what_they_can_do():
    table = table_from(Frame(), COLUMNS, Study(units={"dose": "nM"}))
    assert table.numbers["dose"].tolist() == [1.0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("level: 0.95\nlevell: 0.9\n", "unknown key 'levell'.*keys are"),
        ("level: [\n", "line 2|line 3|line 1"),
        ("- a\n- b\n", "key: value"),
        ("level: 2\n", "expected 0.5 to 0.999"),
    ],
)
def test_study_files_that_cannot_be_used(tmp_path: Path, text: str, said: str):
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_study(tmp_path / "s.yaml", Study)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("level: 0,95\n", "level: expected a number, not '0,95': write 0.95"),
        ("level: 95%\n", "level: expected a number, not '95%': write 0.95"),
        ("level: 1e-1\n", "level: expected a number, not '1e-1': write 1.0e-01"),
        ("columns: dose\n", "columns: expected 'key: value' lines, not 'dose'"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_by_its_key(tmp_path: Path, given: str, said: str):
    (tmp_path / "s.yaml").write_text(given, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(said)):
        read_study(tmp_path / "s.yaml", Study)


@pytest.mark.parametrize("head", ["sep=;\n", "Plate 7\n", "Plate 7;\n\n"])
def test_a_line_above_the_header_is_passed_over(tmp_path: Path, head: str):
    table = read_table(write(tmp_path, head + "dose [nM];response\n1;2\n10;4\n"), COLUMNS, Study())
    assert table.numbers["response"].tolist() == [2, 4]
    assert any("above the header" in note for note in table.notes) == (head != "sep=;\n")


def test_missing_readings_as_spreadsheets_and_pandas_write_them(tmp_path: Path):
    text = "response,dose [nM]\n#N/A,1\n<NA>,2\n3,4\n"
    table = read_table(write(tmp_path, text), COLUMNS, Study())
    assert table.numbers["dose"].tolist() == [4]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("99,500", "may be read as 99500 or as 99.500: write thousands without a comma, 99500"),
        ("1,234,567", "may be read as 1234567: write thousands without a comma"),
        ("0,125", "decimal commas need"),
    ],
)
def test_a_comma_between_thousands_is_no_decimal_comma(tmp_path: Path, cell: str, said: str):
    path = write(tmp_path, f'dose [nM],response\n1,"{cell}"\n')
    with pytest.raises(InputError, match=said):
        read_table(path, COLUMNS, Study())


def test_groups_that_differ_in_case_or_blanks_only(tmp_path: Path):
    path = write(tmp_path, "dose [nM],response,group\n1,2,control\n1,2,Control\n")
    with pytest.raises(InputError, match="'control' and 'Control' differ in case or blanks"):
        read_table(path, COLUMNS, Study())


@pytest.mark.parametrize(("data", "said"), [(None, "NoneType"), ([1, 2], "not list")])
def test_what_is_no_data_frame(data: object, said: str):
    with pytest.raises(InputError, match=said):
        table_from(data, COLUMNS, Study())


def test_a_column_that_a_frame_holds_twice():
    class Twice(Frame):
        columns = ("dose", "dose")

    with pytest.raises(InputError, match="'dose' stands there twice"):
        table_from(Twice(), COLUMNS, Study())
