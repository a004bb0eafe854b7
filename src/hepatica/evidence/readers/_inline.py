"""Text with superscripts and subscripts in which two numbers never become one."""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")
_SIGNED_NUMBER = re.compile(r"[+\-−]?[0-9]+[+\-−]?|[+\-−]")
_NUMBER_LIST = re.compile(r"[0-9\s,;–—\-()\[\]]+")
# "1st", footnote signs and trade marks read as printed when they stand on the line.
_ON_THE_LINE = re.compile(r"st|nd|rd|th|\W+", re.IGNORECASE)
_NUMBER_GOES_ON = re.compile(r"[.,]?\d")


class InlineText:
    """Collects the pieces of a paragraph; `value` is the paragraph.

    A raised number stands in superscript digits, which no number reader takes for a part of the
    number before it; a lowered one stands on the line, as in "CO2", with a space or an underscore
    where it would touch a digit.

    >>> line = InlineText()
    >>> line.text("5 × 10"); line.raised("9"); line.text("/L CO"); line.lowered("2")
    >>> line.value
    '5 × 10⁹/L CO2'
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._last = ""
        self._apart = False

    @property
    def value(self) -> str:
        """Everything so far."""
        return "".join(self._pieces)

    def text(self, text: str) -> None:
        """Append text that stands on the line."""
        if self._apart and self._last.isdecimal() and _NUMBER_GOES_ON.match(text):
            text = f" {text}"
        self._append(text)

    def keep_apart(self) -> None:
        """Put a space before the next text if two digits would touch there."""
        self._apart = True

    def raised(self, text: str) -> None:
        """Append a superscript: "10" and "9" give "10⁹", "mg" and "a" give "mg^a"."""
        bare = text.strip()
        if not bare:
            form = ""
        elif _SIGNED_NUMBER.fullmatch(bare):
            form = bare.translate(_RAISED)
        elif _NUMBER_LIST.fullmatch(bare):
            form = "".join(c.translate(_RAISED) if c.isdecimal() else c for c in bare)
        elif _ON_THE_LINE.fullmatch(bare):
            form = bare
        else:
            form = f"^{bare}" if len(bare) == 1 else f"^({bare})"
        self._append_spaced(text, form)

    def lowered(self, text: str) -> None:
        """Append a subscript: "CO" and "2" give "CO2", "5" and "2" give "5_2"."""
        form = text.strip()
        in_number = self._last.isdecimal() or self._last in (".", ",")
        if in_number and form[:1].isdecimal():
            form = f"_{form}"
        self._append_spaced(text, form)
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
