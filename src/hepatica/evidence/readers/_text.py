"""Clean text, and the builder with which every reader composes a stored text from pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from unicodedata import is_normalized, normalize

from hepatica.evidence.model import Passage

# Anything else than these needs a closer look; most text never does.
_NOT_PLAIN = re.compile(r"[^\n\t -~]")

# Terminal sequences by ECMA-48: CSI; OSC, DCS, SOS, PM and APC strings with their terminator; the
# short escapes. What is not clearly a sequence loses its escape character only, so that text, and
# above all a digit, is never swallowed.
_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]*[!-/]*[@-~]|[\]PX^_][^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)|[()][AB]|[78@-OQ-WYZ\\`a-~])"
)
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_SPACE = re.compile(r"[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SOFT_HYPHEN_IN_WORD = re.compile(r"(?<=[^\W\d_])\xad\n?(?=[^\W\d_])")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x9f]+")
_INVISIBLE = re.compile(
    r"[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]+"
)
_UNSTORABLE = re.compile(r"[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_WHITE_SPACE = re.compile(r"\s+")
_GAP = re.compile(r"(?<=[^\s\d])\s+(?=\S)|(?<=\d)\s+(?=[^\s\d])")

LONGEST = 4_000


def clean(text: str) -> str:
    """The text without what can deceive a terminal, a reader or a search; no figure changes.

    Terminal escape sequences, C0 and C1 controls other than newline and tab, bidirectional
    overrides, zero-width characters and byte order marks go. Every kind of line end becomes a
    newline and every kind of space a space. A soft hyphen goes from inside a word and becomes a
    hyphen elsewhere, where it may stand for a range or a minus. A control or sequence between two
    digits becomes a space, so that two numbers never become one. Unicode form NFC.
    """
    if not _NOT_PLAIN.search(text):
        return text
    text = _ESCAPE.sub(_without_joining_digits, text)
    text = _LINE_END.sub("\n", text)
    text = _SPACE.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    if "\xad" in text:
        text = _SOFT_HYPHEN_IN_WORD.sub("", text).replace("\xad", "-")
    text = _CONTROL.sub(_without_joining_digits, text)
    text = _UNSTORABLE.sub("\ufffd", text)
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def _without_joining_digits(control: re.Match[str]) -> str:
    text, start, end = control.string, control.start(), control.end()
    between_digits = text[max(start - 1, 0) : start].isdigit() and text[end : end + 1].isdigit()
    return " " if between_digits else ""


def one_line(text: str) -> str:
    """The text cleaned, with every run of white space as one space and none at its ends."""
    return _WHITE_SPACE.sub(" ", clean(text)).strip()


def _parts(piece: str) -> list[tuple[int, int]]:
    if len(piece) <= LONGEST:
        return [(0, len(piece))]
    from hepatica.evidence.sentences import split

    parts: list[tuple[int, int]] = []
    for first, last in split(piece):
        for start, end in _at_white_space(piece, first, last):
            if parts and end - parts[-1][0] <= LONGEST:
                parts[-1] = (parts[-1][0], end)
            else:
                parts.append((start, end))
    return parts


def _at_white_space(piece: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """A sentence cut where it is longer than a passage may be, never inside a word or number."""
    while last - first > LONGEST:
        gaps = list(_GAP.finditer(piece, first, first + LONGEST))
        gap = gaps[-1] if gaps else _GAP.search(piece, first, last)
        if gap is None:
            break
        yield first, gap.start()
        first = gap.end()
    yield first, last


class TextBuilder:
    """Composes the text of a source and records where each passage stands in it.

    Pieces stand two newlines apart. What is blank is left out.

    >>> builder = TextBuilder()
    >>> builder.add("Effect of terlipressin", kind="title")
    >>> builder.add_table([["Day", "Dose"], ["1 to 3", "0.85 mg"]], section=("Dosage",))
    >>> builder.text
    'Effect of terlipressin\\n\\nDay | Dose\\n1 to 3 | 0.85 mg'
    >>> [builder.text[p.start : p.end] for p in builder.passages if p.kind == "table"]
    ['Day | Dose\\n1 to 3 | 0.85 mg']
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._passages: list[Passage] = []
        self._end = 0

    @property
    def text(self) -> str:
        """All pieces so far as one text."""
        return "\n\n".join(self._pieces)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages so far, in text order."""
        return tuple(self._passages)

    def add(
        self,
        text: str,
        *,
        section: Iterable[str] = (),
        kind: str = "text",
        code: str | None = None,
    ) -> None:
        """Append `text`, cleaned and stripped, as one passage under the headings `section`.

        Running text that is too long for one passage becomes several, cut between sentences.
        """
        piece = clean(text).strip()
        if not piece:
            return
        start = self._append(piece)
        path = tuple(heading for heading in map(one_line, section) if heading)
        parts = _parts(piece) if kind == "text" else [(0, len(piece))]
        self._passages += [
            Passage(section=path, start=start + first, end=start + last, kind=kind, code=code)
            for first, last in parts
        ]

    def add_table(
        self,
        rows: Iterable[Sequence[str]],
        *,
        section: Iterable[str] = (),
        code: str | None = None,
    ) -> None:
        """Append a table as one passage: a row a line, cells separated by " | "."""
        lines = (" | ".join(map(one_line, row)).rstrip() for row in rows)
        filled = [line for line in lines if line.strip(" |")]
        self.add("\n".join(filled), section=section, kind="table", code=code)

    def add_heading(self, text: str) -> None:
        """Append a heading to the text alone: it is no passage of its own."""
        piece = one_line(text)
        if piece:
            self._append(piece)

    def _append(self, piece: str) -> int:
        start = self._end + 2 if self._pieces else 0
        self._pieces.append(piece)
        self._end = start + len(piece)
        return start
