"""PubMed records: structured abstracts, designs, notices, and whole files in flat memory."""

from __future__ import annotations

import gzip
import io
import sys
import tracemalloc
from pathlib import Path

import pytest
from structured import FIXTURES, document, documents, read, shown

from hepatica.errors import SourceError
from hepatica.evidence.model import Design, Document, Rejection, Status
from hepatica.evidence.readers import medline

sys.path.insert(0, str(Path(__file__).parents[3]))
from benchmarks.medline_file import write

RECORDS = FIXTURES / "medline" / "records.xml"


@pytest.fixture(scope="module")
def by_id() -> dict[str, Document]:
    return {one.source.id: one for one in documents(medline, RECORDS)}


def test_a_trial(by_id: dict[str, Document]) -> None:
    source = by_id["pmid:90000001"].source
    assert source.title == "Fictipressin plus albumin for a fictional syndrome"
    assert source.authors == "Wong F, Doe J Jr, FICTION Study Investigators"
    assert source.container == "Invent J Med"
    assert (source.published, source.year, source.revision) == ("2031-03-04", 2031, "2031-04-02")
    assert source.identifiers == {
        "pmid": "90000001",
        "doi": "10.5555/Invented.1",
        "pmcid": "PMC90000001",
        "nct": "NCT99999999",
    }
    assert source.design is Design.RCT
    assert source.language == "en"
    assert source.licence == "© 2031 Nobody."
    assert source.subjects == (
        "Humans",
        "Animals",
        "Hepatorenal Syndrome",
        "fictipressin",
        "fiction",
    )
    assert source.status is Status.CORRECTED
    assert source.notices == ("Erratum in: Invent J Med. 2031;4:1 (PMID 90000099)",)


def test_a_structured_abstract(by_id: dict[str, Document]) -> None:
    assert [(p.section, p.text) for p in shown(by_id["pmid:90000001"])] == [
        ((), "Fictipressin plus albumin for a fictional syndrome."),
        (("Abstract", "BACKGROUND"), "Platelets were 45 × 10⁹/L and SpO2 90%."),
        (("Abstract", "RESULTS"), "Reversal in 24 of 120 patients (20.0%) <0.01."),
        (("Abstract",), "Trial registration follows."),
    ]


def test_a_retracted_record_without_abstract(by_id: dict[str, Document]) -> None:
    one = by_id["pmid:90000002"]
    assert [p.text for p in shown(one)] == ["Una ficción sobre el hígado."]
    assert one.source.status is Status.RETRACTED
    assert one.source.notices == ("Retracted in: Invent J. 2000;1:1 (PMID 90000098)",)
    assert (one.source.published, one.source.year) == ("1998 Dec-1999 Jan", 1998)
    assert one.source.language == "es"


def test_work_on_animals_alone_is_preclinical_even_as_a_guideline(
    by_id: dict[str, Document],
) -> None:
    assert by_id["pmid:90000003"].source.design is Design.PRECLINICAL


def test_a_guideline_with_an_expression_of_concern(by_id: dict[str, Document]) -> None:
    one = by_id["pmid:90000004"]
    assert one.source.design is Design.GUIDELINE
    assert one.source.status is Status.CONCERN
    assert [(p.section, p.text) for p in shown(one)[1:]] == [
        (("Plain language summary",), "In plain words.")
    ]


def test_a_book_chapter(by_id: dict[str, Document]) -> None:
    source = by_id["pmid:90000005"].source
    assert (source.title, source.container) == ("Fictional syndrome", "Handbook of fiction")
    assert (source.authors, source.issuer) == ("Writer W", "Nowhere Press")
    assert source.identifiers == {"pmid": "90000005", "bookaccession": "NBK9999999"}
    assert (source.published, source.design) == ("2025-02-03", Design.REVIEW)


def test_broken_and_deleted_records_are_rejected_and_reading_goes_on() -> None:
    rejected = [one for one in read(medline, RECORDS) if isinstance(one, Rejection)]
    assert [(one.where, one.reason) for one in rejected] == [
        ("file: record 3", "the record's PMID is '', expected 1 to 8 digits"),
        ("pmid:90000090", medline.DELETED),
        ("pmid:90000091", medline.DELETED),
    ]


@pytest.mark.parametrize("wanted", ["RetractionIn", "ErratumIn", "UpdateIn", "CommentIn"])
def test_what_a_link_makes_of_the_status(wanted: str) -> None:
    data = RECORDS.read_bytes().replace(b'RefType="ErratumIn"', f'RefType="{wanted}"'.encode())
    status = documents(medline, data)[0].source.status
    expected = {"RetractionIn": Status.RETRACTED, "ErratumIn": Status.CORRECTED}
    assert status is expected.get(wanted, Status.CURRENT)


def test_publication_type_alone_retracts() -> None:
    data = RECORDS.read_bytes().replace(b'RefType="RetractionIn"', b'RefType="CommentIn"')
    one = documents(medline, data)[1]
    assert one.source.status is Status.RETRACTED
    assert one.source.notices == ("PubMed marks this publication as retracted",)


def test_a_truncated_file_yields_the_complete_records_before_the_break() -> None:
    data = RECORDS.read_bytes()
    found = read(medline, data[: data.index(b"PMC90000001") + 400])
    assert [one.source.id for one in found if isinstance(one, Document)] == ["pmid:90000001"]
    assert isinstance(found[-1], Rejection)
    assert found[-1].where == "file: after record 1"
    assert "breaks off" in found[-1].reason


