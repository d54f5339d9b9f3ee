"""What word of a payment means for an order.

The signed notification and our own reading of the provider's API come through one function,
``apply``; nothing else moves money states. It follows the decision table of the Invoicebox API
reference, section 15.4, whose rows are named in the code, and does all its work in one
transaction: the move, its event, the voucher, the deliveries, the answer for a repeat.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from miniapp.base.db import outside_transaction, transaction
from miniapp.invoicebox.client import Merchant
from miniapp.invoicebox.errors import ProviderError
from miniapp.invoicebox.wire import OrderStatus
from miniapp.orders import holds, queries, vouchers
from miniapp.orders.errors import NoSeats
from miniapp.orders.invoicing import next_look
from miniapp.orders.lifecycle import Actor, Move, allows, make
from miniapp.orders.models import HandledNotification, Order, State

log = structlog.get_logger()

_SECURED = {OrderStatus.COMPLETED: Move.PAY, OrderStatus.HOLD: Move.HOLD}
_GOT_MONEY = {State.HELD, State.PAID, State.UNDELIVERABLE}
# How long a sweep has an order to itself.
_LOOK_LEASE = timedelta(minutes=1)


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


def apply(evidence: Evidence, *, actor: Actor, now: datetime) -> Answer:
    """Change the order as the evidence demands, once, and give the answer for the provider."""
    with transaction() as session:
        order = queries.locked(session, evidence.number)
        if order is None or order.state is State.DRAFT:  # row 4
            return Answer.ORDER_NOT_FOUND
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


def ask(*, number: str, merchant: Merchant, now: datetime) -> None:
    """Ask the provider about an order that awaits payment and apply what it says."""
    order = queries.by_number(number)
    provider_id, deadline, confirmed_at = order.provider_id, order.deadline, order.confirmed_at
    if provider_id is None or deadline is None or confirmed_at is None:
        return
    outside_transaction()
    try:
        found = merchant.order(provider_id)
    except ProviderError as fault:
        log.warning("payment.ask_failed", order=number, reason=str(fault))
        return
    if found is not None and found.status is not OrderStatus.CREATED:
        evidence = Evidence(found.id, number, found.status, found.amount, found.currency)
        apply(evidence, actor=Actor.SWEEP, now=now)
    with transaction() as session:
        waiting = queries.locked(session, number)
        if waiting is None or waiting.state is not State.AWAITING_PAYMENT:
            return
        if found is not None and found.status in _SECURED:
            # Money that does not count yet, or not for this order: ask on, never let it expire.
            waiting.look_at = next_look(confirmed_at, now)
        elif now >= deadline:
            _let_go(session, waiting, Move.EXPIRE, Actor.SWEEP, now)
        else:
            waiting.look_at = min(next_look(confirmed_at, now), deadline)


def _decide(
    session: Session, order: Order, evidence: Evidence, actor: Actor, now: datetime
) -> Answer:
    status = evidence.status
    if status in _SECURED:
        return _secured(session, order, evidence, _SECURED[status], actor, now)
    # Row 10: only a move that the table of the lifecycle allows, else the news came too late.
    if order.provider_id not in {None, evidence.provider_id}:
        log.warning("payment.other_order", order=order.number, provider_id=evidence.provider_id)
    elif status is OrderStatus.CANCELED and allows(order.state, Move.CANCEL):
        _let_go(session, order, Move.CANCEL, actor, now)
    elif status is OrderStatus.EXPIRED and allows(order.state, Move.EXPIRE):
        _let_go(session, order, Move.EXPIRE, actor, now)
    elif status is OrderStatus.EXPIRED and allows(order.state, Move.ABANDON):
        _let_go(session, order, Move.ABANDON, actor, now)
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
    if order.state in {State.HELD, State.PAID}:
        return Answer.SUCCESS
    if move is Move.HOLD and not order.operator.hold_is_paid:
        return Answer.SUCCESS
    if not allows(order.state, move) or not _seats_stand(session, order, now):
        return _undeliverable(session, order, evidence, actor, now)
    _deliver(session, order, evidence, move, actor, now)
    return Answer.SUCCESS


def _objection(order: Order, evidence: Evidence) -> Answer | None:
    """Why this money cannot be taken for the order's, when it cannot."""
    if order.state in _GOT_MONEY and order.provider_id != evidence.provider_id:
        log.error("payment.twice", order=order.number, provider_id=evidence.provider_id)
        return Answer.ORDER_ALREADY_PAID
    if (evidence.amount, evidence.currency) != (order.amount, order.currency):
        log.error("payment.wrong_amount", order=order.number, provider_id=evidence.provider_id)
        return Answer.ORDER_WRONG_AMOUNT
    return Answer.SHIPPING_UNAVAILABLE if order.state is State.UNDELIVERABLE else None


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
        paid_at=now if move is Move.PAY else None,
        look_at=None,
    )


def _undeliverable(
    session: Session, order: Order, evidence: Evidence, actor: Actor, now: datetime
) -> Answer:
    """Row 9: the money goes back."""
    log.error("payment.undeliverable", order=order.number)
    holds.release(session, order.visits)
    make(
        session,
        order,
        Move.FAIL_TO_DELIVER,
        actor=actor,
        now=now,
        detail={"provider_id": evidence.provider_id},
        provider_id=evidence.provider_id,
        look_at=None,
    )
    return Answer.SHIPPING_UNAVAILABLE


def _let_go(session: Session, order: Order, move: Move, actor: Actor, now: datetime) -> None:
    """The order ends without a visit: seats free, vouchers void."""
    holds.release(session, order.visits)
    for visit in order.visits:
        vouchers.void(session, visit, now=now)
    make(session, order, move, actor=actor, now=now, look_at=None)


def due(*, now: datetime, limit: int = 20) -> list[tuple[str, State]]:
    """Take the orders the provider must be asked about now; another sweep skips them a while."""
    with transaction() as session:
        orders = session.scalars(
            sa.select(Order)
            .where(Order.state.in_((State.INVOICING, State.AWAITING_PAYMENT)), Order.look_at <= now)
            .order_by(Order.look_at)
            .limit(limit)
            .with_for_update(skip_locked=True, of=Order)
        ).all()
        for order in orders:
            order.look_at = now + _LOOK_LEASE
        return [(order.number, order.state) for order in orders]
