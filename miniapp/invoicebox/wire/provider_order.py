"""An order as the provider answers it: the fields we rely on, checked one by one."""

from dataclasses import dataclass
from datetime import datetime

from miniapp.invoicebox.wire.reading import (
    Fields,
    Unreadable,
    is_address,
    kopecks,
    optional_moment,
    optional_text,
    text,
)
from miniapp.invoicebox.wire.statuses import OrderStatus, status_of


@dataclass(frozen=True)
class ProviderOrder:
    """An order as the provider has it; ``amount`` in kopecks, the moments in UTC.

    When ``processable`` is false the provider only records it and takes no money: do not sell
    (section 6.9). ``payment_url`` is used as given, never built.
    """

    id: str
    status: OrderStatus
    merchant_id: str
    merchant_order_id: str
    amount: int
    currency: str
    payment_url: str | None
    order_container_id: str | None
    created_at: datetime | None
    expires_at: datetime | None
    processable: bool


def parse_order(fields: Fields) -> ProviderOrder:
    """Read an order of an answer; raises Unreadable when a field we rely on is not there."""
    status = status_of(text(fields, "status", limit=50))
    if status is None:
        raise Unreadable("status is none we know")
    payment_url = optional_text(fields, "paymentUrl", limit=1000)
    if payment_url is not None and not is_address(payment_url):
        raise Unreadable("paymentUrl is not an address")
    return ProviderOrder(
        id=text(fields, "id", limit=36),
        status=status,
        merchant_id=text(fields, "merchantId", limit=36),
        merchant_order_id=text(fields, "merchantOrderId", limit=256),
        amount=kopecks(fields, "amount"),
        currency=text(fields, "currencyId", limit=3),
        payment_url=payment_url,
        order_container_id=optional_text(fields, "orderContainerId", limit=36),
        created_at=optional_moment(fields, "createdAt"),
        expires_at=optional_moment(fields, "expirationDate"),
        processable=_processable(fields.get("processable")),
    )


def _processable(value: object) -> bool:
    if value is None:
        return True
    if not isinstance(value, bool):
        raise Unreadable("processable is neither true nor false")
    return value
