"""openFDA over loopback, with answers in the shape of its drug label endpoint."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from loopback import OPENFDA_KEY, Asked, Reply, Server

from hepatica.errors import FetchError
from hepatica.evidence.fetch import fetch
from hepatica.evidence.fetch.http import Client
from hepatica.evidence.fetch.settings import Settings
from hepatica.evidence.model import Document
from hepatica.evidence.readers import read_bytes

Connect = Callable[..., Client]

COUNT = 230
NOT_FOUND = b'{"error": {"code": "NOT_FOUND", "message": "No matches found!"}}'


def label(number: int) -> dict[str, object]:
    return {
        "set_id": f"00000000-0000-4000-8000-{number:012}",
        "id": f"10000000-0000-4000-8000-{number:012}",
        "version": "1",
        "effective_time": "20220914",
        "indications_and_usage": ["1 INDICATIONS AND USAGE To improve kidney function."],
        "openfda": {"brand_name": ["TERLIVAZ"], "generic_name": ["TERLIPRESSIN"]},
    }


def service(asked: Asked) -> Reply:
    """Pages by search_after and a Link header, as open.fda.gov/apis/paging describes."""
    assert asked.path == "/label.json"
    assert "skip" not in asked.params
    start = int(asked.params.get("search_after", "0=0").split("=")[1])
    end = min(start + int(asked.params["limit"]), COUNT)
    body = {
        "meta": {
            "disclaimer": "Do not rely on openFDA to make decisions regarding medical care.",
            "results": {"skip": 0, "limit": int(asked.params["limit"]), "total": COUNT},
        },
        "results": [label(number) for number in range(start, end)],
    }
    link = f'<https://api.fda.gov{asked.path}?limit=100&skip=0&search_after=0%3D{end}>; rel="Next"'
    headers = {"Link": link} if end < COUNT else {}
    return Reply(json.dumps(body).encode(), headers=headers)


def test_pages_follow_the_link(server: Server, connect: Connect) -> None:
    server.script = service
    pages = list(fetch("openfda:terlipressin", client=connect(), limit=1000))
    ids = [
        one.source.id
        for page in pages
        for one in read_bytes(page.data, name=page.name)
        if isinstance(one, Document)
    ]
    assert len(ids) == len(set(ids)) == COUNT
    assert [page.total for page in pages] == [COUNT] * 3
    assert server.asked[0].params["search"] == (
        'openfda.generic_name:"terlipressin" openfda.brand_name:"terlipressin"'
    )
    # The address in the header is not asked as it stands: it may lead anywhere.
    assert [asked.params.get("search_after") for asked in server.asked] == [None, "0=100", "0=200"]


def test_labels_can_be_bounded(server: Server, connect: Connect) -> None:
    server.script = service
    pages = list(fetch("openfda:terlipressin", client=connect(), limit=120))
    assert [len(json.loads(page.data)["results"]) for page in pages] == [100, 20]


def test_a_search_with_fields_is_passed_on(server: Server, connect: Connect) -> None:
    server.script = service
    list(fetch('openfda:openfda.route:"INTRAVENOUS"', client=connect(), limit=1))
    assert server.asked[0].params["search"] == 'openfda.route:"INTRAVENOUS"'


def test_a_quote_does_not_leave_the_name(server: Server, connect: Connect) -> None:
    server.script = service
    list(fetch('openfda:a" OR b', client=connect(), limit=1))
    assert server.asked[0].params["search"].count('"') == 4


def test_nothing_found(server: Server, connect: Connect) -> None:
    server.replies(Reply(NOT_FOUND, status=404))
    assert list(fetch("openfda:nothing", client=connect())) == []


def test_the_key_goes_in_the_header(server: Server, connect: Connect) -> None:
    server.script = service
    client = connect(Settings(openfda_api_key=OPENFDA_KEY))
    (page,) = fetch("openfda:terlipressin", client=client, limit=1)
    (asked,) = server.asked
    assert OPENFDA_KEY not in asked.raw
    assert OPENFDA_KEY not in page.name
    sent = asked.headers["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent).decode() == f"{OPENFDA_KEY}:"


def test_a_bad_search(server: Server, connect: Connect) -> None:
    body = b'{"error": {"code": "BAD_REQUEST", "message": "Search not supported: x:"}}'
    server.replies(Reply(body, status=400))
    with pytest.raises(FetchError, match=r"\(400: Search not supported: x:\); check the query"):
        list(fetch("openfda:x:", client=connect()))


@pytest.mark.parametrize(
    "passing",
    [
        Reply(b'{"error": {"code": "OVER_RATE_LIMIT"}}', status=429),
        Reply(b"<html>error</html>"),
        Reply(b'{"meta": {}}'),
        Reply(b'{"results": []}'),
        Reply(b'{"results": [', promised=9),
    ],
)
def test_passing_failures(server: Server, connect: Connect, passing: Reply) -> None:
    first = [passing]
    server.script = lambda asked: first.pop() if first else service(asked)
    assert len(list(fetch("openfda:x", client=connect(), limit=1))) == 1


def test_meta_in_another_form(server: Server, connect: Connect) -> None:
    body = json.dumps({"meta": [], "results": [label(1)]}).encode()
    server.replies(Reply(body))
    (page,) = fetch("openfda:x", client=connect())
    assert page.total is None


def test_an_interrupted_fetch_goes_on(server: Server, connect: Connect, tmp_path: Path) -> None:
    server.script = service
    state = tmp_path / "state"
    begun = fetch("openfda:x", client=connect(), limit=1000, state=state)
    next(begun)
    next(begun)
    begun.close()  # type: ignore[attr-defined]
    server.asked.clear()
    rest = list(fetch("openfda:x", client=connect(), limit=1000, state=state))
    assert [asked.params["search_after"] for asked in server.asked] == ["0=100", "0=200"]
    assert len(rest) == 2
    assert not state.exists()
