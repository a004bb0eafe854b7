"""The claims against the evidence that they were written from: nothing lost, nothing added."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec

from hepatica.evidence.knowledge import Knowledge
from hepatica.evidence.numbers import numbers

Fact = dict[str, Any]
Facts = dict[str, Fact]

SCHEMES = ("doi", "pmid", "pmcid", "nct", "nda", "pii", "eudract")

# "1-2", "-0.5", "survival_3wk", "mg/dL x2", "GT1": a number is glued to what stands before it.
GLUED = re.compile(r"(?<=\d)[-–/](?=\d)|(?<![\w.])[-−](?=\d)|_|(?<=\bx)(?=\d)|(?<=GT)(?=\d)")
EXPONENT = re.compile(r"(\d)e-?\d+")
# "printed as three times daily" gives a machine the interval that the source has in words.
INTERVALS = {"twice daily": 12, "three times daily": 8, "four times daily": 6, "weekly": 1}
COUNTED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SAID = {"once": 1, "twice": 2}


UNITS = {
    **{unit: unit for unit in ("%", "mg/dL", "umol/L", "g/L", "g/dL", "mmol/L", "ng/mL", "kPa")},
    **{unit: unit for unit in ("mL/min", "mL/kg/h", "h", "min", "L", "L/h", "L/kg", "mm")},
    **{"mmHg": "mm[Hg]", "mEq/L": "meq/L", "M": "mol/L", "nM": "nmol/L", "mL/day": "mL/d"},
    **{"days": "d", "weeks": "wk", "months": "mo", "years": "a", "mmol/day": "mmol/d"},
    **{"points": "{points}", "patients": "{patients}", "pp": "{percentage_points}"},
}
# The pages print mg/dL for albumin and haemoglobin, an evident slip that is not repeated.
WRONG_UNIT = {"sccm2020-albumin", "sccm2020-transfusion7"}


def _verified(facts: Facts) -> list[Fact]:
    return [fact for fact in facts.values() if fact["verified"]]


def _digits(value: object) -> list[Decimal]:
    """Every number in a value of any shape, signs left out, in order."""
    if value is None or isinstance(value, bool):
        return []
    if isinstance(value, int | float):
        return [abs(Decimal(str(value))).normalize()]
    if isinstance(value, str):
        return sorted(numbers(GLUED.sub(" ", EXPONENT.sub(r"\1", value))))
    items: Iterable[object] = value.values() if isinstance(value, dict) else value  # type: ignore[assignment,attr-defined]
    return [number for item in items for number in _digits(item)]


def _before_of(value: object) -> object:
    return value.split(" of ")[0] if isinstance(value, str) else value


def test_every_verified_fact_has_a_claim_and_no_other(knowledge: Knowledge, facts: Facts) -> None:
    assert set(knowledge.claims) == {fact["id"] for fact in _verified(facts)}


def test_identifiers_are_those_of_the_facts(knowledge: Knowledge, facts: Facts) -> None:
    seen: dict[str, set[tuple[str, str]]] = {source: set() for source in knowledge.sources}
    for fact in _verified(facts):
        source = knowledge.sources[knowledge.claims[fact["id"]].source]
        for scheme in SCHEMES:
            for value in re.split(r"\s*;\s*", str(fact["source"].get(scheme, ""))):
                if value:
                    seen[source.id].add((scheme, value))
    for source in knowledge.sources.values():
        held = {(re.sub(r"-\d$", "", s), value) for s, value in source.identifiers.items()}
        assert held == seen[source.id], source.id


def test_a_source_has_the_year_and_the_title_of_its_facts(
    knowledge: Knowledge, facts: Facts
) -> None:
    for fact in _verified(facts):
        source = knowledge.sources[knowledge.claims[fact["id"]].source]
        assert fact["source"].get("year") in {None, source.year}, source.id
        first = re.findall(r"\w+", fact["source"]["title"])[:3]
        assert re.findall(r"\w+", source.title)[:3] == first, (fact["id"], source.title)


def test_every_number_of_the_figures_survives(knowledge: Knowledge, facts: Facts) -> None:
    for fact in _verified(facts):
        figures = msgspec.to_builtins(knowledge.claims[fact["id"]].figures)
        lost = set(_digits(fact["figures"])) - set(_digits(figures))
        assert not lost, (fact["id"], lost)


def test_signs_survive(knowledge: Knowledge, facts: Facts) -> None:
    for fact in _verified(facts):
        values = [
            value
            for figure in knowledge.claims[fact["id"]].figures
            for value in (figure.value, figure.low, figure.high, figure.text)
        ]
        for given in (g["value"] for g in fact["figures"] if "value" in g):
            if isinstance(given, int | float):
                assert given in values or str(given) in values, (fact["id"], given)
            elif given.startswith("-"):
                assert float(given.split()[0]) in values, (fact["id"], given)


def test_units_are_those_of_the_facts(knowledge: Knowledge, facts: Facts) -> None:
    for fact in _verified(facts):
        held = {
            (abs(value), figure.unit)
            for figure in knowledge.claims[fact["id"]].figures
            for value in (figure.value, figure.low, figure.high)
            if value is not None
        }
        for given in fact["figures"]:
            unit = UNITS.get(given.get("unit"))
            if unit and fact["id"] not in WRONG_UNIT:
                for value in _digits(_before_of(given.get("value"))):
                    assert (float(value), unit) in held, (fact["id"], given)


def test_a_slip_of_a_page_is_not_repeated(knowledge: Knowledge) -> None:
    for claim in WRONG_UNIT:
        assert [figure.unit for figure in knowledge.claims[claim].figures] == [None]
        assert "unit" in (knowledge.claims[claim].note or "")


def test_no_number_is_added_to_the_figures(knowledge: Knowledge, facts: Facts) -> None:
    for fact in _verified(facts):
        figures = msgspec.to_builtins(knowledge.claims[fact["id"]].figures)
        known = set(_digits(fact))
        known |= {Decimal(95)} if "ci95" in str(fact) or "95% CI" in str(fact) else set()
        known |= {Decimal(hours) for word, hours in INTERVALS.items() if word in str(figures)}
        added = set(_digits(figures)) - known
        assert not added, (fact["id"], added)


def test_estimates_and_counts_are_the_same_multiset(knowledge: Knowledge, facts: Facts) -> None:
    for fact in _verified(facts):
        parts = ("value", "n", "N", "n_N", "ci", "ci95", "p", "sd")
        given = Counter(d for g in fact["figures"] for part in parts for d in _digits(g.get(part)))
        held = Counter(_digits(msgspec.to_builtins(knowledge.claims[fact["id"]].figures)))
        assert given <= held, (fact["id"], given - held)


def test_no_number_of_the_prose_is_invented(knowledge: Knowledge, facts: Facts) -> None:
    for fact in _verified(facts):
        claim = knowledge.claims[fact["id"]]
        said = re.findall(r"[a-z]+", str(fact).lower())
        known = set(_digits(fact)) | set(numbers(GLUED.sub(" ", str(fact))))
        known |= {Decimal(COUNTED.index(word)) for word in said if word in COUNTED}
        known |= {Decimal(SAID[word]) for word in said if word in SAID}
        for text in (claim.statement, claim.plain, claim.population, claim.outcome):
            added = set(_digits(text or "")) - known
            assert not added, (fact["id"], added, text)


def test_where_and_how_a_fact_was_seen_is_kept(knowledge: Knowledge, facts: Facts) -> None:
    for fact in _verified(facts):
        claim = knowledge.claims[fact["id"]]
        assert claim.seen == fact["source_tier"]
        assert claim.design == fact["evidence_type"]
        assert claim.url in {fact["url"], ""}
        if fact.get("issuer") and claim.issuer is None:
            assert fact["issuer"] == "study, not a guideline"
