"""The contract that every gap keeps: it names what is missing and never a figure."""

from __future__ import annotations

import re
from typing import Any

from hepatica.evidence.curated import Gap
from hepatica.evidence.knowledge import Knowledge
from hepatica.evidence.numbers import numbers

IDENTIFIER = re.compile(r"doi 10\.\S+|PMID \d+|NCT\d+|NDA\d+|OT-0401")
YEAR = re.compile(r"\b(19|20)\d{2}\b")
NAME = re.compile(r"\btype [12]\b", re.I)


def _text(gap: Gap) -> str:
    return " ".join((gap.looked_for, gap.would_stand_in, *gap.keywords))


def test_a_gap_holds_no_figure(knowledge: Knowledge) -> None:
    faults = []
    for gap in knowledge.gaps.values():
        text = _text(gap)
        for pattern in (IDENTIFIER, YEAR, NAME):
            text = pattern.sub(" ", text)
        if numbers(text) or "%" in text:
            faults.append((gap.id, sorted(numbers(text))))
    assert not faults


def test_a_gap_says_what_and_where(knowledge: Knowledge) -> None:
    for gap in knowledge.gaps.values():
        assert len(gap.looked_for.split()) >= 5, gap.id
        assert len(gap.would_stand_in.split()) >= 3, gap.id
        assert gap.keywords, gap.id
        assert not re.search(r"seed|dossier|verified|memory", _text(gap), re.I), gap.id


def test_the_gaps_are_the_facts_that_were_not_verified(
    knowledge: Knowledge, facts: dict[str, dict[str, Any]]
) -> None:
    assert set(knowledge.gaps) == {name for name, fact in facts.items() if not fact["verified"]}


def test_a_gap_cites_only_identifiers_of_its_fact(
    knowledge: Knowledge, facts: dict[str, dict[str, Any]]
) -> None:
    for gap in knowledge.gaps.values():
        known = " ".join(str(value) for value in facts[gap.id]["source"].values())
        for match in IDENTIFIER.findall(gap.would_stand_in):
            value = match.removeprefix("doi ").removeprefix("PMID ").rstrip(",")
            title = "TERLIVAZ" in gap.would_stand_in or value == "OT-0401"
            assert value in known or title, (gap.id, value)
