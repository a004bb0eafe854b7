"""The mechanism model's scenarios and the planner's figures."""

from __future__ import annotations

from collections.abc import Iterator
from math import log2
from pathlib import Path
from typing import Any

from benchmarks.expected import Comparison, same
from hepatica.bench.hypotheses import Change, hypotheses
from hepatica.bench.mechanism.readouts import PEPTIDASE as CONVERSION
from hepatica.bench.mechanism.readouts import changes, dose_response, readouts, shipped
from hepatica.bench.mechanism.rechallenge import rechallenge
from hepatica.bench.mechanism.sbml import read_sbml
from hepatica.bench.mechanism.simulate import simulate
from hepatica.bench.planner import SOURCED, plan
from hepatica.bench.planning import binding_point, equilibrium_minutes
from hepatica.bench.profile import samples_per_group

KEYS = {
    "H1": "low-receptor-number", "H2": "receptor-kinase-arrestin", "H3": "post-receptor-coupling",
    "H4": "cytokine-downregulation", "H5": "lower-affinity", "H6": "prodrug-not-converted",
}  # fmt: skip
EXACT = {
    "mRNA": "mrna", "Bmax_fmol_mg": "bmax", "fade_late_over_early_rate": "fade",
    "surface_fraction_60min": "surface", "agonist_KdV_nM": "agonist_ki",
}  # fmt: skip
# Half-maximal dose and span of a four-parameter logistic through the model's responses. The doses
# (lowest and highest in nM, how many) are not recorded: these were found by trying, and give every
# scenario's figures to seven digits.
FITTED = {
    "V": ("LVP_EC50_nM", "LVP_Emax", (0.03, 3_000, 14)),
    "T": ("Terli_EC50_nM", "Terli_Emax", (0.3, 1_000_000, 27)),
}
# With peptidase a curve can fall at high doses: half of its highest response between those doses.
PEPTIDASE = "Terli_EC50_with_peptidase_nM"
ROUNDED = "printed rounded: half of the last digit"
WASHED = {3.0: "rechallenge_ratio_3min_washout", 60.0: "rechallenge_ratio_60min_washout"}
ANTAGONIST = "antagonist_Kd_nM"  # the same in every scenario: an antagonist sees none of them


def _scenario(name: str) -> Change:
    key = name.split("_")[0]
    return hypotheses()[KEYS[key]].model if key in KEYS else Change()


