"""KDIGO by creatinine over a registry against a brute force in whole hundredths of mg/dL."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.clinic.cohort.registry import eicu, read, toy

from hepatica.clinic.cohort.run import cohort

SECONDS_48_H, SECONDS_7_D = 172_800, 604_800


def seconds(time: datetime) -> int:
    return int((time - datetime(1970, 1, 1)).total_seconds())


def brute(samples: list[tuple[int, int]]) -> list[tuple[int, int | None]]:
    """Second and stage of each sample of (second, hundredths of mg/dL), by the definition."""
    stages: list[tuple[int, int | None]] = []
    for second, value in samples:
        before = [(second - s, v) for s, v in samples if s < second]
        two = [v for gap, v in before if gap <= SECONDS_48_H]
        seven = [v for gap, v in before if gap <= SECONDS_7_D]
        if not seven:
            stages.append((second, None))
            continue
        low = min(seven)
        aki = (bool(two) and value - min(two) >= 30) or 2 * value >= 3 * low
        if aki and (value >= 400 or value >= 3 * low):
            stage = 3
        elif value >= 2 * low:
            stage = 2
        else:
            stage = 1 if aki else 0
        stages.append((second, stage))
    return stages


@pytest.mark.parametrize(("make", "rows"), [(eicu, 996), (toy, 1078)])
def test_every_stage(
    make: Callable[[Path, Path], Path], rows: int, shared: Path, tmp_path: Path
) -> None:
    given = make(shared, tmp_path / "given.csv")
    cohort(given, tmp_path / "out.parquet", concepts=["kdigo_creatinine"], per="time")
    series: dict[str, set[tuple[int, int]]] = {}
    total = 0
    with given.open() as file:
        for row in csv.DictReader(file):
            value = Decimal(row["value"]) * 100
            assert value == int(value)
            second = int(
                (datetime.fromisoformat(row["time"]) - datetime(1970, 1, 1)).total_seconds()
            )
            series.setdefault(row["patient"], set()).add((second, int(value)))
            total += 1
    assert total == rows
    expected = sorted(
        (patient, second, -1 if stage is None else stage)
        for patient, samples in series.items()
        for second, stage in brute(sorted(samples))
    )
    found = sorted(
        (
            row["patient"],
            seconds(row["time"]),
            -1 if row["stage"] is None else row["stage"],
        )
        for row in read(tmp_path / "out.parquet")
    )
    assert found == expected
