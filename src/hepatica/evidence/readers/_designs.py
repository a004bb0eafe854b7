"""The design of a work from what its publisher or indexer says of it.

PubMed's publication types and MeSH check tags; JATS article types, subject headings and titles.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from hepatica.evidence.model import Design

_GUIDELINE = frozenset(
    (
        "Practice Guideline",
        "Guideline",
        "Consensus Development Conference",
        "Consensus Development Conference, NIH",
        "Consensus Statement",
    )
)
_META_ANALYSIS = frozenset(("Meta-Analysis", "Network Meta-Analysis"))
_RCT = frozenset(("Randomized Controlled Trial",))
_REVIEW = frozenset(("Systematic Review", "Review", "Scoping Review"))
# What reports no results of its own stays narrative, whatever it is about.
_NARRATIVE = frozenset(
    (
        "Clinical Trial Protocol",
        "Editorial",
        "Comment",
        "Letter",
        "News",
        "Retraction of Publication",
        "Retraction Notice",
        "Expression of Concern",
        "Published Erratum",
    )
)
# Trials without randomisation follow a group over time as cohorts do; no design of ours is closer.
_COHORT = frozenset(
    (
        "Observational Study",
        "Clinical Trial",
        "Controlled Clinical Trial",
        "Clinical Trial, Phase I",
        "Clinical Trial, Phase II",
        "Clinical Trial, Phase III",
        "Clinical Trial, Phase IV",
        "Pragmatic Clinical Trial",
        "Adaptive Clinical Trial",
        "Equivalence Trial",
    )
)
_COHORT_MESH = frozenset(
    (
        "Cohort Studies",
        "Prospective Studies",
        "Retrospective Studies",
        "Follow-Up Studies",
        "Longitudinal Studies",
        "Case-Control Studies",
        "Cross-Sectional Studies",
    )
)


def from_pubmed(types: Collection[str], descriptors: Collection[str]) -> Design:
    """The design by publication types and MeSH descriptors; narrative where they say nothing.

    Work on animals alone is preclinical whatever its type: a veterinary guideline must not stand
    among the guidelines.
    """
    kinds = frozenset(types)
    if "Animals" in descriptors and "Humans" not in descriptors:
        return Design.PRECLINICAL
    if kinds & _GUIDELINE:
        return Design.GUIDELINE
    if kinds & _META_ANALYSIS:
        return Design.META_ANALYSIS
    if kinds & _NARRATIVE:
        return Design.NARRATIVE
    if kinds & _RCT:
        return Design.RCT
    if kinds & _REVIEW:
        return Design.REVIEW
    if kinds & _COHORT or not _COHORT_MESH.isdisjoint(descriptors):
        return Design.COHORT
    return Design.NARRATIVE


_PROTOCOL = re.compile(r"\bprotocol\b", re.I)
# CONSORT, PRISMA and STROBE ask for the design in the title; after a colon it is the paper's own.
_IN_TITLE = (
    (re.compile(r":.*\bmeta-?analys[ie]s\b", re.I), Design.META_ANALYSIS),
    (re.compile(r":.*\b(?:systematic|scoping|narrative) review\b", re.I), Design.REVIEW),
    (
        re.compile(r":.*\brandomi[sz]ed,?[\w\s,-]{0,60}\b(?:trial|study)\b", re.I),
        Design.RCT,
    ),
    (re.compile(r":.*\bcohort study\b", re.I), Design.COHORT),
)
_SUBJECTS = {
    "practice guideline": Design.GUIDELINE,
    "practice guidelines": Design.GUIDELINE,
    "clinical practice guideline": Design.GUIDELINE,
    "clinical practice guidelines": Design.GUIDELINE,
    "guideline": Design.GUIDELINE,
    "guidelines": Design.GUIDELINE,
    "consensus statement": Design.GUIDELINE,
    "meta-analysis": Design.META_ANALYSIS,
    "systematic review and meta-analysis": Design.META_ANALYSIS,
    "randomized controlled trial": Design.RCT,
    "randomised controlled trial": Design.RCT,
    "systematic review": Design.REVIEW,
    "systematic reviews": Design.REVIEW,
    "review": Design.REVIEW,
    "review article": Design.REVIEW,
    "reviews": Design.REVIEW,
    "observational study": Design.COHORT,
    "cohort study": Design.COHORT,
}
_ARTICLE_TYPES = {"review-article": Design.REVIEW, "systematic-review": Design.REVIEW}


def from_jats(
    article_type: str, *, subjects: Iterable[str], keywords: Iterable[str], title: str
) -> Design:
    """The design by article type, journal section, title and keywords; narrative otherwise.

    Only the journal's own section heading makes a guideline: a paper about a guideline carries the
    word in its keywords and title as well. Protocols, notices, letters and the like are narrative.
    """
    if article_type not in ("research-article", "review-article", "systematic-review", "other", ""):
        return Design.NARRATIVE
    headings = [subject.strip().casefold() for subject in subjects]
    if _PROTOCOL.search(title) or any("protocol" in heading for heading in headings):
        return Design.NARRATIVE
    for heading in headings:
        if heading in _SUBJECTS:
            return _SUBJECTS[heading]
    for pattern, design in _IN_TITLE:
        if pattern.search(title):
            return design
    if article_type in _ARTICLE_TYPES:
        return _ARTICLE_TYPES[article_type]
    tags = {keyword.strip().casefold() for keyword in keywords}
    for term in (
        "randomized controlled trial",
        "randomised controlled trial",
        "meta-analysis",
        "systematic review",
        "cohort study",
        "observational study",
    ):
        if term in tags:
            return _SUBJECTS[term]
    return Design.NARRATIVE
