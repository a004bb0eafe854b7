"""KDIGO stages by creatinine against akiFlagger and the rules of mimic-code."""

from __future__ import annotations

import csv
import tempfile
import warnings
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from benchmarks.peer_result import Comparison, Difference
from hepatica.clinic.cohort.run import cohort

Sample = tuple[datetime, Decimal]
Series = dict[str, list[Sample]]
Stages = dict[tuple[str, datetime, Decimal], int]

KDIGO = "KDIGO 2012, AKI definition and table 2 (quoted in PMC4943672 table 1)"
NO_FOUR = "no stage 3 at 4.0 mg/dL or more"
PADDING = "4 hours of padding by default: rises over up to 52 h and 172 h count"
FLOATS = (
    "binary fractions: a rise of exactly 0.30 mg/dL or a ratio of exactly 1.5, 2 or 3 is missed"
)
REPEATED = "values at one time: all but the first are dropped"
AVERAGE = "values at one time are averaged"
ABOVE_37 = "4.0 mg/dL needs a value of at most 3.7 in the 48 h before, though the rise is 0.3"


def comparisons(clinic: Path) -> list[Comparison]:
    found = []
    for name, series in (("eICU demo", eicu(clinic)), ("akiFlagger toy", toy(clinic))):
        ours = stages(series)
        for padding in ("0hours", "4hours"):
            theirs = akiflagger(series, padding)
            peer = f"akiFlagger 1.0.10, padding {padding}"
            found.append(compare(peer, name, series, ours, theirs, REPEATED))
        peer = "mimic-code kdigo_stages.sql (its rules, by creatinine)"
        found.append(compare(peer, name, series, ours, mimic(series), AVERAGE))
    return found


def eicu(clinic: Path) -> Series:
    series: Series = defaultdict(list)
    with (clinic / "eicu_demo/lab.csv").open() as file:
        for row in csv.DictReader(file):
            if row["labname"] == "creatinine" and row["labresult"]:
                time = datetime(2026, 1, 1) + timedelta(minutes=int(row["labresultoffset"]))
                series[row["patientunitstayid"]].append((time, Decimal(row["labresult"])))
    return {patient: sorted(set(samples)) for patient, samples in series.items()}


def toy(clinic: Path) -> Series:
    series: Series = defaultdict(list)
    with (clinic / "akiflagger/toy.csv").open() as file:
        for row in csv.DictReader(file):
            series[row["mrn"]].append((datetime.fromisoformat(row["time"]), Decimal(row["creat"])))
    return {patient: sorted(set(samples)) for patient, samples in series.items()}


def stages(series: Series) -> Stages:
    """Ours; a first sample has no stage and counts as 0, as the peers have it."""
    import duckdb

    with tempfile.TemporaryDirectory() as name:
        given, out = Path(name) / "given.csv", Path(name) / "out.parquet"
        with given.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["patient", "concept", "value", "unit", "time"])
            for patient, samples in series.items():
                for time, value in samples:
                    writer.writerow([patient, "creatinine", value, "mg/dL", time])
        cohort(given, out, concepts=["kdigo_creatinine"], per="time")
        rows = (
            duckdb.connect()
            .execute(f"SELECT patient, time, stage FROM '{out}' ORDER BY patient, time")
            .fetchall()
        )
    found: Stages = {}
    byplace: dict[tuple[str, datetime], list[int]] = defaultdict(list)
    for patient, time, stage in rows:
        byplace[patient, time].append(stage or 0)
    for patient, samples in series.items():
        for time, value in samples:
            same = sorted(v for t, v in samples if t == time)
            found[patient, time, value] = sorted(byplace[patient, time])[same.index(value)]
    return found


def akiflagger(series: Series, padding: str) -> Stages:
    import pandas as pd
    from akiFlagger import AKIFlagger

    rows = [
        (patient, time, float(value), True)
        for patient, samples in series.items()
        for time, value in samples
    ]
    table = pd.DataFrame(rows, columns=["patient_id", "time", "creatinine", "inpatient"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = AKIFlagger(padding=padding).returnAKIpatients(table).reset_index()
    return {
        (str(row.patient_id), row.time.to_pydatetime(), Decimal(str(row.creatinine))): int(row.aki)
        for row in result.itertuples()
    }


def mimic(series: Series) -> Stages:
    """The rules read in kdigo_creatinine.sql and kdigo_stages.sql, in binary fractions."""
    found: Stages = {}
    for patient, samples in series.items():
        times = sorted({time for time, _ in samples})
        mean = {t: _mean([float(v) for s, v in samples if s == t]) for t in times}
        for time, value in samples:
            creatinine = mean[time]
            before = [(time - t, mean[t]) for t in times if t < time]
            two = min((v for gap, v in before if gap <= timedelta(hours=48)), default=None)
            seven = min((v for gap, v in before if gap <= timedelta(days=7)), default=None)
            rise = two is not None and creatinine >= two + 0.3
            fold = seven is not None and creatinine >= 1.5 * seven
            three = seven is not None and creatinine >= 3 * seven
            if three or (creatinine >= 4 and (fold or (two is not None and two <= 3.7))):
                stage = 3
            elif seven is not None and creatinine >= 2 * seven:
                stage = 2
            else:
                stage = 1 if rise or fold else 0
            found[patient, time, value] = stage
    return found


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def compare(
    peer: str, data: str, series: Series, ours: Stages, theirs: Stages, repeated: str
) -> Comparison:
    """Every sample; a disagreement is put down to the rule that explains it."""
    found = Comparison(peer, data)
    for patient, samples in series.items():
        for time, value in samples:
            key = (patient, time, value)
            found.compared += 1
            mine, other = ours[key], theirs.get(key)
            if mine == other:
                continue
            kind = _kind(samples, time, value, mine, other, repeated)
            example = f"patient {patient}, {time:%Y-%m-%d %H:%M}, {value} mg/dL: {mine} and {other}"
            found.differ(kind, example)
    return found


def _kind(
    samples: list[Sample],
    time: datetime,
    value: Decimal,
    mine: int,
    other: int | None,
    repeated: str,
) -> Difference:
    two = [v for t, v in samples if t < time and time - t <= timedelta(hours=48)]
    seven = [v for t, v in samples if t < time and time - t <= timedelta(days=7)]
    several = len({t for t, _ in samples}) != len(samples)
    exact = (bool(two) and value - min(two) == Decimal("0.3")) or (
        bool(seven) and value / min(seven) in (Decimal("1.5"), Decimal(2), Decimal(3))
    )
    if other is None or (several and mine != other and not exact):
        return Difference(repeated, "Hepatica: each value is tested", KDIGO)
    if mine == 3 and value >= 4 and repeated == AVERAGE:
        return Difference(ABOVE_37, "Hepatica", KDIGO)
    if mine == 3 and value >= 4:
        return Difference(NO_FOUR, "Hepatica", KDIGO)
    if exact:
        return Difference(FLOATS, "Hepatica", f"{KDIGO}: 'at least', 'or more'")
    if other > mine:
        return Difference(PADDING, "Hepatica", f"{KDIGO}: within 48 hours, within 7 days")
    return Difference("not explained", "open", "none")
