"""The registry's codes and Markdown in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>~=|&^$%])")
_BULLET = re.compile(r"^[ \t]*[*+-][ \t]+", re.M)
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
_PHASE = re.compile(r"(EARLY_)?PHASE(\d)")
_ABBREVIATIONS = {"NA": "not applicable", "ECT": "ECT"}


def words(code: str) -> str:
    """ "NOT_YET_RECRUITING" as "Not yet recruiting", "PHASE2" as "Phase 2"; other text as it is."""
    if phase := _PHASE.fullmatch(code):
        return f"{'Early phase' if phase[1] else 'Phase'} {phase[2]}"
    if code in _ABBREVIATIONS:
        return _ABBREVIATIONS[code]
    if re.fullmatch(r"[A-Z][A-Z0-9_ ]*", code):
        return code.replace("_", " ").capitalize()
    return code


def paragraphs(markdown: str) -> Iterator[str]:
    """The paragraphs of a Markdown field; a list stays with the line that announces it."""
    plain = _ESCAPED.sub(r"\1", _BULLET.sub("• ", markdown))
    announced = ""
    for paragraph in _BLANK_LINE.split(plain.strip()):
        text = f"{announced}\n{paragraph}" if announced else paragraph
        bulleted = paragraph.lstrip().startswith("•")
        if paragraph.rstrip().endswith(":") and not bulleted:
            if announced:
                yield announced
            announced = paragraph.rstrip()
            continue
        announced = ""
        if text.strip():
            yield text
    if announced:
        yield announced


def sentences(*parts: str | tuple[str, str]) -> str:
    """The given parts as sentences, "Label: value." for a pair, without what is empty."""
    written = []
    for part in parts:
        text = part if isinstance(part, str) else (f"{part[0]}: {part[1]}" if part[1] else "")
        text = _ESCAPED.sub(r"\1", " ".join(text.split()))
        if text:
            written.append(text if text[-1] in ".?!" else f"{text}.")
    return " ".join(written)
