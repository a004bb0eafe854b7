"""Drug labels from openFDA as JSON, page by page.

Limits: 240 requests a minute, and 1,000 a day without an API key
(open.fda.gov/apis/authentication). Pages follow the Link header (open.fda.gov/apis/paging).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hepatica.evidence.fetch import progress
from hepatica.evidence.fetch.checks import TryAgainError, as_count, as_json
from hepatica.evidence.fetch.fetched import Fetched
from hepatica.evidence.fetch.http import Client, NotFoundError, Service
from hepatica.evidence.fetch.progress import Progress

SERVICE = Service(name="openFDA", base="https://api.fda.gov/drug", per_second=4)
PAGE = 100
LIMIT = 100

_NEXT = re.compile(r"<([^<>]*)>\s*;[^,<]*\brel\s*=\s*\"?next\"?", re.IGNORECASE)


def fetch(
    query: str, *, client: Client, limit: int = LIMIT, state: Path | None = None
) -> Iterator[Fetched]:
    """openFDA label JSON of a drug by generic or brand name, or of a search with fields.

    A query with a colon is taken as openFDA's own search, as in `openfda.route:"INTRAVENOUS"`.
    What openFDA does not find yields nothing.
    """
    spec = f"openfda:{query}"
    begun = progress.load(state, spec) or Progress(spec=spec)
    done, cursor = begun.done, begun.cursor
    while done < limit:
        params = {"search": _search(query), "limit": str(min(PAGE, limit - done))}
        if cursor:
            params["search_after"] = cursor
        try:
            answer = client.get(
                SERVICE, "label.json", params, check=_is_page, user=client.settings.openfda_api_key
            )
        except NotFoundError:
            break
        body = as_json(answer.data)
        yield Fetched(
            data=answer.data, name=answer.url, media="application/json", total=_total(body)
        )
        done += len(body["results"])
        cursor = _next_cursor(answer.headers.get("link", ""))
        if cursor is None:
            break
        progress.save(state, Progress(spec=spec, done=done, cursor=cursor))
    progress.finish(state)


def _search(query: str) -> str:
    if ":" in query:
        return query
    name = query.replace('"', " ").strip()
    # A space between two terms means either of them (open.fda.gov/apis/query-syntax).
    return f'openfda.generic_name:"{name}" openfda.brand_name:"{name}"'


def _next_cursor(link: str) -> str | None:
    found = _NEXT.search(link)
    return parse_qs(urlsplit(found[1]).query).get("search_after", [None])[0] if found else None


def _total(body: dict[str, Any]) -> int | None:
    meta = body.get("meta")
    counts = meta.get("results") if isinstance(meta, dict) else None
    return as_count(counts.get("total")) if isinstance(counts, dict) else None


def _is_page(data: bytes) -> None:
    results = as_json(data).get("results")
    if not isinstance(results, list) or not results:
        raise TryAgainError("JSON without results")
