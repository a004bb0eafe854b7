"""Courses that nobody thought of: anything at all, and around what criteria look for."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from hepatica.clinic.concepts import Concept, concept, concepts
from hepatica.clinic.observations import Raw
from hepatica.clinic.units import express, to_micro

START = datetime(2026, 3, 1, 8)
OFTEN = (
    "creatinine", "urine_output", "weight", "albumin_infusion", "terlipressin", "norepinephrine",
    "cirrhosis", "ascites", "admission", "discharge", "map", "spo2", "fio2", "pao2", "egfr",
    "birth", "shock", "drug_list_complete", "liver_transplant", "urine_protein_24h", "urine_rbc",
    "renal_ultrasound", "ascites_grade", "bilirubin", "continuous_renal_replacement",
)  # fmt: skip


def patient(name: str, chance: Random) -> list[Raw]:
    """On a coarse clock, so that rows often share a moment; half of them treated as for HRS."""
    step, count = chance.choice([1, 6, 12, 24]), chance.choice([3, 10, 30, 80])
    rows = treated(name, chance) if chance.random() < 0.5 else []
    for _ in range(count):
        item = concept(chance.choice(OFTEN if chance.random() < 0.75 else list(concepts())))
        time = START + timedelta(
            hours=step * chance.randrange(24), seconds=chance.choice([0, 0, 0, 1, -1])
        )
        rows.append(row(name, item, time, chance))
    return rows


def row(name: str, item: Concept, time: datetime, chance: Random) -> Raw:
    """One row of a concept, in any of its units."""
    value, unit, text, start, end = None, None, None, None, time.isoformat()
    if item.kind == "quantity":
        value, unit = quantity(item, chance)
        if item.id == "urine_output":
            start = time - timedelta(hours=chance.choice([1, 6, 12]))
    elif item.kind == "code":
        text = chance.choice(list(item.values))
    elif item.kind == "flag":
        text = chance.choice(["present", "absent"])
        start = time - timedelta(hours=48) if chance.random() < 0.3 else None
    elif item.kind in ("drug", "procedure"):
        if item.unit:
            value, unit = str(chance.choice([0.5, 1, 10, 50, 100])), item.unit
            if item.per_kg and chance.random() < 0.5:
                unit = chance.choice(item.per_kg).code
        start = time - timedelta(hours=chance.choice([1, 12, 24, 72]))
        end = None if chance.random() < 0.2 else end
    return Raw(
        patient=name,
        concept=item.id,
        value=value,
        unit=unit,
        time=None if chance.random() < 0.05 else end,
        start=start.isoformat() if start else None,
        text=text,
    )


def quantity(item: Concept, chance: Random) -> tuple[str, str]:
    """A plausible number, low more often than high."""
    assert item.limits is not None
    low, high = item.limits
    number = low + (high - low) * chance.choice([2, 10, 100]) * chance.randrange(1000) / 100_000
    unit = chance.choice(item.units).code
    found = express(item, to_micro(number), unit)
    return str(round(found) if item.whole else round(found, 3)), unit


def treated(name: str, chance: Random) -> list[Raw]:
    """AKI in cirrhosis, urine by the hour, two days of albumin, then terlipressin."""
    day = timedelta(days=1)

    def of(concept: str, when: datetime, value: object = None, unit: str | None = None,
           hours: float | None = None, text: str | None = None) -> Raw:  # fmt: skip
        begin = None if hours is None else (when - timedelta(hours=hours)).isoformat()
        number = None if value is None else str(value)
        return Raw(patient=name, concept=concept, value=number, unit=unit, time=when.isoformat(),
                   start=begin, text=text)  # fmt: skip

    low, high = chance.choice([0.9, 1.0, 1.2]), chance.choice([1.5, 2.3, 2.6, 4.2])
    rows = [
        of("admission", START),
        of("weight", START, 75, "kg"),
        of("sex", START, text=chance.choice(["female", "male"])),
        of("age", START, 55, "a"),
        of("creatinine", START - chance.choice([5, 20]) * day, low, "mg/dL"),
        of("creatinine", START - chance.choice([100, 120]) * day, low, "mg/dL"),
        of("egfr", START - 200 * day, 50, "mL/min/{1.73_m2}"),
        *(of("creatinine", START + each * day, round(high + chance.uniform(-1, 0.5), 1), "mg/dL")
          for each in range(12)),
        *(of("bilirubin", START + each * day, round(chance.uniform(2, 20), 1), "mg/dL")
          for each in range(8)),
        *(of("albumin_infusion", START + (each + 0.1) * day, chance.choice([60, 75, 100]), "g", 2)
          for each in range(chance.choice([1, 2, 3]))),
        *(of(name, START, text=chance.choice(["present", "present", "absent"])) for name in
          ("cirrhosis", "ascites", "acute_decompensation", "drug_list_complete",
           "procedure_list_complete")),
        *(of("urine_output", START + timedelta(hours=each + 1),
             chance.choice([0, 20, 40, 90]), "mL", 1) for each in range(chance.choice([0, 8, 30]))),
    ]  # fmt: skip
    if chance.random() < 0.7:
        begin = START + chance.choice([2, 3]) * day
        doses = chance.choice([4, 20, 40])
        rows += [
            of("terlipressin", begin + timedelta(hours=6 * each), 0.85, "mg")
            for each in range(doses)
        ]
    if chance.random() < 0.3:
        rows += [
            of("prednisolone", START + 8 * day, 40, "mg", 7 * 24),
            of("albumin", START, 28, "g/L"),
            of("prothrombin_time", START + day, 18, "s"),
        ]
    return rows
