"""Diagrams as SVG from the data: the workflow of a guide and the pathway with its hypotheses."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from hepatica.bench.guides.records import Guide, Pathway
from hepatica.bench.hypotheses import hypotheses

__all__ = ["pathway_svg", "workflow_svg"]

WIDE, LINE, PAD, FONT = 190, 14, 8, 11
HALO = 'stroke="#fff" stroke-width="3" paint-order="stroke"'
# Okabe and Ito's colours, told apart also by readers who do not see red and green.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
ON_DARK = frozenset(COLOURS[:2])
LABEL, LETTER = 18, 6


@dataclass
class _Box:
    text: list[str]
    x: float
    y: float
    fill: str = "#ffffff"
    dashed: bool = False
    high: float = field(init=False)

    def __post_init__(self) -> None:
        self.high = len(self.text) * LINE + 2 * PAD

    def svg(self) -> str:
        dash = ' stroke-dasharray="4 3"' if self.dashed else ""
        lines = "".join(
            f'<tspan x="{self.x + PAD:g}" dy="{0 if n == 0 else LINE}">{escape(line)}</tspan>'
            for n, line in enumerate(self.text)
        )
        return (
            f'<rect x="{self.x:g}" y="{self.y:g}" width="{WIDE}" height="{self.high:g}" rx="5" '
            f'fill="{self.fill}" stroke="#444"{dash}/>'
            f'<text x="{self.x + PAD:g}" y="{self.y + PAD + FONT:g}">{lines}</text>'
        )


def _wrapped(text: str) -> list[str]:
    """`text` in lines that fit a box, by the width of its letters in a wide sans-serif font."""
    lines: list[str] = []
    for word in text.split():
        if lines and _width(f"{lines[-1]} {word}") <= WIDE - 2 * PAD:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def _width(text: str) -> float:
    """About how many pixels `text` takes (letters of DejaVu Sans, in shares of the font size)."""
    return FONT * sum(
        0.31 if c in " iljtf.,:;'()[]" else 0.9 if c in "mwMW" else 0.7 if c.isupper() else 0.61
        for c in text
    )


def _page(title: str, parts: Sequence[str], width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img" font-family="sans-serif" '
        f'font-size="{FONT}"><title>{escape(title)}</title>'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#444"/></marker></defs>'
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _arrow(x1: float, y1: float, x2: float, y2: float, straight: float = 0) -> str:
    """A curve that ends in a level line of length `straight`, over which a label can stand."""
    bend = x2 - straight
    middle = (x1 + bend) / 2
    return (
        f'<path d="M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {bend:g} {y2:g}'
        f'L{x2:g} {y2:g}" fill="none" stroke="#444" marker-end="url(#tip)"/>'
    )


def _under(x1: float, y1: float, x2: float, y2: float) -> str:
    """An arrow that leaves a box downwards and passes below the next one."""
    low = y2 + 8
    return (
        f'<path d="M{x1:g} {y1:g}C{x1:g} {low:g} {x1 + WIDE / 2:g} {low:g} {x1 + WIDE:g} {low:g}'
        f'S{x2 - 60:g} {y2:g} {x2:g} {y2:g}" fill="none" stroke="#444" marker-end="url(#tip)"/>'
    )


def _answer(text: str, parent: _Box, child: _Box) -> str:
    """The arrow from a question to what follows an answer, with the answer above its end."""
    lines = textwrap.wrap(text, LABEL)
    end = max(map(len, lines)) * LETTER + 16
    y = child.y + child.high / 2
    said = "".join(
        f'<text x="{child.x - 10:g}" y="{y - 5 - LINE * above:g}" text-anchor="end" '
        f'fill="#0072b2" {HALO}>{escape(line)}</text>'
        for above, line in enumerate(reversed(lines))
    )
    return _arrow(parent.x + WIDE, parent.y + parent.high / 2, child.x, y, end) + said


def _number(number: int, x: float, y: float) -> str:
    fill = COLOURS[number]
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="8" fill="{fill}"/>'
        f'<text x="{x:g}" y="{y + 4:g}" text-anchor="middle" '
        f'fill="{"#fff" if fill in ON_DARK else "#000"}">{number + 1}</text>'
    )


def workflow_svg(guide: Guide) -> str:
    """The guide as a tree, questions white and ends grey; a node met again is drawn dashed."""
    parts: list[str] = []
    links: list[str] = []
    drawn: set[str] = set()
    gap, step = 14.0, WIDE + 150.0
    deepest = 0.0

    def place(name: str, depth: int, top: float) -> tuple[_Box, float]:
        nonlocal deepest
        node = guide.node(name)
        again = name in drawn
        drawn.add(name)
        box = _Box(_wrapped(node.ask), 20 + depth * step, top, dashed=again)
        deepest = max(deepest, box.x + WIDE)
        if again:
            box = _Box([*_wrapped(node.ask), "(see above)"], box.x, top, dashed=True)
            parts.append(box.svg())
            return box, top + box.high + gap
        below = top
        targets = []
        for outcome in node.outcomes:
            if outcome.next is None:
                child = _Box(_wrapped(outcome.means), box.x + step, below, fill="#eeeeee")
                deepest = max(deepest, child.x + WIDE)
                parts.append(child.svg())
                below += child.high + gap
            else:
                child, below = place(outcome.next, depth + 1, below)
            targets.append((outcome.answer, child))
        box.y = max(top, (targets[0][1].y + targets[-1][1].y) / 2)
        links.extend(_answer(answer, box, child) for answer, child in targets)
        parts.append(box.svg())
        return box, max(below, box.y + box.high + gap)

    _, bottom = place(guide.first, 0, 20.0)
    return _page(guide.title, [*links, *parts], deepest + 20, bottom + 10)


def pathway_svg(pathway: Pathway) -> str:
    """The pathway from left to right; a step that a hypothesis acts on carries its number."""
    rank = _ranks(pathway)
    columns: dict[int, list[str]] = {}
    for node in pathway.nodes:
        columns.setdefault(rank[node.id], []).append(node.id)
    text = {node.id: node.text for node in pathway.nodes}
    tallest = max(len(names) for names in columns.values())
    step, row, top = WIDE + 110.0, 110.0, 30.0
    boxes: dict[str, _Box] = {}
    for column, names in columns.items():
        shift = (tallest - len(names)) * row / 2
        for place, name in enumerate(names):
            boxes[name] = _Box(_wrapped(text[name]), 20 + column * step, top + shift + place * row)
    keys = list(hypotheses())
    parts = []
    for edge in pathway.edges:
        a, b = boxes[edge.start], boxes[edge.end]
        y1, y2 = a.y + a.high / 2, b.y + b.high / 2
        if rank[edge.start] == rank[edge.end]:
            y1, y2 = a.y + a.high, b.y
            x1 = x2 = a.x + WIDE / 2
        else:
            x1, x2 = a.x + WIDE, b.x
        if rank[edge.end] - rank[edge.start] > 1:  # it passes under a box
            x1, y1 = a.x + WIDE / 2, a.y + a.high
            parts.append(_under(x1, y1, x2, y2))
            x, y = x1 + (x2 - x1) * 0.55, y2 + 2
        else:
            parts.append(_arrow(x1, y1, x2, y2))
            x, y = (x1 + x2) / 2, (y1 + y2) / 2 - 6
        parts.append(
            f'<text x="{x:g}" y="{y:g}" text-anchor="middle" {HALO}>{escape(edge.text)}</text>'
        )
        for place, key in enumerate(edge.affects):
            number = keys.index(key)
            cx = x + (place - (len(edge.affects) - 1) / 2) * 20
            parts.append(_number(number, cx, y + 18))
    parts += [box.svg() for box in boxes.values()]
    low = top + tallest * row + 10
    for number, key in enumerate(keys):
        y = low + number * 20
        hypothesis = hypotheses()[key]
        parts.append(
            _number(number, 30, y)
            + f'<text x="46" y="{y + 4:g}">{escape(hypothesis.name)} ({hypothesis.status})</text>'
        )
    width = 20 + (max(columns) + 1) * step - 90
    return _page(pathway.title, parts, width, low + len(keys) * 20 + 10)


def _ranks(pathway: Pathway) -> Mapping[str, int]:
    rank = {node.id: 0 for node in pathway.nodes}
    for _ in pathway.nodes:
        for edge in pathway.edges:
            rank[edge.end] = max(rank[edge.end], rank[edge.start] + 1)
    return rank
