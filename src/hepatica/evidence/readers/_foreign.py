"""What a file is when no reader takes it, in words that say what to do."""

from __future__ import annotations

import re

from hepatica.errors import SourceError

EXPECTED = (
    "expected a drug label (SPL XML, openFDA JSON), PubMed or JATS XML, ClinicalTrials.gov JSON, "
    "HTML, PDF, Markdown or plain text, also in .gz or .zip"
)

# By the first bytes; each names the way to a format that can be read.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a PNG image: it holds no text, run OCR first"),
    (b"\xff\xd8\xff", "a JPEG image: it holds no text, run OCR first"),
    (b"GIF87a", "a GIF image: it holds no text, run OCR first"),
    (b"GIF89a", "a GIF image: it holds no text, run OCR first"),
    (b"II*\0", "a TIFF image: it holds no text, run OCR first"),
    (b"MM\0*", "a TIFF image: it holds no text, run OCR first"),
    (b"{\\rtf", "an RTF file: save it as PDF, HTML or plain text first"),
    (b"\xd0\xcf\x11\xe0", "an old Office file: save it as PDF, HTML or plain text first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it first"),
    (b"\xfd7zXZ\0", "an xz file: unpack it first"),
    (b"BZh91AY&SY", "a bzip2 file: unpack it first"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"%!PS", "a PostScript file: convert it to PDF first"),
)
_ENDINGS = ("json", "xml", "nxml", "pdf", "gz", "zip")
_ROOT = re.compile(rb"<(?![?!])([A-Za-z_][\w.:-]{0,60})")


def unreadable(head: bytes, origin: str) -> SourceError:
    """The error for content that no reader takes, from its first bytes."""
    if origin.lower().endswith((".yaml", ".yml")):
        what = "a YAML file, which only the knowledge base may hold"
    else:
        what = _what(head, origin)
    return SourceError(f"{origin}: {what}; {EXPECTED}")


def is_foreign(head: bytes) -> bool:
    """Whether the bytes start a format that no reader takes, whatever else they look like."""
    return any(head.startswith(magic) for magic, _ in _SIGNATURES)


def is_image(head: bytes) -> bool:
    """Whether the bytes start an image, as the pictures beside a label in its archive do."""
    return any(
        head.startswith(magic) for magic, what in _SIGNATURES if "image" in what.split(":")[0]
    )


def _what(head: bytes, origin: str) -> str:
    if not head.strip():
        return "the file is empty"
    for magic, what in _SIGNATURES:
        if head.startswith(magic):
            return f"this is {what}"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        root = _ROOT.search(start)
        name = root[1].decode("ascii", "replace") if root else "none in sight"
        return f"XML of an unknown kind (first element {name!r})"
    if start.startswith((b"{", b"[")):
        return f"JSON of an unknown kind (starts {start[:40]!r})"
    ending = next((e for e in _ENDINGS if origin.lower().endswith(f".{e}")), None)
    if ending:
        return f"named .{ending}, but it holds something else (starts {head[:40]!r})"
    return f"not text of a known kind (starts {head[:16]!r})"
