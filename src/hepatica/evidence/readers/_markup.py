"""Marked-up text as readable blocks: what SPL, JATS and MEDLINE have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from hepatica.evidence.readers import _running_text as marks
from hepatica.evidence.readers._blocks import Block, with_lists_joined
from hepatica.evidence.readers._tables import Budget, grid, one_line
from hepatica.evidence.readers._xml import entity_text, local_name

_STYLED_SHIFT = re.compile(r"su(?:per|b)script|vertical-align:\s*su(?:per|b)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """Which elements of a format mean what, by local name.

    Everything named nowhere is a block of its own, so that its text never touches its neighbours.
    `special` elements are handled by their function; `note` marks are letters in brackets, their
    texts follow the block.
    """

    inline: frozenset[str]
    skip: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset()
    notes: frozenset[str] = frozenset()
    special: Mapping[str, Callable[[Flow, etree._Element], None]] = field(default_factory=dict)


class Flow:
    """Collects the blocks of marked-up elements in reading order."""

    def __init__(self, grammar: Grammar, *, budget: Budget | None = None) -> None:
        self.grammar = grammar
        self._notes_below = True
        self._notes_written = 0
        self.blocks: list[Block] = []
        self.notes: list[str] = []
        self.note_marks: dict[str, str] = {}
        self._budget = budget or Budget()
        self._buffer: list[str] = []
        self._in_list = 0

    def visit(self, node: etree._Element) -> None:
        """Take in the content of `node`, not its tail."""
        self.write(node.text)
        for child in node:
            if isinstance(child.tag, str):
                self._child(child, local_name(child))
            elif child.tag is etree.Entity:
                self.write(entity_text(child))
            self.write(child.tail)

    def write(self, text: str | None) -> None:
        """Take in running text."""
        if text:
            self._buffer.append(marks.plain(text))

    def cite(self, text: str) -> None:
        """Take in a citation marker: numbers vanish, names stay where the sentence needs them."""
        text = marks.plain(text)
        numeric = sum(map(str.isalpha, text)) <= 1
        self._buffer.append(marks.CITE if numeric else f"{marks.NAMED}{text}{marks.NAMED_END}")

    def note(self, node: etree._Element) -> None:
        """Put a letter in brackets here and the note's own text after the block."""
        place = len(self.notes)
        mark = _letters(place)
        # Known before its text is read: a note may refer to itself.
        self.note_marks[node.get("ID") or node.get("id") or ""] = mark
        self.notes.append("")
        text = self.capture(node)
        if text:
            self.notes[place] = f"[{mark}] {text}"
            self.refer(mark)

    def refer(self, mark: str) -> None:
        """Put the mark of a note that was met before."""
        self._buffer.append(f" [{mark}]{marks.NOTED}")

    def formula(self, text: str) -> None:
        """Put a formula on the line, apart from any word or number beside it."""
        before = self._buffer[-1][-1:] if self._buffer else ""
        apart = "" if before in (" ", "\n", "(", "[", "") else " "
        self._buffer.append(f"{apart}{text}{marks.NOTED}")

    def take(self, node: etree._Element) -> None:
        """Take in `node` itself, as its grammar says."""
        if isinstance(node.tag, str):
            self._child(node, local_name(node))

    def block(self, node: etree._Element) -> None:
        """Take in `node` as paragraphs of their own."""
        self.flush()
        self.visit(node)
        self.flush()

    def table(
        self,
        table: etree._Element,
        *,
        head: Sequence[etree._Element] = (),
        foot: Sequence[etree._Element] = (),
    ) -> None:
        """Take in a table; what has one column only is paragraphs, as layout tables are.

        `head` is its label and caption, which become its first line; `foot` its notes.
        """
        self.flush()
        inner = Flow(self.grammar, budget=self._budget)
        above = ". ".join(filter(None, (inner.cell(part).rstrip(".") for part in head[:-1])))
        above = ". ".join(filter(None, (above, *(inner.cell(part) for part in head[-1:]))))
        rows = grid(table, inner.lines, self._budget)
        below = [*(inner.cell(part) for part in foot), *filter(None, inner.notes)]
        if rows and max(map(len, rows)) > 1:
            lines = [(above,)] if above else []
            self.blocks.append(Block("table", rows=(*lines, *rows, *((line,) for line in below))))
        else:
            texts = [above, *(" ".join(row) for row in rows), *below]
            self.blocks.extend(Block("text", text) for text in texts if text)

    def cell(self, node: etree._Element) -> str:
        """The content of a table cell, or of a caption, on one line."""
        return one_line(self.lines(node))

    def lines(self, node: etree._Element) -> list[str]:
        """The content of a table cell as the lines that it has in print."""
        return [line for line in self.capture(node).split("\n") if line]

    def capture(self, node: etree._Element) -> str:
        """The text of `node` apart from the blocks collected so far, blocks on lines."""
        inner = self._inner()
        inner.note_marks, inner.notes = self.note_marks, self.notes
        inner.visit(node)
        inner.flush()
        return "\n".join(
            block.text or "; ".join(", ".join(filter(None, row)) for row in block.rows)
            for block in inner.blocks
        )

    def flush(self) -> None:
        """End the current paragraph."""
        text = marks.resolve("".join(self._buffer))
        self._buffer.clear()
        if text and self._notes_below:
            text = "\n".join(filter(None, (text, *self.notes[self._notes_written :])))
            self._notes_written = len(self.notes)
        if text:
            self.blocks.append(Block("item" if self._in_list else "text", text))

    def finish(self) -> list[Block]:
        """All blocks, list items joined to the line that announces them, notes below their text."""
        self.flush()
        rest = [Block("text", note) for note in self.notes[self._notes_written :] if note]
        return with_lists_joined([*self.blocks, *rest])

    def _inner(self) -> Flow:
        """A flow for a part whose notes stand further down."""
        inner = Flow(self.grammar, budget=self._budget)
        inner._notes_below = False
        return inner

    def _child(self, child: etree._Element, name: str) -> None:
        grammar = self.grammar
        if name in grammar.skip:
            return
        shift = name if name in ("sup", "sub") else _styled_shift(child)
        if shift:
            opened, closed = (
                (marks.SUP, marks.SUP_END) if shift == "sup" else (marks.SUB, marks.SUB_END)
            )
            self._buffer.append(opened)
            self.visit(child)
            self._buffer.append(closed)
        elif handler := grammar.special.get(name):
            handler(self, child)
        elif name in grammar.inline:
            self.visit(child)
        elif name in grammar.breaks:
            self._buffer.append(marks.BREAK)
        elif name in grammar.notes:
            self.note(child)
        elif name in grammar.tables:
            self.table(child)
        elif name in grammar.items:
            self._item(child)
        else:
            self.block(child)

    def _item(self, item: etree._Element) -> None:
        self.flush()
        first = len(self.blocks)
        self._in_list += 1
        self.visit(item)
        self.flush()
        self._in_list -= 1
        if first < len(self.blocks) and self.blocks[first].kind == "item":
            bullet = "•" if self._in_list == 0 else "–"
            self.blocks[first] = Block("item", f"{bullet} {self.blocks[first].text}")


def inline(node: etree._Element, grammar: Grammar) -> str:
    """The text of `node` on one line."""
    return Flow(grammar).cell(node)


def _styled_shift(node: etree._Element) -> str:
    """ "sup" or "sub" where a style says what a tag should, else ""."""
    style = " ".join(node.get(name) or "" for name in ("styleCode", "style", "style-type"))
    match = _STYLED_SHIFT.search(style) if style else None
    if match is None:
        return ""
    return "sup" if "super" in match[0].lower() else "sub"


def _letters(number: int) -> str:
    """a, b, ... z, aa, ab, ... for 0, 1, ..."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
