"""PubMed records by query or PMID, through NCBI's E-utilities.

Limits: 3 requests a second, 10 with an API key
(support.nlm.nih.gov/knowledgebase/article/KA-05317); a search reaches the first 10,000 records
(ncbiinsights.ncbi.nlm.nih.gov/2022/09/13/updated-pubmed-eutilities). Parameters:
www.ncbi.nlm.nih.gov/books/NBK25499.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote_plus

from hepatica.errors import FetchError, InputError
from hepatica.evidence.fetch import progress
from hepatica.evidence.fetch.checks import RefusedError, TryAgainError, as_json, expect_xml
from hepatica.evidence.fetch.fetched import Fetched
from hepatica.evidence.fetch.http import Client, Service
from hepatica.evidence.fetch.progress import Progress

SERVICE = Service(name="PubMed", base="https://eutils.ncbi.nlm.nih.gov/entrez/eutils", per_second=3)
WITH_KEY = 10
REACH = 10_000
BATCH = 200

_PMID = re.compile(r"[1-9]\d{0,7}")
_is_record_set = expect_xml("PubmedArticleSet")


def fetch(
    query: str, *, client: Client, limit: int = REACH, state: Path | None = None
) -> Iterator[Fetched]:
    """MEDLINE XML of the records that a PubMed query finds, BATCH records at a time.

    Raises FetchError when the query finds more than a search can reach and `limit` asks for them.
    """
    spec = f"pubmed:{query}"
    begun = progress.load(state, spec)
    history: dict[str, str] = {}
    if begun is None:
        begun, history = _search(query, client, limit)
    yield from _records(begun, history, client, limit, state)


def fetch_by_id(
    query: str, *, client: Client, limit: int = REACH, state: Path | None = None
) -> Iterator[Fetched]:
    """MEDLINE XML of the records with these PMIDs, given with commas between them.

    Raises InputError for what is no PMID and FetchError when PubMed has none of a batch.
    """
    ids = tuple(dict.fromkeys(part.strip() for part in query.split(",") if part.strip()))
    for pmid in ids:
        if not _PMID.fullmatch(pmid):
            raise InputError(f"{pmid!r} is no PMID; expected up to 8 digits, as in pmid:35995728")
    spec = f"pmid:{','.join(ids)}"
    begun = progress.load(state, spec) or Progress(spec=spec, ids=ids)
    yield from _records(begun, {}, client, limit, state)


def _search(query: str, client: Client, limit: int) -> tuple[Progress, dict[str, str]]:
    form = {"db": "pubmed", "term": query, "retmode": "json", "usehistory": "y"}
    form |= {"retmax": str(min(limit, REACH))} | _identification(client)
    answer = client.post(_service(client), "esearch.fcgi", form, check=_is_search_result)
    result = as_json(answer.data)["esearchresult"]
    count = int(result["count"])
    if count > REACH and limit > REACH:
        raise FetchError(
            f"PubMed finds {count} records for {query!r} and gives the first {REACH}; narrow the "
            "query, for instance by date"
        )
    history = {"WebEnv": result.get("webenv", ""), "query_key": result.get("querykey", "")}
    begun = Progress(spec=f"pubmed:{query}", ids=tuple(result["idlist"]), total=count)
    return begun, history if all(history.values()) else {}


def _records(
    begun: Progress, history: dict[str, str], client: Client, limit: int, state: Path | None
) -> Iterator[Fetched]:
    ids = begun.ids[:limit]
    for start in range(begun.done, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        # The server forgets a search after a while: what goes on later asks by number.
        chosen = (
            history | {"retstart": str(start), "retmax": str(len(batch))}
            if history
            else {"id": ",".join(batch)}
        )
        form = {"db": "pubmed", "retmode": "xml"} | chosen | _identification(client)
        answer = client.post(_service(client), "efetch.fcgi", form, check=_is_record_set)
        if b"<PubmedArticle>" not in answer.data and b"<PubmedBookArticle>" not in answer.data:
            raise FetchError(f"PubMed has no record of {_shown(batch)}; check the numbers")
        name = _name(answer.url, begun.spec, batch)
        yield Fetched(data=answer.data, name=name, media="text/xml", total=begun.total)
        begun.done = start + len(batch)
        progress.save(state, begun)
    progress.finish(state)


def _is_search_result(data: bytes) -> None:
    body = as_json(data)
    result = body.get("esearchresult")
    if not isinstance(result, dict):
        # The rate limit also comes as {"error": "API rate limit exceeded", ...} with status 200.
        raise TryAgainError(f"no search result ({body.get('error', 'no reason given')})")
    if "ERROR" in result:
        raise RefusedError(str(result["ERROR"]))
    if not isinstance(result.get("idlist"), list) or not str(result.get("count")).isdecimal():
        raise TryAgainError("a search result without its list of records")


def _service(client: Client) -> Service:
    return replace(SERVICE, per_second=WITH_KEY) if client.settings.ncbi_api_key else SERVICE


def _identification(client: Client) -> dict[str, str]:
    found = {
        "tool": "hepatica",
        "email": client.settings.email,
        "api_key": client.settings.ncbi_api_key,
    }
    return {name: value for name, value in found.items() if value}


def _name(url: str, spec: str, batch: tuple[str, ...]) -> str:
    if spec.startswith("pmid:"):
        return f"{url}?db=pubmed&id={','.join(batch[:5])}{',...' if len(batch) > 5 else ''}"
    term = quote_plus(spec.removeprefix("pubmed:")[:200])
    return f"{url}?db=pubmed&term={term}&id={batch[0]}..{batch[-1]}"


def _shown(batch: tuple[str, ...]) -> str:
    more = f" and {len(batch) - 3} more" if len(batch) > 3 else ""
    return ", ".join(batch[:3]) + more
