"""The kidney episode: the baseline and why, stages by ICA and KDIGO, and the trajectory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hepatica.clinic.assess.applied import reference, rules_of
from hepatica.clinic.assess.course import mg_dl
from hepatica.clinic.assess.gather import Gathered
from hepatica.clinic.assess.model import Baseline, Episode, Point, Staging
from hepatica.clinic.assess.plan import STATES
from hepatica.clinic.assess.record import age
from hepatica.clinic.assess.rules import claims_of
from hepatica.clinic.concepts import in_group
from hepatica.clinic.criterion import criterion
from hepatica.clinic.definition import Scalar
from hepatica.clinic.times import moment
from hepatica.clinic.units import plain, with_unit

# What would tell the stage at the last creatinine, where nothing stands to compare it with.
NOW = {
    "ica_aki": "a creatinine in hospital to compare with the baseline",
    "kdigo_aki": "another creatinine within 7 days of the last one, or urine charted since, "
    "with a weight",
}
NO_BASELINE = "no creatinine within 3 months before the admission or after it"


def episode(found: Gathered, chosen: Mapping[str, Scalar]) -> Episode:
    """The episode as known at the time of asking."""
    ica = _staging(found, "ica_aki", found.criteria["ica_path"], chosen)
    end = found.one("ica_response")
    return Episode(
        baseline=_baseline(found, chosen),
        ica=ica,
        kdigo=_staging(found, "kdigo_aki", found.criteria["kdigo_path"], chosen),
        trajectory=trajectory(ica, found.record.at),
        response=end["response"] or "unknown",
        response_by=found.row(end["final_row"]),
        response_missing=() if end["response"] else (end["response_missing"],),
        response_claims=claims_of()["response"],
        resolved_by=_resolved(found),
    )


def _resolved(found: Gathered) -> str | None:
    if found.values["aki_unresolved"] is not False or found.one("aki_episode")["onset_t"] is None:
        return None
    return found.shown["aki_unresolved"]


def _baseline(found: Gathered, chosen: Mapping[str, Scalar]) -> Baseline:
    rules = rules_of("ica_baseline", chosen=chosen)
    row = found.one("ica_baseline")
    if not row:
        missing = ("a creatinine within 3 months before admission, or on admission",)
        return Baseline(
            why=NO_BASELINE, missing=missing, claims=claims_of()["baseline"], rules=rules
        )
    days = next(rule.value for rule in rules if rule.name == "baseline_days")
    why = {
        "outpatient": f"the value closest before the admission, within {days} days (3 months)",
        "admission": f"the first value from the admission on: none in the {days} days before it",
        "first": "no admission is known: the first value of all",
    }[row["basis"]]
    older = _older(found, row)
    return Baseline(
        why=why + older,
        shown=found.row(row["row"]),
        time=moment(row["t"]),
        mg_dl=mg_dl(row["micro"]),
        basis=row["basis"],
        claims=claims_of()["baseline"],
        rules=rules,
    )


def _older(found: Gathered, row: Mapping[str, Any]) -> str:
    """A remark on values that were too old to be the baseline."""
    if row["basis"] != "admission":
        return ""
    chosen = moment(row["t"])
    old = [r for r in found.record.of("creatinine") if r.time and chosen and r.time < chosen]
    return f"; an older value was not used ({old[-1]})" if old else ""


def _staging(
    found: Gathered, name: str, path: Sequence[Mapping[str, Any]], chosen: Mapping[str, Scalar]
) -> Staging:
    item, row = criterion(name), found.one(name)
    points = tuple(_point(found, p) for p in path)
    admitted = [r.time for r in found.record.of("admission") if r.time]
    inside = [p for p in points if not admitted or p.time >= max(admitted)]
    missing = (row["aki_missing"],) if row["aki"] is None else ()
    now = _now(found, inside)
    return Staging(
        id=name,
        name=item.name,
        version=item.version,
        state=STATES[row["aki"]],
        reference=reference(name),
        max_stage=row["max_stage"],
        substage=row.get("substage"),
        first_at=moment(row["first_t"]),
        first_by=found.row(row["first_row"]),
        max_at=moment(row["max_t"]),
        max_by=found.row(row["max_row"]),
        now=now,
        now_missing=(
            (found.newer.get("creatinine", NOW[name]),) if row["max_stage"] and now is None else ()
        ),
        path=points,
        missing=missing,
        claims=claims_of()[name],
        rules=rules_of(name, chosen=chosen),
    )


def _now(found: Gathered, points: Sequence[Point]) -> int | None:
    """The stage by the last creatinine or by urine charted no earlier; 3 on renal replacement."""
    if found.one("renal_replacement").get("current"):
        return 3
    if "creatinine" in found.newer:
        return None
    last = {
        rule: max((p.time for p in points if p.rule == rule), default=None)
        for rule in ("creatinine", "urine")
    }
    bar = last["creatinine"]
    now = [
        p.stage
        for p in points
        if p.stage is not None and p.time == last.get(p.rule) and (bar is None or p.time >= bar)
    ]
    return max(now, default=None)


def _point(found: Gathered, row: Mapping[str, Any]) -> Point:
    observed = found.engine.observation(row["row"])
    assert observed is not None
    when = moment(row["t"])
    assert when is not None
    creatinine = observed.concept == "creatinine" and observed.micro is not None
    return Point(
        time=when,
        rule=row["rule"],
        stage=row["stage"],
        shown="renal replacement" if observed.concept in in_group("renal_replacement")
        else observed.describe(),
        mg_dl=mg_dl(observed.micro) if creatinine and observed.micro is not None else None,
        substage=row.get("substage"),
        given=with_unit(f"{observed.value:f}", observed.unit or "1")
        if creatinine and observed.value is not None else None,
    )  # fmt: skip


def trajectory(ica: Staging, at: datetime) -> str:
    """Where creatinine is going, in one sentence, from the values alone."""
    points = list({(p.time, p.mg_dl): p for p in ica.path if p.mg_dl is not None}.values())
    dialysed = [p.time for p in ica.path if p.rule == "renal_replacement"]
    tail = ""
    if dialysed:
        since = not points or max(dialysed) >= points[-1].time
        tail = "; renal replacement " + ("since" if since else "before the last value")
        tail += ", which lowers creatinine by itself"
    if points:
        tail = age(at, points[-1].time) + tail
    if len(points) < 2:
        return (
            f"one creatinine in hospital: no trajectory yet{tail}"
            if points
            else "no creatinine in hospital"
        )
    last, before = points[-1], points[-2]
    assert last.mg_dl is not None
    assert before.mg_dl is not None
    peak = max(points, key=lambda p: p.mg_dl or 0.0)
    change = round(last.mg_dl - before.mg_dl, 6)
    if last.time == before.time:
        both = sorted((before.mg_dl, last.mg_dl))
        one, two = (plain(round(value, 2)) for value in both)
        return f"two values at one time: {one} and {two} mg/dL{tail}"
    hours = (last.time - before.time).total_seconds() / 3600
    word = "rising" if change > 0 else "falling" if change < 0 else "unchanged"
    earlier, latest = plain(round(before.mg_dl, 2)), plain(round(last.mg_dl, 2))
    said = f"{word}: {earlier} to {latest} mg/dL in {plain(round(hours, 1))} h"
    if peak.mg_dl is not None and peak.mg_dl > last.mg_dl:
        highest = plain(round(peak.mg_dl, 2))
        said += f", below its peak of {highest} mg/dL ({peak.time:%Y-%m-%d %H:%M})"
    return said + tail
