"""Formulas on one line."""

from __future__ import annotations

import pytest
from lxml import etree

from hepatica.evidence.readers._formula import mathml, tex


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<mn>10</mn><mn>3</mn>", "10 3"),
        ("<msup><mn>10</mn><mn>3</mn></msup>", "10³"),
        ("<msup><mn>10</mn><mrow><mo>-</mo><mn>3</mn></mrow></msup>", "10⁻³"),
        ("<msub><mi>x</mi><mn>1</mn></msub><mn>5</mn>", "x_1 5"),
        ("<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>", "x_i²"),
        ("<mfrac><mi>a</mi><mn>2</mn></mfrac>", "a/2"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mi>b</mi></mfrac>", "(a + 1)/b"),
        ("<msqrt><mi>n</mi></msqrt>", "sqrt(n)"),
        ("<mroot><mi>n</mi><mn>3</mn></mroot>", "root_3(n)"),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a, b)"),
        ("<mo>-</mo><mn>5</mn>", "-5"),
        ("<mi>p</mi><mo>≤</mo><mn>0.05</mn>", "p ≤ 0.05"),
        ("<semantics><mi>x</mi><annotation>LEFT OUT</annotation></semantics>", "x"),
    ],
)
def test_mathml(markup: str, expected: str) -> None:
    assert mathml(etree.fromstring(f"<math>{markup}</math>")) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"\documentclass{a}\begin{document}$$x = 1$$\end{document}", "x = 1"),
        (r"\(a^2\)", "a^2"),
        ("$5$", "5"),
        ("plain", "plain"),
    ],
)
def test_tex(source: str, expected: str) -> None:
    assert tex(source) == expected
