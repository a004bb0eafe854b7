"""Running text with indices and citations resolved, so that no number ever gains a digit.

Superscripts read as powers ("10³"), subscripts never glue to a number, citation markers go.
A collector puts private-use characters where markup stood; `resolve` needs their neighbours.
"""

from __future__ import annotations

import re

from hepatica.evidence.readers._indices import raised

SUP, SUP_END, SUB, SUB_END, CITE, NAMED, NAMED_END, BREAK, NOTED, _GAP = map(
    chr, range(0xE000, 0xE00A)
)
_MARKS = re.compile(f"[{SUP}-{_GAP}]")

_WHITE_SPACE = re.compile(r"\s+")
_WRAPPED_PUNCTUATION = re.compile(r"\n(?=[;:)\]]|[,.](?!\d))")
_WRAPPED_SUB = re.compile(rf"\n(?={SUB})")
_WRAPPED_SUP = re.compile(rf"(?<=\d)\n(?={SUP}[^{SUP_END}]*{SUP_END}(?![A-Za-z]))")
# "1<sup>1</sup>/<sub>2</sub> tablets" is one and a half, no power.
_FRACTION = re.compile(
    rf"(\d?){SUP}\s*(\d{{1,2}})\s*{SUP_END}\s*([⁄/])\s*{SUB}\s*(\d{{1,2}})\s*{SUB_END}(?=(\d?))"
)
_INNERMOST = re.compile(
    rf"(?:{SUP}([^{SUP}-{SUB_END}]*){SUP_END}|{SUB}([^{SUP}-{SUB_END}]*){SUB_END})"
    r"(?=(.?))",
    re.S,
)
# A paragraph inside an index parts its two ends.
_UNPAIRED = re.compile(f"[{SUP}-{SUB_END}]")
_RAISED = "[⁰¹²³⁴⁵⁶⁷⁸⁹]"
_BETWEEN_DIGITS = re.compile(rf"(?<=\d){_GAP}++(?=\d)|(?<={_RAISED}){_GAP}++(?=\d|{_RAISED})")
_ORDINAL = re.compile(r"st|nd|rd|th")
_BETWEEN = r"[\s,;:&–—‐‑−-]|and|see|also|e\.g\.|cf\.|for review|reviewed in"
_ONLY_CITATIONS = re.compile(
    rf"[\[(](?:{_BETWEEN})*(?:(?:{CITE}|{NAMED}[^{NAMED_END}]*{NAMED_END})"
    rf"(?:{_BETWEEN})*)+[\])]"
)
_CITATIONS = re.compile(rf"[\s{_GAP}]?{CITE}(?:[\s{_GAP},;–—‐‑−-]*{CITE})*(\w?)")
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
    raw = _FRACTION.sub(_fraction, raw)
    changed = 1
    while changed:
        raw, changed = _INNERMOST.subn(_index, raw)
    raw = _UNPAIRED.sub(_GAP, raw)
    raw = _ONLY_CITATIONS.sub(CITE, raw)
    raw = _CITATIONS.sub(lambda match: f" {match[1]}" if match[1] else "", raw)
    raw = raw.replace(NAMED, "").replace(NAMED_END, "")
    raw = re.sub(rf"{NOTED}(?=(\w?))", lambda match: " " if match[1] else "", raw)
    raw = _close_gaps(raw)
    lines = (" ".join(line.split()) for line in raw.split(BREAK))
    return "\n".join(line for line in lines if line)


def _close_gaps(raw: str) -> str:
    """Each gap a space where digits would touch, else nothing."""
    return _BETWEEN_DIGITS.sub(" ", raw).replace(_GAP, "")


def _fraction(match: re.Match[str]) -> str:
    before, above, slash, below, after = match.groups()
    return f"{before}{' ' if before else ''}{above}{slash}{below}{_GAP if after else ''}"


def _index(match: re.Match[str]) -> str:
    """A superscript or subscript as text that cannot be read as part of a number beside it."""
    sup, sub, after = match.groups()
    before = match.string[max(0, match.start() - 8) : match.start()].rstrip(_GAP)[-1:]
    content = " ".join(_close_gaps(sup if sub is None else sub).split())
    content = re.sub(r" ?, ?", ",", content)
    if content in ("+", "-", "−") and sub is None and (before.isalnum() or before == SUB_END):
        return raised(content)
    if content and not any(map(str.isalnum, content)):
        return CITE if CITE in content else content
    if not content:
        return _GAP
    text = _superscript(content, before, after) if sub is None else _subscript(content, before)
    return f"{text}{_GAP}"


def _superscript(content: str, before: str, after: str) -> str:
    if before.isdigit() and _ORDINAL.fullmatch(content):
        return content
    if content in ("o", "O") and after in ("C", "F"):
        return "°"
    return raised(content)


def _subscript(content: str, before: str) -> str:
    plain_text = all(c.isalpha() or c.isdecimal() for c in content)
    if plain_text and before and (before.isalpha() or before in ")]"):
        return content
    return f"_({content})" if " " in content else f"_{content}"
