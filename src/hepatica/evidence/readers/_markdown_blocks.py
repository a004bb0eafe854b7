"""The blocks of a Markdown text, in order, into a TextBuilder."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from hepatica.evidence.readers import _html_page
from hepatica.evidence.readers._html_blocks import write_blocks
from hepatica.evidence.readers._inline import InlineText
from hepatica.evidence.readers._sections import Sections
from hepatica.evidence.readers._text import TextBuilder, one_line

_TAG = re.compile(r"<(/?)\s*(sup|sub|br)\b", re.IGNORECASE)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def parse(text: str) -> SyntaxTreeNode:
    """The tree of blocks of CommonMark with tables."""
    return SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(text))


def first_heading(root: SyntaxTreeNode) -> str | None:
    """The heading of level 1 that opens the text, or else the only one in it."""
    blocks = root.children
    found = [block for block in blocks if block.type == "heading" and block.tag == "h1"]
    if found and (found[0] is blocks[0] or len(found) == 1):
        return block_text(found[0])
    return None


def write_blocks_of(
    root: SyntaxTreeNode, builder: TextBuilder, sections: Sections, *, origin: str
) -> None:
    """Append paragraphs, lists, tables, code and embedded HTML under their headings."""
    for block in root.children:
        if block.type == "heading":
            sections.enter(int(block.tag[1]), block_text(block), builder)
        elif sections.left_out or block.type == "hr":
            continue
        elif block.type == "table":
            builder.add_table(_rows(block), section=sections.path)
        elif block.type in ("bullet_list", "ordered_list"):
            builder.add("\n".join(_items(block, "")), section=sections.path)
        elif block.type == "blockquote":
            write_blocks_of(block, builder, sections, origin=origin)
        elif block.type == "html_block":
            page = b"%s<div>%s</div>" % (_BYTE_ORDER_MARK, block.content.encode())
            write_blocks(_html_page.parse(page, origin=origin), builder, sections)
        else:
            builder.add(block_text(block), section=sections.path)


def block_text(block: SyntaxTreeNode) -> str:
    """The text of a paragraph, heading, cell or code block, without its marks."""
    if block.type in ("fence", "code_block", "html_block"):
        return block.content
    return " ".join(_inline_text(child) for child in block.children)


def _rows(table: SyntaxTreeNode) -> Iterator[list[str]]:
    for part in table.children:
        for row in part.children:
            yield [block_text(cell) for cell in row.children]


def _items(block: SyntaxTreeNode, indent: str) -> Iterator[str]:
    number = int(block.attrs.get("start", 1))
    for item in block.children:
        mark = "•" if block.type == "bullet_list" else f"{number}."
        number += 1
        for part in item.children:
            if part.type in ("bullet_list", "ordered_list"):
                yield from _items(part, indent + "  ")
            elif text := one_line(" ".join(_leaves(part))):
                yield f"{indent}{mark} {text}" if mark else f"{indent}  {text}"
                mark = ""


def _leaves(block: SyntaxTreeNode) -> Iterator[str]:
    if block.type in ("paragraph", "heading", "fence", "code_block", "th", "td"):
        yield block_text(block)
    else:
        for child in block.children:
            yield from _leaves(child)


def _inline_text(node: SyntaxTreeNode) -> str:
    line = InlineText()
    mode, shifted = "", ""
    tokens = node.token.children if node.token and node.token.children else []
    for token in tokens:
        tag = _TAG.match(token.content) if token.type == "html_inline" else None
        if tag and tag[2].lower() == "br":
            line.text("\n")
        elif tag:
            if mode:
                (line.raised if mode == "sup" else line.lowered)(shifted)
            mode, shifted = ("" if tag[1] else tag[2].lower()), ""
        elif token.type == "hardbreak":
            line.text("\n")
        elif token.type == "softbreak":
            line.text(" ")
        elif token.type in ("text", "code_inline", "text_special"):
            if mode:
                shifted += token.content
            else:
                line.text(token.content)
    line.text(shifted)
    return line.value
