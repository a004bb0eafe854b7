"""Certified and published results: NIST, a plate reader's five parameters, a flat curve."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.expected import Comparison, column, columns, rows, same
from benchmarks.nist import measure
from hepatica.bench import analyse
from hepatica.bench.fit import fit
from hepatica.bench.models.competition import munson_rodbard
from hepatica.bench.models.logistic import FIVE, FOUR


def nist(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    for name in section["datasets"]:
        row = measure(folder / "nist" / f"{name}.dat")
        for start in ("start1_product", "start2_product"):
            digits = min(row[start])  # type: ignore[call-overload]
            yield Comparison(f"{name} {start} digits", min(digits, 6.0), 6.0, 1e-12)


def five_parameter(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    table = rows(folder / section["file"])
    x, y = column(table, "conc"), column(table, "od")
    reader = section["reader_reported"]
    values = np.array(
        [reader["A"], reader["D"],
         reader["C"] * np.expm1(np.log(2) / reader["G"]) ** (1 / reader["B"]),
         reader["B"], reader["G"]]
    )  # fmt: skip
    rss = float(((y - FIVE.predict(x, values)) ** 2).sum())
    yield Comparison("rss of the reader's figures", rss, section["rss_of_reader_params"], 1e-4)
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
                yield Comparison(f"reader {name}", value, reader[name], section["rel_tol"])


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
    "elisa_5pl_user_posted": five_parameter,
    "flat_curve": flat,
    "munson_rodbard": munson,
}
