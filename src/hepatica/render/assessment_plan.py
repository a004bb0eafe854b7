"""The plan on the page: what must be read first stands first, authorities side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from hepatica.clinic.assess.conditions import facts
from hepatica.clinic.assess.model import Assessment, Precaution, Reader, Recommendation, Standing
from hepatica.clinic.assess.rules import SECTIONS
from hepatica.render.assessment_page import Line, Numbers, Section

ANYWAY = "Contraindicated, whatever else is still open:"
NO_SUM = "Not to be added to the albumin of (that they are no sum is this project's reading)"
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
    said: set[Precaution] = set()
    for beside, group in groupby(rules, key=lambda rule: rule.beside):
        together = list(group)
        if not beside or len(together) == 1:
            for rule in together:
                yield from recommendation(rule, numbers, reader, said=said)
            continue
        text = f"{beside} (by authority, side by side; not to be added up)"
        yield Line(text=text, kind="strong")
        shared = _shared(together)
        if shared:
            yield Line(text="Before any of these:", depth=1)
            yield from _warnings(shared, numbers, 1, said)
        apart = together[0].not_added_to
        apart = apart if all(rule.not_added_to == apart for rule in together) else ()
        yield from _no_sum(apart, 1)
        for rule in together:
            own = msgspec.structs.replace(
                rule,
                first=tuple(item for item in rule.first if item not in shared),
                not_added_to=() if apart else rule.not_added_to,
            )
            yield from recommendation(own, numbers, reader, said=said, depth=1)


def _shared(rules: list[Recommendation]) -> tuple[Precaution, ...]:
    """The precautions that stand before every one of these rules."""
    return tuple(item for item in rules[0].first if all(item in rule.first for rule in rules))


def _no_sum(others: tuple[str, ...], depth: int) -> Iterator[Line]:
    if others:
        yield Line(text=f"{NO_SUM}: {'; '.join(others)}", depth=depth)


def _warnings(
    items: Iterable[Precaution], numbers: Numbers, depth: int, said: set[Precaution]
) -> Iterator[Line]:
    """Each in full where it stands first in a section; after that what it is, in one line."""
    again = []
    for item in items:
        if item in said:
            again.append(item)
            continue
        said.add(item)
        yield Line(text=warning(item), kind="first", depth=depth, refs=numbers.of(item.claims))
        for text in item.missing:
            yield Line(text=f"needs {text}", kind="missing", depth=depth + 1)
    for head, group in groupby(again, key=_head):
        named = "; ".join(item.why.partition(":")[0] for item in group)
        yield Line(text=f"{head}, as above: {named}", kind="first", depth=depth)


def recommendation(
    rule: Recommendation,
    numbers: Numbers,
    reader: Reader,
    *,
    said: set[Precaution],
    depth: int = 0,
) -> Iterator[Line]:
    """One rule: contraindications and cautions, then what it says, then why and what is missing.

    A precaution that was `said` in the section already is named again, not written out.
    """
    yield from _warnings(rule.first, numbers, depth, said)
    yield Line(text=sentence(rule), kind="item", depth=depth, refs=numbers.of(rule.claims))
    if rule.for_this_patient:
        yield Line(text=f"for this patient: {rule.for_this_patient}", depth=depth + 1)
    yield from _no_sum(rule.not_added_to, depth + 1)
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
    return f"{_head(item)}: {item.why} ({item.authority})"


def _head(item: Precaution) -> str:
    word = "CONTRAINDICATION" if item.kind == "contraindication" else "Caution"
    return f"{word}{' NOT RULED OUT' if item.state == 'unknown' else ''}, {item.drug}"


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
