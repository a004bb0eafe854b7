"""Text with superscripts and subscripts in which two numbers never become one."""

from __future__ import annotations

import re

from hepatica.evidence.readers._indices import raised

# "1st", footnote signs and trade marks read as printed when they stand on the line.
_ON_THE_LINE = re.compile(r"st|nd|rd|th|\W+", re.IGNORECASE)
_NUMBER_GOES_ON = re.compile(r"[.,]?\d")
_PART_OF_FRACTION = re.compile(r"[0-9]{1,2}")
_SLASHES = ("/", "⁄")


class InlineText:
    """Collects the pieces of a paragraph; `value` is the paragraph.

    A raised number stands in superscript digits, which no number reader takes for a part of the
    number before it; a lowered one stands on the line, as in "CO2", with a space or an underscore
    where it would touch a digit. A raised number, a slash and a lowered one are a fraction.

    >>> line = InlineText()
    >>> line.text("5 × 10"); line.raised("9"); line.text("/L CO"); line.lowered("2")
    >>> line.value
    '5 × 10⁹/L CO2'
    >>> line = InlineText()
    >>> line.text("1"); line.raised("1"); line.text("/"); line.lowered("2"); line.text(" tablets")
    >>> line.value
    '1 1/2 tablets'
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._last = ""
        self._apart = False
        self._numerator = ""
        self._raised_at: int | None = None

    @property
    def value(self) -> str:
        """Everything so far."""
        return "".join(self._pieces)

    def text(self, text: str) -> None:
        """Append text that stands on the line."""
        if self._apart and self._last.isdecimal() and _NUMBER_GOES_ON.match(text):
            text = f" {text}"
        if text[:1] in ("C", "F") and self._pieces[-1:] in (["^o"], ["^O"]):
            self._pieces[-1] = "°"
        self._append(text)

    def keep_apart(self) -> None:
        """Put a space before the next text if two digits would touch there."""
        self._apart = True

    def raised(self, text: str) -> None:
        """Append a superscript: "10" and "9" give "10⁹", "mg" and "a" give "mg^a"."""
        bare = text.strip()
        if not bare:
            form = ""
        elif _ON_THE_LINE.fullmatch(bare) and bare not in ("+", "-", "−"):
            form = bare
        else:
            form = raised(bare)
        self._append_spaced(text, form)
        if text == bare and _PART_OF_FRACTION.fullmatch(bare):
            self._numerator, self._raised_at = bare, len(self._pieces) - 1

    def lowered(self, text: str) -> None:
        """Append a subscript: "CO" and "2" give "CO2", "5" and "2" give "5_2"."""
        form = text.strip()
        if self._is_fraction(form):
            self._write_fraction(form)
            return
        in_number = self._last.isdecimal() or self._last in (".", ",")
        if in_number and form[:1].isdecimal():
            form = f"_{form}"
        self._append_spaced(text, form)
        self.keep_apart()

    def _is_fraction(self, below: str) -> bool:
        after_raised = self._raised_at is not None and self._raised_at == len(self._pieces) - 2
        slash = after_raised and self._pieces[-1].strip() in _SLASHES
        return slash and bool(_PART_OF_FRACTION.fullmatch(below))

    def _write_fraction(self, below: str) -> None:
        before = self.value[: -len(self._numerator) - len(self._pieces[-1])][-1:]
        gap = " " if before.isdecimal() else ""
        self._pieces[-2] = f"{gap}{self._numerator}"
        self._append(below)
        self.keep_apart()

    def _append_spaced(self, text: str, form: str) -> None:
        self._append(" " if text[:1].isspace() else "")
        self._append(form)
        self._append(" " if text[-1:].isspace() and form else "")

    def _append(self, piece: str) -> None:
        if piece:
            self._pieces.append(piece)
            self._last = piece[-1]
            self._apart = False
