"""The stored text of curated claims."""

from __future__ import annotations

from hepatica.evidence.claim_text import claim_text, source_document
from hepatica.evidence.curated import Claim, CuratedSource, Figure, Seen, Unit
from hepatica.evidence.model import Design, Status

UNITS = {"%": Unit(text="%", name="per cent")}


def claim(name: str, **fields: object) -> Claim:
    base = {
        "id": name,
        "statement": f"Statement of {name}.",
        "source": "trial-nejm-2021",
        "design": Design.RCT,
        "subject": "trials",
        "seen": Seen.PRIMARY,
        "seen_in": "abstract",
        "url": "https://example.org/a",
    }
    return Claim(**{**base, **fields})  # type: ignore[arg-type]


SOURCE = CuratedSource(
    id="trial-nejm-2021",
    title="A trial",
    design=Design.RCT,
    year=2021,
    identifiers={"pmid": "12345678"},
    status="retracted",
)


def test_the_text_of_a_claim_line_by_line() -> None:
    full = claim(
        "reversal",
        figures=(Figure(name="reversal", value=32, unit="%"), Figure(name="death", value=51)),
        population="adults with HRS-1",
        intervention="terlipressin",
        comparator="placebo",
        outcome="reversal",
        issuer="NEJM",
        strength="not graded",
        note="Post hoc.",
        seen=Seen.SECONDARY,
        seen_in="trial summary",
    )
    assert claim_text(full, UNITS) == (
        "Statement of reversal.\n"
        "Figures: reversal: 32%; death: 51\n"
        "Population: adults with HRS-1\n"
        "Intervention: terlipressin\n"
        "Comparator: placebo\n"
        "Outcome: reversal\n"
        "Issuer: NEJM\n"
        "Strength: not graded\n"
        "Note: Post hoc.\n"
        "Read in: trial summary (secondary page)"
    )


def test_what_a_claim_lacks_is_left_out() -> None:
    assert claim_text(claim("bare"), UNITS) == (
        "Statement of bare.\nRead in: abstract (primary page)"
    )


def test_passages_cover_the_text_in_order() -> None:
    document = source_document(SOURCE, [claim("a"), claim("b", subject="mortality")], UNITS)
    texts = [document.source.text[p.start : p.end] for p in document.passages]
    assert document.source.text == "\n\n".join(texts)
    assert [passage.section for passage in document.passages] == [
        ("trials", "a"),
        ("mortality", "b"),
    ]
    assert {passage.kind for passage in document.passages} == {"claim"}


def test_the_source_carries_its_fields_and_is_marked_as_ours() -> None:
    source = source_document(SOURCE, [claim("a")], UNITS).source
    assert source.curated
    assert source.id == "trial-nejm-2021"
    assert source.identifiers == {"pmid": "12345678"}
    assert source.status is Status.RETRACTED
    assert source.subjects == ("trials",)


def test_the_version_follows_the_content() -> None:
    one = source_document(SOURCE, [claim("a")], UNITS).source.version
    same = source_document(SOURCE, [claim("a")], UNITS).source.version
    other = source_document(SOURCE, [claim("a", note="Post hoc.")], UNITS).source.version
    assert one == same != other
