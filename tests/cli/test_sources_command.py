from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hepatica.cli import main
from hepatica.evidence.model import Design, Document, Passage, Source, Status
from hepatica.evidence.store import Store

OLD = "Terlipressin reversed HRS."
NEW = "Terlipressin reversed HRS in 32%."


def document(source_id: str, text: str, **fields: object) -> Document:
    source = Source(id=source_id, text=text, **{"title": source_id, **fields})  # type: ignore[arg-type]
    return Document(source=source, passages=(Passage(section=(), start=0, end=len(text)),))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "store"
    monkeypatch.setenv("HEPATICA_STORE", str(folder))
    about = {"title": "CONFIRM", "design": Design.RCT, "year": 2021}
    with Store.open(folder) as opened:
        opened.ingest([document("pmid:1", OLD, **about)], origin="a.xml")
        opened.ingest([document("pmid:1", NEW, **about)], origin="b.xml")
        opened.ingest(
            [
                document("spl:1", "Dose", design=Design.REGULATORY_LABEL, title="Label\nof it"),
                document("pmid:2", "Gone", design=Design.RCT, status=Status.RETRACTED),
            ],
            origin="c.xml",
        )
    return folder


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["sources", *args])


@pytest.mark.usefixtures("store")
def test_list_shows_current_sources_and_filters() -> None:
    assert [line.split()[0] for line in run("list").stdout.splitlines()] == [
        "pmid:1",
        "pmid:2",
        "spl:1",
    ]
    assert "[retracted]" in run("list", "--status", "retracted").stdout
    assert run("list", "--tier", "label").stdout.splitlines()[0].endswith("Label of it")
    assert run("list", "--query", "confirm").stdout.count("\n") == 1
    both = json.loads(run("list", "--query", "pmid:1", "--all-versions", "--format", "json").stdout)
    assert [row["current"] for row in both] == [False, True]
    assert both[0]["superseded_by"] == both[1]["version"]
    assert json.loads(run("list", "--design", "cohort", "--format", "json").stdout) == []


@pytest.mark.usefixtures("store")
def test_show_gives_a_source_in_each_version() -> None:
    shown = run("show", "pmid:1", "--text").stdout
    assert "CONFIRM" in shown
    assert NEW in shown
    about = json.loads(run("show", "pmid:1", "--format", "json").stdout)
    assert "text" not in about
    old = about["versions"][0]["version"]
    assert old != about["version"]
    assert OLD in run("show", "pmid:1", "--version", old, "--text").stdout.splitlines()


@pytest.mark.usefixtures("store")
def test_remove_asks_first() -> None:
    refused = CliRunner().invoke(main, ["sources", "remove", "pmid:1"], input="n\n")
    assert refused.exit_code == 2
    assert "was not removed" in refused.stderr
    removed = run("remove", "pmid:1", "--yes")
    assert removed.stdout == "removed 2 versions of pmid:1\n"
    gone = run("show", "pmid:1")
    assert gone.exit_code == 5
    assert "was removed from this store on" in gone.stderr


def test_without_a_store_one_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEPATICA_STORE", str(tmp_path / "none"))
    result = run("list")
    assert result.exit_code == 5
    assert result.stderr.startswith("hepatica: no store at")
    assert not (tmp_path / "none").exists()


def test_choices_are_those_of_the_model() -> None:
    from hepatica.cli import sources
    from hepatica.evidence.model import Tier

    assert list(sources.TIERS) == [str(tier) for tier in Tier]
    assert list(sources.DESIGNS) == [str(design) for design in Design]
    assert list(sources.STATUSES) == [str(status) for status in Status]
