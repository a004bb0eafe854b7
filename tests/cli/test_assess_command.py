"""`hepatica assess`: formats, files, bad input, and nothing kept of the patient."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from assess.test_assess import textbook, treated
from click.testing import CliRunner, Result

from hepatica.cli import main


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("assess") / "store"


@pytest.fixture
def patient(tmp_path: Path) -> Path:
    path = tmp_path / "patient.json"
    path.write_text(json.dumps({**treated((76, 2.2), (124, 1.9)), "id": "Zxq-4711"}))
    return path


def run(store: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["assess", *map(str, arguments), "--store", str(store)])


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json", "fhir"])
def test_formats(store: Path, patient: Path, form: str) -> None:
    result = run(store, patient, "--format", form)
    assert result.exit_code == 0, result.output
    assert "Zxq-4711" in result.output


def test_json_names_the_store_version(store: Path, patient: Path) -> None:
    data = json.loads(run(store, patient, "--format", "json").output)
    assert len(data["store_version"]) == 16
    assert data["at"].startswith("2026-03-07T12:00")


def test_a_time_of_asking(store: Path, patient: Path) -> None:
    result = run(store, patient, "--at", "2026-03-04T12:00")
    assert "Terlipressin, day by day" not in result.output
    assert run(store, patient, "--at", "yesterday").exit_code == 2


def test_the_patient_is_written_only_where_it_was_asked(
    store: Path, patient: Path, tmp_path: Path
) -> None:
    out, plot = tmp_path / "out.txt", tmp_path / "course.svg"
    result = run(store, patient, "-o", out, "--plot", plot)
    assert result.exit_code == 0, result.output
    assert result.output == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["course.svg", "out.txt", "patient.json"]
    for path in store.rglob("*"):
        if path.is_file():
            assert b"Zxq-4711" not in path.read_bytes(), path


def test_a_long_table_of_one_patient(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    rows = ["patient,concept,value,unit,time", "p,creatinine,1.1,mg/dL,2026-03-02T08:00"]
    rows.append("p,creatinine,1.4,mg/dL,2026-03-04T08:00")
    path.write_text("\n".join(rows) + "\n")
    result = run(store, path)
    assert result.exit_code == 0, result.output
    assert "AKI (ICA 2015): stage 1A" in result.output
    path.write_text("\n".join([*rows, "q,creatinine,1.4,mg/dL,2026-03-04T08:00"]) + "\n")
    assert "2 patients, expected one" in run(store, path).output


def test_a_long_table_that_is_gzipped(store: Path, tmp_path: Path) -> None:
    rows = "patient,concept,value,unit,time\np1,creatinine,1.1,mg/dL,2026-03-04T08:00\n"
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress(rows.encode()))
    result = run(store, path)
    assert result.exit_code == 0, result.output
    assert "p1" in result.output


def test_a_bundle_whose_type_stands_behind_its_entries(store: Path, tmp_path: Path) -> None:
    seen = {"resourceType": "Observation", "status": "final", "code": {"text": "creatinine"},
            "subject": {"reference": "Patient/p1"}, "effectiveDateTime": "2026-03-04T08:00:00Z",
            "valueQuantity": {"value": 1.1, "unit": "mg/dL"}}  # fmt: skip
    text = {"status": "generated", "div": "<div>" + "x" * 10_000 + "</div>"}
    for data in (
        {"text": text, "entry": [{"resource": seen}] * 20, "resourceType": "Bundle"},
        {"text": text, **seen},
    ):
        path = tmp_path / "late.json"
        path.write_text(json.dumps(data))
        result = run(store, path)
        assert result.exit_code == 0, result.output
        assert "p1" in result.output


def test_one_patient_of_many_and_a_users_codes(store: Path, tmp_path: Path) -> None:
    path, mine = tmp_path / "long.csv", tmp_path / "mine.yaml"
    rows = ["patient,code,system,value,unit,time"]
    values = (("p", 1.1, 2), ("p", 1.2, 4), ("q", 1.1, 2), ("q", 2.4, 4))
    rows += [f"{who},CREA,lab,{value},mg/dL,2026-03-0{day}T08:00" for who, value, day in values]
    path.write_text("\n".join(rows) + "\n")
    mine.write_text("codes:\n  lab: {CREA: creatinine}\n")
    result = run(store, path, "--map", mine)
    assert "2 patients, expected one: name it with --patient" in result.output
    result = run(store, path, "--map", mine, "--patient", "q")
    assert result.exit_code == 0, result.output
    assert "Assessment of q" in result.output
    assert "AKI (ICA 2015): stage 2" in result.output


def test_a_time_of_asking_is_on_the_clock_of_the_input(store: Path, patient: Path) -> None:
    result = run(store, patient, "--at", "2026-03-04T12:00+01:00")
    assert result.exit_code == 2
    assert "without an offset" in result.output


def test_a_disputed_rule_is_set(store: Path, patient: Path) -> None:
    text = run(store, patient, "--set", "judged_by=both").output
    assert "judged_by = both" in " ".join(text.split())
    assert "judged_by = definition" in " ".join(run(store, patient).output.split())
    bad = run(store, patient, "--set", "judged_by=neither")
    assert bad.exit_code == 2
    assert "expected one of definition, creatinine, either, both" in bad.output
    assert "24 h and 48 h" in run(store, patient, "--set", "volume_window_hours=48").output
    for wrong in ("x", "kdigo_akii.baseline", "kdigo_aki.baseline"):
        refused = run(store, patient, "--set", f"{wrong}=known")
        assert refused.exit_code == 2
        assert f"no definition has a parameter '{wrong}'" in refused.output


def test_a_disputed_rule_of_a_score_is_set_and_said(store: Path, patient: Path) -> None:
    text = " ".join(run(store, patient, "--set", "liver_failure_at_12=true").output.split())
    assert text.count("liver_failure_at_12 = True") == 1


BAD = [
    pytest.param("", "empty", id="empty"),
    pytest.param("a: [", "not YAML", id="broken"),
    pytest.param("patient: {admision: 2026-03-02}", "did you mean 'admission'", id="misspelt"),
    pytest.param("id: p", "holds no measurement: give at least one with its time", id="nothing"),
]


@pytest.mark.parametrize(("text", "says"), BAD)
def test_bad_files_are_one_line(store: Path, tmp_path: Path, text: str, says: str) -> None:
    import re

    path = tmp_path / "bad.yaml"
    path.write_text(text)
    result = run(store, path)
    assert result.exit_code == 2
    assert re.search(says, result.output)
    assert len(result.output.strip().splitlines()) == 1


def test_a_missing_file(store: Path, tmp_path: Path) -> None:
    result = run(store, tmp_path / "nobody.yaml")
    assert result.exit_code == 2
    assert "there is no such file" in result.output


def test_text_for_a_patient(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(json.dumps(textbook()))
    result = run(store, path, "--for", "patient")
    assert "Your kidney test" in result.output
    assert "vial" not in result.output.partition("References")[0]
