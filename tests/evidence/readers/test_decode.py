"""Encodings are read as stated or refused, never guessed into another figure."""

from __future__ import annotations

import pytest

from hepatica.errors import SourceError
from hepatica.evidence.readers._decode import decode, is_binary

TEXT = "SCr ≥2.25 mg/dL, 20 µg"


@pytest.mark.parametrize(
    ("data", "declared", "expected"),
    [
        (TEXT.encode(), None, TEXT),
        (TEXT.encode("utf-8-sig"), None, TEXT),
        (TEXT.encode("utf-16"), None, TEXT),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), None, TEXT),
        ("20 µg of naïve".encode("cp1252"), None, "20 µg of naïve"),
        ("“quoted” – 5 m²".encode("cp1252"), None, "“quoted” – 5 m²"),
        ("± 5 µg “x”".encode("cp1252"), "iso-8859-1", "± 5 µg “x”"),
        ("≥2.25".encode("mac-roman"), "macintosh", "≥2.25"),
        (TEXT.encode("gb18030"), "gb18030", TEXT),
        (TEXT.encode(), "UTF8", TEXT),
        # A byte order mark outweighs what a page claims.
        (TEXT.encode("utf-8-sig"), "windows-1252", TEXT),
        (b"", None, ""),
    ],
)
def test_decodes(data: bytes, declared: str | None, expected: str) -> None:
    assert decode(data, origin="f", declared=declared) == expected


@pytest.mark.parametrize(
    ("data", "declared", "reason"),
    [
        ("SCr ≥2.25 mg/dL".encode("mac-roman"), None, "neither UTF-8 nor plausible"),
        ("dose (≤ 5 mg)".encode("mac-roman"), None, "neither UTF-8 nor plausible"),
        ("Печеночная недостаточность".encode("cp1251"), None, "neither UTF-8 nor plausible"),
        ("at the café of".encode("mac-roman"), None, "neither UTF-8 nor plausible"),
        (b"caf\x81", None, "byte 0x81 at 3 is no cp1252"),
        ("≥2.25 and µ".encode()[:-1], None, "byte 0xc2 at 12 is no UTF-8"),
        ("5 µg ".encode() + b"\xb5", None, "is no UTF-8"),
        (b"20 \xb5g", "utf-8", "byte 0xb5 at 3 is no utf-8"),
        ("5 mg".encode("utf-16-le"), None, "NUL at byte 1"),
        (b"\xff\xfea", None, "is no utf-16-le"),
        (b"5 mg", "zip", "unknown encoding 'zip'"),
        (b"5 mg", "no-such", "unknown encoding 'no-such'"),
        (b"5 mg", "unicode_escape", "unknown encoding"),
    ],
)
def test_refuses(data: bytes, declared: str | None, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as error:
        decode(data, origin="notes.txt", declared=declared)
    assert str(error.value).startswith("notes.txt: ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("head", "binary"),
    [
        (b"plain", False),
        (b"bell \x07 in a text", False),
        (TEXT.encode("utf-16"), False),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", True),
        (bytes(range(1, 32)), True),
        (b"", False),
    ],
)
def test_is_binary(head: bytes, binary: bool) -> None:
    assert is_binary(head) is binary
