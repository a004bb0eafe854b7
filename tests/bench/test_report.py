"""Reports and figures: complete, self-contained, safe, the same every time, whole or not at all."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.bench import simulated

from hepatica.bench import analyse
from hepatica.bench.figure import picture, save_picture
from hepatica.bench.report import as_html, as_json, as_markdown, as_pdf, as_text, save_report
from hepatica.bench.result import AssayResult
from hepatica.errors import InputError


@pytest.fixture(scope="module")
def result() -> AssayResult:
    return analyse("binding", simulated.binding(), {"title": "Site A <b>$x^2$</b> | trial"})


def test_every_shape_says_the_same(result: AssayResult):
    kd = result.estimate("Kd")
    assert kd.value is not None
    shown = f"{kd.value:.3f} nM"
    for text in (as_text(result), as_markdown(result), as_html(result)):
        assert shown in text
        assert "ligand depletion" in text
    assert '"name": "Kd"' in as_json(result)


def test_html_is_one_file_and_runs_nothing(result: AssayResult):
    page = as_html(result)
    assert "<svg" in page
    assert "<b>$x" not in page
    assert "&lt;b&gt;" in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!#)', page)


def test_pictures_are_the_same_every_time(result: AssayResult):
    assert picture(result, "svg") == picture(result, "svg")
    assert as_pdf(result) == as_pdf(result)
    ElementTree.fromstring(picture(result, "svg"))
    assert picture(result, "png").startswith(b"\x89PNG")


def test_what_is_not_estimable_shows_no_number():
    flat = analyse("response", {**simulated.response(), "response": [5.0, 6.0, 7.0] * 9})
    text = as_text(flat)
    assert "not estimable" in text
    assert "no better than a constant" in text
    assert not re.search(r"\d[eE][+-]?\d{2,}", text)


@pytest.mark.parametrize("ending", [".html", ".md", ".json", ".txt", ".pdf"])
def test_saving_by_ending(tmp_path: Path, result: AssayResult, ending: str):
    save_report(result, tmp_path / f"r{ending}")
    assert [path.name for path in tmp_path.iterdir()] == [f"r{ending}"]
    assert (tmp_path / f"r{ending}").stat().st_size > 500


def test_refused_endings_and_folders_leave_nothing_behind(tmp_path: Path, result: AssayResult):
    with pytest.raises(InputError, match="no report format"):
        save_report(result, tmp_path / "r.docx")
    with pytest.raises(InputError, match="no picture format"):
        save_picture(result, tmp_path / "r.gif")
    with pytest.raises(InputError, match="cannot write"):
        save_report(result, tmp_path / "none" / "r.md")
    assert list(tmp_path.iterdir()) == []
