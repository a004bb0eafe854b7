"""Open-access full texts as JATS XML from Europe PMC, by PMCID or by search.

Modules and fields: europepmc.org/RestfulWebService; a page without nextCursorMark is the last
(groups.google.com/a/ebi.ac.uk/g/epmc-webservices, version 6.6). No limit is stated there; two
requests a second are our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from hepatica.errors import InputError
from hepatica.evidence.fetch import progress
from hepatica.evidence.fetch.checks import TryAgainError, as_count, as_json, expect_xml
from hepatica.evidence.fetch.fetched import Fetched
from hepatica.evidence.fetch.http import Client, NotFoundError, Service
from hepatica.evidence.fetch.progress import Progress

SERVICE = Service(
    name="Europe PMC", base="https://www.ebi.ac.uk/europepmc/webservices/rest", per_second=2
)
PAGE = 100
LIMIT = 100

_PMCID = re.compile(r"(?:PMC)?([1-9]\d{0,8})", re.IGNORECASE)
_is_article = expect_xml("article", "pmc-articleset")


def fetch_by_id(
    query: str, *, client: Client, limit: int = LIMIT, state: Path | None = None
) -> Iterator[Fetched]:
    """JATS XML of the articles with these PMCIDs, given with commas between them.

    Raises InputError for what is no PMCID and NotFoundError for an article that is not open.
    """
    ids = []
    for part in filter(None, map(str.strip, query.split(","))):
        found = _PMCID.fullmatch(part)
        if not found:
            raise InputError(f"{part!r} is no PMCID; expected PMC and digits, as in pmc:PMC3730280")
        ids.append(f"PMC{found[1]}")
    spec = f"pmc:{','.join(ids)}"
    begun = progress.load(state, spec) or Progress(spec=spec, ids=tuple(dict.fromkeys(ids)))
    for place in range(begun.done, len(begun.ids[:limit])):
        try:
            yield _article(begun.ids[place], client, len(begun.ids))
        except NotFoundError:
            raise NotFoundError(
                f"Europe PMC has no open full text of {begun.ids[place]}; check the number, or "
                "ingest a copy of your own"
            ) from None
        begun.done = place + 1
        progress.save(state, begun)
    progress.finish(state)


def fetch(
    query: str, *, client: Client, limit: int = LIMIT, state: Path | None = None
) -> Iterator[Fetched]:
    """JATS XML of the open-access articles that a search finds, one at a time.

    An article that is listed and has no full text after all is passed over.
    """
    spec = f"europepmc:{query}"
    begun = progress.load(state, spec)
    if begun is None:
        begun = _search(query, client, limit)
    ids = begun.ids[:limit]
    for place in range(begun.done, len(ids)):
        try:
            yield _article(ids[place], client, begun.total)
        except NotFoundError:
            continue
        begun.done = place + 1
        progress.save(state, begun)
    progress.finish(state)


def _article(pmcid: str, client: Client, total: int | None) -> Fetched:
    answer = client.get(SERVICE, f"{pmcid}/fullTextXML", check=_is_article)
    return Fetched(data=answer.data, name=answer.url, media="text/xml", total=total)


def _search(query: str, client: Client, limit: int) -> Progress:
    ids: dict[str, None] = {}
    total: int | None = None
    cursor = "*"
    while len(ids) < limit:
        params = {
            "query": f"({query}) AND OPEN_ACCESS:Y",
            "format": "json",
            "resultType": "lite",
            "pageSize": str(PAGE),
            "cursorMark": cursor,
        }
        body = as_json(client.get(SERVICE, "search", params, check=_is_page).data)
        results = body["resultList"]["result"]
        total = as_count(body.get("hitCount"))
        for result in results:
            if found := _PMCID.fullmatch(str(result.get("pmcid", ""))):
                ids[f"PMC{found[1]}"] = None
        following = body.get("nextCursorMark")
        if not following or following == cursor or not results:
            break
        cursor = following
    return Progress(spec=f"europepmc:{query}", ids=tuple(ids)[:limit], total=total)


def _is_page(data: bytes) -> None:
    listed = as_json(data).get("resultList")
    rows = listed.get("result") if isinstance(listed, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TryAgainError("JSON without a list of results")
