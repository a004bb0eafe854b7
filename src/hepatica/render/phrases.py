"""The words that every rendering of an answer shares."""

from __future__ import annotations

from hepatica.ask.answer import (
    Answer,
    Effect,
    NotFound,
    Reader,
    Reference,
    ReviewState,
    Row,
    Statement,
)
from hepatica.evidence.model import Status

LINKS = {
    "doi": "https://doi.org/{}",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
    "pmcid": "https://pmc.ncbi.nlm.nih.gov/articles/{}/",
    "nct": "https://clinicaltrials.gov/study/{}",
    "setid": "https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid={}",
}
NAMES = {
    "doi": "doi", "pmid": "PMID", "pmcid": "PMCID", "nct": "NCT", "nda": "NDA", "setid": "set id",
    "eudract": "EudraCT", "pii": "PII",
}  # fmt: skip

REVIEW = {
    "not_reviewed": "no curated topic stands behind this answer; nobody has reviewed it",
    "submitted": "submitted; no clinician has reviewed this topic yet",
    "under_review": "under review",
    "approved": "approved",
    "lapsed": "an earlier review has lapsed: the content changed since",
}


def marks(refs: tuple[int, ...]) -> str:
    """Reference marks as they stand behind a sentence.

    >>> marks((1, 4))
    '[1][4]'
    """
    return "".join(f"[{ref}]" for ref in refs)


def origin(statement: Statement, reader: Reader) -> str:
    """Where a statement comes from, in one line: issuer, design, population, strength."""
    if statement.verbatim:
        # A sentence out of its section can mislead: a child's dose reads like anyone's.
        where = " › ".join(statement.citations[0].record.section)
        return " · ".join(part for part in ("verbatim", f"in: {where}" if where else "") if part)
    if reader is Reader.PATIENT:
        return ""
    parts = [statement.issuer, statement.design.value if statement.design else None]
    if reader is Reader.RESEARCHER and statement.population:
        parts.append(f"population: {statement.population}")
    if statement.strength:
        parts.append(f"strength: {statement.strength}")
    return " · ".join(part for part in parts if part)


def effect_words(effect: Effect) -> str:
    """A computed effect size with its interval and the counts behind it."""
    counts = (
        f"{effect.arm} {effect.n}/{effect.N}, "
        f"{effect.comparator} {effect.comparator_n}/{effect.comparator_N}"
    )
    if effect.measure == "risk difference":
        value = f"{effect.value:+.1%}"
        interval = _interval(effect, lambda bound: f"{bound:+.1%}")
    elif effect.measure == "risk ratio":
        value, interval = f"{effect.value:.2f}", _interval(effect, lambda bound: f"{bound:.2f}")
    else:
        more = "more" if effect.value > 0 else "fewer"
        ends = sorted((abs(effect.low or 0), abs(effect.high or 0)))
        return (
            f"one {more} on {effect.arm} for every {abs(effect.value):.1f} treated, "
            f"95% CI {ends[0]:.1f} to {ends[1]:.1f} ({counts}; computed, {effect.method})"
        )
    return f"{effect.measure} {value}{interval} ({counts}; computed, {effect.method})"


def _interval(effect: Effect, show) -> str:  # type: ignore[no-untyped-def]
    if effect.low is None or effect.high is None:
        return ", no 95% interval"
    return f", 95% CI {show(effect.low)} to {show(effect.high)}"


def work(reference: Reference) -> str:
    """A reference in one line: authors, title, container, year."""
    parts = [reference.authors, reference.title, reference.container or reference.issuer]
    line = ". ".join(part.rstrip(".") for part in parts if part)
    return f"{line}, {reference.year}." if reference.year else f"{line}."


def identifiers(reference: Reference) -> list[tuple[str, str | None]]:
    """(label, link) of each identifier; the link is None where the scheme has none."""
    return [
        (
            value if value.startswith(scheme.upper()) else f"{NAMES.get(scheme, scheme)} {value}",
            LINKS[scheme].format(value) if scheme in LINKS else None,
        )
        # A second identifier of one scheme is filed as "doi-2".
        for scheme, value in ((key.split("-")[0], v) for key, v in reference.identifiers.items())
    ]


def status_note(reference: Reference) -> str:
    """A warning where a work was corrected or is under concern, else nothing."""
    return "" if reference.status is Status.CURRENT else f" ({reference.status.value})"


NO_CAUSE = "No source read states why they differ."


def row(entry: Row) -> tuple[str, list[str]]:
    """The head of a row of a disagreement, and what qualifies it."""
    details = [
        entry.definition if entry.figure else None,
        f"population: {entry.population}" if entry.population else None,
        entry.caveat,
    ]
    return entry.figure or entry.definition or "", [detail for detail in details if detail]


def gap(missing: NotFound) -> str:
    """What was not found and where it would stand, as sentences."""
    sentence = missing.looked_for.rstrip(".") + "."
    if missing.would_stand_in is None:
        return sentence
    return f"{sentence} It would stand in: {missing.would_stand_in.rstrip('.')}."


def review_line(review: ReviewState) -> str:
    """Review status in one line."""
    line = REVIEW[review.status]
    if review.reviewer:
        line += f" by {review.reviewer}"
    if review.date:
        line += f", {review.date}"
    return line


def abstention(answer: Answer) -> str:
    """What is said first when the store cannot answer."""
    return "The store holds no evidence that answers this question, so there is no answer here."
