"""Drug labels from DailyMed: by name to set ids, and each as SPL XML.

Resources and page sizes: dailymed.nlm.nih.gov/dailymed/webservices-help/v2/spls_api.cfm. DailyMed
states no limit; two requests a second are our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from hepatica.errors import FetchError
from hepatica.evidence.fetch import progress
from hepatica.evidence.fetch.checks import TryAgainError, as_count, as_json, expect_xml
from hepatica.evidence.fetch.fetched import Fetched
from hepatica.evidence.fetch.http import Client, Service
from hepatica.evidence.fetch.progress import Progress

SERVICE = Service(
    name="DailyMed", base="https://dailymed.nlm.nih.gov/dailymed/services/v2", per_second=2
)
PAGE = 100
LIMIT = 100

_SET_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_is_label = expect_xml("document")


def fetch(
    query: str, *, client: Client, limit: int = LIMIT, state: Path | None = None
) -> Iterator[Fetched]:
    """SPL XML of the labels of a drug, by generic or brand name or by set id, one at a time."""
    spec = f"dailymed:{query}"
    begun = progress.load(state, spec)
    if begun is None:
        begun = (
            Progress(spec=spec, ids=(query.lower(),), total=1)
            if _SET_ID.fullmatch(query)
            else _search(query, client, limit)
        )
    ids = begun.ids[:limit]
    for place in range(begun.done, len(ids)):
        answer = client.get(SERVICE, f"spls/{ids[place]}.xml", check=_is_label)
        yield Fetched(data=answer.data, name=answer.url, media="text/xml", total=begun.total)
        begun.done = place + 1
        progress.save(state, begun)
    progress.finish(state)


def _search(name: str, client: Client, limit: int) -> Progress:
    ids: dict[str, None] = {}
    total: int | None = None
    page = 1
    while len(ids) < limit:
        params = {"drug_name": name, "pagesize": str(PAGE), "page": str(page)}
        body = as_json(client.get(SERVICE, "spls.json", params, check=_is_page).data)
        total = as_count(body["metadata"].get("total_elements"))
        for label in body["data"]:
            set_id = str(label.get("setid", "")).lower()
            if not _SET_ID.fullmatch(set_id):
                raise FetchError(f"DailyMed lists the set id {set_id[:40]!r}; expected a UUID")
            ids[set_id] = None
        # The last page says "null", in quotes.
        if str(body["metadata"].get("next_page", "null")) in ("null", "None") or not body["data"]:
            break
        page += 1
    return Progress(spec=f"dailymed:{name}", ids=tuple(ids)[:limit], total=total)


def _is_page(data: bytes) -> None:
    body = as_json(data)
    rows = body.get("data")
    if not isinstance(body.get("metadata"), dict) or not isinstance(rows, list):
        raise TryAgainError("JSON without a list of labels")
    if not all(isinstance(row, dict) for row in rows):
        raise TryAgainError("a list of labels in another form")
