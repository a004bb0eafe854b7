"""Does pooling give metafor's and netmeta's figures, and how fast?

    python -m benchmarks.synthesis REFERENCE.json... [--data DIR] [--expected FILE] [--out FILE]

A reference file holds `data` (tables of tpos, tneg, cpos, cneg) and `results` named
TABLE_MEASURE_METHOD[_TEST] as metafor prints them, or `NAME_data` and `results` of networks as
netmeta gives them; tests/bench/pool/ has one of each. Tables that are not in the file are read from
DIR/dat_TABLE.csv; `other_convention` names figures not to compare, and why. `--expected` is a YAML
file with a `meta_bcg` entry. For each result the digits to which its worst figure agrees are
counted, 15 at most.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Iterable, Iterator
from math import log10
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from benchmarks.results import save
from hepatica.bench.pool.effects import Measure, Tables, effects
from hepatica.bench.pool.estimate import Estimate, Method, inverse_variance
from hepatica.bench.pool.mantel_haenszel import mantel_haenszel
from hepatica.bench.pool.network.arms import Contrast, Node, from_contrasts, from_studies
from hepatica.bench.pool.network.fit import fit, network_tau2
from hepatica.bench.pool.proportions import Scale, back, proportions
from hepatica.bench.pool.study import Arm, Study

METHODS = {"EE": "iv", "DL": "dl", "PM": "pm", "REML": "reml", "MH": "mh"}
MOST = 15.0
TINY = 1e-10  # below it a reference figure is nought
WANTED = 6.0
# tau² where the reference of that name is metafor at its default stop: with tol = 1e-10
STOPPED = {"PM": 0.318068452186}
WHY = "metafor at its default stop, short of the solution; run to the end it agrees (next row)"


def digits(pairs: Iterable[tuple[float, float]]) -> float:
    """To how many digits the worst of (found, reference) agrees."""
    worst = 0.0
    for found, reference in pairs:
        scale = abs(reference) if abs(reference) > TINY else 1.0
        worst = max(worst, abs(found - reference) / scale)
    return MOST if worst == 0 else min(MOST, -log10(worst))


def table(rows: list[dict[str, Any]]) -> Tables:
    columns = {name: np.array([float(r[name]) for r in rows]) for name in
               ("tpos", "tneg", "cpos", "cneg")}  # fmt: skip
    return Tables(
        labels=tuple(str(place) for place in range(len(rows))),
        a=columns["tpos"],
        n1=columns["tpos"] + columns["tneg"],
        c=columns["cpos"],
        n2=columns["cpos"] + columns["cneg"],
    )


def pooled(given: Tables, measure: str, method: str, test: str) -> Estimate:
    found = effects(Measure(measure.lower()), given)
    if method == "MH":
        return mantel_haenszel(Measure(measure.lower()), found)
    return inverse_variance(
        found.y, found.v, Method(METHODS[method]), knapp_hartung=test == "knha", guard=False
    )


def pairs(found: Estimate, wanted: dict[str, Any]) -> Iterator[tuple[float, float]]:
    spread, main = found.heterogeneity, found.interval
    known = {
        "beta": found.value, "mu": found.value, "se": main.se, "lb": main.low, "ub": main.high,
        "tau2": spread.tau2, "I2": spread.i2, "H2": spread.h2, "QE": spread.q, "QEp": spread.p,
    }  # fmt: skip
    for name, reference in wanted.items():
        if name == "ci":
            yield from zip((main.low, main.high), reference, strict=True)
        elif known.get(name) is not None and isinstance(reference, (int, float)):
            yield float(known[name] or 0.0), float(reference)


def pairwise(reference: dict[str, Any], folder: Path | None) -> Iterator[tuple[str, float]]:
    read: dict[str, Tables] = {}
    for name, wanted in reference["results"].items():
        key, measure, method, *test = [*name.split("_"), ""]
        if method not in METHODS or measure.lower() not in ("rr", "or", "rd"):
            continue
        if key not in read:
            rows = reference["data"].get(key)
            if rows is None:
                path = (folder or Path()) / f"dat_{key}.csv"
                with path.open(encoding="utf-8") as file:
                    rows = list(csv.DictReader(file))
            read[key] = table(rows)
        other = reference.get("other_convention", {}).get(name)
        if other is not None:
            print(f"{name}: {', '.join(other['figures'])} not compared: {other['why']}")
            wanted = {k: v for k, v in wanted.items() if k not in other["figures"]}
        yield name, digits(pairs(pooled(read[key], measure, method, test[0]), wanted))


def single(reference: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Proportions on the logit and double arcsine scales, as "prop_PLO_REML"."""
    scales = {"PLO": Scale.LOGIT, "PFT": Scale.DOUBLE_ARCSINE}
    rows = reference["data"].get("prop", [])
    studies = tuple(
        Study(label=str(i), arms=(Arm(treatment="t", events=row["x"], total=row["n"]),))
        for i, row in enumerate(rows)
    )
    for name, wanted in reference["results"].items():
        kind, _, rest = name.partition("_")
        scale, _, method = rest.partition("_")
        if kind != "prop" or scale not in scales or method not in METHODS:
            continue
        given = proportions(studies, "t", scales[scale])
        found = inverse_variance(given.y, given.v, Method(METHODS[method]))
        edges = (found.value, found.interval.low, found.interval.high)
        shares = [back(edge, given.scale, given.harmonic) for edge in edges]
        yield name, digits([*pairs(found, wanted), *zip(shares, wanted["p"], strict=True)])


