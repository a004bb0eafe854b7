"""Registered studies: status, design, and results with every numerator over its denominator."""

from __future__ import annotations

import json
from typing import Any

import pytest
from structured import FIXTURES, below, document, documents, read, shown, tables

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Design, Document, Rejection
from hepatica.evidence.readers import ctgov

STUDY = FIXTURES / "ctgov" / "study.json"


@pytest.fixture(scope="module")
def study() -> Document:
    return document(ctgov, STUDY)


def raw() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(STUDY.read_text("utf-8"))
    return content


def test_what_the_study_says_about_itself(study: Document) -> None:
    source = study.source
    assert source.id == "nct:NCT99999999"
    assert source.title == "Fictipressin for a Fictional Syndrome"
    assert source.design is Design.TRIAL_REGISTRATION
    assert source.issuer == "Nowhere Pharmaceuticals"
    assert (source.published, source.year, source.revision) == ("2033-01-15", 2033, "2033-02-20")
    assert source.identifiers == {"nct": "NCT99999999", "eudract": "2031-000000-00"}
    assert source.url == "https://clinicaltrials.gov/study/NCT99999999"
    assert source.subjects == ("Hepatorenal Syndrome", "Fictipressin", "Placebo", "fiction")
    assert source.notices == ("A publication listed by the registry is retracted: PMID 90000098",)


@pytest.mark.parametrize(
    ("section", "texts"),
    [
        (
            "Status",
            [
                "Overall status: Terminated. Why stopped: Slow recruitment. Start: 2031-07-13 "
                "(actual). Primary completion: 2032-07 (actual). Completion: 2032-09 (actual). "
                "First posted: 2031-05-30. Results first posted: 2033-01-15. Last update posted: "
                "2033-02-20."
            ],
        ),
        (
            "Summary",
            [
                "Does fictipressin reverse a fictional syndrome?",
                "Patients with creatinine >= 2.25 mg/dL take part.",
            ],
        ),
        (
            "Design",
            [
                "Study type: Interventional. Phase: Phase 2, Phase 3. Allocation: Randomized. "
                "Intervention model: Parallel. Primary purpose: Treatment. Masking: Double "
                "(participant, care provider). Enrollment: 180 participants (actual)."
            ],
        ),
        (
            "Arms",
            [
                "Experimental: Fictipressin\n0.4 mg i.v. every 6 hours\n"
                "Interventions: Drug: Fictipressin",
                "Placebo comparator: Placebo\nInterventions: Drug: Placebo",
            ],
        ),
        (
            "Primary outcomes",
            ["Verified reversal. Time frame: 14 days.\nTwo creatinine values <= 1.5 mg/dL."],
        ),
        (
            "Eligibility criteria",
            [
                "Inclusion Criteria:\n• At least 18 years of age\n• Cirrhosis and ascites",
                "Exclusion Criteria:\n• Serum creatinine > 7 mg/dL",
            ],
        ),
        ("Publications", ["Result: Wong F, Doe J. Invent J Med. 2031. PMID 90000001."]),
    ],
)
def test_protocol(study: Document, section: str, texts: list[str]) -> None:
    assert below(study, section) == texts


@pytest.mark.parametrize(
    "table",
    [
        [
            "Participant flow: Overall Study",
            "Number of participants | Fictipressin | Placebo",
            "Started | 120 | 60",
            "Completed | 80 [day 90] | 40",
            "Not completed: Death | 40 | 20",
        ],
        [
            "Baseline characteristics: Age",
            "Mean (Standard deviation), years | Fictipressin | Placebo",
            "Participants analysed | 120 | 60",
            "Mean (Standard deviation) | 50.5 (9.5) | 51.0 (10.0)",
        ],
        [
            "Baseline characteristics: Sex",
            "Count of participants, Participants | Fictipressin | Placebo",
            "Participants analysed | 120 | 60",
            "Female | 50/120 | 25/60",
            "Male | 70/120 | 35/60",
        ],
        [
            "Primary outcome: Verified Reversal",
            "Count of participants, Participants | Fictipressin | Placebo",
            "Participants analysed | 120 | 60",
            "Count of participants | 30/120 | 9/60",
        ],
        [
            "Secondary outcome: Survival",
            "Median (95% Confidence Interval), days | Fictipressin | Placebo",
            "Participants analysed | 120 | 60",
            "Participants analysed [Grade 3] | 60 | 30",
            "Grade 3 | NA (21 to NA) [Not reached] | 45 (20 to 70)",
        ],
        [
            "Adverse events: totals",
            "Affected/at risk | Fictipressin | Placebo",
            "All-cause mortality | 40/118 | 20/60",
            "Serious adverse events | 70/118 | 30/60",
            "Other adverse events | 90/118 | 44/60",
        ],
        [
            "Serious adverse events: Respiratory, thoracic and mediastinal disorders",
            "Affected/at risk | Fictipressin | Placebo",
            "Respiratory failure | 20/118 (21 events) | 1/60 (1 event)",
            "Pneumonia | 5/118 |",
        ],
    ],
    ids=lambda table: table[0],
)
def test_results(study: Document, table: list[str]) -> None:
    assert table in tables(study)


