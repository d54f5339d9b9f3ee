"""8 Documents: what was rendered is told to the provider, which starts the act and the UPD.

A shipment claims the lines of exactly those guests who came, or of those who did not come and
whose visit the offer calls rendered; the visit's extras go with the first of them. A line is
claimed by a conditional UPDATE, so it is shipped once. The delivery leaves some minutes later,
for an entry may be undone while nobody has heard of it; the number of the document is how the
shipment is found again when its answer was lost (Invoicebox API reference, section 9).

Money that is only blocked is charged by one shipment, the final one, when nothing of the order is
open any more: only that sets free what is left, and after a shipment nothing else can.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from miniapp.base.db import transaction
from miniapp.invoicebox import wire
from miniapp.orders import closing
from miniapp.orders.lifecycle import Actor, Goes, note, send
from miniapp.orders.lines import to_wire
from miniapp.orders.models import Guest, Line, Order, PaperState, Shipment, Visit

# How long an entry can be undone.
UNDO_TIME = timedelta(minutes=10)


# When to look again whether the last guest has come, left or stayed away.
_UNTIL_DECIDED = timedelta(minutes=30)
_UNTIL_FREE = timedelta(seconds=30)


class Busy(Exception):
    """The shipment waits for something else of its order; look again after ``pause``."""

    def __init__(self, reason: str, *, pause: timedelta) -> None:
        super().__init__(reason)
        self.pause = pause


def plan(
    session: Session, order: Order, lines: Sequence[Line], *, now: datetime, due: datetime
) -> None:
    """Claim lines for a shipment and write down its delivery, due at a moment.

    In the caller's transaction, which holds the order; nothing happens without lines.
    """
    if not lines:
        return
    shipment = Shipment(
        order_id=order.id,
        number=f"{order.number}-S{len(order.shipments) + 1}",
        state=PaperState.PLANNED,
        amount=sum(line.price for line in lines),
        planned_at=now,
    )
    order.shipments.append(shipment)
    session.flush()
    ids = [line.id for line in lines]
    claimed = session.execute(
        sa.update(Line)
        .where(Line.id.in_(ids), Line.shipment_id.is_(None), Line.refund_id.is_(None))
        .values(shipment_id=shipment.id)
        .execution_options(synchronize_session="evaluate")
    )
    assert claimed.rowcount == len(ids), "the order is locked, its lines were open"  # type: ignore[attr-defined]  # noqa: S101
    payload = {"shipment": shipment.number}
    send(session, Goes.SHIPMENT, about=shipment.number, payload=payload, now=now, due=due)


def open_lines(order: Order, visit: Visit, guests: Sequence[Guest]) -> list[Line]:
    """The entries of these guests, and the extras of the visit, as far as nobody claimed them."""
    ids = {guest.id for guest in guests}
    return [
        line
        for line in order.lines
        if line.visit_id == visit.id
        and line.shipment_id is None
        and line.refund_id is None
        and (line.guest_id is None or line.guest_id in ids)
    ]


def has_any(order: Order) -> bool:
    """Whether something of the order was shipped, or is going to be."""
    return any(shipment.state is not PaperState.DROPPED for shipment in order.shipments)


def take_back(session: Session, order: Order, guests: Sequence[Guest]) -> bool:
    """Give up the planned shipments that hold these guests' lines; False when one has left.

    In the caller's transaction, which holds the order. Their other lines are open again too.
    """
    ids = {guest.id for guest in guests}
    numbers = {line.shipment_id for line in order.lines if line.guest_id in ids} - {None}
    given_up = session.execute(
        sa.update(Shipment)
        .where(Shipment.id.in_(numbers), Shipment.state == PaperState.PLANNED)
        .values(state=PaperState.DROPPED)
    )
    if given_up.rowcount != len(numbers):  # type: ignore[attr-defined]
        return False
    session.execute(
        sa.update(Line)
        .where(Line.shipment_id.in_(numbers))
        .values(shipment_id=None)
        .execution_options(synchronize_session="fetch")
    )
    return True


@dataclass(frozen=True)
class Report:
    """A shipment as it is told to the provider."""

    number: str
    order_number: str
    provider_id: str
    lines: tuple[wire.Line, ...]
    day: date
    is_final: bool


def begin(*, number: str, now: datetime) -> Report | None:
    """Take a planned shipment for sending: from here on it cannot be undone.

    None when there is nothing to send (it was given up, or is done), so that a delivery that
    comes twice does nothing. A shipment that was begun before is given out again, for its
    answer may have been lost. Raises Busy while another shipment of the order is under way, for
    then nobody could say which is the last one, and while blocked money cannot be charged yet.
    """
    with transaction() as session:
        shipment = session.scalars(sa.select(Shipment).where(Shipment.number == number)).one()
        order = session.get_one(Order, shipment.order_id, with_for_update=True)
        session.refresh(shipment)
        if shipment.state not in {PaperState.PLANNED, PaperState.SENDING} or not order.provider_id:
            return None
        others = [other for other in order.shipments if other is not shipment]
        if any(other.state is PaperState.SENDING for other in others):
            raise Busy("another shipment is under way", pause=_UNTIL_FREE)
        planned = [other for other in others if other.state is PaperState.PLANNED]
        is_settled = all(line.refund_id or line.shipment_id for line in order.lines)
        if order.paid_at is None and shipment.state is PaperState.PLANNED:
            if not is_settled or any(now < other.planned_at + UNDO_TIME for other in planned):
                raise Busy("the last guest is not decided on", pause=_UNTIL_DECIDED)
            _gather(session, shipment, planned)
        shipment.state = PaperState.SENDING
        return Report(
            number=number,
            order_number=order.number,
            provider_id=order.provider_id,
            lines=tuple(to_wire(line) for line in shipment.lines),
            day=now.date(),
            is_final=is_settled and all(other.state is not PaperState.PLANNED for other in planned),
        )


def _gather(session: Session, shipment: Shipment, others: Sequence[Shipment]) -> None:
    """Let a shipment take over what others were to ship; those are given up."""
    for other in others:
        other.state = PaperState.DROPPED
        shipment.amount += other.amount
    session.execute(
        sa.update(Line)
        .where(Line.shipment_id.in_([other.id for other in others]))
        .values(shipment_id=shipment.id)
        .execution_options(synchronize_session="fetch")
    )
    session.flush()
    session.refresh(shipment)


def settle(*, number: str, provider_id: str, now: datetime) -> None:
    """The provider has the shipment: write down its id, once, and end the order if it is over.

    With it blocked money is charged, whether or not a notification says so.
    """
    with transaction() as session:
        shipment = session.scalars(sa.select(Shipment).where(Shipment.number == number)).one()
        order = session.get_one(Order, shipment.order_id, with_for_update=True)
        done = session.execute(
            sa.update(Shipment)
            .where(Shipment.id == shipment.id, Shipment.state == PaperState.SENDING)
            .values(state=PaperState.DONE, provider_id=provider_id, settled_at=now)
            .execution_options(synchronize_session="evaluate")
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]
            return
        order.paid_at = order.paid_at or now
        detail = {"shipment": number, "provider_id": provider_id, "amount": shipment.amount}
        note(session, order, what="shipped", actor=Actor.WORKER, now=now, detail=detail)
        closing.close(session, order, now=now)
