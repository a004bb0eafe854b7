"""An assessment in every format and for every reader: complete, safe to print, warnings first."""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache

import msgspec
import pytest
from assess.test_assess import hours, observed, textbook, treated

from hepatica.clinic.assess.assess import assess
from hepatica.clinic.assess.model import Assessment, Precaution, Reader, Standing
from hepatica.clinic.bedside import Bedside
from hepatica.errors import InputError, KnowledgeError
from hepatica.render import (
    assessment_fhir,
    assessment_html,
    assessment_json,
    assessment_markdown,
    assessment_plot,
    assessment_text,
    fhir_codes,
)
from hepatica.render.assessment_chart import chart
from hepatica.render.assessment_plan import ANYWAY, sentence, waits_for, warning

DOSE = re.compile(r"\d\s*(?:mg|mcg|g)\b(?!/dL)")
READERS = list(Reader)
CASES = ("textbook", "hypoxic", "open", "treated", "empty")


@cache
def engine() -> Bedside:
    return Bedside()


@cache
def case(name: str, reader: Reader = Reader.CLINICIAN) -> Assessment:
    match name:
        case "textbook":
            body = textbook()
        case "hypoxic":
            body = textbook(spo2="85", volume_overload="present")
        case "open":
            body = textbook(ongoing_coronary_ischaemia=None, volume_overload=None)
        case "treated":
            body = treated((76, 2.2), (100, 2.0), (124, 1.9))
        case _:
            body = {"id": "<b>&", "observations": [{"at": hours(0), "map": "70 mmHg"}]}
    return assess(observed(body), reader=reader, engine=engine())


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", CASES)
def test_every_format_is_written_for_every_reader(name: str, reader: Reader) -> None:
    found = case(name, reader)
    for text in (
        assessment_text.render(found),
        assessment_markdown.render(found),
        assessment_html.render(found),
    ):
        assert found.disclaimer.split(":")[0] in " ".join(text.split())
        assert "None" not in text


@pytest.mark.parametrize("name", ["textbook", "hypoxic", "open", "treated"])
@pytest.mark.parametrize("reader", [r for r in READERS if r is not Reader.PATIENT])
def test_what_must_be_read_first_stands_first(name: str, reader: Reader) -> None:
    found = case(name, reader)
    text = " ".join(assessment_text.render(found, width=100_000).split())
    plan = text[text.index("Plan: ") :]
    warned = 0
    for rule in found.plan:
        if rule.standing is Standing.NOT_NOW:
            continue
        if not rule.decided:
            assert not DOSE.search(sentence(rule))
            waiting = plan[plan.index("Plan: Not decided") :]
            needs = "; ".join(waits_for(rule))
            asked = waiting.index(f"needs {needs}" if needs else ANYWAY)
            assert rule.authority in waiting[asked:]
            assert (rule.beside or rule.title) in waiting[asked:]
            continue
        place = plan.index(sentence(rule))
        for item in rule.first:
            assert 0 <= plan.index(warning(item)) < place
            warned += 1
    assert warned or name in ("textbook", "treated")


def test_a_warning_is_written_out_once_in_a_section() -> None:
    """What stands before several rules is written out before the first, and named before others."""
    found = assess(observed(textbook(structural_kidney_injury="present")), engine=engine())
    text = " ".join(assessment_text.render(found, width=100_000).split())
    section = text[text.index("Plan: Vasoconstrictor") : text.index("Plan: Beyond")]
    (caution,) = (p for p in rule_first(found) if p.id == "structural_injury")
    assert section.count(warning(caution)) == 1
    assert section.count("Caution, The diagnosis of HRS-AKI, as above: structural kidney") == 2


def rule_first(found: Assessment) -> tuple[Precaution, ...]:
    return next(rule.first for rule in found.plan if rule.id == "terlipressin-us")


def test_a_contraindicated_drug_is_shown_without_its_dose() -> None:
    found = case("hypoxic")
    text = assessment_text.render(found, width=100_000)
    starting = text[text.index("Starting terlipressin") : text.index("Plan: Beyond")]
    lines = [line for line in starting.splitlines() if "Not proposed: Terlipressin" in line]
    assert len(lines) == 4
    assert not any(DOSE.search(line) for line in lines)
    assert "CONTRAINDICATION, Terlipressin: SpO2 below 90%" in starting


def test_nothing_for_a_patient_carries_a_dose_or_a_drug_to_take() -> None:
    for name in CASES:
        page = assessment_text.render(case(name, Reader.PATIENT))
        said = page[: page.find("References")] if "References" in page else page
        assert not DOSE.search(said), name
        assert "terlipressin" not in said.lower()


def test_every_mark_has_its_reference_with_a_quote() -> None:
    found = case("treated", Reader.RESEARCHER)
    text = assessment_markdown.render(found)
    body, _, references = text.partition("## References")
    marks = {int(n) for n in re.findall(r"\\\[(\d+)\\\]", body)}
    numbered = {int(n) for n in re.findall(r"^(\d+)\. ", references, re.MULTILINE)}
    assert marks == numbered
    works = re.split(r"^\d+\. ", references, flags=re.MULTILINE)[1:]
    assert [work for work in works if "\n   > " not in work] == []


def test_html_escapes_what_the_patient_file_says() -> None:
    page = assessment_html.render(case("empty"))
    assert "<b>&" not in page
    assert "&lt;b&gt;&amp;" in page
    assert "<script" not in page


