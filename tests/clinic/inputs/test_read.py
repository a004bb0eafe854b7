"""One patient from a file or folder of any kind."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.inputs.formats import MANY, ONE, Row

from hepatica.clinic import registry
from hepatica.clinic.inputs.mapping import UserMap
from hepatica.clinic.inputs.read import read
from hepatica.errors import InputError

KINDS = {**ONE, **MANY}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_measurement_comes_out_of_every_kind(kind: str, tmp_path: Path) -> None:
    path = KINDS[kind]([Row("2.6")], tmp_path)
    (row,) = (one for one in read(path).rows if one.concept == "creatinine")
    assert (row.patient, str(row.value), row.unit) == ("p", "2.6", "mg/dL")
    assert row.time == datetime(2026, 3, 4, 8)


@pytest.mark.parametrize("kind", ONE)
def test_a_persons_file_holds_one_patient_and_no_codes(kind: str, tmp_path: Path) -> None:
    path = ONE[kind]([Row("2.6")], tmp_path)
    assert read(path, patient="p").patients == ("p",)
    with pytest.raises(InputError, match=r"no row of patient 'q' can be used"):
        read(path, patient="q")
    with pytest.raises(InputError, match=r"a person's file has no codes"):
        read(path, user=UserMap())


@pytest.mark.parametrize("kind", MANY)
def test_a_patient_who_is_not_there_is_told(kind: str, tmp_path: Path) -> None:
    path = MANY[kind]([Row("2.6")], tmp_path)
    with pytest.raises(InputError, match=r"no row of patient 'q'"):
        read(path, patient="q")


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'x\.yaml': there is no such file; expected a patient's"):
        read(tmp_path / "x.yaml")
    (tmp_path / "y.yaml").write_bytes(b"id: \xff\n")
    with pytest.raises(InputError, match=r"'y\.yaml': not a text in UTF-8"):
        read(tmp_path / "y.yaml")


@pytest.mark.parametrize("kind", ["long_csv", "long_parquet", "omop"])
@pytest.mark.parametrize("patients", ["p", "pq"])
def test_a_table_leaves_no_connection_open(
    kind: str, patients: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from duckdb import ConnectionException

    opened: list[Any] = []

    class Watched(registry.Registry):
        def __init__(self) -> None:
            super().__init__()
            opened.append(self.connection)

    monkeypatch.setattr(registry, "Registry", Watched)
    path = MANY[kind]([Row("2.6", patient=name) for name in patients], tmp_path)
    if len(patients) == 1:
        assert read(path).patients == ("p",)
    else:
        with pytest.raises(InputError, match="2 patients, expected one"):
            read(path)
    (connection,) = opened
    with pytest.raises(ConnectionException, match="closed"):
        connection.execute("SELECT 1")