def scenarios(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    tolerance = section["rel_tol"]
    antagonist = next(value for (what, value), where in SOURCED.items()
                      if what == "kd" and "human" in where)  # fmt: skip
    yield same("SBML as shipped", read_sbml(folder / section["files"][1]).values, shipped().values)
    for name, row in section["scenarios"].items():
        change = _scenario(name)
        held = readouts(change).values
        for theirs, ours in EXACT.items():
            yield Comparison(f"{name} {theirs}", held[ours], row[theirs], tolerance)
        fitted: set[str] = set()
        for agonist, (half, span, doses) in FITTED.items():
            found = _logistic(agonist, change, doses)
            for theirs, ours in zip((half, span), found, strict=True):
                yield Comparison(f"{name} {theirs}", ours, row[theirs], tolerance)
                fitted.add(theirs)
        found = rechallenge(list(WASHED), change)
        for theirs, ratio in zip(WASHED.values(), found, strict=True):
            yield Comparison(f"{name} {theirs}", ratio, row[theirs], tolerance)
        yield Comparison(f"{name} {ANTAGONIST}", antagonist, row[ANTAGONIST], tolerance)
        half = _half_maximal("T", change, FITTED["T"][2])
        yield Comparison(f"{name} {PEPTIDASE}", half, row[PEPTIDASE], tolerance)
        unknown = set(row) - set(EXACT) - fitted - {PEPTIDASE, ANTAGONIST, *WASHED.values()}
        yield same(f"{name}: every column is compared or has a reason", unknown, set())
        start = {"V": 100.0}
        if name in section["crosscheck"]:
            given = changes(change, {})
            amount = simulate(shipped(), [0, 30], constants=given, start=start)["IPtot"][-1]
            for engine in ("scipy", "roadrunner"):
                said = section["crosscheck"][name][engine]
                yield Comparison(f"{name} IP at 30 min, {engine}", float(amount), said, 1e-6)


def _logistic(agonist: str, change: Change, doses: tuple[float, float, int]) -> tuple[float, float]:
    """EC50 (nM) and span of a logistic with free bottom, top and slope through the responses."""
    import numpy as np
    from scipy.optimize import curve_fit

    low, high, count = doses
    log_dose = np.linspace(np.log10(low), np.log10(high), count)
    response = np.array(dose_response(10**log_dose, change, agonist))

    def logistic(x: Any, bottom: float, top: float, log_ec50: float, slope: float) -> Any:
        return bottom + (top - bottom) / (1 + 10 ** ((log_ec50 - x) * slope))

    middle = float(np.interp(response.max() / 2, response, log_dose))
    fitted, _ = curve_fit(logistic, log_dose, response, p0=(0, response.max(), middle, 1))
    bottom, top, log_ec50, _ = (float(value) for value in fitted)
    return 10**log_ec50, top - bottom


def _half_maximal(agonist: str, change: Change, doses: tuple[float, float, int]) -> float:
    """The dose (nM) with half of the highest response, by straight lines over log dose."""
    import numpy as np

    low, high, count = doses
    log_dose = np.linspace(np.log10(low), np.log10(high), count)
    base = {"kconv": CONVERSION * change.peptidase}
    response = np.array(dose_response(10**log_dose, change, agonist, base))
    rising = slice(0, int(response.argmax()) + 1)
    return float(10 ** np.interp(response.max() / 2, response[rising], log_dose[rising]))


def planner(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    for key, bmax, kd in (
        ("human_vsm_34p8_fmol_mg_Kd_2p95", 34.8, 2.95),
        ("rat_hepatocyte_603_fmol_mg_Kd_0p63", 603.0, 0.63),
    ):
        for mass, said in section[key].items():
            protein = float(mass.split()[0])
            wells = {"bmax": f"{bmax} fmol/mg", "kd": f"{kd} nM", "protein": mass}
            result = plan({"binding": wells})
            amount = result.estimate("receptor in a well").value or 0
            yield Comparison(f"{key} {mass} fmol", amount, said["fmol_per_well"], 1e-6)
            counts = result.estimate("specific signal at saturation").value or 0
            yield _rounded(f"{key} {mass} cpm", counts, said["max_specific_cpm"], 0)
            point = binding_point(
                added_nM=0.1, bmax_fmol_mg=bmax, kd_nM=kd, protein_mg=protein, volume_ml=0.25,
                specific_activity=45, efficiency=0.48, nonspecific=None,
            )  # fmt: skip
            depleted = said["depletion_at_0p1_nM"]
            yield _rounded(f"{key} {mass} depletion", point.depletion, depleted, 4)
    for key, minutes in section["equilibration_5_halflives_min"].items():
        found = equilibrium_minutes(float(key.split()[1]))
        yield _rounded(f"equilibrium, {key}", found, minutes, 1)
    sd = 0.0
    for key, count in section["n_per_arm_80pct_power"].items():
        words = key.replace(",", "").split()
        if "log2SD" in words:
            sd = float(words[words.index("log2SD") + 1])
        elif words[0] == "Bmax":
            sd = 0.35
        fold = float(words[words.index("FC") + 1])
        yield same(f"n, {key}", samples_per_group(log2(fold), sd), count)


def _rounded(name: str, found: float, said: float, digits: int) -> Comparison:
    return Comparison(name, found, said, 0.51 * 10.0**-digits / said, ROUNDED)


SECTIONS = {"mechanism_model": scenarios, "planner": planner}
