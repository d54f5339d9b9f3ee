"""What happened to an order, in the order of time: its events, and the letter with the voucher."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from miniapp.base.db import reading
from miniapp.base.outbox import Delivery, DeliveryAttempt
from miniapp.orders.lifecycle import Goes
from miniapp.orders.models import Order, State

LETTER_SENT = "voucher letter sent"


@dataclass(frozen=True)
class Happening:
    """One thing that happened; ``seen`` is the state of the order before it."""

    at: datetime
    what: str
    seen: State | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def of_order(order: Order) -> list[Happening]:
    """All that is known, the oldest first."""
    happenings = [
        Happening(
            at=event.at,
            what=event.what,
            seen=State(event.from_state) if event.from_state else None,
            detail=event.detail,
        )
        for event in order.events
    ]
    happenings += [Happening(at=at, what=LETTER_SENT) for at in _letters(order.number)]
    return sorted(happenings, key=lambda one: one.at)


def _letters(number: str) -> list[datetime]:
    """When the letter with the voucher left; a letter that was not needed never did."""
    return list(
        reading().scalars(
            sa.select(DeliveryAttempt.at)
            .join(Delivery, Delivery.id == DeliveryAttempt.delivery_id)
            .where(
                Delivery.key == f"{Goes.VOUCHER_LETTER}:{number}",
                DeliveryAttempt.outcome == "settled",
                DeliveryAttempt.detail == "sent",
            )
        )
    )
