"""What PubMed says happened to a work after publication."""

from __future__ import annotations

from collections.abc import Collection

from lxml import etree

from hepatica.evidence.model import Status
from hepatica.evidence.readers._text import one_line

# RefType values of NLM's PubMed DTD, and of records from before 2018 (PartialRetractionIn). A part
# of a work cannot be told from the rest of it here, so that a partial retraction is a concern.
_EFFECTS = {
    "RetractionIn": (Status.RETRACTED, "Retracted in"),
    "RetractedandRepublishedIn": (Status.RETRACTED, "Retracted and republished in"),
    "PartialRetractionIn": (Status.CONCERN, "Partially retracted in"),
    "ExpressionOfConcernIn": (Status.CONCERN, "Expression of concern in"),
    "ErratumIn": (Status.CORRECTED, "Erratum in"),
    "CorrectedandRepublishedIn": (Status.CORRECTED, "Corrected and republished in"),
    "UpdateIn": (Status.CURRENT, "Updated in"),
    "RetractionOf": (Status.CURRENT, "This is the retraction of"),
    "PartialRetractionOf": (Status.CURRENT, "This is the partial retraction of"),
    "ErratumFor": (Status.CURRENT, "This is an erratum for"),
    "ExpressionOfConcernFor": (Status.CURRENT, "This is an expression of concern for"),
}
_SEVERITY = (Status.CURRENT, Status.CORRECTED, Status.CONCERN, Status.RETRACTED)


def status_and_notices(
    links: etree._Element | None, types: Collection[str]
) -> tuple[Status, tuple[str, ...]]:
    """The gravest status that the record's links and publication types give it, and each notice."""
    status = Status.RETRACTED if "Retracted Publication" in types else Status.CURRENT
    notices: list[str] = []
    for link in () if links is None else links:
        effect = _EFFECTS.get(link.get("RefType") or "")
        if effect is None:
            continue
        status = max(status, effect[0], key=_SEVERITY.index)
        where = one_line(link.findtext("RefSource") or "")
        pmid = one_line(link.findtext("PMID") or "")
        notices.append(f"{effect[1]}: {where}" + (f" (PMID {pmid})" if pmid else ""))
    if status is Status.RETRACTED and not notices:
        notices.append("PubMed marks this publication as retracted")
    return status, tuple(notices)
