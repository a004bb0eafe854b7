"""The planner: the specification's figures, the vendor's protocol, plans that make no sense."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from hepatica.bench.guides.records import protocols
from hepatica.bench.planner import plan
from hepatica.bench.planning import binding_point, counting_sd, equilibrium_minutes, least_koff
from hepatica.bench.result import AssayResult, Status
from hepatica.cli import main
from hepatica.errors import InputError

VENDOR = {
    "bmax": "34.8 fmol/mg", "kd": "2.95 nM", "protein": "100 µg", "volume": "0.25 ml",
    "minutes": 60,
}  # fmt: skip
DENSE = {"bmax": "603 fmol/mg", "kd": "0.63 nM"}


def check(result: AssayResult, name: str) -> Status:
    return next(entry.status for entry in result.checks if entry.name == name)


@pytest.mark.parametrize("mass", ["0.05 mg", "0.10 mg"])
@pytest.mark.parametrize(
    ("key", "bmax", "kd"),
    [
        ("human_vsm_34p8_fmol_mg_Kd_2p95", 34.8, 2.95),
        ("rat_hepatocyte_603_fmol_mg_Kd_0p63", 603.0, 0.63),
    ],
)
def test_signal_and_depletion(shared: Path, key: str, bmax: float, kd: float, mass: str) -> None:
    expected = yaml.safe_load((shared / "data/bench/expected.yaml").read_text())["planner"]
    wanted = expected[key][mass]
    protein = float(mass.split()[0])
    point = binding_point(
        added_nM=0.1, bmax_fmol_mg=bmax, kd_nM=kd, protein_mg=protein, volume_ml=0.25,
        specific_activity=45, efficiency=0.48, nonspecific=None,
    )  # fmt: skip
    assert point.depletion == pytest.approx(wanted["depletion_at_0p1_nM"], abs=6e-5)
    result = plan({"binding": {"bmax": f"{bmax} fmol/mg", "kd": f"{kd} nM", "protein": mass}})
    assert result.estimate("receptor in a well").value == pytest.approx(wanted["fmol_per_well"])
    found = result.estimate("specific signal at saturation").value
    assert found == pytest.approx(wanted["max_specific_cpm"], abs=0.5)


def test_mass_balance_is_exact() -> None:
    point = binding_point(
        added_nM=0.7, bmax_fmol_mg=603, kd_nM=0.63, protein_mg=0.2, volume_ml=0.25,
        specific_activity=45, efficiency=0.48, nonspecific=0.02,
    )  # fmt: skip
    bound = point.bound_fmol / 250
    free, receptor = 0.7 - bound, 603 * 0.2 / 250 - bound
    assert free * receptor / bound == pytest.approx(0.63, rel=1e-12)


@pytest.mark.parametrize(("koff", "minutes"), [(0.02, 173.3), (0.05, 69.3), (0.1, 34.7)])
def test_time_to_equilibrium(koff: float, minutes: float) -> None:
    assert equilibrium_minutes(koff) == pytest.approx(minutes, abs=0.05)
    assert least_koff(minutes) == pytest.approx(koff, rel=2e-3)


def test_the_vendor_protocol_is_told_that_its_signal_may_be_too_small() -> None:
    result = plan({"binding": VENDOR})
    assert "too small to measure" in result.warnings[0]
    assert "167 cpm" in result.warnings[0]
    assert check(result, "signal at saturation") is Status.FAILED
    (time,) = [c for c in result.checks if c.name == "time to equilibrium"]
    assert time.status is Status.NOT_ASSESSED
    assert "0.058/min" in str(time.note)
    assert any("seen" in note and "bmax" in note for note in result.notes)


def test_a_dense_tissue_has_signal_and_depletes() -> None:
    result = plan({"binding": VENDOR | DENSE})
    assert not result.warnings
    assert check(result, "ligand depletion") is Status.FAILED


def test_specific_fraction_and_counting() -> None:
    result = plan({"binding": VENDOR | DENSE | {"nonspecific": 0.01, "koff": 0.1}})
    assert check(result, "specific fraction") is Status.PASSED
    assert check(result, "time to equilibrium") is Status.PASSED
    assert counting_sd(100, 50, 25, 1) == pytest.approx((175 + 75) ** 0.5)
    poor = plan({"binding": VENDOR | {"nonspecific": 0.05}})
    assert check(poor, "specific fraction") is Status.FAILED


def test_the_specific_fraction_asked_for_is_that_of_the_protocol() -> None:
    asked = protocols()["v1a-binding"].settings["specific"]
    assert (asked.value, asked.unit) == (80, "%")
    result = plan({"binding": VENDOR | DENSE | {"nonspecific": 0.06}})
    (found,) = [c for c in result.checks if c.name == "specific fraction"]
    assert found.criterion == "more than 80 % of the total at Kd (Assay Guidance Wiki, section 5)"
    assert 0.5 < float(found.value or 0) < 0.8
    assert found.status is Status.FAILED
    own = plan({"binding": VENDOR | DENSE | {"nonspecific": 0.06, "least_fraction": 0.5}})
    (found,) = [c for c in own.checks if c.name == "specific fraction"]
    assert (found.status, found.criterion[-7:]) == (Status.PASSED, "(yours)")


def test_assumed_spreads_are_marked() -> None:
    given = {
        "groups": [{"measure": "mrna", "fold": 0.5}, {"measure": "bmax", "fold": 0.5, "sd": 1}]
    }
    result = plan(given)
    assert sum("ASSUMED" in note for note in result.notes) == 1
    assert result.estimates[0].value == 7


def test_an_effect_too_small_for_any_study() -> None:
    (found,) = plan({"groups": [{"measure": "mrna", "fold": 1.0001, "sd": 5}]}).estimates
    assert found.value is None
    assert "100000" in str(found.reason)


ERRORS: list[tuple[str, dict[str, Any], str]] = [
    ("empty", {}, "the plan is empty"),
    ("unknown key", {"binding": VENDOR | {"colour": 1}}, "unknown key"),
    (
        "missing Kd",
        {"binding": {"bmax": "1 fmol/mg", "protein": "1 mg"}},
        "the key 'kd' is missing",
    ),
    ("protein in µg", {"binding": VENDOR | {"protein": "50 mg"}}, "is it in µg"),
    ("protein without unit", {"binding": VENDOR | {"protein": 50}}, "'protein: 50 µg'"),
    ("Bmax without unit", {"binding": VENDOR | {"bmax": 34.8}}, "'bmax: 34.8 fmol/mg'"),
    ("doses without unit", {"binding": VENDOR | {"concentrations": [0.1, 1]}}, "0.1, 1 nM'"),
    ("zero Bmax", {"binding": VENDOR | {"bmax": "0 fmol/mg"}}, "more than 0"),
    ("negative Kd", {"binding": VENDOR | {"kd": "-1 nM"}}, "more than 0"),
    ("efficiency in percent", {"binding": VENDOR | {"efficiency": 48}}, "a share up to 1"),
    ("no concentrations", {"binding": VENDOR | {"concentrations": []}}, "none is given"),
    ("zero concentration", {"binding": VENDOR | {"concentrations": "0, 1 nM"}}, "more than 0"),
    ("zero koff", {"binding": VENDOR | {"koff": 0}}, "koff"),
    ("all sticks", {"binding": VENDOR | {"nonspecific": 1.5}}, "share below 1"),
    ("unknown measure", {"groups": [{"measure": "moon", "fold": 2}]}, "not one of"),
    ("fold of one", {"groups": [{"measure": "mrna", "fold": 1}]}, "other than 1"),
    ("negative fold", {"groups": [{"measure": "mrna", "fold": -2}]}, "other than 1"),
    ("zero sd", {"groups": [{"measure": "mrna", "fold": 2, "sd": 0}]}, "log2 SD above 0"),
    ("power of one", {"groups": [{"measure": "mrna", "fold": 2, "power": 1}]}, "power"),
]


@pytest.mark.parametrize(("given", "message"), [case[1:] for case in ERRORS],
                         ids=[case[0] for case in ERRORS])  # fmt: skip
def test_error(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        plan(given)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_command(tmp_path: Path) -> None:
    shown = CliRunner().invoke(main, ["bench", "plan", "--example"])
    (tmp_path / "p.yaml").write_text(shown.output, encoding="utf-8")
    report = tmp_path / "p.html"
    done = CliRunner().invoke(
        main, ["bench", "plan", str(tmp_path / "p.yaml"), "--report", str(report)]
    )
    assert done.exit_code == 0, done.output
    assert "too small to measure" in done.output
    assert "<svg" in report.read_text(encoding="utf-8")
    for args in ([], [str(tmp_path / "none.yaml")], [str(tmp_path / "p.yaml"), "--plot", "x.bmp"]):
        failed = CliRunner().invoke(main, ["bench", "plan", *args])
        assert failed.exit_code == 2
        assert "Traceback" not in failed.output