def test_a_researcher_reads_every_score_and_rule() -> None:
    few = assessment_text.render(case("textbook"))
    full = assessment_text.render(case("textbook", Reader.RESEARCHER))
    assert "more scores are unknown or do not apply" in few
    for score in case("textbook").scores:
        assert score.name in full.replace("\n      ", " ").replace("\n    ", " ")
    assert "volume_window_hours" in few


def test_json_is_the_whole_assessment_and_keeps_its_schema() -> None:
    found = case("treated")
    data = json.loads(assessment_json.render(found))
    assert data.pop("schema") == assessment_json.SCHEMA_ID
    assert msgspec.convert(data, Assessment, strict=False) == found
    assert "Recommendation" in assessment_json.schema()["$defs"]


@pytest.mark.parametrize("name", CASES)
def test_fhir_passes_an_independent_model(name: str) -> None:
    from fhir.resources.R4B.bundle import Bundle

    data = assessment_fhir.bundle(case(name))
    read = Bundle.model_validate(data)
    assert len(read.entry) == len(data["entry"])
    urls = [entry["fullUrl"] for entry in data["entry"]]
    assert len(set(urls)) == len(urls)


def test_fhir_holds_each_kind() -> None:
    data = assessment_fhir.bundle(case("open"))
    kinds = {entry["resource"]["resourceType"] for entry in data["entry"]}
    assert kinds == {
        "Patient", "Observation", "DetectedIssue", "RiskAssessment", "GuidanceResponse",
    }  # fmt: skip
    guidance = {
        entry["resource"]["moduleCodeableConcept"]["coding"][0]["code"]: entry["resource"]["status"]
        for entry in data["entry"]
        if entry["resource"]["resourceType"] == "GuidanceResponse"
    }
    assert guidance["terlipressin-us"] == "data-required"
    assert guidance["find-cause"] == "success"
    risks = [
        e["resource"] for e in data["entry"] if e["resource"]["resourceType"] == "RiskAssessment"
    ]
    assert risks
    assert not any("probabilityDecimal" in p for r in risks for p in r["prediction"])


def test_fhir_refuses_a_code_outside_its_value_set() -> None:
    with pytest.raises(KnowledgeError, match="'zzz' is no code"):
        fhir_codes.code("observation-status", "zzz")
    for name, item in fhir_codes.value_sets().items():
        assert item["source"].startswith("http"), name


def test_the_chart_shows_values_stages_and_treatment() -> None:
    text = chart(case("treated"))
    assert "baseline" in text
    assert "stage 2" in text
    assert "Terlipressin 0.85" in text
    assert all(len(line) <= 88 for line in text.splitlines())
    assert chart(case("empty")) == ""


@pytest.mark.parametrize("ending", [".svg", ".png", ".pdf"])
def test_the_figure_is_the_same_bytes_for_the_same_patient(ending: str) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    found = case("treated")
    first = assessment_plot.draw(found, ending)
    assert first == assessment_plot.draw(found, ending)
    if ending == ".svg":
        text = first.decode()
        assert "1.5 mg/dL: reversal; 1B" in text
        assert "Terlipressin" in text


def test_the_figure_refuses_what_it_cannot_draw() -> None:
    with pytest.raises(InputError, match=r"ending in \.svg"):
        assessment_plot.draw(case("treated"), ".gif")
    with pytest.raises(InputError, match="no creatinine"):
        assessment_plot.draw(case("empty"), ".svg")


def test_the_time_of_asking_is_printed() -> None:
    found = assess(observed(textbook()), at=datetime(2026, 3, 3, 12), engine=engine())
    assert "Assessment of p at 2026-03-03 12:00" in assessment_text.render(found)


def test_fhir_holds_stages_criteria_and_organ_failures() -> None:
    found = case("textbook")
    data = assessment_fhir.bundle(found)
    coded = {
        (code["system"], code["code"]): entry["resource"]
        for entry in data["entry"]
        if entry["resource"]["resourceType"] == "Observation"
        for code in entry["resource"]["code"]["coding"]
    }
    stage = coded["urn:hepatica:stage", "ica_aki"]
    assert stage["valueInteger"] == found.episode.ica.max_stage
    for item in found.criteria:
        shown = coded["urn:hepatica:criteria", item.id]
        assert shown.get("valueBoolean") is {"met": True, "not_met": False}.get(item.state)
        assert ("dataAbsentReason" in shown) is (item.state == "unknown")
        assert len(shown.get("component", ())) == len(item.items)
    organs = coded["urn:hepatica:grade", "aclf"]["component"]
    assert [part["code"]["coding"][0]["code"] for part in organs] == [
        organ.organ for organ in found.aclf.organs
    ]


def test_fhir_invents_no_zone() -> None:
    """The patient's clock has no zone, and a FHIR instant would need one."""
    text = assessment_fhir.render(case("textbook"))
    assert "timestamp" not in text
    assert not re.search(r"T\d\d:\d\d:\d\dZ", text)


def test_a_long_record_does_not_flood_the_page() -> None:
    """A creatinine an hour: the newest, those that change the stage, and how many more."""

    def value(at: int, amount: float) -> dict[str, object]:
        return {"concept": "creatinine", "value": amount, "unit": "mg/dL", "time": hours(at)}

    rows = [value(at, 1) for at in range(600)] + [value(600 + at, 2.5) for at in range(3)]
    found = assess(observed({"id": "p", "observations": rows}), engine=Bedside())
    text = chart(found) + assessment_text.render(found)
    assert "... 5" in text
    assert sum(bool(re.match(r"  20\d\d-", line)) for line in text.splitlines()) < 90
    assert text.count("2.5 mg/dL") >= 3
    assert len(json.loads(assessment_json.render(found))["known"]) >= 603
