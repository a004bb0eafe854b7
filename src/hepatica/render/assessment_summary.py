"""The few lines of an assessment that stand for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from hepatica.clinic.assess.model import Assessment, ScoreLine, Staging, Treatment
from hepatica.clinic.units import plain
from hepatica.render.assessment_page import Line

STATES = {"met": "met", "not_met": "not met", "unknown": "unknown"}
DAY = timedelta(hours=24)
WEEK = timedelta(days=7)


def lead(found: Assessment) -> Iterator[Line]:
    """The few lines that stand for the rest: what it is, then what must be known before a drug."""
    yield from _events(found)
    ica = found.episode.ica
    stage = f"stage {ica.substage or ica.max_stage}" if ica.max_stage else "no AKI"
    now = f", now stage {ica.now}" if ica.max_stage and ica.now is not None else ""
    yield Line(text=f"AKI (ICA 2015): {stage if ica.state != 'unknown' else _open(ica)}{now}")
    kdigo = found.episode.kdigo
    stage = f"highest stage {kdigo.max_stage}" if kdigo.max_stage else "no AKI"
    said = f"{stage}{reach(found)}" if kdigo.state != "unknown" else _open(kdigo)
    yield Line(text=f"AKI (KDIGO): {said}")
    yield Line(text=f"Creatinine: {found.episode.trajectory}{_since(found)}")
    over = found.episode.resolved_by
    for item in found.criteria[:3]:
        needs = dict.fromkeys(text for one in item.items for text in one.missing)
        said = f" (needs {'; '.join(needs)})" if item.state == "unknown" and needs else ""
        since = f"; no AKI at the last creatinine ({over})" if over and item.state == "met" else ""
        yield Line(text=f"{item.name}: {STATES[item.state]}{said}{since}")
    yield Line(text=f"ACLF grade: {grade(found)}")
    if found.treatment is not None:
        yield Line(text=_treated(found.treatment))
    present = [p for p in found.precautions if p.kind == "contraindication" and p.state == "met"]
    for one in present:
        yield Line(text=f"Contraindication to {one.drug}: {one.why}", kind="first")
    if found.treatment is not None or any(item.state == "met" for item in found.criteria[:3]):
        for one in found.precautions:
            if one.drug == "Terlipressin" and one.kind == "caution" and one.state == "met":
                yield Line(text=f"Caution with {one.drug}: {one.why}", kind="first")
    missing = [p for p in found.precautions if p.kind == "contraindication" and p.missing]
    for text in dict.fromkeys(text for item in missing for text in item.missing):
        yield Line(text=f"Find out before any drug: {text}", kind="missing")


def _events(found: Assessment) -> Iterator[Line]:
    """What changes all that follows."""
    if found.died is not None:
        yield Line(text=f"Died {found.died:%Y-%m-%d %H:%M}: no plan is made", kind="first")
    if found.died_later is not None:
        yield Line(
            text=f"Died {found.died_later:%Y-%m-%d %H:%M}, after the time of asking, which is that "
            "of the last measurement or condition: all that follows is of the time before; give a "
            "later time (--at) to count the death",
            kind="first",
        )
    if found.transplanted is not None:
        yield Line(
            text=f"Liver transplant {found.transplanted:%Y-%m-%d %H:%M}: cirrhosis, acute "
            "decompensation and listing are known only where recorded since",
            kind="first",
        )
    if found.discharged is not None and found.died is None:
        yield Line(
            text=f"Discharged {found.discharged:%Y-%m-%d %H:%M}: what was charted without an end "
            "is taken to go on"
        )


def _treated(course: Treatment) -> str:
    said = f"Terlipressin since {course.first_dose:%Y-%m-%d %H:%M}"
    last = course.last_dose
    if last is None:
        return f"{said}, day {course.day_now}"
    if course.running == "unknown":
        return f"{said}, last dose on record {last:%Y-%m-%d %H:%M}; unknown whether it runs"
    return f"{said}, ended {last:%Y-%m-%d %H:%M}"


def _open(one: Staging) -> str:
    return f"unknown (needs {'; '.join(one.missing)})" if one.missing else "unknown"


def reach(found: Assessment) -> str:
    """Which earlier values KDIGO looked at, where the baseline of ICA is an older one."""
    base, kdigo = found.episode.baseline, found.episode.kdigo
    first = next((p.time for p in found.episode.ica.path), None)
    if base.basis != "outpatient" or base.time is None or first is None:
        return ""
    if first - base.time <= WEEK or kdigo.state == "unknown":
        return ""
    if any(rule.name == "baseline" and rule.value == "known" for rule in kdigo.rules):
        return ""
    return f", against the 7 days before each value and not the baseline of {base.time:%Y-%m-%d}"


def _since(found: Assessment) -> str:
    """How old the last creatinine is, where that is over a day."""
    times = [point.time for point in found.episode.ica.path if point.mg_dl is not None]
    if not times or found.at is None or found.at - times[-1] <= DAY:
        return ""
    days = plain(round((found.at - times[-1]).total_seconds() / 86400, 1))
    return f"; the last value is {days} day{'' if days == '1' else 's'} old"


def grade(found: Assessment) -> str:
    one = found.aclf
    if one.not_applicable:
        return f"does not apply: {one.not_applicable}"
    needs = f" (needs {'; '.join(one.missing)})" if one.missing else ""
    aged = f" (values up to {one.age})" if one.age and one.grade != "unknown" else ""
    if one.missing and one.grade != "unknown":
        return f"{one.grade}, if this is acutely decompensated cirrhosis{aged}{needs}"
    if one.without_vasopressor is not None:
        needs += f"; {one.without_vasopressor} if the vasopressor is given for hepatorenal syndrome"
    return f"{one.grade}{aged}{needs}"


def too_old(one: ScoreLine) -> str:
    """The values that were left out of a score, which is unknown without them."""
    return f" (too old to count: {', '.join(one.left_out)})" if one.left_out else ""
