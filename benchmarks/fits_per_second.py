"""Four-parameter logistic fits a second on a plate of curves, against other tools on the same data.

    python -m benchmarks.fits_per_second [--curves 384] [--rscript PATH] [--out FILE]

The plate is simulated: 12 doses in duplicate a curve, scatter 4 % of the effect. Every tool fits
every curve from a start of its own kind and gives standard errors; the largest and the median
difference of an EC50 from ours are reported. scipy and lmfit start at the extremes of the
readings and the middle dose; R drc starts itself. R is timed inside R, without its start. Medians
of five rounds (R: three).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from shutil import which
from statistics import median
from time import perf_counter

import numpy as np

from benchmarks.results import save
from hepatica.bench import analyse
from hepatica.bench.fit import fit_many
from hepatica.bench.models.logistic import FOUR
from hepatica.bench.report import as_html

R_CODE = """
suppressMessages(library(drc))
d <- read.csv("PLATE"); curves <- split(d, d$curve)
run <- function() sapply(curves, function(p) {
  m <- tryCatch(drm(y ~ x, data = p, fct = LL.4()), error = function(e) NULL)
  if (is.null(m)) NA else { s <- vcov(m); coef(m)[["e:(Intercept)"]] }
})
times <- c(); for (i in 1:3) times <- c(times, system.time(e <- run())[["elapsed"]])
cat(sprintf("{\\"seconds\\": %f, \\"version\\": \\"%s\\", \\"ec50\\": [%s]}", median(times),
  packageVersion("drc"), paste(ifelse(is.na(e), "null", sprintf("%.10g", e)), collapse = ",")))
"""


def plate(curves: int, seed: int = 20261122) -> tuple[np.ndarray, np.ndarray]:
    """Doses and one row of readings a curve."""
    random = np.random.default_rng(seed)
    x = np.repeat(np.geomspace(0.1, 1e4, 12), 2)
    truth = np.column_stack(
        [
            random.normal(5, 2, curves),
            random.normal(100, 10, curves),
            np.exp(random.uniform(np.log(3), np.log(300), curves)),
            np.exp(random.normal(0, 0.2, curves)),
        ]
    )
    return x, FOUR.predict(x, truth) + random.normal(0, 4, (curves, x.size))


def timed(run: Callable[[], np.ndarray], rounds: int = 5) -> tuple[float, np.ndarray]:
    """The median seconds of a run, and what it gave."""
    seconds = []
    for _ in range(rounds):
        started = perf_counter()
        found = run()
        seconds.append(perf_counter() - started)
    return median(seconds), found


def with_scipy(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    from scipy.optimize import curve_fit

    def curve(dose, low, high, log_ec50, hill):
        return low + (high - low) / (1 + np.exp(-hill * (np.log(dose) - log_ec50)))

    found = []
    for row in y:
        start = (row.min(), row.max(), np.log(np.median(x)), 1.0)
        try:
            values, _ = curve_fit(curve, x, row, p0=start, maxfev=4000)
            found.append(np.exp(values[2]))
        except RuntimeError:
            found.append(np.nan)
    return np.array(found)


def with_lmfit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    from lmfit import Model

    def curve(dose, low, high, log_ec50, hill):
        return low + (high - low) / (1 + np.exp(-hill * (np.log(dose) - log_ec50)))

    model = Model(curve)
    found = []
    for row in y:
        start = model.make_params(
            low=row.min(), high=row.max(), log_ec50=np.log(np.median(x)), hill=1.0
        )
        found.append(np.exp(model.fit(row, start, dose=x).best_values["log_ec50"]))
    return np.array(found)


def with_r(x: np.ndarray, y: np.ndarray, rscript: str) -> tuple[float, np.ndarray, str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plate.csv"
        lines = ["curve,x,y"]
        for number, row in enumerate(y):
            lines += [
                f"{number:05d},{a!r},{b!r}" for a, b in zip(x.tolist(), row.tolist(), strict=True)
            ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = subprocess.run(
            [rscript, "-e", R_CODE.replace("PLATE", str(path))],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    said = json.loads(done.stdout[done.stdout.index("{") :])
    ec50 = np.array([np.nan if value is None else value for value in said["ec50"]])
    return said["seconds"], ec50, said["version"]


def report_seconds(x: np.ndarray, y: np.ndarray, curves: int = 16) -> float:
    """Seconds from readings to a whole HTML report with figure: a 384-well plate, 16 curves."""
    rows = y[:curves]
    data = {
        "dose": np.tile(x, len(rows)).tolist(),
        "response": rows.ravel().tolist(),
        "group": [f"compound {n:02d}" for n in range(len(rows)) for _ in x],
    }
    study = {"units": {"dose": "nM"}}
    as_html(analyse("response", data, study))  # imports and font caches are not the report
    seconds, _ = timed(lambda: np.array([len(as_html(analyse("response", data, study)))]), 3)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--curves", type=int, default=384)
    parser.add_argument("--rscript", default=which("Rscript"))
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    x, y = plate(given.curves)

    def ours() -> np.ndarray:
        fits = fit_many(FOUR, x, y)
        assert np.isfinite(fits.se).all()
        return fits.values[:, 2]

    def with_intervals() -> np.ndarray:
        return np.array([e.low for e in fit_many(FOUR, x, y).intervals(["EC50"])["EC50"]], float)

    rows: dict[str, dict[str, object]] = {}
    base_seconds, base = timed(ours)
    rows["hepatica"] = {"seconds": base_seconds}
    rows["hepatica, profile interval of EC50"] = {"seconds": timed(with_intervals)[0]}
    for name, run in (("scipy curve_fit", with_scipy), ("lmfit", with_lmfit)):
        seconds, found = timed(lambda run=run: run(x, y))
        rows[name] = {"seconds": seconds, **_apart(found, base)}
    if given.rscript:
        seconds, found, version = with_r(x, y, given.rscript)
        rows[f"R drc {version}"] = {
            "seconds": seconds,
            "failed": int(np.isnan(found).sum()),
            **_apart(found, base),
        }
    else:
        rows["R drc"] = {"not run": "no Rscript found; give --rscript"}
    for name, row in rows.items():
        if "seconds" in row:
            seconds = float(row["seconds"])  # type: ignore[arg-type]
            row["fits per second"] = round(given.curves / seconds)
            row["times slower than ours"] = round(seconds / base_seconds, 1)
        print(f"{name:38} {row}")
    report = report_seconds(x, y)
    print(f"plate report, 16 curves of 24 wells, HTML with figure: {report:.2f} s")
    figures = {
        "benchmark": "fits_per_second", "curves": given.curves, "readings a curve": int(x.size),
        "tools": rows, "plate report seconds": report,
    }  # fmt: skip
    save(given.out, figures, "numpy", "scipy", "lmfit", "matplotlib")


def _apart(found: np.ndarray, base: np.ndarray) -> dict[str, float]:
    difference = np.abs(found / base - 1)
    return {
        "worst difference of EC50": float(np.nanmax(difference)),
        "median difference of EC50": float(np.nanmedian(difference)),
    }


if __name__ == "__main__":
    main()
