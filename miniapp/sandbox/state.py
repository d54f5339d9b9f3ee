"""What the sandbox remembers, in memory only: orders in containers, the log, the letters.

Orders are immutable and replaced under one lock, so a thread that holds one never sees it
change. The log and the letters keep the newest thousand.
"""

import heapq
import uuid
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from threading import RLock
from typing import Any

from miniapp.sandbox.refusals import Fault, unprocessable

KEPT_ENTRIES = 1000


@dataclass(frozen=True)
class Line:
    """One basket item; sums of the whole line in kopecks, ``wire`` is the item as accepted."""

    sku: str
    name: str
    quantity: Decimal
    total_amount: int
    total_vat_amount: int
    wire: dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """An order as requested and accepted; sums in kopecks, ``wire`` is what is echoed."""

    merchant_id: str
    merchant_order_id: str
    description: str
    amount: int
    vat_amount: int
    currency: str
    expires_at: datetime
    lines: tuple[Line, ...]
    wire: dict[str, Any] = field(default_factory=dict)
    container_id: str | None = None
    processable: bool = True
    of_host: bool = False

    def text(self, name: str) -> str:
        """An optional text of the request, empty when it was not given."""
        value = self.wire.get(name)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class Order:
    """An order with its id, container and status (section 6.9)."""

    id: str
    container_id: str
    draft: Draft
    status: str
    created_at: datetime
    paid_at: datetime | None = None

    @property
    def payable(self) -> bool:
        """It waits for money that is processed here."""
        return self.status == "created" and self.draft.processable


@dataclass(frozen=True)
class Letter:
    """A caught e-mail; attachments by name."""

    at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[str, ...]


class State:
    """Everything one sandbox knows. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._orders: dict[str, Order] = {}
        self._containers: dict[str, list[str]] = {}
        self._numbers: set[tuple[str, str]] = set()
        self._deadlines: list[tuple[datetime, str]] = []
        self._log: deque[dict[str, Any]] = deque(maxlen=KEPT_ENTRIES)
        self._letters: deque[Letter] = deque(maxlen=KEPT_ENTRIES)

    def place(self, draft: Draft, *, now: datetime) -> Order:
        """Keep a new order, in a fresh container or in the open one it names.

        Refusal: ``merchant_order_id_duplicate``; ``wrong_value`` for an unknown container,
        ``wrong_order_status`` for one that is paid, expired or cancelled (section 6.7).
        """
        with self._lock:
            number = (draft.merchant_id, draft.merchant_order_id)
            if number in self._numbers:
                raise unprocessable("merchant_order_id_duplicate", "This number is already used")
            if draft.container_id is not None:
                self._check_container(draft.container_id, currency=draft.currency, now=now)
            order = Order(
                id=str(uuid.uuid4()),
                container_id=draft.container_id or str(uuid.uuid4()),
                draft=draft,
                status="created",
                created_at=now,
            )
            self._numbers.add(number)
            self._orders[order.id] = order
            self._containers.setdefault(order.container_id, []).append(order.id)
            heapq.heappush(self._deadlines, (draft.expires_at, order.id))
            return order

    def _check_container(self, container_id: str, *, currency: str, now: datetime) -> None:
        orders = self.container(container_id)
        if not orders:
            fault = Fault("orderContainerId", "wrong_value", "No such container")
            raise unprocessable("wrong_value", "Unknown order container", fault)
        waiting = [order for order in orders if order.payable and order.draft.expires_at > now]
        if not waiting:
            raise unprocessable("wrong_order_status", "The container is closed")
        if waiting[0].draft.currency != currency:
            raise unprocessable("wrong_currency", "The container has another currency")

    def order(self, order_id: str) -> Order | None:
        """One order, or None."""
        with self._lock:
            return self._orders.get(order_id)

    def orders(self) -> list[Order]:
        """All orders, oldest first."""
        with self._lock:
            return list(self._orders.values())

    def container(self, container_id: str) -> list[Order]:
        """The orders of a container, oldest first; empty for an unknown container."""
        with self._lock:
            return [self._orders[key] for key in self._containers.get(container_id, [])]

    def expire(self, *, now: datetime) -> list[Order]:
        """Move the unpaid orders whose time ran out to ``expired`` and return them."""
        with self._lock:
            due = []
            while self._deadlines and self._deadlines[0][0] <= now:
                due.append(heapq.heappop(self._deadlines)[1])
            return self._move(due, to="expired", allowed=lambda order: order.status == "created")

    def cancel(self, order_ids: Iterable[str]) -> list[Order]:
        """Move unpaid orders to ``canceled``; the others stay and are not returned."""
        with self._lock:
            return self._move(
                order_ids, to="canceled", allowed=lambda order: order.status == "created"
            )

    def pay(self, container_id: str, *, now: datetime) -> list[Order]:
        """Move every payable order of a container to ``completed`` and return them."""
        with self._lock:
            return self._move(
                self._containers.get(container_id, []),
                to="completed",
                allowed=lambda order: order.payable and order.draft.expires_at > now,
                paid_at=now,
            )

    def _move(
        self,
        order_ids: Iterable[str],
        *,
        to: str,
        allowed: Callable[[Order], bool],
        paid_at: datetime | None = None,
    ) -> list[Order]:
        moved = [
            replace(self._orders[key], status=to, paid_at=paid_at)
            for key in order_ids
            if allowed(self._orders[key])
        ]
        self._orders.update({order.id: order for order in moved})
        return moved

    def record(self, entry: dict[str, Any]) -> None:
        """Put an entry ``{at, kind, …}`` into the log."""
        with self._lock:
            self._log.appendleft(entry)

    def log(self) -> list[dict[str, Any]]:
        """The log, newest first."""
        with self._lock:
            return list(self._log)

    def keep_letter(self, letter: Letter) -> None:
        """Keep a caught letter."""
        with self._lock:
            self._letters.appendleft(letter)

    def letters(self) -> list[Letter]:
        """The caught letters, newest first."""
        with self._lock:
            return list(self._letters)
