"""References as a reference manager reads them: people, bodies, journals, pages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hepatica.ask.answer import Reference
from hepatica.evidence.model import Design, Tier
from hepatica.render.citations import cite
from hepatica.render.names import Name, Place, has_others, names, place
from hepatica.render.saved import load_references


def reference(**fields: Any) -> Reference:
    given = {"number": 1, "source_id": "a:b", "source_version": "0", "title": "T"} | fields
    return Reference(**{"tier": Tier.RESEARCH, "design": Design.RCT} | given)


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ("Wong F, Pappas SC, et al.", [Name("Wong", "F."), Name("Pappas", "S. C.")]),
        ("Garcia-Tsao G and O'Leary JG", [Name("Garcia-Tsao", "G."), Name("O'Leary", "J. G.")]),
        ("van der Berg JW Jr", [Name("van der Berg", "J. W.", "Jr")]),
        ("Tjønneland A; Östlund Å", [Name("Tjønneland", "A."), Name("Östlund", "Å.")]),
        ("Sartre J-P", [Name("Sartre", "J.-P.")]),
        ("Chronic Liver Disease Foundation", [Name("Chronic Liver Disease Foundation")]),
        ("Versantis AG", [Name("Versantis AG")]),
        ("Care and Health Agency (UK)", [Name("Care and Health Agency (UK)")]),
        ("EASL (Angeli P, chair)", [Name("EASL (Angeli P, chair)")]),
        ("FDA", [Name("FDA")]),
        ("Loomba", [Name("Loomba")]),
        (
            "Wong F, et al. (REVERSE Investigators)",
            [Name("Wong", "F."), Name("REVERSE Investigators")],
        ),
        (None, []),
    ],
)
def test_names(authors: str | None, expected: list[Name]) -> None:
    assert names(reference(authors=authors)) == expected


def test_others() -> None:
    assert has_others(reference(authors="Wong F, et al."))
    assert not has_others(reference(authors="Wong F, Alberts ET"))


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ("N Engl J Med 384(9):818-828", Place("N Engl J Med", "384", "9", "818-828")),
        ("Gut 47(2):288", Place("Gut", "47", "2", "288")),
        ("Cell 187(7):1666-1684.e26", Place("Cell", "187", "7", "1666-1684.e26")),
        ("Hepatol Int 13:1-21", Place("Hepatol Int", "13", "", "1-21")),
        (
            "Health Technology Assessment 19(102)",
            Place("Health Technology Assessment", "19", "102"),
        ),
        (
            "Hepatology Communications 8(6):e0436",
            Place("Hepatology Communications", "8", "6", "e0436"),
        ),
        ("Gut / J Hepatol", Place("Gut / J Hepatol")),
        ("Hepatology 60(2) and J Hepatol 61(3)", Place("Hepatology 60(2) and J Hepatol 61(3)")),
        ("Area 51", Place("Area 51")),
        ("Hepatology issue 5:1180-1211", Place("Hepatology issue 5:1180-1211")),
        (None, Place("")),
    ],
)
def test_place(container: str | None, expected: Place) -> None:
    assert place(reference(container=container)) == expected


PAPER = reference(
    authors="Garcia-Tsao G, AGA Institute, et al.",
    title="10^9 & 50% of_{x} ~5",
    container="Gut 47(2):288-9",
    year=2000,
    identifiers={"doi": "10.1/x"},
)


def test_bibtex() -> None:
    text = cite([PAPER], "bibtex")
    assert "author = {Garcia-Tsao, G. and {AGA Institute} and others}" in text
    assert r"{{10\textasciicircum{}9 \& 50\% of\_\{x\} \textasciitilde{}5}}" in text
    assert "journal = {Gut},\n  volume = {47},\n  number = {2},\n  pages = {288--9}" in text


def test_ris() -> None:
    lines = cite([PAPER], "ris").split("\r\n")
    assert lines[0] == "TY  - JOUR"
    for line in (
        "AU  - Garcia-Tsao, G.",
        "AU  - AGA Institute",
        "VL  - 47",
        "SP  - 288",
        "EP  - 9",
    ):
        assert line in lines
    assert lines[-2:] == ["ER  - ", ""]


def test_csl() -> None:
    (entry,) = json.loads(cite([PAPER], "csl-json"))
    assert entry["author"] == [
        {"family": "Garcia-Tsao", "given": "G."},
        {"literal": "AGA Institute"},
    ]
    assert (entry["container-title"], entry["volume"], entry["page"]) == ("Gut", "47", "288-9")


def test_a_page_is_no_journal_article() -> None:
    page = reference(container="CLDF", design=Design.NARRATIVE, url="https://example.org/")
    assert cite([page], "bibtex").startswith("@misc{")
    assert cite([page], "ris").startswith("TY  - ELEC")
    assert json.loads(cite([page], "csl-json"))[0]["type"] == "webpage"


def test_a_saved_reference_cannot_steer_the_terminal_or_add_a_record() -> None:
    title = "T\\u001b[31m\\u009b2J\\nER  - "
    data = (
        f'{{"references": [{{"number": 1, "source_id": "a", "source_version": "0", '
        f'"title": "{title}", "tier": "research", "design": "rct"}}]}}'
    )
    text = cite(load_references(data.encode()), "ris")
    assert text.count("\r\nER  - ") == 1
    assert "\x1b" not in text
    assert "\x9b" not in text
