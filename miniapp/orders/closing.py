"""The end of an order: when every line is settled at the provider, and when a human is needed."""

from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from miniapp.base.db import transaction
from miniapp.orders.lifecycle import Actor, Move, allows, make, note
from miniapp.orders.models import Order, PaperState, Refund, Shipment

log = structlog.get_logger()

Paper = TypeVar("Paper", Refund, Shipment)


def close(session: Session, order: Order, *, now: datetime) -> None:
    """End the order if nothing of it is open any more, in the caller's transaction."""
    session.refresh(order, ["lines", "shipments", "refunds"])
    refunds = {refund.id: refund.state for refund in order.refunds}
    shipments = {shipment.id: shipment.state for shipment in order.shipments}
    states = {
        refunds[line.refund_id] if line.refund_id else shipments.get(line.shipment_id or 0)
        for line in order.lines
    }
    if states != {PaperState.DONE}:
        return
    is_all_back = all(line.refund_id for line in order.lines)
    move = Move.REFUND if is_all_back else Move.SERVE
    if allows(order.state, move):
        make(session, order, move, actor=Actor.WORKER, now=now, look_at=None)


def get_stuck(kind: type[Paper], *, number: str, reason: str, now: datetime) -> None:
    """No way leads on by itself: mark a refund or a shipment for a human, unless it is done."""
    log.error("order.stuck", paper=number, reason=reason)
    with transaction() as session:
        stuck = session.scalars(sa.select(kind).where(kind.number == number)).one()
        order = session.get_one(Order, stuck.order_id, with_for_update=True)
        session.refresh(stuck)
        if stuck.state is PaperState.DONE:
            return
        stuck.state = PaperState.STUCK
        detail = {"paper": number, "reason": reason}
        note(session, order, what="stuck", actor=Actor.WORKER, now=now, detail=detail)
