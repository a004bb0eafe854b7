"""qPCR against published tables and against known truth; degenerate runs get a verdict."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from tests.bench.simulated_qpcr import Rows, change, run, samples, split

from hepatica.bench.assays.qpcr_efficiency import assumed
from hepatica.bench.assays.qpcr_ratio import fold, permutation_p
from hepatica.bench.result import Status, Verdict
from hepatica.errors import InputError


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def tubes(rows: Rows, target: str, reference: str, group: str) -> Rows:
    return [
        {"sample": row[group], "group": row[group], "gene": gene, "cq": row[gene],
         "replicate": str(number)}
        for number, row in enumerate(rows)
        for gene in (target, reference)
    ]  # fmt: skip


@pytest.fixture
def expected(shared: Path) -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load((shared / "data/bench/expected.yaml").read_text())
    return held


@pytest.fixture
def pcr(shared: Path) -> Path:
    return shared / "data/bench/pcr"


def test_livak_separate_tubes(pcr: Path, expected: dict[str, Any]) -> None:
    wanted = expected["qpcr_ddct"]["ct1_ddct_separate_tube"][1]
    result = run(tubes(rows_of(pcr / "ct1.csv"), "c_myc", "GAPDH", "tissue"),
                 references=["GAPDH"], control="brain")  # fmt: skip
    found = result.estimate("technical fold")
    assert found.value == pytest.approx(wanted["relative_expression"], rel=1e-6)
    assert found.low == pytest.approx(wanted["lower"], rel=1e-6)
    assert found.high == pytest.approx(wanted["upper"], rel=1e-6)


def test_livak_same_tube(pcr: Path, expected: dict[str, Any]) -> None:
    wanted = expected["qpcr_ddct"]["ct2_ddct_same_tube"][1]
    result = run(tubes(rows_of(pcr / "ct2.csv"), "c_myc", "GAPDH", "tissue"),
                 references=["GAPDH"], control="brain", tubes="same")  # fmt: skip
    found = result.estimate("technical fold")
    assert found.value == pytest.approx(wanted["relative_expression"], rel=1e-6)
    assert (found.low, found.high) == pytest.approx((wanted["lower"], wanted["upper"]), rel=1e-6)


def test_wells_of_one_tube_are_paired_by_name_and_not_by_order(pcr: Path) -> None:
    rows = tubes(rows_of(pcr / "ct2.csv"), "c_myc", "GAPDH", "tissue")
    study = {"references": ["GAPDH"], "control": "brain", "tubes": "same"}
    found = run(rows, **study).estimate("technical fold")
    turned = [row for row in rows if row["gene"] == "GAPDH"][::-1]
    turned += [row for row in rows if row["gene"] != "GAPDH"]
    assert run(turned, **study).estimate("technical fold").high == pytest.approx(found.high)
    nameless = run([row | {"replicate": ""} for row in rows], **study).estimate("technical fold")
    assert nameless.verdict is Verdict.NOT_ESTIMABLE
    assert "name for every tube" in str(nameless.reason)


def standards(pcr: Path) -> Rows:
    return [
        {"sample": "pool", "gene": gene, "cq": row[gene], "role": "standard",
         "quantity": row["input_ng"]}
        for row in rows_of(pcr / "ct3.csv")
        for gene in ("c_myc", "GAPDH")
    ]  # fmt: skip


def test_pfaffl_and_efficiency_with_its_interval(pcr: Path, expected: dict[str, Any]) -> None:
    wells = tubes(rows_of(pcr / "ct1.csv"), "c_myc", "GAPDH", "tissue") + standards(pcr)
    result = run([{"role": "sample"} | row for row in wells], references=["GAPDH"], control="brain")
    assert result.estimate("technical fold").value == pytest.approx(5.477833053, rel=1e-6)
    for wanted in expected["qpcr_ddct"]["ct3_lm"]:
        found = result.estimate("efficiency", wanted["gene"])
        assert found.value == pytest.approx(wanted["efficiency"], rel=1e-6)
        bounds = wanted["eff_ci95"].values()
        assert (found.low, found.high) == pytest.approx(tuple(bounds), rel=1e-6)


def test_t_interval_of_yuan(pcr: Path, expected: dict[str, Any]) -> None:
    wanted = expected["qpcr_ddct"]["ct4_ttest"][0]
    rows = [
        {"sample": f"{row['group']}{number}", "group": row["group"], "gene": gene, "cq": row[gene]}
        for number, row in enumerate(rows_of(pcr / "ct4.csv"))
        for gene in ("ref", "target")
    ]
    found = run(rows, references=["ref"], control="control").estimate("log2 fold change")
    assert found.value == pytest.approx(-wanted["estimate"], rel=1e-6)
    assert (found.low, found.high) == pytest.approx((-wanted["upper"], -wanted["lower"]), rel=1e-6)


def test_an_outlying_well_is_kept_flagged_and_its_weight_told(pcr: Path) -> None:
    rows = [
        {"sample": row["group"], "group": row["group"], "gene": row["gene"], "cq": row["ct"]}
        for row in rows_of(pcr / "mir124_issue3.csv")
    ]
    result = run(rows, references=["miR16"], control="DMSO")
    found = result.estimate("technical fold")
    assert found.value == pytest.approx(3.981558716, rel=1e-6)
    assert (found.low, found.high) == pytest.approx((2.560943444, 6.190222533), rel=1e-6)
    (flag,) = [check for check in result.checks if check.name == "outlying wells"]
    assert flag.status is Status.FAILED
    assert "28.09" in str(flag.note)
    assert any("3.982 with every well, 5.116 without" in note for note in result.notes)


def test_four_wells_that_split_two_and_two_stay_in_and_are_named() -> None:
    """Each is far from the median between the pairs, so none is left without the flagged ones."""
    rows = split(samples(wells=4), "treated0", "T", ("28.1", "28.2", "29.9", "30.0"))
    result = run(rows, references=["A", "B"], control="control", undetermined_as=40)
    whole = run(rows, references=["A", "B"], control="control", outlier_cycles=5)
    assert result.estimate("fold change") == whole.estimate("fold change")
    (told,) = [note for note in result.notes if "with every well" in note]
    assert "no well of T of treated0 is left, so they stay in" in told


def test_lone_samples_whose_wells_split_two_and_two_have_their_fold() -> None:
    lone = [r for r in samples(wells=4) if r["sample"] in ("control0", "treated0")]
    rows = split(lone, "treated0", "T", ("28.1", "28.2", "29.9", "30.0"))
    result = run(rows, references=["A", "B"], control="control")
    assert result.estimate("technical fold").value is not None
    assert any("no well of T of treated0 is left" in note for note in result.notes)


def test_several_references_use_their_geometric_mean() -> None:
    rows = samples(shift=1.0)
    both = run(rows, references=["A", "B"]).estimate("log2 fold change").value
    single = [
        run([row for row in rows if row["gene"] != left], references=[kept])
        .estimate("log2 fold change")
        .value
        for kept, left in (("A", "B"), ("B", "A"))
    ]
    assert None not in (both, *single)
    assert both == pytest.approx(np.mean([v for v in single if v is not None]), abs=1e-12)


def test_uncertain_efficiency_widens_the_interval() -> None:
    rows = samples(shift=3.0)
    sure = run(rows, references=["A", "B"], efficiency={"T": 1.9}).estimate("log2 fold change")
    unsure = run(rows, references=["A", "B"], efficiency={"T": 1.9}, efficiency_se={"T": 0.05})
    found = unsure.estimate("log2 fold change")
    assert found.value == sure.value
    assert found.se is not None
    assert sure.se is not None
    added = (3.0 * 0.05 / (1.9 * np.log(2))) ** 2
    assert found.se**2 - sure.se**2 == pytest.approx(added, rel=0.15)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(20261122)
    known = {"T": assumed(), "R": assumed()}
    inside = 0
    names = [f"{group}{number}" for group in "tc" for number in range(6)]
    for _ in range(1000):
        cycles = {}
        for name in names:
            load = rng.normal(0, 0.5)
            cycles[name, "R"] = 20 + load + rng.normal(0, 0.1)
            cycles[name, "T"] = 27 + load + rng.normal(0, 0.6 if name[0] == "t" else 0.3)
            cycles[name, "T"] += 1.2 if name[0] == "t" else 0.0
        low, high = fold(cycles, names[:6], names[6:], "T", ["R"], known).bounds(0.95)
        inside += low <= -1.2 <= high
    assert 930 <= inside <= 970


def test_permutation_counts_every_reallocation_of_a_small_study() -> None:
    p, tried, every = permutation_p([5.0, 6.0, 7.0], [1.0, 2.0, 3.0], limit=1000, seed=1)
    assert p == pytest.approx(2 / 20)
    assert (tried, every) == (20, True)
    p, tried, every = permutation_p(list(range(10, 20)), list(range(10)), limit=500, seed=1)
    assert p == pytest.approx(1 / 501)
    assert (tried, every) == (500, False)


LONE = [row for row in samples() if row["sample"] in ("control0", "treated0")]
BLANK = change(samples(), {"sample": "treated1", "gene": "T"}, cq="Undetermined")


DEGENERATE: list[tuple[str, Rows, dict[str, Any], Verdict, str]] = [
    ("one sample a group", LONE, {}, Verdict.NOT_ESTIMABLE, "wells are not n"),
    ("no Cq in a sample", BLANK, {}, Verdict.NOT_ESTIMABLE, "no Cq of T in treated1"),
    ("no Cq, bounded", BLANK, {"undetermined_as": 40}, Verdict.ONE_SIDED, "the true one is lower"),
    ("no Cq in both groups",
     change(BLANK, {"sample": "control1", "gene": "T"}, cq=""), {"undetermined_as": 40},
     Verdict.NOT_ESTIMABLE, "both groups"),
    ("copied samples", [{**row, "cq": {"T": "27", "A": "20", "B": "22"}[row["gene"]]}
                        for row in samples()], {}, Verdict.NOT_ESTIMABLE, "copies"),
    ("Cq beyond the dilution series",
     [{"role": "sample"} | row for row in samples()]
     + [{"sample": "pool", "gene": "T", "role": "standard", "quantity": str(4.0**-k),
         "cq": str(15 + 2.0 * k + 0.01 * (k % 2))} for k in range(5)],
     {}, Verdict.EXTRAPOLATED, "the efficiency was not measured there"),
    ("sound", samples(), {}, Verdict.OK, ""),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "study", "verdict", "reason"),
                         [case[1:] for case in DEGENERATE],
                         ids=[case[0] for case in DEGENERATE])  # fmt: skip
def test_verdict(rows: Rows, study: dict[str, Any], verdict: Verdict, reason: str) -> None:
    found = run(rows, references=["A", "B"], **study).estimate("fold change")
    assert found.verdict is verdict
    assert reason in (found.reason or "")


def test_a_bound_in_the_control_group_points_up() -> None:
    rows = change(samples(), {"sample": "control1", "gene": "T"}, cq="N/A")
    found = run(rows, references=["A", "B"], undetermined_as=40).estimate("fold change")
    assert found.low is not None
    assert found.high is None


def test_a_sample_without_the_target_is_named_and_not_counted() -> None:
    rows = [r for r in samples() if (r["sample"], r["gene"]) != ("treated3", "T")]
    result = run(rows, references=["A", "B"])
    assert result.estimate("fold change").n == 7
    (check,) = [c for c in result.checks
                if c.name == "biological samples" and c.group == "treated"]  # fmt: skip
    assert check.value == 3
    assert check.note == "no wells of T in treated3"
    assert any("treated3 without a well of T not counted" in line for line in result.warnings)
    fewer = [r for r in rows if (r["sample"], r["gene"]) != ("treated2", "T")]
    (check,) = [c for c in run(fewer, references=["A", "B"]).checks
                if c.name == "biological samples" and c.group == "treated"]  # fmt: skip
    assert check.status is Status.FAILED


@pytest.mark.parametrize(("cq", "status"), [("18", Status.PASSED), ("", Status.FAILED)])
def test_a_positive_control_is_in_no_group_and_is_named(cq: str, status: Status) -> None:
    rows = [{"role": "sample"} | row for row in samples()]
    more = [{"role": "positive", "sample": "cal", "gene": "A", "cq": cq, "group": "control"}]
    result = run(rows + more, references=["A", "B"])
    assert result.estimate("fold change") == run(rows, references=["A", "B"]).estimate(
        "fold change"
    )
    (check,) = [c for c in result.checks if c.name == "positive controls"]
    assert check.status is status
    assert "A of cal" in str(check.note)


ERRORS: list[tuple[str, Rows, dict[str, Any], str]] = [
    ("no reference named", samples(), {"references": []}, "name the reference genes"),
    ("unknown reference", samples(), {"references": ["Z"]}, "no wells of the reference 'Z'"),
    ("reference twice", samples(), {"references": ["A", "A"]}, "named twice"),
    ("one group, another named control", [r for r in samples() if r["group"] == "control"],
     {"control": "Z"}, "control group 'Z'"),
    ("unknown control", samples(), {"control": "Z"}, "control group 'Z'"),
    ("group missing", change(samples(), {"sample": "treated1"}, group=""), {}, "has no group"),
    ("sample in two groups",
     [*samples(), {"sample": "treated1", "group": "control", "gene": "T", "cq": "27"}], {},
     "is in 'control' and in 'treated'"),
    ("reference without Cq", change(samples(), {"sample": "treated1", "gene": "A"}, cq=""), {},
     "no Cq of the reference 'A'"),
    ("Cq of 300", change(samples(), {"sample": "treated1", "gene": "A"}, cq="300"), {},
     "no quantification cycle"),
    ("negative Cq", change(samples(), {"sample": "treated1", "gene": "A"}, cq="-3"), {},
     "no quantification cycle"),
    ("zero Cq", change(samples(), {"sample": "treated1", "gene": "A"}, cq="0"), {},
     "no quantification cycle"),
    ("decimal comma", change(samples(), {"sample": "treated1", "gene": "A"}, cq="20,1"), {},
     "decimal"),
    ("infinite Cq", change(samples(), {"sample": "treated1", "gene": "A"}, cq="inf"), {},
     "not a number"),
    ("words for Cq", change(samples(), {"sample": "treated1", "gene": "A"}, cq="late"), {},
     "not a number"),
    ("blank sample", change(samples(), {"sample": "treated1"}, sample=""), {}, "is blank"),
    ("efficiency in percent", samples(), {"efficiency": {"T": 95}}, "written 1.95"),
    ("efficiency as fraction", samples(), {"efficiency": {"T": 0.95}}, "written 1.95"),
    ("group lists an unknown sample", samples(), {"groups": {"x": ["Q"]}}, "'Q'"),
    ("sample listed twice", samples(), {"groups": {"x": ["treated1"], "y": ["treated1"]}},
     "stands in two groups"),
    ("a positive control in a group",
     [{"role": "sample"} | r for r in samples()]
     + [{"role": "positive", "sample": "cal", "gene": "A", "cq": "18"}],
     {"groups": {"control": ["cal"]}}, "'cal' named under 'groups' is a positive control"),
    ("no study key of that name", samples(), {"reference": ["A"]}, "unknown key"),
    ("MIQE item unknown", samples(), {"miqe": {"moon": "full"}}, "no MIQE item 'moon'"),
    ("target missing in a group",
     [r for r in samples() if not (r["group"] == "treated" and r["gene"] == "T")], {},
     "no wells of 'T' in the group 'treated'"),
    ("zero quantity", [{"quantity": "0"} | r for r in samples()], {}, "more than 0"),
    ("unknown role", [{"role": "blank"} | r for r in samples()], {}, "not one of"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "study", "message"), [case[1:] for case in ERRORS],
                         ids=[case[0] for case in ERRORS])  # fmt: skip
def test_error(rows: Rows, study: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        run(rows, **({"references": ["A", "B"]} | study))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_low_expressed_gene_is_bounded_by_the_ratio_and_tested_by_ranks() -> None:
    """One non-responder of three has no Cq; every measured one lies below every responder."""
    cq = {"r1": 28.1, "r2": 29.0, "r3": 29.3, "n1": None, "n2": 31.1, "n3": 30.5}
    rows = [
        {"sample": s, "group": s[0], "gene": gene,
         "cq": "20" if gene == "A" else "" if value is None else str(value)}
        for s, value in cq.items() for gene in ("T", "A")
    ]  # fmt: skip
    result = run(rows, references=["A"], control="r", undetermined_as=40)
    found = result.estimate("fold change")
    assert found.verdict is Verdict.ONE_SIDED
    assert found.high == pytest.approx(2 ** (28.8 - (40 + 31.1 + 30.5) / 3), rel=1e-6)
    assert "not the limit of a confidence interval" in str(found.reason)
    assert any("(n1) lowest: Wilcoxon's exact p = 0.1 (20 possible" in n for n in result.notes)
    open_ended = run(rows, references=["A"], control="r")
    assert open_ended.estimate("fold change").verdict is Verdict.NOT_ESTIMABLE
    assert any("exact p = 0.1" in note for note in open_ended.notes)


@pytest.mark.parametrize("tissue", ["BM", "FIB", "LEU", "NB", "POOL"])
def test_a_pilot_of_reference_genes_alone(
    shared: Path, expected: dict[str, Any], tissue: str
) -> None:
    """geNorm's published tissues: candidate genes only, one group, no target, no ratio asked."""
    rows = rows_of(shared / "data/bench/normqpcr/geNorm_vandesompele2002.csv")
    genes = [name for name in rows[0] if name not in ("sample", "tissue")]
    wells = [
        {"sample": row["sample"], "gene": gene, "cq": repr(30 - float(np.log2(float(row[gene]))))}
        for row in rows if row["tissue"] == tissue for gene in genes
    ]  # fmt: skip
    result = run(wells, references=genes)
    wanted = expected["reference_gene_stability"]["geNorm"][tissue]
    for gene, m in wanted["M_all_genes"].items():
        assert result.estimate("geNorm M", gene).value == pytest.approx(m, rel=1e-6)
    (check,) = [c for c in result.checks if c.name == "stability of the reference genes"]
    assert check.value == pytest.approx(wanted["V"]["2/3"], rel=1e-6)
    assert all(result.estimate("NormFinder stability", gene) for gene in genes)
    assert "no ratio is asked" in result.warnings[0]
    assert not [e for e in result.estimates if e.name == "fold change"]


def test_one_group_with_a_target_says_that_a_ratio_needs_two() -> None:
    result = run([r for r in samples() if r["group"] == "control"], references=["A", "B"])
    assert "a ratio needs two" in result.warnings[0]
    assert not [e for e in result.estimates if e.name == "fold change"]


def test_several_groups_are_told_that_each_interval_stands_alone() -> None:
    third = [r | {"sample": r["sample"] + "x", "group": "third"}
             for r in samples() if r["group"] == "treated"]  # fmt: skip
    result = run([*samples(), *third], references=["A", "B"], control="control")
    assert any("2 comparisons" in w and "level: 0.975" in w for w in result.warnings)
