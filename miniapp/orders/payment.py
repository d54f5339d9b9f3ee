"""What word of a payment means for an order.

The signed notification and our own reading of the provider's API come through one function,
``apply``; nothing else moves money states. It follows the decision table of the Invoicebox API
reference, section 15.4, whose rows are named in the code, and does all its work in one
transaction: the move, its event, the voucher, the deliveries, the answer for a repeat.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy.orm import Session

from miniapp.base.db import transaction
from miniapp.invoicebox.wire import OrderStatus
from miniapp.orders import documents, holds, queries, refunding, vouchers
from miniapp.orders.errors import NoSeats
from miniapp.orders.lifecycle import Actor, Move, allows, make, note
from miniapp.orders.models import GuestState, HandledNotification, Order, RefundReason, State

log = structlog.get_logger()

SECURED = {OrderStatus.COMPLETED: Move.PAY, OrderStatus.HOLD: Move.HOLD}
SERVING = {State.HELD, State.PAID}
_GOT_MONEY = SERVING | {State.UNDELIVERABLE, State.REFUNDING, State.REFUNDED, State.SERVED}
# Shortly before a visit the provider is asked once more: a reversal may have gone unheard.
_LAST_LOOK = timedelta(hours=1)


class Answer(StrEnum):
    """What the provider is told, in its own words (section 15.3)."""

    SUCCESS = "success"
    OUT_OF_SERVICE = "out_of_service"
    ORDER_WRONG_AMOUNT = "order_wrong_amount"
    ORDER_ALREADY_PAID = "order_already_paid"
    ORDER_NOT_FOUND = "order_not_found"
    SHIPPING_UNAVAILABLE = "shipping_unavailable"
    SIGNATURE_ERROR = "signature_error"


@dataclass(frozen=True)
class Evidence:
    """What the provider says of one order: ``amount`` in kopecks, None where it says nothing."""

    provider_id: str
    number: str
    status: OrderStatus | None
    amount: int | None
    currency: str | None


Record = Callable[[Session, Answer], None]


def apply(
    evidence: Evidence, *, actor: Actor, now: datetime, record: Record | None = None
) -> Answer:
    """Change the order as the evidence demands, once, and give the answer for the provider.

    ``record`` writes down in the same transaction what was answered; an error of it undoes all.
    """
    with transaction() as session:
        answer = _apply(session, evidence, actor, now)
        if record is not None:
            record(session, answer)
        return answer


def _apply(session: Session, evidence: Evidence, actor: Actor, now: datetime) -> Answer:
    order = queries.locked(session, queries.order_number(evidence.number))
    if order is None or order.confirmed_at is None:  # row 4
        return Answer.ORDER_NOT_FOUND
    if queries.is_correction(evidence.number):
        # The fee of a refund is an order of its own there; its refund looks after it.
        return Answer.SUCCESS
    if evidence.status is None:  # row 11
        log.error("payment.unknown_status", order=order.number)
        return Answer.OUT_OF_SERVICE
    handled = session.get(HandledNotification, (evidence.provider_id, evidence.status.value))
    if handled is not None:  # row 5
        return Answer(handled.answer)
    answer = _decide(session, order, evidence, actor, now)
    if answer in {Answer.SUCCESS, Answer.SHIPPING_UNAVAILABLE}:
        session.add(
            HandledNotification(
                provider_id=evidence.provider_id,
                status=evidence.status.value,
                order_id=order.id,
                answer=answer,
                at=now,
            )
        )
    return answer


def _decide(
    session: Session, order: Order, evidence: Evidence, actor: Actor, now: datetime
) -> Answer:
    status = evidence.status
    if status in SECURED:
        return _secured(session, order, evidence, SECURED[status], actor, now)
    # Row 10: only a move that the table of the lifecycle allows, else the news came too late.
    if order.provider_id not in {None, evidence.provider_id}:
        log.warning("payment.other_order", order=order.number, provider_id=evidence.provider_id)
    elif status is OrderStatus.CANCELED and order.state in SERVING:
        _reversed(session, order, actor, now)
    elif status is OrderStatus.CANCELED and allows(order.state, Move.CANCEL):
        let_go(session, order, Move.CANCEL, actor, now)
    elif status is OrderStatus.EXPIRED and allows(order.state, Move.EXPIRE):
        let_go(session, order, Move.EXPIRE, actor, now)
    elif status is OrderStatus.EXPIRED and allows(order.state, Move.ABANDON):
        let_go(session, order, Move.ABANDON, actor, now)
    return Answer.SUCCESS


def _secured(
    session: Session, order: Order, evidence: Evidence, move: Move, actor: Actor, now: datetime
) -> Answer:
    """The money is paid or blocked: rows 6 to 9."""
    objection = _objection(order, evidence)
    if objection is not None:
        return objection
    if order.state is State.HELD and move is Move.PAY:
        make(session, order, Move.COMPLETE, actor=actor, now=now, paid_at=now)
    if order.state in _GOT_MONEY:
        if move is Move.PAY and order.paid_at is None:
            order.paid_at = now  # the shipment has charged what was blocked
        return Answer.SUCCESS
    if move is Move.HOLD and not order.operator.hold_is_paid:
        return Answer.SUCCESS
    if not allows(order.state, move) or not _seats_stand(session, order, now):
        return _undeliverable(session, order, evidence, actor, now)
    _deliver(session, order, evidence, move, actor, now)
    return Answer.SUCCESS


def _objection(order: Order, evidence: Evidence) -> Answer | None:
    """Why this money cannot be taken for the order's, when it cannot."""
    reasons = {refund.reason for refund in order.refunds}
    got_money = order.state in _GOT_MONEY or RefundReason.REVERSED in reasons
    if got_money and order.provider_id != evidence.provider_id:
        log.error("payment.twice", order=order.number, provider_id=evidence.provider_id)
        return Answer.ORDER_ALREADY_PAID
    if (evidence.amount, evidence.currency) != (order.amount, order.currency):
        log.error("payment.wrong_amount", order=order.number, provider_id=evidence.provider_id)
        return Answer.ORDER_WRONG_AMOUNT
    # What could not be served stays so, also when its money is already on the way back.
    return Answer.SHIPPING_UNAVAILABLE if RefundReason.UNDELIVERABLE in reasons else None


