"""The client: spacing, retries, bounds, and keys that never show."""

from __future__ import annotations

import gzip
import logging
import sys
import traceback
from collections.abc import Callable

import pytest
from loopback import EMAIL, NCBI_KEY, OPENFDA_KEY, Clock, Reply, Server

from hepatica import __version__
from hepatica.errors import FetchError, MissingExtraError
from hepatica.evidence.fetch.checks import TryAgainError, as_count, as_json, expect_xml
from hepatica.evidence.fetch.http import ATTEMPTS, Client, NotFoundError, Service, retry_after
from hepatica.evidence.fetch.settings import Settings

SERVICE = Service(name="PubMed", base="https://unused.invalid", per_second=2)
Connect = Callable[..., Client]


def failure(client: Client, **options: object) -> str:
    with pytest.raises(FetchError) as error:
        client.get(SERVICE, "x", **options)  # type: ignore[arg-type]
    assert "\n" not in str(error.value)
    assert error.value.exit_code == 6
    return str(error.value)


def test_an_answer(server: Server, connect: Connect) -> None:
    server.replies(Reply(b"body", headers={"Content-Type": "text/xml; charset=utf-8"}))
    answer = connect().get(SERVICE, "a/b.xml", {"q": "x y&z"})
    assert (answer.data, answer.media) == (b"body", "text/xml")
    assert answer.url == f"{server.base}/a/b.xml?q=x+y%26z"
    assert server.asked[0].params == {"q": "x y&z"}


@pytest.mark.parametrize(
    ("email", "agent"),
    [
        (EMAIL, f"hepatica/{__version__} (mailto:{EMAIL})"),
        (None, f"hepatica/{__version__}"),
    ],
)
def test_the_contact_goes_with_each_request(
    server: Server, connect: Connect, email: str | None, agent: str
) -> None:
    server.replies(Reply(b"x"))
    connect(Settings(email=email)).get(SERVICE, "x")
    assert server.asked[0].headers["User-Agent"] == agent


def test_requests_to_one_service_are_spaced(server: Server, connect: Connect, clock: Clock) -> None:
    server.script = lambda asked: Reply(b"x")
    client = connect()
    other = Service(name="DailyMed", base="", per_second=10)
    for service in (SERVICE, SERVICE, other, SERVICE):
        client.get(service, "x")
    assert clock.sleeps == [0.5, 0.5]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(
    server: Server, connect: Connect, clock: Clock, status: int
) -> None:
    server.replies(Reply(status=status), Reply(status=status), Reply(b"done"))
    assert connect().get(SERVICE, "x").data == b"done"
    assert clock.sleeps == [1.0, 2.0]


def test_waits_grow_and_are_jittered(server: Server, connect: Connect, clock: Clock) -> None:
    server.script = lambda asked: Reply(status=500)
    failure(connect(jitter=lambda: 0.0))
    assert clock.sleeps == [0.5, 1.0, 2.0, 4.0]


def test_retry_after_is_honoured(server: Server, connect: Connect, clock: Clock) -> None:
    server.replies(Reply(status=429, headers={"Retry-After": "7"}), Reply(b"done"))
    assert connect().get(SERVICE, "x").data == b"done"
    assert clock.sleeps == [8.0]


def test_a_long_retry_after_is_told(server: Server, connect: Connect, clock: Clock) -> None:
    server.replies(Reply(status=429, headers={"Retry-After": "3600"}))
    assert "PubMed answered 429 and asks to wait 3600 s" in failure(connect())
    assert clock.sleeps == []


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("5", 5.0),
        (" 5 ", 5.0),
        ("Wed, 21 Oct 2015 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2015 07:00:00 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("Wed, 99 Oct 2015 07:28:30 GMT", None),
    ],
)
def test_retry_after_forms(value: str | None, seconds: float | None) -> None:
    # 21 October 2015, 07:28:00 UTC
    assert retry_after(value, now=lambda: 1445412480.0) == seconds


def test_a_permanent_failure_is_one_line(server: Server, connect: Connect) -> None:
    server.script = lambda asked: Reply(b"<html>trace\nback</html>", status=500)
    assert failure(connect()) == (
        f"PubMed answered 500, {ATTEMPTS} times over ({server.base}/x); try again later"
    )
    assert len(server.asked) == ATTEMPTS


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (400, b'{"error":"bad term"}', "refused {url} (400: bad term); check the query"),
        (400, b"<html>", "refused {url} (400); check the query"),
        (403, b"", "refused {url} (403); check the API key"),
        (
            404,
            b'{"error":{"code":"NOT_FOUND","message":"No matches found!"}}',
            "has nothing at {url}: No",
        ),
        (204, b"", "refused {url} (204)"),
    ],
)
def test_a_refusal_is_not_tried_again(
    server: Server, connect: Connect, status: int, body: bytes, message: str
) -> None:
    server.replies(Reply(body, status=status))
    assert message.format(url=f"{server.base}/x") in failure(connect())
    assert len(server.asked) == 1


def test_not_found_is_its_own_error(server: Server, connect: Connect) -> None:
    server.replies(Reply(status=404))
    with pytest.raises(NotFoundError):
        connect().get(SERVICE, "x")


def test_a_truncated_body_is_tried_again(server: Server, connect: Connect) -> None:
    server.replies(Reply(b"half", promised=100), Reply(b"whole"))
    assert connect().get(SERVICE, "x").data == b"whole"


def test_bodies_that_stay_truncated(server: Server, connect: Connect) -> None:
    server.script = lambda asked: Reply(b"half", promised=100)
    assert "broke off in the middle of an answer, 5 times over" in failure(connect())


