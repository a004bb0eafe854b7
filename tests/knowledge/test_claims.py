"""The contract that every curated claim keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from hepatica.evidence.curated import Claim, Figure, Seen
from hepatica.evidence.knowledge import SHIPPED, Knowledge, claim_documents
from hepatica.evidence.numbers import numbers

# The two most alike, on alcohol in hepatitis B and in hepatitis C, share 79% of their words.
MOST_WORDS_SHARED = 0.8

P_VALUE = re.compile(r"(<|<=|>)?0(\.\d+)|\d\.\d+e-\d+|not significant")
INTERNAL = re.compile(r"seed|dossier|github|find_string|before display|/work\b", re.I)
COMMON = frozenset(
    "a an and are as at be by for from in is it of on or per than that the this to was with".split()
)


def _figures(knowledge: Knowledge) -> Iterator[tuple[str, Figure]]:
    for claim in knowledge.claims.values():
        for at, figure in enumerate(claim.figures):
            yield f"{claim.id}[{at}] {figure.name}", figure


def test_a_claim_lies_in_the_folder_of_its_subject(knowledge: Knowledge) -> None:
    places = {path.stem: path.parent.name for path in (SHIPPED / "claims").rglob("*.yaml")}
    assert places == {claim.id: claim.subject for claim in knowledge.claims.values()}


def test_every_subject_has_claims(knowledge: Knowledge) -> None:
    assert set(knowledge.subjects) == {claim.subject for claim in knowledge.claims.values()}


def test_a_statement_is_a_clean_sentence_with_a_plain_form(knowledge: Knowledge) -> None:
    faults = [
        claim.id
        for claim in knowledge.claims.values()
        for text in (claim.statement, claim.plain or "")
        if not text.endswith((".", ".)"))
        or text != " ".join(text.split())
        or not text.isprintable()
    ]
    assert not faults


def test_nothing_internal_is_shown(knowledge: Knowledge) -> None:
    faults = [
        (claim.id, text)
        for claim in knowledge.claims.values()
        for text in (claim.statement, claim.plain, claim.note, claim.seen_in, claim.strength)
        if text and INTERNAL.search(text)
    ]
    assert not faults


def test_an_address_is_a_web_page_unless_a_tertiary_one_had_none(knowledge: Knowledge) -> None:
    faults = [
        (claim.id, claim.url)
        for claim in knowledge.claims.values()
        if not re.match(r"https?://\S+$", claim.url)
        and (claim.url or claim.seen is not Seen.TERTIARY)
    ]
    assert not faults


def test_counts_agree_with_percentages(knowledge: Knowledge) -> None:
    """Within one unit of the last printed digit: some sources round, some cut off."""
    faults = []
    for where, figure in _figures(knowledge):
        if figure.n is None or figure.N is None:
            continue
        assert 0 <= figure.n <= figure.N, where
        if figure.unit == "%" and figure.value is not None:
            printed = Decimal(str(figure.value)).normalize()
            last = Decimal(10) ** min(int(printed.as_tuple().exponent), 0)
            share = Decimal(100 * figure.n) / figure.N
            # 64.85 is printed for 24 of 37, which is 64.865: the source cut the digits twice.
            slack = 2 * last if figure.name == "complete or partial response" else last
            if abs(share - printed) >= slack:
                faults.append((where, printed, share))
        if figure.unit == "{patients}":
            assert figure.value == figure.n, where
    assert not faults


def test_an_interval_holds_its_estimate(knowledge: Knowledge) -> None:
    faults = [
        where
        for where, f in _figures(knowledge)
        if f.ci_low is not None
        and f.ci_high is not None
        and f.value is not None
        and not f.ci_low <= f.value <= f.ci_high
    ]
    assert not faults


def test_a_p_value_is_a_number_or_not_significant(knowledge: Knowledge) -> None:
    faults = [(w, f.p) for w, f in _figures(knowledge) if f.p and not P_VALUE.fullmatch(f.p)]
    assert not faults


def test_percentages_and_ranges_are_possible(knowledge: Knowledge) -> None:
    faults = [
        where
        for where, f in _figures(knowledge)
        for value in (f.value, f.low, f.high)
        if f.unit == "%" and value is not None and not -100 <= value <= 100
    ]
    assert not faults


def test_a_dose_has_a_unit(knowledge: Knowledge) -> None:
    faults = [
        where
        for where, f in _figures(knowledge)
        if f.every is not None and (f.unit is None or f.every.low <= 0)
    ]
    assert not faults


def test_the_statement_is_the_first_line_and_every_number_stands_in_the_text(
    knowledge: Knowledge,
) -> None:
    seen = set()
    for document in claim_documents(knowledge):
        for passage in document.passages:
            claim = knowledge.claims[passage.section[-1]]
            text = document.source.text[passage.start : passage.end]
            assert text.split("\n")[0] == claim.statement
            assert passage.section == (claim.subject, claim.id)
            lacking = _numbers(claim) - numbers(text)
            assert not lacking, (claim.id, lacking)
            seen.add(claim.id)
    assert seen == set(knowledge.claims)


def test_no_claim_repeats_another(knowledge: Knowledge) -> None:
    words = {claim.id: _words(claim.statement) for claim in knowledge.claims.values()}
    alike = [
        (a, b)
        for a, b in combinations(words, 2)
        if len(words[a] & words[b]) >= MOST_WORDS_SHARED * len(words[a] | words[b])
    ]
    same = [
        (a.id, b.id)
        for a, b in combinations(knowledge.claims.values(), 2)
        if a.source == b.source and a.figures and set(a.figures) == set(b.figures)
    ]
    assert not alike
    assert not same


def test_a_tertiary_claim_says_so_in_its_text(knowledge: Knowledge) -> None:
    for document in claim_documents(knowledge):
        for passage in document.passages:
            if knowledge.claims[passage.section[-1]].seen is Seen.TERTIARY:
                assert document.source.text[: passage.end].endswith("(tertiary page)")


def _numbers(claim: Claim) -> set[Decimal]:
    found: set[Decimal] = set()
    for f in claim.figures:
        parts = (f.value, f.low, f.high, f.n, f.N, f.sd, f.ci_low, f.ci_high, f.ci_level)
        found |= {abs(Decimal(str(part))).normalize() for part in parts if part is not None}
        if f.every is not None:
            found.add(Decimal(str(f.every.low)).normalize())
        for text in (f.text, f.p, f.timepoint, f.definition, f.note, f.arm):
            found |= numbers(text or "")
    return found


def _words(statement: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9.%]+", statement.lower())) - COMMON
