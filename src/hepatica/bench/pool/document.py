"""A result as sections of lines and tables, laid out as plain text or Markdown."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

__all__ = ["Document", "Section", "Table", "as_markdown", "as_text"]

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header; the first `left` columns are words, the others are aligned right."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with a table, lines and points."""

    heading: str
    table: Table | None = None
    lines: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A title, what was done in one line, and sections."""

    title: str
    about: str
    sections: tuple[Section, ...]


def as_text(document: Document) -> str:
    """The document for a terminal, at most 100 columns wide where words can be wrapped."""
    parts = [document.title, _wrap(document.about)]
    for section in document.sections:
        parts += ["", section.heading]
        if section.table is not None:
            parts.append(_columns(section.table))
        parts += [_wrap(line) for line in section.lines]
        parts += [_wrap(point, "- ") for point in section.points]
    return "\n".join(parts) + "\n"


def as_markdown(document: Document) -> str:
    """The document as Markdown with pipe tables."""
    parts = [f"# {document.title}", "", document.about]
    for section in document.sections:
        parts += ["", f"## {section.heading}", ""]
        if section.table is not None:
            parts += [_pipes(section.table), ""]
        for line in section.lines:
            parts += [line, ""]
        parts += [f"- {point}" for point in section.points]
        while parts[-1] == "":
            parts.pop()
    return "\n".join(parts) + "\n"


def _wrap(line: str, bullet: str = "") -> str:
    return textwrap.fill(
        line, WIDTH, initial_indent=bullet, subsequent_indent=" " * len(bullet),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _columns(table: Table) -> str:
    rows = [table.header, *table.rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(table.header))]
    lines = [
        "  ".join(
            cell.ljust(width) if i < table.left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join(lines)


def _pipes(table: Table) -> str:
    def row(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    rule = tuple("---" if i < table.left else "---:" for i in range(len(table.header)))
    return "\n".join(row(cells) for cells in (table.header, rule, *table.rows))
