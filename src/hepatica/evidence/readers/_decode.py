"""Bytes to text without guessing: a wrong guess turns "≤0.5 mg" into another dose."""

from __future__ import annotations

import codecs
import re

from hepatica.errors import SourceError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Python also knows codecs that unpack or evaluate; a page may only name a character set.
_CHARACTER_SET = re.compile(
    r"utf-8|cp125\d|iso8859-\d+|koi8-[ru]|gb(?:k|2312|18030)|big5|shift_jis|euc_(?:jp|kr)|mac-roman"
)
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# Another alphabet, or "café" as Mac Roman writes it: "cafŽ".
_FOREIGN_WORD = re.compile(r"[^\W\d_a-zA-Z]{4}|[a-z][À-ÖØ-ÞŠŒŽŸ]")
# In Mac Roman these two bytes are "≤" and "≥": "³2.25" is "≥2.25" misread.
_MISREAD_RELATION = re.compile(r"(?:^|[\s(])[²³]\s?\d")
_ADVICE = "save it as UTF-8 and try again"


def decode(data: bytes, *, origin: str, declared: str | None = None) -> str:
    """The text of `data`: by its byte order mark, else as declared, else UTF-8 or Windows-1252.

    Raises SourceError when the bytes do not fit the encoding they claim, when they hold NULs, and
    when Windows-1252 does not give plausible Western text.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding, origin)
    if b"\0" in data:
        raise SourceError(
            f"{origin}: NUL at byte {data.index(0)}, so binary or UTF-16 without a byte order "
            f"mark; expected text, {_ADVICE}"
        )
    if declared:
        return _strict(data, _character_set(declared, origin), origin)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _UTF8_SEQUENCE.search(data):
            raise _misfit(data, error.start, "UTF-8", origin) from error
        return _windows(data, origin)


def is_binary(head: bytes) -> bool:
    """Whether the first bytes of a file cannot be the start of a text."""
    if any(head.startswith(mark) for mark, _ in _BYTE_ORDER_MARKS):
        return False
    return b"\0" in head or len(_CONTROL.findall(head)) > max(3, len(head) // 50)


def _strict(data: bytes, encoding: str, origin: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _misfit(data, error.start, encoding, origin) from error


def _misfit(data: bytes, position: int, encoding: str, origin: str) -> SourceError:
    byte = data[position : position + 1].hex()
    return SourceError(
        f"{origin}: byte 0x{byte} at {position} is no {encoding}, so the text is damaged or "
        f"mis-encoded; {_ADVICE}"
    )


def _character_set(declared: str, origin: str) -> str:
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        name = ""
    if name in ("ascii", "iso8859-1"):
        return "cp1252"  # what browsers read under these names
    if name.startswith("utf-16"):
        return "utf-8"  # a declaration that could be read as ASCII cannot be true
    if not _CHARACTER_SET.fullmatch(name):
        raise SourceError(f"{origin}: unknown encoding {declared[:40]!r}; {_ADVICE}")
    return name


def _windows(data: bytes, origin: str) -> str:
    text = _strict(data, "cp1252", origin)
    implausible = _MISREAD_RELATION.search(text) or _FOREIGN_WORD.search(text)
    if implausible:
        raise SourceError(
            f"{origin}: neither UTF-8 nor plausible Windows-1252 (it would read "
            f"{implausible[0]!r}); {_ADVICE}"
        )
    return text
