"""Attrition: every row is lost once, with the reason, or is left."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from hepatica.clinic.cohort.attrition import attritions, markdown, svg, text
from hepatica.clinic.cohort.run import Cohort, cohort
from hepatica.clinic.cohort.summary import summarise

PATIENTS = """\
patient,concept,value,unit,time,start,text
a,cirrhosis,,,,,present
a,ascites,,,,,present
a,creatinine,1.0,mg/dL,2026-03-01 09:00,,
a,creatinine,2.0,mg/dL,2026-03-02 09:00,,
b,cirrhosis,,,,,absent
b,creatinine,1.0,mg/dL,2026-03-01 09:00,,
c,creatinine,1.0,mg/dL,2026-03-01 09:00,,
d,cirrhosis,,,,,present
d,ascites,,,,,present
d,creatinine,1.0,mg/dL,2026-03-01 09:00,,
d,creatinine,1.0,mg/dL,2026-03-02 09:00,,
"""


def run(tmp_path: Path) -> Cohort:
    given = tmp_path / "given.csv"
    given.write_text(PATIENTS)
    wanted = ["hrs_aki_2024", "slk_eligibility", "kdigo_aki"]
    return cohort(given, tmp_path / "out.parquet", concepts=wanted)


def test_steps(tmp_path: Path) -> None:
    found = attritions(run(tmp_path))
    assert [item.id for item in found] == ["hrs_aki_2024"]  # the other is met by any item
    (item,) = found
    assert item.rows == 4
    first, second, third, *_ = item.steps
    assert (first.not_met, first.unknown, first.left) == (1, 1, 2)
    assert (second.not_met, second.unknown, second.left) == (1, 0, 1)
    assert (third.not_met, third.unknown, third.left) == (0, 1, 0)
    lost = sum(step.not_met + step.unknown for step in item.steps)
    assert lost + item.steps[-1].left == item.rows


def test_each_form(tmp_path: Path) -> None:
    found = attritions(run(tmp_path))
    assert "| cirrhosis with ascites | 1 | 1 | 2 |" in markdown(found[0])
    assert "2 left  cirrhosis with ascites (not met 1, unknown 1)" in text(found[0])
    drawn = ElementTree.fromstring(svg(found))
    words = [node.text for node in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert "not met 1, unknown 1" in words
    assert "cirrhosis with ascites" in words


def test_summary_counts_what_is_unknown(tmp_path: Path) -> None:
    summary = summarise(run(tmp_path))
    lines = {line.column: line for line in summary.lines}
    assert (summary.rows, summary.patients, summary.read) == (4, 4, 11)
    assert summary.known["creatinine"] == 4
    assert lines["kdigo_aki_max_stage"].counts == {"0": 1, "2": 1}
    assert lines["kdigo_aki_max_stage"].unknown == 2
    assert lines["hrs_aki_2024_met"].counts == {"false": 2}
