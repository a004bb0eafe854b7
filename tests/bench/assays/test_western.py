"""Western blots: linear range, saturation, blot as block, degenerate blots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hepatica.bench import analyse
from hepatica.bench.assays.western_blocks import Lane, block_effect
from hepatica.bench.assays.western_range import linear_range
from hepatica.bench.registry import example, run
from hepatica.bench.result import AssayResult, Check, Status, Verdict
from hepatica.errors import InputError

Rows = list[dict[str, Any]]


def lanes(blots: int = 3, each: int = 2, change: float = -1.0, seed: int = 1) -> Rows:
    rng = np.random.default_rng(seed)
    rows: Rows = []
    for blot in range(blots):
        level = rng.normal(0, 1)
        for amount in (2.5, 5, 10, 20, 40, 80):
            rows.append({"blot": f"b{blot}", "band": 100 * 2**level * amount,
                         "loading": 50 * amount, "amount": str(amount)})  # fmt: skip
        for group, shift in (("control", 0.0), ("treated", change)):
            for number in range(each):
                ratio = level + shift + rng.normal(0, 0.3)
                rows.append({"blot": f"b{blot}", "band": 2000 * 2**ratio, "loading": 1000.0,
                             "sample": f"{group}{blot}.{number}", "group": group})  # fmt: skip
    return rows


def analysed(rows: Rows, **study: Any) -> AssayResult:
    names = ("blot", "band", "loading", "sample", "group", "amount", "saturated")
    return analyse("western", {name: [row.get(name, "") for row in rows] for name in names}, study)


def test_blots_of_different_exposure_do_not_hide_the_effect() -> None:
    found = analysed(lanes(blots=6)).estimate("log2 fold change")
    assert found.verdict is Verdict.OK
    assert found.low is not None
    assert found.high is not None
    assert found.low < -1 < found.high
    assert found.high - found.low < 1
    assert found.n == 24


@pytest.mark.parametrize("repeated", [False, True])
def test_intervals_hold_the_truth_as_often_as_they_say(repeated: bool) -> None:
    rng = np.random.default_rng(20261122)
    inside = 0
    from hepatica.bench.distributions import t_quantile

    for _ in range(1000):
        level = rng.normal(0, 1, 3)
        own = {(t, k): rng.normal(-0.8 if t else 0.0, 0.3) for t in (True, False) for k in range(6)}
        where = range(3) if repeated else None
        rows = [
            Lane(blot=str(b), sample=f"{t}{k}", treated=t, value=v + level[b] + rng.normal(0, 0.1))
            for (t, k), v in own.items()
            for b in (where or [k // 2])
        ]
        found = block_effect(rows)
        assert not isinstance(found, str)
        reach = t_quantile(0.95, found.df) * found.se
        inside += abs(found.log2 + 0.8) <= reach
    assert 930 <= inside <= 970


def test_the_method_named_is_the_one_computed() -> None:
    """Samples on one blot each, and every sample on every blot: both have blot as block."""
    once = analysed(SOUND)
    assert "(least squares on group and blot)" in once.methods[0]
    rng = np.random.default_rng(7)
    own = {f"{g}{k}": s + rng.normal(0, 0.2) for g, s in (("control", 0), ("treated", -1))
           for k in range(4)}  # fmt: skip
    rows = [
        {"blot": f"b{blot}", "band": 2000 * 2 ** (ratio + blot + rng.normal(0, 0.05)),
         "loading": 1000.0, "sample": sample, "group": sample[:-1]}
        for blot in range(3) for sample, ratio in own.items()
    ]  # fmt: skip
    repeated = analysed(rows)
    assert "(least squares on sample and blot, then Welch on the samples)" in repeated.methods[0]
    found = repeated.estimate("log2 fold change")
    assert (
        found.method == "log2 ratios, least squares on sample and blot, then Welch on the samples"
    )
    assert found.n == 8
    assert found.value == pytest.approx(-1, abs=0.4)
    assert analysed(OWN[:3]).methods[0].count("(") == 0


def test_linear_range_ends_where_the_signal_bends() -> None:
    series = [(a, 100 * a / (1 + (a / 60) ** 4) ** 0.25) for a in (2.5, 5.0, 10, 20, 40, 80, 160)]
    found = linear_range(series, 0.2)
    assert (found.low, found.status) == (250.0 / (1 + (2.5 / 60) ** 4) ** 0.25, Status.PASSED)
    assert "not linear at 80, 160" in str(found.note)
    assert linear_range([(a, 5.0) for a in (1, 2, 4, 8)], 0.2).status is Status.FAILED
    assert linear_range([(1, 5.0), (2, 10.0)], 0.2).status is Status.NOT_ASSESSED


def edit(rows: Rows, sample: str, **to: Any) -> Rows:
    return [row | to if row.get("sample") == sample else row for row in rows]


SOUND = lanes()
SERIES = [row for row in SOUND if "amount" in row]
OWN = [row for row in SOUND if "amount" not in row]
DEGENERATE: list[tuple[str, Rows, Verdict, str]] = [
    ("saturated lane", edit(SOUND, "control0.0", saturated="yes"), Verdict.NOT_ESTIMABLE,
     "control0.0 on b0: saturated pixels"),
    ("lane above the linear range", edit(SOUND, "control0.0", band=1e7), Verdict.NOT_ESTIMABLE,
     "above the linear range of b0"),
    ("loading below the linear range", edit(SOUND, "control0.0", loading=1), Verdict.NOT_ESTIMABLE,
     "loading signal lies below"),
    ("zero band", edit(SOUND, "treated0.0", band=0), Verdict.NOT_ESTIMABLE, "after background"),
    ("negative band", edit(SOUND, "treated0.0", band=-4), Verdict.NOT_ESTIMABLE,
     "after background"),
    ("no dilution series", OWN, Verdict.EXTRAPOLATED, "no linear range was shown"),
    ("one sample a group", SERIES + [r for r in OWN if r["sample"].endswith("0.0")],
     Verdict.NOT_ESTIMABLE, "lanes are not n"),
    ("lanes of one sample", [r | {"sample": r["group"]} for r in OWN], Verdict.NOT_ESTIMABLE,
     "lanes are not n"),
    ("each blot one group", [r for r in OWN if (r["group"] == "control") == (r["blot"] == "b0")
                             and r["blot"] != "b2"], Verdict.NOT_ESTIMABLE, "told apart"),
    ("copied lanes", [r | {"band": 2000.0 if r["group"] == "control" else 900.0} for r in OWN],
     Verdict.NOT_ESTIMABLE, "copies"),
    ("sound", SOUND, Verdict.OK, ""),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "verdict", "reason"), [case[1:] for case in DEGENERATE],
                         ids=[case[0] for case in DEGENERATE])  # fmt: skip
def test_verdict(rows: Rows, verdict: Verdict, reason: str) -> None:
    found = analysed(rows).estimate("fold change")
    assert found.verdict is verdict
    assert reason in (found.reason or "")


def test_a_loading_that_follows_the_group_is_told() -> None:
    (check,) = [c for c in analysed(SOUND).checks if c.name == "loading alike"]
    assert check.status is Status.PASSED
    uneven = [
        row | {"loading": float(row["loading"]) * 3} if row.get("group") == "treated" else row
        for row in OWN
    ]
    (check,) = [c for c in analysed(uneven).checks if c.name == "loading alike"]
    assert check.status is Status.FAILED
    assert check.value == pytest.approx(3)
    assert "loading control" in str(check.note)


ERRORS: list[tuple[str, Rows, dict[str, Any], str]] = [
    ("only dilutions", SERIES, {}, "no lane holds a sample"),
    ("one group", [r for r in SOUND if r.get("group") != "treated"], {}, "one group only"),
    ("unknown control", SOUND, {"control": "Z"}, "control 'Z'"),
    ("lane without a group", edit(SOUND, "control0.0", group=""), {}, "needs 'sample' and 'group'"),
    ("sample in two groups", [*SOUND, OWN[0] | {"group": "treated"}], {}, "stands in two groups"),
    ("amount zero", [SERIES[0] | {"amount": "0"}, *SOUND], {}, "more than 0"),
    ("amount a word", [SERIES[0] | {"amount": "much"}, *SOUND], {}, "not a number"),
    ("band a word", edit(SOUND, "control0.0", band="strong"), {}, "not a number"),
    ("blank blot", edit(SOUND, "control0.0", blot=""), {}, "is blank"),
    ("linearity in percent", SOUND, {"linearity": 20}, "expected a share"),
]


@pytest.mark.parametrize(("rows", "study", "message"), [case[1:] for case in ERRORS],
                         ids=[case[0] for case in ERRORS])  # fmt: skip
def test_error(rows: Rows, study: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        analysed(rows, **study)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_the_example_finds_what_was_simulated(tmp_path: Path) -> None:
    table, study = example("western")
    (tmp_path / "w.csv").write_text(table, encoding="utf-8")
    (tmp_path / "w.yaml").write_text(study, encoding="utf-8")
    found = run("western", tmp_path / "w.csv", tmp_path / "w.yaml").estimate("fold change")
    assert found.verdict is Verdict.OK
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.5 < found.high


def saturation(rows: Rows) -> Check:
    (check,) = [c for c in analysed(rows).checks if c.name == "saturation"]
    return check


def test_saturation_that_nobody_looked_for_is_not_assessed() -> None:
    blank = [row | {"saturated": ""} for row in SOUND]
    assert saturation(blank).status is Status.NOT_ASSESSED
    looked = [row | {"saturated": "no"} for row in SOUND]
    assert saturation(looked).status is Status.PASSED


def test_lanes_at_the_top_of_a_detector_are_probably_saturated() -> None:
    lanes = [row for row in SOUND if not row.get("amount")]
    top = [row | {"band": 65535.0} if row["group"] == "control" else row for row in lanes]
    assert saturation(top).status is Status.FAILED
    assert "exactly 65535" in analysed(top).warnings[0]
