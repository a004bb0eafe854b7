"""A loopback server, and clients that ask it in place of the services."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from loopback import Clock, Server

from hepatica.evidence.fetch.http import Client
from hepatica.evidence.fetch.settings import Settings


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    found = Server()
    yield found
    found.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def connect(server: Server, clock: Clock) -> Iterator[Callable[..., Client]]:
    """Make a client whose services all live on the loopback server."""
    clients: list[Client] = []
    names = ("PubMed", "DailyMed", "openFDA", "ClinicalTrials.gov", "Europe PMC")

    def make(settings: Settings | None = None, **options: object) -> Client:
        defaults: dict[str, object] = {
            "bases": dict.fromkeys(names, server.base),
            "timeout": 5.0,
            "sleep": clock.sleep,
            "clock": lambda: clock.now,
            "jitter": lambda: 1.0,
        }
        client = Client(settings or Settings(), **(defaults | options))  # type: ignore[arg-type]
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()
