"""Superscripts, subscripts, notes and citations: no number gains or loses a digit."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hepatica.evidence.readers._markup import Grammar, inline

GRAMMAR = Grammar(
    inline=frozenset(("b",)),
    breaks=frozenset(("br",)),
    special={"cite": lambda flow, node: flow.cite("".join(map(str, node.itertext())))},
)


def text(markup: str) -> str:
    return inline(etree.fromstring(f"<p>{markup}</p>"), GRAMMAR)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("10<sup>3</sup>/µL", "10³/µL"),
        ("10<sup>-3</sup> M", "10⁻³ M"),
        ('10<b styleCode="superscript">9</b>/L', "10⁹/L"),
        ('CO<b style="vertical-align: sub">2</b>', "CO2"),
        ("1.5 × 10<sup>9</sup>5", "1.5 × 10⁹ 5"),
        ("mg/m<sup>2</sup>", "mg/m²"),
        ("10<sup>a, b</sup>", "10^(a,b)"),
        ("5<sup>2 or 3</sup>", "5^(2 or 3)"),
        ("LIPITOR<sup>®</sup>", "LIPITOR®"),
        ("0.05<sup>*</sup>", "0.05*"),
        ("the 25<sup>th</sup> percentile", "the 25th percentile"),
        ("37<sup>o</sup>C", "37°C"),
        ("Na<sup>+</sup> and HCO<sub>3</sub><sup>-</sup>", "Na⁺ and HCO3⁻"),
        ("CO<sub>2</sub>", "CO2"),
        ("SpO<sub>2</sub>90%", "SpO2 90%"),
        ("C<sub>33</sub>H<sub>34</sub>", "C33H34"),
        ("C<sub>max</sub>", "Cmax"),
        ("AUC<sub>0-24</sub>", "AUC_0-24"),
        ("HbA<sub>1c</sub>", "HbA1c"),
        ("12<sub>2</sub>", "12_2"),
        ("x<sup>2</sup><sub>3</sub>", "x²_3"),
        ("x<sub>i<sup>2</sup></sub>", "x_i²"),
        ("<sup>14</sup>C", "¹⁴C"),
        ("1<sup>1</sup>/<sub>2</sub> tablets", "1 1/2 tablets"),
        ("5<sup>1</sup>⁄<sub>2</sub>", "5 1⁄2"),
        ("<sup>1</sup>⁄<sub>4</sub>", "1⁄4"),
        ("51⁄2 years", "5 1⁄2 years"),
        ("a<sup/>b<sub> </sub>c", "abc"),
        ("β\n\t<sub>2</sub>-agonist", "β2-agonist"),
        ("10\n  <sup>3</sup> cells", "10³ cells"),
        ("[see\n  <b>A (7)</b>\n]", "[see A (7)]"),
        ("1\n.5", "1 .5"),
        ("a<br/>b", "a b"),
        ("5<br/>10", "5; 10"),
        ("mice<sup>1</sup><sup>2</sup>", "mice¹ ²"),
        ("SO<sub>4</sub><sup>2-</sup>", "SO4²⁻"),
        ("10 mg<br/>N=3", "10 mg N=3"),
        ("<x>5</x><x>10</x>", "5; 10"),
        ("1<!-- -->2", "12"),
    ],
)
def test_indices_and_spaces(markup: str, expected: str) -> None:
    assert text(markup) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("shown [<cite>1</cite>].", "shown."),
        ("shown [<cite>1</cite>-<cite>3</cite>, <cite>7</cite>].", "shown."),
        ("shown <cite>[1]</cite>–<cite>[5]</cite>. Then", "shown. Then"),
        ("shown [<cite>1</cite>]-[<cite>2</cite>].", "shown."),
        ("shown<sup><cite>1</cite>,<cite>2</cite></sup> by", "shown by"),
        ("shown<sup><cite>1</cite></sup><sup>,</sup><sup><cite>2</cite></sup>.", "shown."),
        ("(<cite>Smith, 2001</cite>; <cite>Doe, 2002</cite>)", ""),
        ("(see also <cite>Smith, 2001</cite>)", ""),
        ("<cite>Smith (2001)</cite> found 5", "Smith (2001) found 5"),
        ("(reviewed by <cite>Smith, 2001</cite>)", "(reviewed by Smith, 2001)"),
        ("dose <cite>3</cite>5 mg", "dose 5 mg"),
        ("in 12<cite>3</cite> of 20", "in 12 of 20"),
        ("p <cite>4a</cite>, q", "p, q"),
    ],
)
def test_citations(markup: str, expected: str) -> None:
    assert text(markup) == expected


RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
LOWER = str.maketrans(RAISED, "0123456789")
WORDS = st.text(alphabet="abc 012.,;()[]-–/\n⁄", max_size=12)
MARKUP = st.recursive(
    WORDS,
    lambda inner: st.tuples(
        st.sampled_from(["sup", "sub", "b", "x"]), st.lists(inner, max_size=3)
    ).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"),
    max_leaves=12,
)


@given(st.lists(MARKUP, min_size=1, max_size=5).map("".join))
@settings(max_examples=300, deadline=None)
def test_no_number_of_the_text_is_ever_longer_than_in_the_markup(markup: str) -> None:
    """Every run of digits that comes out stood side by side, unmarked, in what went in."""
    runs = re.findall(r"\d+", re.sub(r"</?b>", "", markup))
    resolved = re.sub(f"[{RAISED}]+", lambda run: f"^{run[0].translate(LOWER)} ", text(markup))
    for run in re.findall(r"\d+", resolved):
        assert any(run in one for one in runs), resolved
    assert re.sub(r"\D", "", resolved) == re.sub(r"\D", "", markup)
