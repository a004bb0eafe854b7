"""The front door: which reader takes what, and what is said when none does."""

from __future__ import annotations

import gzip
import importlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_writer import column, write

from hepatica.errors import MissingExtraError, SourceError, UnsafeSourceError
from hepatica.evidence.model import Document, Rejection
from hepatica.evidence.readers import READERS, _archives, read_bytes, read_path

FIXTURES = Path(__file__).parents[2] / "fixtures"
HTML = b"<!doctype html><title>T</title><p>Terlipressin 0.85 mg</p>"


def packed(data: bytes) -> bytes:
    """Gzip without the time of day, which would give each run other test names."""
    return gzip.compress(data, mtime=0)


def zipped(members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return out.getvalue()


def titles(data: bytes, name: str) -> list[str]:
    return [
        one.source.title if isinstance(one, Document) else f"{one.where}: {one.reason}"
        for one in read_bytes(data, name=name)
    ]


@pytest.mark.parametrize("module", READERS)
def test_every_reader_has_the_same_door(module: str) -> None:
    reader = importlib.import_module(f"hepatica.evidence.readers.{module}")
    assert isinstance(reader.NAME, str)
    assert reader.matches(b"", "x") is False
    assert reader.matches(b"\x00\x01\x02\x03", "x") is False
    assert reader.read.__doc__
    assert reader.matches.__doc__


def test_the_registry_costs_no_import() -> None:
    code = (
        "import sys, hepatica.evidence.readers as r;"
        "heavy = {'lxml', 'yaml', 'pypdfium2', 'markdown_it', 'zipfile', 'gzip'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def example_files() -> list[tuple[str, Path]]:
    return [
        (module, path)
        for module in ("spl", "openfda", "medline", "jats", "ctgov")
        for path in sorted((FIXTURES / module).iterdir())
        if path.suffix in (".xml", ".json", ".nxml")
    ]


@pytest.mark.parametrize(
    ("module", "path"), example_files(), ids=lambda value: getattr(value, "name", value)
)
def test_exactly_one_structured_reader_takes_each_example(module: str, path: Path) -> None:
    head = path.read_bytes()[:16384]
    takers = [
        name
        for name in READERS
        if importlib.import_module(f"hepatica.evidence.readers.{name}").matches(head, "download")
    ]
    assert takers == [module]


@pytest.mark.parametrize(
    ("data", "name", "title"),
    [
        (HTML, "x.txt", "T"),
        (b"---\ntitle: Front\n---\ntext", "x.txt", "Front"),
        (b"# Head\n\ntext", "x.md", "Head"),
        (b"plain text", "x.html", "plain text"),
        (b"plain text", "x", "plain text"),
        (packed(HTML), "x", "T"),
        (packed(b"# Head\n\ntext"), "x.md.gz", "Head"),
        (packed(packed(HTML)), "x.gz.gz", "T"),
        (packed(HTML) + packed(b"<p>second member"), "x.gz", "T"),
    ],
)
def test_content_decides_before_the_name(data: bytes, name: str, title: str) -> None:
    assert titles(data, name) == [title]


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "x.txt", "the file is empty; expected a drug label"),
        (b" \n\t ", "x.txt", "the file is empty"),
        (b"\x00\x01\x02", "x.bin", "not text of a known kind"),
        (b"\x89PNG\r\n\x1a\n", "x.png", "a PNG image: it holds no text, run OCR first"),
        (b"\xff\xd8\xff\xe0\0", "x.txt", "a JPEG image"),
        (b"{\\rtf1 text}", "x.txt", "an RTF file: save it as PDF"),
        (b"\xd0\xcf\x11\xe0\xa1", "x.doc", "an old Office file"),
        (b"BZh91AY&SY\0", "x.bz2", "a bzip2 file: unpack it first"),
        (b"<?xml version='1.0'?><!-- c --><rss><item/></rss>", "x.xml", "first element 'rss'"),
        (b"<?xml version='1.0'?>", "x.xml", "first element 'none in sight'"),
        (b'{"results": 1}', "x.json", "JSON of an unknown kind"),
        (b"404 not found", "x.pdf", "named .pdf, but it holds something else"),
        (b"not json {", "x.json", "named .json, but"),
        (packed(b"<a"), "x.xml.gz", "XML of an unknown kind"),
        (b"---\na: " + b"[" * 5000 + b"\n---\ntext", "x.md", "nested too deeply"),
        (b"id: claim\nstatement: x", "x.yaml", "a YAML file, which only the knowledge base"),
        (b"PK\x05\x06" + b"\0" * 18, "x.zip", "the zip archive is empty"),
        (b"PK\x03\x04garbage", "x.zip", "zip archive is damaged"),
        (
            zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<w/>"}),
            "x.docx",
            "Office",
        ),
        (b"\x1f\x8bgarbage", "x.gz", "compressed data is damaged"),
        (packed(HTML * 2000)[:40], "x.gz", "damaged or cut short"),
        (packed(b""), "x.gz", "the file is empty"),
    ],
)
def test_what_cannot_be_read_is_named(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as error:
        list(read_bytes(data, name=name))
    assert str(error.value).startswith(f"{name}: ")
    assert "\n" not in str(error.value)
    assert error.value.exit_code == 3


def test_a_corrupt_checksum_is_told() -> None:
    damaged = bytearray(packed(b"text of it " * 100))
    damaged[-8] ^= 1
    with pytest.raises(SourceError, match="CRC check failed"):
        list(read_bytes(bytes(damaged), name="x.gz"))


def test_members_of_a_zip_archive() -> None:
    inner = zipped({"label.html": HTML, "picture.jpg": b"\xff\xd8\xff\xe0"})
    data = zipped(
        {
            "a/one.txt": b"One",
            "a/": b"",
            "__MACOSX/a/one.txt": b"junk",
            ".hidden": b"junk",
            "inner.zip": inner,
            "two.txt.gz": packed(b"Two"),
            "bad.bin": b"\0\1\2",
            "picture.png": b"\x89PNG",
            "../../evil\x1b[31m.txt": b"Three",
        }
    )
    assert titles(data, "all.zip") == [
        "One",
        "T",
        "Two",
        "all.zip > bad.bin: not text of a known kind (starts b'\\x00\\x01\\x02'); "
        + importlib.import_module("hepatica.evidence.readers._foreign").EXPECTED,
        "Three",
    ]


def test_a_member_that_cannot_be_unpacked_is_rejected() -> None:
    data = bytearray(
        zipped({"bad.txt": b"Some text that is long enough " * 9, "good.txt": b"Good"})
    )
    data[60] ^= 0xFF
    found = list(read_bytes(bytes(data), name="x.zip"))
    assert isinstance(found[0], Rejection)
    assert found[0].where == "x.zip > bad.txt"
    assert "damaged or cut short" in found[0].reason
    assert isinstance(found[1], Document)


def test_an_encrypted_member_is_rejected() -> None:
    data = bytearray(zipped({"secret.txt": b"Text"}, method=zipfile.ZIP_STORED))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + place] |= 1
    (found,) = read_bytes(bytes(data), name="x.zip")
    assert isinstance(found, Rejection)
    assert found.reason == "encrypted; unpack it with its password first"


