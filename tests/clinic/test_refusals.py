"""Refusals are told by reason: the same whatever the order of the rows, whole or in parts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hepatica.cli import main
from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.cohort.summary import summarise, text
from hepatica.clinic.observations import Refused

HEAD = "patient,concept,value,unit,time\n"
GOOD = "p{0},creatinine,1.0,mg/dL,2026-03-01T08:00\n"
HOURS = [f"2026-03-02T{hour:02}:00" for hour in range(12)]


def refused(tmp_path: Path, rows: list[str], **options: int) -> list[Refused]:
    given = tmp_path / "given.csv"
    given.write_text(HEAD + "".join(rows))
    found = cohort(given, tmp_path / "out.parquet", concepts=["creatinine"], **options)
    return found.report.refused


@pytest.mark.parametrize(
    ("concept", "unit", "values", "reason", "likely"),
    [
        ("weight", "kg", ("18.2", "2", "4"), "2 kg to 18.2 kg are outside 20 to 350 kg", ()),
        ("fio2", "%", ("0.5", "0.4"), "0.4 % to 0.5 % are outside 21 to 100 %: it would fit "
         "a plain number", ("1",)),
        ("creatinine", "mg/dL", ("0.01", "180"), "180 mg/dL is outside", ("umol/L",)),
        ("creatinine", "mg/dL", ("180", "9000"), "no accepted unit fits them all", ()),
        ("creatinine", "mg/dL", ("low", "haemolysed"), "the value is not a number", ()),
    ],
)  # fmt: skip
def test_the_lowest_and_the_highest_stand_for_all(
    concept: str, unit: str, values: tuple[str, ...], reason: str, likely: tuple[str, ...],
    tmp_path: Path,
) -> None:  # fmt: skip
    rows = [f"p{n},{concept},{v},{unit},{HOURS[n]}\n" for n, v in enumerate(values)]
    rows += [GOOD.format(n) for n in range(6)]
    told = [refused(tmp_path, order) for order in (rows, rows[::-1])]
    told.append(refused(tmp_path, rows, part=2))
    assert [sorted(found, key=str) for found in told] == [sorted(told[0], key=str)] * 3
    assert sum(item.count for item in told[0]) == len(values)
    (item,) = [item for item in told[0] if reason in item.reason]
    assert item.likely == likely


ROWS = [GOOD.format(1), GOOD.format(1), "p1,creatinine,x,mg/dL,2026-03-02T08:00\n",
        "p1,lipstick,1,1,2026-03-02T08:00\n"]  # fmt: skip


def test_each_row_read_is_accepted_refused_or_repeated(tmp_path: Path) -> None:
    given = tmp_path / "given.csv"
    given.write_text(HEAD + "".join(ROWS))
    out = str(tmp_path / "out.parquet")
    told = CliRunner().invoke(
        main, ["cohort", str(given), "-o", out, "--concepts", "creatinine", "--format", "json",
               "--quiet"]
    )  # fmt: skip
    found = json.loads(told.output)["summary"]
    keys = ("read", "accepted", "refused", "duplicates", "unmapped")
    assert [found[key] for key in keys] == [3, 1, 1, 1, 1]
    shown = text(summarise(cohort(given, Path(out), concepts=["creatinine"])))
    assert (
        "from 3 rows read: 1 accepted, 1 refused, 1 repeated; besides 1 of codes that no mapping "
        "names" in shown
    )
