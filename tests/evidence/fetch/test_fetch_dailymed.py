"""DailyMed over loopback, with answers in the shape of its web services, version 2."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from loopback import Asked, Reply, Server

from hepatica.errors import FetchError
from hepatica.evidence.fetch import fetch
from hepatica.evidence.fetch.http import Client, NotFoundError
from hepatica.evidence.model import Document
from hepatica.evidence.readers import read_bytes

Connect = Callable[..., Client]

LABEL = next((Path(__file__).parents[2] / "fixtures" / "spl").glob("*.xml")).read_bytes()
IDS = [f"00000000-0000-4000-8000-{n:012}" for n in range(130)]


def page(asked: Asked) -> Reply:
    """As the documentation shows it: all numbers are text and the last page says "null"."""
    number, size = int(asked.params["page"]), int(asked.params["pagesize"])
    rows = IDS[(number - 1) * size : number * size]
    last = number * size >= len(IDS)
    body = {
        "metadata": {
            "total_elements": str(len(IDS)),
            "elements_per_page": str(size),
            "total_pages": "2",
            "current_page": str(number),
            "next_page": "null" if last else number + 1,
            "next_page_url": "null" if last else "https://dailymed.nlm.nih.gov/next",
            "db_published_date": "Nov 20, 2026 06:00:00AM EST",
        },
        "data": [
            {
                "spl_version": 3,
                "published_date": "Sep 14, 2022",
                "title": "TERLIVAZ (TERLIPRESSIN) INJECTION",
                "setid": set_id.upper(),
            }
            for set_id in rows
        ],
    }
    return Reply(json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def service(asked: Asked) -> Reply:
    if asked.path == "/spls.json":
        assert asked.params["drug_name"] == "terlipressin"
        return page(asked)
    set_id = asked.path.removeprefix("/spls/").removesuffix(".xml")
    return Reply(LABEL) if set_id in IDS else Reply(status=404)


def test_labels_by_name(server: Server, connect: Connect) -> None:
    server.script = service
    found = list(fetch("dailymed:terlipressin", client=connect(), limit=120))
    assert [one.name for one in found] == [f"{server.base}/spls/{id_}.xml" for id_ in IDS[:120]]
    assert {one.total for one in found} == {130}
    (document,) = read_bytes(found[0].data, name=found[0].name)
    assert isinstance(document, Document)


def test_a_label_by_set_id(server: Server, connect: Connect) -> None:
    server.script = service
    (found,) = fetch(f"dailymed:{IDS[5].upper()}", client=connect())
    assert found.name == f"{server.base}/spls/{IDS[5]}.xml"
    assert len(server.asked) == 1


def test_a_set_id_that_is_not_there(server: Server, connect: Connect) -> None:
    server.script = service
    with pytest.raises(NotFoundError, match="DailyMed has nothing at"):
        list(fetch("dailymed:ffffffff-0000-4000-8000-000000000000", client=connect()))


def test_an_unknown_name(server: Server, connect: Connect) -> None:
    body = {"metadata": {"total_elements": "0", "next_page": "null"}, "data": []}
    server.script = lambda asked: Reply(json.dumps(body).encode())
    assert list(fetch("dailymed:nothing", client=connect())) == []


def test_a_set_id_that_is_none_reaches_no_path(server: Server, connect: Connect) -> None:
    body = {"metadata": {"next_page": "null"}, "data": [{"setid": "../../etc/passwd"}]}
    server.script = lambda asked: Reply(json.dumps(body).encode())
    with pytest.raises(FetchError, match=r"set id '\.\./\.\./etc/passwd'; expected a UUID"):
        list(fetch("dailymed:x", client=connect()))


@pytest.mark.parametrize(
    "passing",
    [
        Reply(b"<html>error</html>"),
        Reply(b'{"data": [1], "metadata": {}}'),
        Reply(b'{"data": []}'),
        Reply(LABEL[:-30]),
        Reply(LABEL, promised=9),
        Reply(status=503),
    ],
)
def test_passing_failures(server: Server, connect: Connect, passing: Reply) -> None:
    for path in ("/spls.json", f"/spls/{IDS[0]}.xml"):
        first = [passing]
        server.script = lambda asked, first=first, path=path: (  # type: ignore[misc]
            first.pop() if first and asked.path == path else service(asked)
        )
        (found,) = fetch("dailymed:terlipressin", client=connect(), limit=1)
        assert found.data == LABEL


def test_an_interrupted_fetch_goes_on(server: Server, connect: Connect, tmp_path: Path) -> None:
    server.script = service
    state = tmp_path / "state"
    begun = fetch("dailymed:terlipressin", client=connect(), limit=5, state=state)
    names = [next(begun).name, next(begun).name]
    begun.close()  # type: ignore[attr-defined]
    server.asked.clear()
    rest = [
        one.name for one in fetch("dailymed:terlipressin", client=connect(), limit=5, state=state)
    ]
    # The one that was handed over last may not have been stored yet, so it comes again.
    assert names[:1] + rest == [f"{server.base}/spls/{id_}.xml" for id_ in IDS[:5]]
    assert all(asked.path != "/spls.json" for asked in server.asked)
    assert not state.exists()
