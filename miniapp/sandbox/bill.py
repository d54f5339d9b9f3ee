"""A container as its payment page shows it: what is to pay, what is paid, what fell out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from babel.numbers import format_decimal

from miniapp.base import i18n
from miniapp.sandbox.state import Order

# The statuses of an order whose money is here, or blocked for it.
PAID = ("completed", "hold")


@dataclass(frozen=True)
class Bill:
    """The orders of a container, oldest first; sums in kopecks of what is to pay, or was."""

    container_id: str
    orders: tuple[Order, ...]

    @property
    def counted(self) -> tuple[Order, ...]:
        """The orders that make up the sum: open ones, or the paid ones when none is open."""
        waiting = tuple(order for order in self.orders if order.payable)
        return waiting or tuple(order for order in self.orders if order.secured)

    @property
    def open(self) -> bool:
        """There is something to pay."""
        return any(order.payable for order in self.orders)

    @property
    def paid(self) -> bool:
        """Everything that was not dropped is paid."""
        return not self.open and any(order.secured for order in self.orders)

    @property
    def outcome(self) -> str:
        """How it ended, in the words of ``paymentResult``; empty while there is something to pay.

        Money that is only blocked makes the whole a ``hold``.
        """
        if self.open:
            return ""
        statuses = {order.status for order in self.orders}
        words = ("hold", "completed", "expired", "canceled")
        return next((word for word in words if word in statuses), "")

    @property
    def main(self) -> Order:
        """The order whose shop decides about the payer: a host has no say here."""
        return next((order for order in self.orders if not order.draft.of_host), self.orders[0])

    @property
    def currency(self) -> str:
        """One currency for the whole container."""
        return self.orders[0].draft.currency

    @property
    def total(self) -> int:
        """The sum of the counted orders."""
        return sum(order.draft.amount for order in self.counted)

    @property
    def vat(self) -> int:
        """The VAT inside the sum."""
        return sum(order.draft.vat_amount for order in self.counted)

    @property
    def services(self) -> tuple[Order, ...]:
        """What was added to the host's order and counts in the sum."""
        return tuple(order for order in self.counted if not order.draft.of_host)

    def address(self, name: str) -> str:
        """An address of the shop such as ``successUrl``, when exactly one order stands alone."""
        return self.orders[0].draft.text(name) if len(self.orders) == 1 else ""


def sum_text(kopecks: int, currency: str) -> str:
    """A sum for the reader in any currency of the API."""
    if currency == "RUB":
        return i18n.rubles(kopecks)
    number = format_decimal(Decimal(kopecks) / 100, format="#,##0.00", locale=i18n.locale())
    return f"{number}\u00a0{currency}"


def bill_json(bill: Bill, *, now: datetime) -> dict[str, Any]:
    """What the script of a host page needs to show a container; texts in the language spoken.

    ``nextExpiryMs`` is when one of the services leaves the sum by itself, null for never.
    """
    services = bill.services
    lines = sum(len(order.draft.lines) for order in services)
    amount = sum(order.draft.amount for order in services)
    waits = [order.draft.expires_at - now for order in services if order.payable]
    return {
        "container": bill.container_id,
        "paid": bill.paid,
        "total": bill.total,
        "totalText": sum_text(bill.total, bill.currency),
        "vatText": sum_text(bill.vat, bill.currency),
        "services": [_service_json(order) for order in services],
        "nextExpiryMs": ceil(min(waits) / timedelta(milliseconds=1)) if waits else None,
        "expired": [_service_json(order) for order in bill.orders if order.status == "expired"],
        "serviceText": "{} • {}".format(
            sum_text(amount, bill.currency), i18n.ngettext("%d item", "%d items", lines) % lines
        ),
    }


def _service_json(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "merchantOrderId": order.draft.merchant_order_id,
        "amount": order.draft.amount,
        "amountText": sum_text(order.draft.amount, order.draft.currency),
        "description": order.draft.description,
        "names": [line.name for line in order.draft.lines],
    }
