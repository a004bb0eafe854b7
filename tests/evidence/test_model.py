"""A citation that exists is true."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepatica.errors import CitationError, SourceError
from hepatica.evidence.model import (
    Citation,
    CitationRecord,
    Design,
    Document,
    Passage,
    Source,
    Tier,
)

TEXT = "Give 0.85 mg every 6 h. Stop on day 4."


def source(text: str = TEXT) -> Source:
    return Source(id="pmid:1", title="A trial", text=text, design=Design.RCT)


def test_a_citation_holds_source_version_section_offsets_and_quote() -> None:
    work = source()
    record = Citation(work, section=("Dose",), start=0, end=23, quote=TEXT[:23]).record
    assert (record.source_id, record.source_version) == ("pmid:1", work.version)
    assert (record.section, record.start, record.end) == (("Dose",), 0, 23)
    assert record.quote == "Give 0.85 mg every 6 h."


@pytest.mark.parametrize(
    ("start", "end", "quote"),
    [
        (0, 23, "Give 8.5 mg every 6 h. "),
        (1, 24, "Give 0.85 mg every 6 h."),
        (0, 4, ""),
        (-5, 0, "day 4"),
        (0, 400, TEXT),
        (5, 3, "Gi"),
    ],
)
def test_a_citation_cannot_be_built_when_the_quote_does_not_stand_there(
    start: int, end: int, quote: str
) -> None:
    with pytest.raises(CitationError):
        Citation(source(), section=(), start=start, end=end, quote=quote)


@given(st.text(min_size=1), st.data())
def test_every_true_slice_can_be_cited_and_resolved(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = text[start:end]
    if not quote.strip():
        return
    work = source(text)
    record = Citation(work, section=(), start=start, end=end, quote=quote).record
    assert Citation.resolve(record, work).record == record


def test_a_citation_resolves_only_against_the_version_it_names() -> None:
    record = Citation(source(), section=(), start=0, end=4, quote="Give").record
    with pytest.raises(CitationError, match="version"):
        Citation.resolve(record, source(TEXT + " More."))


def test_the_version_is_a_hash_of_the_content() -> None:
    assert source().version == source().version
    assert source().version != source(TEXT + ".").version
    assert msgspec.structs.replace(source(), year=2021).version != source().version


def test_a_record_survives_json() -> None:
    record = Citation(source(), section=("a", "b"), start=0, end=4, quote="Give").record
    assert msgspec.json.decode(msgspec.json.encode(record), type=CitationRecord) == record


def test_a_document_refuses_passages_outside_its_text() -> None:
    with pytest.raises(SourceError, match="outside a text of"):
        Document(source=source(), passages=(Passage(section=(), start=0, end=999),))


@pytest.mark.parametrize(
    ("design", "tier"),
    [
        (Design.GUIDELINE, Tier.GUIDELINE),
        (Design.REGULATORY_LABEL, Tier.LABEL),
        (Design.REGULATORY_SAFETY, Tier.LABEL),
        (Design.RCT, Tier.RESEARCH),
        (Design.NARRATIVE, Tier.RESEARCH),
    ],
)
def test_the_tier_follows_from_the_design(design: Design, tier: Tier) -> None:
    assert design.tier is tier
