"""PDF: characters in reading order, numbers intact, errors that say what to do."""

from __future__ import annotations

import io
import sys

import pytest
from pdf_writer import Text, column, write

from hepatica.errors import MissingExtraError, SourceError, UnsafeSourceError
from hepatica.evidence.model import Document
from hepatica.evidence.readers import pdf


def read(data: bytes, origin: str = "paper.pdf") -> Document:
    (document,) = pdf.read(io.BytesIO(data), origin=origin)
    assert isinstance(document, Document)
    return document


def blocks(*pages: list[Text]) -> list[tuple[str, str, str]]:
    document = read(write(pages))
    text = document.source.text
    return [(p.section[0], p.kind, text[p.start : p.end]) for p in document.passages]


def texts(*pages: list[Text]) -> list[str]:
    return [text for _, _, text in blocks(*pages)]


LEFT = (
    "Left column starts with a line of",
    "running text that goes on to fill",
    "the width of its own column which",
    "is narrow, as journals print it.",
)
RIGHT = (
    "Right column has other sentences,",
    "which stand beside the left ones,",
    "and must never be mixed with them",
    "while somebody reads the article.",
)


def test_lines_become_paragraphs() -> None:
    page = column(72, 700, ["Terlipressin was given to patients with", "hepatorenal syndrome."])
    page += column(72, 660, ["Albumin was given to all of them."])
    assert blocks(page) == [
        ("Page 1", "text", "Terlipressin was given to patients with hepatorenal syndrome."),
        ("Page 1", "text", "Albumin was given to all of them."),
    ]


def test_two_columns_drawn_row_by_row() -> None:
    page = [Text(72, 740, "A title across both columns of the whole page", 16)]
    for number in range(4):
        page.append(Text(72, 700 - 12 * number, LEFT[number]))
        page.append(Text(320, 700 - 12 * number, RIGHT[number]))
    assert blocks(page) == [
        ("Page 1", "title", "A title across both columns of the whole page"),
        ("Page 1", "text", " ".join(LEFT)),
        ("Page 1", "text", " ".join(RIGHT)),
    ]


def test_full_width_text_between_columns() -> None:
    wide = "This line of a caption runs over the width of both of the columns here."
    page = column(72, 700, LEFT) + column(320, 700, RIGHT) + [Text(72, 630, wide)]
    page += column(72, 600, LEFT) + column(320, 600, RIGHT)
    left, right = " ".join(LEFT), " ".join(RIGHT)
    assert texts(page) == [left, right, wide, left, right]


def test_three_columns() -> None:
    parts = [[f"{word} column line {n} here." for n in range(5)] for word in ("One", "Two", "Tri")]
    page = [
        text for x, part in zip((40, 230, 420), parts, strict=True) for text in column(x, 700, part)
    ]
    assert texts(page) == [" ".join(part) for part in parts]


def test_a_table_keeps_its_rows_and_its_empty_cells() -> None:
    page = [Text(72, 700, "The doses were as follows, by day and creatinine of the patient.")]
    rows = [
        ("Day", "Dose", "Note"),
        ("1-3", "0.85 mg", ""),
        ("4", "", "stop"),
        ("5", "1.7 mg", "x"),
    ]
    for number, row in enumerate(rows):
        for x, cell in zip((72, 200, 330), row, strict=True):
            if cell:
                page.append(Text(x, 660 - 14 * number, cell))
    assert blocks(page)[1:] == [
        ("Page 1", "table", "Day | Dose | Note\n1-3 | 0.85 mg |\n4 |  | stop\n5 | 1.7 mg | x")
    ]


def test_a_full_width_table_on_a_page_of_columns() -> None:
    page = column(72, 700, LEFT) + column(320, 700, RIGHT)
    rows = [
        ("Arm", "n", "Reversal", "Death"),
        ("Terli", "199", "29.1%", "51%"),
        ("Pbo", "101", "15.8%", "45%"),
    ]
    for number, row in enumerate(rows):
        for x, cell in zip((72, 200, 320, 450), row, strict=True):
            page.append(Text(x, 620 - 14 * number, cell))
    assert texts(page)[-1] == (
        "Arm | n | Reversal | Death\nTerli | 199 | 29.1% | 51%\nPbo | 101 | 15.8% | 45%"
    )


