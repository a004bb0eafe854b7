"""Hostile XML against every reader of XML: nothing is fetched or expanded, nothing explodes."""

from __future__ import annotations

import copy
import io
import random
from pathlib import Path
from types import ModuleType

import pytest
from lxml import etree
from structured import FIXTURES, documents, read

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Document, Rejection
from hepatica.evidence.readers import _xml, jats, medline, spl

READERS = {
    spl: FIXTURES / "spl" / "label.xml",
    medline: FIXTURES / "medline" / "records.xml",
    jats: FIXTURES / "jats" / "article.nxml",
}
# A place in each fixture where running text stands.
TEXT = {spl: b"Start with", medline: b"Platelets were", jats: b"In a box."}
every_reader = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.NAME)


def with_dtd(reader: ModuleType, subset: str, put: str = "") -> bytes:
    """The fixture with an internal DTD subset, and `put` before a word of its text."""
    data = READERS[reader].read_bytes()
    start = data.index(b"<!--")
    root = etree.fromstring(data).tag.split("}")[-1]
    body = data[start:].replace(TEXT[reader], put.encode() + TEXT[reader], 1)
    return f"<!DOCTYPE {root} [{subset}]>".encode() + body


BILLION = "".join(
    f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' if level else '<!ENTITY a0 "ha">'
    for level in range(10)
)


