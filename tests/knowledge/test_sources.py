"""The contract that every curated source keeps."""

from __future__ import annotations

import re
from itertools import combinations

from hepatica.evidence.knowledge import Knowledge, claim_documents

SCHEMES = {
    "pmid": re.compile(r"\d{1,8}"),
    "doi": re.compile(r"10\.\d{4,9}/\S+[^\s.,;]"),
    "pmcid": re.compile(r"PMC\d+"),
    "nct": re.compile(r"NCT\d{8}"),
    "nda": re.compile(r"(NDA|BLA)\d{6}"),
    "eudract": re.compile(r"\d{4}-\d{6}-\d{2}"),
    "pii": re.compile(r"S\d{4}-\d{4}\(\d{2}\)\d{5}-[\dX]"),
}


def test_identifiers_are_well_formed(knowledge: Knowledge) -> None:
    """A second identifier of the same scheme is numbered: two journals printed one paper."""
    faults = []
    for source in knowledge.sources.values():
        for scheme, value in source.identifiers.items():
            pattern = SCHEMES[re.sub(r"-[2-9]$", "", scheme)]
            if not pattern.fullmatch(value):
                faults.append((source.id, scheme, value))
    assert not faults


def test_one_work_is_one_source(knowledge: Knowledge) -> None:
    faults = [
        (a.id, b.id)
        for a, b in combinations(knowledge.sources.values(), 2)
        if any(
            a.identifiers.get(scheme) and a.identifiers.get(scheme) == b.identifiers.get(scheme)
            for scheme in ("doi", "pmid", "pmcid", "pii")
        )
        or a.title.casefold() == b.title.casefold()
    ]
    assert not faults


def test_a_source_is_readable_and_used(knowledge: Knowledge) -> None:
    used = {claim.source for claim in knowledge.claims.values()}
    assert used == set(knowledge.sources)
    for source in knowledge.sources.values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", source.id), source.id
        assert source.title == " ".join(source.title.split()), source.id
        assert source.year is None or 1950 <= source.year <= 2026, source.id
        assert source.url is None or re.fullmatch(r"https?://\S+", source.url), source.id


def test_an_address_made_from_an_identifier_names_it(knowledge: Knowledge) -> None:
    faults = [
        source.id
        for source in knowledge.sources.values()
        if source.url
        and re.search(r"doi\.org|pubmed\.ncbi|pmc\.ncbi|clinicaltrials\.gov", source.url)
        and not any(value in source.url for value in source.identifiers.values())
    ]
    assert not faults


def test_a_source_becomes_one_document_with_its_fields(knowledge: Knowledge) -> None:
    built = {document.source.id: document.source for document in claim_documents(knowledge)}
    assert set(built) == set(knowledge.sources)
    for source in knowledge.sources.values():
        record = built[source.id]
        assert record.curated
        assert record.identifiers == source.identifiers
        assert (record.title, record.year, record.design) == (
            source.title,
            source.year,
            source.design,
        )
