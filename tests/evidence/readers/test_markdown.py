"""Markdown: headings are sections, front matter the fields of the source."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Design, Document, Status
from hepatica.evidence.readers import markdown


def read(text: str, origin: str = "notes.md") -> Document:
    (document,) = markdown.read(io.BytesIO(text.encode()), origin=origin)
    assert isinstance(document, Document)
    return document


def blocks(text: str) -> list[tuple[tuple[str, ...], str, str]]:
    document = read(text)
    stored = document.source.text
    return [(p.section, p.kind, stored[p.start : p.end]) for p in document.passages]


NOTE = """---
title: "Terlipressin: a note"
date: 2024-12-18
authors:
  - A. Able
  - B. Baker
doi: 10.5555/12345
pmid: 012
url: https://example.org/note
license: CC-BY-4.0
design: review
status: retracted
tags: [HRS, terlipressin]
seo:
  title: other
---
# Terlipressin: a note

Creatinine ≥2.25 mg/dL,
wrapped. See [label](https://example.org).

## Dose

| Day | Dose |
|----|-----:|
| 1–3 | **0.85** mg |

1. First
2. Second
   - inner `code`

   more of the second

### Notes

> Quoted *words*.

    kept  as  is

## References

1. Another work.

### In the references

no

## End

10<sup>9</sup>/L<br>CO<sub>2</sub>
"""


def test_blocks() -> None:
    assert blocks(NOTE.replace("pmid: 012", "pmid: 12")) == [
        ((), "title", "Terlipressin: a note"),
        ((), "text", "Creatinine ≥2.25 mg/dL, wrapped. See label."),
        (("Dose",), "table", "Day | Dose\n1–3 | 0.85 mg"),
        (
            ("Dose",),
            "text",
            "1. First\n2. Second\n  • inner code\n  more of the second",
        ),
        (("Dose", "Notes"), "text", "Quoted words."),
        (("Dose", "Notes"), "text", "kept  as  is"),
        (("End",), "text", "10⁹/L\nCO2"),
    ]


def test_front_matter_fields() -> None:
    source = read(NOTE.replace("pmid: 012", "pmid: 12")).source
    assert source.id == "doi:10.5555/12345"
    assert source.title == "Terlipressin: a note"
    assert (source.published, source.year) == ("2024-12-18", 2024)
    assert source.authors == "A. Able; B. Baker"
    assert source.identifiers == {"doi": "10.5555/12345", "pmid": "12"}
    assert source.url == "https://example.org/note"
    assert source.licence == "CC-BY-4.0"
    assert source.design is Design.REVIEW
    assert source.status is Status.RETRACTED
    assert source.subjects == ("HRS", "terlipressin")


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("title: a: b", "line 2: front matter is not YAML"),
        ("date: x\ntitle: [a", "line [34]: front matter is not YAML"),
        ("title: a\ndoi: none", "line 3: 'none' is no DOI"),
        ("pmid: 012", "line 2: '012' is no PMID"),
        ("nct: 123", "line 2: '123' is no trial number"),
        ("title: [a, b]", "line 2: 'title' is a list"),
        ("date: soon", "line 2: 'date' is 'soon'; expected a date"),
        ("a: 1\n\ndesign: blog", "line 4: 'design' is 'blog'; expected one of guideline, "),
        ("title: a\ntitle: b", "line 3: the key 'title' stands twice"),
        ("- a", "line 2: front matter is no mapping"),
    ],
)
def test_front_matter_errors_name_the_line(front: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as error:
        read(f"---\n{front}\n---\ntext\n")
    assert str(error.value).startswith("notes.md: ")
    assert "\n" not in str(error.value)


def test_front_matter_that_never_ends() -> None:
    with pytest.raises(SourceError, match="line 1 opens front matter"):
        read("---\ntitle: a\n\ntext\n")


def test_hostile_front_matter_is_refused() -> None:
    with pytest.raises(SourceError, match="front matter cannot be read"):
        read("---\na: " + "[" * 50_000 + "\n---\nx")
    with pytest.raises(UnsafeSourceError, match="front matter of"):
        read("---\na: " + "x" * 300_000 + "\n---\nx")


def test_an_alias_bomb_is_not_expanded() -> None:
    bomb = "\n".join(
        ["a: &a [x, x, x, x, x, x, x, x]"]
        + [f"k{n}: &k{n} [{', '.join([f'*k{n - 1}' if n else '*a'] * 8)}]" for n in range(20)]
    )
    assert read(f"---\n{bomb}\ntitle: T\n---\ntext").source.title == "T"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# One\n\nx", "One"),
        ("intro\n\n# Only\n\nx", "Only"),
        ("# First\n\nx\n\n# Second\n\ny", "First"),
        ("intro\n\n# A\n\n# B\n\nx", "intro"),
        ("---\ntitle: Front\n---\n# Head\n\nx", "Front"),
        ("just text", "just text"),
    ],
)
def test_title(text: str, title: str) -> None:
    assert read(text).source.title == title


def test_a_title_heading_is_no_section() -> None:
    assert blocks("# T\n\n## S\n\nx") == [((), "title", "T"), (("S",), "text", "x")]


def test_embedded_html() -> None:
    page = "# T\n\n<div>\n<table><tr><td>1<td>2</table>\n</div>\n\n<!-- note -->\n\nend"
    assert blocks(page)[1:] == [((), "table", "1 | 2"), ((), "text", "end")]


def test_unterminated_raised_text_is_kept() -> None:
    assert blocks("# T\n\na<sup>12 b")[1][2] == "a12 b"


@pytest.mark.parametrize("body", ["", "&nbsp;", "<!-- x -->", "---"])
def test_nothing_to_read_is_refused(body: str) -> None:
    with pytest.raises(SourceError, match="no text after the front matter"):
        read(f"---\ntitle: T\n---\n{body}\n")


def test_a_relative_address_and_a_site_status_are_left_out() -> None:
    source = read("---\nurl: /learn/x\nstatus: draft\n---\ntext").source
    assert source.url is None
    assert source.status is Status.CURRENT


def test_a_page_kept_in_the_front_matter() -> None:
    text = "---\ntitle: T\nanswer: >-\n    One.\\n\\n1. **Two**: 5 mg\\n\n---\n\n&nbsp;\n"
    assert blocks(text) == [
        ((), "title", "T"),
        ((), "text", "One."),
        ((), "text", "1. Two: 5 mg"),
    ]


def test_a_real_page_kept_in_the_front_matter(shared: Path) -> None:
    seed = next((shared / "seeds").glob("003*.txt"))
    data = seed.read_bytes()
    assert markdown.matches(data[:4096], seed.name)
    (document,) = markdown.read(io.BytesIO(data), origin=seed.name)
    assert isinstance(document, Document)
    assert document.source.published == "2024-12-18"
    assert document.source.authors == "QuickTakes"
    assert document.source.title.startswith("What are the latest advancements")
    assert "rifaximin monotherapy may lead to significantly fewer" in document.source.text


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"---\ntitle: x\n---\n", "seed.txt", True),
        (b"\xef\xbb\xbf---\r\n# c\r\n\r\n'a': x", "x", True),
        (b"# One\n\ntext\n\n## Two\n", "x.txt", True),
        (b"# One\n\ntext\n", "x.txt", False),
        (b"# One\n\ntext\n", "x.md", True),
        (b"---\nA rule above.\n", "x.txt", False),
        (b"---\nid: a\n", "claim.yaml", False),
        (b"---\ntitle: \0\0\0\0", "x.md", False),
        (b"", "x.md", False),
    ],
)
def test_matches(head: bytes, name: str, expected: bool) -> None:
    assert markdown.matches(head, name) is expected
