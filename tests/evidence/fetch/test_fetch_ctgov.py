"""ClinicalTrials.gov over loopback, with answers in the shape of its API v2."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from loopback import Asked, Clock, Reply, Server

from hepatica.evidence.fetch import fetch
from hepatica.evidence.fetch.http import Client, NotFoundError
from hepatica.evidence.model import Document
from hepatica.evidence.readers import read_bytes

Connect = Callable[..., Client]

COUNT = 120


def study(number: int) -> dict[str, object]:
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": f"NCT{number:08}",
                "briefTitle": f"Terlipressin in hepatorenal syndrome, study {number}",
            },
            "statusModule": {"overallStatus": "COMPLETED"},
            "descriptionModule": {"briefSummary": "A study of terlipressin."},
        },
        "hasResults": False,
    }


def service(asked: Asked) -> Reply:
    if asked.path.startswith("/studies/"):
        number = int(asked.path.removeprefix("/studies/NCT"))
        return Reply(json.dumps(study(number)).encode()) if number < COUNT else Reply(status=404)
    assert asked.path == "/studies"
    assert asked.params["format"] == "json"
    start = int(asked.params.get("pageToken", "t0")[1:])
    end = min(start + int(asked.params["pageSize"]), COUNT)
    body: dict[str, object] = {"studies": [study(number) for number in range(start, end)]}
    if start == 0:
        body["totalCount"] = COUNT
    if end < COUNT:
        body["nextPageToken"] = f"t{end}"
    return Reply(json.dumps(body).encode())


def test_pages(server: Server, connect: Connect, clock: Clock) -> None:
    server.script = service
    pages = list(fetch("ctgov:hepatorenal syndrome", client=connect()))
    ids = [
        one.source.id
        for page in pages
        for one in read_bytes(page.data, name=page.name)
        if isinstance(one, Document)
    ]
    assert ids == [f"nct:NCT{number:08}" for number in range(COUNT)]
    assert [page.total for page in pages] == [COUNT] * 3
    assert server.asked[0].params["query.term"] == "hepatorenal syndrome"
    assert clock.sleeps == [1.0, 1.0]


def test_trials_can_be_bounded(server: Server, connect: Connect) -> None:
    server.script = service
    pages = list(fetch("ctgov:x", client=connect(), limit=60))
    assert [len(json.loads(page.data)["studies"]) for page in pages] == [50, 10]


def test_one_trial(server: Server, connect: Connect) -> None:
    server.script = service
    (found,) = fetch("ctgov:nct00000007", client=connect())
    assert found.name == f"{server.base}/studies/NCT00000007"
    (document,) = read_bytes(found.data, name=found.name)
    assert isinstance(document, Document)
    assert document.source.id == "nct:NCT00000007"


def test_a_trial_that_is_not_there(server: Server, connect: Connect) -> None:
    server.script = service
    with pytest.raises(NotFoundError):
        list(fetch("ctgov:NCT99999999", client=connect()))


def test_nothing_found(server: Server, connect: Connect) -> None:
    server.replies(Reply(b'{"studies": [], "totalCount": 0}'))
    assert list(fetch("ctgov:nothing", client=connect())) == []


@pytest.mark.parametrize(
    "passing",
    [
        Reply(b"<!doctype html><html>app</html>"),
        Reply(b'{"studies": {}}'),
        Reply(b'{"message": "x"}'),
        Reply(b'{"studies": [', promised=9),
        Reply(status=429, headers={"Retry-After": "2"}),
    ],
)
def test_passing_failures(server: Server, connect: Connect, passing: Reply) -> None:
    for spec in ("ctgov:x", "ctgov:NCT00000001"):
        first = [passing]
        server.script = lambda asked, first=first: first.pop() if first else service(asked)  # type: ignore[misc]
        assert len(list(fetch(spec, client=connect(), limit=1))) == 1


def test_an_interrupted_fetch_goes_on(server: Server, connect: Connect, tmp_path: Path) -> None:
    server.script = service
    state = tmp_path / "state"
    begun = fetch("ctgov:x", client=connect(), state=state)
    next(begun)
    next(begun)
    begun.close()  # type: ignore[attr-defined]
    server.asked.clear()
    rest = list(fetch("ctgov:x", client=connect(), state=state))
    assert [asked.params["pageToken"] for asked in server.asked] == ["t50", "t100"]
    assert [page.total for page in rest] == [COUNT] * 2
    assert not state.exists()
