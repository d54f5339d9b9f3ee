"""One notification: its bytes, its signature, and what the shop's answer to it means.

Invoicebox API reference, sections 15.1 to 15.3.
"""

import hmac
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from miniapp.sandbox import wire
from miniapp.sandbox.state import Order

AGENT = "Invoicebox-Sandbox/1.0"
# What an altered notification claims on top of the true sum, in kopecks.
ALTERATION = 100


@dataclass(frozen=True)
class Delivery:
    """One notification on its way; ``attempt`` counts from 1.

    ``overtaken`` waits for another notification to go first; ``fault`` names what was done to it.
    """

    order_id: str
    status: str
    url: str
    body: bytes
    signature: str
    attempt: int = 1
    overtaken: bool = False
    fault: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What is sent beside the body."""
        return {
            "Content-Type": "application/json",
            "User-Agent": AGENT,
            "X-Signature": self.signature,
        }


@dataclass(frozen=True)
class Answer:
    """What the shop said; ``status`` 0 when there was no answer."""

    status: int
    text: str
    outcome: str


def compose(order: Order, *, public_url: str) -> bytes:
    """The notification of an order: its answer as JSON, with slashes escaped as PHP does."""
    return wire.dumps(wire.order_answer(order, public_url=public_url)).replace("/", "\\/").encode()


def altered(order: Order, *, public_url: str) -> bytes:
    """The same with another sum in it."""
    draft = replace(order.draft, amount=order.draft.amount + ALTERATION)
    return compose(replace(order, draft=draft), public_url=public_url)


def sign(body: bytes, *, key: str, algorithm: str) -> str:
    """HMAC over the raw bytes, lower-case hex (section 15.2)."""
    return hmac.new(key.encode(), body, algorithm).hexdigest()


def judge(status: int, text: str) -> str:
    """``delivered``, ``refused`` or ``failed``; only ``failed`` is repeated (section 15.3)."""
    if status != 200:
        return "failed"
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return "failed"
    verdict = answer.get("status") if isinstance(answer, dict) else None
    if verdict == "success":
        return "delivered"
    if verdict == "error" and answer.get("code", "out_of_service") != "out_of_service":
        return "refused"
    return "failed"


def log_entry(delivery: Delivery, answer: Answer, *, now: datetime) -> dict[str, Any]:
    """An attempt as the log keeps it."""
    return {
        "at": wire.atom(now),
        "kind": "notification",
        "orderId": delivery.order_id,
        "attempt": delivery.attempt,
        "outcome": answer.outcome,
        "fault": delivery.fault,
        "request": {
            "method": "POST",
            "url": delivery.url,
            "headers": delivery.headers,
            "body": delivery.body.decode(),
        },
        "answer": {"status": answer.status, "body": answer.text},
    }
