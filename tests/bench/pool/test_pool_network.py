"""Networks against netmeta, against generalised least squares, and against Bucher's arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hepatica.bench.pool.effects import Measure
from hepatica.bench.pool.network.analysis import analyse_network
from hepatica.bench.pool.network.arms import Contrast, Node, from_contrasts, from_studies
from hepatica.bench.pool.network.consistency import decomposition, splits
from hepatica.bench.pool.network.fit import connected, fit, network_tau2
from hepatica.bench.pool.network.ranking import p_scores
from hepatica.bench.pool.select import Selection
from hepatica.bench.pool.study import Arm, Study
from hepatica.bench.pool.verdict import Verdict
from hepatica.errors import InputError


def smoking_studies(netmeta: dict[str, Any]) -> list[Study]:
    return [
        Study(
            label=str(place),
            arms=tuple(Arm(treatment=t, events=x, total=n) for t, x, n in arms),
        )
        for place, arms in enumerate(netmeta["smoking_data"], 1)
    ]


def nodes_of(name: str, netmeta: dict[str, Any]) -> tuple[Node, ...]:
    if name == "senn":
        return from_contrasts([Contrast(**row) for row in netmeta["senn_data"]])
    return from_studies(Measure.ODDS_RATIO, smoking_studies(netmeta))[0]


@pytest.mark.parametrize("name", ["senn", "smoking"])
def test_netmeta(name: str, netmeta: dict[str, Any]) -> None:
    nodes, wanted = nodes_of(name, netmeta), netmeta["results"][name]
    common = fit(nodes)
    random = fit(nodes, network_tau2(nodes))
    assert common.treatments == tuple(wanted["trts"])
    assert (common.q, common.df) == pytest.approx((wanted["Q"], wanted["df"]), rel=1e-9)
    assert random.tau2 == pytest.approx(wanted["tau2"], rel=1e-9)
    for got, key in ((common.effect, "TE_common"), (common.se, "se_common"),
                     (random.effect, "TE_random"), (random.se, "se_random")):  # fmt: skip
        reference = np.array(
            [[0.0 if x is None else x for x in row] for row in wanted[key]], dtype=float
        )
        off = ~np.eye(len(reference), dtype=bool)
        assert got[off] == pytest.approx(reference[off], abs=1e-9), key


@pytest.mark.parametrize("name", ["senn", "smoking"])
def test_splits_of_netmeta(name: str, netmeta: dict[str, Any]) -> None:
    nodes, wanted = nodes_of(name, netmeta), netmeta["splits"][name]
    whole = fit(nodes, network_tau2(nodes))
    found = splits(nodes, whole)
    assert len(found) == {"senn": 15, "smoking": 6}[name]
    for split in found:
        i, j = whole.treatments.index(split.first), whole.treatments.index(split.second)
        got = (split.direct, split.direct_se, split.share)
        keys = ("direct", "direct_se", "share")
        assert got == pytest.approx([wanted[key][i][j] for key in keys], rel=1e-9)
        if split.indirect is not None:
            assert split.indirect == pytest.approx(wanted["indirect"][i][j], rel=1e-9)


def test_reml_equals_the_mixed_model_of_metafor(netmeta: dict[str, Any]) -> None:
    tau2 = network_tau2(nodes_of("smoking", netmeta), "reml")
    assert tau2 == pytest.approx(netmeta["smoking_reml_tau2"], rel=2e-6)


@pytest.mark.parametrize("tau2", [0.0, 0.3])
def test_least_squares_with_correlated_contrasts_gives_the_same(
    tau2: float, netmeta: dict[str, Any]
) -> None:
    """Contrasts against each study's first arm; their covariance is its variance + tau²/2."""
    nodes = nodes_of("smoking", netmeta)
    names = fit(nodes).treatments
    rows, values, blocks = [], [], []
    for node in nodes:
        places = [names.index(name) for name in node.treatments]
        for place, value in zip(places[1:], node.value[1:], strict=True):
            row = np.zeros(len(names))
            row[place], row[places[0]] = 1, -1
            rows.append(row)
            values.append(value - node.value[0])
        spread = node.variance + tau2 / 2
        blocks.append(np.diag(spread[1:]) + spread[0])
    size = len(values)
    covariance, at = np.zeros((size, size)), 0
    for block in blocks:
        covariance[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    design, weight = np.array(rows)[:, 1:], np.linalg.inv(covariance)
    information = design.T @ weight @ design
    estimate = np.linalg.solve(information, design.T @ weight @ np.array(values))
    found = fit(nodes, tau2)
    assert found.effect[1:, 0] == pytest.approx(estimate, rel=1e-10)
    assert found.se[1:, 0] == pytest.approx(np.sqrt(np.diag(np.linalg.inv(information))), rel=1e-10)


def test_q_splits_into_designs(netmeta: dict[str, Any]) -> None:
    total, within, between, *each = decomposition(nodes_of("senn", netmeta))
    assert total.q == pytest.approx(within.q + between.q)
    assert (total.df, within.df, between.df) == (18, 11, 7)
    assert within.q == pytest.approx(sum(part.q for part in each))


def test_a_triangle_is_split_as_bucher_does() -> None:
    """Indirect A:C is A:B + B:C with the sum of the variances; the rest follows from it."""
    nodes = from_contrasts([
        Contrast("1", "A", "B", 0.4, 0.2),
        Contrast("2", "B", "C", 0.3, 0.3),
        Contrast("3", "A", "C", 1.1, 0.25),
    ])  # fmt: skip
    whole = fit(nodes)
    split = next(s for s in splits(nodes, whole) if (s.first, s.second) == ("A", "C"))
    variance = 0.2**2 + 0.3**2
    assert (split.direct, split.direct_se) == pytest.approx((1.1, 0.25))
    assert (split.indirect, split.indirect_se) == pytest.approx((0.7, variance**0.5))
    assert split.difference == pytest.approx(0.4)
    assert split.difference_se == pytest.approx((variance + 0.25**2) ** 0.5)
    assert whole.q == pytest.approx((0.4 / float(split.difference_se or 0)) ** 2)
    between = decomposition(nodes)[2]
    assert (between.q, between.df, between.p) == pytest.approx((whole.q, 1, split.p))


def test_p_scores_are_mean_one_half_and_ordered(netmeta: dict[str, Any]) -> None:
    nodes = nodes_of("smoking", netmeta)
    scores = p_scores(fit(nodes, network_tau2(nodes)))
    assert [name for name, _ in scores] == ["D", "C", "B", "A"]
    assert sum(score for _, score in scores) == pytest.approx(len(scores) / 2)


def test_a_three_arm_trial_is_not_counted_twice() -> None:
    """One three-arm trial alone: the network gives its own differences and errors back."""
    arms = tuple(
        Arm(treatment=t, events=x, total=50) for t, x in zip("ABC", (10, 20, 25), strict=True)
    )
    nodes, _, _ = from_studies(Measure.ODDS_RATIO, [Study(label="1", arms=arms)])
    whole = fit(nodes)
    assert whole.df == 0
    for first, second in (("A", "B"), ("A", "C"), ("B", "C")):
        effect, variance = nodes[0].difference(first, second)
        assert whole.against(first, second) == pytest.approx((effect, variance**0.5))


def test_a_network_in_parts_is_refused() -> None:
    nodes = from_contrasts([Contrast("1", "A", "B", 0, 1), Contrast("2", "C", "D", 0, 1)])
    assert connected(nodes) == [("A", "B"), ("C", "D")]
    with pytest.raises(InputError, match=r"2 parts.*A, B \| C, D"):
        fit(nodes)


def test_a_trial_with_a_pair_missing_is_refused() -> None:
    rows = [Contrast("1", "A", "B", 0, 1), Contrast("1", "A", "C", 0, 1)]
    with pytest.raises(InputError, match="'1': 2 comparisons of 3 treatments, expected 3"):
        from_contrasts(rows)


def network(arms: list[tuple[str, str, int, int]]) -> Selection:
    labels = dict.fromkeys(label for label, _, _, _ in arms)
    found = tuple(
        Study(
            label=label,
            arms=tuple(
                Arm(treatment=t, events=x, total=n) for name, t, x, n in arms if name == label
            ),
        )
        for label in labels
    )
    return Selection("test", "test", found, (), {})


def test_two_treatments_are_no_network() -> None:
    selection = network([("1", "A", 3, 10), ("1", "B", 4, 10)])
    with pytest.raises(InputError, match="three treatments or more, there are 2"):
        analyse_network(selection, Measure.RISK_RATIO)


def test_a_trial_without_events_is_left_out_and_an_empty_cell_is_named() -> None:
    found = analyse_network(
        network([
            ("1", "A", 0, 10), ("1", "B", 4, 10), ("2", "B", 5, 20), ("2", "C", 6, 20),
            ("3", "A", 0, 9), ("3", "C", 0, 9),
        ]),
        Measure.ODDS_RATIO,
    )  # fmt: skip
    assert [one.what for one in found.left_out] == ["3"]
    assert any("0.5 was added" in line and "1;" in line for line in found.concerns)
    assert all(pair.found is Verdict.NONE_SHOWN for pair in found.pairs)
