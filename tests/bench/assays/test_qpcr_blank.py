"""Wells without a Cq beside others: the ratio without them is a bound, or not ok."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.bench.simulated_qpcr import Rows, blank_well, change, run, samples, split

from hepatica.bench.result import Verdict

BLANK = change(samples(), {"sample": "treated1", "gene": "T"}, cq="Undetermined")
PART = blank_well(samples(), "treated0", "T")

CASES: list[tuple[str, Rows, dict[str, Any], Verdict, str]] = [
    ("a well without a Cq", PART, {}, Verdict.ONE_SIDED,
     "no Cq in 1 of 9 wells of T in treated"),
    ("a well without a Cq, samples counted at 40", PART, {"undetermined_as": 40},
     Verdict.ONE_SIDED, "the true ratio is lower than theirs"),
    ("wells without a Cq in both groups", blank_well(PART, "control0", "T"), {},
     Verdict.EXTRAPOLATED, "1 of 9 wells of T in treated and 1 of 9 wells of T in control"),
    ("a well and a sample without a Cq in one group", blank_well(BLANK, "treated0", "T"),
     {"undetermined_as": 40}, Verdict.ONE_SIDED, "no Cq in treated1"),
    ("a well and a sample without a Cq, apart", blank_well(BLANK, "control0", "T"),
     {"undetermined_as": 40}, Verdict.NOT_ESTIMABLE, "no bound follows"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "study", "verdict", "reason"),
                         [case[1:] for case in CASES], ids=[case[0] for case in CASES])  # fmt: skip
def test_verdict(rows: Rows, study: dict[str, Any], verdict: Verdict, reason: str) -> None:
    found = run(rows, references=["A", "B"], **study).estimate("fold change")
    assert found.verdict is verdict
    assert reason in (found.reason or "")


@pytest.mark.parametrize(("sample", "gene", "end"),
                         [("treated0", "T", "high"), ("control0", "T", "low"),
                          ("treated0", "A", "low"), ("control0", "A", "high")])  # fmt: skip
def test_a_well_without_a_cq_leaves_one_end_of_the_interval(
    sample: str, gene: str, end: str
) -> None:
    """Its sample holds less than the other wells show: only the end on the far side is sure."""
    whole = run(samples(), references=["A", "B"]).estimate("log2 fold change")
    rows = blank_well(samples(), sample, gene)
    for name in ("fold change", "log2 fold change"):
        found = run(rows, references=["A", "B"], undetermined_as=40).estimate(name)
        assert found.verdict is Verdict.ONE_SIDED
        assert found.value is None
        assert getattr(found, {"high": "low", "low": "high"}[end]) is None
    assert getattr(found, end) == pytest.approx(getattr(whole, end))


def test_wells_that_few_copies_leave_blank_do_not_exclude_the_true_ratio() -> None:
    """Copies fall into the wells by chance; the end of the interval holds the truth as it says."""
    rng = np.random.default_rng(20261130)
    ends = []
    for _ in range(120):
        rows: Rows = []
        for name in ("t0", "t1", "t2", "t3", "t4", "c0", "c1", "c2", "c3", "c4"):
            copies = 2 ** ((1.0 if name[0] == "t" else 5.0) + rng.normal(0, 0.4))
            wells = [("T", 37 - np.log2(k) if k else None) for k in rng.poisson(copies, 3)]
            rows += [{"sample": name, "group": name[0], "gene": gene,
                      "cq": "" if cq is None else f"{cq + rng.normal(0, 0.1):.3f}"}
                     for gene, cq in [*wells, ("R", 20.0)]]  # fmt: skip
        result = run(rows, references=["R"], control="c", permutations=100)
        found = result.estimate("log2 fold change")
        if found.verdict is Verdict.ONE_SIDED and found.high is not None:
            ends.append(found.high)
    assert len(ends) > 80
    assert sum(end >= -4 for end in ends) >= 0.95 * len(ends)


def test_the_ratio_of_the_wells_with_a_cq_is_not_said_to_be_of_every_well() -> None:
    rows = split(PART, "treated1", "T", ("27.0", "27.1", "29.0"))
    result = run(rows, references=["A", "B"])
    (told,) = [note for note in result.notes if "without the flagged ones" in note]
    assert "with every well that has a Cq, " in told
    assert any("wells with a Cq only: permutation p" in note for note in result.notes)


def test_a_lone_sample_with_a_well_without_a_cq_has_no_plain_fold() -> None:
    rows = blank_well(
        [row for row in samples() if row["sample"] in ("control0", "treated0")], "treated0", "T"
    )
    found = run(rows, references=["A", "B"]).estimate("technical fold")
    assert found.verdict is Verdict.EXTRAPOLATED
    assert "the true ratio is lower than theirs" in str(found.reason)
