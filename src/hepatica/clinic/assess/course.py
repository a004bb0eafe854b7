"""What the record of treatment shows at the time of asking, three-valued like everything else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hepatica.clinic.assess.albumin import albumin
from hepatica.clinic.assess.dangers import LOWEST, hypoxia_on_course
from hepatica.clinic.assess.doses import dosed, first_dose, infused, running, terlipressin
from hepatica.clinic.assess.nephrotoxin import nephrotoxins
from hepatica.clinic.assess.record import Record, age, begin, fresh
from hepatica.clinic.assess.target import reached, target
from hepatica.clinic.concepts import concept, in_group
from hepatica.clinic.times import moment
from hepatica.clinic.units import MILLION, express, plain

BASELINE = "a baseline to compare the creatinine of now with"
COMPARED = "an earlier creatinine, or a later one, to compare the one of now with"
Value = bool | int | float | str | None


@dataclass(slots=True)
class Course:
    """Values of the facts that come from the record, how each is shown, and what is missing."""

    values: dict[str, Value] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    settle: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, value: Value, shown: str | None = None) -> None:
        self.values[name] = value
        if value is not None and shown:
            self.shown[name] = shown

    def leave(self, name: str, settle: str) -> None:
        """A fact that stays unknown for a reason of its own, with what would settle it."""
        self.settle[name] = settle


def last_known(record: Record) -> datetime | None:
    """When the kidney was last looked at: creatinine, charted urine, or renal replacement now."""
    if record.one("renal_replacement").get("current"):
        return record.at
    rows = [
        r.time for r in record.of("creatinine", "urine_output") if r.time and r.micro is not None
    ]
    return max(rows, default=None)


def mg_dl(micro: int) -> float:
    """Creatinine in mg/dL from millionths of its own unit, correctly rounded."""
    return express(concept("creatinine"), micro, "mg/dL")


def course(record: Record) -> Course:
    """Every fact that `facts.yaml` takes from the course."""
    found = Course()
    _drugs(record, found)
    _kidney(record, found)
    _oxygen(record, found)
    hypoxia_on_course(record, found)
    _litres(record, found)
    albumin(record, found)
    nephrotoxins(record, found)
    target(record, found)
    reached(record, found)
    _transplant(record, found)
    return found


def _transplant(record: Record, found: Course) -> None:
    rows = record.of("liver_transplant")
    if rows:
        times = [f" {when:%Y-%m-%d %H:%M}" for row in rows if (when := begin(row))]
        found.put("transplanted", True, "liver transplant" + max(times, default=""))
    elif record.complete("procedure"):
        found.put("transplanted", False, "no liver transplant on a complete list of procedures")


def _oxygen(record: Record, found: Course) -> None:
    """Hypoxia now: on record, or a low saturation however old; a normal one only while fresh."""
    if record.flags.get("hypoxia"):
        found.put("hypoxia_now", True, "hypoxia: present")
        return
    rows = [row for row in record.criteria["latest_values"] if row["concept"] == "spo2"]
    if not rows or rows[0]["micro"] is None:
        return
    spo2 = max(
        (row for row in record.of("spo2") if row.time is not None and row.micro is not None),
        key=lambda row: row.time or record.at,
        default=None,
    )
    low = rows[0]["micro"] < LOWEST
    when = spo2.time if spo2 else None
    if low or fresh(record.at, when, "spo2_hours"):
        found.put("hypoxia_now", low, f"{spo2}{age(record.at, when)}" if spo2 else None)


def _drugs(record: Record, found: Course) -> None:
    found.put("terlipressin_running", *terlipressin(record))
    found.put("terlipressin_infusion", *infused(record))
    other, raised, shown = dosed(record)
    found.put("terlipressin_other_dose", other, shown)
    found.put("terlipressin_raised", raised, shown)
    found.put("diuretic_running", *running(record, *in_group("diuretic")))
    _terlipressin(record, found)


def _terlipressin(record: Record, found: Course) -> None:
    """Whether it was given in this episode of AKI, and whether before; its day in a course."""
    row, onset = record.one("terlipressin_course"), record.one("aki_episode").get("onset_t")
    start, last = first_dose(record), row.get("last_dose_t")
    if start is not None:
        day = (record.at.date() - start.date()).days + 1
        found.put("treatment_day", day, f"day {day} of terlipressin")
        hours = (record.at - start).total_seconds() / 3600
        found.put("treatment_hours", hours, f"{plain(round(hours, 1))} h since the first dose")
    if start is not None and (onset is None or last >= onset):
        found.put("terlipressin_in_episode", True, f"terlipressin since {start:%Y-%m-%d %H:%M}")
    elif record.complete("drug"):
        shown = "no terlipressin in this episode of AKI on a complete list of drugs"
        found.put("terlipressin_in_episode", False, shown)
    before = moment(last if onset is not None and last and last < onset else row.get("earlier_t"))
    if before is not None:
        found.put("terlipressin_before", True, f"terlipressin until {before:%Y-%m-%d %H:%M}")
    elif record.complete("drug"):
        found.put("terlipressin_before", False, "no earlier course on a complete list of drugs")


def _staged(found: Course, stage: int, substage: str | None) -> None:
    shown = f"ICA stage {substage if stage == 1 else stage} at the last creatinine"
    found.put("ica_stage_now", stage, shown)
    found.put("above_1a_now", stage >= 2 or substage == "1B", shown)


def _kidney(record: Record, found: Course) -> None:
    path = [p for p in record.criteria["ica_path"] if p["rule"] == "creatinine"]
    known = last_known(record)
    if known is not None and fresh(record.at, known):
        found.put("kidney_now", True)
    _unresolved(record, found)
    dialysed = record.one("renal_replacement").get("current")
    if path and (dialysed or fresh(record.at, moment(path[-1]["t"]))):
        last = [p for p in path if p["t"] == path[-1]["t"] and p["stage"] is not None]
        worst = max(last, key=lambda p: p["stage"], default={"stage": None, "substage": None})
        stage = 3 if dialysed else worst["stage"]
        if stage is not None:
            _staged(found, stage, worst["substage"])
        else:
            found.leave("ica_stage_now", BASELINE)
            found.leave("above_1a_now", BASELINE)
    baseline = record.one("ica_baseline").get("micro")
    if baseline is not None:
        found.put("creatinine_baseline", mg_dl(baseline))
    before = record.one("terlipressin_day4").get("baseline")
    if not found.values.get("terlipressin_in_episode"):
        latest = {row["concept"]: row for row in record.criteria["latest_values"]}
        before = latest.get("creatinine", {}).get("micro")
    if before is not None:
        found.put("creatinine_before", mg_dl(before), f"creatinine {plain(mg_dl(before))} mg/dL")


def _unresolved(record: Record, found: Course) -> None:
    """Whether the AKI goes on; an old creatinine does not say that it has resolved."""
    current = record.one("aki_episode").get("current")
    values = [r for r in record.of("creatinine") if r.time and r.micro is not None]
    last = max(values, key=lambda row: row.time or record.at, default=None)
    if current and found.values.get("kidney_now"):
        found.put("aki_unresolved", True)
    elif last is not None and fresh(record.at, last.time):
        if current is False:
            found.put("aki_unresolved", False, str(last))
        elif current is None:
            found.leave("aki_unresolved", COMPARED)


def _litres(record: Record, found: Course) -> None:
    """What the dose of albumin is calculated from, with each paracentesis that counts."""
    litres = record.one("ascites_removed").get("litres")
    since = record.at - timedelta(hours=24)
    taps = [
        row
        for row in record.of("large_volume_paracentesis")
        if (when := row.time or row.start) is not None and since <= when <= record.at
    ]
    if litres is not None:
        shown = "; ".join(map(str, taps)) or "no paracentesis"
        found.put("litres_removed", litres / MILLION, shown)
