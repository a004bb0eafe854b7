"""Tables as rows: spans filled in, empty rows and columns gone."""

from __future__ import annotations

import pytest
from lxml import etree

from hepatica.evidence.readers._tables import Budget, grid


def rows(markup: str) -> list[str]:
    table = etree.fromstring(f"<table>{markup}</table>")
    cells = grid(table, lambda cell: "".join(map(str, cell.itertext())).split("/"), Budget())
    return [" | ".join(row) for row in cells]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<tr><td>a</td><td>1</td></tr>", ["a | 1"]),
        (
            "<tfoot><tr><td>f</td></tr></tfoot><tbody><tr><td>b</td></tr></tbody>"
            "<thead><tr><th>h</th></tr></thead>",
            ["h", "b", "f"],
        ),
        (
            "<tr><td rowspan='2'>a</td><td>1</td></tr><tr><td>2</td></tr><tr><td>b</td></tr>",
            ["a | 1", "a | 2", "b"],
        ),
        (
            "<tr><td/><td colspan='2'>A</td></tr><tr><td>x</td><td>1</td><td>2</td></tr>",
            [" | A | A", "x | 1 | 2"],
        ),
        (
            "<tr><td>x</td><td>1</td></tr><tr><td colspan='2'>Section</td></tr>",
            ["x | 1", "Section"],
        ),
        (
            "<tr><td rowspan='2' colspan='2'>a</td><td>1</td></tr><tr><td>2</td></tr>",
            ["a | a | 1", "a | a | 2"],
        ),
        ("<tr><td>a</td><td/><td>1</td></tr><tr><td/><td/><td/></tr>", ["a | 1"]),
        (
            "<tr><td>a</td><td>1</td><td/></tr><tr><td/><td>2</td><td>3</td></tr>",
            ["a | 1", " | 2 | 3"],
        ),
        ("<tgroup><thead><row><entry>h</entry></row></thead></tgroup>", ["h"]),
        ("<tr><td rowspan='99'>a</td><td>1</td></tr>", ["a | 1"]),
    ],
)
def test_grid(markup: str, expected: list[str]) -> None:
    assert rows(markup) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            ["ACR20/Week 12/Week 24", "14%/15%", "58%/57%"],
            ["ACR20: Week 12 | 14% | 58%", "ACR20: Week 24 | 15% | 57%"],
        ),
        (
            ["a", "Pill/- x 1 mg/- y 2 mg", "↑ 28%/↑ 19%"],
            ["a | Pill: x 1 mg | ↑ 28%", "a | Pill: y 2 mg | ↑ 19%"],
        ),
        (["x/y", "1/2", "same"], ["x | 1 | same", "y | 2 | same"]),
        (["Score", "5.7/4.2–7.3"], ["Score | 5.7; 4.2–7.3"]),
        (["Score/(0-68)", "5.7/8.1"], ["Score (0-68) | 5.7; 8.1"]),
        (["x/y", "1/2", "1/2/3"], ["x y | 1; 2 | 1; 2; 3"]),
        (["Drug A (oral)/Drug B (oral)", "40 mg"], ["Drug A (oral); Drug B (oral) | 40 mg"]),
        (["Any dose/N=8755", "10 mg/N=3908"], ["Any dose N=8755 | 10 mg N=3908"]),
        (["1/2", "x/y"], ["1; 2 | x y"]),
    ],
)
def test_rows_of_several_lines(cells: list[str], expected: list[str]) -> None:
    assert rows(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>") == expected


def test_a_long_cell_is_not_repeated() -> None:
    long = "word " * 100
    assert rows(f"<tr><td rowspan='2'>{long}</td><td>1</td></tr><tr><td>2</td></tr>") == [
        f"{long.strip()} | 1",
        " | 2",
    ]
