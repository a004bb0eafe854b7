"""Drug labels: sections, codes and tables of the SPL file, and no number ever changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from structured import FIXTURES, below, document, documents, read, shown, tables

from hepatica.errors import SourceError
from hepatica.evidence.model import Design, Document, Rejection, Tier
from hepatica.evidence.numbers import numbers
from hepatica.evidence.readers import spl

LABEL = FIXTURES / "spl" / "label.xml"


@pytest.fixture(scope="module")
def label() -> Document:
    return document(spl, LABEL)


def test_what_the_label_says_about_itself(label: Document) -> None:
    source = label.source
    assert source.id == "spl:00000000-0000-4000-8000-000000000001"
    assert source.title == "FICTILYSIN® (fictipressin) for injection, for intravenous use"
    assert source.design is Design.REGULATORY_LABEL
    assert source.tier is Tier.LABEL
    assert source.issuer == "Nowhere Pharmaceuticals, Inc."
    assert (source.published, source.year, source.revision) == ("2031-09-14", 2031, "7")
    assert source.identifiers == {
        "setid": "00000000-0000-4000-8000-000000000001",
        "nda": "NDA999999",
    }
    assert source.subjects == ("Fictilysin", "fictipressin")


@pytest.mark.parametrize(
    ("section", "code", "text"),
    [
        (("Boxed Warning", "WARNING: SERIOUS OR FATAL EVENTS"), "34066-1", "SpO2 <90%"),
        (("1 INDICATIONS AND USAGE",), "34067-9", "improve a fiction in adults"),
        (("2 DOSAGE AND ADMINISTRATION", "2.1 Recommended Dosage"), "34068-7", "0.4 mg every"),
        (("4 CONTRAINDICATIONS", "4.2 Pregnancy"), "42228-7", "Do not use."),
        (("14 CLINICAL STUDIES", "Trial in adults"), "34092-7", "1.73 m² on the 25th day"),
    ],
)
def test_passages_stand_under_their_section_and_code(
    label: Document, section: tuple[str, ...], code: str, text: str
) -> None:
    assert any(p.section == section and p.code == code and text in p.text for p in shown(label)), (
        shown(label)
    )


def test_a_heading_within_a_section_ends_where_the_next_emphasised_line_stands(
    label: Document,
) -> None:
    studies = [(p.section[1:], p.text) for p in shown(label) if p.code == "34092-7"]
    assert studies[1:] == [
        (("CYP3A4 inhibitors",), "Give less."),
        ((), "From 65 years"),
        ((), "Give 2 mg."),
    ]


def test_a_contraindication_that_is_only_a_title_is_a_passage(label: Document) -> None:
    assert below(label, "4 CONTRAINDICATIONS") == ["4.1 Ongoing ischemia"]


def test_a_dose_table_in_a_box_is_no_boxed_warning(label: Document) -> None:
    (dose,) = [p for p in shown(label) if p.text.startswith("Severe symptoms")]
    assert (dose.section, dose.code) == (("2 DOSAGE AND ADMINISTRATION",), "34068-7")


def test_a_list_stands_with_the_line_that_announces_it_and_its_footnotes(label: Document) -> None:
    (text,) = [p.text for p in shown(label) if p.text.startswith("Start with")]
    assert text.split("\n") == [
        "Start with 0.4 mg every 6 hours. Before the first dose:",
        "• Measure platelets; below 10³/µL do not start. [a]",
        "[a] Or 1.5 × 10⁹/L.",
        "• Correct hypovolemia in a patient 5 1⁄2 years old or 5 1⁄2 years old [a].",
    ]


def test_a_table_has_a_row_a_line_its_spans_filled_and_its_notes_below(label: Document) -> None:
    assert tables(label) == [
        [
            "Table 1. Dosage by day [a]",
            "Day | Dose | Dose",
            "Day | mg | every",
            "1 to 3 | 0.4 [a] | 6 hours",
            "4 | 0.4; 0.8 | 6 hours",
            "Day 5 and later",
            "No more than 14 days.",
            "[a] By body weight of at least 40 kg.",
        ]
    ]


def test_figures_and_highlights_are_left_out(label: Document) -> None:
    assert "LEFT OUT" not in label.source.text
    assert "HIGHLIGHT" not in label.source.text


def test_reading_twice_gives_the_same_version() -> None:
    assert document(spl, LABEL).source.version == document(spl, LABEL).source.version


def test_a_label_without_a_set_id_is_rejected() -> None:
    data = LABEL.read_bytes().replace(b"<setId", b"<otherId")
    (rejection,) = read(spl, data)
    assert isinstance(rejection, Rejection)
    assert "set id" in rejection.reason


def test_an_unknown_entity_is_rejected_not_dropped() -> None:
    data = LABEL.read_bytes().replace(
        b"<document ", b'<!DOCTYPE document SYSTEM "spl.dtd"><document ', 1
    )
    micro = data.replace("µL".encode(), b"&micro;L")
    assert "10³/µL" in document(spl, micro).source.text
    (rejection,) = read(spl, data.replace("µL".encode(), b"&noSuchThing;L"))
    assert isinstance(rejection, Rejection)
    assert "&noSuchThing;" in rejection.reason


def test_another_hl7_document_is_the_wrong_format() -> None:
    with pytest.raises(SourceError, match="expected an SPL drug label"):
        read(spl, b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>')


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'<?xml version="1.0"?>\n<!-- x --><document xmlns="urn:hl7-org:v3">', True),
        (b'\xef\xbb\xbf<document xmlns="urn:hl7-org:v3" a="b">', True),
        (b"<document>", False),
        (b'<ClinicalDocument xmlns="urn:hl7-org:v3">', False),
        (b"", False),
    ],
)
def test_matches(head: bytes, expected: bool) -> None:
    assert spl.matches(head, "label.xml") is expected


class TestRealLabels:
    """DailyMed's own files (FDA/openfda test data, CC0)."""

    def label(self, shared: Path, name: str) -> Document:
        return document(spl, shared / "data" / "formats" / "spl" / name)

    def test_lipitor(self, shared: Path) -> None:
        lipitor = self.label(shared, "lipitor.xml")
        source = lipitor.source
        assert source.id == "spl:c6e131fe-e7df-4876-83f7-9156fc4e8228"
        assert source.title == ("LIPITOR® (atorvastatin calcium) Tablets for oral administration")
        assert source.identifiers["nda"] == "NDA020702"
        assert source.revision == "11"
        assert below(lipitor, "4 CONTRAINDICATIONS") == [
            "4.1 Active liver disease, which may include unexplained persistent elevations in "
            "hepatic transaminase levels",
            "4.2 Hypersensitivity to any component of this medication",
        ]
        codes = {passage.code for passage in lipitor.passages}
        assert {"34067-9", "34068-7", "34070-3", "43685-7", "34084-4", "34092-7"} <= codes
        assert "42229-5" in codes
        interactions = next(t for t in tables(lipitor) if t[0].startswith("TABLE 3"))
        assert interactions[3] == (
            "[b] Cyclosporine 5.2 mg/kg/day, stable dose | 10 mg QD for 28 days | ↑ 8.7 fold | "
            "↑ 10.7 fold"
        )
        assert "(C33H34 FN2O5)2Ca" in source.text.replace("H34FN2", "H34 FN2")

    def test_every_number_of_the_text_sections_stands_in_the_file(self, shared: Path) -> None:
        """No figure is born: what the reader writes, the file holds."""
        path = shared / "data" / "formats" / "spl" / "lipitor.xml"
        written = numbers(document(spl, path).source.text)
        assert written <= numbers(path.read_text("utf-8").replace("<", " <"))

    def test_cough(self, shared: Path) -> None:
        cough = self.label(shared, "cough.xml")
        assert cough.source.title.startswith("TRIAMINIC Childrens Night Time Cold and Cough")
        assert [
            "Age | Dose",
            "children under 4 years of age | do not use",
            "children 4 to under 6 years of age | do not use unless directed by a doctor",
            "children 6 to under 12 years of age | 2 teaspoonfuls (10 mL)",
        ] in tables(cough)

    def test_without_a_title(self, shared: Path) -> None:
        haloperidol = self.label(shared, "no-title.xml")
        assert haloperidol.source.title == "Haloperidol tablet"
        assert haloperidol.source.identifiers["anda"] == "ANDA070278"
        assert haloperidol.source.issuer == "Contract Pharmacy Services-PA"
        (boxed,) = [p for p in shown(haloperidol) if p.code == "34066-1"]
        assert boxed.text.startswith("Elderly patients with dementia-related psychosis")
        (dose,) = [p for p in shown(haloperidol) if p.text.startswith("Moderate Symptomatology")]
        assert dose.code == "34068-7"
        assert "5 1⁄2 year old child" in haloperidol.source.text

    def test_all_three_read_as_documents(self, shared: Path) -> None:
        for path in sorted((shared / "data" / "formats" / "spl").glob("*.xml")):
            assert len(documents(spl, path)) == 1
