"""What comes back when a visit is cancelled: the lounge's table as moments and sums."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from miniapp.catalogue.models import RefundStep
from miniapp.orders.models import Order, Visit


@dataclass(frozen=True)
class Rung:
    """Cancelled before ``until``, ``sum`` kopecks come back."""

    until: datetime
    percent: int
    sum: int


def of_order(order: Order) -> list[Rung]:
    """The ladder of an order's first visit, for the whole sum, the most generous rung first."""
    visit = order.visits[0]
    return [
        Rung(
            until=_until(visit, step),
            percent=step.percent,
            sum=sum(share(line.price, step.percent) for line in order.lines),
        )
        for step in _steps(visit)
    ]


def percent(visit: Visit, *, now: datetime) -> int:
    """How much of the price comes back for a visit that is cancelled now."""
    return next((step.percent for step in _steps(visit) if now < _until(visit, step)), 0)


def next_fall(visit: Visit, *, now: datetime) -> datetime | None:
    """When the share falls next; None when nothing more can be lost."""
    return next((until for step in _steps(visit) if now < (until := _until(visit, step))), None)


def share(amount: int, percent: int) -> int:
    """A share in kopecks, half up: the buyer gains the half."""
    return (amount * percent + 50) // 100


def _steps(visit: Visit) -> list[RefundStep]:
    return sorted(visit.lounge.refund_ladder, key=lambda step: step.hours, reverse=True)


def _until(visit: Visit, step: RefundStep) -> datetime:
    return visit.starts_at - timedelta(hours=step.hours)
