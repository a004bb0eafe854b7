"""The text of paragraphs and tables that were cut from lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from hepatica.evidence.readers._pdf_lines import Cell
from hepatica.evidence.readers._pdf_paragraphs import Paragraph

_HYPHENATED = re.compile(r"[^\W\d_]-$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SUSPENDED = re.compile(r"(?:and|or|to|und|oder|et|ou|y|o)\b")


def words_of(found: Iterable[Paragraph]) -> Counter[str]:
    """How often each word stands in the document away from line ends, in lower case."""
    words: Counter[str] = Counter()
    for paragraph in found:
        for line in paragraph.lines:
            text = line.text.lower()
            words.update(_WORD.findall(text[:-1] if text.endswith("-") else text))
    return words


def running_text(paragraph: Paragraph, words: Counter[str]) -> str:
    """The lines as one text; a hyphen at a line end goes only where the joined word is known.

    It is known when the document has it without a hyphen elsewhere and not with one. Otherwise the
    hyphen stays, as in "dose-dependent" and "0.5-2 mg".
    """
    text = paragraph.lines[0].text
    for line in paragraph.lines[1:]:
        text = _join(text, line.text, words)
    return text


def table_rows(paragraph: Paragraph) -> list[list[str]]:
    """The lines of a table as rows with a place for each column, also where a cell is empty."""
    columns: list[tuple[float, float]] = []
    cells = (cell for line in paragraph.lines for cell in line.cells)
    for cell in sorted(cells, key=lambda cell: cell.right - cell.left):
        over = [place for place in columns if place[0] < cell.right and cell.left < place[1]]
        if not over:
            columns.append((cell.left, cell.right))
        elif len(over) == 1:
            columns.remove(over[0])
            columns.append((min(over[0][0], cell.left), max(over[0][1], cell.right)))
    columns.sort()
    return [_row(line.cells, columns) for line in paragraph.lines]


def _row(cells: Sequence[Cell], columns: Sequence[tuple[float, float]]) -> list[str]:
    row = [""] * len(columns)
    for cell in cells:
        place = next(
            n for n, (left, right) in enumerate(columns) if left < cell.right and cell.left < right
        )
        row[place] = f"{row[place]} {cell.text}".strip()
    return row


def _join(text: str, line: str, words: Counter[str]) -> str:
    if not text.endswith("-") or not line[:1].isalnum() or text[-2:-1].isspace():
        return f"{text} {line}"
    if _SUSPENDED.match(line):
        return f"{text} {line}"
    if _HYPHENATED.search(text) and line[:1].islower():
        head, tail = _WORD.findall(text[:-1])[-1].lower(), _WORD.findall(line)[0].lower()
        if words[head + tail] and not words[f"{head}-{tail}"]:
            return text[:-1] + line
    return text + line
