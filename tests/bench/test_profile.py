"""The resistance profile: right mechanism from simulated patients, "cannot tell" when it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hepatica.bench import analyse
from hepatica.bench.hypotheses import hypotheses, measures
from hepatica.bench.mechanism.identify import ENOUGH, NONE, Difference, draws, probabilities
from hepatica.bench.mechanism.readouts import assumed, shipped
from hepatica.bench.profile import (
    Says,
    difference,
    judge_measure,
    next_measures,
    samples_per_group,
)
from hepatica.bench.registry import example, run
from hepatica.bench.result import AssayResult, Verdict
from hepatica.bench.wording import reading
from hepatica.errors import InputError

Rows = list[tuple[str, str, str, float]]


def patients(
    effects: Mapping[str, float], n: int = 6, seed: int = 1, sd: float | None = None
) -> Rows:
    rng = np.random.default_rng(seed)
    rows: Rows = []
    for name, effect in effects.items():
        spread = measures()[name].sd if sd is None else sd
        for group, shift in (("responder", 0.0), ("non-responder", effect)):
            for number in range(n):
                value = 10 * 2 ** (shift + rng.normal(0, spread))
                rows.append((name, f"{group}{number}", group, value))
    return rows


def profile(rows: Rows, **study: Any) -> AssayResult:
    names = ("measure", "sample", "group", "value")
    data = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return analyse("profile", data, {"control": "responder"} | study)


def said(result: AssayResult, hypothesis: str, measure: str) -> str:
    table = result.table
    rows = zip(table["hypothesis"], table["measure"], table["says"], strict=True)
    return next(str(s) for h, m, s in rows if (h, m) == (hypothesis, measure))


def test_what_is_assumed_of_the_model_is_printed_in_report_and_figure() -> None:
    result = profile(patients({"lvp_ec50": 0.8}, n=8))
    assert "never evidence about patients" in result.caption[0]
    assert set(result.caption[1:]) <= set(result.notes)
    told = " ".join(result.caption)
    assert all(f"{name} = {shipped().values[name]:g}" in told for name in assumed())
    assert all(f"({key})" in told for key in hypotheses())


ALL = ("mrna", "bmax", "lvp_ec50", "lvp_emax", "fade", "surface", "agonist_ki", "peptidase_ec50")


@pytest.mark.parametrize("key", list(hypotheses()))
def test_each_mechanism_is_named_with_all_assays_and_enough_patients(key: str) -> None:
    effects = {name: hypotheses()[key].expectation(name).log2 for name in ALL}
    result = profile(patients(effects, n=12, seed=3))
    assert result.warnings[0].startswith("Conclusion: the data point to:")
    assert hypotheses()[key].name in result.warnings[0]


def test_inositol_phosphate_alone_cannot_tell_receptor_loss_from_cytokines() -> None:
    result = profile(patients({"lvp_ec50": 0.8, "lvp_emax": -0.6}, n=8, sd=0.2))
    assert "cannot tell" in result.warnings[0]
    assert hypotheses()["low-receptor-number"].name in result.warnings[0]
    assert hypotheses()["cytokine-downregulation"].name in result.warnings[0]
    assert any(note.startswith("Measure next:") for note in result.notes)


def test_the_next_measure_is_the_one_that_separates_what_remains() -> None:
    sds = {name: measure.sd for name, measure in measures().items()}
    for pair, wanted in (
        (("low-receptor-number", "cytokine-downregulation"), "mrna"),
        (("lower-affinity", NONE), "agonist_ki"),
        (("prodrug-not-converted", NONE), "peptidase_ec50"),
    ):
        done = ["lvp_ec50"] if "lower-affinity" in pair else []
        ranked = next_measures(dict.fromkeys(pair, 0.5), done, 6, sds)
        assert ranked[0].measure == wanted, pair
    assert next_measures({"lower-affinity": 1.0}, [], 6, sds) == []


def test_a_measure_without_a_robust_sign_is_not_used() -> None:
    rows = patients({"lvp_ec50": -1.2}, n=8, sd=0.1)
    result = profile(rows)
    assert said(result, "receptor-kinase-arrestin", "lvp_ec50") == Says.SILENT
    assert said(result, "low-receptor-number", "lvp_ec50") == Says.CONTRADICTS
    assert any(
        note.startswith("Sign not used: EC50 of lysine-vasopressin") for note in result.notes
    )
    up, down = (
        probabilities({"lvp_ec50": Difference(log2=sign * 0.6, se=0.2, df=10)},
                      {k: v for k, v in draws().items() if k in ("receptor-kinase-arrestin",)})
        for sign in (1, -1)
    )  # fmt: skip
    assert up == down


def test_equal_groups_need_no_mechanism() -> None:
    result = profile(patients(dict.fromkeys(ALL, 0.0), n=10, sd=0.15))
    assert "no difference" in result.warnings[0]


def test_too_few_patients_is_said_plainly() -> None:
    result = profile(patients({"mrna": -1.6, "bmax": -1.5}, n=2))
    assert any(line.startswith("n is too small") for line in result.warnings)
    result = profile(patients({"mrna": -1.6}, n=1))
    assert result.estimate("log2 difference").verdict is Verdict.NOT_ESTIMABLE
    assert "no measure has two samples" in result.warnings[0]


def test_replicates_of_one_patient_are_not_patients() -> None:
    rows = patients({"mrna": -1.6}, n=3)
    assert profile(rows * 3).estimate("log2 difference").n == 6
    once, thrice = (profile(r).estimate("log2 difference") for r in (rows, rows * 3))
    assert (once.low, once.high) == pytest.approx((thrice.low, thrice.high))


def test_probability_is_calibrated_on_fresh_noise() -> None:
    """Of the answers given at 0.9 or more at least 90 % are right, and wrong ones are rare."""
    rng = np.random.default_rng(20261122)
    table = draws()
    names = ("mrna", "bmax", "lvp_ec50", "lvp_emax")
    given = right = 0
    for key in (k for k in table if k not in (NONE, "prodrug-not-converted")):
        for k in range(0, 149, 3):
            seen = {}
            for name in names:
                spread = measures()[name].sd
                a = rng.normal(table[key][name][k], spread, 6)
                b = rng.normal(0, spread, 6)
                found = difference(name, (2.0**a).tolist(), (2.0**b).tolist()).difference
                assert found is not None
                seen[name] = found
            others = {h: {m: np.delete(v, k) if len(v) > 1 else v for m, v in own.items()}
                      for h, own in table.items()}  # fmt: skip
            chances = probabilities(seen, others)
            best = max(chances, key=lambda h: chances[h])
            if chances[best] >= ENOUGH:
                given += 1
                right += best == key
    assert given > 100
    assert right / given >= 0.9


def test_support_and_contradiction_follow_the_interval() -> None:
    expected = hypotheses()["cytokine-downregulation"].expectation("mrna")
    control = [10 * 2**e for e in (-0.1, 0.0, 0.1, 0.05, -0.05, 0.0)]
    for factor, says in ((0.35, Says.SUPPORTS), (1.0, Says.CONTRADICTS), (3.0, Says.CONTRADICTS)):
        seen = difference("mrna", [v * factor for v in control], control)
        assert judge_measure(seen, expected, 0.95) is says
    wide = difference("mrna", [3.0, 40.0, 9.0], [10.0, 2.0, 30.0])
    assert judge_measure(wide, expected, 0.95) is Says.SILENT


@pytest.mark.parametrize(
    ("fold", "sd", "n"),
    [(0.5, 0.6, 7), (0.6, 0.6, 12), (0.7, 0.6, 23), (0.5, 0.35, 4), (0.7, 0.35, 9)],
)
def test_n_per_group_of_the_specification(fold: float, sd: float, n: int) -> None:
    assert samples_per_group(np.log2(fold), sd) == n


ERRORS: list[tuple[str, Rows, dict[str, Any], str]] = [
    ("unknown measure", [("moon", "a", "responder", 1.0)], {}, "no measure 'moon'"),
    ("one group", [("mrna", "a", "responder", 1.0)], {}, "a profile compares two"),
    ("three groups", [("mrna", g, g, 1.0) for g in ("responder", "x", "y")], {}, "compares two"),
    ("no control", patients({"mrna": 0}), {"control": None}, "name the control group"),
    ("wrong control", patients({"mrna": 0}), {"control": "Z"}, "'Z'"),
    ("zero", [*patients({"mrna": 0}), ("mrna", "z", "responder", 0.0)], {}, "more than 0"),
    ("negative", [*patients({"mrna": 0}), ("mrna", "z", "responder", -1.0)], {}, "negative"),
    ("in two groups", [*patients({"mrna": 0}), ("mrna", "responder0", "non-responder", 1.0)], {},
     "stands in two groups"),
    ("unknown sd", patients({"mrna": 0}), {"sd": {"moon": 1}}, "log2 SDs"),
    ("negative sd", patients({"mrna": 0}), {"sd": {"mrna": -1}}, "log2 SDs"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "study", "message"), [case[1:] for case in ERRORS],
                         ids=[case[0] for case in ERRORS])  # fmt: skip
def test_error(rows: Rows, study: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        profile(rows, **study)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_the_example_finds_what_was_simulated(tmp_path: Path) -> None:
    table, study = example("profile")
    (tmp_path / "p.csv").write_text(table, encoding="utf-8")
    (tmp_path / "p.yaml").write_text(study, encoding="utf-8")
    result = run("profile", tmp_path / "p.csv", tmp_path / "p.yaml")
    assert hypotheses()["cytokine-downregulation"].name in result.warnings[0]
    assert "never evidence about patients" in result.warnings[1]


def test_changes_that_no_mechanism_makes_fit_none() -> None:
    """mRNA and Bmax higher in non-responders: no hypothesis, and not 'no difference' either."""
    result = profile(patients({"mrna": 1.7, "bmax": 1.6}, n=7, sd=0.15))
    assert result.warnings[0].startswith("Conclusion: none of the hypotheses fits alone")
    assert "AVPR1A mRNA higher" in result.warnings[0]
    assert not any(note.startswith("Measure next:") for note in result.notes)
    shares = [e for e in result.estimates if e.name == "model probability"]
    assert all(e.verdict is not Verdict.OK for e in shares)


def test_the_nearest_hypothesis_is_named_with_what_contradicts_it() -> None:
    effects = {"mrna": -1.6, "bmax": -1.4, "lvp_ec50": 3.2, "lvp_emax": -2.0}
    result = profile(patients(effects, n=8, sd=0.15))
    name = hypotheses()["cytokine-downregulation"].name
    assert f"{name} comes nearest, but EC50 of lysine-vasopressin contradicts" in result.warnings[0]


def test_one_that_is_left_without_support_is_not_named() -> None:
    result = profile(patients({"lvp_ec50": -0.5}, n=7, sd=0.15))
    assert "cannot tell. One is left" in result.warnings[0]
    assert "no measure supports it by itself" in result.warnings[0]
    assert any("Its size counts towards the model probability" in note for note in result.notes)


def test_a_tiny_model_probability_is_a_bound() -> None:
    result = profile(patients({"mrna": -1.6, "bmax": -1.4}, n=8, sd=0.15))
    small = [e for e in result.estimates if e.name == "model probability" and e.value is None]
    assert small
    assert {e.high for e in small} == {0.001}
    assert reading(small[0]) == "< 0.001"


def test_the_panels_of_the_hypotheses_share_their_axis() -> None:
    panels = profile(patients({"mrna": -1.6, "bmax": -1.4}, n=8)).panels
    assert len({panel.y_range for panel in panels}) == 1
    assert panels[0].y_range is not None
