"""A tiny HTTP server that answers as it is told, over real sockets, and remembers what it heard.

It knows nothing of orders: each test writes down the answers, in order, byte for byte if need
be, so that the calls are held against the reference and not against another reading of it.
"""

import json
import socket
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Heard:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: HTTPMessage
    body: bytes


Act = Callable[["_Handler"], None]


def reply(status: int, content: object = None, **headers: str) -> Act:
    """Answer with JSON, or with the very bytes given; ``Retry_After="1"`` is a header."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()

    def act(handler: "_Handler") -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return act


def data(content: object, **headers: str) -> Act:
    return reply(200, {"data": content, "extendedData": []}, **headers)


def error(status: int, code: str) -> Act:
    return reply(status, {"error": {"code": code, "message": "words"}})


def silence(handler: "_Handler") -> None:
    """Hear the request and never answer."""
    handler.server.closing.wait(20)
    handler.close_connection = True


def hang_up(handler: "_Handler") -> None:
    """Hear the request and close the connection."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def then_close(act: Act) -> Act:
    """Answer, and close the connection without saying so."""

    def closing(handler: "_Handler") -> None:
        act(handler)
        handler.close_connection = True

    return closing


def cut_within(handler: "_Handler") -> None:
    """Promise more than is sent."""
    handler.send_response(200)
    handler.send_header("Content-Length", "500")
    handler.send_header("X-Request-Id", "req-cut")
    handler.end_headers()
    handler.wfile.write(b'{"data": {"id": ')
    handler.close_connection = True


def trickle(handler: "_Handler") -> None:
    """Send an endless answer, a byte at a time."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.close_connection = True
    while not handler.server.closing.wait(0.02):
        handler.wfile.write(b" ")


class Crowd:
    """An act of many requests: held at the provider until told to go on, and counted."""

    def __init__(self, answer: Act) -> None:
        self.go_on = threading.Event()
        self.arrived = threading.Semaphore(0)
        self.most = 0
        self._lock = threading.Lock()
        self._inside = 0
        self._answer = answer

    def __call__(self, handler: "_Handler") -> None:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
        self.arrived.release()
        self.go_on.wait(10)
        with self._lock:
            self._inside -= 1
        self._answer(handler)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body leave as two packets
    server: "ScriptedProvider"

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        parts = urlsplit(self.path)
        self.server.heard.append(
            Heard(
                method=self.command,
                path=parts.path,
                query=parse_qs(parts.query),
                headers=self.headers,
                body=self.rfile.read(length),
            )
        )
        act = self.server.acts.popleft() if self.server.acts else reply(599, "no act is left")
        act(self)

    do_GET = do_POST = do_DELETE = do_PUT = _answer  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


class ScriptedProvider(ThreadingHTTPServer):
    """``slams``: close each new connection without hearing anything."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.acts: deque[Act] = deque()
        self.heard: list[Heard] = []
        self.connections = 0
        self.slams = False
        self.called = threading.Event()
        self.closing = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def will(self, *acts: Act) -> None:
        self.acts.extend(acts)

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        self.called.set()
        if not self.slams:
            super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the script."""

    def close(self) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()
