"""What every rendering says of the protocols, guides and definitions of an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hepatica.ask.answer import Answer, BenchLine, BenchPage, Reader

TITLE = "At the bench"
DEFINITIONS = "Scores and criteria"
NOTE = (
    "Protocols and guides of Hepatica for research, compiled from the pages that they name and not "
    "tried at a bench by us: not evidence, and no treatment of a patient. "
    "What names no source is a step of ours; a laboratory default is for you to set."
)
KINDS = {
    "protocol": "Protocol",
    "guide": "Guide",
    "markers": "Table",
    "score": "Score",
    "criterion": "Criteria",
}
_DEFINED = frozenset({"score", "criterion"})


class Block(NamedTuple):
    """Lines under one heading (a step, or a question of a guide), each with what qualifies it."""

    heading: str
    note: str
    lines: list[tuple[BenchLine, str, str]]


def laboratory(answer: Answer) -> list[BenchPage]:
    """The protocols and guides of an answer."""
    return [page for page in answer.bench if page.kind not in _DEFINED]


def definitions(answer: Answer) -> list[BenchPage]:
    """The scores and criteria that the question names."""
    return [page for page in answer.bench if page.kind in _DEFINED]


def opens(page: BenchPage) -> str:
    """What the command of a page does."""
    return "To compute it" if page.kind in _DEFINED else "In full"


def name(page: BenchPage) -> str:
    """A page as it is introduced.

    >>> name(BenchPage(id="x", kind="guide", title="No signal", command="", lines=()))
    'Guide: No signal'
    """
    return f"{KINDS[page.kind]}: {page.title}"


def note(reader: Reader) -> str:
    """What is said before the pages; a patient's sentences say it themselves."""
    return "" if reader is Reader.PATIENT else NOTE


def about(page: BenchPage) -> list[BenchLine]:
    """The lines that say what a page is for, before any step."""
    return [line for line in page.lines if line.role in {"purpose", "plain"}]


def blocks(page: BenchPage) -> Iterator[Block]:
    """The rest of the page under its headings; a source is named once for lines that share it."""
    held: list[Block] = []
    last: str | None = None
    for line in page.lines:
        if line.role in {"purpose", "plain"}:
            continue
        if not held or line.section != held[-1].heading:
            last = line.source if line.role == "question" else None
            told = qualified(line) if line.role == "question" else ""
            held.append(Block("" if page.kind == "markers" else line.section, told, []))
            if page.kind == "markers" and len(held) > 1:
                held.pop()
        if line.role == "question":
            continue
        told = "" if line.source and line.source == last else qualified(line)
        last = line.source or last
        held[-1].lines.append((line, _text(line), told))
    yield from held


def qualified(line: BenchLine) -> str:
    """How well a line is known and who says so; nothing for a step of ours."""
    if line.source is None:
        return "" if line.status in {"ours", "assumed"} else line.status
    return f"{line.status}: {line.source}"


def _text(line: BenchLine) -> str:
    match line.role:
        case "evidence":
            return f"Evidence ({line.status}): {line.text}"
        case "pitfall":
            return f"Pitfall: {line.text}"
        case _:
            return line.text
