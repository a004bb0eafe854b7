"""Controls without template or enzyme that came up, and what they leave of the ratio."""

from __future__ import annotations

import pytest
from tests.bench.simulated_qpcr import Rows, change, run, samples

from hepatica.bench.result import Status, Verdict

BLANK = change(samples(), {"sample": "treated1", "gene": "T"}, cq="Undetermined")
LONE = [row for row in samples() if row["sample"] in ("control0", "treated0")]


def control_well(role: str, sample: str, cq: str, gene: str = "T") -> Rows:
    return [{"role": role, "sample": sample, "gene": gene, "cq": cq}]


# the samples have a Cq of T of about 27 and of A of about 20
FOREIGN = [
    ("blank", [], control_well("ntc", "water", ""), Verdict.OK, "", "passed"),
    ("six cycles after", [], control_well("ntc", "water", "33.5"), Verdict.OK, "", "passed"),
    ("three cycles after", [], control_well("ntc", "water", "30.3"), Verdict.EXTRAPOLATED,
     "% of the signal of T in", "failed"),
    ("with the samples", [], control_well("ntc", "water", "27.0"), Verdict.NOT_ESTIMABLE,
     "may be contamination", "failed"),
    ("before the samples of a reference", [], control_well("ntc", "water", "19.0", "A"),
     Verdict.NOT_ESTIMABLE, "all of the signal of A", "failed"),
    ("of a gene that was not compared", [], control_well("ntc", "water", "19.0", "Z"), Verdict.OK,
     "", "failed"),
    ("with the samples of a third group", [{"sample": "x0", "group": "x", "gene": gene, "cq": cq}
                                           for gene, cq in (("T", "33"), ("A", "20"), ("B", "22"))],
     control_well("ntc", "water", "33.5"), Verdict.OK, "", "failed"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "wells", "verdict", "reason", "status"),
                         [case[1:] for case in FOREIGN],
                         ids=[case[0] for case in FOREIGN])  # fmt: skip
def test_a_control_without_template_that_comes_early_takes_the_ratio_with_it(
    more: Rows, wells: Rows, verdict: Verdict, reason: str, status: str
) -> None:
    """QIAGEN's table: at full efficiency 3 % of the signal at a gap of 5 cycles, 50 % at 1."""
    rows = [{"role": "sample"} | row for row in [*samples(), *more]] + wells
    result = run(rows, references=["A", "B"], control="control")
    found = result.estimate("fold change", "T: treated / control")
    assert found.verdict is verdict
    assert reason in (found.reason or "")
    (check,) = [c for c in result.checks if c.name == "controls without template"]
    assert check.status == status


def test_a_margin_of_the_study_holds_for_the_check_and_the_ratio() -> None:
    rows = [{"role": "sample"} | row for row in samples()] + control_well("ntc", "water", "30.3")
    result = run(rows, references=["A", "B"], ntc_margin=2)
    assert result.estimate("fold change").verdict is Verdict.OK
    (check,) = [c for c in result.checks if c.name == "controls without template"]
    assert check.status is Status.PASSED
    assert "T Cq 30.3" in str(check.note)
    assert "cycles after" in str(check.note)


@pytest.mark.parametrize(("gap", "share"), [(1, "50"), (2, "25"), (3, "12.5"), (4, "6.25")])
def test_the_share_of_contamination_is_that_of_the_gap(gap: int, share: str) -> None:
    """QIAGEN's table at full efficiency, to the last sample of the two groups."""
    rows: Rows = [
        {"sample": f"{group}{k}", "group": group, "gene": gene, "role": "sample", "cq": str(cq)}
        for group in "tc" for k in range(3) for gene, cq in (("T", 27 + k / 4), ("R", 20))
    ]  # fmt: skip
    rows += control_well("ntc", "water", str(27.5 + gap))
    found = run(rows, references=["R"], control="c").estimate("fold change")
    assert found.verdict is Verdict.EXTRAPOLATED
    assert f"up to {share} % of the signal of T in t2 may be" in str(found.reason)


def test_a_control_without_enzyme_is_held_against_its_own_sample() -> None:
    """It comes six cycles after its own sample, two after the last one of another patient."""
    rows = [{"role": "sample"} | row for row in samples()]
    rows = [row | {"cq": str(float(row["cq"]) + 4)} if row["sample"] == "control0"
            and row["gene"] == "T" else row for row in rows]  # fmt: skip
    own = run(rows + control_well("nrt", "treated0", "33.2"), references=["A", "B"])
    assert own.estimate("fold change").verdict is Verdict.OK
    near = run(rows + control_well("nrt", "control0", "33.2"), references=["A", "B"])
    assert near.estimate("fold change").verdict is Verdict.EXTRAPOLATED
    assert "in control0 may be contamination" in str(near.estimate("fold change").reason)
    nobody = run(rows + control_well("nrt", "pool", "33.2"), references=["A", "B"])
    assert nobody.estimate("fold change").verdict is Verdict.EXTRAPOLATED
    states = [
        check.status
        for result in (own, near, nobody)
        for check in result.checks
        if check.name == "controls without reverse transcriptase"
    ]
    assert states == [Status.PASSED, Status.FAILED, Status.FAILED]


def test_lone_samples_with_contamination_have_no_plain_fold() -> None:
    rows = [{"role": "sample"} | row for row in LONE]
    late = run(rows + control_well("ntc", "water", "30.3"), references=["A", "B"])
    assert late.estimate("technical fold").verdict is Verdict.EXTRAPOLATED
    early = run(rows + control_well("ntc", "water", "26"), references=["A", "B"])
    assert {e.verdict for e in early.estimates} == {Verdict.NOT_ESTIMABLE}


def test_a_bound_names_the_contamination_beside_it() -> None:
    rows = [{"role": "sample"} | row for row in BLANK] + control_well("ntc", "water", "30.3")
    found = run(rows, references=["A", "B"], undetermined_as=40).estimate("fold change")
    assert found.verdict is Verdict.ONE_SIDED
    assert "may be contamination" in str(found.reason)