def test_a_missing_extra_rejects_one_member(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    data = zipped({"a.pdf": b"%PDF-1.4\n", "b.txt": b"Text"})
    first, second = read_bytes(data, name="x.zip")
    assert isinstance(first, Rejection)
    assert "hepatica[pdf]" in first.reason
    assert isinstance(second, Document)
    with pytest.raises(MissingExtraError):
        list(read_bytes(b"%PDF-1.4\n", name="a.pdf"))


WORDS = b"terlipressin and albumin " * 12_000_000


@pytest.mark.parametrize("layers", [1, 2])
def test_a_gzip_bomb(layers: int) -> None:
    bomb = WORDS
    for _ in range(layers):
        bomb = packed(bomb)
    assert len(bomb) < 1_500_000
    with pytest.raises(UnsafeSourceError, match=r"more than|larger than"):
        list(read_bytes(bomb, name="bomb"))


def test_a_zip_bomb_of_one_member_rejects_it() -> None:
    bomb = zipped({"a.txt": WORDS, "b.txt": b"Text"})
    first, second = read_bytes(bomb, name="bomb")
    assert isinstance(first, Rejection)
    assert "larger than 67108864 bytes" in first.reason
    assert isinstance(second, Document)


def test_a_zip_bomb_of_many_members_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_archives, "FLOOR", 1_000_000)
    texts = {f"{n}.txt": WORDS[:300_000] for n in range(30)}
    for data in (zipped(texts), zipped({"in.zip": zipped(texts)})):
        with pytest.raises(UnsafeSourceError, match="packed bytes unpack to more than"):
            list(read_bytes(data, name="bomb"))


