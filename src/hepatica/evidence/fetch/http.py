"""One polite HTTP client for all services: spaced requests, retries, bounds, no key in any URL."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from hepatica.errors import FetchError, MissingExtraError
from hepatica.evidence.fetch.checks import Check, RefusedError, TryAgainError
from hepatica.evidence.fetch.settings import Settings
from hepatica.evidence.readers._text import one_line

if TYPE_CHECKING:
    import httpx2

ATTEMPTS = 5
TIMEOUT = 30.0
# A body that comes in drops passes no read time-out but this one.
DEADLINE = 600.0
LARGEST = 256 * 2**20
LONGEST_WAIT = 120.0

_FIRST_WAIT = 1.0
_REDIRECTS = 4
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A remote service: its name for messages, where it is, and how often it may be asked."""

    name: str
    base: str
    per_second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A complete response body with its headers and the URL that it came from, without keys."""

    data: bytes
    url: str
    media: str
    headers: Mapping[str, str]


class NotFoundError(FetchError):
    """The service has no such thing (404)."""


class Client:
    """Asks services with a contact address, within their limits, and again when they fail.

    `bases` puts other addresses in place of the services', by name. `sleep`, `clock` and `jitter`
    are for tests. Raises MissingExtraError without the extra `fetch`.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        bases: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT,
        largest: int = LARGEST,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        try:
            import httpx2
        except ImportError as error:
            raise MissingExtraError(what="fetching from a service", extra="fetch") from error
        self.settings = settings or Settings.from_environment()
        self._bases = dict(bases or {})
        self._largest = largest
        self._timeout = timeout
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self._next: dict[str, float] = {}
        contact = f" (mailto:{self.settings.email})" if self.settings.email else ""
        self._http = httpx2.Client(
            timeout=timeout, headers={"User-Agent": f"hepatica/{version('hepatica')}{contact}"}
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def base(self, service: Service) -> str:
        """The address of the service without a slash at its end."""
        return self._bases.get(service.name, service.base).rstrip("/")

    def get(
        self,
        service: Service,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        check: Check | None = None,
        user: str | None = None,
    ) -> Answer:
        """The answer to a GET; `user` is sent as the user name of basic authentication.

        Raises NotFoundError for 404, FetchError when the service refuses or fails ATTEMPTS times.
        """
        url = f"{self.base(service)}/{path}" + (f"?{urlencode(params)}" if params else "")
        auth = (user, "") if user else None
        return self._ask(service, url, check, method="GET", auth=auth)

    def post(
        self, service: Service, path: str, form: Mapping[str, str], *, check: Check | None = None
    ) -> Answer:
        """The answer to a POST of a form, which keeps long queries and keys out of the URL."""
        url = f"{self.base(service)}/{path}"
        return self._ask(service, url, check, method="POST", data=dict(form))

    def redact(self, text: str) -> str:
        """One short line of `text` in which no key stands."""
        for secret in self.settings.secrets:
            text = text.replace(secret, "***")
        return one_line(text)[:200]

    def _ask(self, service: Service, url: str, check: Check | None, **request: Any) -> Answer:
        import httpx2

        problem = ""
        for attempt in range(ATTEMPTS):
            self._take_turn(service)
            asked_to_wait: float | None = None
            try:
                status, headers, data = self._exchange(url, **request)
                if status == 200:
                    if check:
                        check(data)
                    media = headers.get("content-type", "").split(";")[0].strip().lower()
                    return Answer(data=data, url=url, media=media, headers=headers)
                if status not in _AGAIN:
                    raise self._refusal(service, url, status, data)
                problem = f"answered {status}"
                asked_to_wait = retry_after(headers.get("retry-after"))
            except RefusedError as error:
                raise FetchError(
                    f"{service.name} refused {url} ({self.redact(str(error))}); check the query"
                ) from None
            except TryAgainError as error:
                problem = f"sent {self.redact(str(error))}"
            except httpx2.TimeoutException:
                problem = f"did not answer within {self._timeout:g} s"
            except httpx2.RemoteProtocolError:
                problem = "broke off in the middle of an answer"
            except httpx2.DecodingError:
                problem = "sent a body that cannot be decoded"
            except httpx2.TransportError as error:
                problem = f"cannot be reached ({type(error).__name__})"
            except httpx2.InvalidURL:
                raise FetchError(f"{service.name}: {url!r} is no usable address") from None
            self._wait(service, url, problem, attempt, asked_to_wait)
        raise FetchError(
            f"{service.name} {problem}, {ATTEMPTS} times over ({url}); try again later"
        ) from None

    def _exchange(self, url: str, **request: Any) -> tuple[int, Mapping[str, str], bytes]:
        import httpx2

        start = self._clock()
        for _ in range(_REDIRECTS):
            with self._http.stream(url=url, **request) as response:
                target = _redirect(url, response)
                if target is None:
                    data = bytearray()
                    for chunk in response.iter_bytes():
                        data += chunk
                        if len(data) > self._largest:
                            raise FetchError(
                                f"{url} sends more than {self._largest} bytes; ask for less at once"
                            )
                        if self._clock() - start > DEADLINE:
                            raise httpx2.ReadTimeout("deadline")
                    return response.status_code, response.headers, bytes(data)
            url = target
        raise FetchError(f"{url}: redirected {_REDIRECTS} times; expected an answer")

    def _refusal(self, service: Service, url: str, status: int, data: bytes) -> FetchError:
        reason = self.redact(_reason(data))
        said = f": {reason}" if reason else ""
        if status == 404:
            return NotFoundError(f"{service.name} has nothing at {url}{said}")
        advice = "check the API key" if status in (401, 403) else "check the query"
        return FetchError(f"{service.name} refused {url} ({status}{said}); {advice}")

    def _take_turn(self, service: Service) -> None:
        now = self._clock()
        turn = max(now, self._next.get(service.name, now))
        self._next[service.name] = turn + 1 / service.per_second
        if turn > now:
            self._sleep(turn - now)

    def _wait(
        self, service: Service, url: str, problem: str, attempt: int, asked: float | None
    ) -> None:
        if attempt == ATTEMPTS - 1:
            return
        if asked is not None and asked > LONGEST_WAIT:
            raise FetchError(
                f"{service.name} {problem} and asks to wait {asked:.0f} s ({url}); try again then"
            )
        backed_off = _FIRST_WAIT * 2**attempt * (0.5 + self._jitter() / 2)
        self._sleep(backed_off if asked is None else max(asked, 0.0) + self._jitter())


def retry_after(value: str | None, *, now: Callable[[], float] = time.time) -> float | None:
    """Seconds to wait by a Retry-After header, a number or a date; None where it is neither."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now())
    except (ValueError, TypeError, OverflowError):
        return None


def _reason(data: bytes) -> str:
    """What a service says in the body of an error, where it says it in JSON."""
    try:
        body = json.loads(data[:20_000])
    except (ValueError, RecursionError):
        return ""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        error = error.get("message")
    return error if isinstance(error, str) else ""


def _redirect(url: str, response: httpx2.Response) -> str | None:
    """Where the answer points to; only within the same host, so that no key goes elsewhere."""
    if not response.has_redirect_location:
        return None
    target = str(response.url.join(response.headers["location"]))
    here, there = urlsplit(url), urlsplit(target)
    downgraded = here.scheme == "https" and there.scheme != "https"
    if here.hostname != there.hostname or downgraded or response.request.method != "GET":
        raise FetchError(
            f"{url} redirects to {there.scheme}://{there.netloc}; expected an answer from the "
            "service itself"
        )
    return target
