"""Text to sentences with exact offsets, without breaking numbers, units or abbreviations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hepatica.evidence._abbreviations import (
    BEFORE_NAMES,
    BEFORE_NUMBER,
    IN_NAMES,
    MAYBE_LAST,
    NAMED_BY_A_LETTER,
    NEVER_LAST,
    NEVER_LAST_CAPITAL,
    OPENERS,
    UNITS,
)
from hepatica.evidence._text_blocks import blocks

# Every pattern is possessive or bounded: no text, however hostile, is scanned twice.
_STOP = re.compile(r"[.!?…]++[\"'”’»)\]]*+")
_SPACE = re.compile(r"\s*+")
_RAISED = "⁰¹²³⁴-⁹"
_BRACKETED = r"\[\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,20}\]"
_RAISED_LIST = rf"[{_RAISED}]{{1,4}}(?:[,–⁻-][{_RAISED}]{{1,4}}){{0,20}}"
_REFERENCE = re.compile(
    rf"(?:{_BRACKETED}|{_RAISED_LIST})(?:\s?(?:{_BRACKETED}|{_RAISED_LIST})){{0,9}}(?=\s|\Z)"
)
_REFERENCE_DIGITS = re.compile(r"\d{1,3}(?:[,–-]\s?\d{1,3}){0,20}(?=\s|\Z)")
_OPENING = re.compile(r"[\"'“‘«(\[¿¡]*+")
_LOWER_OPENING = re.compile(r"[a-z]{1,3}[A-Z0-9]|[α-ω](?:[-–A-Z0-9])")
_NO_OPENING = frozenset(",;:)]}/%&=*+")
_NUMBER = re.compile(r"S?\d|[IVX]{1,4}\b")
_OPENER = re.compile(rf"(?:{OPENERS})\b(?!\.)")
_CAPITALISED = re.compile(r"[A-Z](?:[a-z]|\s)")
_NUMBER_WITH_UNIT = re.compile(rf"\d{{1,4}}(?:[.,]\d{{1,4}})?\s?(?:{UNITS})")
_WORD_BEFORE = re.compile(r"(?:^|[\s(\[{\"'“‘/–-])((?:[A-Za-z]{1,2}\.)*[^\W\d_]+)$")
_NUMBER_BEFORE = re.compile(r"(?:^|[^\d.,])([≥≤<>=±~≈]?\s?)(\d[\d.,]*)$")
_MARKER = re.compile(r"\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})")
_CAPTION = re.compile(
    r"(?:Suppl(?:\.|ementary|emental) )?(?:Table|Fig\.|Figure|Box) ?S?\d{1,3}[A-Za-z]?"
)
_LOOK_BACK = 40
_PARENTHESIS = 400


def split(text: str) -> list[tuple[int, int]]:
    """The spans of the sentences of `text`, in order, with only white space between them.

    A blank line, a list item and a table row (cells separated by " | ") end a sentence; a single
    newline in running text does not. References after the full stop belong to the sentence
    before them.

    >>> text = "SCr was ≥2.25 mg/dL [1]. Give 0.85 mg i.v. every 6 h."
    >>> [text[start:end] for start, end in split(text)]
    ['SCr was ≥2.25 mg/dL [1].', 'Give 0.85 mg i.v. every 6 h.']
    """
    spans: list[tuple[int, int]] = []
    for start, end, is_row in blocks(text):
        if is_row:
            spans.append((start, end))
            continue
        for span in _sentences(text, start, end):
            spans += _settled(text, span) if span[0] > start else [span]
    return spans


def _settled(text: str, span: tuple[int, int]) -> list[tuple[int, int]]:
    """The span, cut further where its lines read as a list once it stands by itself."""
    start, end = span
    if "\n" not in text[start:end]:
        return [span]
    inner = split(text[start:end])
    return [(start + first, start + last) for first, last in inner]


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for stop in _STOP.finditer(text, start, end):
        after = _end_of_sentence(text, stop, end)
        if after is None or stop.start() == begin:
            continue
        following = _SPACE.match(text, after, end)
        place = following.end() if following else end
        if place >= end:
            break
        if _opens(text, place, end) and not _belongs_together(text, begin, stop, after, place, end):
            yield begin, after
            begin = place
    yield begin, end


def _end_of_sentence(text: str, stop: re.Match[str], end: int) -> int | None:
    """Where a sentence that stops here would end, its references included, or None."""
    after = stop.end()
    if after < end and not text[after].isspace():
        glued = _REFERENCE.match(text, after, end)
        if glued is None and not text[stop.start() - 1 : stop.start()].isdigit():
            glued = _REFERENCE_DIGITS.match(text, after, end)
        return glued.end() if glued else None
    following = _SPACE.match(text, after, end)
    late = _REFERENCE.match(text, following.end(), end) if following else None
    return late.end() if late else after


def _opens(text: str, place: int, end: int) -> bool:
    """Whether a sentence can start at `place`."""
    opening = _OPENING.match(text, place, end)
    first = opening.end() if opening else place
    if first >= end:
        return False
    character = text[first]
    if character in _NO_OPENING or character.isspace():
        return False
    if character.islower() and first == place:
        return bool(_LOWER_OPENING.match(text, first, end))
    return True


def _belongs_together(
    text: str, begin: int, stop: re.Match[str], after: int, place: int, end: int
) -> bool:
    """Whether what stands before and after this stop is one sentence."""
    if _in_parenthesis(text, begin, stop.start(), after, end):
        return True
    marks = stop[0].rstrip("\"'”’»)]")
    before = text[max(begin, stop.start() - _LOOK_BACK) : stop.start()]
    if marks == ".":
        if len(stop[0]) > 1:
            return False
        if before and before[-1].isalpha():
            return _word_goes_on(text, begin, before, stop.start(), place)
        return _number_goes_on(text, begin, before, stop.start(), place)
    if "…" in marks or ".." in marks:
        return not before or before[-1].isspace()
    return False


def _in_parenthesis(text: str, begin: int, stop: int, after: int, end: int) -> bool:
    opening = text.rfind("(", max(begin, stop - _PARENTHESIS), stop)
    if opening < 0:
        return False
    closing = text.find(")", opening, min(opening + _PARENTHESIS, end))
    return closing >= after


def _word_goes_on(text: str, begin: int, before: str, stop: int, place: int) -> bool:
    if _is_marker(text, begin, stop):
        return True
    found = _WORD_BEFORE.search(before)
    if found is None:
        return False
    word = found[1]
    bare = word.lower()
    if bare in NEVER_LAST or word in NEVER_LAST_CAPITAL:
        return True
    if bare in BEFORE_NUMBER and _NUMBER.match(text, place):
        return True
    if word in IN_NAMES:
        return not _OPENER.match(text, place)
    if "." in word:
        return not (_CAPITALISED if word.islower() else _OPENER).match(text, place)
    if bare in MAYBE_LAST and not (len(word) == 1 and word.isupper()):
        return not "A" <= text[place] <= "Z"
    if len(word) == 1 and word.isupper():
        return _is_initial(before[: found.start(1)]) and not _OPENER.match(text, place)
    return False


def _is_initial(before: str) -> bool:
    """Whether a single capital after these words stands for a name: "by J. Smith"."""
    if before.endswith(("-", "/", "–")) and not before.endswith(".-"):
        return False
    words = re.findall(r"[^\W_]+", before[-30:])
    if not words:
        return True
    word = words[-1]
    if word.isdecimal() or word.lower() in NAMED_BY_A_LETTER:
        return False
    return not word.islower() or word in BEFORE_NAMES


def _number_goes_on(text: str, begin: int, before: str, stop: int, place: int) -> bool:
    if _is_marker(text, begin, stop) or _CAPTION.fullmatch(text, begin, stop):
        return True
    found = _NUMBER_BEFORE.search(before)
    if found is None:
        return False
    if text[place].isdigit():
        # "≥2. 25 mg/dL" is a figure that lost its shape; half of it would be another figure.
        return bool(found[1].strip()) or bool(_NUMBER_WITH_UNIT.match(text, place))
    return before[: found.start(2)].endswith((": ", "; ")) and len(found[2]) < 3


def _is_marker(text: str, begin: int, stop: int) -> bool:
    """Whether the sentence so far is but the number or letter of a list item."""
    return stop - begin < 6 and _MARKER.fullmatch(text, begin, stop) is not None
