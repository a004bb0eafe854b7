"""Writes small PDF files by hand, so that a test knows where every character stands.

Courier is 0.6 of its size wide for every character: at 10 points, a character takes 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Text(NamedTuple):
    """Text at a place in points from the lower left; `matrix` turns it."""

    x: float
    y: float
    text: str
    size: float = 10
    matrix: str = "1 0 0 1"


def column(x: float, top: float, lines: Iterable[str], *, step: float = 12) -> list[Text]:
    """Lines one below the other."""
    return [Text(x, top - step * number, line) for number, line in enumerate(lines)]


def write(
    pages: Sequence[Sequence[Text]],
    *,
    info: dict[str, str] | None = None,
    xmp: str = "",
    rotate: int = 0,
    encrypted: bool = False,
) -> bytes:
    """The bytes of a PDF with these pages of 612 by 792 points."""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R /Metadata 5 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
        _dictionary({key: f"({_escape(value)})" for key, value in (info or {}).items()}),
        _stream(xmp.encode(), "/Type /Metadata /Subtype /XML"),
    ]
    kids = []
    for page in pages:
        content = "\n".join(_show(text) for text in page).encode("cp1252")
        objects.append(_stream(content, ""))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Rotate %d "
            b"/Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>" % (rotate, len(objects))
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    trailer = {"Size": str(len(objects) + 1), "Root": "1 0 R", "Info": "4 0 R"}
    if encrypted:
        # A standard handler whose key no empty password opens; the content needs no cipher.
        handler = {"Filter": "/Standard", "V": "1", "R": "2", "P": "-4"}
        handler |= {"O": f"<{'01' * 32}>", "U": f"<{'02' * 32}>"}
        objects.append(_dictionary(handler))
        trailer |= {"Encrypt": f"{len(objects)} 0 R", "ID": f"[<{'03' * 16}> <{'03' * 16}>]"}
    return _file(objects, trailer)


def _file(objects: Sequence[bytes], trailer: dict[str, str]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (_dictionary(trailer), start)
    return bytes(out)


def _dictionary(entries: dict[str, str]) -> bytes:
    body = " ".join(f"/{key} {value}" for key, value in entries.items())
    return f"<< {body} >>".encode("cp1252")


def _stream(content: bytes, entries: str) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries.encode(), len(content), content)


def _show(text: Text) -> str:
    place = f"{text.matrix} {text.x:.2f} {text.y:.2f}"
    return f"BT /F1 {text.size} Tf {place} Tm ({_escape(text.text)}) Tj ET"


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