def _seats_stand(session: Session, order: Order, now: datetime) -> bool:
    """Whether the seats are still held, or can be taken again for money that came late."""
    missing = [visit for visit in order.visits if not visit.seats_held]
    if any(visit.leave_by <= now for visit in order.visits):
        return False
    if not missing:
        return True
    try:
        with session.begin_nested():
            holds.take(session, missing)
    except NoSeats:
        return False
    return True


def _deliver(
    session: Session, order: Order, evidence: Evidence, move: Move, actor: Actor, now: datetime
) -> None:
    for visit in order.visits:
        vouchers.issue(session, visit, now=now)
    make(
        session,
        order,
        move,
        actor=actor,
        now=now,
        detail={"provider_id": evidence.provider_id},
        provider_id=evidence.provider_id,
        secured_at=now,
        paid_at=now if move is Move.PAY else None,
        look_at=last_look(order, now),
    )


def _undeliverable(
    session: Session, order: Order, evidence: Evidence, actor: Actor, now: datetime
) -> Answer:
    """Row 9: the money goes back."""
    log.error("payment.undeliverable", order=order.number)
    holds.release(session, order.visits)
    paid_at = now if evidence.status is OrderStatus.COMPLETED else None
    make(
        session,
        order,
        Move.FAIL_TO_DELIVER,
        actor=actor,
        now=now,
        detail={"provider_id": evidence.provider_id},
        provider_id=evidence.provider_id,
        secured_at=now,
        paid_at=paid_at,
        look_at=None,
    )
    reason = RefundReason.UNDELIVERABLE
    refunding.plan(session, order, order.lines, reason=reason, percent=100, actor=actor, now=now)
    return Answer.SHIPPING_UNAVAILABLE


def last_look(order: Order, now: datetime) -> datetime | None:
    """An hour before the first visit that is still to come; None when that has passed."""
    moments = [visit.starts_at - _LAST_LOOK for visit in order.visits]
    return min((moment for moment in moments if moment > now), default=None)


def _reversed(session: Session, order: Order, actor: Actor, now: datetime) -> None:
    """The provider has given secured money back: the vouchers end, unless somebody has entered."""
    guests = [guest for visit in order.visits for guest in visit.guests]
    if any(guest.state is GuestState.ENTERED for guest in guests) or documents.has_any(order):
        log.error("payment.reversed_after_entry", order=order.number)
        note(session, order, what="reversed after entry", actor=actor, now=now)
        return
    refunding.record_reversal(session, order, now=now)
    let_go(session, order, Move.CANCEL, actor, now)


def let_go(session: Session, order: Order, move: Move, actor: Actor, now: datetime) -> None:
    """The order ends without a visit, in the caller's transaction: seats free, vouchers void."""
    holds.release(session, order.visits)
    for visit in order.visits:
        vouchers.void(session, visit, now=now)
    make(session, order, move, actor=actor, now=now, look_at=None)
