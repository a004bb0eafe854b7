"""Characters of a page to lines: runs by content order, lines by base line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from hepatica.errors import UnsafeSourceError
from hepatica.evidence.readers._inline import InlineText
from hepatica.evidence.readers._pdf_page import Char

RUNS = 5_000

# In heights of a character, which is about 1.1 times the font size.
_CELL_GAP = 1.2
_WORD_GAP = 0.27
_SHIFT = 0.5
_SMALL = 0.85


class Run(NamedTuple):
    """Characters that follow each other on one base line without a wide gap."""

    chars: tuple[Char, ...]
    left: float
    right: float
    base: float
    height: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of a line between wide gaps."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; in a table it has several cells."""

    cells: tuple[Cell, ...]
    base: float
    height: float

    @property
    def text(self) -> str:
        """The line as running text."""
        return " ".join(cell.text for cell in self.cells)

    @property
    def left(self) -> float:
        return self.cells[0].left

    @property
    def right(self) -> float:
        return self.cells[-1].right


def runs(chars: Iterable[Char], *, origin: str) -> list[Run]:
    """The characters in content order cut where the base line or the column changes."""
    found: list[Run] = []
    current: list[Char] = []
    for char in chars:
        if current and not _goes_on(current[-1], char):
            found.append(_run(current))
            current = []
        current.append(char)
    if current:
        found.append(_run(current))
    if len(found) > RUNS:
        raise UnsafeSourceError(
            f"{origin}: {len(found)} pieces of text on one page, at most {RUNS} are put in order"
        )
    return found


def _run(chars: list[Char]) -> Run:
    return Run(
        chars=tuple(chars),
        left=min(char.left for char in chars),
        right=max(char.right for char in chars),
        base=median(char.base for char in chars),
        height=median(char.height for char in chars),
    )


def _goes_on(last: Char, char: Char) -> bool:
    height = max(last.height, char.height)
    gap = char.left - last.right
    return abs(char.base - last.base) <= _SHIFT * height and -height <= gap <= _CELL_GAP * height


def lines(found: Sequence[Run]) -> list[Line]:
    """The runs of one column as lines from top to bottom."""
    rows: list[list[Run]] = []
    for run in sorted(found, key=lambda run: (-round(run.height), -run.base)):
        row = next((row for row in rows if _belongs(run, row)), None)
        if row is None:
            rows.append([run])
        else:
            row.append(run)
    made = [_line([char for run in row for char in run.chars]) for row in rows]
    made = [line for line in made if line.cells]
    return sorted(made, key=lambda line: (-line.base, line.left))


def _belongs(run: Run, row: list[Run]) -> bool:
    main = row[0]
    shift = run.base - main.base
    if run.height > _SMALL * main.height:
        return abs(shift) < 0.3 * main.height
    near = any(
        part.left - main.height <= run.right and run.left <= part.right + main.height
        for part in row
    )
    return near and -0.35 * main.height < shift < 0.65 * main.height


def _line(chars: list[Char]) -> Line:
    chars = sorted(chars, key=lambda char: (char.left, char.right))
    height = Counter(round(char.height, 1) for char in chars).most_common(1)[0][0]
    full = [char for char in chars if char.height > _SMALL * height]
    height = median(char.height for char in full)
    base = median(char.base for char in full)
    cells: list[Cell] = []
    start = 0
    for place in range(1, len(chars) + 1):
        if place == len(chars) or chars[place].left - chars[place - 1].right > _CELL_GAP * height:
            part = chars[start:place]
            text = _cell_text(part, base, height)
            if text:
                cells.append(Cell(text, part[0].left, max(char.right for char in part)))
            start = place
    return Line(tuple(cells), base, height)


def _cell_text(chars: Sequence[Char], base: float, height: float) -> str:
    line = InlineText()
    shifted = ""
    place = ""
    last: Char | None = None
    for char in chars:
        if last and _is_overprint(last, char):
            continue
        here = _place(char, base, height)
        apart = last is not None and _is_apart(last, char, height)
        if here != place or apart:
            _put(line, place, shifted)
            shifted = ""
            if apart:
                line.text(" ")
        shifted += char.text
        place, last = here, char
    _put(line, place, shifted)
    return line.value.strip()


def _is_apart(last: Char, char: Char, height: float) -> bool:
    """Whether a space stands between two neighbours.

    The one before a mark that was drawn later than the line tells nothing.
    """
    told = char.spaced and char.order == last.order + 1
    return told or char.left - last.right > _WORD_GAP * height


def _put(line: InlineText, place: str, text: str) -> None:
    {"": line.text, "raised": line.raised, "lowered": line.lowered}[place](text)


def _place(char: Char, base: float, height: float) -> str:
    shift = (char.base - base) / height
    if char.height > _SMALL * height:
        return "raised" if shift > 0.25 else ""
    if shift > 0.12:
        return "raised"
    return "lowered" if shift < -0.05 else ""


def _is_overprint(last: Char, char: Char) -> bool:
    """Whether the glyph is drawn twice for a bold look; read twice, "5" would become "55".

    Two letters f in one place are a ligature.
    """
    near = abs(char.left - last.left) < 0.2 * (char.right - char.left)
    return near and last.text == char.text != "f"
