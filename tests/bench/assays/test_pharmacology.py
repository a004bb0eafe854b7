"""The pharmacology assays: truth found, units chained, groups compared, traps named."""

from __future__ import annotations

import numpy as np
import pytest
from tests.bench import simulated

from hepatica.bench import analyse, example
from hepatica.bench.assays.timecourse import apparent_ec50
from hepatica.bench.models.competition import exact_bound, munson_rodbard
from hepatica.bench.registry import run
from hepatica.bench.result import AssayResult, Status, Verdict
from hepatica.errors import InputError

PHARMACOLOGY = ["binding", "competition", "kinetics", "response", "timecourse"]


def holds(result: AssayResult, name: str, truth: float, group: str | None = None) -> bool:
    found = result.estimate(name, group)
    return found.low is not None and found.high is not None and found.low <= truth <= found.high


def together(**groups: dict[str, list]) -> dict[str, list]:
    """Tables as groups of one table."""
    names = list(next(iter(groups.values())))
    table: dict[str, list] = {name: [] for name in (*names, "group")}
    for group, part in groups.items():
        for name in names:
            table[name] += part[name]
        table["group"] += [group] * len(part[names[0]])
    return table


@pytest.mark.parametrize("name", PHARMACOLOGY)
def test_the_example_runs_and_finds_its_truth(tmp_path, name):
    table, study = example(name)
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    (tmp_path / "s.yaml").write_text(study, encoding="utf-8")
    result = run(name, tmp_path / "t.csv", tmp_path / "s.yaml")
    assert all(entry.verdict is Verdict.OK for entry in result.estimates)
    truths = {
        "binding": [("Bmax", 250, "control"), ("Bmax", 100, "resistant"), ("Kd", 2, "control")],
        "competition": [("Ki", 1100, None)],
        "kinetics": [("kon", 0.02, None), ("koff", 0.05, None), ("Kd", 2.5, None)],
        "response": [("EC50", 2, "control"), ("EC50", 3.5, "resistant")],
        "timecourse": [("desensitisation", 0.06, "control"), ("KA", 9, "resistant")],
    }[name]
    for quantity, truth, group in truths:
        assert holds(result, quantity, truth, group), result.estimate(quantity, group)


@pytest.mark.parametrize(("unit", "factor"), [("fmol/mg", 1.0), ("pmol/mg", 1e-3)])
def test_bmax_does_not_depend_on_the_unit_of_the_readings(unit, factor):
    table = simulated.binding()
    signal = [value * factor for value in table.pop("signal [fmol/mg]")]
    result = analyse("binding", {**table, f"signal [{unit}]": signal})
    reference = analyse("binding", simulated.binding())
    assert result.estimate("Bmax").unit == "fmol/mg"
    assert result.estimate("Bmax").value == pytest.approx(reference.estimate("Bmax").value)


def test_counts_become_fmol_per_mg():
    table = simulated.binding()
    per = 2.22 * 45 * 0.48 * 0.075
    signal = [value * per + 30 for value in table.pop("signal [fmol/mg]")]
    study = {
        "specific_activity": "45 Ci/mmol", "efficiency": 0.48, "protein": "75 µg",
        "volume": "0.5 ml", "counter_background": 30.0,
    }  # fmt: skip
    result = analyse("binding", {**table, "signal [cpm]": signal}, study)
    reference = analyse("binding", simulated.binding())
    assert result.estimate("Bmax").value == pytest.approx(reference.estimate("Bmax").value)
    depletion = next(check for check in result.checks if check.name == "ligand depletion")
    top = 200 * 0.1 / 1.6 + 6.4  # bound at the lowest concentration, fmol/mg
    assert depletion.value == pytest.approx(top * 0.075 / (0.1 * 500), rel=0.2)


def test_depletion_is_seen_and_fitted_and_ignoring_it_is_warned_about():
    """The spec's trap: Kd 1.5 reads as 2.14 where depletion is ignored."""
    from hepatica.bench.models.depletion import depletion_model

    per = 0.25 * 1000 * 60
    added = np.geomspace(2000, 320000, 10)
    x = np.array([added / per, np.ones(10)])
    y = depletion_model(per).predict(x, np.array([9000, 1.5, 0.02]))
    table = {"concentration [cpm]": added, "signal [cpm]": y}
    study = {"specific_activity": "60 cpm/fmol", "volume": "0.25 ml", "readings": "total"}
    exact = analyse("binding", table, study)
    assert exact.estimate("Kd").value == pytest.approx(1.5, rel=1e-5)
    assert exact.estimate("Bmax").value == pytest.approx(150, rel=1e-5)
    naive = analyse("binding", table, {**study, "model": "one-site", "background": "none"})
    assert naive.estimate("Kd").value > 1.9
    assert any("Kd comes out too high" in warning for warning in naive.warnings)


