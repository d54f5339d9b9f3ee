"""The ledger: what was paid is rendered, back, or still owed, for every order to the kopeck.

Both sides are counted from different rows: the paid side from what the provider confirmed for
the order, the other from shipments and refunds as they were settled, and from the lines that
nobody has settled yet. A difference means that money was lost or doubled on the way, and is an
alarm with the order's number. The whole ledger is counted every ten minutes by one worker, whose
result is kept for whoever watches.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from miniapp.base.db import Base, reading, transaction
from miniapp.orders.models import Line, Order, PaperState, Refund, Shipment

EVERY = timedelta(minutes=10)
_DONE = PaperState.DONE


class LedgerCheck(Base):
    """When the ledger was counted last, and how many accounts did not close: one row."""

    __tablename__ = "ledger_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    wrong: Mapped[int]


@dataclass(frozen=True)
class Account:
    """One order's money in kopecks; a withheld fee counts as rendered."""

    number: str
    paid: int
    rendered: int
    returned: int
    owed: int

    def __str__(self) -> str:
        sums = f"{self.paid} paid, {self.rendered} rendered, {self.returned} back, {self.owed} owed"
        return f"{sums}: {self.difference} kopecks are missing"

    @property
    def difference(self) -> int:
        """Zero, or something is wrong."""
        return self.paid - self.rendered - self.returned - self.owed


def accounts(session: Session) -> Iterator[Account]:
    """The accounts of all orders that were ever paid, oldest first."""
    owed = (
        sa.select(sa.func.coalesce(sa.func.sum(Line.price), 0))
        .where(
            Line.order_id == Order.id,
            ~sa.exists().where(Refund.id == Line.refund_id, Refund.state == _DONE),
            ~sa.exists().where(Shipment.id == Line.shipment_id, Shipment.state == _DONE),
        )
        .scalar_subquery()
    )
    shipped = _sum(Shipment.amount, Shipment)
    refunded = _sum(Refund.amount, Refund)
    withheld = _sum(Refund.withheld, Refund)
    # What was shipped and came back all the same is not rendered.
    undone = (
        sa.select(sa.func.coalesce(sa.func.sum(Line.price), 0))
        .where(
            Line.order_id == Order.id,
            sa.exists().where(Refund.id == Line.refund_id, Refund.state == _DONE),
            sa.exists().where(Shipment.id == Line.shipment_id, Shipment.state == _DONE),
        )
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(Order.number, Order.amount, shipped, refunded, withheld, undone, owed)
        .where(Order.secured_at.is_not(None))
        .order_by(Order.id)
    )
    for number, paid, sent, back, fee, both, open_sum in rows:
        yield Account(number, paid, sent - both + fee, back - fee, open_sum)


def differences(session: Session) -> list[Account]:
    """The accounts that do not close: none, as long as nothing is wrong."""
    return [account for account in accounts(session) if account.difference]


def check(*, now: datetime) -> list[Account]:
    """The accounts that do not close; the result is kept."""
    wrong = differences(reading())
    with transaction() as session:
        session.merge(LedgerCheck(id=1, at=now, wrong=len(wrong)))
    return wrong


def is_due(*, now: datetime) -> bool:
    """Whether it is time to count again; one of several workers is told so."""
    with transaction() as session:
        last = session.get(LedgerCheck, 1, with_for_update=True)
        if last is None:
            return True
        if now - last.at < EVERY:
            return False
        last.at = now
        return True


def _sum(
    column: sa.orm.InstrumentedAttribute[int], paper: type[Shipment] | type[Refund]
) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.coalesce(sa.func.sum(column), 0))
        .where(paper.order_id == Order.id, paper.state == _DONE)
        .scalar_subquery()
    )
