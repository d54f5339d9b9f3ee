"""The status of a thing at the provider, whichever way a source spells it (section 6.9)."""

from enum import Enum


class OrderStatus(Enum):
    """The status of an order at the provider (section 6.9)."""

    DRAFT = "draft"
    CREATED = "created"
    HOLD = "hold"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELED = "canceled"


class RefundStatus(Enum):
    """The status of a refund; a draft waits for its correction order (section 10)."""

    DRAFT = "draft"
    CREATED = "created"
    COMPLETED = "completed"
    CANCELED = "canceled"


class ShipmentStatus(Enum):
    """The status of a shipment."""

    DRAFT = "draft"
    PENDING = "pending"
    COMPLETED = "completed"
    CANCELED = "canceled"


SPELLINGS: dict[str, OrderStatus] = {
    **{status.value: status for status in OrderStatus},
    "cancelled": OrderStatus.CANCELED,  # D12
    "success": OrderStatus.COMPLETED,  # D21
    "paid": OrderStatus.COMPLETED,  # D22
}
"""Every spelling of a status that some source of the reference uses."""

REFUND_SPELLINGS: dict[str, RefundStatus] = {
    **{status.value: status for status in RefundStatus},
    "cancelled": RefundStatus.CANCELED,  # D12
}

SHIPMENT_SPELLINGS: dict[str, ShipmentStatus] = {
    **{status.value: status for status in ShipmentStatus},
    "cancelled": ShipmentStatus.CANCELED,  # D12
}


def status_of(spelling: str) -> OrderStatus | None:
    """The status behind a spelling, None when it is one we do not know."""
    return SPELLINGS.get(spelling)