def test_two_sites_are_preferred_and_hill_does_not_pass_for_them():
    doses = np.geomspace(0.02, 300, 16)
    random = np.random.default_rng(2)
    y = 1000 * doses / (0.3 + doses) + 3000 * doses / (20 + doses) + random.normal(0, 15, 16)
    table = {"concentration [nM]": doses, "signal [fmol/mg]": y}
    one = analyse("binding", table, {"readings": "specific"})
    assert {c.other for c in one.comparisons if c.prefers == c.other} >= {"two sites"}
    two = analyse("binding", table, {"readings": "specific", "model": "two-site"})
    for name, truth in (("KdHi", 0.3), ("KdLo", 20), ("BmaxHi", 1000), ("BmaxLo", 3000)):
        assert two.estimate(name).value == pytest.approx(truth, rel=0.35)


def test_groups_are_compared_with_the_control():
    table = together(control=simulated.binding(), low=simulated.binding(bmax=80, seed=2))
    result = analyse("binding", table, {"control": "control"})
    assert holds(result, "Bmax / control", 0.4, "low")
    assert holds(result, "Kd / control", 1.0, "low")
    assert any("one experiment each" in warning for warning in result.warnings)


def test_without_a_control_no_group_is_compared():
    table = together(a=simulated.response(), b=simulated.response(seed=2))
    result = analyse("response", table)
    assert not [entry for entry in result.estimates if "/" in entry.name]
    assert any("no group was named as control" in note for note in result.notes)


def test_experiments_are_the_unit_that_is_counted():
    parts = {f"e{n}": simulated.response(ec50=2 * f, seed=n) for n, f in enumerate((0.7, 1, 1.4))}
    table = together(**parts)
    table["experiment"] = table.pop("group")
    result = analyse("response", table)
    found = result.estimate("EC50")
    assert (found.n, found.n_of) == (3, "experiments")
    assert found.value == pytest.approx(2, rel=0.1)
    wells = analyse("response", {k: v for k, v in table.items() if k != "experiment"})
    width = [np.log((e.high or 0) / (e.low or 1)) for e in (found, wells.estimate("EC50"))]
    assert width[0] > 1.5 * width[1]
    assert result.table["experiment"].count("e0") == len(result.estimates)


def test_unbalanced_groups_are_told():
    parts = {"a1": simulated.response(seed=1), "a2": simulated.response(seed=2)}
    table = together(**parts, b1=simulated.response(seed=3))
    table["experiment"] = [group[1:] for group in table["group"]]
    table["group"] = [group[0] for group in table["group"]]
    result = analyse("response", table, {"control": "a"})
    assert any("differ in their number of experiments: a 2, b 1" in w for w in result.warnings)


@pytest.mark.parametrize(
    ("same", "prefers"), [(True, "one curve for all"), (False, "separate curves")]
)
def test_shared_parameters_between_groups(same, prefers):
    other = simulated.response(seed=9) if same else simulated.response(ec50=8, seed=9)
    result = analyse("response", together(a=simulated.response(), b=other))
    whole = next(c for c in result.comparisons if c.simpler == "one curve for all")
    assert whole.prefers == prefers


def test_receptor_loss_is_read_from_all_conditions_together():
    doses = np.geomspace(0.1, 1e4, 11)
    random = np.random.default_rng(3)
    parts = {}
    for group, q in (("full", 1.0), ("alkylated", 0.2)):
        y = 2 + 98 * 8 * q * doses / (10 + doses + 8 * q * doses) + random.normal(0, 1, 11)
        parts[group] = {"dose [nM]": doses.tolist(), "response": y.tolist()}
    table = together(**parts)
    result = analyse("response", table, {"model": "operational", "control": "full"})
    assert holds(result, "q / full", 0.2, "alkylated")
    assert holds(result, "KA", 10)
    held = analyse(
        "response", table, {"model": "operational", "control": "full", "q": {"alkylated": 0.2}}
    )
    assert holds(held, "tau", 8)
    assert not [entry for entry in held.estimates if entry.name.startswith("q ")]


def test_conditions_that_do_not_differ_give_no_efficacy():
    table = together(a=simulated.response(), b=simulated.response(seed=2))
    result = analyse("response", table, {"model": "operational"})
    assert result.estimate("tau").verdict is not Verdict.OK


def test_plate_controls_are_checked_and_kept_out_of_the_curve():
    table = simulated.response()
    table["well"] = ["sample"] * len(table["response"])
    for kind, level in (("high", 100.0), ("low", 5.0)):
        table["dose [nM]"] += [0.0] * 3
        table["response"] += [level - 1, level, level + 1]
        table["well"] += [kind] * 3
    result = analyse("response", table)
    z = next(check for check in result.checks if check.name == "Z'")
    assert z.value == pytest.approx(1 - 3 * 2 / 95)
    assert result.estimate("EC50").n == 27


def test_munson_and_rodbard_where_the_radioligand_is_depleted():
    doses = np.concatenate([[0.0], np.geomspace(1, 1e6, 25)])
    bound = np.array([exact_bound(2.0, 1.5, float(dose), 2.95, 1100.0) for dose in doses])
    table = {"competitor [nM]": doses, "signal [fmol]": bound * 250}
    study = {"radioligand": "1.5 nM", "radioligand_kd": "2.95 nM", "volume": "0.25 ml"}
    result = analyse("competition", table, study)
    assert result.estimate("Ki").value == pytest.approx(1100, rel=0.03)
    assert any("Cheng and Prusoff would say" in warning for warning in result.warnings)
    exact = analyse("competition", table, {**study, "model": "depletion"})
    assert exact.estimate("Ki").value == pytest.approx(1100, rel=1e-3)
    assert munson_rodbard(2124.00706, 1.5, 2.95, 0.5069182972) == pytest.approx(1100, rel=1e-6)


