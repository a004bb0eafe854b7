"""Reference results of other programs on published data: NIST, R nls, R drc, plate readers."""

from __future__ import annotations

from collections.abc import Iterator
from math import log, log10, pi
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.expected import Comparison, column, columns, rows, same
from benchmarks.nist import measure
from hepatica.bench import analyse
from hepatica.bench.compare import aicc, f_test
from hepatica.bench.effective_dose import effective_dose
from hepatica.bench.fit import Fit, fit, fit_groups
from hepatica.bench.models.competition import munson_rodbard
from hepatica.bench.models.logistic import FIVE, FOUR, inverse
from hepatica.bench.models.one_site import ONE_SITE

R_PROFILE = "R interpolates its profile by splines; ours meets SSmin (1 + F/df) and lmfit: 3e-4"
NOT_CONVERGED = "drc stops short of the minimum (its sum of squares is higher than ours): 5e-3"


def nist(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    for name in section["datasets"]:
        row = measure(folder / "nist" / f"{name}.dat")
        for start in ("start1_product", "start2_product"):
            digits = min(row[start])  # type: ignore[call-overload]
            yield Comparison(f"{name} {start} digits", min(digits, 6.0), 6.0, 1e-12)


def _likelihood(fitted: Fit) -> tuple[float, float]:
    """log likelihood and AIC as R gives them for normal errors."""
    n = fitted.n
    value = -n / 2 * (log(2 * pi) + 1 + log(fitted.ss / n))
    return value, -2 * value + 2 * (n - fitted.df + 1)


def _nls(
    name: str, fitted: Fit, names: dict[str, str], said: dict[str, Any], tolerance: float
) -> Iterator[Comparison]:
    for theirs, ours in names.items():
        value, se = fitted.value(ours), fitted.se(ours)
        yield Comparison(f"{name} {theirs}", value, said["coef"][theirs], tolerance)
        yield Comparison(f"{name} se {theirs}", se, said["se"][theirs], tolerance)
        if isinstance(said.get("profile95"), dict):
            found = fitted.interval(ours)
            for edge, reference in (("2.5%", found.low), ("97.5%", found.high)):
                yield Comparison(
                    f"{name} profile {theirs} {edge}", reference or np.nan,
                    said["profile95"][theirs][edge], max(tolerance, 3e-4), R_PROFILE,
                )  # fmt: skip
    yield Comparison(f"{name} rss", fitted.ss, said["rss"], tolerance)
    likelihood, aic = _likelihood(fitted)
    yield Comparison(f"{name} logLik", likelihood, said["logLik"], tolerance)
    yield Comparison(f"{name} AIC", aic, said["AIC"], tolerance)


def puromycin(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    table = rows(folder / section["file"])
    x, y = column(table, "conc"), column(table, "rate")
    state = [row["state"] for row in table]
    tolerance = section["rel_tol"]
    names = {"Vm": "Bmax", "K": "Kd"}
    for which in ("treated", "untreated"):
        here = np.array([entry == which for entry in state])
        fitted = fit(ONE_SITE, x[here], y[here])
        yield from _nls(which, fitted, names, section[f"puromycin_{which}"], tolerance)
        if which == "treated":
            for name, ours in names.items():
                low, high = section["puromycin_treated"]["lmfit_conf_interval_95"][name]
                found = fitted.interval(ours)
                yield Comparison(f"lmfit low {name}", found.low or np.nan, low, tolerance)
                yield Comparison(f"lmfit high {name}", found.high or np.nan, high, tolerance)
    apart = fit_groups(ONE_SITE, x, y, state, shared=set())
    shared = fit_groups(ONE_SITE, x, y, state, shared={"Kd"})
    one = fit(ONE_SITE, x, y)
    pairs = {"Vt": "Bmax[treated]", "Vu": "Bmax[untreated]", "K": "Kd"}
    yield from _nls("shared K", shared, pairs, section["puromycin_sharedK"], tolerance)
    for name, simple in (("sharedK", shared), ("one", one)):
        said = section[f"puromycin_F_{name}_vs_separate"]
        f, p = f_test(simple.ss, simple.df, apart.ss, apart.df)
        yield Comparison(f"F {name}", f, said["F"], tolerance)
        yield Comparison(f"p {name}", p, said["p"], tolerance)
    said = section["puromycin_AICc"]
    for name, fitted in (("separate", apart), ("sharedK", shared), ("one_curve", one)):
        found = aicc(fitted.ss, fitted.n, fitted.n - fitted.df)
        yield Comparison(f"AICc {name}", found, said[name], tolerance)


def dnase(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    tolerance = section["rel_tol"]
    for run, said in section["dnase_per_run_4PL"].items():
        table = rows(folder / section["file"], Run=run)
        fitted = fit(FOUR, column(table, "conc"), column(table, "density"))
        yield from _self_start(f"run {run}", fitted, said, tolerance)
        if run == "1":
            full = section["dnase_run1_4PL"]
            yield Comparison("run 1 rss", fitted.ss, full["rss"], tolerance)
            for theirs, ours in (("A", "zero"), ("B", "end")):
                yield Comparison(f"se {theirs}", fitted.se(ours), full["se"][theirs], tolerance)
            se = float(fitted.fits.se_theta[0][fitted.names.index("EC50")])
            yield Comparison("se xmid", se, full["se"]["xmid"], tolerance)
            se = fitted.se("Hill") / fitted.value("Hill") ** 2
            yield Comparison("se scal", se, full["se"]["scal"], tolerance)
            for reading, dose in section["dnase_run1_4PL_inverse"].items():
                found = inverse(np.array(float(reading)), *fitted.fits.values[0], 1.0)
                yield Comparison(f"inverse {reading}", float(found), dose, tolerance)
            three = fit(FOUR, fitted.fits.x, fitted.fits.y[0], fixed={"zero": 0.0})
            said3 = section["dnase_run1_3PL"]
            coefficients = {**said3["coef"], "A": 0.0, "B": said3["coef"]["Asym"]}
            yield from _self_start("run 1 3PL", three, coefficients, tolerance)
            yield Comparison("run 1 3PL rss", three.ss, said3["rss"], tolerance)


def _self_start(
    name: str, fitted: Fit, said: dict[str, float], tolerance: float
) -> Iterator[Comparison]:
    yield Comparison(f"{name} A", fitted.value("zero"), said["A"], tolerance)
    yield Comparison(f"{name} B", fitted.value("end"), said["B"], tolerance)
    yield Comparison(f"{name} xmid", log(fitted.value("EC50")), said["xmid"], tolerance)
    yield Comparison(f"{name} scal", 1 / fitted.value("Hill"), said["scal"], tolerance)


def nitrendipene(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    tolerance = section["rel_tol"]
    for tissue, said in section["fits"].items():
        table = [row for row in rows(folder / section["file"], Tissue=tissue) if row["NIF"] != "0"]
        fitted = fit(FOUR, column(table, "NIF") * 1e9, column(table, "activity"))
        yield Comparison(f"{tissue} rss", fitted.ss, said["rss"], tolerance)
        yield Comparison(f"{tissue} A", fitted.value("zero"), said["coef"]["A"], tolerance)
        found = log10(fitted.value("EC50") * 1e-9)
        yield Comparison(f"{tissue} xmid", found, said["coef"]["xmid"], tolerance)
        if tissue == "2":
            study = {
                "columns": {"competitor": "NIF", "signal": "activity"},
                "units": {"competitor": "M", "signal": "cpm"},
                "model": "four-parameter",
            }
            verdict = analyse("competition", columns(table), study).estimate("IC50").verdict
            yield same("tissue 2 verdict", str(verdict), "not estimable")


def drc(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    tolerance = section["rel_tol"]
    table = rows(folder / "drc/ryegrass.csv")
    x, y = column(table, "conc"), column(table, "rootl")
    four = fit(FOUR, x, y)
    three = fit(FOUR, x, y, fixed={"end": 0.0})
    five = fit(FIVE, x, y)
    yield from _drc("ryegrass LL.4", four, section["ryegrass_LL4"], tolerance, "")
    yield from _drc("ryegrass LL.3", three, section["ryegrass_LL3"], tolerance, "")
    yield from _drc("ryegrass LL.5", five, section["ryegrass_LL5"], tolerance, NOT_CONVERGED)
    f, p = f_test(three.ss, three.df, four.ss, four.df)
    yield Comparison("F LL.3 LL.4", f, section["ryegrass_F_LL3_vs_LL4"]["F"], tolerance)
    yield Comparison("p LL.3 LL.4", p, section["ryegrass_F_LL3_vs_LL4"]["p"], tolerance)
    study = {"columns": {"dose": "conc", "response": "rootl"}, "units": {"dose": "nM"}}
    checks = analyse("response", columns(table), study).checks
    misfit = next(check.value for check in checks if check.name == "lack of fit")
    yield Comparison(
        "lack of fit p", float(misfit or 0), section["ryegrass_LL4_lackoffit"]["p"], tolerance
    )
    table = rows(folder / "drc/secalonic.csv")
    fitted = fit(FOUR, column(table, "dose"), column(table, "rootl"))
    yield from _drc("secalonic", fitted, section["secalonic_LL4"], tolerance, "")
    table = rows(folder / "drc/S.alba.csv")
    x, y = column(table, "Dose"), column(table, "DryMatter")
    herbicide = [row["Herbicide"] for row in table]
    apart = fit_groups(FOUR, x, y, herbicide, shared=set())
    shared = fit_groups(FOUR, x, y, herbicide, shared={"zero", "end"})
    for name, fitted in (("Salba_LL4_two_curves", apart), ("Salba_LL4_shared_cd", shared)):
        said = section[name]
        yield Comparison(f"{name} rss", fitted.ss, said["rss"], tolerance)
        for which in ("Glyphosate", "Bentazone"):
            for theirs, ours in (("e", "EC50"), ("b", "Hill")):
                found = fitted.value(f"{ours}[{which}]")
                reference = said["coef"][f"{theirs}:{which}"]
                yield Comparison(f"{name} {theirs} {which}", found, reference, 5e-3, NOT_CONVERGED)
        short = float(fitted.ss <= said["rss"])
        yield Comparison(f"{name}: our sum of squares is no higher", short, 1.0, 1e-12)
    said = section["Salba_F_shared_vs_separate"]
    f, p = f_test(shared.ss, shared.df, apart.ss, apart.df)
    yield Comparison("S.alba F", f, said["F"], tolerance)
    yield Comparison("S.alba p", p, said["p"], tolerance)


def _drc(
    name: str, fitted: Fit, said: dict[str, Any], tolerance: float, reason: str
) -> Iterator[Comparison]:
    covariance = fitted.fits.observed_covariance[0]
    values = fitted.fits.values[0]
    se = np.sqrt(np.diag(covariance)) * np.where(fitted.model.logs, values, 1.0)
    wide = 5e-3 if reason else tolerance
    pairs = {"b": "Hill", "c": "end", "d": "zero", "e": "EC50"}
    if reason:
        pairs = {"b": "Hill", "c": "end", "d": "zero"}
    for theirs, ours in pairs.items():
        key = f"{theirs}:(Intercept)"
        if key not in said["coef"]:
            continue
        place = fitted.names.index(ours)
        yield Comparison(f"{name} {theirs}", values[place], said["coef"][key], tolerance)
        yield Comparison(f"{name} se {theirs}", se[place], said["se"][key], wide, reason)
    for key, entry in said["ED"].items():
        dose, spread = effective_dose(fitted, float(key.rpartition(":")[2]) / 100, covariance)
        yield Comparison(f"{name} ED {key}", dose, entry["Estimate"], tolerance)
        yield Comparison(f"{name} ED se {key}", dose * spread, entry["Std. Error"], wide, reason)
    yield Comparison(f"{name} rss", fitted.ss, said["rss"], tolerance)
    likelihood, aic = _likelihood(fitted)
    yield Comparison(f"{name} logLik", likelihood, said["logLik"], tolerance)
    yield Comparison(f"{name} AIC", aic, said["AIC"], tolerance)


def five_parameter(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    table = rows(folder / section["file"])
    x, y = column(table, "conc"), column(table, "od")
    for model, said in ((FOUR, section["lmfit_4PL"]), (FIVE, section["lmfit_5PL"])):
        fitted = fit(model, x, y)
        asymmetry = fitted.value("asymmetry") if "asymmetry" in fitted.names else 1.0
        hill = fitted.value("Hill")
        c = fitted.value("EC50") / np.expm1(np.log(2) / asymmetry) ** (1 / hill)
        found = {"A": fitted.value("zero"), "B": hill, "C": c, "D": fitted.value("end")}
        found |= {"G": asymmetry, "rss": fitted.ss}
        for name, value in found.items():
            yield Comparison(f"{model.name} {name}", value, said[name], 1e-4)
            if model is FIVE and name != "rss":
                reader = section["reader_reported"][name]
                yield Comparison(f"reader {name}", value, reader, section["rel_tol"])


def flat(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    table = rows(folder / section["file"])
    result = analyse("response", columns(table), {"units": {"dose": "µM"}})
    yield same("EC50", str(result.estimate("EC50").verdict), "not estimable")
    y = column(table, "response")
    yield Comparison("mean", float(y.mean()), section["mean"], 1e-6)
    yield Comparison("rss", float(((y - y.mean()) ** 2).sum()), section["rss_constant"], 1e-6)


def munson(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    found = munson_rodbard(section["IC50"], section["Lt"], section["KL"], section["y0"])
    yield Comparison("Ki", found, section["munson_rodbard_Ki"], 1e-6)
    study = {"radioligand": f"{section['Lt']} nM", "radioligand_kd": f"{section['KL']} nM"}
    simple = section["IC50"] / (1 + section["Lt"] / section["KL"])
    yield Comparison("Cheng-Prusoff", simple, section["cheng_prusoff_Ki"], 1e-6)
    # the same through the assay: exact readings of receptor, radioligand and competitor
    from hepatica.bench.models.competition import exact_bound

    doses = np.concatenate([[0.0], np.geomspace(1, 1e6, 25)])
    bound = [
        exact_bound(section["Rt"], section["Lt"], float(dose), section["KL"], section["KI"])
        for dose in doses
    ]
    data = {"competitor [nM]": doses, "signal [fmol]": np.array(bound) * 250}
    result = analyse("competition", data, {**study, "volume": "0.25 ml"})
    value = result.estimate("Ki").value or float("nan")
    yield Comparison("Ki through the assay", value, section["KI"], 0.05)


SECTIONS = {
    "nist_strd": nist,
    "one_site_saturation_puromycin": puromycin,
    "elisa_dnase": dnase,
    "radioligand_competition_nitrendipene": nitrendipene,
    "dose_response_drc": drc,
    "elisa_5pl_user_posted": five_parameter,
    "flat_curve": flat,
    "munson_rodbard": munson,
}
