"""PubMed over loopback, with answers in the shape of the E-utilities."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from loopback import EMAIL, NCBI_KEY, Asked, Clock, Reply, Server

from hepatica.errors import FetchError, InputError
from hepatica.evidence.fetch import Fetched, fetch, pubmed
from hepatica.evidence.fetch.http import Client
from hepatica.evidence.fetch.settings import Settings
from hepatica.evidence.model import Document
from hepatica.evidence.readers import read_bytes

Connect = Callable[..., Client]

RATE_LIMITED = b'{"error":"API rate limit exceeded","api-key":"192.0.2.1","count":"4","limit":"3"}'


def record_set(pmids: list[str]) -> bytes:
    records = "".join(
        f"<PubmedArticle><MedlineCitation Status='MEDLINE' Owner='NLM'><PMID Version='1'>{pmid}"
        f"</PMID><Article PubModel='Print'><Journal><Title>A journal</Title></Journal>"
        f"<ArticleTitle>Title {pmid}</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
        for pmid in pmids
    )
    return (
        '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st '
        'January 2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
        f"<PubmedArticleSet>{records}</PubmedArticleSet>"
    ).encode()


class PubMed:
    """As much of the E-utilities as a fetch asks for."""

    def __init__(self, count: int) -> None:
        self.ids = [str(1000 + n) for n in range(count)]
        self.history = True
        self.fails_at: list[int] = []

    def __call__(self, asked: Asked) -> Reply:
        assert asked.params["db"] == "pubmed"
        assert asked.method == "POST"
        if asked.path == "/esearch.fcgi":
            shown = self.ids[: int(asked.params["retmax"])]
            found = {
                "count": str(len(self.ids)),
                "retmax": str(len(shown)),
                "retstart": "0",
                "idlist": shown,
                "translationset": [],
                "querytranslation": asked.params["term"],
            }
            if self.history:
                assert asked.params["usehistory"] == "y"
                found |= {"querykey": "1", "webenv": "MCID_0123456789abcdef"}
            body = {"header": {"type": "esearch", "version": "0.3"}, "esearchresult": found}
            return Reply(json.dumps(body).encode())
        assert asked.path == "/efetch.fcgi"
        assert asked.params["retmode"] == "xml"
        if "WebEnv" in asked.params:
            assert asked.params["WebEnv"] == "MCID_0123456789abcdef"
            start = int(asked.params["retstart"])
            chosen = self.ids[start : start + int(asked.params["retmax"])]
        else:
            chosen = [pmid for pmid in asked.params["id"].split(",") if pmid in self.ids]
        if self.fails_at and int(chosen[0]) - 1000 >= self.fails_at[0]:
            return Reply(status=400)
        return Reply(record_set(chosen))


def pmids(batches: list[Fetched]) -> list[str]:
    return [
        one.source.identifiers["pmid"]
        for batch in batches
        for one in read_bytes(batch.data, name=batch.name)
        if isinstance(one, Document)
    ]


def test_a_query_is_fetched_in_batches(server: Server, connect: Connect) -> None:
    server.script = service = PubMed(450)
    batches = list(fetch("pubmed:terlipressin AND hepatorenal", client=connect()))
    assert [batch.data.count(b"<PubmedArticle>") for batch in batches] == [200, 200, 50]
    assert pmids(batches) == service.ids
    assert {batch.total for batch in batches} == {450}
    assert server.asked[0].params["term"] == "terlipressin AND hepatorenal"
    assert batches[1].name == (
        f"{server.base}/efetch.fcgi?db=pubmed&term=terlipressin+AND+hepatorenal&id=1200..1399"
    )
    assert batches[0].media == "text/xml"


def test_the_records_can_be_bounded(server: Server, connect: Connect) -> None:
    server.script = service = PubMed(450)
    batches = list(fetch("pubmed:x", client=connect(), limit=210))
    assert pmids(batches) == service.ids[:210]
    assert batches[0].total == 450


def test_nothing_found_yields_nothing(server: Server, connect: Connect) -> None:
    server.script = PubMed(0)
    assert list(fetch("pubmed:x", client=connect())) == []


def test_a_service_without_history_is_asked_by_number(server: Server, connect: Connect) -> None:
    server.script = service = PubMed(250)
    service.history = False
    assert pmids(list(fetch("pubmed:x", client=connect()))) == service.ids


def test_who_asks_is_said(server: Server, connect: Connect) -> None:
    server.script = PubMed(1)
    settings = Settings(email=EMAIL, ncbi_api_key=NCBI_KEY)
    (batch,) = fetch("pubmed:x", client=connect(settings))
    for asked in server.asked:
        assert (asked.params["tool"], asked.params["email"]) == ("hepatica", EMAIL)
        assert asked.params["api_key"] == NCBI_KEY
        assert NCBI_KEY not in asked.raw
    assert NCBI_KEY not in batch.name


@pytest.mark.parametrize(("key", "wait"), [(None, 0.333), (NCBI_KEY, 0.1)])
def test_requests_keep_to_the_limit(
    server: Server, connect: Connect, clock: Clock, key: str | None, wait: float
) -> None:
    server.script = PubMed(450)
    list(fetch("pubmed:x", client=connect(Settings(ncbi_api_key=key))))
    assert clock.sleeps == [wait] * 3


def test_more_than_a_search_reaches(server: Server, connect: Connect) -> None:
    server.script = PubMed(10_001)
    with pytest.raises(FetchError, match=r"finds 10001 records .* first 10000; narrow the query"):
        list(fetch("pubmed:x", client=connect(), limit=20_000))
    first = next(fetch("pubmed:x", client=connect()))
    assert first.total == 10_001


def test_single_records(server: Server, connect: Connect) -> None:
    server.script = PubMed(10)
    batches = list(fetch("pmid:1003, 1001,1003", client=connect()))
    assert pmids(batches) == ["1003", "1001"]
    assert [asked.path for asked in server.asked] == ["/efetch.fcgi"]
    assert batches[0].name == f"{server.base}/efetch.fcgi?db=pubmed&id=1003,1001"


def test_a_record_that_is_not_there(server: Server, connect: Connect) -> None:
    server.script = PubMed(1)
    with pytest.raises(FetchError, match="PubMed has no record of 999; check the numbers"):
        list(fetch("pmid:999", client=connect()))


@pytest.mark.parametrize("spec", ["pmid:abc", "pmid:012", "pmid:123456789", "pmid:1;2"])
def test_what_is_no_pmid(connect: Connect, spec: str) -> None:
    with pytest.raises(InputError, match="is no PMID; expected up to 8 digits"):
        list(fetch(spec, client=connect()))


@pytest.mark.parametrize(
    "passing",
    [
        Reply(RATE_LIMITED, status=429),
        Reply(RATE_LIMITED),
        Reply(b"<html><body>Service under maintenance</body></html>"),
        Reply(b'{"esearchresult": {"count": "5"}}'),
        Reply(b'{"esearchresult": '),
        Reply(b'{"header"', promised=50),
        Reply(status=502),
    ],
)
def test_a_search_survives_a_passing_failure(
    server: Server, connect: Connect, passing: Reply
) -> None:
    service = PubMed(3)
    first = [passing]
    server.script = lambda asked: first.pop() if first else service(asked)
    assert pmids(list(fetch("pubmed:x", client=connect()))) == service.ids


@pytest.mark.parametrize(
    "passing",
    [
        Reply(RATE_LIMITED),
        Reply(record_set(["1", "2"])[:-40]),
        Reply(record_set(["1", "2"]), promised=50),
        Reply(b"<!DOCTYPE html><html>error</html>"),
        Reply(b""),
        Reply(status=500),
    ],
)
def test_records_survive_a_passing_failure(
    server: Server, connect: Connect, passing: Reply
) -> None:
    service = PubMed(3)
    first = [passing]
    server.script = lambda asked: (
        first.pop() if first and asked.path == "/efetch.fcgi" else service(asked)
    )
    assert pmids(list(fetch("pubmed:x", client=connect()))) == service.ids


def test_what_the_service_says_of_a_bad_query(server: Server, connect: Connect) -> None:
    body = {"esearchresult": {"ERROR": "Invalid\n\x1b[31mquery"}}
    server.script = lambda asked: Reply(json.dumps(body).encode())
    with pytest.raises(FetchError) as error:
        list(fetch("pubmed:x", client=connect()))
    assert str(error.value) == (
        f"PubMed refused {server.base}/esearch.fcgi (Invalid query); check the query"
    )
    assert len(server.asked) == 1


def test_an_interrupted_fetch_goes_on(server: Server, connect: Connect, tmp_path: Path) -> None:
    server.script = service = PubMed(500)
    state = tmp_path / "state.json"
    service.fails_at = [200]
    taken: list[Fetched] = []
    with pytest.raises(FetchError):
        taken.extend(fetch("pubmed:x", client=connect(), state=state))
    batches = fetch("pubmed:x", client=connect(), state=state)
    assert state.exists()
    service.fails_at = []
    # New records in front would shift the positions of a search that is made again.
    service.ids.insert(0, "999")
    server.asked.clear()
    rest = list(batches)
    assert all(asked.path == "/efetch.fcgi" and "id" in asked.params for asked in server.asked)
    assert not state.exists()
    assert sorted(pmids(rest)) == service.ids[201:]


def test_a_batch_counts_once_the_next_is_asked_for(
    server: Server, connect: Connect, tmp_path: Path
) -> None:
    server.script = service = PubMed(450)
    state = tmp_path / "state.json"
    batches = fetch("pubmed:x", client=connect(), state=state)
    next(batches)
    next(batches)
    batches.close()  # type: ignore[attr-defined]
    rest = list(fetch("pubmed:x", client=connect(), state=state))
    assert pmids(rest) == service.ids[200:]


@pytest.mark.parametrize("content", [b"", b"{", b'{"spec": "pubmed:other", "done": 1}', b"\xff\0"])
def test_the_state_of_another_fetch_is_left_alone(
    server: Server, connect: Connect, tmp_path: Path, content: bytes
) -> None:
    server.script = service = PubMed(3)
    state = tmp_path / "state.json"
    state.write_bytes(content)
    assert pmids(list(fetch("pubmed:x", client=connect(), state=state))) == service.ids
    assert not state.exists()


def test_no_key_in_the_state(server: Server, connect: Connect, tmp_path: Path) -> None:
    server.script = PubMed(450)
    state = tmp_path / "state.json"
    client = connect(Settings(email=EMAIL, ncbi_api_key=NCBI_KEY))
    batches = fetch("pubmed:x", client=client, state=state)
    next(batches)
    next(batches)
    assert NCBI_KEY not in state.read_text()
    assert EMAIL not in state.read_text()


def test_a_state_that_cannot_be_written(server: Server, connect: Connect, tmp_path: Path) -> None:
    server.script = PubMed(450)
    with pytest.raises(FetchError, match="progress cannot be kept"):
        list(fetch("pubmed:x", client=connect(), state=tmp_path / "no" / "state.json"))


def test_the_real_address_is_the_default() -> None:
    assert pubmed.SERVICE.base == "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
