"""Single proportions against metafor and Miller's published example."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hepatica.bench.pool.estimate import Method, inverse_variance
from hepatica.bench.pool.proportions import Scale, back, proportions
from hepatica.bench.pool.select import Selection
from hepatica.bench.pool.single import pool_share
from hepatica.bench.pool.study import Arm, Study
from hepatica.errors import InputError

SCALES = {"PLO": Scale.LOGIT, "PFT": Scale.DOUBLE_ARCSINE}
METHODS = {"EE": Method.COMMON, "DL": Method.DERSIMONIAN_LAIRD, "REML": Method.REML}


def studies(counts: list[tuple[int, int]]) -> tuple[Study, ...]:
    return tuple(
        Study(label=str(i), arms=(Arm(treatment="t", events=x, total=n),))
        for i, (x, n) in enumerate(counts)
    )


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("method", METHODS)
def test_metafor(scale: str, method: str, metafor: dict[str, Any]) -> None:
    counts = [(row["x"], row["n"]) for row in metafor["data"]["prop"]]
    given = proportions(studies(counts), "t", SCALES[scale])
    found = inverse_variance(given.y, given.v, METHODS[method])
    wanted = metafor["results"][f"prop_{scale}_{method}"]
    got = (found.value, found.interval.se, found.heterogeneity.tau2, found.heterogeneity.q)
    expected = tuple(wanted[key] for key in ("beta", "se", "tau2", "QE"))
    assert got == pytest.approx(expected, rel=1e-6, abs=1e-10)
    shares = [
        back(x, given.scale, given.harmonic)
        for x in (found.value, found.interval.low, found.interval.high)
    ]
    assert shares == pytest.approx(wanted["p"], rel=1e-6)


def test_miller_1978() -> None:
    """Page 138 of Miller 1978, as metafor's test of the example prints it."""
    given = proportions(studies([(3, 11), (6, 17), (10, 21), (1, 6)]), "t", Scale.DOUBLE_ARCSINE)
    assert 2 * given.y == pytest.approx(np.array([1.1391, 1.2888, 1.5253, 0.9515]), abs=6e-5)
    assert 4 * given.v == pytest.approx(np.array([0.0870, 0.0571, 0.0465, 0.1538]), abs=6e-5)
    found = inverse_variance(given.y, given.v, Method.COMMON)
    assert back(found.value, given.scale, given.harmonic) == pytest.approx(0.3595, abs=6e-5)


@pytest.mark.parametrize("scale", list(Scale))
@pytest.mark.parametrize(("events", "total"), [(0, 10), (4, 10), (9, 15), (20, 20)])
def test_a_study_alone_comes_back(scale: Scale, events: int, total: int) -> None:
    given = proportions(studies([(events, total)]), "t", scale)
    share = back(float(given.y[0]), scale, total)
    corrected = scale is Scale.LOGIT and events in (0, total)
    wanted = (events + 0.5) / (total + 1) if corrected else events / total
    assert share == pytest.approx(wanted, abs=1e-12)
    assert bool(given.corrected) == corrected


def test_an_unknown_treatment_is_named() -> None:
    selection = Selection("t", "t", studies([(1, 5)]), (), {})
    with pytest.raises(InputError, match=r"'x'.*there are t"):
        pool_share(selection, treatment="x")
    with pytest.raises(InputError, match="compares two arms"):
        pool_share(selection, method=Method.MANTEL_HAENSZEL)
