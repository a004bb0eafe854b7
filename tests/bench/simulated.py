"""Simulated tables with known truth, small enough to read, the same at every run."""

from __future__ import annotations

import numpy as np

LIGAND = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)
DOSES = (0.0, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)


def binding(bmax: float = 200, kd: float = 1.5, sd: float = 2.0, seed: int = 1) -> dict[str, list]:
    """Total and non-specific binding in duplicate, fmol/mg."""
    random = np.random.default_rng(seed)
    rows = [
        (dose, kind, (bmax * dose / (kd + dose) if kind == "total" else 0) + 4 * dose + 6)
        for dose in LIGAND
        for kind in ("total", "nonspecific")
        for _ in range(2)
    ]
    return {
        "concentration [nM]": [row[0] for row in rows],
        "kind": [row[1] for row in rows],
        "signal [fmol/mg]": [row[2] + random.normal(0, sd) for row in rows],
    }


def response(
    zero: float = 5, end: float = 100, ec50: float = 2, hill: float = 1.0, sd: float = 2.0,
    seed: int = 1, doses: tuple[float, ...] = DOSES, copies: int = 3,
) -> dict[str, list]:  # fmt: skip
    """A concentration-response curve in triplicate."""
    random = np.random.default_rng(seed)
    x = [dose for dose in doses for _ in range(copies)]
    y = [
        zero + (end - zero) * (dose**hill / (dose**hill + ec50**hill)) + random.normal(0, sd)
        for dose in x
    ]
    return {"dose [nM]": x, "response": y}


def competition(ki: float = 40, sd: float = 20.0, seed: int = 1) -> dict[str, list]:
    """A competitor against 1 nM radioligand of Kd 2 nM."""
    doses = (0, 1, 3, 10, 30, 100, 300, 1000, 3000)
    random = np.random.default_rng(seed)
    x = [float(dose) for dose in doses for _ in range(3)]
    ic50 = ki * 1.5
    y = [300 + 2000 / (1 + dose / ic50) + random.normal(0, sd) for dose in x]
    return {"competitor [nM]": x, "signal [dpm]": y}


def kinetics(sd: float = 5.0, seed: int = 1) -> dict[str, list]:
    """Association at three concentrations and dissociation at one; kon 0.02, koff 0.05."""
    random = np.random.default_rng(seed)
    times = (1, 3, 6, 10, 15, 25, 40, 60)
    rows = [
        ("association", ligand, time, 1000 * 0.02 * ligand / k * (1 - np.exp(-k * time)))
        for ligand in (1.0, 3.0, 10.0)
        for k in (0.02 * ligand + 0.05,)
        for time in times
    ]
    rows += [("dissociation", 10.0, time, 800 * np.exp(-0.05 * time)) for time in (0, *times)]
    return {
        "phase": [row[0] for row in rows],
        "ligand [nM]": [row[1] for row in rows],
        "time [min]": [float(row[2]) for row in rows],
        "signal [dpm]": [float(row[3]) + random.normal(0, sd) for row in rows],
    }


def timecourse(kdes: float = 0.08, sd: float = 8.0, seed: int = 1) -> dict[str, list]:
    """Accumulation at six doses and six times; rate 120, KA 9 nM."""
    random = np.random.default_rng(seed)
    rows = [(dose, time) for dose in (0, 1, 3, 10, 30, 100) for time in (1, 3, 10, 20, 40, 60)]
    y = []
    for dose, time in rows:
        share = dose / (dose + 9)
        rise = (1 - np.exp(-kdes * share * time)) / kdes if kdes else share * time
        y.append(120 * rise + 10 + random.normal(0, sd))
    return {
        "agonist [nM]": [float(row[0]) for row in rows],
        "time [min]": [float(row[1]) for row in rows],
        "signal [dpm]": y,
    }
