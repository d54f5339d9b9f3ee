"""Answers by gzip, where nothing secret is in them.

A page of somebody's order is left alone: the size of a compressed answer would tell an
attacker, who may put text of his own beside the secret, how much the two have in common. What
is the same for everybody is compressed once.
"""

import gzip
from functools import lru_cache

from flask import Flask, Response, g, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

_TYPES = frozenset({"text/html", "text/css", "text/javascript", "image/svg+xml", "text/plain"})
_WORTH_IT = 500
_LEVEL = 9


def install(app: Flask) -> None:
    """Compress what ``app`` answers to clients that understand it."""
    app.after_request(_compress)


def leave_alone() -> None:
    """Send the answer to this request as it is: there is a secret in it."""
    g.uncompressed = True


def _compress(response: Response) -> Response:
    if response.mimetype not in _TYPES or response.status_code != 200:
        return response
    if g.get("uncompressed") or "Content-Encoding" in response.headers:
        return response
    varies = response.headers.get("Vary")
    response.headers["Vary"] = f"{varies}, Accept-Encoding" if varies else "Accept-Encoding"
    if request.method == "HEAD" or not _understood(request.headers.get("Accept-Encoding", "")):
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= _WORTH_IT:
        response.set_data(_gzip(body))
        response.headers["Content-Encoding"] = "gzip"
    return response


# Clients say one of a few things.
@lru_cache(maxsize=64)
def _understood(accept_encoding: str) -> bool:
    return parse_accept_header(accept_encoding, Accept)["gzip"] > 0


@lru_cache(maxsize=64)
def _gzip(body: bytes) -> bytes:
    # Without a time stamp equal pages stay equal.
    return gzip.compress(body, _LEVEL, mtime=0)
