"""Cleaning, and offsets that hold while a text is composed."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepatica.evidence.readers._text import LONGEST, TextBuilder, clean, one_line

ESC = "\x1b"


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("plain ASCII, 0.85 mg", "plain ASCII, 0.85 mg"),
        ("tab\tand\nnewline stay", "tab\tand\nnewline stay"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("page one\x0cpage two\x0bx\x85y\u2028z", "page one\npage two\nx\ny\nz"),
        ("2.25\xa0mg/dL", "2.25 mg/dL"),
        ("1\u202f000\u2009mL", "1 000 mL"),
        (f"{ESC}[31mred{ESC}[0m", "red"),
        (f"{ESC}[2J{ESC}[1;1Hcleared", "cleared"),
        (f"{ESC}]0;own title\x07text", "text"),
        (f"{ESC}]8;;https://example.org{ESC}\\link{ESC}]8;;{ESC}\\", "link"),
        (f"{ESC}Pdevice string{ESC}\\x", "x"),
        (f"{ESC}(Bx{ESC}7y{ESC}cz", "xyz"),
        # What is not clearly a sequence keeps every visible character.
        (f"{ESC}]0;never ended, 5 mg", "]0;never ended, 5 mg"),
        (f"{ESC}[5 mg", "[5 mg"),
        (f"{ESC}0.5 mg", "0.5 mg"),
        ("\x9b5 mg", "5 mg"),
        ("bell\x07 back\x08space nul\x00", "bell backspace nul"),
        ("5\x0010", "5 10"),
        ("\u202egm 05\u202c", "gm 05"),
        ("zero\u200bwidth\u200d and\ufeff BOM", "zerowidth and BOM"),
        ("hepa\xadtorenal", "hepatorenal"),
        ("hepa\xad\ntorenal", "hepatorenal"),
        ("0.5\xad2 mg", "0.5-2 mg"),
        ("e\u0301tude", "étude"),
        ("≥2.25 ≤0.5 ±1 −3 µg 10⁹/L 3–5", "≥2.25 ≤0.5 ±1 −3 µg 10⁹/L 3–5"),
        ("lone \ud800 surrogate \ufffe", "lone \ufffd surrogate \ufffd"),
    ],
)
def test_clean(dirty: str, expected: str) -> None:
    assert clean(dirty) == expected


@given(st.text())
def test_clean_is_idempotent_and_leaves_nothing_that_acts(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    for character in cleaned:
        category = unicodedata.category(character)
        assert category not in ("Cs", "Cc") or character in "\n\t"
        assert unicodedata.bidirectional(character) not in ("LRO", "RLO", "LRE", "RLE", "PDF")
    cleaned.encode()


@given(st.text(alphabet="0123456789.,-+−±≥≤<>=%µ mgdL/\xa0\x00\x07\u200b\xad\r\n\x0c"))
def test_clean_keeps_every_digit_and_sign_in_order(text: str) -> None:
    figures = re.compile(r"[^0-9.,+−±≥≤<>=%µ]")
    assert figures.sub("", clean(text)) == figures.sub("", text)


@given(
    st.lists(st.text(alphabet="0123456789", min_size=1), min_size=2),
    st.sampled_from(["\x00", "\x07", "\x7f", "\x9b", "\x1b[0m", "\x1bc", "\x0c"]),
)
def test_a_control_never_joins_two_numbers(numbers: list[str], control: str) -> None:
    assert clean(control.join(numbers)).split() == numbers


def test_one_line() -> None:
    assert one_line("  a \n\t b\xa0c ") == "a b c"


def test_offsets_stand() -> None:
    builder = TextBuilder()
    builder.add("  Title\r\n", kind="title")
    builder.add_heading("Dosage and  administration")
    builder.add("0.85 mg\xa0every 6 h.\x07", section=("Dosage\nand", " "), code="34068-7")
    builder.add(" \x00 ", section=("blank",))
    builder.add_table([["Day", " Dose\n(mg) "], ["", ""], ["1", "0.85"]], section=("T",))
    text = builder.text
    assert text == (
        "Title\n\nDosage and administration\n\n0.85 mg every 6 h.\n\nDay | Dose (mg)\n1 | 0.85"
    )
    found = [(p.kind, p.section, p.code, text[p.start : p.end]) for p in builder.passages]
    assert found == [
        ("title", (), None, "Title"),
        ("text", ("Dosage and",), "34068-7", "0.85 mg every 6 h."),
        ("table", ("T",), None, "Day | Dose (mg)\n1 | 0.85"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Terlipressin 0.85 mg was given every 6 h. " * 1_000,
        "Terlipressin without a stop 1 000 2 000 " * 1_000,
        "1 " * 5_000 + "x",
        "x" * 20_000,
        " ".join(["x" * 3_999] * 3),
        "Short. " + "x" * 9_000 + " y. Short.",
    ],
)
def test_long_text_becomes_several_passages(text: str) -> None:
    builder = TextBuilder()
    builder.add(text, section=("S",))
    last = 0
    for passage in builder.passages:
        assert passage.section == ("S",)
        between = builder.text[last : passage.start]
        assert not between.strip()
        digits_beside = builder.text[max(last - 1, 0) : last] + builder.text[passage.start]
        assert not digits_beside.isdigit() or last == 0
        assert (last == 0) == (between == "")
        last = passage.end
    assert last == len(builder.text)
    longest_word = max(map(len, text.split()))
    if longest_word < LONGEST and not text.startswith("1 1"):
        assert max(p.end - p.start for p in builder.passages) <= LONGEST


@given(st.lists(st.tuples(st.sampled_from(["text", "title", "heading"]), st.text())))
def test_every_passage_is_its_cleaned_piece(pieces: list[tuple[str, str]]) -> None:
    builder = TextBuilder()
    expected = []
    for kind, text in pieces:
        if kind == "heading":
            builder.add_heading(text)
            continue
        builder.add(text, kind=kind)
        if piece := clean(text).strip():
            expected.append((kind, piece))
    text = builder.text
    assert [(p.kind, text[p.start : p.end]) for p in builder.passages] == expected
    assert clean(text) == text
