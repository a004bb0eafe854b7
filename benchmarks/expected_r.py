"""Reference results of R's nls: hyperbolas, ELISA standards, radioligand competition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import log, log10, pi
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.expected import Comparison, column, columns, rows, same
from benchmarks.expected_nlme import mixed
from hepatica.bench import analyse
from hepatica.bench.compare import aicc, f_test
from hepatica.bench.distributions import t_quantile
from hepatica.bench.fit import Fit, fit, fit_groups
from hepatica.bench.models.logistic import FOUR, inverse
from hepatica.bench.models.one_site import ONE_SITE

R_PROFILE = "R interpolates its profile by splines; ours meets SSmin (1 + F/df) and lmfit: 3e-4"
NEAR_ZERO = "a plateau next to zero: within 1e-4 of the span of the curve"


@dataclass(frozen=True, kw_only=True)
class Term:
    """A parameter of R in terms of ours: its value, and how it changes with the fitted theta."""

    ours: str
    value: Callable[[float], float] = float
    slope: Callable[[float], float] = lambda value: 1.0  # of the value of R by our theta


def plain(name: str) -> Term:
    """The same parameter in its own unit, fitted as such."""
    return Term(ours=name)


def positive(name: str) -> Term:
    """The same parameter, fitted by us as a logarithm."""
    return Term(ours=name, slope=lambda value: value)


def location(name: str, factor: float = 1.0, *, base: float = np.e) -> Term:
    """The logarithm of `factor` times our parameter."""
    return Term(
        ours=name, value=lambda x: log(x * factor) / log(base), slope=lambda x: 1 / log(base)
    )


def width(name: str, *, base: float = np.e) -> Term:
    """One over a slope: R's scal."""
    return Term(ours=name, value=lambda x: 1 / x / log(base), slope=lambda x: 1 / x / log(base))


def likelihood(fitted: Fit) -> tuple[float, float]:
    """log likelihood and AIC as R gives them for normal errors."""
    n = fitted.n
    value = -n / 2 * (log(2 * pi) + 1 + log(fitted.ss / n))
    return value, -2 * value + 2 * (n - fitted.df + 1)


def nls(
    name: str, fitted: Fit, terms: Mapping[str, Term], said: dict[str, Any], tolerance: float,
    *, small: str = "",
) -> Iterator[Comparison]:  # fmt: skip
    """Everything that R says of a fit; `small` names a parameter that is almost zero."""
    reach = t_quantile(0.95, fitted.df)
    for theirs, term in terms.items():
        raw = fitted.value(term.ours)
        value = term.value(raw)
        se = abs(term.slope(raw)) * float(fitted.fits.se_theta[0][fitted.names.index(term.ours)])
        span = abs(said["coef"].get("B", 1.0)) if theirs == small else 0.0

        def near(
            what: str, found: float, reference: float, wide: float = tolerance, why: str = "",
            span: float = span, theirs: str = theirs,
        ) -> Comparison:  # fmt: skip
            if span:
                wide, why = max(wide, tolerance * span / abs(reference)), why or NEAR_ZERO
            return Comparison(f"{name} {what} {theirs}", found, reference, wide, why)

        yield near("coef", value, said["coef"][theirs])
        yield near("se", se, said["se"][theirs])
        for edge, sign in (("lower", -1), ("upper", 1)):
            yield near(f"Wald {edge}", value + sign * reach * se, said["wald_t95"][theirs][edge])
        if isinstance(said.get("profile95"), dict):
            found = fitted.interval(term.ours)
            ends = [term.value(x) if x is not None else np.nan for x in (found.low, found.high)]
            for edge, end in zip(("2.5%", "97.5%"), sorted(ends), strict=True):
                yield near(f"profile {edge}", end, said["profile95"][theirs][edge],
                           max(tolerance, 3e-4), R_PROFILE)  # fmt: skip
    value, aic = likelihood(fitted)
    for key, found in (("rss", fitted.ss), ("sigma", fitted.rmse), ("df", float(fitted.df)),
                       ("logLik", value), ("AIC", aic)):  # fmt: skip
        yield Comparison(f"{name} {key}", found, said[key], tolerance)


