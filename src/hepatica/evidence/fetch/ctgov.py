"""Trial registrations from ClinicalTrials.gov, API v2, page by page.

Parameters: clinicaltrials.gov/data-api/api. No limit is stated there; one request a second follows
the Crawl-delay of clinicaltrials.gov/robots.txt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from hepatica.evidence.fetch import progress
from hepatica.evidence.fetch.checks import TryAgainError, as_count, as_json
from hepatica.evidence.fetch.fetched import Fetched
from hepatica.evidence.fetch.http import Client, Service
from hepatica.evidence.fetch.progress import Progress

SERVICE = Service(name="ClinicalTrials.gov", base="https://clinicaltrials.gov/api/v2", per_second=1)
PAGE = 50
LIMIT = 1_000

_NCT = re.compile(r"NCT\d{8}", re.IGNORECASE)


def fetch(
    query: str, *, client: Client, limit: int = LIMIT, state: Path | None = None
) -> Iterator[Fetched]:
    """Study JSON of the trials that a search finds, PAGE at a time, or of one NCT number."""
    if _NCT.fullmatch(query):
        answer = client.get(SERVICE, f"studies/{query.upper()}", check=_is_study)
        yield Fetched(data=answer.data, name=answer.url, media="application/json", total=1)
        return
    spec = f"ctgov:{query}"
    begun = progress.load(state, spec) or Progress(spec=spec)
    done, cursor = begun.done, begun.cursor
    while done < limit:
        params = {"query.term": query, "format": "json", "countTotal": "true"}
        params["pageSize"] = str(min(PAGE, limit - done))
        if cursor:
            params["pageToken"] = cursor
        answer = client.get(SERVICE, "studies", params, check=_is_page)
        body = as_json(answer.data)
        if body["studies"]:
            # Only the first page counts them.
            total = as_count(body.get("totalCount")) or begun.total
            yield Fetched(data=answer.data, name=answer.url, media="application/json", total=total)
            begun.total = total
        done += len(body["studies"])
        cursor = body.get("nextPageToken")
        if not cursor or not body["studies"]:
            break
        begun.done, begun.cursor = done, cursor
        progress.save(state, begun)
    progress.finish(state)


def _is_page(data: bytes) -> None:
    if not isinstance(as_json(data).get("studies"), list):
        raise TryAgainError("JSON without studies")


def _is_study(data: bytes) -> None:
    if not isinstance(as_json(data).get("protocolSection"), dict):
        raise TryAgainError("JSON without a study")