def test_a_server_that_does_not_answer(server: Server, connect: Connect) -> None:
    server.script = lambda asked: Reply(stall=True)
    assert "did not answer within 0.05 s, 5 times over" in failure(connect(timeout=0.05))


def test_a_time_out_is_tried_again(server: Server, connect: Connect) -> None:
    server.replies(Reply(stall=True), Reply(b"done"))
    assert connect(timeout=0.3).get(SERVICE, "x").data == b"done"


def test_a_body_in_drops_meets_a_deadline(server: Server, connect: Connect) -> None:
    server.script = lambda asked: Reply(b"x" * 100_000)
    ticks = iter(range(0, 10_000_000, 400))
    client = connect(clock=lambda: float(next(ticks)))
    assert "did not answer within" in failure(client)


def test_a_server_that_is_not_there(connect: Connect) -> None:
    client = connect(bases={"PubMed": "http://127.0.0.1:9"})
    assert "PubMed cannot be reached (ConnectError), 5 times over" in failure(client)


def test_an_address_that_is_none(connect: Connect) -> None:
    assert failure(connect(bases={"PubMed": "http://[bad"}))


@pytest.mark.parametrize("packed", [False, True])
def test_an_oversized_body_is_refused(server: Server, connect: Connect, packed: bool) -> None:
    body = b"x" * 5_000_000
    headers = {"Content-Encoding": "gzip"} if packed else {}
    server.replies(Reply(gzip.compress(body) if packed else body, headers=headers))
    assert "sends more than 1000000 bytes" in failure(connect(largest=1_000_000))
    assert len(server.asked) == 1


def test_a_body_that_cannot_be_decoded(server: Server, connect: Connect) -> None:
    server.script = lambda asked: Reply(b"no gzip", headers={"Content-Encoding": "gzip"})
    assert "sent a body that cannot be decoded" in failure(connect())


def test_a_redirect_within_the_host_is_followed(server: Server, connect: Connect) -> None:
    server.replies(Reply(status=301, headers={"Location": "/y"}), Reply(b"done"))
    assert connect().get(SERVICE, "x").data == b"done"
    assert [asked.path for asked in server.asked] == ["/x", "/y"]


def test_a_redirect_elsewhere_is_not(server: Server, connect: Connect) -> None:
    server.replies(Reply(status=302, headers={"Location": "http://elsewhere.invalid/y?k=1"}))
    message = failure(connect())
    assert message.endswith(
        "redirects to http://elsewhere.invalid; expected an answer from the service itself"
    )


def test_redirects_without_end(server: Server, connect: Connect) -> None:
    server.script = lambda asked: Reply(status=302, headers={"Location": "/x"})
    assert "redirected 4 times" in failure(connect())


def test_a_check_is_tried_again(server: Server, connect: Connect) -> None:
    server.replies(Reply(b"<html>maintenance</html>"), Reply(b'{"a": 1}'))
    answer = connect().get(SERVICE, "x", check=lambda data: as_json(data) and None)
    assert answer.data == b'{"a": 1}'


def test_a_check_that_keeps_failing(server: Server, connect: Connect) -> None:
    server.script = lambda asked: Reply(b"<!DOCTYPE html><p>maintenance")
    message = failure(connect(), check=expect_xml("document"))
    assert "PubMed sent an HTML page where XML was expected, 5 times over" in message


def test_keys_never_show(
    server: Server, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = Settings(email=EMAIL, ncbi_api_key=NCBI_KEY, openfda_api_key=OPENFDA_KEY)
    client = connect(settings)
    echo = f'{{"error":"API key invalid: {NCBI_KEY} {OPENFDA_KEY}"}}'.encode()
    shown = [repr(settings), str(settings)]
    for reply in (Reply(echo, status=400), Reply(echo, status=404), Reply(echo, status=500)):
        server.script = lambda asked, reply=reply: reply  # type: ignore[misc]
        with pytest.raises(FetchError) as error:
            client.get(SERVICE, "x", user=OPENFDA_KEY)
        shown.append("".join(traceback.format_exception(error.value)))
        with pytest.raises(FetchError) as error:
            client.post(SERVICE, "x", {"api_key": NCBI_KEY}, check=as_json)  # type: ignore[arg-type]
        shown.append("".join(traceback.format_exception(error.value)))
    text = "\n".join([*shown, caplog.text])
    assert NCBI_KEY not in text
    assert OPENFDA_KEY not in text
    assert "API key invalid: *** ***" in text
    assert any(NCBI_KEY in str(asked.params) for asked in server.asked)
    assert all(NCBI_KEY not in asked.raw for asked in server.asked)


def test_the_optional_part_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx2", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'hepatica\[fetch\]'"):
        Client(Settings())


@pytest.mark.parametrize(
    ("body", "fits"),
    [
        (b"<document><a/></document>\n", True),
        (b"<document/>", True),
        (b"<document><a/>", False),
        (b"<html></html>", False),
        (b"", False),
    ],
)
def test_expect_xml(body: bytes, fits: bool) -> None:
    check = expect_xml("document", "other")
    if fits:
        check(body)
    else:
        with pytest.raises(TryAgainError):
            check(body)


@pytest.mark.parametrize("body", [b"", b"[1]", b"<html>", b'{"a": ', b"[" * 100_000, b"\xff"])
def test_what_is_no_json_object(body: bytes) -> None:
    with pytest.raises(TryAgainError):
        as_json(body)


@pytest.mark.parametrize(
    ("value", "count"), [(12, 12), ("12", 12), ("x", None), (None, None), (-1, None), (1.5, None)]
)
def test_as_count(value: object, count: int | None) -> None:
    assert as_count(value) == count
