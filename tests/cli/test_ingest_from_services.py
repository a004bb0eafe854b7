"""Fetching into the store, against a PubMed on the loopback interface."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from hepatica.cli._targets import check_targets, records
from hepatica.errors import FetchError, InputError
from hepatica.evidence.fetch import pubmed
from hepatica.evidence.fetch.http import Client
from hepatica.evidence.fetch.settings import Settings
from hepatica.evidence.store import IngestReport, Store

PMIDS = [str(90_000_001 + n) for n in range(7)]
RECORD = (
    "<PubmedArticle><MedlineCitation><PMID>{0}</PMID><Article><Journal><JournalIssue><PubDate>"
    "<Year>2020</Year></PubDate></JournalIssue><Title>Invented</Title></Journal><ArticleTitle>"
    "Record {0}.</ArticleTitle><Abstract><AbstractText>Terlipressin in patient {0}.</AbstractText>"
    "</Abstract></Article></MedlineCitation></PubmedArticle>"
)


class PubMed(ThreadingHTTPServer):
    """Answers searches and fetches; refuses every fetch after `patience` of them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[list[str]] = []
        self.patience = 10**9


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, PubMed)
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.path.startswith("/esearch"):
            result = {"count": str(len(PMIDS)), "idlist": PMIDS}
            self._answer(200, json.dumps({"esearchresult": result}))
        elif len(self.server.asked) >= self.server.patience:
            self._answer(400, "no more")
        else:
            ids = form["id"][0].split(",")
            self.server.asked.append(ids)
            body = "".join(RECORD.format(pmid) for pmid in ids)
            self._answer(200, f"<PubmedArticleSet>{body}</PubmedArticleSet>")

    def _answer(self, status: int, body: str) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PubMed]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pubmed, "BATCH", 2)
    with PubMed() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def client(server: PubMed) -> Iterator[Client]:
    base = f"http://127.0.0.1:{server.server_port}"
    found = Client(Settings(), bases={"PubMed": base}, sleep=lambda seconds: None)
    yield found
    found.close()


def test_what_is_fetched_is_stored_with_its_address(
    tmp_path: Path, client: Client, server: PubMed
) -> None:
    with Store.open(tmp_path) as store:
        found = records(["pubmed:terlipressin"], store=tmp_path, limit=5, client=client)
        report = store.ingest(found, origin="pubmed:terlipressin")
        assert (report.new, report.rejected) == (5, 0)
        assert len(store.search("terlipressin")) == 5
        assert all("efetch" in row.origin for row in store.sources())
    assert server.asked == [PMIDS[0:2], PMIDS[2:4], PMIDS[4:5]]
    assert list((tmp_path / "fetch").iterdir()) == []


def test_a_fetch_that_breaks_off_goes_on_where_the_store_is(
    tmp_path: Path, client: Client, server: PubMed
) -> None:
    server.patience = 2
    report = IngestReport()
    with Store.open(tmp_path) as store:
        found = records(["pubmed:terlipressin"], store=tmp_path, limit=None, client=client)
        with pytest.raises(FetchError):
            store.ingest(found, origin="x", report=report)
        assert report.new == 4
        server.patience = 10**9
        found = records(["pubmed:terlipressin"], store=tmp_path, limit=None, client=client)
        assert store.ingest(found, origin="x").new == 3
        assert [row.id for row in store.sources()] == [f"pmid:{pmid}" for pmid in PMIDS]
    assert server.asked == [PMIDS[0:2], PMIDS[2:4], PMIDS[4:6], PMIDS[6:7]]


def test_nothing_is_noted_as_fetched_before_it_is_committed(
    tmp_path: Path, client: Client, server: PubMed
) -> None:
    """Killed between the second answer and its commit, the fetch asks for it again."""
    settled = []
    with Store.open(tmp_path) as store:
        found = records(["pubmed:terlipressin"], store=tmp_path, limit=None, client=client)

        def progress(count: int) -> None:
            notes = list((tmp_path / "fetch").glob("*.json"))
            done = json.loads(notes[0].read_text())["done"] if notes else 0
            settled.append((count, done))

        store.ingest(found, origin="x", on_progress=progress)
    assert settled == [(2, 0), (4, 2), (6, 4), (7, 6)]


@pytest.mark.parametrize("target", ["nowhere.xml", "pubmed:", "pubmed:\x1b[31m", "ftp:x"])
def test_targets_that_cannot_be_meant(target: str) -> None:
    with pytest.raises(InputError):
        check_targets([target])
