"""What can be asked for, and how it is written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from loopback import EMAIL, NCBI_KEY, Reply, Server

from hepatica.errors import InputError
from hepatica.evidence.fetch import SERVICES, fetch, is_spec, parse
from hepatica.evidence.fetch.http import Client
from hepatica.evidence.fetch.settings import Settings


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("pubmed:terlipressin AND HRS[ti]", ("pubmed", "terlipressin AND HRS[ti]")),
        ("PubMed: terlipressin\n AND x ", ("pubmed", "terlipressin AND x")),
        ("pmid:1,2", ("pmid", "1,2")),
        ("dailymed:terlivaz", ("dailymed", "terlivaz")),
        ('openfda:openfda.route:"IV"', ("openfda", 'openfda.route:"IV"')),
        ("ctgov:HRS", ("ctgov", "HRS")),
        ("pmc:PMC1", ("pmc", "PMC1")),
        ("europepmc:x", ("europepmc", "x")),
    ],
)
def test_parse(spec: str, expected: tuple[str, str]) -> None:
    assert parse(spec) == expected
    assert is_spec(spec)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("terlipressin", "names no service; expected one of pubmed, pmid, dailymed"),
        ("google:x", "'google:x' names no service"),
        ("", "'' names no service"),
        ("pubmed:", "asks for nothing; expected something like 'pubmed:terlipressin"),
        ("pmid: \n", "asks for nothing"),
        ("pubmed:" + "x" * 1501, "a query of 1501 characters; expected at most 1500"),
        ("pubmed:\x1b[31m", "expected at most 1500 printable"),
    ],
)
def test_parse_refuses(spec: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as error:
        parse(spec)
    assert "\n" not in str(error.value)
    with pytest.raises(InputError):
        fetch(spec)


@pytest.mark.parametrize("text", ["paper.pdf", "C:\\papers", "./pubmed/x", "pubmed", "/a:b"])
def test_a_path_is_no_spec(text: str) -> None:
    assert not is_spec(text)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_an_example(service: str) -> None:
    assert parse(SERVICES[service][2])[0] == service


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one(limit: int) -> None:
    with pytest.raises(InputError, match="expected at least 1"):
        fetch("pubmed:x", limit=limit)


def test_nothing_is_asked_before_the_first_answer_is_wanted(
    server: Server, connect: Callable[..., Client]
) -> None:
    server.script = lambda asked: Reply(b"{}")
    fetch("pubmed:x", client=connect())
    assert server.asked == []


def test_import_costs_no_client() -> None:
    code = "import sys, hepatica.evidence.fetch; print('httpx2' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_settings_come_from_the_environment() -> None:
    found = Settings.from_environment(
        {"HEPATICA_EMAIL": EMAIL, "HEPATICA_NCBI_API_KEY": NCBI_KEY, "HEPATICA_OPENFDA_API_KEY": ""}
    )
    assert found == Settings(email=EMAIL, ncbi_api_key=NCBI_KEY)
    assert NCBI_KEY not in repr(found)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("HEPATICA_EMAIL", "nobody", "HEPATICA_EMAIL is 'nobody'; expected an e-mail address"),
        ("HEPATICA_EMAIL", "a@b\r\nX: y", "expected an e-mail address"),
        ("HEPATICA_NCBI_API_KEY", "short", "HEPATICA_NCBI_API_KEY is no API key"),
        ("HEPATICA_OPENFDA_API_KEY", "a b c d e f g h", "HEPATICA_OPENFDA_API_KEY is no API key"),
    ],
)
def test_settings_that_cannot_be(name: str, value: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as error:
        Settings.from_environment({name: value})
    assert name == "HEPATICA_EMAIL" or value not in str(error.value)
