"""The blocks of a marked-up document, and how they become the passages of a source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from hepatica.evidence.readers._text import TextBuilder

_TYPED_BULLET = re.compile(r"[-–—•·▪◦*]\s*(?=[A-Za-z])")


class Block(NamedTuple):
    """A "text", "item" or "heading" as `text`, or a "table" as `rows`.

    A "break" is text that ends what the heading before it headed.
    """

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def emit(
    blocks: Sequence[Block],
    builder: TextBuilder,
    *,
    section: tuple[str, ...],
    code: str | None = None,
) -> None:
    """Append blocks to a source's text; a heading extends the section path of what follows it."""
    path = section
    for left, block in enumerate(blocks, start=1 - len(blocks)):
        if block.kind == "heading" and left:
            builder.add_heading(block.text)
            path = (*section, block.text)
            continue
        if block.kind == "break":
            path = section
        if block.kind == "table":
            builder.add_table(block.rows, section=path, code=code)
        else:
            builder.add(block.text, section=path, code=code)


def with_lists_joined(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with each list joined to the line that announces it, as one text."""
    joined: list[Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        typed = (
            block.kind == "text"
            and last is not None
            and (last.kind == "item" or last.text.endswith(":"))
            and _TYPED_BULLET.match(block.text)
        )
        if typed:
            block = Block("item", _TYPED_BULLET.sub("• ", block.text, count=1))
        if block.kind != "item":
            joined.append(block)
        elif last is not None and (
            last.kind == "item" or (last.kind == "text" and last.text.endswith(":"))
        ):
            joined[-1] = Block("item", f"{last.text}\n{block.text}")
        else:
            joined.append(block)
    return [Block("text", block.text) if block.kind == "item" else block for block in joined]