def test_a_break_in_the_middle_keeps_what_came_before() -> None:
    data = RECORDS.read_bytes().replace(b"Fictipressin in rats.", b"Fictipressin </in> rats.")
    found = read(medline, data)
    assert [one.source.id for one in found if isinstance(one, Document)] == [
        "pmid:90000001",
        "pmid:90000002",
    ]
    assert isinstance(found[-1], Rejection)


def test_a_wrong_encoding_declaration_is_a_break() -> None:
    latin = RECORDS.read_text("utf-8").replace("hígado", "h\xedgado").encode("latin-1", "replace")
    found = read(medline, latin)
    assert isinstance(found[-1], Rejection)
    assert not any("hgado" in one.source.text for one in found if isinstance(one, Document))


def test_utf_16_reads_the_same() -> None:
    text = RECORDS.read_text("utf-8").replace('encoding="utf-8"', 'encoding="utf-16"')
    assert documents(medline, text.encode("utf-16")) == documents(medline, RECORDS)


def test_more_than_25_authors_end_in_et_al() -> None:
    authors = b"".join(
        b"<Author><LastName>N%d</LastName><Initials>X</Initials></Author>" % n for n in range(40)
    )
    data = RECORDS.read_bytes().replace(b'<Author ValidYN="N">', authors + b'<Author ValidYN="N">')
    written = documents(medline, data)[0].source.authors
    assert written is not None
    assert written.count(",") == 25
    assert written.endswith(", et al.")


@pytest.mark.parametrize("root", ["MedlineCitationSet", "PubmedArticleSet"])
def test_old_and_new_roots(root: str) -> None:
    article = b"<Article><ArticleTitle>T.</ArticleTitle></Article>"
    citation = b"<MedlineCitation><PMID>5</PMID>" + article + b"</MedlineCitation>"
    if root == "PubmedArticleSet":
        citation = b"<PubmedArticle>" + citation + b"</PubmedArticle>"
    data = f"<{root}>".encode() + citation * 2 + f"</{root}>".encode()
    assert [one.source.id for one in documents(medline, data)] == ["pmid:5", "pmid:5"]
    assert medline.matches(data, "x.xml")


def test_the_wrong_format_says_what_was_expected() -> None:
    with pytest.raises(SourceError, match="root element is 'feed', expected PubMed records"):
        read(medline, b"<feed/>")
    assert not medline.matches(b"<feed/>", "pubmed.xml")


def test_a_gzipped_file_reads_as_it_is_unpacked(tmp_path: Path) -> None:
    packed = tmp_path / "pubmed25n0001.xml.gz"
    write(packed, 50, seed=2)
    with gzip.open(packed) as stream:
        assert sum(isinstance(one, Document) for one in medline.read(stream, origin="file")) == 50


class CutShort(io.BytesIO):
    """An unpacked stream whose compressed data ends early."""

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        if not data:
            raise SourceError("file: the compressed data is damaged or cut short")
        return data


def test_a_compressed_file_cut_short_yields_what_it_holds() -> None:
    stream = CutShort(RECORDS.read_bytes()[:-500])
    found = list(medline.read(stream, origin="file"))
    assert sum(isinstance(one, Document) for one in found) == 4
    assert isinstance(found[-1], Rejection)
    assert "cut short" in found[-1].reason


class TestBaselineFile:
    """A generated file in the shape of PubMed's baseline."""

    def test_every_record_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "baseline.xml"
        write(path, 300, seed=3)
        found = documents(medline, path)
        assert len(found) == 300
        assert len({one.source.id for one in found}) == 300
        assert {one.source.design for one in found} >= {
            Design.RCT,
            Design.REVIEW,
            Design.META_ANALYSIS,
            Design.COHORT,
            Design.PRECLINICAL,
            Design.NARRATIVE,
        }

    def test_the_same_seed_writes_the_same_bytes(self, tmp_path: Path) -> None:
        for name in ("a.xml", "b.xml"):
            write(tmp_path / name, 20, seed=5)
        assert (tmp_path / "a.xml").read_bytes() == (tmp_path / "b.xml").read_bytes()

    def test_memory_stays_flat(self, tmp_path: Path) -> None:
        path = tmp_path / "baseline.xml"
        write(path, 1_500, seed=4)
        data = path.read_bytes()
        tracemalloc.start()
        for _ in medline.read(io.BytesIO(data), origin="file"):
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 5_000_000 < len(data)


def test_a_real_record(shared: Path) -> None:
    path = shared / "data" / "formats" / "medline" / "pubmed-29768149.xml"
    one = document(medline, path)
    source = one.source
    assert source.id == "pmid:29768149"
    assert source.identifiers == {
        "pmid": "29768149",
        "doi": "10.1056/NEJMoa1715274",
        "nct": "NCT02149199",
    }
    assert source.design is Design.RCT
    assert source.published == "2018-05-17"
    assert [p.section for p in shown(one)[1:]] == [
        ("Abstract", label) for label in ("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS")
    ]
    assert "fast-acting β2-agonist may be" in source.text
    assert "0.64; 95% CI, 0.57 to 0.73" in source.text