def puromycin(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    table = rows(folder / section["file"])
    x, y = column(table, "conc"), column(table, "rate")
    state = [row["state"] for row in table]
    tolerance = section["rel_tol"]
    terms = {"Vm": positive("Bmax"), "K": positive("Kd")}
    for which in ("treated", "untreated"):
        here = np.array([entry == which for entry in state])
        fitted = fit(ONE_SITE, x[here], y[here])
        yield from nls(which, fitted, terms, section[f"puromycin_{which}"], tolerance)
        if which == "treated":
            for name, term in terms.items():
                low, high = section["puromycin_treated"]["lmfit_conf_interval_95"][name]
                found = fitted.interval(term.ours)
                yield Comparison(f"lmfit low {name}", found.low or np.nan, low, tolerance)
                yield Comparison(f"lmfit high {name}", found.high or np.nan, high, tolerance)
    apart = fit_groups(ONE_SITE, x, y, state, shared=set())
    shared = fit_groups(ONE_SITE, x, y, state, shared={"Kd"})
    one = fit(ONE_SITE, x, y)
    pairs = {"Vt": positive("Bmax[treated]"), "Vu": positive("Bmax[untreated]"),
             "K": positive("Kd")}  # fmt: skip
    yield from nls("shared K", shared, pairs, section["puromycin_sharedK"], tolerance)
    for name, simple in (("sharedK", shared), ("one", one)):
        said = section[f"puromycin_F_{name}_vs_separate"]
        f, p = f_test(simple.ss, simple.df, apart.ss, apart.df)
        values = {"F": f, "p": p, "df1": float(simple.df - apart.df), "df2": float(apart.df),
                  "rss_shared": shared.ss, "rss_sep": apart.ss, "rss_one": one.ss}  # fmt: skip
        for key, reference in said.items():
            yield Comparison(f"{name} {key}", values[key], reference, tolerance)
    said = section["puromycin_AICc"]
    for name, fitted in (("separate", apart), ("sharedK", shared), ("one_curve", one)):
        found = aicc(fitted.ss, fitted.n, fitted.n - fitted.df)
        yield Comparison(f"AICc {name}", found, said[name], tolerance)


SELF_START = {
    "A": plain("zero"), "B": plain("end"), "xmid": location("EC50"), "scal": width("Hill"),
}  # fmt: skip


def dnase(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    tolerance = section["rel_tol"]
    for run, said in section["dnase_per_run_4PL"].items():
        table = rows(folder / section["file"], Run=run)
        fitted = fit(FOUR, column(table, "conc"), column(table, "density"))
        for theirs, term in SELF_START.items():
            found = term.value(fitted.value(term.ours))
            yield Comparison(f"run {run} {theirs}", found, said[theirs], tolerance)
        if run != "1":
            continue
        four = section["dnase_run1_4PL"]
        yield from nls("run 1 4PL", fitted, SELF_START, four, tolerance, small="A")
        for reading, dose in section["dnase_run1_4PL_inverse"].items():
            found = float(inverse(np.array(float(reading)), *fitted.fits.values[0], 1.0))
            yield Comparison(f"inverse {reading}", found, dose, tolerance)
        three = fit(FOUR, fitted.fits.x, fitted.fits.y[0], fixed={"zero": 0.0})
        terms = {"Asym": plain("end"), "xmid": location("EC50"), "scal": width("Hill")}
        yield from nls("run 1 3PL", three, terms, section["dnase_run1_3PL"], tolerance)
    every = rows(folder / section["file"])
    yield from mixed(every, section["dnase_all_nlme_4PL_randomB"], tolerance)


def nitrendipene(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    tolerance = section["rel_tol"]
    terms = {
        "A": plain("zero"), "B": plain("end"), "xmid": location("EC50", 1e-9, base=10),
        "scal": width("Hill", base=10),
    }  # fmt: skip
    for tissue, said in section["fits"].items():
        table = [row for row in rows(folder / section["file"], Tissue=tissue) if row["NIF"] != "0"]
        fitted = fit(FOUR, column(table, "NIF") * 1e9, column(table, "activity"))
        yield from nls(tissue, fitted, terms, said, tolerance)
        found = log10(fitted.value("EC50") * 1e-9)
        yield Comparison(f"{tissue} log10 IC50", found, said["coef"]["xmid"], tolerance)
        if tissue == "2":
            study = {
                "columns": {"competitor": "NIF", "signal": "activity"},
                "units": {"competitor": "M", "signal": "cpm"},
                "model": "four-parameter",
            }
            verdict = analyse("competition", columns(table), study).estimate("IC50").verdict
            yield same("tissue 2 verdict", str(verdict), "not estimable")


SECTIONS = {
    "one_site_saturation_puromycin": puromycin,
    "elisa_dnase": dnase,
    "radioligand_competition_nitrendipene": nitrendipene,
}
