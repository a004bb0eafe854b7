"""A dose that was read only on a tertiary page is never shown."""

from __future__ import annotations

import pytest

from hepatica.ask.answer import Reader
from hepatica.ask.doses import is_dose, withheld
from hepatica.ask.engine import Engine
from hepatica.evidence.curated import Every, Figure
from hepatica.render import html, markdown, saved, text


@pytest.mark.parametrize(
    ("unit", "every", "dose"),
    [
        ("mg", Every(low=6, unit="h"), True),
        ("mg/d", None, True),
        ("g/kg", None, True),
        ("ug/kg/min", None, True),
        ("mg/dL", None, False),
        ("g/L", None, False),
        ("%", None, False),
        (None, None, False),
    ],
)
def test_what_is_a_dose(unit: str | None, every: Every | None, dose: bool) -> None:
    assert is_dose(Figure(name="x", value=1, unit=unit, every=every)) is dose


@pytest.mark.parametrize("reader", list(Reader))
def test_no_rendering_shows_a_tertiary_dose(engine: Engine, reader: Reader) -> None:
    claims = [c for c in engine.prepared.knowledge.claims.values() if withheld(c)]
    assert claims
    for claim in claims:
        names = " ".join(figure.name for figure in claim.figures)
        answer = engine.ask(f"{claim.issuer} {names} {claim.population}", reader=reader)
        for page in (
            text.render(answer, width=10_000),
            markdown.render(answer),
            html.render(answer),
            saved.dump(answer),
        ):
            assert claim.statement not in page
            assert claim.plain is None or claim.plain not in page


def test_its_place_is_named_instead(engine: Engine) -> None:
    answer = engine.ask("AASLD 2021 spironolactone and furosemide doses in ascites")
    said = [s for s in answer.statements() if "aasld2021-diuretic-doses" in s.claims]
    assert [s.text for s in said] == [
        "AASLD gives doses here (spironolactone, furosemide), which were read only on a tertiary "
        "page and are not shown; they would stand in the reference."
    ]
    assert not said[0].figures
    assert "400" not in said[0].citations[0].record.quote
