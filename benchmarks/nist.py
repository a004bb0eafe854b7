"""Certified digits that the bench's fits agree on, on the NIST StRD nonlinear regression sets.

    python -m benchmarks.nist FOLDER [--out FILE]

FOLDER holds NIST's .dat files. Every set is fitted from both of NIST's starts, from that start
alone and with the restarts that the product makes by itself. Digits are -log10 of the largest
relative error (LRE), of the parameters and of their standard deviations, at most 11, as many as
NIST certifies.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.nist_models import MODELS
from benchmarks.results import save
from hepatica.bench.fit import fit, fit_many
from hepatica.bench.model import Model, Parameter
from hepatica.bench.refine import refine


@dataclass(frozen=True)
class Certified:
    """One data set as NIST certifies it. Readings keep all printed digits."""

    name: str
    level: str
    y: np.ndarray
    x: np.ndarray
    starts: tuple[tuple[float, ...], tuple[float, ...]]
    values: np.ndarray
    deviations: np.ndarray


def read(path: Path) -> Certified:
    """The set in one of NIST's .dat files."""
    text = path.read_text(encoding="utf-8", errors="replace")
    rows = re.findall(r"^\s*b\d+\s*=\s*(.+)$", text, re.M)
    numbers = np.array(
        [[float(part) for part in row.split()] for row in rows if len(row.split()) == 4]
    )
    level = re.search(r"(Lower|Average|Higher) Level of Difficulty", text)
    first, last = map(int, re.findall(r"Data\s+\(lines\s+(\d+) to\s+(\d+)\)", text)[-1])
    table = [line.split() for line in text.splitlines()[first - 1 : last]]
    data = np.array([[np.longdouble(cell) for cell in row] for row in table])
    return Certified(
        name=path.stem,
        level=level.group(1) if level else "",
        y=np.log(data[:, 0]) if path.stem == "Nelson" else data[:, 0],  # NIST fits log[y] there
        x=data[:, 1:].T if data.shape[1] > 2 else data[:, 1],
        starts=(tuple(numbers[:, 0]), tuple(numbers[:, 1])),
        values=numbers[:, 2],
        deviations=numbers[:, 3],
    )


def digits(found: np.ndarray, certified: np.ndarray) -> float:
    """The certified digits that every value in `found` agrees on, 0 to 11."""
    error = np.abs((found.astype(float) - certified) / certified)
    if not np.isfinite(error).all():
        return 0.0
    return float(np.clip(-np.log10(np.maximum(error, 1e-11)).min(), 0, 11))


def model_of(name: str, count: int) -> Model:
    return Model(
        name=name,
        parameters=tuple(Parameter(name=f"b{i + 1}", scale="plain") for i in range(count)),
        function=MODELS[name],
        formula="",
        source="NIST StRD",
        grid=lambda x, y: (),
    )


def measure(path: Path) -> dict[str, object]:
    """Digits for one set: from each start, alone and with restarts."""
    certified = read(path)
    model = model_of(certified.name, len(certified.values))
    x, y = certified.x.astype(float), certified.y.astype(float)
    row: dict[str, object] = {"set": certified.name, "difficulty": certified.level}
    for number, start in enumerate(certified.starts, 1):
        alone = fit_many(model, x, y, start=start, tolerance=1e-9, limit=1000)
        again = fit(model, x, y, start=start)
        for how, fits in (("alone", alone), ("product", again.fits)):
            refined = refine(model, certified.x, certified.y, fits.theta[0])
            row[f"start{number}_{how}"] = [
                round(digits(refined.theta, certified.values), 1),
                round(digits(refined.se, certified.deviations), 1),
            ]
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    rows = [measure(path) for path in sorted(given.folder.glob("*.dat")) if path.stem in MODELS]
    print(f"{'set':10} {'level':8} start1 alone  product   start2 alone  product  (values, sds)")
    for row in rows:
        cells = [row[f"start{n}_{how}"] for n in (1, 2) for how in ("alone", "product")]
        print(f"{row['set']:10} {row['difficulty']:8} " + "  ".join(f"{c!s:14}" for c in cells))
    summary = {}
    for key in ("start1_alone", "start1_product", "start2_alone", "start2_product"):
        worst = [min(row[key]) for row in rows]  # type: ignore[call-overload]
        summary[key] = {
            "sets": len(rows),
            "six_digits": sum(w >= 6 for w in worst),
            "eight_digits": sum(w >= 8 for w in worst),
            "worst": min(worst),
        }
        print(key, summary[key])
    save(given.out, {"benchmark": "nist", "summary": summary, "sets": rows}, "numpy", "scipy")


if __name__ == "__main__":
    main()
