"""The reference results of the bench hold, section by section."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from benchmarks.bench_expected import not_compared, sections, wanted
from benchmarks.coverage import cases, measure
from benchmarks.expected import Comparison
from benchmarks.expected_read import leaves, watch

SLOW = {"nist_strd"}  # five of its sets are tested with the fits


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict:
    text = (shared / "data/bench/expected.yaml").read_text(encoding="utf-8")
    return wanted(yaml.safe_load(text))


@pytest.mark.parametrize("name", sorted(set(sections()) - SLOW))
def test_the_references_of_a_section_hold(shared: Path, expected: dict, name: str):
    entries = list(sections()[name](expected[name], shared / "data/bench"))
    assert entries
    assert [str(entry) for entry in entries if not entry.holds] == []


def test_a_comparison_fails_beyond_its_tolerance():
    assert Comparison("x", 1.0009, 1.0, 1e-3).holds
    assert not Comparison("x", 1.0011, 1.0, 1e-3).holds
    assert not Comparison("x", float("nan"), 1.0, 1e-3).holds


def test_no_section_is_left_out(expected: dict):
    assert set(expected) == set(sections())
    assert set(not_compared()) <= set(sections())


def test_what_is_read_is_noted_and_nothing_else():
    plain = {"a": {"b": 1.0, "c": [2.0, 3.0]}, "d": 4}
    watched, seen = watch(plain)
    assert watched["a"]["c"][1] == 3.0
    assert watched.get("e") is None
    left = [place for place in leaves(plain) if place not in seen]
    assert left == [("a", "b"), ("a", "c", 0), ("d",)]


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    case = next(case for case in cases() if case.name == "concentration-response")
    found = measure(case, 200, np.random.default_rng(1))
    assert 0.90 <= found["parameters"]["EC50"]["coverage"] <= 0.99