def test_raised_and_lowered_digits_never_join_a_number() -> None:
    page = [
        Text(72, 700, "platelets 10"),
        Text(72 + 12 * 6, 704, "9", 6.5),
        Text(72 + 12 * 6 + 3.9, 700, "/L and CO"),
        Text(72 + 21 * 6 + 3.9, 697.5, "2", 6.5),
        Text(72 + 21 * 6 + 7.8, 700, " in 36%"),
        # Reference marks drawn after the line, as some programs do.
        Text(72 + 40 * 6, 700, "of them."),
        Text(72 + 28 * 6 + 7.8, 704, "12", 6.5),
    ]
    assert texts(page) == ["platelets 10⁹/L and CO2 in 36%¹² of them."]


def test_digits_drawn_twice_for_a_bold_look_are_read_once() -> None:
    assert texts([Text(72, 700, "Dose 5 mg"), Text(72.3, 700, "Dose 5 mg")]) == ["Dose 5 mg"]


def test_gaps_without_space_characters_are_spaces() -> None:
    page = [Text(72, 700, "give 0.85"), Text(72 + 9 * 6 + 4, 700, "mg")]
    assert texts(page) == ["give 0.85 mg"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["the hepatorenal form; a hepato-", "renal one"],
            "the hepatorenal form; a hepatorenal one",
        ),
        (
            ["a dose-dependent and a dose-", "dependent one"],
            "a dose-dependent and a dose-dependent one",
        ),
        (["a rare uremi-", "cophobia of it"], "a rare uremi-cophobia of it"),
        (["give a dose of 0.5-", "2 mg of it"], "give a dose of 0.5-2 mg of it"),
        (["infected by COVID-", "19 before"], "infected by COVID-19 before"),
        (["of low- and high- or mid-", "and top-dose"], "of low- and high- or mid- and top-dose"),
        (["from 5 mg -", "the lowest dose"], "from 5 mg - the lowest dose"),
    ],
)
def test_hyphens_at_line_ends(lines: list[str], expected: str) -> None:
    assert texts(column(72, 700, lines)) == [expected]


def test_a_sentence_goes_on_over_columns_and_pages() -> None:
    left = [*LEFT[:3], "and it stops in the middle and so"]
    right = ["goes on in the column beside it as", *RIGHT[1:3], "then it goes on over the page to"]
    first = column(72, 700, left) + column(320, 700, right)
    second = column(72, 700, ["end on the next one.", "", "", "New start."])
    found = blocks(first, second)
    assert found[0] == ("Page 1", "text", " ".join([*left, *right, "end on the next one."]))
    assert found[1][0] == "Page 2"


def running(number: int, body: str) -> list[Text]:
    head = "Journal of things" if number % 2 else "Able and Baker"
    return [
        Text(72, 760, head),
        Text(72, 400, body),
        Text(72, 388, f"{number * number} 34 56"),
        Text(290, 30, f"Page {number + 10} of 20"),
    ]


def test_running_heads_and_feet_are_dropped() -> None:
    pages = [running(number, f"Body {'abcdefgh'[number]} has words.") for number in range(8)]
    assert texts(*pages) == [
        f"Body {letter} has words. {n * n} 34 56" for n, letter in enumerate("abcdefgh")
    ]


def test_repeated_table_figures_at_the_edge_stay() -> None:
    pages = [
        [Text(72, 700, f"Words {'abcd'[n]} here."), Text(72, 100, f"{n * n} mg")] for n in range(4)
    ]
    assert [text for text in texts(*pages) if "mg" in text] == ["0 mg", "1 mg", "4 mg", "9 mg"]


def test_contents_lines_are_dropped() -> None:
    page = [Text(72, 700, "Methods . . . . . . . . . . . . . 12"), Text(72, 650, "Real text.")]
    assert texts(page) == ["Real text."]


def test_text_that_stands_askew_is_dropped() -> None:
    page = [Text(200, 300, "DRAFT", 60, "0.7 0.7 -0.7 0.7"), Text(72, 700, "Upright text stays.")]
    assert texts(page) == ["Upright text stays."]


@pytest.mark.parametrize("matrix", ["0 1 -1 0", "0 -1 1 0", "-1 0 0 -1"])
def test_a_page_on_its_side(matrix: str) -> None:
    places = {"0 1 -1 0": (300, 314), "0 -1 1 0": (314, 300), "-1 0 0 -1": (0, 0)}[matrix]
    if matrix == "-1 0 0 -1":
        page = [
            Text(500, 300, "first line of it", 10, matrix),
            Text(500, 312, "second line", 10, matrix),
        ]
    else:
        page = [
            Text(places[0], 400, "first line of it", 10, matrix),
            Text(places[1], 400, "second line", 10, matrix),
        ]
    assert texts(page) == ["first line of it second line"]