@every_reader
@pytest.mark.parametrize(
    ("subset", "put"),
    [
        ('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
        ('<!ENTITY x SYSTEM "http://127.0.0.1:9/x">', "&x;"),
        ('<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;', ""),
        (BILLION, "&a9;"),
        (BILLION, ""),
        ('<!ENTITY harmless "text">', "&harmless;"),
    ],
    ids=["file", "network", "parameter", "billion laughs", "unused bomb", "internal"],
)
def test_declared_entities_are_refused(reader: ModuleType, subset: str, put: str) -> None:
    with pytest.raises(UnsafeSourceError):
        read(reader, with_dtd(reader, subset, put))


@every_reader
def test_entities_in_attributes_are_refused(reader: ModuleType) -> None:
    root = etree.fromstring(READERS[reader].read_bytes()).tag.split("}")[-1]
    data = f'<!DOCTYPE {root} [{BILLION}]><{root} x="&a9;">'.encode()
    with pytest.raises(UnsafeSourceError):
        read(reader, data)


@every_reader
def test_an_external_dtd_is_not_loaded(reader: ModuleType, tmp_path: Path) -> None:
    dtd = tmp_path / "evil.dtd"
    dtd.write_text('<!ENTITY x "EXPANDED">')
    data = READERS[reader].read_bytes()
    start = data.index(b"<!--")
    root = etree.fromstring(data).tag.split("}")[-1]
    outside = f'<!DOCTYPE {root} SYSTEM "{dtd.as_uri()}">'.encode() + data[start:]
    assert documents(reader, outside) == documents(reader, data)
    found = read(reader, outside.replace(TEXT[reader], b"&x;" + TEXT[reader], 1))
    assert any(isinstance(one, Rejection) and "&x;" in one.reason for one in found)
    assert not any("EXPANDED" in one.source.text for one in found if isinstance(one, Document))


@every_reader
@pytest.mark.parametrize("depth", [300, 100_000])
def test_depth_bombs_are_refused(reader: ModuleType, depth: int) -> None:
    data = READERS[reader].read_bytes()
    bomb = data.replace(TEXT[reader], b"<i>" * depth + b"x" + b"</i>" * depth, 1)
    with pytest.raises(UnsafeSourceError, match="depth") as error:
        read(reader, bomb)
    assert "XML_PARSE" not in str(error.value)


@every_reader
@pytest.mark.parametrize("tag", ["sup", "content", "unknown"])
def test_the_deepest_that_is_read_reads(reader: ModuleType, tag: str) -> None:
    data = READERS[reader].read_bytes()
    opened, closed = f"<{tag}>".encode() * 220, f"</{tag}>".encode() * 220
    found = documents(reader, data.replace(TEXT[reader], opened + b"deep" + closed, 1))
    assert any("deep" in one.source.text for one in found)


@every_reader
def test_a_text_without_end_is_refused(reader: ModuleType) -> None:
    data = READERS[reader].read_bytes()
    with pytest.raises(UnsafeSourceError):
        read(reader, data.replace(TEXT[reader], b"x" * 11_000_000, 1))


@every_reader
def test_a_record_without_end_is_refused(
    reader: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_xml, "MAX_RECORD_BYTES", 1 << 20)
    data = READERS[reader].read_bytes()
    with pytest.raises(UnsafeSourceError, match="larger than 1048576 bytes"):
        read(reader, data.replace(TEXT[reader], b"<i>filler</i>" * 200_000, 1))


@every_reader
@pytest.mark.parametrize(
    "data",
    [b"", b" \n\t", b"no xml at all", b"<", b"<other/>", b"\x00\x01\x02", b"{}"],
)
def test_what_is_no_such_file_is_a_source_error(reader: ModuleType, data: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        read(reader, data)
    assert "\n" not in str(caught.value)
    assert "expected" in str(caught.value)


@every_reader
def test_an_unknown_encoding_is_a_source_error(reader: ModuleType) -> None:
    data = READERS[reader].read_bytes()
    start = data.index(b"<!--")
    declared = b'<?xml version="1.0" encoding="KLINGON"?>' + data[start:]
    with pytest.raises(SourceError, match="KLINGON"):
        read(reader, declared)


@every_reader
def test_a_wrong_encoding_declaration_never_yields_wrong_text(reader: ModuleType) -> None:
    data = READERS[reader].read_bytes().replace(TEXT[reader], b"\xe9\xff" + TEXT[reader], 1)
    found = read(reader, data)
    assert isinstance(found[-1], Rejection)
    assert not any(TEXT[reader].decode() in one.source.text for one in found if _is_document(one))


def _is_document(one: object) -> bool:
    return isinstance(one, Document)


@every_reader
def test_truncation_anywhere_never_raises_and_never_invents(reader: ModuleType) -> None:
    data = READERS[reader].read_bytes()
    whole = {one.source.id: one for one in documents(reader, data)}
    for cut in range(1, len(data), 97):
        try:
            found = read(reader, data[:cut])
        except SourceError:
            continue
        for one in found:
            if isinstance(one, Document):
                assert one == whole[one.source.id]
        assert isinstance(found[-1], Rejection) or data[cut:].strip() == b""


@every_reader
def test_the_reader_takes_short_reads(reader: ModuleType) -> None:
    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 1, 7))

    data = READERS[reader].read_bytes()
    assert list(reader.read(Trickle(data), origin="file")) == read(reader, data)


