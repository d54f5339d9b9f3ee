"""Money back: what a buyer gets by the ladder, and planning it so that it cannot be lost.

A refund is planned in one transaction with what calls for it: guests leave, their lines are
claimed, seats go back, the delivery that makes it true at the provider is written down. A line
is claimed by a conditional UPDATE, so it can be refunded once, whoever asks and how often. How
the money travels (a reversal, a refund, a refund with a fee withheld) is decided by the sender
from what the provider says then (``outgoing.money_back``).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from miniapp.base.db import transaction
from miniapp.catalogue.pricing import Party, check_company
from miniapp.orders import documents, holds, ladder, queries, vouchers
from miniapp.orders.errors import NothingToRefund, OrderNotFound, RefundChanged
from miniapp.orders.lifecycle import (
    Actor,
    Goes,
    GuestMove,
    Move,
    allows,
    make,
    make_for_guests,
    note,
    send,
)
from miniapp.orders.models import (
    Guest,
    GuestKind,
    GuestState,
    Line,
    Order,
    PaperState,
    Refund,
    RefundReason,
    State,
    Visit,
)

_MOVE_OF = {
    RefundReason.BUYER: GuestMove.WITHDRAW,
    RefundReason.TRIP_CANCELLED: GuestMove.WITHDRAW,
    RefundReason.REFUSED_ENTRY: GuestMove.TURN_AWAY,
    RefundReason.NOT_RENDERED: GuestMove.MISS,
}
_GONE = {GuestState.WITHDRAWN, GuestState.REFUSED, GuestState.NO_SHOW}


@dataclass(frozen=True)
class Offer:
    """What comes back if these guests leave a visit now; sums in kopecks, per guest by id.

    ``until`` is when the share falls next, None when it does not.
    """

    percent: int
    amount: int
    returned: int
    per_guest: dict[int, int]
    until: datetime | None


def offer(order: Order, visit: Visit, *, now: datetime, guests: Sequence[int] = ()) -> Offer:
    """The buyer's own wish: what the ladder gives back for these guests, or for all expected."""
    leaving = _leaving(visit, guests)
    percent = ladder.percent(visit, now=now)
    lines = lines_of(order, visit, leaving)
    per_guest = {
        guest.id: sum(
            line.price - _fee(line, percent) for line in lines if line.guest_id == guest.id
        )
        for guest in leaving
    }
    return Offer(
        percent=percent,
        amount=sum(line.price for line in lines),
        returned=sum(line.price - _fee(line, percent) for line in lines),
        per_guest=per_guest,
        until=ladder.next_fall(visit, now=now),
    )


def withdraw(
    *,
    number: str,
    visit_id: int,
    reason: RefundReason,
    actor: Actor,
    now: datetime,
    guests: Sequence[int] = (),
    expected_return: int | None = None,
) -> str | None:
    """Let guests of a secured visit leave it, all that are still expected when none are named.

    Returns the number of the refund, None when nobody paid for them. ``expected_return`` is
    what the buyer was shown, in kopecks: RefundChanged when it is no longer that. Raises
    OrderNotFound, NothingToRefund when these guests cannot leave, and AdultNeeded when those
    who stay could not enter.
    """
    with transaction() as session:
        order = queries.locked(session, number)
        if order is None:
            raise OrderNotFound
        visit = next((one for one in order.visits if one.id == visit_id), None)
        if visit is None or not allows(order.state, Move.TAKE_BACK):
            raise NothingToRefund
        leaving = _leaving(visit, guests)
        percent = ladder.percent(visit, now=now) if reason is RefundReason.BUYER else 100
        lines = lines_of(order, visit, leaving)
        shown = sum(line.price - _fee(line, percent) for line in lines)
        if expected_return not in {None, shown}:
            raise RefundChanged
        leave(session, order, visit, leaving, reason=reason, actor=actor, now=now)
        _check_who_stays(visit)
        if order.state is State.HELD and percent < 100:
            # A fee can only be kept of money that was charged, and only a shipment charges it.
            documents.plan(session, order, lines, now=now, due=now)
        refund = plan(session, order, lines, reason=reason, percent=percent, actor=actor, now=now)
        take_back_if_all(session, order, actor=actor, now=now)
        return refund.number if refund else None


