"""The flat sections of an openFDA label, put back into the structure of the label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from lxml import etree

from hepatica.evidence.readers import _loinc
from hepatica.evidence.readers._blocks import Block, emit
from hepatica.evidence.readers._markup import Flow
from hepatica.evidence.readers._text import TextBuilder, one_line
from hepatica.evidence.readers.spl import GRAMMAR
from hepatica.evidence.sentences import split

_MAX_SECTIONS = 1_000
_SHORTEST_SUBSECTION = 20
# Flat sections run to pages; a passage is what can be read and ranked in one go.
_LONGEST_PASSAGE = 1_200
# Between two numbered subsections there may be coded ones, which stand apart.
_MOST_SKIPPED = 3
_SENTENCE_ENDS = '.!?:;)]”"'
_SUBSECTION = re.compile(r"(?:^|(?<=\s))(\d{1,2})\.(\d{1,2})\s(?=[A-Z])")
_HEADING = re.compile(r"(?:\d{1,2}\s)?[A-Z][A-Z ,/&()-]{2,80}")
_OWN_NUMBER = re.compile(r"(\d{1,2})(?:\.(\d{1,2}))?\s")


class _Section(NamedTuple):
    field: str
    code: str
    text: str


class _Table(NamedTuple):
    """A table with the words that it left in its section's text."""

    field: str
    words: str
    blocks: list[Block]


def add_sections(record: dict[str, Any], builder: TextBuilder) -> None:
    """Append the label's sections, each stretch of text once, in the order of a printed label."""
    sections = [
        section
        for field, code in _loinc.FIELDS.items()
        for text in _strings(record.get(field))
        for section in [_Section(field, code, one_line(text))]
        if section.text
    ]
    tables = {table.words: table for table in islice(_tables(record), _MAX_SECTIONS)}
    inside = _nesting(sections)
    for number, section in enumerate(sections):
        if number not in inside:
            _add(section, number, sections, inside, tables, builder, path=(), around=None)
    for table in tables.values():
        code = _loinc.FIELDS[table.field]
        emit(table.blocks, builder, section=(_loinc.NAMES[code],), code=code)


def _nesting(sections: list[_Section]) -> dict[int, int]:
    """Which section stands in which other, by its text: the smallest that holds it."""
    inside: dict[int, int] = {}
    if len(sections) > _MAX_SECTIONS:
        return inside
    for number, section in enumerate(sections):
        if len(section.text) < _SHORTEST_SUBSECTION:
            continue
        boxed = section.code == _loinc.BOXED_WARNING
        holders = [
            (len(other.text), place)
            for place, other in enumerate(sections)
            if place != number
            and other.code != _loinc.BOXED_WARNING
            and (not boxed or other.code in (_loinc.DOSAGE, *_loinc.WARNINGS))
            and (len(other.text) > len(section.text) or place < number)
            and section.text in other.text
        ]
        if holders:
            inside[number] = min(holders)[1]
    return inside


def _add(
    section: _Section,
    number: int,
    sections: list[_Section],
    inside: dict[int, int],
    tables: dict[str, _Table],
    builder: TextBuilder,
    *,
    path: tuple[str, ...],
    around: str | None,
) -> None:
    code = _loinc.section_code(section.code, titled=False, around=around) or section.code
    unclassified = section.code == _loinc.UNCLASSIFIED
    if code == section.code and not unclassified:
        path = (*path, _loinc.NAMES[section.code])
    own = _OWN_NUMBER.match(section.text)
    major = own[1] if own and own[2] is None else None
    if unclassified and own:
        path = (*path, own.group().strip())
    children = sorted(
        (section.text.index(sections[child].text), child)
        for child, holder in inside.items()
        if holder == number
    )
    position = 0
    for start, child in children:
        if start < position:
            continue
        before = section.text[position:start]
        if _is_heading(before):
            builder.add_heading(before)
        else:
            _add_parts(before, major, tables, builder, path=path, code=code)
        _add(sections[child], child, sections, inside, tables, builder, path=path, around=code)
        position = start + len(sections[child].text)
    _add_parts(section.text[position:], major, tables, builder, path=path, code=code)


def _add_parts(
    text: str,
    major: str | None,
    tables: dict[str, _Table],
    builder: TextBuilder,
    *,
    path: tuple[str, ...],
    code: str,
) -> None:
    """Append a stretch of text by its numbered subsections, rows in the place of tables' words."""
    spans = list(_table_spans(text, tables))
    cuts: list[tuple[int, int, str]] = [(start, end, words) for start, end, words in spans]
    cuts += [
        (start, start, number)
        for start, number in _subsections(text, major)
        if not any(begin <= start < end for begin, end, _ in spans)
    ]
    position, place = 0, path
    for start, end, name in sorted(cuts):
        _put(text[position:start], builder, section=place, code=code)
        if start == end:
            place = (*path, name)
        else:
            emit(tables.pop(name).blocks, builder, section=place, code=code)
        position = end
    if position or not _is_heading(text):
        _put(text[position:], builder, section=place, code=code)
    else:
        builder.add(text, section=place, code=code)


def _put(text: str, builder: TextBuilder, *, section: tuple[str, ...], code: str) -> None:
    """Append a heading that stands alone, or text in passages of whole sentences."""
    if _is_heading(text):
        builder.add_heading(text)
        return
    start = end = 0
    for sentence_start, sentence_end in split(text):
        if sentence_end - start > _LONGEST_PASSAGE and end > start:
            builder.add(text[start:end], section=section, code=code)
            start = sentence_start
        end = sentence_end
    builder.add(text[start:], section=section, code=code)


def _is_heading(text: str) -> bool:
    return _HEADING.fullmatch(text.strip()) is not None


def _table_spans(text: str, tables: dict[str, _Table]) -> Iterator[tuple[int, int, str]]:
    """Where the words of tables stand in the text, in its order, none inside another."""
    position = 0
    for start, words in sorted((text.find(words), words) for words in tables):
        if start >= position:
            position = start + len(words)
            yield start, position, words


def _subsections(text: str, major: str | None) -> Iterator[tuple[int, str]]:
    """Where "2.1 ", "2.2 " ... begin a sentence and count up."""
    last = 0
    for match in _SUBSECTION.finditer(text) if major else ():
        minor = int(match[2])
        begins = minor == 1 or match.start() == 0 or text[match.start() - 2] in _SENTENCE_ENDS
        if match[1] == major and begins and last < minor <= last + _MOST_SKIPPED:
            last = minor
            yield match.start(), f"{major}.{minor}"


def _tables(record: dict[str, Any]) -> Iterator[_Table]:
    for field in _loinc.FIELDS:
        for markup in _strings(record.get(f"{field}_table")):
            parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
            root = etree.fromstring(f"<html><body>{markup}</body></html>", parser)
            table = None if root is None else root.find(".//table")
            if table is None:
                continue
            words = one_line(" ".join(str(t) for t in table.itertext() if str(t).strip()))
            flow = Flow(GRAMMAR)
            flow.take(table)
            if words:
                yield _Table(field, words, flow.finish())


def _strings(value: Any) -> list[str]:
    values = [value] if isinstance(value, str) else value
    return [text for text in values if isinstance(text, str)] if isinstance(values, list) else []
