"""The API with faults in it: late answers, refusals, and connections that end without one.

Nothing here decides what goes wrong; see ``faults``.
"""

import socket
import time
from contextlib import suppress
from typing import Any

from flask import Flask, Response, current_app, g, request

from miniapp.sandbox import wire
from miniapp.sandbox.faults import LATENCY, OF_REQUESTS, Fault
from miniapp.sandbox.room import room

PREFIXES = ("/v3/", "/l3/")
# The connection of a request: Werkzeug's own server names it so, and ours does as it does.
CONNECTION = "werkzeug.socket"
SECONDS_TO_WAIT = 1


def install(app: Flask) -> None:
    """Let faults strike the requests of ``app``; what happens last is what was installed first."""
    app.before_request(_before)
    app.after_request(_after)


def _before() -> Response | None:
    """What goes wrong before anything is done."""
    g.fault = None
    if not request.path.startswith(PREFIXES):
        return None
    struck = room().faults.strike(OF_REQUESTS, method=request.method, path=request.path)
    for fault in struck:
        _record(fault)
    time.sleep(sum(fault.delay for fault in struck if fault.name == LATENCY))
    g.fault = next((fault for fault in struck if fault.name != LATENCY), None)
    return _instead(g.fault) if g.fault else None


def _instead(fault: Fault) -> Response | None:
    """The answer of a request that is not carried out, None when it is."""
    if fault.name == "status_429":
        response = _refusal(429, "Too many requests")
        response.headers["Retry-After"] = str(SECONDS_TO_WAIT)
        return response
    if fault.name == "status_500":
        return _refusal(500, "Internal server error")
    if fault.name == "timeout_before":
        time.sleep(fault.delay)
        _cut()
        # Nobody reads it: the connection is gone.
        return _refusal(504, "Cut by a fault")
    return None


def _after(response: Response) -> Response:
    """What goes wrong when everything is done and nobody has been told."""
    fault: Fault | None = g.get("fault")
    if fault and fault.name in {"timeout_after", "cut_after"}:
        time.sleep(fault.delay)
        _cut()
    return response


def _cut() -> None:
    """End the connection without an answer."""
    connection: socket.socket | None = request.environ.get(CONNECTION)
    if connection is None:
        current_app.logger.error("This web server gives no connection to cut")
        return
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _refusal(status: int, message: str) -> Response:
    body = wire.dumps({"error": {"message": message}})
    return Response(body, status=status, content_type="application/json")


def _record(fault: Fault) -> None:
    entry: dict[str, Any] = {
        "at": wire.atom(room().clock()),
        "kind": "fault",
        "fault": fault.name,
        "request": {"method": request.method, "path": request.path},
    }
    room().state.record(entry)