@pytest.mark.parametrize(
    ("head", "tag"),
    [
        (b"<a b='c'>", "<a b='c'"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- <b> --><a>", "<a"),
        (b"<!DOCTYPE a PUBLIC 'x' 'y'>\n<a/>", "<a/"),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>", "<a"),
        ("<a>".encode("utf-16"), "<a"),
        (b"text <a>", ""),
        (b"<!-- " + b"x" * 100, ""),
    ],
)
def test_root_tag(head: bytes, tag: str) -> None:
    assert _xml.root_tag(head) == tag


@pytest.mark.parametrize("head", [b"<!-- " * 3_000, b"<? " * 4_000, b"<!DOCTYPE a [" * 1_000])
def test_hostile_heads_have_no_root_tag(head: bytes) -> None:
    assert _xml.root_tag(head[:16_384]) == ""


def spans(columns: int, rows: int, cells: int, filler: int) -> bytes:
    first = f'<td colspan="{columns}" rowspan="{rows}">word</td>' * cells
    return f"<table><tr>{first}</tr>{'<tr><td>x</td></tr>' * filler}</table>".encode()


@pytest.mark.parametrize(
    "table",
    [
        spans(10**8, 10**8, 1, 10),
        spans(200, 200, 200, 20_000),
        b"<table>" + b"<tr><td colspan='-1' rowspan='x'>a</td><td>b</td></tr>" * 3 + b"</table>",
        b"<table/>",
        b"<table><tr/></table>",
    ],
    ids=["huge numbers", "many", "no numbers", "empty", "no cells"],
)
@pytest.mark.parametrize(
    ("reader", "place"), [(spl, b"<table width"), (jats, b"<table><thead>")], ids=["spl", "jats"]
)
def test_spans_do_not_multiply_a_table_without_limit(
    reader: ModuleType, place: bytes, table: bytes
) -> None:
    data = READERS[reader].read_bytes()
    changed = data.replace(place, table + place, 1)
    grown = len(documents(reader, changed)[0].source.text)
    assert grown < 3_000_000 + 10 * len(changed)


def test_markup_with_every_mark_of_ours_is_harmless() -> None:
    marks = "".join(map(chr, range(0xE000, 0xE010)))
    data = READERS[jats].read_bytes().replace(TEXT[jats], f"7{marks}8 ".encode() + TEXT[jats], 1)
    (article,) = [one for one in read(jats, data) if isinstance(one, Document)]
    assert "78" not in article.source.text
    assert "7\ufffd" in article.source.text


@every_reader
@pytest.mark.parametrize("filler", [b" ", b"\n", b"[", b"(1,", b"<sup>1</sup>", b"<sub/>"])
def test_long_runs_are_read_to_their_end(reader: ModuleType, filler: bytes) -> None:
    # Quadratic behaviour would take hours here, far past the timeout of every test.
    run = filler * (250_000 // len(filler))
    data = READERS[reader].read_bytes().replace(TEXT[reader], run + TEXT[reader], 1)
    before = documents(reader, READERS[reader].read_bytes())
    assert len(documents(reader, data)) == len(before)


MUTATIONS = 400


@every_reader
def test_no_change_of_structure_raises_anything_else(reader: ModuleType) -> None:
    """Elements removed, repeated, renamed and refilled: documents, rejections, SourceError."""
    rng = random.Random(20)
    base = etree.fromstring(READERS[reader].read_bytes())
    found = 0
    for _ in range(MUTATIONS):
        tree = copy.deepcopy(base)
        for _ in range(rng.randint(1, 6)):
            mutate(tree, rng)
        try:
            found += len(documents(reader, etree.tostring(tree)))
        except SourceError:
            continue
    assert found > MUTATIONS / 2


def mutate(tree: etree._Element, rng: random.Random) -> None:
    elements = [node for node in tree.iter() if isinstance(node.tag, str)][1:]
    if not elements:
        return
    one, other = rng.choice(elements), rng.choice(elements)
    match rng.randrange(7):
        case 0:
            one.getparent().remove(one)
        case 1:
            other.append(copy.deepcopy(one))
        case 2:
            one.tag = other.tag
        case 3:
            one.text = rng.choice(["", None, "0", "1⁄2", "x" * 50, "\u202e\x85", "[1]", "(", ":"])
        case 4:
            one.tail = rng.choice(["", None, "0", "5", ".", ")"])
        case 5 if one.attrib:
            del one.attrib[rng.choice(list(one.attrib))]
        case 6 if one.attrib:
            values = ["", "0", "-1", "999999999", "x", "34066-1", "42229-5", "bibr", "fn1"]
            one.set(rng.choice(list(one.attrib)), rng.choice(values))


def test_a_footnote_that_refers_to_itself_is_written_once() -> None:
    data = READERS[spl].read_bytes()
    circle = data.replace(b"Or 1.5", b'<footnoteRef IDREF="fn1"/>Or 1.5', 1)
    (label,) = documents(spl, circle)
    assert label.source.text.count("[a] [a] Or 1.5") == 1


def test_a_prolog_of_many_comments_ends() -> None:
    # With backtracking this test would not come back.
    assert _xml.root_tag(b"<!---->" * 5000 + b"<") == ""
    assert _xml.root_tag(b"<!---->" * 5000 + b"<article>") == "<article"
