"""Money that goes back: what can still be refunded, refunds, and the fee withheld from one.

Invoicebox API reference, section 10. A fee is withheld in two steps: a draft refund of the full
sum, then a correction order of the fee whose parent is that draft; the provider pays out the
difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from miniapp.invoicebox.wire.basket import Line, basket_item, demand_skus, roubles
from miniapp.invoicebox.wire.checks import demand, demand_id, demand_length, demand_number
from miniapp.invoicebox.wire.new_order import NewOrder, order_body
from miniapp.invoicebox.wire.reading import (
    Fields,
    Unreadable,
    kopecks,
    optional_kopecks,
    optional_moment,
    optional_text,
    text,
)
from miniapp.invoicebox.wire.statuses import REFUND_SPELLINGS, RefundStatus


@dataclass(frozen=True)
class RefundableLine:
    """What is left of a line to be given back, kopecks, and the VAT inside it."""

    sku: str
    amount: int
    vat: int


@dataclass(frozen=True)
class RefundLine:
    """A line of the order and how much of it goes back, kopecks, with the VAT inside it."""

    line: Line
    amount: int
    vat: int

    def __post_init__(self) -> None:
        demand(0 <= self.amount <= self.line.price, "a refund is a part of its line")
        demand(0 <= self.vat <= min(self.amount, self.line.vat), "no such VAT in the line")

    @classmethod
    def whole(cls, line: Line) -> Self:
        """The line with nothing left of it."""
        return cls(line, line.price, line.vat)


@dataclass(frozen=True)
class NewRefund:
    """A refund to be created; ``order_id`` is the provider's id of the paid order.

    The number is unique over orders and refunds: it is the protection from refunding twice. A
    ``draft`` pays nothing until its correction order is there.
    """

    number: str
    order_id: str
    lines: tuple[RefundLine, ...]
    description: str
    draft: bool = False

    def __post_init__(self) -> None:
        demand_number(self.number, "the refund's number")
        demand_id(self.order_id, "an order id")
        demand_skus([part.line.sku for part in self.lines])
        demand(self.amount > 0, "a refund of nothing")
        demand_length(self.description, 1000, "description")

    @property
    def amount(self) -> int:
        """The sum that goes back, kopecks."""
        return sum(part.amount for part in self.lines)

    @property
    def vat_amount(self) -> int:
        """The VAT inside it, kopecks."""
        return sum(part.vat for part in self.lines)


@dataclass(frozen=True)
class NewCorrection:
    """A fee withheld from a draft refund: an order of the fee, whose parent is the draft."""

    refund_id: str
    order: NewOrder

    def __post_init__(self) -> None:
        demand_id(self.refund_id, "a refund id")


@dataclass(frozen=True)
class ProviderRefund:
    """A refund as the provider has it; sums in kopecks, ``created_at`` in UTC.

    ``status`` is None for a spelling we do not know: the refund is there all the same.
    """

    id: str
    order_id: str
    number: str
    status: RefundStatus | None
    amount: int
    vat_amount: int | None
    created_at: datetime | None


def refund_body(new: NewRefund) -> dict[str, object]:
    """The body of the request that creates a refund."""
    return {
        "parentId": new.order_id,
        "merchantOrderId": new.number,
        "amount": roubles(new.amount),
        "vatAmount": roubles(new.vat_amount),
        "basketItems": [
            basket_item(part.line, price=part.amount, vat=part.vat) for part in new.lines
        ],
        "description": new.description,
        "status": "draft" if new.draft else "created",
    }


def correction_body(new: NewCorrection, merchant_id: str) -> dict[str, object]:
    """The body of the request that creates a correction order."""
    return order_body(new.order, merchant_id) | {"parentId": new.refund_id}


def parse_refund(fields: Fields) -> ProviderRefund:
    """Read a refund of an answer; raises Unreadable when a field we rely on is not there."""
    return ProviderRefund(
        id=text(fields, "id", limit=36),
        order_id=text(fields, "parentId", limit=36),
        number=text(fields, "merchantOrderId", limit=100),
        status=REFUND_SPELLINGS.get(optional_text(fields, "status", limit=50) or ""),
        amount=kopecks(fields, "amount"),
        vat_amount=optional_kopecks(fields, "vatAmount"),
        created_at=optional_moment(fields, "createdAt"),
    )


def parse_refundable(rows: Sequence[Fields]) -> tuple[RefundableLine, ...] | None:
    """What is left of each line, None when the rows do not tell it.

    The sums are taken as what remains, not as a price to be multiplied. Raises Unreadable.
    """
    if not all(_tells_rest(row) for row in rows):
        return None
    lines = tuple(
        RefundableLine(
            sku=text(row, "sku", limit=500),
            amount=kopecks(row, "availableAmount"),
            vat=kopecks(row, "availableVatAmount"),
        )
        for row in rows
    )
    if any(line.vat > line.amount for line in lines):
        raise Unreadable("availableVatAmount is more than there is")
    if len({line.sku for line in lines}) < len(lines):
        raise Unreadable("sku is given twice")
    return lines


def _tells_rest(row: Fields) -> bool:
    return row.get("availableAmount") is not None and row.get("availableVatAmount") is not None
