"""The plan on the page: what must be read first stands first, authorities side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from hepatica.clinic.assess.conditions import facts
from hepatica.clinic.assess.model import Assessment, Precaution, Reader, Recommendation, Standing
from hepatica.clinic.assess.rules import SECTIONS
from hepatica.render.assessment_page import Line, Numbers, Section

ANYWAY = "Contraindicated, whatever else is still open:"
STANDING = {
    Standing.APPLIES: "",
    Standing.WEIGH: "Weigh first",
    Standing.CHECK_FIRST: "Check first",
    Standing.CONTRAINDICATED: "Not proposed",
    Standing.UNDECIDED: "Not decided",
}


def plan_sections(found: Assessment, numbers: Numbers) -> Iterator[Section]:
    """The plan by section, then what could not be decided, by what is missing for it."""
    for key, name in SECTIONS.items():
        rules = [
            rule
            for rule in found.plan
            if rule.section == key and rule.decided and rule.standing is not Standing.NOT_NOW
        ]
        yield Section(
            title=f"Plan: {name}",
            blocks=tuple(_lines(rules, numbers, found.reader)),
        )
    open_ = [rule for rule in found.plan if not rule.decided]
    yield Section(title="Plan: Not decided", blocks=tuple(_undecided(open_, numbers)))


def _lines(rules: list[Recommendation], numbers: Numbers, reader: Reader) -> Iterator[Line]:
    for beside, group in groupby(rules, key=lambda rule: rule.beside):
        together = list(group)
        shared: tuple[Precaution, ...] = ()
        if beside and len(together) > 1:
            text = f"{beside} (by authority, side by side; not to be added up)"
            yield Line(text=text, kind="strong")
            shared = _shared(together)
            if shared:
                yield Line(text="Before any of these:", depth=1)
                yield from _warnings(shared, numbers, 1)
        depth = 1 if beside and len(together) > 1 else 0
        for rule in together:
            yield from recommendation(rule, numbers, reader, said=shared, depth=depth)


def _shared(rules: list[Recommendation]) -> tuple[Precaution, ...]:
    """The precautions that stand before every one of these rules."""
    return tuple(item for item in rules[0].first if all(item in rule.first for rule in rules))


def _warnings(items: Iterable[Precaution], numbers: Numbers, depth: int) -> Iterator[Line]:
    for item in items:
        yield Line(text=warning(item), kind="first", depth=depth, refs=numbers.of(item.claims))
        for text in item.missing:
            yield Line(text=f"needs {text}", kind="missing", depth=depth + 1)


def recommendation(
    rule: Recommendation,
    numbers: Numbers,
    reader: Reader,
    *,
    said: tuple[Precaution, ...] = (),
    depth: int = 0,
) -> Iterator[Line]:
    """One rule: contraindications and cautions, then what it says, then why and what is missing.

    What was `said` before a group of rules is not said again before each.
    """
    yield from _warnings((item for item in rule.first if item not in said), numbers, depth)
    yield Line(text=sentence(rule), kind="item", depth=depth, refs=numbers.of(rule.claims))
    if rule.for_this_patient:
        yield Line(text=f"for this patient: {rule.for_this_patient}", depth=depth + 1)
    said_first = {text for item in rule.first for text in item.missing}
    for text in rule.missing:
        if text not in said_first:
            yield Line(text=f"needs {text}", kind="missing", depth=depth + 1)
    if rule.note:
        yield Line(text=rule.note, kind="note", depth=depth + 1)
    if reader is not Reader.CLINICIAN and rule.because:
        yield Line(text=f"because: {'; '.join(rule.because)}", kind="note", depth=depth + 1)
    strength = f"{rule.tier}; strength: {rule.strength}"
    yield Line(text=strength, kind="note", depth=depth + 1)


def _undecided(rules: list[Recommendation], numbers: Numbers) -> Iterator[Line]:
    """Rules whose condition is unknown, each group by what would settle it: no drug, no dose."""
    waiting: dict[tuple[str, ...], dict[str, list[Recommendation]]] = {}
    for rule in rules:
        waiting.setdefault(waits_for(rule), {}).setdefault(rule.beside or rule.title, []).append(
            rule
        )
    for missing, titles in sorted(waiting.items(), key=lambda item: bool(item[0])):
        if missing:
            yield Line(text=f"needs {'; '.join(missing)}", kind="missing")
        else:
            yield Line(text=ANYWAY, kind="first")
        for title, group in titles.items():
            claims = tuple(claim for rule in group for claim in rule.claims)
            said = "; ".join(dict.fromkeys(rule.authority for rule in group))
            refs = numbers.of(claims)
            yield Line(text=f"{title} ({said})", kind="item", depth=1, refs=refs)


def waits_for(rule: Recommendation) -> tuple[str, ...]:
    """What would settle an undecided rule; nothing where its drug is contraindicated anyway."""
    if rule.standing is Standing.CONTRAINDICATED:
        return ()
    running = facts().facts["terlipressin_running"].settle
    if running in rule.missing:
        return (running,)  # until that is known, the rest of it is of no interest
    precautions = {text for item in rule.first for text in item.missing}
    return tuple(text for text in rule.missing if text not in precautions) or rule.missing


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
        return f"{rule.authority[0].upper()}{rule.authority[1:]}: {rule.text}"
    if rule.standing is Standing.UNDECIDED:
        return f"{head}. {rule.authority}: {rule.title}."
    said = f"{rule.authority}: {rule.text}"
    said = said[0].upper() + said[1:]
    return f"{head}. {said}" if head else said