def test_nesting_is_bounded() -> None:
    data = b"text"
    for _ in range(4):
        data = packed(data)
    with pytest.raises(UnsafeSourceError, match="an archive inside 3 others"):
        list(read_bytes(data, name="x.gz"))
    for _ in range(4):
        data = zipped({"x.zip": data})
    (found,) = read_bytes(data, name="x.zip")
    assert isinstance(found, Rejection)
    assert "an archive inside 3 others" in found.reason


def test_members_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_archives, "MEMBERS", 2)
    with pytest.raises(UnsafeSourceError, match="lists 3 files, at most 2"):
        list(read_bytes(zipped({str(n): b"x" for n in range(3)}), name="x.zip"))


def test_an_unsafe_member_does_not_stop_the_others() -> None:
    data = zipped({"deep.html": b"<!doctype html>" + b"<div>" * 9999, "b.txt": b"Text"})
    first, second = read_bytes(data, name="x.zip")
    assert isinstance(first, Rejection)
    assert "nested deeper" in first.reason
    assert isinstance(second, Document)


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "labels.zip"
    path.write_bytes(zipped({"one.txt": b"One"}))
    (found,) = read_path(path)
    assert isinstance(found, Document)
    assert found == next(read_bytes(path.read_bytes(), name="labels.zip"))


def test_the_place_of_a_file_is_no_part_of_its_source(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(HTML)
    assert next(read_path(tmp_path / "a")) == next(read_path(tmp_path / "b"))


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_a_file_that_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        list(read_path(tmp_path / name))


def test_a_file_left_in_the_middle_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(zipped({"one.txt": b"One", "two.txt": b"Two"}))
    documents = read_path(path)
    next(documents)
    documents.close()  # type: ignore[attr-defined]
    path.unlink()


def test_control_characters_in_a_name_never_reach_a_message() -> None:
    with pytest.raises(SourceError) as error:
        list(read_bytes(b"\0", name="\x1b[31mred\x07\n.bin"))
    assert str(error.value).startswith("red .bin: ")


DAMAGED = {
    "a.html": HTML,
    "a.md": b"---\ntitle: T\ndate: 2024-12-18\n---\n# T\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n- x\n",
    "a.txt": "Title\n\nSCr \u22652.25 mg/dL\n\nDay\tDose\n1\t0.85".encode(),
    "a.zip": zipped({"a.html": HTML, "b.gz": packed(b"Some text")}),
    "a.gz": packed(HTML),
    "a.pdf": write([column(72, 700, ["Terlipressin 0.85 mg", "every 6 h."])]),
}


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(sorted(DAMAGED)),
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 20), st.binary(max_size=8)),
        min_size=1,
        max_size=4,
    ),
)
def test_damaged_files_are_read_or_refused_in_one_line(
    name: str, edits: list[tuple[float, int, bytes]]
) -> None:
    data = bytearray(DAMAGED[name])
    for share, cut, inserted in edits:
        place = int(share * len(data))
        data[place : place + cut] = inserted
    found: list[Document | Rejection] = []
    message = ""
    try:
        found += read_bytes(bytes(data), name=name)
    except SourceError as error:
        message = str(error)
    assert "\n" not in message
    for one in found:
        if isinstance(one, Document):
            one.source.text.encode()
            assert all(one.source.text[p.start : p.end].strip() for p in one.passages)
        else:
            assert "\n" not in one.reason


def test_real_files(shared: Path) -> None:
    for path in sorted((shared / "data" / "formats").rglob("*.*")):
        if path.suffix in (".xml", ".nxml"):
            squeezed = packed(path.read_bytes())
            plain = list(read_path(path))
            assert any(isinstance(one, Document) for one in plain), path.name
            assert plain == list(read_bytes(squeezed, name=str(path) + ".gz"))