def networks(reference: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for name, wanted in reference["results"].items():
        nodes = _nodes(reference[f"{name}_data"])
        common = fit(nodes)
        random = fit(nodes, network_tau2(nodes))
        found = [(common.q, wanted["Q"]), (random.tau2, wanted["tau2"])]
        for got, key in ((common.effect, "TE_common"), (common.se, "se_common"),
                         (random.effect, "TE_random"), (random.se, "se_random")):  # fmt: skip
            for i in range(len(got)):
                found += [(got[i, j], wanted[key][i][j]) for j in range(len(got)) if i != j]
        yield f"network {name}", digits(found)


def _nodes(rows: list[Any]) -> tuple[Node, ...]:
    if isinstance(rows[0], dict):
        return from_contrasts([Contrast(**row) for row in rows])
    studies = [
        Study(label=str(i), arms=tuple(Arm(treatment=t, events=x, total=n) for t, x, n in arms))
        for i, arms in enumerate(rows)
    ]
    return from_studies(Measure.ODDS_RATIO, studies)[0]


def expected(path: Path, folder: Path) -> Iterator[tuple[str, float]]:
    wanted = yaml.safe_load(path.read_text(encoding="utf-8"))["meta_bcg"]
    with (folder / "dat_bcg.csv").open(encoding="utf-8") as file:
        given = table(list(csv.DictReader(file)))
    for name, row in wanted.items():
        method, _, test = name.partition("_")
        if isinstance(row, dict) and method in METHODS:
            found = pooled(given, "RR", method, test)
            yield f"expected.yaml {name}", digits(pairs(found, row))
            if name in STOPPED:
                tau2 = found.heterogeneity.tau2
                yield f"{name} of metafor run to the end", digits([(tau2, STOPPED[name])])


def per_second() -> dict[str, float]:
    """Poolings of 13 made-up studies and fits of a 24-study network in one second."""
    rng = np.random.default_rng(20261122)
    y, v = rng.normal(0.3, 0.5, 13), rng.uniform(0.02, 0.4, 13)
    studies = [
        Study(label=str(i), arms=tuple(
            Arm(treatment=t, events=int(rng.integers(5, 40)), total=100)
            for t in rng.permutation(list("ABCD"))[: 3 if i < 2 else 2]
        ))
        for i in range(24)
    ]  # fmt: skip
    nodes = from_studies(Measure.ODDS_RATIO, studies)[0]
    return {
        "REML, 13 studies": _rate(lambda: inverse_variance(y, v, Method.REML)),
        "DerSimonian-Laird, 13 studies": _rate(
            lambda: inverse_variance(y, v, Method.DERSIMONIAN_LAIRD)
        ),
        "network, 4 treatments, 24 studies": _rate(lambda: fit(nodes, network_tau2(nodes))),
    }


def _rate(work: Any) -> float:
    work()
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < 0.5:
        work()
        count += 1
    return count / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("references", type=Path, nargs="+")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--expected", type=Path)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    found: dict[str, float] = {}
    for path in asked.references:
        reference = json.loads(path.read_text(encoding="utf-8"))
        networked = any(key.endswith("_data") for key in reference)
        if networked:
            found |= dict(networks(reference))
        else:
            found |= dict(pairwise(reference, asked.data)) | dict(single(reference))
    if asked.expected is not None:
        found |= dict(expected(asked.expected, asked.data or Path()))
    notes = {f"expected.yaml {name}": WHY for name in STOPPED}
    for name, agreed in found.items():
        less = "" if agreed >= WANTED else f"  below 6: {notes.get(name, 'no reason known')}"
        print(f"{name:32} {agreed:5.1f}{less}")
    enough = sum(agreed >= WANTED for agreed in found.values())
    print(f"{enough} of {len(found)} results agree to {WANTED:.0f} digits or more")
    speed = per_second()
    for name, rate in speed.items():
        print(f"{name}: {rate:,.0f} per second")
    rounded = {name: round(agreed, 1) for name, agreed in found.items()}
    save(
        asked.out,
        {
            "digits": rounded,
            "notes": {name: why for name, why in notes.items() if name in found},
            "at_least_6": enough,
            "results": len(found),
            "per_second": {name: round(rate) for name, rate in speed.items()},
        },
        "numpy",
        "scipy",
    )


if __name__ == "__main__":
    main()
