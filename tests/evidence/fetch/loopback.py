"""A real HTTP server on loopback that says what a test tells it to, and time without waits."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

EMAIL = "someone@example.org"
NCBI_KEY = "ncbi0secret0key0123456789"
OPENFDA_KEY = "openfda0secret0key0123456789"


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    raw: str


@dataclass(frozen=True)
class Reply:
    """What the server sends back; `promised` bytes more than it sends, after `stall`."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    promised: int = 0
    stall: bool = False


class _Listener(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing where the client hangs up, as it does on purpose when a body is too large."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


Script = Callable[[Asked], Reply]


class Server:
    """Answers each request by `script`, and keeps what was asked."""

    def __init__(self) -> None:
        self.script: Script = lambda asked: Reply(status=500)
        self.asked: list[Asked] = []
        self.released = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self, b"")

            def do_POST(self) -> None:
                server.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_: object) -> None:
                pass

        self._http = _Listener(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def replies(self, *replies: Reply) -> None:
        """Answer the next requests with these, one each."""
        left = list(replies)
        self.script = lambda asked: left.pop(0)

    def answer(self, handler: BaseHTTPRequestHandler, form: bytes) -> None:
        url = urlsplit(handler.path)
        params = dict(parse_qsl(url.query)) | dict(parse_qsl(form.decode()))
        asked = Asked(handler.command, url.path, params, dict(handler.headers), handler.path)
        self.asked.append(asked)
        reply = self.script(asked)
        if reply.stall:
            self.released.wait(10)
            handler.close_connection = True
            return
        handler.send_response(reply.status)
        handler.send_header("Content-Length", str(len(reply.body) + reply.promised))
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(reply.body)
        handler.close_connection = bool(reply.promised)

    def close(self) -> None:
        self.released.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


class Clock:
    """Time that passes only when someone sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(round(seconds, 3))
        self.now += seconds