def test_a_slope_that_is_not_one_is_warned_about():
    doses = np.array([0, 1, 3, 10, 30, 100, 300, 1000, 3000.0])
    table = {"competitor [nM]": doses, "signal [dpm]": 300 + 2000 / (1 + (doses / 60) ** 2.2)}
    result = analyse("competition", table)
    assert any("slope differs from 1" in warning for warning in result.warnings)


def test_a_competitors_rates_from_the_radioligands_association():
    from hepatica.bench.models.kinetics import motulsky_mahan

    times, rivals = (1.0, 3, 6, 10, 20, 30, 45, 60), (0.0, 50, 200, 800)
    x = np.array([[3.0, rival, time] for rival in rivals for time in times for _ in range(2)]).T
    random = np.random.default_rng(4)
    truth = np.array([1000, 0.02, 0.05, 0.001, 0.2])
    y = motulsky_mahan().predict(x, truth) + random.normal(0, 4, x.shape[1])
    table = {"ligand [nM]": x[0], "competitor [nM]": x[1], "time [min]": x[2], "signal [dpm]": y}
    result = analyse("kinetics", table)
    assert holds(result, "kon of competitor", 0.001)
    assert holds(result, "koff of competitor", 0.2)


def test_time_to_equilibrium_is_checked():
    table = simulated.kinetics()
    rows = [time <= 20 for time in table["time [min]"]]
    short = {k: [v for v, kept in zip(vs, rows, strict=True) if kept] for k, vs in table.items()}
    for data, status in ((table, Status.PASSED), (short, Status.FAILED)):
        check = next(c for c in analyse("kinetics", data).checks if "equilibrium" in c.name)
        assert check.status is status


def test_the_ec50_of_an_accumulation_assay_drifts():
    """The spec's trap: 7.4, 3.0 and 1.5 nM at 5, 30 and 60 min for one KA of 9 nM."""
    found = [apparent_ec50(9.0, 0.08, time) for time in (5.0, 30.0, 60.0)]
    assert found == pytest.approx([7.37345509, 3.042221557, 1.498052681], rel=1e-8)
    assert apparent_ec50(9.0, 0.0, 30.0) == 9.0
    result = analyse("timecourse", simulated.timecourse(), {"lithium": True})
    assert holds(result, "KA", 9)
    assert any("an EC50 read at" in warning for warning in result.warnings)


def test_recovery_after_washout():
    times = np.array([0.0, 2, 5, 10, 20, 40, 60] * 2)
    random = np.random.default_rng(5)
    y = 100 * (1 - 0.7 * np.exp(-0.06 * times)) + random.normal(0, 1.5, times.size)
    table = {
        "agonist [nM]": np.full(times.size, 100.0), "time [min]": times, "signal [dpm]": y,
        "phase": ["recovery"] * times.size,
    }  # fmt: skip
    result = analyse("timecourse", table, {"lithium": True})
    assert holds(result, "recovery", 0.06)
    assert holds(result, "lost at washout", 0.7)


def test_rows_in_any_order_give_the_same():
    table = simulated.response()
    order = np.random.default_rng(6).permutation(len(table["response"]))
    mixed = {name: [values[i] for i in order] for name, values in table.items()}
    one, other = (analyse("response", t).estimate("EC50") for t in (table, mixed))
    assert one.value == pytest.approx(other.value, rel=1e-7)
    assert one.low == pytest.approx(other.low, rel=1e-5)


def test_more_noise_gives_a_wider_interval():
    quiet, loud = (
        analyse("response", simulated.response(sd=sd)).estimate("EC50") for sd in (1.0, 4.0)
    )
    assert (loud.high or 0) / (loud.low or 1) > 2 * (quiet.high or 0) / (quiet.low or 1) - 1


def test_a_higher_level_holds_a_lower_one():
    table = simulated.response()
    wide, narrow = (
        analyse("response", table, {"level": level}).estimate("EC50") for level in (0.99, 0.8)
    )
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high


def test_effective_doses_stand_on_the_curve():
    table = simulated.response()
    result = analyse("response", table, {"effective_doses": [10, 50, 90], "model": "three"})
    ec50 = result.estimate("EC50").value
    assert result.estimate("EC10").value == pytest.approx(ec50 / 9)
    assert result.estimate("EC90").value == pytest.approx(ec50 * 9)
    flat = analyse("response", {**table, "response": [5.0, 6, 7] * 9}, {"effective_doses": [10]})
    assert flat.estimate("EC10").verdict is Verdict.NOT_ESTIMABLE
    with pytest.raises(InputError, match="per cents"):
        analyse("response", table, {"effective_doses": [110]})


def test_no_such_assay():
    with pytest.raises(InputError, match=r"there are: .*binding"):
        analyse("western blotting", {})
