"""Where creatinine is going, in one sentence."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hepatica.clinic.assess.episode import trajectory
from hepatica.clinic.assess.model import Point, Staging

START = datetime(2026, 3, 1, 8)


def course(*values: tuple[float, float], dialysed: float | None = None) -> str:
    """The sentence for creatinines as (hour, mg/dL), with a dialysis at an hour."""
    path = [
        Point(time=START + timedelta(hours=hour), rule="creatinine", stage=1, shown="", mg_dl=value)
        for hour, value in values
    ]
    if dialysed is not None:
        when = START + timedelta(hours=dialysed)
        path.append(Point(time=when, rule="renal_replacement", stage=3, shown=""))
    staging = Staging(
        id="ica_aki", name="", version="", state="met", reference="", path=tuple(path)
    )
    return trajectory(staging, START + timedelta(hours=values[-1][0]))


@pytest.mark.parametrize(
    ("said", "values", "dialysed"),
    [
        ("rising: 1 to 2 mg/dL in 24 h", [(0, 1.0), (24, 2.0)], None),
        ("two values at one time: 1 and 2 mg/dL", [(0, 2.0), (0, 1.0)], None),
        ("rising: 1 to 2 mg/dL in 24 h", [(0, 1.0), (24, 2.0), (24, 2.0)], None),
        ("falling: 4 to 2 mg/dL in 24 h, below its peak of 4 mg/dL (2026-03-01 08:00); renal "
         "replacement before the last value, which lowers creatinine by itself",
         [(0, 4.0), (24, 2.0)], 12),
        ("rising: 3 to 4 mg/dL in 24 h; renal replacement since, which lowers creatinine by itself",
         [(0, 3.0), (24, 4.0)], 30),
    ],
)  # fmt: skip
def test_it_says_what_the_values_do(
    said: str, values: list[tuple[float, float]], dialysed: float | None
) -> None:
    assert course(*values, dialysed=dialysed) == said
