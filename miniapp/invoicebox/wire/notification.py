"""A payment notification, read from raw bytes after its signature was checked."""

from dataclasses import dataclass

from miniapp.invoicebox.wire.reading import (
    Unreadable,
    json_object,
    optional_kopecks,
    optional_text,
    text,
)
from miniapp.invoicebox.wire.statuses import OrderStatus, status_of

PROBE_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"


class MalformedNotification(Exception):
    """A signed notification that is no JSON object, or lacks a field, or has a wrong one."""


@dataclass(frozen=True)
class Notification:
    """A payment notification (section 15.1). ``id`` is the order's at the provider.

    ``status`` is None for a spelling we do not know; ``raw_status`` is the spelling.
    ``amount`` is in kopecks.
    """

    id: str
    status: OrderStatus | None
    raw_status: str
    merchant_id: str
    merchant_order_id: str | None
    amount: int | None
    currency: str | None

    @property
    def is_probe(self) -> bool:
        """Whether the provider's monitoring sent it (section 15.4, row 3): change nothing."""
        return self.id.lower() == PROBE_ID and self.merchant_order_id is None


def parse_notification(raw: bytes) -> Notification:
    """Read a notification from its raw bytes, after its signature was checked.

    Raises MalformedNotification for whatever is not one.
    """
    try:
        fields = json_object(raw)
        raw_status = text(fields, "status", limit=50)
        return Notification(
            id=text(fields, "id", limit=36),
            status=status_of(raw_status),
            raw_status=raw_status,
            merchant_id=text(fields, "merchantId", limit=36),
            merchant_order_id=optional_text(fields, "merchantOrderId", limit=256),
            amount=optional_kopecks(fields, "amount"),
            currency=optional_text(fields, "currencyId", limit=3),
        )
    except Unreadable as fault:
        raise MalformedNotification(str(fault)) from None
