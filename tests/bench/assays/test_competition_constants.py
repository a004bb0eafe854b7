"""IC50 turned into Ki or Kd: verdicts are kept, and no number is left where none is known."""

from __future__ import annotations

import pytest

from hepatica.bench.assays.competition_constants import _scaled
from hepatica.bench.result import Estimate, Verdict


def ic50(value: float | None, low: float | None, high: float | None, verdict: Verdict) -> Estimate:
    reason = None if verdict is Verdict.OK else "as it is"
    return Estimate(
        name="IC50", value=value, low=low, high=high, unit="nM", verdict=verdict, reason=reason
    )


@pytest.mark.parametrize(
    ("source", "shift", "verdict", "numbers"),
    [
        (ic50(10, 8, 12, Verdict.OK), -3.0, Verdict.OK, (7, 5, 9)),
        (ic50(10, 8, 12, Verdict.OK), -9.0, Verdict.ONE_SIDED, (1, None, 3)),
        (ic50(10, 8, 12, Verdict.OK), -11.0, Verdict.NOT_ESTIMABLE, (None, None, None)),
        (ic50(10, 8, None, Verdict.ONE_SIDED), -9.0, Verdict.NOT_ESTIMABLE, (None, None, None)),
        (ic50(None, 8, None, Verdict.ONE_SIDED), -9.0, Verdict.NOT_ESTIMABLE, (None, None, None)),
        (ic50(None, None, 12, Verdict.ONE_SIDED), -3.0, Verdict.ONE_SIDED, (None, None, 9)),
        (ic50(None, None, 2, Verdict.ONE_SIDED), -3.0, Verdict.NOT_ESTIMABLE, (None, None, None)),
        (ic50(None, None, None, Verdict.NOT_ESTIMABLE), -3.0, Verdict.NOT_ESTIMABLE,
         (None, None, None)),
    ],
)  # fmt: skip
def test_a_shift(
    source: Estimate, shift: float, verdict: Verdict, numbers: tuple[float | None, ...]
) -> None:
    found = _scaled("Kd", source, 1.0, shift, "IC50 - L")
    assert found.verdict is verdict
    assert (found.value, found.low, found.high) == numbers
