"""The plan on the page: what must be read first stands first, authorities side by side."""

from __future__ import annotations

from collections.abc import Iterator

from hepatica.clinic.assess.model import Assessment, Precaution, Reader, Recommendation, Standing
from hepatica.clinic.assess.rules import SECTIONS
from hepatica.render.assessment_page import Line, Numbers, Section

STANDING = {
    Standing.APPLIES: "",
    Standing.WEIGH: "Weigh first",
    Standing.CHECK_FIRST: "Check first",
    Standing.CONTRAINDICATED: "Not proposed",
    Standing.UNDECIDED: "Not decided",
}


def plan_sections(found: Assessment, numbers: Numbers) -> Iterator[Section]:
    """One section of the page for each section of the plan that says something now."""
    for key, name in SECTIONS.items():
        rules = [
            rule
            for rule in found.plan
            if rule.section == key and rule.standing is not Standing.NOT_NOW
        ]
        yield Section(
            title=f"Plan: {name}",
            blocks=tuple(_lines(rules, numbers, found.reader)),
        )


def _lines(rules: list[Recommendation], numbers: Numbers, reader: Reader) -> Iterator[Line]:
    beside: str | None = None
    for rule in rules:
        if rule.beside and rule.beside != beside:
            text = f"{rule.beside} (by authority, side by side; not to be added up)"
            yield Line(text=text, kind="strong")
        beside = rule.beside
        yield from recommendation(rule, numbers, reader)


def recommendation(rule: Recommendation, numbers: Numbers, reader: Reader) -> Iterator[Line]:
    """One rule: contraindications and cautions, then what it says, then why and what is missing."""
    for item in rule.first:
        yield Line(text=warning(item), kind="first", refs=numbers.of(item.claims))
    yield Line(text=sentence(rule), kind="item", refs=numbers.of(rule.claims))
    if rule.for_this_patient:
        yield Line(text=f"for this patient: {rule.for_this_patient}", depth=1)
    if rule.note:
        yield Line(text=rule.note, kind="note", depth=1)
    for text in rule.missing:
        yield Line(text=f"needs {text}", kind="missing", depth=1)
    if reader is not Reader.CLINICIAN and rule.because:
        yield Line(text=f"because: {'; '.join(rule.because)}", kind="note", depth=1)
    yield Line(text=f"{rule.tier}; strength: {rule.strength}", kind="note", depth=1)


def warning(item: Precaution) -> str:
    """A contraindication or caution that is present or unknown, in one line."""
    word = "CONTRAINDICATION" if item.kind == "contraindication" else "Caution"
    if item.state == "unknown":
        return f"{word} NOT RULED OUT, {item.drug}: {item.why} ({item.authority})"
    return f"{word}, {item.drug}: {item.why} ({item.authority})"


def sentence(rule: Recommendation) -> str:
    """The recommendation with its authority and how firmly it holds."""
    head = STANDING[rule.standing]
    if rule.standing is Standing.CONTRAINDICATED:
        return f"{rule.authority}: {rule.text}"
    if rule.standing is Standing.UNDECIDED and rule.gives:
        return f"{head}. {rule.authority}: {rule.title}."
    said = f"{rule.authority}: {rule.text}"
    return f"{head}. {said}" if head else said
