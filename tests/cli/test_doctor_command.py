from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hepatica.cli import main
from hepatica.evidence.model import Design, Document, Passage, Source
from hepatica.evidence.store import Store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "store"
    monkeypatch.setenv("HEPATICA_STORE", str(folder))
    source = Source(id="a", title="a", text="cirrhosis", design=Design.COHORT)
    with Store.open(folder) as opened:
        passages = (Passage(section=(), start=0, end=9),)
        opened.ingest([Document(source=source, passages=passages)], origin="test")
    return folder


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *args])


@pytest.mark.usefixtures("store")
def test_a_well_store_exits_with_zero() -> None:
    result = run()
    assert result.exit_code == 0
    assert "ok       integrity: the record is sound" in result.stdout
    checks = json.loads(run("--all", "--format", "json").stdout)["checks"]
    assert all(check["severity"] != "error" for check in checks)


def test_damage_to_the_index_is_found_and_mended(store: Path) -> None:
    for path in (store / "index").glob("*.term"):
        data = bytearray(path.read_bytes())
        data[0] ^= 0xFF
        path.write_bytes(data)
    broken = run()
    assert broken.exit_code == 1
    assert "error    index: damaged files" in broken.stdout
    assert "-> `hepatica doctor --fix` rebuilds it" in broken.stdout
    mended = run("--fix")
    assert mended.exit_code == 0
    assert "done     rebuilt the index with 1 passages" in mended.stdout
    with Store.open(store) as opened:
        assert len(opened.search("cirrhosis")) == 1


def test_without_a_store_the_reason_and_the_way_out_are_given(tmp_path: Path) -> None:
    result = run("--store", str(tmp_path / "none"))
    assert result.exit_code == 1
    assert "error    store: no store at" in result.stdout
    assert not (tmp_path / "none").exists()
