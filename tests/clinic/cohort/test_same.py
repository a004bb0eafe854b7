"""One definition at any scale: a cohort holds what each patient alone gives, on either engine."""

from __future__ import annotations

import math
import os
import shutil
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.cohort.registry import alone, eicu, read, write
from tests.clinic.inputs import formats
from tests.clinic.inputs.formats import Row
from tests.clinic.zero import alike, expected, table

from hepatica.clinic.bedside import Bedside
from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.definition import definition
from hepatica.clinic.inputs import omop
from hepatica.clinic.inputs.person import read as person
from hepatica.clinic.observations import Observation
from hepatica.clinic.query import select
from hepatica.clinic.registry import Registry

AKI = ("kdigo_aki", "ica_aki", "hrs_aki_2015", "hrs_aki_2024", "meld3", "aclf_grade")


@pytest.fixture(scope="module")
def vignettes(shared: Path) -> list[Observation]:
    files = sorted((shared / "data/vignettes").glob("*.yaml"))
    if not files:
        pytest.skip("no vignettes")
    return [row for path in files for row in person(path).rows]


SPARK = ("kdigo_aki", "hrs_aki_2024", "meld3")  # all take minutes; every kind of query is in these


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float | int):
        return math.isclose(one, other, rel_tol=1e-12)
    return bool(one == other)


def grouped(rows: list[Observation]) -> dict[str, list[Observation]]:
    found: dict[str, list[Observation]] = {}
    for row in rows:
        found.setdefault(row.patient, []).append(row)
    return found


def compare(rows: list[Observation], given: Path, out: Path) -> int:
    """Every column of every patient; returns how many known values were compared."""
    found = cohort(given, out)
    table = {row["patient"]: row for row in read(out)}
    patients = grouped(rows)
    assert set(table) == set(patients)
    engine, compared = Bedside(), 0
    for patient, own in patients.items():
        for name, value in alone(own, found.plan, engine).items():
            assert same(value, table[patient][name]), (patient, name, value, table[patient][name])
            compared += value is not None
    return compared


def test_vignettes_equal_each_patient_alone(vignettes: list[Observation], tmp_path: Path) -> None:
    given = write(vignettes, tmp_path / "given.csv")
    assert compare(vignettes, given, tmp_path / "out.parquet") > 1000


def test_a_cdm_equals_each_patient_alone(shared: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(shared / "data/clinic/Synthea27Nj_5.4.zip") as archive:
        archive.extractall(tmp_path)
    folder = next(path.parent for path in tmp_path.rglob("*") if path.stem.lower() == "measurement")
    registry = Registry()
    omop.load(registry, folder)
    assert compare(registry.observations(), folder, tmp_path / "out.parquet") > 100
    cohort(folder, tmp_path / "whole.parquet", concepts=["kdigo_aki"])
    cohort(folder, tmp_path / "parts.parquet", concepts=["kdigo_aki"], part=3000)
    assert read(tmp_path / "parts.parquet") == read(tmp_path / "whole.parquet")


def test_a_cdm_of_fewer_persons_than_parts(tmp_path: Path) -> None:
    days = [f"2026-03-0{day}T08:00" for day in range(1, 9)]
    folder = formats.omop([Row("1.0", time=day, patient=p) for p in "12" for day in days], tmp_path)
    found = cohort(folder, tmp_path / "parts.parquet", concepts=["creatinine"], part=2)
    assert found.report.accepted == 18  # and the sex of each
    assert [row["patient"] for row in read(tmp_path / "parts.parquet")] == ["1", "2"]


def test_parts_give_what_the_whole_gives(vignettes: list[Observation], tmp_path: Path) -> None:
    given = write(vignettes, tmp_path / "given.csv")
    whole = cohort(given, tmp_path / "whole.parquet", concepts=AKI)
    parts = cohort(given, tmp_path / "parts.parquet", concepts=AKI, part=len(vignettes) // 3)
    assert read(tmp_path / "parts.parquet") == read(tmp_path / "whole.parquet")
    assert parts.known == whole.known
    assert parts.report.accepted == whole.report.accepted


@pytest.fixture(scope="module")
def spark() -> Iterator[None]:
    """One session for all tests of this file: each start takes seconds."""
    sql = pytest.importorskip("pyspark.sql", reason="the extra spark is not installed: make spark")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = (
            sql.SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.log.level", "ERROR")
            # Compiling would take longer than these few rows: Java's second compiler is left out,
            # and expressions are interpreted.
            .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .getOrCreate()
        )
        yield
        session.stop()


@pytest.mark.spark
@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize("name", ["vignettes", "eicu"])
def test_spark_gives_what_duckdb_gives(
    name: str, vignettes: list[Observation], shared: Path, tmp_path: Path
) -> None:
    if name == "eicu":
        given, concepts, per = eicu(shared, tmp_path / "eicu.csv"), ("kdigo_creatinine",), "time"
    else:
        given, concepts, per = write(vignettes, tmp_path / "given.csv"), SPARK, "patient"
    tables = []
    for engine in ("duckdb", "spark"):
        out = tmp_path / f"{engine}.parquet"
        cohort(given, out, concepts=concepts, per=per, engine=engine)  # type: ignore[arg-type]
        key = ("patient", "time", "low_48h", "reference", "stage")
        tables.append(sorted(read(out), key=lambda row: [str(row.get(k)) for k in key]))
    one, other = tables
    assert len(one) == len(other) > 10
    for left, right in zip(one, other, strict=True):
        differing = [key for key in left if not same(left[key], right[key])]
        assert not differing, (left["patient"], differing)


@pytest.mark.spark
@pytest.mark.usefixtures("spark")
def test_spark_divides_by_zero_as_python_does() -> None:
    """One query for all definitions: each compared column by column."""
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    assert session is not None
    session.conf.set("spark.sql.ansi.enabled", "false")  # as the cohort sets it
    compared = 0
    for name in ("fib4", "apri", "fena"):
        item = definition(name)
        rows, given = table(item)
        session.createDataFrame(given).createOrReplaceTempView("given")
        own = expected(item, rows)
        for row in session.sql(select(name, "given", dialect="spark")).collect():
            for key, value in own[row["patient"]].items():
                assert alike(value, row[key]), (name, key)
                compared += 1
    assert compared > 30
