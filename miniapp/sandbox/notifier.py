"""Payment notifications: the signed request to the shop, repeated until it is taken.

Invoicebox API reference, sections 15.1 to 15.3. One thread looks after the times; each attempt
runs in a thread of its own, so one silent shop does not hold up the others. Nothing starts
before the first notification.
"""

import heapq
import hmac
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Condition, Thread
from typing import Any

import requests

from miniapp.sandbox import wire
from miniapp.sandbox.settings import SandboxSettings
from miniapp.sandbox.state import Order

LONGEST_ANSWER = 20_000
AGENT = "Invoicebox-Sandbox/1.0"


@dataclass(frozen=True)
class Delivery:
    """One notification on its way; ``attempt`` counts from 1."""

    order_id: str
    url: str
    body: bytes
    attempt: int = 1


@dataclass(frozen=True)
class Answer:
    """What the shop said; ``status`` 0 when there was no answer."""

    status: int
    text: str
    outcome: str


def compose(order: Order, *, public_url: str) -> bytes:
    """The notification of an order: its answer as JSON, with slashes escaped as PHP does."""
    return wire.dumps(wire.order_answer(order, public_url=public_url)).replace("/", "\\/").encode()


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


class Notifier:
    """Sends notifications in the background and records every attempt in the log."""

    def __init__(
        self, settings: SandboxSettings, *, record: Callable[[dict[str, Any]], None]
    ) -> None:
        self._settings = settings
        self._record = record
        self._due: list[tuple[float, int, Delivery]] = []
        self._numbers = itertools.count()
        self._wake = Condition()
        self._clockwork: Thread | None = None
        self._stopped = False

    def notify(self, order: Order) -> None:
        """Tell the order's shop about its status; the host's own order has no shop to tell."""
        url = order.draft.text("notificationUrl") or self._settings.notification_url
        if url and not order.draft.of_host:
            body = compose(order, public_url=self._settings.public_url)
            self._plan(Delivery(order.id, url, body), delay=0)

    def stop(self) -> None:
        """Send nothing more; an attempt under way is left to end by itself."""
        with self._wake:
            self._stopped = True
            self._wake.notify()

    def _plan(self, delivery: Delivery, *, delay: float) -> None:
        with self._wake:
            if self._stopped:
                return
            if self._clockwork is None:
                self._clockwork = Thread(target=self._run, name="notifier", daemon=True)
                self._clockwork.start()
            moment = time.monotonic() + delay
            heapq.heappush(self._due, (moment, next(self._numbers), delivery))
            self._wake.notify()

    def _run(self) -> None:
        while (delivery := self._next()) is not None:
            Thread(target=self._attempt, args=(delivery,), daemon=True).start()

    def _next(self) -> Delivery | None:
        """Wait for the next due delivery; None when stopped."""
        with self._wake:
            while not self._stopped:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                self._wake.wait(wait)
            return None

    def _attempt(self, delivery: Delivery) -> None:
        signature = sign(
            delivery.body,
            key=self._settings.notification_key,
            algorithm=self._settings.signature_algorithm,
        )
        headers = {
            "Content-Type": "application/json",
            "User-Agent": AGENT,
            "X-Signature": signature,
        }
        answer = self._post(delivery, headers)
        self._record(_log_entry(delivery, headers, answer))
        intervals = self._settings.notification_intervals
        if answer.outcome == "failed" and delivery.attempt <= len(intervals):
            again = replace(delivery, attempt=delivery.attempt + 1)
            self._plan(again, delay=intervals[delivery.attempt - 1])

    def _post(self, delivery: Delivery, headers: dict[str, str]) -> Answer:
        with requests.Session() as session:
            # A proxy from the environment would not reach a shop on this machine.
            session.trust_env = False
            try:
                response = session.post(
                    delivery.url,
                    data=delivery.body,
                    headers=headers,
                    timeout=self._settings.notification_timeout,
                    allow_redirects=False,
                )
            except (requests.RequestException, ValueError) as error:
                return Answer(0, type(error).__name__, "failed")
        text = response.content[:LONGEST_ANSWER].decode("utf-8", "replace")
        return Answer(response.status_code, text, judge(response.status_code, text))


def _log_entry(delivery: Delivery, headers: dict[str, str], answer: Answer) -> dict[str, Any]:
    return {
        "at": wire.atom(datetime.now(UTC)),
        "kind": "notification",
        "orderId": delivery.order_id,
        "attempt": delivery.attempt,
        "outcome": answer.outcome,
        "request": {
            "method": "POST",
            "url": delivery.url,
            "headers": headers,
            "body": delivery.body.decode(),
        },
        "answer": {"status": answer.status, "body": answer.text},
    }
