"""The characters of a PDF page with their places, upright whatever the rotation of the page."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from typing import NamedTuple

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from pypdfium2 import raw

from hepatica.errors import UnsafeSourceError

CHARACTERS = 200_000

# Ligatures are one glyph and several letters; the two others are bullets of symbol fonts.
_SPELLED_OUT = {
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "ﬅ": "st",
    "ﬆ": "st",
    "\uf0b7": "•",
    "\uf0a7": "•",
}
UNKNOWN = "\ufffd"
# A soft hyphen, and what the library puts for a hyphen at a line end.
_HYPHENS = frozenset({0xAD, 0x02, 0xFFFE})
_SPACES = frozenset({0x09, 0x0A, 0x0D, 0x20, 0xA0, 0x2002, 0x2003, 0x2009, 0x202F, 0x3000})


class Char(NamedTuple):
    """One glyph: its text, left and right edge, base line and height in points, y upwards.

    `order` is its place in the page's content; `spaced` says that a space stands there before it.
    """

    order: int
    text: str
    left: float
    right: float
    base: float
    height: float
    spaced: bool


class _Glyph(NamedTuple):
    text: str
    box: tuple[float, float, float, float]
    origin: tuple[float, float]
    turn: int
    spaced: bool


def page_chars(page: pdfium.PdfPage, *, origin: str) -> list[Char]:
    """The characters inside the page's visible box that run in its main direction.

    They stand in the order of the page's content.
    """
    text_page = page.get_textpage()
    try:
        glyphs = _glyphs(text_page.raw, origin)
    finally:
        text_page.close()
    box = page.get_cropbox()
    turns = Counter(glyph.turn for glyph in glyphs if glyph.text.strip())
    turn = turns.most_common(1)[0][0] if turns else 0
    chars = []
    for order, glyph in enumerate(glyphs):
        x, y = glyph.origin
        inside = box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1
        if glyph.turn == turn and inside and all(map(math.isfinite, glyph.box)):
            left, bottom, right, top = _turned(glyph.box, turn)
            base = _turned((x, y, x, y), turn)[1]
            # A font without a box of its own has no height here; its width will do.
            height = top - bottom if top > bottom else max(right - left, 1.0)
            chars.append(Char(order, glyph.text, left, right, base, height, glyph.spaced))
    return chars


def _glyphs(text_page: raw.FPDF_TEXTPAGE, origin: str) -> list[_Glyph]:
    count = raw.FPDFText_CountChars(text_page)
    if count > CHARACTERS:
        raise UnsafeSourceError(
            f"{origin}: a page of {count} characters, at most {CHARACTERS} are read"
        )
    rectangle = raw.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    glyphs = []
    spaced = False
    for index in range(count):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if raw.FPDFText_IsGenerated(text_page, index) == 1 or code in _SPACES:
            # A line end says nothing here: what was drawn next may stand anywhere.
            spaced = spaced or code not in (0x0A, 0x0D)
            continue
        raw.FPDFText_GetLooseCharBox(text_page, index, rectangle)
        raw.FPDFText_GetCharOrigin(text_page, index, x, y)
        angle = raw.FPDFText_GetCharAngle(text_page, index)
        text = _text(code, raw.FPDFText_HasUnicodeMapError(text_page, index) == 1)
        box = (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        glyphs.append(_Glyph(text, box, (x.value, y.value), _quarter(angle), spaced))
        spaced = False
    return glyphs


def _quarter(angle: float) -> int:
    """The quarter turns of a glyph, or -1 for one that stands askew, such as a watermark."""
    quarters = angle / (math.pi / 2)
    return round(quarters) % 4 if abs(quarters - round(quarters)) < 0.05 else -1


def _text(code: int, unmapped: bool) -> str:
    if code in _HYPHENS:
        return "-"
    if unmapped or code == 0 or code > 0x10FFFF:
        return UNKNOWN
    character = chr(code)
    if character in _SPELLED_OUT:
        return _SPELLED_OUT[character]
    # A private code means something in one font only: "≥" in one is a bullet in another.
    private = 0xE000 <= code <= 0xF8FF or code >= 0xF0000
    return UNKNOWN if private or 0xD800 <= code <= 0xDFFF else character


def _turned(box: tuple[float, float, float, float], turn: int) -> tuple[float, float, float, float]:
    left, bottom, right, top = box
    match turn:
        case 3:
            return (bottom, -right, top, -left)
        case 2:
            return (-right, -top, -left, -bottom)
        case 1:
            return (-top, left, -bottom, right)
        case _:
            return box
