"""What comes back when a visit is cancelled: the lounge's table as moments and sums."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from miniapp.orders.models import Order


@dataclass(frozen=True)
class Rung:
    """Cancelled before ``until``, ``sum`` kopecks come back."""

    until: datetime
    percent: int
    sum: int


def of_order(order: Order) -> list[Rung]:
    """The ladder of an order's first visit, for the whole sum, the most generous rung first."""
    visit = order.visits[0]
    steps = sorted(visit.lounge.refund_ladder, key=lambda step: step.hours, reverse=True)
    return [
        Rung(
            until=visit.starts_at - timedelta(hours=step.hours),
            percent=step.percent,
            sum=_share(order.amount, step.percent),
        )
        for step in steps
    ]


def _share(amount: int, percent: int) -> int:
    """A share in kopecks, half up: the buyer gains the half."""
    return (amount * percent + 50) // 100
