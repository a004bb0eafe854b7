"""Reference results of the synthetic sets with known truth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.expected import Comparison, column, columns, rows, same
from hepatica.bench import analyse
from hepatica.bench.assays.timecourse import apparent_ec50
from hepatica.bench.compare import aicc, f_test
from hepatica.bench.fit import fit, weights
from hepatica.bench.models.competition import exact_bound
from hepatica.bench.models.depletion import depletion_model
from hepatica.bench.models.kinetics import motulsky_mahan
from hepatica.bench.models.logistic import inverse
from hepatica.bench.models.nonspecific import with_nonspecific
from hepatica.bench.models.one_site import ONE_SITE
from hepatica.bench.models.two_site import TWO_SITE
from hepatica.bench.plate import plate_statistics
from hepatica.bench.radioactivity import RadioStudy, decay_factor, to_nm
from hepatica.bench.units import converter

EXACT, NOISY = 1e-6, 1e-4


def units(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    study = RadioStudy(
        specific_activity=f"{section['SA_Ci_per_mmol']} Ci/mmol",
        efficiency=section["counting_efficiency"],
        protein=f"{section['protein_mg']} mg",
        volume=f"{section['free_nM_from_cpm_per_ml']['volume_ml']} ml",
    )
    yield Comparison("dpm/fmol", study.dpm_per_fmol() or 0, section["dpm_per_fmol"], EXACT)
    fmol = section["cpm"] / (study.per_fmol("cpm") or np.nan)
    yield Comparison("fmol", fmol, section["fmol"], EXACT)
    per_mg = fmol / (study.protein_mg() or np.nan)
    yield Comparison("fmol/mg", per_mg, section["fmol_per_mg"], EXACT)
    cpm = np.array([section["free_nM_from_cpm_per_ml"]["cpm"]])
    found = float(to_nm(cpm, "cpm", study)[0])
    yield Comparison("nM", found, section["free_nM_from_cpm_per_ml"]["nM"], EXACT)
    terabecquerel = converter("Ci/mmol", "TBq/mmol", what="SA")(45.0)
    yield Comparison("TBq/mmol", terabecquerel, section["TBq_per_mmol_45Ci"], EXACT)
    share = decay_factor(3.0, section["tritium_halflife_y"])
    yield Comparison("decay in 3 years", share, section["decay_factor_3y"], EXACT)
    day = date(2020, 1, 1)
    old = RadioStudy(
        specific_activity="45 Ci/mmol", reference_date=day, decayed_ligand="binds",
        assay_date=day + timedelta(days=round(3 * 365.25)),
    )  # fmt: skip
    found = (old.dpm_per_fmol() or 0) / section["dpm_per_fmol"]
    yield Comparison("decay by date", found, section["decay_factor_3y"], 1e-4, "whole days")


def one_site(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    table = rows(folder / "synthetic/saturation_one_site.csv")
    x = np.array([column(table, "L_nM"), [float(row["kind"] == "total") for row in table]])
    model = with_nonspecific(ONE_SITE)
    cases = {
        "fit_exact": ("dpm_exact", "none", EXACT),
        "fit_noisy_unweighted": ("dpm_noisy", "none", NOISY),
        "fit_noisy_weight_1_over_Y2": ("dpm_noisy", "1/y2", NOISY),
    }
    for name, (which, weighting, tolerance) in cases.items():
        y = column(table, which)
        fitted = fit(model, x, y, weight=weights(y, weighting))
        said = section[name]
        for theirs, ours in (("Bmax", "Bmax"), ("Kd", "Kd"), ("NS", "NS"), ("BG", "background")):
            yield Comparison(
                f"{name} {theirs}", fitted.value(ours), said[theirs]["value"], tolerance
            )
            if which == "dpm_noisy":
                yield Comparison(
                    f"{name} se {theirs}", fitted.se(ours), said[theirs]["se"], tolerance
                )
            else:
                found = fitted.value(ours)
                truth = section["truth"][theirs if theirs != "BG" else "Background"]
                yield Comparison(f"truth {theirs}", found, truth, EXACT)
        yield Comparison(f"{name} nfree", float(fitted.df), said["nfree"], tolerance)
        if which == "dpm_noisy":
            yield Comparison(f"{name} chisqr", fitted.ss, said["chisqr"], tolerance)


def depletion(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    truth = section["truth"]
    table = rows(folder / "synthetic/saturation_depletion.csv")
    per_nm = truth["Vol_ml"] * 1000 * truth["SpAct_cpm_per_fmol"]
    added, y = column(table, "added_cpm"), column(table, "total_bound_cpm")
    x = np.array([added / per_nm, np.ones_like(added)])
    model = depletion_model(per_nm)
    found = model.predict(x, np.array([truth["Bmax_cpm"], truth["KdnM"], truth["NS"]]))
    for place, value in enumerate(y):
        yield Comparison(f"mass balance {place}", float(found[place]), float(value), 1e-12)
    fitted = fit(model, x, y)
    yield Comparison("Kd", fitted.value("Kd"), truth["KdnM"], EXACT)
    yield Comparison("Bmax", fitted.value("Bmax"), truth["Bmax_cpm"], EXACT)
    naive = fit(with_nonspecific(ONE_SITE), x, y, fixed={"background": 0.0})
    said = section["naive_fit"]
    yield Comparison("naive Kd", naive.value("Kd"), said["Kd_nM"], NOISY)
    yield Comparison("naive Bmax", naive.value("Bmax"), said["Bmax_cpm"], NOISY)
    study = {
        "columns": {"concentration": "added_cpm", "signal": "total_bound_cpm"},
        "units": {"concentration": "cpm", "signal": "cpm"},
        "specific_activity": f"{truth['SpAct_cpm_per_fmol']} cpm/fmol",
        "volume": f"{truth['Vol_ml']} ml",
        "readings": "total",
    }
    result = analyse("binding", columns(table), study)
    yield Comparison("Kd through the assay", result.estimate("Kd").value or 0, truth["KdnM"], EXACT)
    naive_result = analyse(
        "binding", columns(table), {**study, "model": "one-site", "background": "none"}
    )
    warned = any("ignores that" in warning for warning in naive_result.warnings)
    yield Comparison("naive fit warned", float(warned), 1.0, EXACT)


def two_site(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    table = rows(folder / "synthetic/saturation_two_site.csv")
    x, y = column(table, "L_nM"), column(table, "specific_noisy")
    one, two = fit(ONE_SITE, x, y), fit(TWO_SITE, x, y)
    said = section["two_site_fit"]
    found = {
        "B1": two.value("BmaxHi"), "K1": two.value("KdHi"), "B2": two.value("BmaxLo"),
        "K2": two.value("KdHi") * (1 + two.value("ratio")), "ss": two.ss,
    }  # fmt: skip
    for name, value in found.items():
        yield Comparison(f"two sites {name}", value, said[name], NOISY)
    for name, value in (("B", one.value("Bmax")), ("K", one.value("Kd"))):
        yield Comparison(f"one site {name}", value, section["one_site_fit"][name], NOISY)
    yield Comparison("dfn", float(one.df - two.df), section["dfn"], NOISY)
    yield Comparison("dfd", float(two.df), section["dfd"], NOISY)
    truth = section["truth"]
    exact = TWO_SITE.predict(x, np.array([
        truth["BmaxHi"], truth["KdHi"], truth["BmaxLo"], truth["KdLo"] / truth["KdHi"] - 1,
    ]))  # fmt: skip
    inside = float(((y - exact) ** 2).sum() >= two.ss)
    yield Comparison("the truth fits no better than the fit", inside, 1.0, EXACT)
    yield Comparison("one site ss", one.ss, section["one_site_fit"]["ss"], NOISY)
    f, p = f_test(one.ss, one.df, two.ss, two.df)
    yield Comparison("F", f, section["F"], NOISY)
    yield Comparison("p", p, section["p"], NOISY)
    yield Comparison("AICc one", aicc(one.ss, one.n, 2), section["AICc_one"], NOISY)
    yield Comparison("AICc two", aicc(two.ss, two.n, 4), section["AICc_two"], NOISY)


def competition(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    truth = section["truth"]
    table = rows(folder / "synthetic/competition_terlipressin.csv")
    study = {
        "columns": {"competitor": "log10_M", "signal": "bound_dpm"},
        "units": {"competitor": "log10 M", "signal": "dpm"},
        "radioligand": f"{truth['radioligand_nM']} nM",
        "radioligand_kd": f"{truth['hotKd_nM']} nM",
    }
    result = analyse("competition", columns(table), study)
    for name, reference in (
        ("IC50", truth["IC50_nM"]), ("Ki", truth["Ki_nM"]), ("top", truth["Top"]),
        ("bottom", truth["Bottom"]),
    ):  # fmt: skip
        yield Comparison(name, result.estimate(name).value or np.nan, reference, EXACT)


def three_body(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    found = exact_bound(
        section["Rt_nM"], section["Lt_nM"], section["It_nM"], section["KL_nM"], section["KI_nM"]
    )
    yield Comparison("RL", found, section["RL"], EXACT)
    # the same cubic with the two ligands exchanged gives the other complex
    other = exact_bound(
        section["Rt_nM"], section["It_nM"], section["Lt_nM"], section["KI_nM"], section["KL_nM"]
    )
    yield Comparison("RI", other, section["RI"], EXACT)
    yield Comparison("R free", section["Rt_nM"] - found - other, section["R_free"], EXACT)


def homologous(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    said = section["example"]
    doses = np.concatenate([[0.0], np.geomspace(0.05, 500, 14)])
    bound = 100 + said["span"] * said["IC50_nM"] / (said["IC50_nM"] + doses)
    data = {"competitor [nM]": doses, "signal [dpm]": bound}
    study = {"model": "homologous", "radioligand": f"{said['L_nM']} nM"}
    result = analyse("competition", data, study)
    yield Comparison("Kd", result.estimate("Kd").value or np.nan, said["Kd_nM"], EXACT)
    yield Comparison("Bmax", result.estimate("Bmax").value or np.nan, said["Bmax"], EXACT)


def kinetics(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    truth = section["truth"]
    study = {
        "columns": {"ligand": "L_nM", "time": "t_min", "signal": "bound"},
        "units": {"ligand": "nM", "time": "min"},
    }
    result = analyse("kinetics", columns(rows(folder / "synthetic/kinetics.csv")), study)
    for name, key in (
        ("kon", "kon_per_nM_min"), ("koff", "koff_per_min"), ("Kd", "Kd_nM"), ("Bmax", "Bmax"),
    ):  # fmt: skip
        yield Comparison(name, result.estimate(name).value or np.nan, truth[key], EXACT)
    kon, koff, bmax = (result.estimate(name).value or np.nan for name in ("kon", "koff", "Bmax"))
    for ligand, kobs in truth["kobs"].items():
        yield Comparison(f"kobs at {ligand}", kon * float(ligand) + koff, kobs, EXACT)
        level = bmax * float(ligand) / (float(ligand) + koff / kon)
        yield Comparison(f"equilibrium at {ligand}", level, truth["Yeq"][ligand], EXACT)


def motulsky(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    times = np.array(section["t"], dtype=float)
    x = np.array([np.full(5, section["L_nM"]), np.full(5, section["I_nM"]), times])
    rates = np.array([section[name] for name in ("Bmax", "k1", "k2", "k3", "k4")])
    found = motulsky_mahan().predict(x, rates)
    for place, reference in enumerate(section["bound_ode"]):
        yield Comparison(f"bound at {times[place]} min", float(found[place]), reference, EXACT)
        closed = section["bound_closed_form"][place]
        yield Comparison(f"closed form at {times[place]} min", float(found[place]), closed, EXACT)


def operational(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    truth = section["truth"]
    data = columns(rows(folder / "synthetic/operational_model.csv"))
    study = {"columns": {"dose": "log10_M", "group": "condition"}, "units": {"dose": "log10 M"}}
    result = analyse("response", data, {**study, "model": "operational"})
    groups = list(dict.fromkeys(data["condition"]))
    found = result.estimate("KA").value or np.nan
    yield Comparison("KA", found, 10.0 ** truth["logKA"] * 1e9, EXACT)
    yield Comparison("tau", result.estimate("tau").value or np.nan, truth["tau"], EXACT)
    span = truth["Emax"] - truth["Basal"]
    yield Comparison("span", result.estimate("Em - basal").value or np.nan, span, EXACT)
    for group, share in zip(groups[1:], truth["q"][1:], strict=True):
        found = result.estimate(f"q / {groups[0]}", group).value or np.nan
        yield Comparison(f"q {group}", found, share, EXACT)
    single = analyse("response", data, study)
    for group, said in section["derived"].items():
        found = single.estimate("EC50", group).value or np.nan
        yield Comparison(f"EC50 {group}", found, said["EC50_M"] * 1e9, EXACT)
        found = single.estimate("top", group).value or np.nan
        yield Comparison(f"top {group}", found, said["Top"], EXACT)


def desensitisation(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    truth = section["truth"]
    study = {
        "columns": {"agonist": "agonist_nM", "time": "t_min", "signal": "IP"},
        "units": {"agonist": "nM", "time": "min"},
        "lithium": True,
    }
    table = rows(folder / "synthetic/ip_desensitisation_li.csv")
    result = analyse("timecourse", columns(table), study)
    values = {}
    for name, key in (("initial rate", "ktau"), ("desensitisation", "kDES"), ("KA", "KA_nM")):
        values[key] = result.estimate(name).value or np.nan
        yield Comparison(name, values[key], truth[key], EXACT)
    plateau = values["ktau"] / values["kDES"]
    yield Comparison("plateau", plateau, section["plateau_all_conc"], EXACT)
    for dose, reference in section["initial_rate"].items():
        found = values["ktau"] * float(dose) / (float(dose) + values["KA_nM"])
        yield Comparison(f"initial rate at {dose}", found, reference, EXACT)
    for time, reference in section["EC50_nM"].items():
        found = apparent_ec50(values["KA_nM"], values["kDES"], float(time))
        yield Comparison(f"EC50 at {time} min", found, reference, EXACT)


def elisa_curve(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    truth = section["truth"]
    for reading, reference in section["back_calc"].items():
        found = inverse(
            float(reading), truth["bottom"], truth["top"], truth["EC50"], truth["hill"], 1.0
        )
        yield Comparison(f"back-calculated {reading}", float(found), reference, EXACT)
    beyond = section["out_of_range"]
    table = rows(folder / "synthetic/elisa_4pl.csv")
    names = [name for name in ("od_below", "od_above") if name in beyond]
    data = {
        "kind": ["standard"] * len(table) + ["sample"] * len(names),
        "concentration": [row["conc_pg_ml"] for row in table] + [""] * len(names),
        "signal": [row["od_noisy"] for row in table] + [beyond[name] for name in names],
        "sample": [""] * len(table) + names,
    }
    result = analyse("elisa", data, {"units": {"concentration": "pg/ml"}})
    for name in names:
        verdict = result.estimate("concentration", name).verdict
        yield same(f"{name} is a bound", str(verdict), "one-sided")


def plate(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    table = rows(folder / "synthetic/plate_controls.csv")
    found = plate_statistics(column(table, "high"), column(table, "low"))
    for theirs, ours in (
        ("Zprime", "Z'"), ("S_over_B", "signal to background"), ("SW", "signal window"),
        ("SSMD", "SSMD"), ("robust_Zprime", "robust Z'"), ("cv_high", "cv of high"),
        ("cv_low", "cv of low"),
    ):  # fmt: skip
        yield Comparison(theirs, found[ours], section[theirs], EXACT)


SECTIONS = {
    "synthetic.units": units,
    "synthetic.saturation_one_site": one_site,
    "synthetic.saturation_depletion": depletion,
    "synthetic.saturation_two_site": two_site,
    "synthetic.competition": competition,
    "synthetic.competition_exact_depletion": three_body,
    "synthetic.homologous_competition": homologous,
    "synthetic.kinetics": kinetics,
    "synthetic.motulsky_mahan": motulsky,
    "synthetic.operational_model": operational,
    "synthetic.ip_desensitisation": desensitisation,
    "synthetic.elisa_4pl": elisa_curve,
    "synthetic.plate_qc": plate,
}
