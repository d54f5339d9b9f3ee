"""The orders in their containers, and every move of their lives (sections 6.7 to 6.11).

Orders are replaced under one lock, so a thread that holds one never sees it change. Every
method may be called from any thread; ids given to a method that moves an order are known ones.
"""

import heapq
import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from threading import RLock

from miniapp.sandbox.refusals import Fault, Refusal, unprocessable
from miniapp.sandbox.state.records import Draft, Order

# What a shop may make of an order whose money is not processed here.
RECORD_MOVES = {
    "draft": {"created", "hold", "completed", "canceled"},
    "created": {"draft", "hold", "completed", "expired", "canceled"},
    "hold": {"completed", "canceled"},
    "completed": {"canceled"},
}


class Orders:
    """All orders of one sandbox; ``lock`` is held by whatever looks before it moves."""

    def __init__(self) -> None:
        self.lock = RLock()
        self._orders: dict[str, Order] = {}
        self._containers: dict[str, list[str]] = {}
        self._numbers: set[tuple[str, str]] = set()
        self._deadlines: list[tuple[datetime, str]] = []

    def order(self, order_id: str) -> Order | None:
        """One order, or None."""
        with self.lock:
            return self._orders.get(order_id)

    def known(self, order_id: str) -> Order:
        """The present record of an order that is there."""
        with self.lock:
            return self._orders[order_id]

    def orders(self) -> list[Order]:
        """All orders, oldest first."""
        with self.lock:
            return list(self._orders.values())

    def container(self, container_id: str) -> list[Order]:
        """The orders of a container, oldest first; empty for an unknown container."""
        with self.lock:
            return [self._orders[key] for key in self._containers.get(container_id, [])]

    def place(self, draft: Draft, *, now: datetime) -> Order:
        """Keep a new order, in a fresh container or in the open one it names.

        Refusal: ``merchant_order_id_duplicate``; ``wrong_value`` for an unknown container,
        ``wrong_order_status`` for one that is paid, expired or cancelled (section 6.7).
        """
        number = (draft.merchant_id, draft.merchant_order_id)
        with self.lock:
            self._check_number(number)
            if draft.container_id is not None:
                self._check_container(draft.container_id, currency=draft.currency, now=now)
            self._numbers.add(number)
            order = Order(
                id=str(uuid.uuid4()),
                container_id=draft.container_id or str(uuid.uuid4()),
                draft=draft,
                status="created",
                created_at=now,
            )
            self._containers.setdefault(order.container_id, []).append(order.id)
            heapq.heappush(self._deadlines, (draft.expires_at, order.id))
            return self.put(order)

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

    def _check_number(self, number: tuple[str, str]) -> None:
        if number in self._numbers:
            raise unprocessable("merchant_order_id_duplicate", "This number is already used")

    def put(self, order: Order) -> Order:
        """Keep this record of an order in place of the one before."""
        with self.lock:
            self._orders[order.id] = order
            return order

    def update(self, order_id: str, change: Callable[[Draft], Draft]) -> Order:
        """Change an order before it is paid (section 6.10); its deadline moves along.

        ``change`` makes the new draft out of the present one and may raise a Refusal.
        """
        with self.lock:
            order = self._orders[order_id]
            if order.status not in {"draft", "created"}:
                raise wrong_status(order)
            changed = self.put(replace(order, draft=change(order.draft)))
            heapq.heappush(self._deadlines, (changed.draft.expires_at, order_id))
            return changed

    def expire(self, *, now: datetime) -> list[Order]:
        """Move the unpaid orders whose time ran out to ``expired`` and return them."""
        with self.lock:
            due = set()
            while self._deadlines and self._deadlines[0][0] <= now:
                due.add(heapq.heappop(self._deadlines)[1])
            # A deadline that was moved on stands further down the heap once more.
            late = [key for key in due if self._orders[key].draft.expires_at <= now]
            return self._move(late, to="expired")

    def cancel(self, order_ids: Iterable[str]) -> list[Order]:
        """Move unpaid orders to ``canceled``; the others stay and are not returned."""
        with self.lock:
            return self._move(order_ids, to="canceled")

    def _move(self, order_ids: Iterable[str], *, to: str) -> list[Order]:
        found = [self._orders[key] for key in order_ids]
        return [self.put(replace(order, status=to)) for order in found if order.status == "created"]

    def pay(
        self,
        container_id: str,
        *,
        now: datetime,
        status: str = "completed",
        instrument: str = "card",
    ) -> list[Order]:
        """Move every payable order of a container and return the moved ones.

        ``status`` is ``completed``, or ``hold`` when the money is only blocked; ``instrument``
        is ``card``, ``guarantee`` or ``invoice``.
        """
        with self.lock:
            waiting = [
                order
                for order in self.container(container_id)
                if order.payable and order.draft.expires_at > now
            ]
            return [
                self.put(
                    replace(
                        order,
                        status=status,
                        instrument=instrument,
                        held=status == "hold",
                        paid_at=now if status == "completed" else None,
                    )
                )
                for order in waiting
            ]

    def revoke(self, order_id: str) -> Order:
        """Cancel or reverse one order, where section 6.11 allows it."""
        with self.lock:
            order = self._orders[order_id]
            if not order.revocable:
                raise wrong_status(order)
            return self.put(replace(order, status="canceled"))

    def set_status(self, order_id: str, status: str, *, now: datetime) -> Order:
        """Write down what became of an order that is only a record (section 6.9)."""
        with self.lock:
            order = self._orders[order_id]
            if order.draft.processable:
                raise unprocessable("wrong_order_status", "The order is processed here")
            if status == order.status:
                return order
            if status not in RECORD_MOVES.get(order.status, ()):
                raise wrong_status(order)
            paid_at = now if status == "completed" else order.paid_at
            return self.put(replace(order, status=status, paid_at=paid_at))

    def move_to_shop(self, order_id: str, merchant_id: str) -> Order:
        """Hand an order, paid or unpaid, to another shop (section 13)."""
        with self.lock:
            order = self._orders[order_id]
            if order.status in {"canceled", "expired"}:
                raise wrong_status(order)
            if merchant_id == order.draft.merchant_id:
                return order
            number = (merchant_id, order.draft.merchant_order_id)
            self._check_number(number)
            self._numbers.add(number)
            self._numbers.discard((order.draft.merchant_id, order.draft.merchant_order_id))
            return self.put(replace(order, draft=replace(order.draft, merchant_id=merchant_id)))


def wrong_status(order: Order) -> Refusal:
    """The order is in a status that does not allow what was asked."""
    return unprocessable("wrong_order_status", f"The order is {order.status}")
