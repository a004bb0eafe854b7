"""Running text with indices and citations resolved, so that no number ever gains a digit.

Superscripts read as powers ("10^3"), subscripts never glue to a number, citation markers go.
A collector puts private-use characters where markup stood; `resolve` needs their neighbours.
"""

from __future__ import annotations

import re

SUP, SUP_END, SUB, SUB_END, CITE, NAMED, NAMED_END, BREAK, NOTED = map(chr, range(0xE000, 0xE009))
_MARKS = re.compile(f"[{SUP}-{NOTED}]")

_WHITE_SPACE = re.compile(r"\s+")
_WRAPPED_PUNCTUATION = re.compile(r"\n(?=[;:)\]]|[,.](?!\d))")
_WRAPPED_SUB = re.compile(rf"\n(?={SUB})")
_WRAPPED_SUP = re.compile(rf"(?<=\d)\n(?={SUP}[^{SUP_END}]*{SUP_END}(?![A-Za-z]))")
_INNERMOST = re.compile(
    rf"(?:{SUP}([^{SUP}-{SUB_END}]*){SUP_END}|{SUB}([^{SUP}-{SUB_END}]*){SUB_END})"
    r"(?=(.?))",
    re.S,
)
_ORDINAL = re.compile(r"st|nd|rd|th")
_BETWEEN = r"[\s,;:&–—‐‑−-]|and|see|also|e\.g\.|cf\.|for review|reviewed in"
_ONLY_CITATIONS = re.compile(
    rf"[\[(](?:{_BETWEEN})*(?:(?:{CITE}|{NAMED}[^{NAMED_END}]*{NAMED_END})"
    rf"(?:{_BETWEEN})*)+[\])]"
)
_CITATIONS = re.compile(rf"\s?{CITE}(?:[\s,;–—‐‑−-]*{CITE})*(\w?)")
# Typed as "51⁄2" and printed as 5½: without the space it would be read as 51.
_MIXED_FRACTION = re.compile(r"(?<=\d)(?=\d⁄\d)")


def plain(text: str) -> str:
    """A file's own text, without characters that would be taken for marks."""
    return _MARKS.sub("\ufffd", text)


def resolve(raw: str) -> str:
    """Running text with its marks resolved and its white space as one space each."""
    if "\n" in raw:
        raw = _WHITE_SPACE.sub(lambda run: "\n" if "\n" in run[0] else " ", raw)
        raw = _WRAPPED_PUNCTUATION.sub("", raw)
    else:
        raw = " ".join(raw.split())
    if "⁄" in raw:
        raw = _MIXED_FRACTION.sub(" ", raw)
    if not _MARKS.search(raw):
        return raw.replace("\n", " ").strip()
    # Pretty-printers put an index on a line of its own: the space is theirs, not the author's.
    raw = _WRAPPED_SUP.sub("", _WRAPPED_SUB.sub("", raw))
    changed = 1
    while changed:
        raw, changed = _INNERMOST.subn(_index, raw)
    raw = _ONLY_CITATIONS.sub(CITE, raw)
    raw = _CITATIONS.sub(lambda match: f" {match[1]}" if match[1] else "", raw)
    raw = raw.replace(NAMED, "").replace(NAMED_END, "")
    raw = re.sub(rf"{NOTED}(?=(\w?))", lambda match: " " if match[1] else "", raw)
    lines = (" ".join(line.split()) for line in raw.split(BREAK))
    return "\n".join(line for line in lines if line)


def _index(match: re.Match[str]) -> str:
    """A superscript or subscript as text that cannot be read as part of a number beside it."""
    sup, sub, after = match.groups()
    before = match.string[match.start() - 1] if match.start() else ""
    content = re.sub(r" ?, ?", ",", " ".join((sup if sub is None else sub).split()))
    if not any(map(str.isalnum, content)):
        return CITE if CITE in content else content
    text = _superscript(content, before, after) if sub is None else _subscript(content, before)
    return f"{text} " if text[-1].isdigit() and after.isdigit() else text


def _superscript(content: str, before: str, after: str) -> str:
    if before.isdigit() and _ORDINAL.fullmatch(content):
        return content
    if content in ("o", "O") and after in ("C", "F"):
        return "°"
    return f"^({content})" if " " in content else f"^{content}"


def _subscript(content: str, before: str) -> str:
    if content.isalnum() and before and (before.isalpha() or before in ")]"):
        return content
    return f"_({content})" if " " in content else f"_{content}"
