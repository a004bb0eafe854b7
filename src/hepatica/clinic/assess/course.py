"""What the record of treatment shows at the time of asking, three-valued like everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hepatica.clinic.assess.conditions import facts
from hepatica.clinic.concepts import concept, in_group
from hepatica.clinic.engine import moment
from hepatica.clinic.observations import Observation
from hepatica.clinic.units import MILLION, express, plain

LOWEST = 90 * MILLION  # SpO2 in millionths of a percent; the label bars a start below 90%
Value = bool | int | float | str | None


@dataclass(slots=True)
class Course:
    """Values of the facts that come from the record, and how each is shown."""

    values: dict[str, Value] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, value: Value, shown: str | None = None) -> None:
        self.values[name] = value
        if value is not None and shown:
            self.shown[name] = shown


@dataclass(frozen=True, slots=True)
class Record:
    """The rows of one patient as known at `at`, with what the criteria made of them."""

    rows: Sequence[Observation]
    at: datetime
    flags: Mapping[str, bool | None]
    criteria: Mapping[str, Sequence[Mapping[str, Any]]]

    def one(self, name: str) -> Mapping[str, Any]:
        """The only row of a criterion that has one a patient."""
        return self.criteria[name][0] if self.criteria[name] else {}

    def of(self, *concepts: str) -> list[Observation]:
        return [row for row in self.rows if row.concept in concepts]

    def complete(self, kind: str) -> bool:
        """Whether the list of drugs or procedures is complete and every name in it is known."""
        return bool(self.flags.get(f"{kind}_list_complete")) and not (
            kind == "drug" and self.of("unrecognised_drug")
        )


def begin(row: Observation) -> datetime | None:
    return row.start if row.start is not None else row.time


def running(record: Record, *concepts: str) -> tuple[bool | None, str | None]:
    """Whether a course of these drugs runs; unknown unless one does or the list is complete."""
    for row in record.of(*concepts):
        if row.start is not None and (row.time is None or row.time >= record.at):
            return True, f"{row.concept} since {row.start:%Y-%m-%d %H:%M}"
    return (False, "none on a complete list of drugs") if record.complete("drug") else (None, None)


def first_dose(record: Record) -> datetime | None:
    """When terlipressin was first given."""
    return min((t for row in record.of("terlipressin") if (t := begin(row))), default=None)


def limit(name: str) -> float:
    """A limit of age in hours by its name in `facts.yaml`."""
    return float(facts().parameters[name].default)


def fresh(at: datetime, when: datetime | None, within: str = "lab_hours") -> bool:
    """Whether what was measured then may still say how the patient is at `at`."""
    return when is not None and at - when <= timedelta(hours=limit(within))


def age(at: datetime, when: datetime | None) -> str:
    """How old a value is, in words; nothing within a day."""
    days = (at - when) // timedelta(days=1) if when is not None else 0
    return f" ({days} day{'s' if days > 1 else ''} old)" if days else ""


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
    _litres(record, found)
    return found


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
    found.put("terlipressin_running", *running(record, "terlipressin"))
    found.put("diuretic_running", *running(record, *in_group("diuretic")))
    start = first_dose(record)
    if start is not None:
        found.put("terlipressin_ever", True, f"terlipressin since {start:%Y-%m-%d %H:%M}")
        day = (record.at.date() - start.date()).days + 1
        found.put("treatment_day", day, f"day {day} of terlipressin")
    elif record.complete("drug"):
        found.put("terlipressin_ever", False, "no terlipressin on a complete list of drugs")
    days = record.criteria["albumin_days"]
    admitted = record.of("admission")
    since = max((r.time for r in admitted if r.time and r.time <= record.at), default=None)
    if since is not None:
        first = (since.date() - datetime(1970, 1, 1).date()).days
        days = [d for d in days if d["day"] >= first]
    days = [d for d in days if d["since_aki"] is not False]
    enough = sum(d["enough"] is True for d in days)
    settled = record.complete("drug") and all(d["enough"] is not None for d in days)
    if enough >= 2 or settled:
        found.put("albumin_days_enough", enough, f"{enough} days with albumin of at least 1 g/kg")


def _staged(found: Course, stage: int, substage: str | None) -> None:
    shown = f"ICA stage {substage if stage == 1 else stage} at the last creatinine"
    found.put("ica_stage_now", stage, shown)
    found.put("above_1a_now", stage >= 2 or substage == "1B", shown)


def _kidney(record: Record, found: Course) -> None:
    path = [p for p in record.criteria["ica_path"] if p["rule"] == "creatinine"]
    known = last_known(record)
    if known is not None and fresh(record.at, known):
        found.put("kidney_now", True)
    dialysed = record.one("renal_replacement").get("current")
    if path and (dialysed or fresh(record.at, moment(path[-1]["t"]))):
        last = [p for p in path if p["t"] == path[-1]["t"] and p["stage"] is not None]
        worst = max(last, key=lambda p: p["stage"], default={"stage": None, "substage": None})
        stage = 3 if dialysed else worst["stage"]
        if stage is not None:
            _staged(found, stage, worst["substage"])
    baseline = record.one("ica_baseline").get("micro")
    if baseline is not None:
        found.put("creatinine_baseline", mg_dl(baseline))
    before = record.one("terlipressin_day4").get("baseline")
    if not found.values.get("terlipressin_ever"):
        latest = {row["concept"]: row for row in record.criteria["latest_values"]}
        before = latest.get("creatinine", {}).get("micro")
    if before is not None:
        found.put("creatinine_before", mg_dl(before), f"creatinine {plain(mg_dl(before))} mg/dL")


def _litres(record: Record, found: Course) -> None:
    since = record.at - timedelta(hours=24)
    taps = [
        row
        for row in record.of("large_volume_paracentesis")
        if (when := row.time or row.start) is not None and since <= when <= record.at
    ]
    if any(row.micro is None for row in taps):
        return
    litres = sum(row.micro or 0 for row in taps) / MILLION
    if taps or record.complete("procedure"):
        found.put("litres_removed", litres, "; ".join(map(str, taps)) or "no paracentesis")
