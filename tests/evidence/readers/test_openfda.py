"""openFDA's labels: the same work as the SPL file, each stretch of text once."""

from __future__ import annotations

import json

import pytest
from structured import FIXTURES, below, documents, read, shown, tables

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Design, Document, Rejection
from hepatica.evidence.readers import openfda, spl

LABELS = FIXTURES / "openfda" / "labels.json"


@pytest.fixture(scope="module")
def label() -> Document:
    return documents(openfda, LABELS)[0]


def test_it_is_the_same_work_as_the_spl_file(label: Document) -> None:
    (from_spl,) = documents(spl, FIXTURES / "spl" / "label.xml")
    for field in ("id", "design", "issuer", "container", "published", "revision", "url"):
        assert getattr(label.source, field) == getattr(from_spl.source, field)
    assert label.source.identifiers == from_spl.source.identifiers
    assert label.source.design is Design.REGULATORY_LABEL
    assert label.source.title == "Fictilysin (fictipressin)"


def test_sections_have_names_codes_and_numbers(label: Document) -> None:
    assert [(p.section, p.code) for p in shown(label)[1:]] == [
        (("Boxed Warning",), "34066-1"),
        (("Indications & Usage",), "34067-9"),
        (("Dosage & Administration", "2.1"), "34068-7"),
        (("Dosage & Administration", "2.1"), "34068-7"),
        (("Dosage & Administration", "2.1"), "34068-7"),
        (("Dosage & Administration", "2.2"), "34068-7"),
        (("Contraindications", "4.1"), "34070-3"),
        (("Use in Specific Populations", "Pregnancy"), "42228-7"),
        (("Use in Specific Populations", "Pediatric Use"), "34081-0"),
        (("Use in Specific Populations",), "43684-0"),
        (("Adverse Reactions",), "34084-4"),
    ]


def test_a_table_has_its_rows_back_and_its_words_stand_once(label: Document) -> None:
    assert tables(label)[0] == [
        "Table 1. Dosage by day",
        "Day | Dose (mg)",
        "1 to 3 | 0.4",
        "4 | 0.8",
        "2.2 Severe | 3.4",
    ]
    assert label.source.text.count("Table 1. Dosage by day") == 1


def test_a_table_whose_words_are_nowhere_is_still_there(label: Document) -> None:
    assert tables(label)[1] == ["Orphan | 1"]


def test_a_subsection_that_is_repeated_as_a_field_stands_once(label: Document) -> None:
    assert label.source.text.count("Fictilysin may harm a fetus") == 1
    assert below(label, "Use in Specific Populations") == [
        "8.6 Hepatic Impairment No change of dose."
    ]


def test_a_dose_table_in_a_box_is_no_boxed_warning() -> None:
    other = documents(openfda, LABELS)[1]
    (dose,) = [p for p in shown(other) if p.text.startswith("Severe symptoms")]
    assert (dose.section, dose.code) == (("Dosage & Administration",), "34068-7")


def test_a_broken_label_is_rejected_and_reading_goes_on() -> None:
    found = read(openfda, LABELS)
    assert [type(one).__name__ for one in found] == ["Document", "Rejection", "Document"]
    rejection = found[1]
    assert isinstance(rejection, Rejection)
    assert rejection.where == "file: label 2"
    assert "'not-a-set-id'" in rejection.reason


def test_one_label_alone_and_a_list_of_labels() -> None:
    records = json.loads(LABELS.read_text("utf-8"))["results"]
    assert len(documents(openfda, json.dumps(records[0]).encode())) == 1
    assert len(documents(openfda, json.dumps(records).encode())) == 2


def test_a_truncated_file_yields_what_came_before_the_break() -> None:
    data = LABELS.read_bytes()
    found = read(openfda, data[: data.index(b"not-a-set-id")])
    assert [type(one).__name__ for one in found] == ["Document", "Rejection"]
    assert isinstance(found[-1], Rejection)
    assert "breaks off" in found[-1].reason


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", SourceError),
        (b"  \n", SourceError),
        (b"<xml/>", SourceError),
        (b"[" * 1_000, UnsafeSourceError),
        (b'{"results":[' + b'{"a":' * 500, UnsafeSourceError),
    ],
)
def test_hostile_files(data: bytes, error: type[SourceError]) -> None:
    with pytest.raises(error):
        read(openfda, data)


@pytest.mark.parametrize(
    "record",
    [
        b'{"set_id": 7}',
        b'{"set_id": "00000000-0000-4000-8000-000000000001", "openfda": []}',
        b'{"set_id": "00000000-0000-4000-8000-00000000\xff001"}',
        b'{"effective_time": "20300101"}',
        b'{"set_id": }',
    ],
)
def test_records_of_the_wrong_shape_are_rejected(record: bytes) -> None:
    (rejection,) = read(openfda, b'{"results": [' + record + b"]}")
    assert isinstance(rejection, Rejection)


def test_fields_of_the_wrong_type_are_passed_over() -> None:
    record = {
        "set_id": "00000000-0000-4000-8000-000000000003",
        "version": 3,
        "warnings": [1, None, "Kept."],
        "purpose": {"a": 1},
        "overdosage": "A string, not a list.",
    }
    (label,) = documents(openfda, json.dumps({"results": [record]}).encode())
    assert label.source.revision == "3"
    assert [p.text for p in shown(label)[1:]] == ["Kept.", "A string, not a list."]


def test_many_nested_sections_do_not_exhaust_the_reader() -> None:
    texts = [" ".join(["word"] * count) for count in range(10, 1_300)]
    record = {"set_id": "00000000-0000-4000-8000-000000000003", "warnings": texts}
    assert len(documents(openfda, json.dumps(record).encode())) == 1


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (LABELS.read_bytes()[:4096], True),
        (b'{"set_id": "x"}', True),
        (
            b'{"meta": {"terms": "https://open.fda.gov/terms/"}, "results": [{"safetyreportid"',
            False,
        ),
        (b'{"studies": []}', False),
        (b"<set_id/>", False),
    ],
)
def test_matches(head: bytes, expected: bool) -> None:
    assert openfda.matches(head, "x.json") is expected


@pytest.mark.parametrize(
    "markup",
    ["", "no table", "<table", "<table/>", "<table><tr><td>" * 300, "&#0;<table>\x00", "<!--"],
)
def test_broken_table_markup_never_stops_a_label(markup: str) -> None:
    record = {
        "set_id": "00000000-0000-4000-8000-000000000003",
        "warnings": ["Warned."],
        "warnings_table": [markup],
    }
    (label,) = documents(openfda, json.dumps(record).encode())
    assert [p.text for p in shown(label)][1] == "Warned."
