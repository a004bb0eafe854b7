"""Long tables and OMOP: the same rules as for single rows, at the size of a registry."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hepatica.clinic.accept import accept
from hepatica.clinic.concepts import concepts
from hepatica.clinic.inputs import long, omop
from hepatica.clinic.inputs.mapping import UserMap
from hepatica.clinic.observations import Raw
from hepatica.clinic.registry import Registry
from hepatica.errors import InputError

ROWS = [
    ("creatinine", "1.2", "mg/dL", "2026-03-02T08:00"),
    ("creatinine", "1.2", "mg/dL", "2026-03-02T08:00"),
    ("creatinine", "106.08", "umol/L", "2026-03-03T08:00"),
    ("creatinine", "180", "mg/dL", "2026-03-04"),
    ("creatinine", "<0.2", "mg/dL", "2026-03-04"),
    ("creatinine", "x", "mg/dL", "2026-03-04"),
    ("creatinine", "", "mg/dL", "2026-03-04"),
    ("creatinine", "1", "", "2026-03-04"),
    ("creatinine", "1", "kg", "2026-03-04"),
    ("creatinine", "1", "mg/dL", "never"),
    ("creatinine", "1.23456789", "mg/dL", "2026-03-05 10:00:30"),
    ("wbc", "8500", "/uL", "2026-03-05"),
    ("wbc", "8.5", "10^9/L", "2026-03-06"),
    ("temperature", "100.4", "degF", "2026-03-06"),
    ("inr", "1.8", "", "2026-03-06"),
    ("urea", "30", "mg/dL", "2026-03-06"),
    ("sex", "F", "", ""),
    ("cirrhosis", "true", "", ""),
    ("shock", "perhaps", "", ""),
    ("admission", "", "", "2026-03-01"),
    ("terlipressin", "1", "mg", "2026-03-06"),
    ("terlipressin", "1", "mg acetate", "2026-03-07"),
    ("weight", "154", "lb", "2026-03-07"),
    ("ammonia", "170.3", "ug/dL", "2026-03-07"),
    ("creatinine", "2", "mmol/dL", "2026-03-07"),
    ("creatinine", "0.02", "mmol/dL", "2026-03-08"),
    ("spo2", "0.95", "%", "2026-03-07"),
    ("creatinine", "-1", "mg/dL", "2026-03-07"),
]


def table(tmp_path: Path, rows: list[tuple[str, ...]], header: str) -> Path:
    path = tmp_path / "long.csv"
    path.write_text(header + "\n" + "\n".join(",".join(("p", *row)) for row in rows) + "\n")
    return path


def taken(registry: Registry) -> list[tuple[Any, ...]]:
    return registry.connection.execute(
        "SELECT concept, time, micro, unit, text FROM observations ORDER BY ALL"
    ).fetchall()


def test_a_table_is_checked_as_single_rows_are(tmp_path: Path) -> None:
    """Same rows accepted with the same millionths, same rows refused, by either path."""
    registry = Registry()
    report = long.load(registry, table(tmp_path, ROWS, "patient,concept,value,unit,time"))
    single = accept(
        [
            Raw(patient="p", concept=c, value=v or None, unit=u or None, time=t or None)
            for c, v, u, t in ROWS
        ]
    )
    mine = sorted(
        ((r.concept, r.time, r.micro, r.unit, r.text) for r in single.rows),
        key=lambda row: tuple((x is None, x) for x in row),
    )
    assert taken(registry) == mine
    assert sum(r.count for r in report.refused) == len(single.report.refused)
    assert sorted(r.concept for r in report.refused for _ in range(r.count)) == sorted(
        r.concept for r in single.report.refused
    )
    (slip,) = [r for r in report.refused if r.value == "180"]
    assert "180 mg/dL is outside 0.1 to 30 mg/dL" in slip.reason
    assert slip.likely == ("umol/L",)


def test_parquet_reads_as_csv_does(tmp_path: Path) -> None:
    path = table(tmp_path, ROWS, "patient,concept,value,unit,time")
    registry, other = Registry(), Registry()
    long.load(registry, path)
    other.connection.execute(
        f"COPY (SELECT * FROM read_csv('{path}', all_varchar = true)) TO '{tmp_path}/l.parquet'"
    )
    long.load(other, tmp_path / "l.parquet")
    assert taken(registry) == taken(other)


def test_codes_names_and_the_files_own_columns(tmp_path: Path) -> None:
    rows = [
        ("38483-4", "1.2", "mg/dL", "2026-03-02"),
        ("0000-0", "9", "mg/dL", "2026-03-02"),
        ("MINE", "2", "mg/dL", "2026-03-03"),
    ]
    registry = Registry()
    report = long.load(
        registry,
        table(tmp_path, rows, "mrn,code,value,unit,taken"),
        names={"patient": "mrn", "time": "taken"},
        user=UserMap(codes={"loinc": {"MINE": "creatinine"}}),
    )
    assert [row[0] for row in taken(registry)] == ["creatinine", "creatinine"]
    assert [(u.code, u.count) for u in report.unmapped] == [("0000-0", 1)]


def test_every_code_of_a_concept_finds_it(tmp_path: Path) -> None:
    """Also a code that stands with two concepts: K70.31 is cirrhosis, and ascites."""
    codes = [(s, c, item.id) for item in concepts().values() for s, cs in item.codes.items()
             for c in cs]  # fmt: skip
    rows = [(code, system, "1", "", "2026-03-02") for system, code, _ in codes]
    registry = Registry()
    long.load(registry, table(tmp_path, rows, "patient,code,system,value,unit,time"))
    found = registry.connection.execute("SELECT code, system, id FROM mapped").fetchall()
    assert sorted(found) == sorted((code, system, name) for system, code, name in codes)
    assert ("K70.31", "icd10cm", "ascites") in found
    assert ("K70.31", "icd10cm", "cirrhosis") in found


def test_a_name_is_cut_for_drugs_only(tmp_path: Path) -> None:
    """What may be any concept is taken by its whole name: urine is not serum."""
    names = ("creatinine 24 h urine", "albumin 24 h urine")
    rows = [(name, "1", "mg/dL", "2026-03-02") for name in names]
    report = long.load(Registry(), table(tmp_path, rows, "patient,concept,value,unit,time"))
    assert report.accepted == 0
    assert {item.code for item in report.unmapped} == set(names)


def test_offsets_of_a_table_follow_the_first(tmp_path: Path) -> None:
    rows = [
        ("creatinine", "1", "mg/dL", "2026-03-28T08:00:00+01:00"),
        ("creatinine", "2", "mg/dL", "2026-03-30T09:00:00+02:00"),
        ("creatinine", "3", "mg/dL", "2026-03-30T09:00:00"),
    ]
    registry = Registry()
    report = long.load(registry, table(tmp_path, rows, "patient,concept,value,unit,time"))
    single = accept([Raw(patient="p", concept=c, value=v, unit=u, time=t) for c, v, u, t in rows])
    assert [row[1] for row in taken(registry)] == [r.time for r in single.rows]
    assert "no offset" in report.refused[0].reason


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("patient,concept,value,unit,time\n", "the table is empty"),
        ("a,b\n1,2\n", "no column 'patient'"),
        ("patient,time\n1,2\n", "no column 'concept' or 'code'"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        long.load(Registry(), path)
    with pytest.raises(InputError, match=r"expected a \.csv"):
        long.load(Registry(), path.rename(tmp_path / "x.xlsx"))
    with pytest.raises(InputError, match="there is no such file"):
        long.load(Registry(), path)


def test_omop_finds_serum_and_whole_blood(shared: Path, tmp_path: Path) -> None:
    """229 of 241 creatinines of this registry are whole-blood codes; one row repeats another."""
    with zipfile.ZipFile(shared / "data/clinic/Synthea27Nj_5.4.zip") as archive:
        names = (
            "PERSON",
            "MEASUREMENT",
            "CONDITION_OCCURRENCE",
            "PROCEDURE_OCCURRENCE",
            "VISIT_OCCURRENCE",
            "DEATH",
            "CONCEPT",
        )
        archive.extractall(tmp_path, [f"{name}.csv" for name in names])
    registry = Registry()
    report = omop.load(registry, tmp_path)
    count = dict(
        registry.connection.execute(
            "SELECT concept, count(*) FROM observations GROUP BY concept"
        ).fetchall()
    )
    assert (count["creatinine"], count["sodium"], count["bun"], count["sex"]) == (240, 239, 239, 28)
    assert "inr" not in count
    assert any("Depression screening" in (u.display or "") for u in report.unmapped)
    value, unit, micro = registry.connection.execute(
        "SELECT value, unit, micro FROM observations WHERE concept = 'creatinine' LIMIT 1"
    ).fetchall()[0]
    assert (unit, micro) == ("mg/dL", round(Decimal(str(value)) * Decimal("88.4") * 10**6))


def test_omop_from_parquet(shared: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(shared / "data/clinic/Synthea27Nj_5.4.zip") as archive:
        archive.extractall(tmp_path, ["PERSON.csv", "MEASUREMENT.csv"])
    registry, other = Registry(), Registry()
    omop.load(registry, tmp_path)
    (tmp_path / "parquet").mkdir()
    for name in ("PERSON", "MEASUREMENT"):
        other.connection.execute(
            f"COPY (SELECT * FROM read_csv('{tmp_path}/{name}.csv')) "
            f"TO '{tmp_path}/parquet/{name}.parquet'"
        )
    omop.load(other, tmp_path / "parquet")
    assert taken(registry) == taken(other)


def test_a_folder_that_is_no_cdm(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no table PERSON"):
        omop.load(Registry(), tmp_path)


def test_omop_of_one_person_tells_nothing_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "PERSON.csv").write_text(
        "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,birth_datetime\n"
        "1,8532,1970,5,5,\n2,8532,1970,5,5,\n"
    )
    (tmp_path / "MEASUREMENT.csv").write_text(
        "person_id,measurement_concept_id,measurement_source_value,value_as_number,"
        "unit_source_value,unit_concept_id,measurement_date,measurement_datetime\n"
        "1,0,2160-0,1.0,mg/dL,0,2026-03-01,\n1,0,MINE,1.0,mg/dL,0,2026-03-01,\n"
        "2,0,THEIRS,1.0,mg/dL,0,2026-03-01,\n2,0,MINE,1.0,mg/dL,0,2026-03-01,\n"
    )
    report = omop.load(Registry(), tmp_path, patient="1")
    assert [(code.display, code.count) for code in report.unmapped] == [("MINE", 1)]
    every = omop.load(Registry(), tmp_path)
    assert {(c.display, c.count) for c in every.unmapped} == {("MINE", 2), ("THEIRS", 1)}
