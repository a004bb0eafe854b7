"""geNorm and NormFinder against NormqPCR on the published sets."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from hepatica.bench.assays.qpcr_stability import genorm, norm_finder


def read(path: Path, column: str) -> tuple[NDArray[np.float64], list[str], list[str]]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    genes = [name for name in rows[0] if name not in ("sample", column)]
    values = np.array([[float(row[gene]) for gene in genes] for row in rows])
    return np.log2(values), genes, [row[column] for row in rows]


@pytest.fixture
def expected(shared: Path) -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load((shared / "data/bench/expected.yaml").read_text())
    stability: dict[str, Any] = held["reference_gene_stability"]
    return stability


@pytest.mark.parametrize("tissue", ["BM", "FIB", "LEU", "NB", "POOL"])
def test_genorm(shared: Path, expected: dict[str, Any], tissue: str) -> None:
    log2, genes, tissues = read(
        shared / "data/bench/normqpcr/geNorm_vandesompele2002.csv", "tissue"
    )
    wanted = expected["geNorm"][tissue]
    found = genorm(log2[[entry == tissue for entry in tissues]], genes)
    assert list(found.ranking) == wanted["ranking"]
    assert found.m == pytest.approx(wanted["M_all_genes"], rel=1e-6)
    assert {f"{n}/{n + 1}": v for n, v in found.v.items()} == pytest.approx(wanted["V"], rel=1e-6)
    assert {str(n): m for n, m in found.mean_m.items()} == pytest.approx(wanted["meanM"], rel=1e-6)


@pytest.mark.parametrize("name", ["Colon", "Bladder"])
def test_norm_finder(shared: Path, expected: dict[str, Any], name: str) -> None:
    log2, genes, group = read(shared / f"data/bench/normqpcr/{name}_andersen2004.csv", "group")
    wanted = expected[f"NormFinder_{name}"]
    assert norm_finder(log2, genes, group).rho == pytest.approx(wanted["rho"], rel=1e-6)
    assert list(genorm(log2, genes).ranking) == wanted["geNorm_ranking"]


def test_a_gene_that_differs_between_groups_is_the_least_stable() -> None:
    rng = np.random.default_rng(3)
    log2 = rng.normal(0, 0.1, (20, 4))
    log2[10:, 2] += 1.5
    found = norm_finder(log2, "abcd", ["x"] * 10 + ["y"] * 10)
    assert max(found.rho, key=lambda gene: found.rho[gene]) == "c"


def test_one_group_gives_the_spread_within_it() -> None:
    rng = np.random.default_rng(3)
    log2 = rng.normal(0, 0.1, (2000, 4)) * np.array([1.0, 1.0, 1.0, 3.0])
    found = norm_finder(log2, "abcd", ["x"] * 2000)
    assert not found.grouped
    assert found.rho["d"] == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize(("shape", "groups"), [((5, 2), 1), ((1, 3), 1), ((4, 3), 4)])
def test_too_little_data_is_refused(shape: tuple[int, int], groups: int) -> None:
    log2 = np.zeros(shape)
    group = [str(number % groups) for number in range(shape[0])]
    with pytest.raises(ValueError, match="needs"):
        norm_finder(log2, "abc"[: shape[1]], group)


def test_genorm_refuses_two_genes() -> None:
    with pytest.raises(ValueError, match="three genes"):
        genorm(np.zeros((5, 2)), "ab")


def test_norm_finder_of_good_genes_is_a_number_in_every_draw() -> None:
    """Scatter within a group may be estimated at 0, and so may the difference between groups."""
    rng = np.random.default_rng(20261130)
    zeros = 0
    for _ in range(500):
        log2 = rng.normal(0, 0.15, (6, 3))
        rho = norm_finder(log2, "abc", ["x"] * 3 + ["y"] * 3).rho
        assert np.isfinite(list(rho.values())).all()
        assert min(rho.values()) >= 0
        zeros += min(rho.values()) == 0
    assert zeros
