"""A second exposure after a washout, as the specification's scenarios give it."""

from __future__ import annotations

import pytest

from hepatica.bench.hypotheses import hypotheses
from hepatica.bench.mechanism.rechallenge import rechallenge

# Washouts of 3 and 60 min (bench specification, scenario_outputs.csv).
PRINTED = {
    None: (0.8755580031, 1.009219825),
    "low-receptor-number": (0.8132425055, 1.016023455),
    "receptor-kinase-arrestin": (0.7818368439, 1.006745893),
    "post-receptor-coupling": (0.8760073025, 1.009330498),
    "cytokine-downregulation": (0.7993885372, 1.013589881),
    "lower-affinity": (0.8798879718, 1.009904499),
    "prodrug-not-converted": (0.8755580031, 1.009219825),
}


@pytest.mark.parametrize("name", PRINTED)
def test_scenarios(name: str | None) -> None:
    change = hypotheses()[name].model if name else None
    assert rechallenge((3, 60), change) == pytest.approx(PRINTED[name], rel=1e-6)


def test_more_washout_recovers_more() -> None:
    found = rechallenge((1, 3, 10, 30))
    assert found == sorted(found)
