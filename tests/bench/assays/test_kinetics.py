"""Binding kinetics: constants with intervals of their own, the fitted level, lack of fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.bench import simulated

from hepatica.bench import analyse
from hepatica.bench.models.kinetics import motulsky_mahan
from hepatica.bench.result import Status, Verdict
from hepatica.errors import InputError

TIMES = (1.0, 3, 6, 10, 20, 30, 45, 60)
TRUTH = (1000.0, 0.02, 0.05, 0.001, 0.2)  # Kd 2.5 nM, Ki 200 nM


def beside(rivals: tuple[float, ...], seed: int = 4) -> dict[str, Any]:
    """Association of 3 nM radioligand beside a competitor, in duplicate."""
    x = np.array([[3.0, rival, time] for rival in rivals for time in TIMES for _ in range(2)]).T
    y = motulsky_mahan().predict(x, np.array(TRUTH))
    y = y + np.random.default_rng(seed).normal(0, 4, x.shape[1])
    return {"ligand [nM]": x[0], "competitor [nM]": x[1], "time [min]": x[2], "signal [dpm]": y}


def test_both_forms_of_the_competitor_model_are_one():
    x = np.array([np.full(16, 3.0), np.repeat([0.0, 200.0], 8), np.tile(TIMES, 2)])
    rates = motulsky_mahan().predict(x, np.array(TRUTH))
    constants = motulsky_mahan(by_affinity=True).predict(x, np.array([1000, 2.5, 0.05, 200, 0.2]))
    assert constants == pytest.approx(rates, rel=1e-12)


def test_kd_and_ki_of_a_competitor_have_intervals():
    result = analyse("kinetics", beside((0.0, 50, 200, 800)))
    for name, truth in (("Kd", 2.5), ("Ki", 200.0)):
        found = result.estimate(name)
        assert found.verdict is Verdict.OK
        assert found.low is not None
        assert found.high is not None
        assert found.low < truth < found.high
    off, on = (
        result.estimate("koff of competitor").value,
        result.estimate("kon of competitor").value,
    )
    assert off is not None
    assert on is not None
    assert result.estimate("Ki").value == pytest.approx(off / on, rel=1e-4)
    assert "Motulsky and Mahan 1984" in result.methods[0]


def test_one_competitor_dose_alone_fixes_no_bmax():
    result = analyse("kinetics", beside((200.0,), seed=2))
    for name in ("kon", "koff", "Bmax", "Kd"):
        found = result.estimate(name)
        low, high = found.low, found.high
        assert found.verdict is not Verdict.OK or (low and high and high / low <= 1000), found


def test_kd_of_too_short_an_association_is_not_estimable():
    random = np.random.default_rng(3)
    rows = [(dose, time) for dose in (1.0, 3.0, 10.0) for time in (0.1, 0.2, 0.3, 0.5)] * 2
    table = {
        "ligand [nM]": [dose for dose, _ in rows],
        "time [min]": [time for _, time in rows],
        "signal [dpm]": [20 * dose * time + random.normal(0, 3) for dose, time in rows],
    }
    assert analyse("kinetics", table).estimate("Kd").verdict is Verdict.NOT_ESTIMABLE


def counted(ns: float = 8.0, kinds: bool = False) -> dict[str, Any]:
    """Total binding with non-specific binding of `ns` dpm per nM, of which washing leaves 20."""
    times = (1.0, 2, 4, 8, 15, 30, 60, 120)
    rows = [("association", "total", dose, time) for dose in (1.0, 3, 10, 30) for time in times]
    rows += [("dissociation", "total", 10.0, time) for time in times]
    if kinds:
        rows += [("association", "nonspecific", dose, 60.0) for dose in (1.0, 3, 10, 30)]
    rows = rows * 2
    random = np.random.default_rng(9)
    signal = []
    for phase, kind, dose, time in rows:
        rise = 1000 * dose / (dose + 2.5) * (1 - np.exp(-(0.02 * dose + 0.05) * time))
        y = ns * dose + (rise if kind == "total" else 0.0)
        if phase == "dissociation":
            y = 20 + 800 * np.exp(-0.05 * time)
        signal.append(y + random.normal(0, 6))
    table = {
        "phase": [row[0] for row in rows],
        "ligand [nM]": [row[2] for row in rows],
        "time [min]": [row[3] for row in rows],
        "signal [dpm]": signal,
    }
    return {**table, "kind": [row[1] for row in rows]} if kinds else table


KNOWN = {"kon": 0.02, "koff": 0.05, "Kd": 2.5, "Bmax": 1000.0, "NS": 8.0}


@pytest.mark.parametrize("kinds", [False, True])
def test_non_specific_binding_is_proportional_to_the_ligand(kinds):
    result = analyse("kinetics", counted(kinds=kinds))
    for name, truth in KNOWN.items():
        found = result.estimate(name)
        assert found.verdict is Verdict.OK
        assert found.low is not None
        assert found.high is not None
        assert found.low < truth < found.high, found
    assert result.estimate("NS").unit == "dpm/nM"
    assert result.estimate("nonspecific after 10.0 nM").value == pytest.approx(20, abs=6)
    assert next(c for c in result.checks if c.name == "lack of fit").status is Status.PASSED
    assert "NS L + background" in result.methods[0]


def test_rows_of_non_specific_binding_narrow_its_slope():
    bare, read = (analyse("kinetics", counted(kinds=kinds)).estimate("NS") for kinds in (0, 1))
    widths = [float(e.high or np.inf) - float(e.low or -np.inf) for e in (read, bare)]
    assert widths[0] < 0.8 * widths[1]
    hollow = [
        s.label for s in analyse("kinetics", counted(kinds=True)).panels[0].series if s.hollow
    ]
    assert hollow == [f"{dose} nM nonspecific" for dose in ("1.00", "3.00", "10.0", "30.0")]


def test_one_level_for_all_rows_where_the_study_says_so():
    table = simulated.kinetics()
    table["signal [dpm]"] = [y + 25 for y in table["signal [dpm]"]]
    found = analyse("kinetics", table, {"nonspecific": "constant"}).estimate("nonspecific")
    assert found.low is not None
    assert found.high is not None
    assert found.low < 25 < found.high
    fitted = {entry.name for entry in analyse("kinetics", table).estimates}
    assert {"NS", "background", "nonspecific after 10.0 nM"} <= fitted


@pytest.mark.parametrize("specific", ["study", "column"])
def test_specific_binding_has_no_non_specific_part(specific):
    table = simulated.kinetics()
    if specific == "column":
        table["kind"] = ["specific"] * len(table["phase"])
    result = analyse("kinetics", table, {"nonspecific": "none"} if specific == "study" else {})
    assert {entry.name for entry in result.estimates} == {"kon", "koff", "Kd", "Bmax"}
    assert "specific binding" in result.methods[0]


def test_one_concentration_has_one_level_of_non_specific_binding():
    table = counted()
    keep = [i for i, dose in enumerate(table["ligand [nM]"]) if dose == 10]
    result = analyse("kinetics", {name: [v[i] for i in keep] for name, v in table.items()})
    assert result.estimate("nonspecific").value == pytest.approx(80, abs=8)
    assert result.estimate("koff").value == pytest.approx(0.05, rel=0.1)


KINDS: list[tuple[str, Any, dict[str, Any], str]] = [
    ("specific beside total", lambda i: "specific" if i else "total", {}, "beside total"),
    ("ruled out by the study", lambda i: "nonspecific" if i == 60 else "total",
     {"nonspecific": "none"}, "leave that out"),
    ("non-specific alone", lambda i: "nonspecific", {}, "shows no receptors"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "study", "message"), [case[1:] for case in KINDS],
                         ids=[case[0] for case in KINDS])  # fmt: skip
def test_kinds_that_contradict(kind, study, message):
    table = counted()
    table["kind"] = [kind(i) for i in range(len(table["phase"]))]
    with pytest.raises(InputError, match=message):
        analyse("kinetics", table, study)


def test_a_competitor_takes_specific_binding():
    table = beside((0.0, 50, 200, 800))
    analyse("kinetics", {**table, "kind": ["specific"] * len(table["ligand [nM]"])})
    with pytest.raises(InputError, match="take specific binding"):
        analyse("kinetics", {**table, "kind": ["total"] * len(table["ligand [nM]"])})


def test_ligand_that_only_sticks_has_no_kinetics():
    """Readings that follow the ligand and not the time are non-specific binding."""
    table = counted()
    random = np.random.default_rng(2)
    stuck = [8 * dose + random.normal(0, 6) for dose in table["ligand [nM]"]]
    found = analyse("kinetics", {**table, "signal [dpm]": stuck}).estimate("Kd")
    assert found.verdict is Verdict.NOT_ESTIMABLE
    assert "non-specific binding alone" in str(found.reason)


def test_time_to_equilibrium_is_that_of_the_lowest_concentration():
    table = simulated.kinetics()
    rows = list(zip(table["phase"], table["ligand [nM]"], table["time [min]"], strict=True))
    keep = [i for i, (phase, dose, time) in enumerate(rows)
            if phase == "dissociation" or dose > 1 or time <= 10]  # fmt: skip
    short = {name: [values[i] for i in keep] for name, values in table.items()}
    for data, status, measured in (
        (table, Status.PASSED, "60.0 min measured there"),
        (short, Status.FAILED, "10.0 min measured there"),
    ):
        check = next(c for c in analyse("kinetics", data).checks if "equilibrium" in c.name)
        assert (check.status, str(check.value).partition(", ")[2]) == (status, measured)


def test_a_model_that_misses_its_replicates_fails():
    """Association that falls again is no association at one site."""
    table = {name: values * 2 for name, values in simulated.kinetics().items()}
    pairs = zip(table["time [min]"], table["signal [dpm]"], strict=True)
    faded = [y * (0.5 if time > 20 else 1.0) for time, y in pairs]
    random = np.random.default_rng(5)
    for signal, status in ((table["signal [dpm]"], Status.PASSED), (faded, Status.FAILED)):
        noisy = [y + random.normal(0, 5) for y in signal]
        result = analyse("kinetics", {**table, "signal [dpm]": noisy})
        assert next(c for c in result.checks if c.name == "lack of fit").status is status


def test_two_rates_of_dissociation_are_no_single_koff():
    time = np.repeat([0.0, 2, 5, 10, 20, 40, 60, 120, 180, 240], 3)
    y = 500 * np.exp(-0.3 * time) + 500 * np.exp(-0.01 * time)
    y = y + np.random.default_rng(3).normal(0, 12, time.size)
    table = {"phase": ["dissociation"] * time.size, "ligand [nM]": np.full(time.size, 5.0),
             "time [min]": time, "signal [dpm]": y}  # fmt: skip
    koff = analyse("kinetics", table).estimate("koff")
    assert koff.verdict is Verdict.EXTRAPOLATED
    assert "the model misses the readings by" in str(koff.reason)


def test_readings_without_replicates_show_a_misfit_by_its_streaks():
    table = simulated.kinetics()
    pairs = zip(table["time [min]"], table["signal [dpm]"], strict=True)
    table["signal [dpm]"] = [y * (0.5 if time > 20 else 1.0) for time, y in pairs]
    result = analyse("kinetics", table)
    assert next(c for c in result.checks if c.name == "runs").status is Status.FAILED
