"""Who may ask, how often, and with which headers (sections 2, 2.3 and 3).

Choices where the reference is silent: 415 for a write without a JSON content type, 406 for an
``Accept`` that excludes JSON, 400 for a missing ``User-Agent``.
"""

import hmac

from flask import Response, g, request

from miniapp.sandbox.refusals import Refusal, unauthorized
from miniapp.sandbox.room import room

# The one token that is always wrong, for trying out a refusal.
REFUSED = "wrong"
ACCOUNT_LIMIT = 100
ADDRESS_LIMIT = 500


def admit() -> None:
    """Refuse too many requests, then a wrong token, then a request without its headers."""
    _count(f"address {request.remote_addr}", ADDRESS_LIMIT)
    token = read_token()
    if token is None and not (request.endpoint or "").endswith(".check_auth"):
        raise unauthorized()
    if token is not None:
        _count(f"account {token}", ACCOUNT_LIMIT)
    _check_headers()


def _count(caller: str, limit: int) -> None:
    if not room().settings.limits:
        return
    left = room().state.traffic.count(caller, limit=limit, now=room().clock())
    if "allowance" not in g or left.remaining < g.allowance.remaining:
        g.allowance = left
    if left.remaining < 0:
        raise Refusal(429, "", "Too many requests")


def read_token() -> str | None:
    """The accepted token, None without one; Refusal when it is wrong."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    token = token.strip()
    wanted = room().settings.token
    if scheme.lower() != "bearer" or not token or token == REFUSED:
        raise unauthorized()
    if wanted is not None and not hmac.compare_digest(token.encode(), wanted.encode()):
        raise unauthorized()
    return token


def _check_headers() -> None:
    if not request.headers.get("User-Agent"):
        raise Refusal(400, "wrong_header", "The User-Agent header is required")
    if not request.accept_mimetypes.accept_json:
        raise Refusal(406, "wrong_header", "The Accept header must allow application/json")
    if request.method in {"POST", "PUT"} and request.mimetype != "application/json":
        raise Refusal(415, "wrong_header", "The Content-Type header must be application/json")


def finish(response: Response) -> Response:
    """Say what the caller has left, and answer 304 for what it has already."""
    if "allowance" in g:
        response.headers["RateLimit-Limit"] = str(g.allowance.limit)
        response.headers["RateLimit-Remaining"] = str(max(g.allowance.remaining, 0))
        response.headers["RateLimit-Reset"] = str(g.allowance.seconds)
        if response.status_code == 429:
            response.headers["Retry-After"] = str(g.allowance.seconds)
    if request.method == "GET" and response.status_code == 200:
        response.add_etag()
        response.make_conditional(request)
    return response
