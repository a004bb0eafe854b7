"""What fits a saturation curve better than one site: a Hill slope, two sites."""

from __future__ import annotations

from hepatica.bench.arrays import Floats
from hepatica.bench.assays.binding_readings import Bound
from hepatica.bench.assays.binding_study import Study
from hepatica.bench.compare import compare
from hepatica.bench.curves import PLAIN
from hepatica.bench.fit import Fit, fit
from hepatica.bench.model import Model
from hepatica.bench.models.hill import HILL
from hepatica.bench.models.nonspecific import with_nonspecific
from hepatica.bench.models.two_site import TWO_SITE
from hepatica.bench.result import Comparison
from hepatica.bench.wording import number, p_value

__all__ = ["preferred", "wider_models"]

WIDER = {"Hill slope": (HILL, "hill"), "two sites": (TWO_SITE, "two-site")}
WORSE = "Its fit ended no better than one site, from one site's own solution too."


def wider_models(
    fitted: Fit, bound: Bound, weight: Floats, held: dict[str, float], group: str | None
) -> list[Comparison]:
    """One site against a Hill slope and against two sites, where the readings suffice."""
    found = []
    for other, (entry, _) in WIDER.items():
        model = with_nonspecific(entry)
        if len(bound.y) - (len(model.names) - len(held)) < 1:
            continue
        wider = fit(model, bound.design, bound.y, weight=weight, fixed=held)
        if wider.ss > fitted.ss:  # one site is a case of it, so a better place exists
            again = fit(
                model, bound.design, bound.y, weight=weight, fixed=held,
                start=_as_wider(entry, fitted),
            )  # fmt: skip
            wider = again if again.ss < wider.ss else wider
        lost = wider.ss > max(fitted.ss, fitted.rounding) * (1 + 1e-9)
        entry_ = compare(
            ("one site", fitted), (other, wider), group=group, note=WORSE if lost else None
        )
        if entry_ is not None:
            found.append(entry_)
    return found


def _as_wider(entry: Model, fitted: Fit) -> list[float]:
    """The solution of one site as parameters of a wider model."""
    bmax, kd, *rest = fitted.fits.values[0].tolist()
    own = [bmax, kd, 1.0] if entry is HILL else [bmax / 2, kd, bmax / 2, 1e-3]
    return [*own, *rest]


def preferred(found: list[Comparison], study: Study, label: str) -> tuple[list[str], str | None]:
    """A warning where a wider model fits better, and why one site's constants are apparent only.

    Of two that do, the one with the better AICc is named first.
    """
    better = sorted(
        (entry for entry in found if entry.prefers == entry.other),
        key=lambda entry: -(entry.delta_aicc or 0.0),
    )
    if not better:
        return [], None
    first = better[0]
    assert first.p is not None
    second = ""
    if len(better) > 1 and first.delta_aicc is not None and better[1].delta_aicc is not None:
        second = (
            f"; {better[1].other} less so, AICc "
            f"{number(first.delta_aicc - better[1].delta_aicc, 3)} higher"
        )
    warning = (
        f"{label + ': ' if label else ''}the data prefer a model with {first.other} to one site "
        f"({p_value(first.p)}{second}): fit it with 'model: {WIDER[first.other][1]}' in the study"
    )
    if study.model != "auto" or first.p >= PLAIN:
        return [warning], None
    reason = (
        f"a model with {first.other} fits better than one site ({p_value(first.p)}), so this is an "
        f"apparent value; see 'model: {WIDER[first.other][1]}'"
    )
    return [warning], reason
