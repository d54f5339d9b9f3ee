"""Shipments: the statement that a service was rendered (Invoicebox API reference, section 9).

There is no idempotency key but the number of the document, so it is always sent.
"""

from dataclasses import dataclass
from datetime import date, datetime

from miniapp.invoicebox.wire.basket import Line, basket_item, demand_skus
from miniapp.invoicebox.wire.checks import demand_id, demand_number
from miniapp.invoicebox.wire.reading import (
    Fields,
    number,
    optional_kopecks,
    optional_moment,
    optional_text,
    text,
)
from miniapp.invoicebox.wire.statuses import SHIPMENT_SPELLINGS, ShipmentStatus


@dataclass(frozen=True)
class NewShipment:
    """Lines of an order that were rendered; ``order_id`` is the provider's.

    The sum of all shipments is the order's at most. A ``final`` one closes the order and sets
    free what of the blocked money is left.
    """

    order_id: str
    document_number: str
    document_date: date
    lines: tuple[Line, ...]
    final: bool

    def __post_init__(self) -> None:
        demand_id(self.order_id, "an order id")
        demand_number(self.document_number, "document_number")
        demand_skus([line.sku for line in self.lines])


@dataclass(frozen=True)
class ProviderShipment:
    """A shipment as the provider has it; ``amount`` in kopecks, ``created_at`` in UTC.

    Not every installation tells the last five (D17). ``status`` is None, too, for a spelling
    we do not know: the shipment is there all the same.
    """

    id: int
    order_id: str
    document_number: str | None
    status: ShipmentStatus | None
    amount: int | None
    final: bool | None
    created_at: datetime | None


def shipment_body(new: NewShipment) -> dict[str, object]:
    """The body of the request that creates a shipment."""
    return {
        "orderId": new.order_id,
        "documentNumber": new.document_number,
        "documentDate": new.document_date.strftime("%Y-%m-%d"),
        "basketItems": [basket_item(line) for line in new.lines],
        "final": new.final,
    }


def parse_shipment(fields: Fields) -> ProviderShipment:
    """Read a shipment of an answer; raises Unreadable when a field we rely on is not there."""
    final = fields.get("final")
    return ProviderShipment(
        id=number(fields, "id"),
        order_id=text(fields, "orderId", limit=36),
        document_number=optional_text(fields, "documentNumber", limit=100),
        status=SHIPMENT_SPELLINGS.get(optional_text(fields, "status", limit=50) or ""),
        amount=optional_kopecks(fields, "amount"),
        final=final if isinstance(final, bool) else None,
        created_at=optional_moment(fields, "createdAt"),
    )
