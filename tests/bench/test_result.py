"""Results: an absurd number cannot become one; JSON holds everything."""

from __future__ import annotations

import json

import msgspec
import pytest
from tests.bench import simulated

from hepatica.bench import analyse
from hepatica.bench.result import AssayResult, Estimate, Verdict

WRONG = [
    ({"value": float("inf")}, "finite"),
    ({"value": float("nan")}, "finite"),
    ({"value": None}, "needs a value"),
    ({"value": 1.0, "verdict": Verdict.EXTRAPOLATED}, "needs a reason"),
    ({"value": 1.0, "verdict": Verdict.NOT_ESTIMABLE, "reason": "flat"}, "no number"),
    ({"low": 1.0, "verdict": Verdict.NOT_ESTIMABLE, "reason": "flat"}, "no number"),
    ({"low": 1.0, "high": 2.0, "verdict": Verdict.ONE_SIDED, "reason": "x"}, "exactly one bound"),
    ({"value": 1.0, "verdict": Verdict.ONE_SIDED, "reason": "x"}, "exactly one bound"),
    ({"value": 3.0, "low": 1.0, "high": 2.0}, "outside its own interval"),
    ({"value": 0.5, "low": 1.0, "high": 2.0}, "outside its own interval"),
]


@pytest.mark.parametrize(("fields", "said"), WRONG)
def test_a_wrong_estimate_cannot_be_built(fields, said):
    with pytest.raises(ValueError, match=said):
        Estimate(name="EC50", **fields)


@pytest.mark.parametrize("assay", ["binding", "competition", "kinetics", "response", "timecourse"])
def test_every_result_returns_from_json_unchanged(assay):
    study = {"lithium": True} if assay == "timecourse" else {}
    result = analyse(assay, getattr(simulated, assay)(), study)
    again = msgspec.json.decode(msgspec.json.encode(result), type=AssayResult)
    assert again == result
    assert again.panels


def test_json_holds_the_verdict_of_every_estimate():
    """A reader that keeps what is "ok" must find it there, not only what is not."""
    told = set()
    for table in (simulated.response(), simulated.response(end=5.0)):
        result = analyse("response", table)
        held = json.loads(msgspec.json.encode(result))["estimates"]
        assert [row["verdict"] for row in held] == [str(e.verdict) for e in result.estimates]
        told |= {row["verdict"] for row in held}
    assert {"ok", "one-sided"} <= told


def test_asking_for_an_estimate_that_is_not_there_lists_those_that_are():
    result = analyse("response", simulated.response())
    with pytest.raises(KeyError, match="EC50"):
        result.estimate("Kd")
