"""What a second exposure reads after a washout: the control that tells an acquired deficit.

Cells are exposed without lithium, washed, and stimulated again under lithium. The inositol
phosphate gained then, over that of naive cells, is below 1 where the first exposure left receptors
uncoupled or inside. After a long washout it is back near 1 whatever the mechanism; a deficit that
was there before, such as a low receptor number, is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hepatica.bench.hypotheses import Change
from hepatica.bench.mechanism.readouts import changes, shipped
from hepatica.bench.mechanism.simulate import simulate

__all__ = ["PROTOCOL", "rechallenge"]

EXPOSURE, MINUTES = 300.0, 60.0  # nM lysine-vasopressin, min, without lithium
DOSE, READ = 100.0, 15.0  # nM lysine-vasopressin, min, under lithium
PROTOCOL = (
    f"{EXPOSURE:g} nM lysine-vasopressin for {MINUTES:g} min without lithium, washout, then "
    f"{DOSE:g} nM for {READ:g} min under lithium; inositol phosphate gained, over naive cells"
)


def rechallenge(
    washouts: Sequence[float],
    change: Change | None = None,
    base: Mapping[str, float] | None = None,
) -> list[float]:
    """Inositol phosphate of the second exposure over that of naive cells, for each washout (min)
    between two exposures, in the mechanism model under `change`. InputError as `readouts`."""
    given = change or Change()
    constants = changes(given, dict(base or {}))
    model = shipped()
    start = simulate(model, [0, given.hours * 60], constants=constants).end if given.hours else {}
    without = constants | {"Li": 0.0}

    def gain(state: Mapping[str, float]) -> float:
        course = simulate(model, [0, READ], constants=constants, start={**state, "V": DOSE})[
            "IPtot"
        ]
        return float(course[-1] - course[0])

    exposed = simulate(model, [0, MINUTES], constants=without, start={**start, "V": EXPOSURE}).end
    naive = gain(start)
    return [
        gain(simulate(model, [0, washout], constants=without, start={**exposed, "V": 0.0}).end)
        / naive
        for washout in washouts
    ]
