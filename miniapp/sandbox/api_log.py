"""Every request to the API and its answer, for the log; tokens are masked."""

import re
from datetime import datetime
from typing import Any

from flask import Request, Response
from werkzeug.exceptions import RequestEntityTooLarge

from miniapp.sandbox import wire

LONGEST_BODY = 50_000
SHOWN_HEADERS = ("Content-Type", "Accept", "User-Agent", "X-Signature")


def entry(request: Request, response: Response, *, now: datetime) -> dict[str, Any]:
    """The log entry of one request; a body that was too large to read is not in it."""
    answer = readable(response.get_data())
    return {
        "at": wire.atom(now),
        "kind": "api",
        "orderId": _order_id(request, answer),
        "request": {
            "method": request.method,
            "path": request.path,
            "query": {key: values for key, values in request.args.lists() if key != "token"},
            "headers": _headers(request),
            "body": readable(_body(request)),
        },
        "answer": {"status": response.status_code, "body": _without_token(answer)},
    }


def _body(request: Request) -> bytes:
    try:
        return request.get_data()
    except RequestEntityTooLarge:
        return b""


def _headers(request: Request) -> dict[str, str]:
    shown = {name: request.headers[name] for name in SHOWN_HEADERS if name in request.headers}
    if "Authorization" in request.headers:
        shown["Authorization"] = mask(request.headers["Authorization"])
    return shown


def mask(authorization: str) -> str:
    """The scheme and nothing of the token."""
    scheme, _, token = authorization.partition(" ")
    return f"{scheme} ***" if token and re.fullmatch(r"[A-Za-z]{1,20}", scheme) else "***"


def readable(body: bytes) -> Any:
    """A body as JSON, or as text when it is none or a very long one."""
    if not body:
        return None
    if len(body) <= LONGEST_BODY:
        try:
            return wire.loads(body)
        except ValueError:
            pass
    return body[:LONGEST_BODY].decode("utf-8", "replace")


def _data(answer: Any) -> dict[str, Any]:
    data = answer.get("data") if isinstance(answer, dict) else None
    return data if isinstance(data, dict) else {}


def _without_token(answer: Any) -> Any:
    """The answer with nothing of a token that it hands out."""
    data = _data(answer)
    return {**answer, "data": {**data, "token": "***"}} if "token" in data else answer


def _order_id(request: Request, answer: Any) -> str | None:
    """The order that was asked for, or that the answer is about: a shipment's, a refund's."""
    asked = (request.view_args or {}).get("order_id")
    data = _data(answer)
    about = "id" if "orderContainerId" in data else "orderId" if "orderId" in data else "parentId"
    found = data.get(about)
    return asked or (found if isinstance(found, str) else None)