def leave(
    session: Session,
    order: Order,
    visit: Visit,
    guests: Sequence[Guest],
    *,
    reason: RefundReason,
    actor: Actor,
    now: datetime,
) -> None:
    """Guests leave a visit: their seats are free, and with the last of them the voucher ends."""
    move = _MOVE_OF[reason]
    make_for_guests(session, order, guests, move, actor=actor, now=now, detail={"why": reason})
    holds.give_back(session, visit, guests)
    if all(guest.state in _GONE for guest in visit.guests):
        vouchers.void(session, visit, now=now)


def plan(
    session: Session,
    order: Order,
    lines: Sequence[Line],
    *,
    reason: RefundReason,
    percent: int,
    actor: Actor,
    now: datetime,
) -> Refund | None:
    """Claim the lines for a refund and write down its delivery; None without lines to claim.

    In the caller's transaction, which holds the order. Raises NothingToRefund when a line was
    refunded already.
    """
    if not lines:
        return None
    refund = Refund(
        order_id=order.id,
        number=f"{order.number}-R{len(order.refunds) + 1}",
        reason=reason,
        state=PaperState.PLANNED,
        amount=sum(line.price for line in lines),
        withheld=sum(_fee(line, percent) for line in lines),
        planned_at=now,
    )
    order.refunds.append(refund)
    session.flush()
    _claim(session, lines, refund)
    note(
        session,
        order,
        what="plan refund",
        actor=actor,
        now=now,
        detail={"refund": refund.number, "returned": refund.returned, "why": reason},
    )
    send(session, Goes.MONEY_BACK, about=refund.number, payload={"refund": refund.number}, now=now)
    return refund


def record_reversal(session: Session, order: Order, *, now: datetime) -> None:
    """The provider reversed the payment by itself: what was owed is back, nothing is sent."""
    open_lines = [line for line in order.lines if line.refund_id is None]
    amount = sum(line.price for line in open_lines)
    refund = Refund(
        order_id=order.id,
        number=f"{order.number}-R{len(order.refunds) + 1}",
        reason=RefundReason.REVERSED,
        state=PaperState.DONE,
        amount=amount,
        withheld=0,
        planned_at=now,
        settled_at=now,
        way="reversed",
    )
    order.refunds.append(refund)
    session.flush()
    _claim(session, open_lines, refund)


def take_back_if_all(session: Session, order: Order, *, actor: Actor, now: datetime) -> None:
    """When every line of a secured order goes back, nobody is to be served any more.

    Nor is who would have entered free of charge: vouchers and seats end here at the latest.
    """
    if all(line.refund_id for line in order.lines):
        holds.release(session, order.visits)
        for visit in order.visits:
            vouchers.void(session, visit, now=now)
        make(session, order, Move.TAKE_BACK, actor=actor, now=now, look_at=None)


def lines_of(order: Order, visit: Visit, leaving: Sequence[Guest]) -> list[Line]:
    """What goes back with these guests: their entries, and with the last of a visit its extras."""
    ids = {guest.id for guest in leaving}
    is_last = all(guest.id in ids or guest.state in _GONE for guest in visit.guests)
    return [
        line
        for line in order.lines
        if line.visit_id == visit.id
        and line.refund_id is None
        and line.shipment_id is None
        and (line.guest_id in ids or (line.guest_id is None and is_last))
    ]


def _leaving(visit: Visit, guests: Sequence[int]) -> list[Guest]:
    """The guests that are to leave; raises NothingToRefund when one of them cannot."""
    expected = [guest for guest in visit.guests if guest.state is GuestState.EXPECTED]
    leaving = [guest for guest in expected if guest.id in guests] if guests else expected
    if not leaving or len(leaving) < len(set(guests)):
        raise NothingToRefund
    return leaving


def _check_who_stays(visit: Visit) -> None:
    """The young do not stay alone; raises AdultNeeded."""
    staying = Counter(guest.kind for guest in visit.guests if guest.state not in _GONE)
    party = Party(
        adults=staying[GuestKind.ADULT],
        children=staying[GuestKind.CHILD],
        infants=staying[GuestKind.INFANT],
    )
    if party.size:
        check_company(visit.lounge, party)


def _claim(session: Session, lines: Sequence[Line], refund: Refund) -> None:
    ids = [line.id for line in lines]
    claimed = session.execute(
        sa.update(Line)
        .where(Line.id.in_(ids), Line.refund_id.is_(None))
        .values(refund_id=refund.id)
        .execution_options(synchronize_session="evaluate")
    )
    if claimed.rowcount != len(ids):  # type: ignore[attr-defined]
        raise NothingToRefund


def _fee(line: Line, percent: int) -> int:
    return line.price - ladder.share(line.price, percent)
