"""Dialysis that goes on from before the admission: no AKI, no HRS-AKI and no albumin challenge."""

from __future__ import annotations

from typing import Any

import pytest
from assess.test_assess import hours, look, rule, textbook

from hepatica.clinic.assess.model import Assessment, Standing

HRS = ("hrs_aki_2015", "hrs_aki_2024", "hrs_aki_2024_window_48h")
KNOWN = "a definition for chronic dialysis, which is on record: AKI is not staged on it"
ASKED = "whether the dialysis from before the admission is chronic"


def dialysed(state: str | None, *sessions: float, **changes: Any) -> dict[str, Any]:
    """A rise between sessions, no albumin yet; `state` is that of end-stage renal disease."""
    body = textbook(**changes)
    body["drugs"] = []
    body["procedures"] = [{"name": "haemodialysis_session", "time": hours(t)} for t in sessions]
    if state is not None:
        body["conditions"].append({"name": "end_stage_renal_disease", "status": state})
    return body


def stages(found: Assessment) -> list[str]:
    kidney = found.episode
    return [kidney.ica.state, kidney.kdigo.state, *(
        one.state for one in found.criteria if one.id in HRS
    )]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "sessions", "asks"),
    [("present", (-120, -72, 30), KNOWN), ("present", (), KNOWN), (None, (-72, 30), ASKED)],
)
def test_chronic_dialysis_is_no_aki(
    state: str | None, sessions: tuple[float, ...], asks: str
) -> None:
    found = look(dialysed(state, *sessions))
    assert stages(found) == ["unknown"] * 5
    assert found.episode.ica.missing == found.episode.kdigo.missing == (asks,)
    assert all(point.stage is None for point in found.episode.ica.path)
    assert asks in found.criteria[0].items[2].missing
    challenge = rule(found, "albumin-challenge")
    assert challenge.standing is Standing.UNDECIDED
    assert challenge.missing[0] == asks
    assert challenge.for_this_patient is None
    for name in ("stop-diuretics", "volume-window-24h", "terlipressin-us", "norepinephrine"):
        assert rule(found, name).standing in (Standing.UNDECIDED, Standing.NOT_NOW), name


@pytest.mark.parametrize(
    ("state", "sessions"), [("absent", (-72, 30)), (None, (30,)), (None, (-200, 30))]
)
def test_dialysis_begun_for_an_acute_injury_is_stage_3(
    state: str | None, sessions: tuple[float, ...]
) -> None:
    found = look(dialysed(state, *sessions))
    assert found.episode.ica.max_stage == 3
    assert found.episode.kdigo.max_stage == 3
