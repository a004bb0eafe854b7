"""The peers on the same real data: every disagreement is explained by a named rule."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.peer_result import Comparison, Difference

from benchmarks import clinic_peers, peer_kdigo

pytestmark = pytest.mark.filterwarnings("ignore")  # of the peers


@pytest.fixture(scope="module")
def found(shared: Path) -> dict[tuple[str, str], Comparison]:
    for name in ("akiFlagger", "clincalc", "pandas"):
        pytest.importorskip(name, reason="the extra `peers` is not installed")
    return {(item.peer, item.data): item for item in clinic_peers.compared(shared)}


def test_no_disagreement_is_left_open(found: dict[tuple[str, str], Comparison]) -> None:
    open_ = [(key, d) for key, item in found.items() for d in item.differences.values()
             if d.side == "open" or d.source == "none"]  # fmt: skip
    assert open_ == []


def test_where_both_follow_the_source_they_agree(
    found: dict[tuple[str, str], Comparison],
) -> None:
    toy = found["akiFlagger 1.0.10, padding 0hours", "akiFlagger toy"]
    assert (toy.agreeing, toy.compared) == (1078, 1078)
    stays = "eICU demo, first values"
    for calculator in ("meld", "meld_3", "ukeld"):
        item = found[f"clincalc 0.4.0 {calculator}", stays]
        assert item.agreeing == item.compared == 79
    for name in ("pbc", "pbcseq"):
        item = found["CRAN cliot ALBI (its formula)", name]
        assert item.compared - item.agreeing == (name == "pbcseq")
    item = found["clincalc 0.4.0 egfr", "Synthea OMOP"]
    assert item.agreeing == item.compared == 240
    cases = found["MedCalc-Bench-Verified, worked cases", "its one-shot cases in our scope"]
    assert (cases.agreeing, cases.compared) == (12, 12)


def test_akiflagger_has_no_rule_of_four(found: dict[tuple[str, str], Comparison]) -> None:
    item = found["akiFlagger 1.0.10, padding 0hours", "eICU demo"]
    assert item.differences[peer_kdigo.NO_FOUR].count == 34


def test_the_table_names_every_difference() -> None:
    item = Comparison("peer", "data", compared=2)
    item.differ(Difference("what", "side", "source"), "example")
    text = clinic_peers.table([item])
    assert "| peer | data | 2 | 1 |" in text
    assert "| peer | data | what | 1 | side | source | example |" in text