def test_a_rotated_page_reads_as_its_text_runs() -> None:
    page = column(72, 700, ["first line of it", "second line"])
    document = read(write([page], rotate=90))
    assert document.source.text == "first line of it second line"


def test_letters_without_height_do_not_break_a_page() -> None:
    page = [Text(72, 700, "flat", 10, "1 0 0 0"), Text(72, 600, "Good text.")]
    assert "Good text." in texts(page)


def test_text_outside_the_page_is_dropped() -> None:
    assert texts([Text(72, 700, "inside"), Text(72, 2000, "outside")]) == ["inside"]


@pytest.mark.parametrize(
    ("info", "title"),
    [
        ({}, "The printed title of it"),
        ({"Title": "The Printed Title of It"}, "The Printed Title of It"),
        ({"Title": "Microsoft Word - draft7.docx"}, "The printed title of it"),
        ({"Title": "Some other template title"}, "The printed title of it"),
        ({"Title": "untitled"}, "The printed title of it"),
    ],
)
def test_title(info: dict[str, str], title: str) -> None:
    page = [Text(72, 740, "The printed title of it", 18), *column(72, 700, LEFT)]
    assert read(write([page], info=info)).source.title == title


def test_title_without_a_larger_line_is_the_first_one() -> None:
    assert read(write([column(72, 700, LEFT)])).source.title.startswith("Left column starts")


@pytest.mark.parametrize(
    ("page", "options", "id_"),
    [
        ([Text(72, 700, "doi: 10.5555/abc.1")], {}, "doi:10.5555/abc.1"),
        ([Text(72, 30, "https://doi.org/10.5555/Abc.1")], {}, "doi:10.5555/abc.1"),
        ([Text(72, 700, "x")], {"xmp": "<prism:doi>10.5555/Q1</prism:doi>"}, "doi:10.5555/q1"),
        ([Text(72, 700, "x")], {"info": {"Subject": "J 1 (2020). doi:10.5555/s"}}, "doi:10.5555/s"),
        ([Text(72, 700, "see doi: 10.5555/abc.1 for more")], {}, None),
        ([Text(72, 700, "DOI: 10.5555/a"), Text(72, 600, "DOI: 10.5555/b")], {}, None),
    ],
)
def test_id(page: list[Text], options: dict[str, object], id_: str | None) -> None:
    found = read(write([page], **options)).source.id  # type: ignore[arg-type]
    assert found == id_ or (id_ is None and found.startswith("sha:"))


def test_authors_and_address() -> None:
    data = write([column(72, 700, LEFT)], info={"Author": "A. Able", "CreationDate": "D:20200101"})
    source = read(data, origin="https://example.org/a.pdf").source
    assert source.authors == "A. Able"
    assert source.url == "https://example.org/a.pdf"
    assert source.published is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (write([[]]), "no text layer.*run OCR"),
        (write([[Text(72, 700, "   ")]]), "no text layer"),
        (write([column(72, 700, LEFT)], encrypted=True), "encrypted; save a copy without"),
        (b"%PDF-1.4\ngarbage", "damaged or cut short"),
        (write([column(72, 700, LEFT)])[:200], "damaged or cut short"),
        (b"", "damaged or cut short"),
    ],
)
def test_refuses(data: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as error:
        read(data)
    assert str(error.value).startswith("paper.pdf: ")
    assert "\n" not in str(error.value)


def test_pages_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "PAGES", 2)
    with pytest.raises(UnsafeSourceError, match="3 pages, at most 2 are read"):
        read(write([[Text(72, 700, "x")]] * 3))


def test_pieces_on_a_page_are_bounded() -> None:
    page = [Text(10 + 30 * (n % 15), 780 - 0.1 * n, "x", 1) for n in range(6000)]
    with pytest.raises(UnsafeSourceError, match=r"paper\.pdf, page 1: 6000 pieces of text"):
        read(write([page]))


def test_the_optional_part_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'hepatica\[pdf\]'"):
        read(write([[Text(72, 700, "x")]]))


def test_the_same_bytes_give_the_same_document() -> None:
    data = write([column(72, 700, LEFT) + column(320, 700, RIGHT)])
    assert read(data) == read(data, origin="other.pdf")


@pytest.mark.parametrize(
    ("head", "expected"),
    [(b"%PDF-1.7\n", True), (b"\n\n%PDF-2.0", True), (b"about %PDF-1.4", False), (b"", False)],
)
def test_matches(head: bytes, expected: bool) -> None:
    assert pdf.matches(head, "x.pdf") is expected
