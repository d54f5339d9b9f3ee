"""Payment notifications: the signed request to the shop, repeated until it is taken.

Invoicebox API reference, section 15.3. One thread looks after the times; each attempt runs in a
thread of its own, so one silent shop does not hold up the others. Nothing starts before the
first notification. Faults strike a whole notification, not its single attempts.
"""

import heapq
import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from threading import Condition, Thread
from typing import Any
from urllib.parse import urlsplit

import requests

from miniapp.sandbox.faults import OF_NOTIFICATIONS, Faults
from miniapp.sandbox.notification import (
    Answer,
    Delivery,
    altered,
    compose,
    judge,
    log_entry,
    sign,
)
from miniapp.sandbox.settings import SandboxSettings
from miniapp.sandbox.state import Order

LONGEST_ANSWER = 20_000
WRONG_KEY = "not the key of this shop"


class Notifier:
    """Sends notifications in the background and records every attempt in the log."""

    def __init__(
        self,
        settings: SandboxSettings,
        *,
        record: Callable[[dict[str, Any]], None],
        faults: Faults,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._record = record
        self._faults = faults
        self._clock = clock
        self._due: list[tuple[float, int, Delivery]] = []
        self._numbers = itertools.count()
        self._wake = Condition()
        self._clockwork: Thread | None = None
        self._stopped = False
        self._told: set[tuple[str, str]] = set()
        self._answers: dict[tuple[str, str], Answer] = {}

    def notify(self, order: Order) -> None:
        """Tell the order's shop about its status, once for each status.

        The host's own order has no shop to tell.
        """
        url = order.draft.text("notificationUrl") or self._settings.notification_url
        if not url or order.draft.of_host or not self._is_first(order):
            return
        body = compose(order, public_url=self._settings.public_url)
        delivery = Delivery(order.id, order.status, url, body, self._sign(body))
        struck = self._faults.strike(OF_NOTIFICATIONS, method="POST", path=urlsplit(url).path)
        if struck:
            self._spoil(replace(delivery, fault=struck[0].name), order, struck[0].delay)
        else:
            self._plan(delivery, delay=0)

    def tells(self, order_id: str, status: str) -> bool:
        """There is a shop that hears, or has heard, of this status of the order."""
        with self._wake:
            return (order_id, status) in self._told

    def answer(self, order_id: str, status: str) -> Answer | None:
        """What the shop answered last when it was told this status, None until then."""
        with self._wake:
            return self._answers.get((order_id, status))

    def stop(self) -> None:
        """Send nothing more; an attempt under way is left to end by itself."""
        with self._wake:
            self._stopped = True
            self._wake.notify()

    def _is_first(self, order: Order) -> bool:
        with self._wake:
            known = (order.id, order.status) in self._told
            self._told.add((order.id, order.status))
            return not known

    def _sign(self, body: bytes, key: str | None = None) -> str:
        return sign(
            body,
            key=key or self._settings.notification_key,
            algorithm=self._settings.signature_algorithm,
        )

    def _spoil(self, delivery: Delivery, order: Order, delay: float) -> None:
        """Plan a notification that a fault has struck."""
        match delivery.fault:
            case "notify_lost":
                self._settle(delivery, Answer(0, "", "lost"))
            case "notify_repeat":
                self._plan(delivery, delay=0)
                self._plan(delivery, delay=delay)
            case "notify_reorder":
                self._plan(replace(delivery, overtaken=True), delay=delay)
            case "notify_altered":
                body = altered(order, public_url=self._settings.public_url)
                self._plan(replace(delivery, body=body), delay=0)
            case "notify_bad_signature":
                signature = self._sign(delivery.body, WRONG_KEY)
                self._plan(replace(delivery, signature=signature), delay=0)

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
        answer = self._post(delivery)
        self._settle(delivery, answer)
        intervals = self._settings.notification_intervals
        if answer.outcome == "failed" and delivery.attempt <= len(intervals):
            again = replace(delivery, attempt=delivery.attempt + 1, overtaken=False)
            self._plan(again, delay=intervals[delivery.attempt - 1])

    def _settle(self, delivery: Delivery, answer: Answer) -> None:
        """Keep what came of an attempt, and let go the notifications that waited for it."""
        self._record(log_entry(delivery, answer, now=self._clock()))
        with self._wake:
            known = self._answers.get((delivery.order_id, delivery.status))
            if known is None or known.outcome in {"failed", "lost"}:
                self._answers[delivery.order_id, delivery.status] = answer
            self._due = [
                (0.0 if waiting.overtaken else moment, number, waiting)
                for moment, number, waiting in self._due
            ]
            heapq.heapify(self._due)
            self._wake.notify()

    def _post(self, delivery: Delivery) -> Answer:
        with requests.Session() as session:
            # A proxy from the environment would not reach a shop on this machine.
            session.trust_env = False
            try:
                response = session.post(
                    delivery.url,
                    data=delivery.body,
                    headers=delivery.headers,
                    timeout=self._settings.notification_timeout,
                    allow_redirects=False,
                )
            except (requests.RequestException, ValueError) as error:
                return Answer(0, type(error).__name__, "failed")
        text = response.content[:LONGEST_ANSWER].decode("utf-8", "replace")
        return Answer(response.status_code, text, judge(response.status_code, text))