def test_an_analysis_reads_as_sentences(study: Document) -> None:
    assert below(study, "Results", "Outcome measures", "Verified Reversal")[-1] == (
        "Comparison: Fictipressin versus Placebo. Method: Chi-squared. Risk Difference (RD): 10.0 "
        "(95% CI 1.5 to 18.5, two sided). P: 0.04. Type of test: Superiority."
    )


def test_an_outcome_that_was_not_posted_says_so(study: Document) -> None:
    assert below(study, "Results", "Outcome measures", "Transplant-free survival")[-1] == (
        "Results for this outcome are not posted."
    )


def test_a_page_of_studies_with_a_broken_one() -> None:
    good, broken, other = raw(), raw(), raw()
    broken["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = "many"
    other["protocolSection"]["identificationModule"]["nctId"] = "NCT 1"
    page = {"totalCount": 4, "studies": [good, broken, other, good], "nextPageToken": "x"}
    found = read(ctgov, json.dumps(page).encode())
    assert [type(one).__name__ for one in found] == [
        "Document",
        "Rejection",
        "Rejection",
        "Document",
    ]
    assert isinstance(found[1], Rejection)
    assert found[1].where == "file: study 2"
    assert "$.protocolSection.designModule.enrollmentInfo.count" in found[1].reason
    assert isinstance(found[2], Rejection)
    assert "'NCT 1'" in found[2].reason


def test_a_list_of_studies_and_an_empty_page() -> None:
    assert len(documents(ctgov, json.dumps([raw(), raw()]).encode())) == 2
    assert read(ctgov, b'{"studies": [], "totalCount": 0}') == []


def test_a_registration_without_results() -> None:
    content = raw()
    del content["resultsSection"]
    one = document(ctgov, json.dumps(content).encode())
    assert one.source.published == "2033-01-15"
    assert not tables(one)


def test_the_least_that_a_study_has() -> None:
    least = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT99999998", "officialTitle": "Official"}
        }
    }
    one = document(ctgov, json.dumps(least).encode())
    assert (one.source.title, one.source.year) == ("Official", None)
    assert [p.kind for p in shown(one)] == ["title", "text"]


def test_a_truncated_page_yields_what_came_before_the_break() -> None:
    page = json.dumps({"studies": [raw(), raw()]}).encode()
    found = read(ctgov, page[:-500])
    assert [type(one).__name__ for one in found] == ["Document", "Rejection"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", SourceError),
        (b"nct", SourceError),
        (b'{"studies": ' + b"[" * 300, UnsafeSourceError),
    ],
)
def test_hostile_files(data: bytes, error: type[SourceError]) -> None:
    with pytest.raises(error):
        read(ctgov, data)


def test_markup_characters_of_the_registry_are_only_unescaped() -> None:
    content = raw()
    content["protocolSection"]["descriptionModule"]["briefSummary"] = (
        "MAP \\<65 mm\\_Hg, p \\> 0.05 & 10 \\* 2\n\n- one\n- two"
    )
    one = document(ctgov, json.dumps(content).encode())
    assert below(one, "Summary") == ["MAP <65 mm_Hg, p > 0.05 & 10 * 2", "• one\n• two"]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (STUDY.read_bytes()[:4096], True),
        (b'{"totalCount":2,"studies":[{"protocolSection"', True),
        (b'{"nextPageToken": "abc", "studies": []}', True),
        (b'{"results": []}', False),
        (b"protocolSection", False),
    ],
)
def test_matches(head: bytes, expected: bool) -> None:
    assert ctgov.matches(head, "x.json") is expected
