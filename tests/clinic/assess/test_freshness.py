"""When "now" is: the time of asking by default, and values too old to speak of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from assess.test_assess import hours, look, rule, textbook

from hepatica.clinic.assess.model import Standing
from hepatica.render.assessment_text import render


def anuric() -> dict[str, Any]:
    body = textbook()
    body["observations"] = [
        {"concept": "creatinine", "value": 1.0, "unit": "mg/dL", "time": hours(0)},
        {"concept": "creatinine", "value": 1.0, "unit": "mg/dL", "time": hours(24)},
    ]
    volumes = ((2, 8, 240), (8, 14, 220), (14, 26, 0))
    body["observations"] += [
        {"concept": "urine_output", "value": value, "unit": "mL", "start": hours(start),
         "time": hours(end)}
        for start, end, value in volumes
    ]  # fmt: skip
    return body


def test_the_last_urine_interval_counts_by_default() -> None:
    found = look(anuric())
    assert found.at == datetime.fromisoformat(hours(26))
    assert found.episode.kdigo.max_stage == 3
    assert found.episode.kdigo.now == 3  # by urine alone; creatinine never moved
    assert found.episode.ica.now == 0


def test_urine_before_the_last_creatinine_does_not_say_how_it_is_now() -> None:
    body = anuric()
    body["observations"].append(
        {"concept": "creatinine", "value": 1.0, "unit": "mg/dL", "time": hours(60)}
    )
    assert look(body).episode.kdigo.now == 0


def test_a_course_of_a_drug_does_not_set_the_time_of_asking() -> None:
    body = textbook()
    body["drugs"].append({"name": "albumin", "dose": 75, "unit": "g", "start": hours(80),
                          "end": hours(84)})  # fmt: skip
    assert look(body).at == datetime.fromisoformat(hours(52))


def test_what_a_single_creatinine_of_now_lacks_is_another_one() -> None:
    body = textbook() | {"drugs": []}
    body["observations"] = [
        r for r in body["observations"] if r["concept"] != "creatinine" or r["time"] == hours(51)
    ]
    found = look(body)
    one = rule(found, "terlipressin-us")
    assert one.standing is Standing.UNDECIDED
    assert "an earlier creatinine, or a later one, to compare the one of now with" in one.missing
    needs = rule(found, "albumin-challenge").missing
    assert "a baseline to compare the creatinine of now with" in needs
    assert not any("72 h" in text for text in (*one.missing, *needs))
    assert "a creatinine of the last 72 h" in rule(look(body, 130), "terlipressin-us").missing


def test_a_stage_of_now_that_kdigo_cannot_tell_is_unknown_and_says_why() -> None:
    body = textbook()
    body["observations"].append(
        {"concept": "creatinine", "value": 1.2, "unit": "mg/dL", "time": hours(51 + 169)}
    )
    found = look(body)
    assert (found.episode.kdigo.max_stage, found.episode.kdigo.now) == (2, None)
    text = " ".join(render(found).split())
    assert "AKI by KDIGO: highest stage 2; now unknown" in text
    assert (
        "needs another creatinine within 7 days of the last one, or urine charted since, "
        "with a weight, for the stage now"
    ) in text
    assert "now None" not in text
    body["observations"][-1]["time"] = hours(51 + 168)
    assert look(body).episode.kdigo.now_missing == ()


YEAR = 365 * 24


@pytest.mark.parametrize("name", ["terlipressin-us", "norepinephrine", "midodrine-octreotide"])
def test_a_year_old_record_starts_nothing(name: str) -> None:
    one = rule(look(textbook(), YEAR), name)
    assert one.standing is Standing.UNDECIDED
    assert "a creatinine of the last 72 h" in one.missing


def test_a_year_old_creatinine_has_its_age() -> None:
    found = look(textbook(), 51 + YEAR)
    assert found.episode.trajectory == "rising: 2.4 to 2.5 mg/dL in 24 h (365 days old)"
    states = {p.id: p for p in found.precautions if p.drug == "Terlipressin"}
    assert states["scr_ge_5"].state == "unknown"
    assert states["scr_ge_5"].missing == ("creatinine from values of the last 72 h (365 days old)",)
    assert states["meld_ge_35"].state == "unknown"


def test_a_value_of_a_day_ago_counts_and_says_its_age() -> None:
    found = look(textbook(), 52 + 30)
    states = {p.id: p for p in found.precautions if p.drug == "Terlipressin"}
    assert states["scr_ge_5"].state == "not_met"
    assert states["scr_ge_5"].because == ("creatinine 2.5 mg/dL at 2026-03-04 11:00 (1 day old)",)


def test_peritonitis_of_last_month_is_not_treated_afresh() -> None:
    body = textbook(ascitic_neutrophils="900", spontaneous_bacterial_peritonitis=None)
    one = rule(look(body, 31 * 24), "sbp-antibiotics")
    assert one.standing is Standing.UNDECIDED
