"""From IC50 to Ki, Kd and Bmax: Cheng and Prusoff, Munson and Rodbard, homologous."""

from __future__ import annotations

import numpy as np

from hepatica.bench.assays.competition_study import MOST_DEPLETED, Study, impossible
from hepatica.bench.distributions import t_quantile
from hepatica.bench.fit import Fit
from hepatica.bench.groups import Curve
from hepatica.bench.intervals import Interval
from hepatica.bench.models.competition import cheng_prusoff, munson_rodbard
from hepatica.bench.result import Estimate, Verdict
from hepatica.bench.verdicts import judge

__all__ = ["constants"]


def constants(
    curve: Curve, fitted: Fit, ic50: Estimate, study: Study, unit: str, group: str | None
) -> float | None:
    """Add Ki (or Kd and Bmax) to the curve; the share of radioligand bound without competitor."""
    hot, kd, per_nm = study.hot_nm(), study.kd_nm(), study.per_nm(unit)
    share = None
    if hot is not None and per_nm is not None and ic50.value is not None:
        share = max(fitted.value("zero"), 0.0) / (hot * per_nm)
    if hot is None:
        return share
    wrong = impossible(share)
    if wrong is not None:
        for name in ("Kd", "Bmax") if study.model == "homologous" else ("Ki",) if kd else ():
            curve.estimates.append(
                Estimate(
                    name=name, unit=unit if name == "Bmax" else "nM", group=group,
                    level=ic50.level, verdict=Verdict.NOT_ESTIMABLE, reason=wrong,
                )
            )  # fmt: skip
        return share
    if study.model == "homologous":
        _homologous(curve, fitted, ic50, hot, unit, group)
        return share
    if kd is None:
        return share
    method, scale, shift = "Cheng and Prusoff", 1 / (1 + hot / kd), 0.0
    if share is not None and share > MOST_DEPLETED:
        specific = (fitted.value("zero") - fitted.value("end")) / per_nm  # type: ignore[operator]
        ratio = specific / max(hot * (1 - share), 1e-300)
        method = "Munson and Rodbard"
        shift = munson_rodbard(0.0, hot, kd, ratio)
        scale = munson_rodbard(1.0, hot, kd, ratio) - shift
        curve.warnings.append(
            f"{group + ': ' if group else ''}{100 * share:.0f} % of the radioligand is bound: Ki "
            "is Munson and Rodbard's; Cheng and Prusoff would say "
            f"{cheng_prusoff(fitted.value('EC50'), hot, kd):.4g} nM"
        )
    curve.estimates.append(_scaled("Ki", ic50, scale, shift, f"{method}; {ic50.method}"))
    return share


def _scaled(name: str, source: Estimate, scale: float, shift: float, method: str) -> Estimate:
    """`source` times `scale` plus `shift`, verdict and reason kept; below zero: not estimable."""

    def change(value: float | None) -> float | None:
        return None if value is None else value * scale + shift

    value, low, high = change(source.value), change(source.low), change(source.high)
    most = high if value is None else value
    if most is not None and most <= 0:
        return Estimate(
            name=name, unit=source.unit, group=source.group, level=source.level, method=method,
            verdict=Verdict.NOT_ESTIMABLE,
            reason="IC50 is no larger than the sites and the radioligand themselves",
        )  # fmt: skip
    if low is not None and low <= 0 and source.high is None:
        return Estimate(
            name=name, unit=source.unit, group=source.group, level=source.level, method=method,
            n=source.n, n_of=source.n_of, verdict=Verdict.NOT_ESTIMABLE,
            reason="the data bound it on neither side: IC50 is near the concentration of the sites "
            "and the radioligand",
        )  # fmt: skip
    if low is not None and low <= 0:
        return Estimate(
            name=name, value=value, high=high, unit=source.unit,
            group=source.group, level=source.level, method=method, n=source.n, n_of=source.n_of,
            verdict=Verdict.ONE_SIDED,
            reason="IC50 is near the concentration of the sites and the radioligand",
        )  # fmt: skip
    return Estimate(
        name=name, value=value, low=low, high=high, unit=source.unit,
        se=None if source.se is None else source.se * scale, group=source.group,
        level=source.level, method=method, n=source.n, n_of=source.n_of, verdict=source.verdict,
        reason=source.reason,
    )  # fmt: skip


def _homologous(
    curve: Curve, fitted: Fit, ic50: Estimate, hot: float, unit: str, group: str | None
) -> None:
    curve.estimates.append(_scaled("Kd", ic50, 1.0, -hot, f"IC50 - L; {ic50.method}"))
    kd = curve.estimates[-1]
    method = "span x IC50 / L, delta method"
    if kd.verdict not in (Verdict.OK, Verdict.EXTRAPOLATED):
        curve.estimates.append(
            Estimate(
                name="Bmax",
                unit=unit,
                group=group,
                level=ic50.level,
                method=method,
                verdict=Verdict.NOT_ESTIMABLE,
                reason="Kd is not estimable",
            )
        )
        return
    values, covariance = fitted.fits.values[0], fitted.fits.covariance[0]
    span, where = values[0] - values[1], fitted.value("EC50")
    bmax = span * where / hot
    slope = np.array([where / hot, -where / hot, bmax])  # by zero, end and ln EC50
    se = float(np.sqrt(slope @ covariance @ slope))
    half = t_quantile(ic50.level, fitted.df) * se
    curve.estimates.append(
        judge(
            "Bmax",
            bmax,
            Interval(bmax - half, bmax + half, ic50.level),
            unit=unit,
            se=se,
            group=group,
            positive=True,
            n=fitted.n,
            n_of="wells",
            method=method,
        )
    )
