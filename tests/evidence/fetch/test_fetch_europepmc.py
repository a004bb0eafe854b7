"""Europe PMC over loopback, with answers in the shape of its REST service."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from loopback import Asked, Reply, Server

from hepatica.errors import FetchError, InputError
from hepatica.evidence.fetch import fetch
from hepatica.evidence.fetch.http import Client, NotFoundError
from hepatica.evidence.model import Document
from hepatica.evidence.readers import read_bytes

Connect = Callable[..., Client]

ARTICLE = next((Path(__file__).parents[2] / "fixtures" / "jats").glob("*.*ml")).read_bytes()
IDS = [f"PMC{1000 + n}" for n in range(130)]


def service(asked: Asked) -> Reply:
    if asked.path == "/search":
        start = 0 if asked.params["cursorMark"] == "*" else int(asked.params["cursorMark"])
        end = min(start + int(asked.params["pageSize"]), len(IDS))
        rows: list[dict[str, str]] = [
            {"id": str(n), "source": "MED", "pmcid": IDS[n], "isOpenAccess": "Y"}
            for n in range(start, end)
        ]
        rows.append({"id": "PPR1", "source": "PPR"})
        body: dict[str, object] = {
            "version": "6.9",
            "hitCount": len(IDS),
            "resultList": {"result": rows},
        }
        if end < len(IDS):
            body["nextCursorMark"] = str(end)
        return Reply(json.dumps(body).encode())
    pmcid = asked.path.split("/")[1]
    assert asked.path == f"/{pmcid}/fullTextXML"
    return Reply(ARTICLE) if pmcid in IDS and pmcid != "PMC1001" else Reply(status=404)


def test_articles_by_number(server: Server, connect: Connect) -> None:
    server.script = service
    found = list(fetch("pmc:PMC1005, 1006,pmc1005", client=connect()))
    assert [one.name for one in found] == [
        f"{server.base}/PMC1005/fullTextXML",
        f"{server.base}/PMC1006/fullTextXML",
    ]
    (document,) = read_bytes(found[0].data, name=found[0].name)
    assert isinstance(document, Document)


def test_an_article_that_is_not_open(server: Server, connect: Connect) -> None:
    server.script = service
    with pytest.raises(NotFoundError) as error:
        list(fetch("pmc:PMC1001", client=connect()))
    assert str(error.value) == (
        "Europe PMC has no open full text of PMC1001; check the number, or ingest a copy of your "
        "own"
    )


@pytest.mark.parametrize("spec", ["pmc:abc", "pmc:PMC", "pmc:PMC1/../x", "pmc:0"])
def test_what_is_no_pmcid(connect: Connect, spec: str) -> None:
    with pytest.raises(InputError, match="is no PMCID; expected PMC and digits"):
        list(fetch(spec, client=connect()))


def test_articles_by_search(server: Server, connect: Connect) -> None:
    server.script = service
    found = list(fetch("europepmc:hepatorenal", client=connect(), limit=110))
    names = [one.name.split("/")[-2] for one in found]
    # One has no full text after all, and the preprint has no number.
    assert names == [pmcid for pmcid in IDS[:110] if pmcid != "PMC1001"]
    assert {one.total for one in found} == {len(IDS)}
    assert server.asked[0].params["query"] == "(hepatorenal) AND OPEN_ACCESS:Y"
    assert [asked.params["cursorMark"] for asked in server.asked[:2]] == ["*", "100"]


def test_a_cursor_that_stands_still(server: Server, connect: Connect) -> None:
    body = {"hitCount": 1, "nextCursorMark": "*", "resultList": {"result": [{"pmcid": "PMC1005"}]}}
    server.script = lambda asked: (
        Reply(json.dumps(body).encode()) if asked.path == "/search" else service(asked)
    )
    assert len(list(fetch("europepmc:x", client=connect()))) == 1


@pytest.mark.parametrize(
    "passing",
    [
        Reply(b"<html>error</html>"),
        Reply(b'{"resultList": []}'),
        Reply(b'{"resultList": {"result": [1]}}'),
        Reply(ARTICLE[:-40]),
        Reply(ARTICLE, promised=9),
        Reply(status=500),
    ],
)
def test_passing_failures(server: Server, connect: Connect, passing: Reply) -> None:
    for path in ("/search", "/PMC1000/fullTextXML"):
        first = [passing]
        server.script = lambda asked, first=first, path=path: (  # type: ignore[misc]
            first.pop() if first and asked.path == path else service(asked)
        )
        assert len(list(fetch("europepmc:x", client=connect(), limit=1))) == 1


def test_a_permanent_failure(server: Server, connect: Connect) -> None:
    server.script = lambda asked: Reply(b"<html>maintenance</html>")
    with pytest.raises(FetchError, match="Europe PMC sent an HTML page where JSON was expected"):
        list(fetch("europepmc:x", client=connect()))


@pytest.mark.parametrize("spec", ["europepmc:x", "pmc:PMC1002,PMC1003,PMC1004,PMC1005"])
def test_an_interrupted_fetch_goes_on(
    server: Server, connect: Connect, tmp_path: Path, spec: str
) -> None:
    server.script = service
    state = tmp_path / "state"
    whole = [one.name for one in fetch(spec, client=connect(), limit=6)]
    begun = fetch(spec, client=connect(), limit=6, state=state)
    first = [next(begun).name, next(begun).name]
    begun.close()  # type: ignore[attr-defined]
    rest = [one.name for one in fetch(spec, client=connect(), limit=6, state=state)]
    assert first[:1] + rest == whole
    assert not state.exists()
