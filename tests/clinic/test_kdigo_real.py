"""KDIGO by creatinine on real stays against a brute force in whole hundredths of mg/dL."""

from __future__ import annotations

import csv
import random
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hepatica.clinic.bedside import Bedside
from hepatica.clinic.observations import Observation

Series = dict[str, list[tuple[datetime, int]]]
ORIGIN = datetime(2026, 1, 1)


def brute(samples: list[tuple[datetime, int]]) -> list[int | None]:
    """Stage of each sample; hundredths of mg/dL, closed windows, strictly earlier references."""
    stages: list[int | None] = []
    for time, value in samples:
        two = [v for t, v in samples if t < time and time - t <= timedelta(hours=48)]
        seven = [v for t, v in samples if t < time and time - t <= timedelta(days=7)]
        rise = bool(two) and value - min(two) >= 30
        low = min(seven) if seven else None
        if low is None:
            stages.append(None)
        elif (rise or 2 * value >= 3 * low) and (value >= 400 or value >= 3 * low):
            stages.append(3)
        elif value >= 2 * low:
            stages.append(2)
        else:
            stages.append(1 if rise or 2 * value >= 3 * low else 0)
    return stages


def compare(series: Series) -> int:
    rows = [
        Observation(patient=p, concept="creatinine", value=Decimal(v) / 100, unit="mg/dL",
                    micro=v * 884_000, time=t)
        for p, samples in series.items() for t, v in samples
    ]  # fmt: skip
    engine = Bedside()
    engine.load(rows)
    found = {(r["row"]): r["stage"] for r in engine.rows("kdigo_creatinine")}
    expected = [stage for samples in series.values() for stage in brute(samples)]
    assert [found[index] for index in range(len(rows))] == expected
    return len(rows)


def test_eicu(shared: Path) -> None:
    series: Series = {}
    with (shared / "data/clinic/eicu_demo/lab.csv").open() as file:
        for row in csv.DictReader(file):
            if row["labname"] == "creatinine" and row["labresult"]:
                time = ORIGIN + timedelta(minutes=int(row["labresultoffset"]))
                value = int(Decimal(row["labresult"]) * 100)
                series.setdefault(row["patientunitstayid"], []).append((time, value))
    assert compare(series) > 900


def test_akiflagger_toy(shared: Path) -> None:
    series: Series = {}
    with (shared / "data/clinic/akiflagger/toy.csv").open() as file:
        for row in csv.DictReader(file):
            time = datetime.fromisoformat(row["time"])
            series.setdefault(row["mrn"], []).append((time, int(Decimal(row["creat"]) * 100)))
    assert compare(series) == 1078


@pytest.mark.parametrize("seed", range(3))
def test_generated_series_full_of_exact_edges(seed: int) -> None:
    """Values whose rises are exactly 0.30 and whose ratios are exactly 1.5, 2 and 3."""
    rng = random.Random(seed)
    series: Series = {}
    for patient in range(150):
        time, samples = ORIGIN, []
        for _ in range(rng.randint(1, 9)):
            samples.append(
                (
                    time,
                    rng.choice(
                        (
                            60,
                            80,
                            90,
                            100,
                            110,
                            120,
                            130,
                            150,
                            160,
                            180,
                            200,
                            240,
                            270,
                            300,
                            330,
                            370,
                            399,
                            400,
                            430,
                            450,
                        )
                    ),
                )
            )
            time += rng.choice((timedelta(hours=12), timedelta(hours=24), timedelta(hours=48),
                                timedelta(hours=48, minutes=1), timedelta(days=7),
                                timedelta(days=7, minutes=1), timedelta(0)))  # fmt: skip
        series[str(patient)] = samples
    compare(series)
