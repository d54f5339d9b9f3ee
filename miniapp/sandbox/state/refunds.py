"""Refunds: money of a paid order on its way back (section 10).

A refund takes its lines out of what may still be given back at once, as a draft too. The
reference leaves open how a draft goes on; here its correction order does it.
"""

import uuid
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from miniapp.sandbox.refusals import Fault, unprocessable
from miniapp.sandbox.state.left import by_sku, check_known, check_within, vat_by_sku
from miniapp.sandbox.state.orders import Orders, wrong_status
from miniapp.sandbox.state.records import Draft, Line, Order, Refund
from miniapp.sandbox.state.shipments import Shipments


@dataclass(frozen=True)
class RefundClaim:
    """A refund as requested; sums in kopecks."""

    order_id: str
    number: str
    description: str
    amount: int
    vat_amount: int
    lines: tuple[Line, ...]
    draft: bool


class Refunds:
    """All refunds of one sandbox."""

    def __init__(self, orders: Orders, shipments: Shipments) -> None:
        self._orders = orders
        self._shipments = shipments
        self._refunds: dict[str, Refund] = {}

    def all(self) -> list[Refund]:
        """All refunds, oldest first."""
        with self._orders.lock:
            return list(self._refunds.values())

    def refund(self, refund_id: str) -> Refund | None:
        """One refund, or None."""
        with self._orders.lock:
            return self._refunds.get(refund_id)

    def left(self, order: Order) -> tuple[Counter[str], Counter[str]]:
        """What may still be given back and the VAT in it, by sku; nothing before it is paid.

        Of an order that was on hold only what was shipped is charged.
        """
        if order.status != "completed" or not order.draft.processable:
            return Counter(), Counter()
        with self._orders.lock:
            charged = self._shipments.lines(order.id) if order.held else order.draft.lines
            returned = [
                line
                for refund in self._refunds.values()
                if refund.order_id == order.id
                for line in refund.lines
            ]
            return by_sku(charged) - by_sku(returned), vat_by_sku(charged) - vat_by_sku(returned)

    def add(self, claim: RefundClaim, *, now: datetime, takes: timedelta) -> Refund:
        """Give lines of a paid order back; the money arrives after ``takes``.

        Refusal: ``wrong_order_status`` before it is paid, ``merchant_order_id_duplicate`` for a
        number that a refund of the shop has, ``wrong_basket_item_total_amount`` beyond what is
        left of a line.
        """
        with self._orders.lock:
            order = self._orders.known(claim.order_id)
            number = (order.draft.merchant_id, claim.number)
            # The number first: a repeated request must hear that the first one was taken.
            if number in {(refund.merchant_id, refund.number) for refund in self.all()}:
                raise unprocessable("merchant_order_id_duplicate", "This number is already used")
            if order.status != "completed" or not order.draft.processable:
                raise wrong_status(order)
            check_known(claim.lines, order.draft.lines)
            check_within(claim.lines, self.left(order)[0])
            return self._put(
                Refund(
                    id=str(uuid.uuid4()),
                    order_id=order.id,
                    merchant_id=order.draft.merchant_id,
                    number=claim.number,
                    description=claim.description,
                    amount=claim.amount,
                    vat_amount=claim.vat_amount,
                    currency=order.draft.currency,
                    lines=claim.lines,
                    created_at=now,
                    completes_at=None if claim.draft else now + takes,
                )
            )

    def _put(self, refund: Refund) -> Refund:
        self._refunds[refund.id] = refund
        return refund

    def correct(self, draft: Draft, *, now: datetime, takes: timedelta) -> Order:
        """Withhold a fee: pay the correction order out of a draft refund, which then goes on.

        ``parentId`` of the order names the refund. Refusal: ``wrong_value`` for an unknown one,
        ``wrong_order_status`` for one that is no draft, ``wrong_currency``, and
        ``wrong_total_amount`` for more than the refund.
        """
        with self._orders.lock:
            refund = self._refunds.get(draft.text("parentId"))
            if refund is None:
                fault = Fault("parentId", "wrong_value", "No such refund")
                raise unprocessable("wrong_value", "Unknown refund", fault)
            if refund.completes_at is not None:
                raise unprocessable("wrong_order_status", "The refund is not a draft")
            _check_fee(draft, refund)
            order = self._orders.place(replace(draft, container_id=None), now=now)
            self._put(replace(refund, completes_at=now + takes))
            paid = replace(order, status="completed", paid_at=now, instrument="refund")
            return self._orders.put(paid)


def _check_fee(draft: Draft, refund: Refund) -> None:
    if draft.currency != refund.currency:
        raise unprocessable("wrong_currency", "The refund has another currency")
    if draft.amount > refund.amount:
        fault = Fault("amount", "wrong_value", "More than the refund")
        raise unprocessable("wrong_total_amount", "The fee is more than the refund", fault)
