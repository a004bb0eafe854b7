"""From PubMed's publication types and MeSH to a design, gravest mistakes first."""

from __future__ import annotations

import pytest

from hepatica.evidence.model import Design
from hepatica.evidence.readers._bibliography import authors, iso, language, year_of
from hepatica.evidence.readers._designs import from_pubmed


@pytest.mark.parametrize(
    ("types", "mesh", "expected"),
    [
        (["Journal Article"], [], Design.NARRATIVE),
        (["Journal Article", "Randomized Controlled Trial"], ["Humans"], Design.RCT),
        (["Randomized Controlled Trial"], ["Humans", "Animals"], Design.RCT),
        (["Randomized Controlled Trial"], ["Animals"], Design.PRECLINICAL),
        (["Practice Guideline"], ["Animals", "Dogs"], Design.PRECLINICAL),
        (["Practice Guideline", "Review"], ["Humans"], Design.GUIDELINE),
        (["Consensus Development Conference"], [], Design.GUIDELINE),
        (["Meta-Analysis", "Systematic Review"], [], Design.META_ANALYSIS),
        (["Systematic Review"], [], Design.REVIEW),
        (["Review"], ["Cohort Studies"], Design.REVIEW),
        (["Clinical Trial Protocol", "Randomized Controlled Trial"], [], Design.NARRATIVE),
        (["Letter"], ["Retrospective Studies"], Design.NARRATIVE),
        (["Comment", "Randomized Controlled Trial"], [], Design.NARRATIVE),
        (["Retraction of Publication"], [], Design.NARRATIVE),
        (["Observational Study"], [], Design.COHORT),
        (["Journal Article"], ["Humans", "Retrospective Studies"], Design.COHORT),
        (["Clinical Trial, Phase III"], ["Humans"], Design.COHORT),
        (["Case Reports"], [], Design.NARRATIVE),
    ],
)
def test_from_pubmed(types: list[str], mesh: list[str], expected: Design) -> None:
    assert from_pubmed(types, mesh) is expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("2018", "05", "17"), "2018-05-17"),
        (("2018", "May", "7"), "2018-05-07"),
        (("2018", "5", None), "2018-05"),
        (("2018", None, "17"), "2018"),
        (("2018", "Spring", None), "2018"),
        (("2018", "13", "1"), "2018"),
        (("2018", "12", "41"), "2018-12"),
        (("", "12", "1"), None),
        (("20188", None, None), None),
        ((None, None, None), None),
    ],
)
def test_iso(parts: tuple[str | None, str | None, str | None], expected: str | None) -> None:
    assert iso(*parts) == expected


@pytest.mark.parametrize(
    ("date", "year"),
    [("1998 Dec-1999 Jan", 1998), ("Fall 2001", 2001), ("2018-05", 2018), ("", None), (None, None)],
)
def test_year_of(date: str | None, year: int | None) -> None:
    assert year_of(date) == year


def test_authors_and_languages() -> None:
    assert authors([]) is None
    assert authors(["Wong F", "Pappas SC"]) == "Wong F, Pappas SC"
    assert authors([f"N{n}" for n in range(26)]).endswith("N24, et al.")  # type: ignore[union-attr]
    assert (language("eng"), language("xyz"), language("")) == ("en", "xyz", None)
