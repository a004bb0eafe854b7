"""Instrument exports and RDML in, hostile files refused, checklist out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from hepatica.bench.registry import example, run
from hepatica.bench.result import AssayResult
from hepatica.cli import main
from hepatica.errors import HepaticaError, InputError, UnsafeSourceError

STUDY = "references: [GAPDH]\ncontrol: c\ngroups: {c: [C1, C2], t: [T1, T2]}\n"
CQ = {("C1", "AVPR1A"): 28.0, ("C2", "AVPR1A"): 28.4, ("T1", "AVPR1A"): 29.5,
      ("T2", "AVPR1A"): 29.7, ("C1", "GAPDH"): 18.0, ("C2", "GAPDH"): 18.1,
      ("T1", "GAPDH"): 18.2, ("T2", "GAPDH"): 18.1}  # fmt: skip
LOG2 = (28.2 - 18.05) - (29.6 - 18.15)


def rdml(version: str = "1.3", extra: str = "", prolog: str = "") -> bytes:
    names = dict.fromkeys(name for name, _ in CQ)
    known = "".join(f'<sample id="{name}"><type>unkn</type></sample>' for name in names)
    reacts = "".join(
        f'<react id="{number}"><sample id="{sample}"/><data><tar id="{gene}"/><cq>{cq}</cq></data>'
        "</react>"
        for number, ((sample, gene), cq) in enumerate(CQ.items(), 1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{prolog}'
        f'<rdml xmlns="http://www.rdml.org" version="{version}">{known}'
        '<sample id="W"><type>ntc</type></sample>'
        f'<experiment id="e"><run id="r">{reacts}'
        '<react id="90"><sample id="W"/><data><tar id="GAPDH"/><cq>-1.0</cq></data></react>'
        f"{extra}</run></experiment></rdml>"
    ).encode()


def archive(xml: bytes, name: str = "rdml_data.xml") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, xml)
    return held.getvalue()


def analysed(folder: Path, name: str, data: bytes) -> AssayResult:
    (folder / name).write_bytes(data)
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return run("qpcr", folder / name, folder / "study.yaml")


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3"])
@pytest.mark.parametrize("packed", [True, False])
def test_rdml(tmp_path: Path, version: str, packed: bool) -> None:
    data = rdml(version)
    result = analysed(tmp_path, "run.rdml", archive(data) if packed else data)
    assert result.estimate("log2 fold change").value == pytest.approx(LOG2)


def test_a_well_that_rdml_excludes_is_named(tmp_path: Path) -> None:
    extra = ('<react id="91"><sample id="T1"/><data><tar id="AVPR1A"/><cq>35</cq>'
             "<excl>bubble</excl></data></react>")  # fmt: skip
    result = analysed(tmp_path, "run.rdml", archive(rdml(extra=extra)))
    assert result.estimate("log2 fold change").value == pytest.approx(LOG2)
    assert any("AVPR1A of T1" in line and "bubble" in line for line in result.warnings)


HOSTILE = [
    ("entities", rdml(prolog='<!DOCTYPE a [<!ENTITY x "y">]>'), UnsafeSourceError),
    ("external", rdml(prolog='<!DOCTYPE a SYSTEM "file:///etc/passwd">'), UnsafeSourceError),
    ("cut short", rdml()[:-40], InputError),
    ("cut archive", archive(rdml())[:200], InputError),
    ("no XML inside", archive(b"x", "readme.txt"), InputError),
    ("another root", b'<a xmlns="http://www.rdml.org"/>', InputError),
    ("no reactions", b'<rdml xmlns="http://www.rdml.org" version="1.3"/>', InputError),
    ("unknown sample type", rdml().replace(b">ntc<", b">moon<"), InputError),
]


@pytest.mark.parametrize(("data", "error"), [case[1:] for case in HOSTILE],
                         ids=[case[0] for case in HOSTILE])  # fmt: skip
def test_bad_rdml_is_refused(tmp_path: Path, data: bytes, error: type[HepaticaError]) -> None:
    with pytest.raises(error) as raised:
        analysed(tmp_path, "run.rdml", data)
    assert "\n" not in str(raised.value)


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hepatica.bench.assays import qpcr_rdml

    monkeypatch.setattr(qpcr_rdml, "LARGEST", 10_000)
    with pytest.raises(UnsafeSourceError):
        analysed(tmp_path, "run.rdml", archive(b" " * 20_000))


APPLIED = (
    "Block Type\t96well\nChemistry\tTAQMAN\nExperiment Name\trun\n\n"
    "Well\tWell Position\tOmit\tSample Name\tTarget Name\tTask\tReporter\tCT\tQuantity\n"
    + "".join(
        f"{n}\tA{n}\tFALSE\t{sample}\t{gene}\tUNKNOWN\tFAM\t{cq}\t\n"
        for n, ((sample, gene), cq) in enumerate(CQ.items(), 1)
    )
    + "9\tA9\tFALSE\t\tGAPDH\tNTC\tFAM\tUndetermined\t\n10\tA10\tFALSE\t\t\t\t\t\t\n"
    + "11\tA11\tTRUE\tT1\tAVPR1A\tUNKNOWN\tFAM\t35.0\t\n\nAnalysis Type\tSinglePlex\n"
)
BIO_RAD = (
    ",Well,Fluor,Target,Content,Sample,Biological Set Name,Cq,Starting Quantity (SQ)\n"
    + "".join(
        f",A0{n},FAM,{gene},Unkn-0{n},{sample},,{cq},NaN\n"
        for n, ((sample, gene), cq) in enumerate(CQ.items(), 1)
    )
    + ",A09,FAM,GAPDH,NTC,,,NaN,NaN\n"
)


@pytest.mark.parametrize(("name", "text"), [("applied.txt", APPLIED), ("cfx.csv", BIO_RAD)])
def test_instrument_export(tmp_path: Path, name: str, text: str) -> None:
    result = analysed(tmp_path, name, text.encode())
    assert result.estimate("log2 fold change").value == pytest.approx(LOG2)
    (control,) = [c for c in result.checks if c.name == "controls without template"]
    assert control.status == "passed"
    assert bool(result.warnings and "35" in result.warnings[0]) == (name == "applied.txt")


@pytest.mark.parametrize("name", ["cal", ""])
def test_a_positive_control_of_an_export_is_in_no_group(tmp_path: Path, name: str) -> None:
    text = BIO_RAD + f",A10,FAM,GAPDH,Pos Ctrl-1,{name},,18.0,NaN\n"
    result = analysed(tmp_path, "cfx.csv", text.encode())
    assert result.estimate("log2 fold change").value == pytest.approx(LOG2)
    (check,) = [c for c in result.checks if c.name == "positive controls"]
    assert check.status == "passed"
    assert f"GAPDH of {name or 'positive'} Cq 18" in str(check.note)


def test_a_control_without_enzyme_needs_no_name_in_an_export(tmp_path: Path) -> None:
    text = BIO_RAD + ",A10,FAM,GAPDH,NRT-1,,,NaN,NaN\n"
    result = analysed(tmp_path, "cfx.csv", text.encode())
    (check,) = [c for c in result.checks if c.name == "controls without reverse transcriptase"]
    assert check.status == "passed"


def test_utf_16_export(tmp_path: Path) -> None:
    result = analysed(tmp_path, "applied.txt", APPLIED.encode("utf-16"))
    assert result.estimate("log2 fold change").value == pytest.approx(LOG2)


def test_a_well_with_a_cq_but_no_name_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="names no sample"):
        analysed(tmp_path, "cfx.csv", BIO_RAD.replace("Unkn-03,T1", "Unkn-03,").encode())


def test_the_example_runs_and_the_checklist_counts_what_is_missing(tmp_path: Path) -> None:
    table, study = example("qpcr")
    (tmp_path / "q.csv").write_text(table, encoding="utf-8")
    (tmp_path / "q.yaml").write_text(study, encoding="utf-8")
    result = run("qpcr", tmp_path / "q.csv", tmp_path / "q.yaml")
    found = result.estimate("fold change")
    assert found.low is not None
    assert found.high is not None
    assert found.low < 2**-1.2 < found.high
    for name in ("miqe.md", "miqe.csv"):
        done = CliRunner().invoke(
            main, ["bench", "miqe", str(tmp_path / "q.csv"), "--study", str(tmp_path / "q.yaml"),
                   "-o", str(tmp_path / name)]
        )  # fmt: skip
        assert done.exit_code == 0, done.output
    text = (tmp_path / "miqe.md").read_text(encoding="utf-8")
    assert text.count("| missing |") == 67
    assert "42 of 57 essential items are missing. The 85 items" in text
    assert "Reverse transcription" in (tmp_path / "miqe.csv").read_text(encoding="utf-8")
