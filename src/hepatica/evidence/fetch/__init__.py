"""Evidence from public services, only when asked: bytes for the readers, politely.

Settings are read from the environment: HEPATICA_EMAIL goes with every request as the contact,
HEPATICA_NCBI_API_KEY and HEPATICA_OPENFDA_API_KEY raise the limits of those two services.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from hepatica.errors import InputError
from hepatica.evidence.fetch.fetched import Fetched

if TYPE_CHECKING:
    from hepatica.evidence.fetch.http import Client

__all__ = ["SERVICES", "Fetched", "fetch", "is_spec", "parse"]

# What stands before the colon: the module and its function, and an example.
SERVICES = {
    "pubmed": ("pubmed", "fetch", "pubmed:terlipressin AND hepatorenal syndrome"),
    "pmid": ("pubmed", "fetch_by_id", "pmid:35995728"),
    "dailymed": ("dailymed", "fetch", "dailymed:terlipressin"),
    "openfda": ("openfda", "fetch", "openfda:terlipressin"),
    "ctgov": ("ctgov", "fetch", "ctgov:hepatorenal syndrome"),
    "pmc": ("europepmc", "fetch_by_id", "pmc:PMC3730280"),
    "europepmc": ("europepmc", "fetch", "europepmc:hepatorenal syndrome"),
}
_LONGEST = 1_500


class _Fetcher(Protocol):
    def __call__(
        self, query: str, *, client: Client, limit: int = ..., state: Path | None = ...
    ) -> Iterator[Fetched]: ...


def is_spec(text: str) -> bool:
    """Whether `text` names a service before a colon and is thus no path."""
    return text.partition(":")[0].lower() in SERVICES and ":" in text


def parse(spec: str) -> tuple[str, str]:
    """The service and the query in `service:query`.

    Raises InputError for an unknown service, an empty query and one that is too long.

    >>> parse("pmid:35995728")
    ('pmid', '35995728')
    """
    service, colon, rest = spec.partition(":")
    service, query = service.strip().lower(), " ".join(rest.split())
    if not colon or service not in SERVICES:
        raise InputError(f"{spec[:80]!r} names no service; expected one of {', '.join(SERVICES)}")
    if not query:
        raise InputError(
            f"{spec!r} asks for nothing; expected something like {SERVICES[service][2]!r}"
        )
    if len(query) > _LONGEST or not query.isprintable():
        raise InputError(
            f"{service}: a query of {len(query)} characters; expected at most {_LONGEST} printable "
            "ones"
        )
    return service, query


def fetch(
    spec: str, *, client: Client | None = None, limit: int | None = None, state: Path | None = None
) -> Iterator[Fetched]:
    """The answers of a service to `service:query`, for `readers.read_bytes`.

    `limit` bounds the records (labels, trials, articles), each service has its own default. With
    `state`, an interrupted fetch goes on where it stopped. Raises InputError for a spec that cannot
    be used, FetchError when the service refuses or fails, MissingExtraError without the extra
    `fetch`.
    """
    service, query = parse(spec)
    if limit is not None and limit < 1:
        raise InputError(f"a limit of {limit} records; expected at least 1")
    module, function, _ = SERVICES[service]
    fetcher = cast(_Fetcher, getattr(import_module(f"{__name__}.{module}"), function))
    bounds = {} if limit is None else {"limit": limit}
    return _fetch(fetcher, query, client, bounds, state)


def _fetch(
    fetcher: _Fetcher,
    query: str,
    client: Client | None,
    bounds: dict[str, int],
    state: Path | None,
) -> Iterator[Fetched]:
    if client is not None:
        yield from fetcher(query, client=client, state=state, **bounds)
        return
    from hepatica.evidence.fetch.http import Client

    with Client() as own:
        yield from fetcher(query, client=own, state=state, **bounds)
