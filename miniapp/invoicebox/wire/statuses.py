"""The status of an order at the provider, whichever way a source spells it."""

from enum import Enum


class OrderStatus(Enum):
    """The status of an order at the provider (section 6.9)."""

    DRAFT = "draft"
    CREATED = "created"
    HOLD = "hold"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELED = "canceled"


SPELLINGS: dict[str, OrderStatus] = {
    **{status.value: status for status in OrderStatus},
    "cancelled": OrderStatus.CANCELED,  # D12
    "success": OrderStatus.COMPLETED,  # D21
    "paid": OrderStatus.COMPLETED,  # D22
}
"""Every spelling of a status that some source of the reference uses."""


def status_of(spelling: str) -> OrderStatus | None:
    """The status behind a spelling, None when it is one we do not know."""
    return SPELLINGS.get(spelling)
