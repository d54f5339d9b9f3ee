"""Shipments: what of an order was rendered (section 9).

There is no idempotency key: the same shipment sent twice counts twice, until the sum of the
order is reached. A line may not be shipped beyond its own sum.
"""

import itertools
from dataclasses import replace
from datetime import datetime
from typing import Any

from miniapp.sandbox.refusals import unprocessable
from miniapp.sandbox.state.left import by_sku, check_known, check_within
from miniapp.sandbox.state.orders import Orders, wrong_status
from miniapp.sandbox.state.records import Line, Order, Shipment

FIRST_ID = 100_001


class Shipments:
    """All shipments of one sandbox."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._ids = itertools.count(FIRST_ID)
        self._shipments: list[Shipment] = []

    def all(self) -> list[Shipment]:
        """All shipments, oldest first."""
        with self._orders.lock:
            return list(self._shipments)

    def lines(self, order_id: str) -> list[Line]:
        """The lines of an order that were shipped so far."""
        return [
            line
            for shipment in self.all()
            if shipment.order_id == order_id
            for line in shipment.lines
        ]

    def add(
        self,
        order_id: str,
        lines: tuple[Line, ...],
        *,
        final: bool,
        wire: dict[str, Any],
        now: datetime,
    ) -> tuple[Shipment, Order | None]:
        """Ship lines of a paid or held order; with it comes the order if its hold is charged.

        Refusal: ``wrong_order_status`` for an order that is neither, or that a final shipment
        closed; ``wrong_basket_item_total_amount`` beyond what is left of a line.
        """
        with self._orders.lock:
            order = self._orders.known(order_id)
            self._check(order, lines)
            moved = self._orders.put(
                replace(
                    order,
                    status="completed",
                    paid_at=order.paid_at or now,
                    shipped=True,
                    closed=final,
                )
            )
            shipment = Shipment(
                id=next(self._ids),
                order_id=order_id,
                merchant_id=order.draft.merchant_id,
                lines=lines,
                created_at=now,
                final=final,
                wire=wire,
            )
            self._shipments.append(shipment)
            return shipment, moved if order.status == "hold" else None

    def _check(self, order: Order, lines: tuple[Line, ...]) -> None:
        if not order.secured:
            raise wrong_status(order)
        if order.closed:
            raise unprocessable("wrong_order_status", "A final shipment closed the order")
        check_known(lines, order.draft.lines)
        check_within(lines, by_sku(order.draft.lines) - by_sku(self.lines(order.id)))
