"""Plain text: paragraphs are passages."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Document
from hepatica.evidence.readers import text


def read(data: str | bytes, origin: str = "notes.txt") -> Document:
    raw = data if isinstance(data, bytes) else data.encode()
    (document,) = text.read(io.BytesIO(raw), origin=origin)
    assert isinstance(document, Document)
    return document


def blocks(data: str | bytes) -> list[tuple[str, str]]:
    document = read(data)
    return [(p.kind, document.source.text[p.start : p.end]) for p in document.passages]


def test_paragraphs() -> None:
    assert blocks("A title\r\n\r\nOne line,\r\nwrapped.\n \t\n\n\n  • item\n  • item 2\n") == [
        ("title", "A title"),
        ("text", "One line,\nwrapped."),
        ("text", "• item\n  • item 2"),
    ]


def test_tabbed_lines_are_a_table() -> None:
    assert blocks("T\n\nDay\tDose\n1\t0.85 mg\n4\t\n\n\tindented\n\ttext")[1:] == [
        ("table", "Day | Dose\n1 | 0.85 mg\n4 |"),
        ("text", "indented\n\ttext"),
    ]


def test_the_title_is_the_first_line() -> None:
    assert read("One\ntwo\n\nthree").source.title == "One"
    title = read("word " * 100).source.title
    assert len(title) <= 250
    assert title.endswith("word…")


def test_the_id_is_of_the_bytes_and_not_of_the_name() -> None:
    first = read("One").source
    assert first.id.startswith("sha:")
    assert read("One", origin="other.txt").source == first


@pytest.mark.parametrize(
    ("data", "identifiers", "id_"),
    [
        (
            "T\nDOI: 10.5555/Ab.1\nPMID: 123\n\nx",
            {"doi": "10.5555/Ab.1", "pmid": "123"},
            "doi:10.5555/ab.1",
        ),
        ("T\nhttps://doi.org/10.5555/1\n\nx", {"doi": "10.5555/1"}, "doi:10.5555/1"),
        ("T\nPMID: 123\n\nx", {"pmid": "123"}, "pmid:123"),
        # Two of them, or one in the running text, may be of other works.
        ("T\nPMID: 123\nPMID: 124\n\nx", {}, None),
        ("T\nas shown (PMID: 123) before", {}, None),
        ("T\nPMID: 0\n\nx", {}, None),
        ("T" + "\nx" * 3000 + "\nPMID: 123\n", {}, None),
    ],
)
def test_stated_identifiers(data: str, identifiers: dict[str, str], id_: str | None) -> None:
    source = read(data).source
    assert source.identifiers == identifiers
    assert source.id == id_ or (id_ is None and source.id.startswith("sha:"))


def test_terminal_escapes_never_reach_the_text() -> None:
    assert read("\x1b]0;owned\x07T\n\n\x1b[2J5 mg\x1b[0m").source.text == "T\n\n5 mg"


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf", b"\x07\x07", "\u200b".encode()])
def test_nothing_to_read_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="no text in it"):
        read(data)


def test_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnsafeSourceError, match="larger than 67108864 bytes"):
        read(b"x" * (64 * 2**20 + 1))


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"Some notes", "x", True),
        (b"<5 mg/dL was seen", "x", True),
        ("20 µg".encode("utf-16"), "x", True),
        (b"[1] A reference", "x", True),
        (b'{"a": 1}', "x.txt", False),
        (b"[]", "x.txt", False),
        (b"<?xml version='1.0'?><rss>", "x.txt", False),
        (b"<rss version='2'>", "x.txt", False),
        (b"{\\rtf1", "x.txt", False),
        (b"id: claim", "claim.yaml", False),
        (b"\0\1\2", "x.txt", False),
        (b"", "x.txt", False),
    ],
)
def test_matches(head: bytes, name: str, expected: bool) -> None:
    assert text.matches(head, name) is expected


def test_real_pages(shared: Path) -> None:
    for number, title in (
        ("000", "What are the treatment options for Hepatorenal Syndrome (HRS)?"),
        (
            "002",
            "Technical Support Center: Overcoming Terlipressin Resistance in Hepatorenal Syndrome",
        ),
    ):
        seed = next((shared / "seeds").glob(f"{number}*.txt"))
        assert read(seed.read_bytes()).source.title == title
