"""7 Redeemed: guests come, one by one or all at once, or do not come.

Every act is for named guests of one visit and moves all of them or none. What came is reported
to the provider some minutes later (``orders.documents``); until then an entry can be undone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from miniapp.base.db import reading, transaction
from miniapp.orders import documents, queries, refunding
from miniapp.orders.errors import EntryRefused, OrderNotFound, TooLateToUndo
from miniapp.orders.lifecycle import Actor, GuestMove, MoveRefused, make_for_guests
from miniapp.orders.models import (
    Guest,
    GuestState,
    Order,
    RefundReason,
    State,
    Visit,
    Voucher,
)

# Nobody came for this long after the visit ended: the visit counts as missed.
NO_SHOW_AFTER = timedelta(hours=1)
_SECURED = (State.HELD, State.PAID)


def admit(
    *, code: str, guests: Sequence[int] = (), actor: Actor = Actor.STAFF, who: str, now: datetime
) -> list[int]:
    """Let guests of a voucher in, all who are still expected when none are named.

    Returns their ids. ``who`` names the desk and its person for the history. Raises
    OrderNotFound, or EntryRefused with ``not_paid``, ``voided``, ``entered`` or ``not_expected``;
    the hours of the visit are the desk's to judge.
    """
    with transaction() as session:
        order, visit, voucher = _opened(session, code)
        # Who enters free of charge may come when all that was paid for is settled.
        if order.state not in {*_SECURED, State.SERVED}:
            raise EntryRefused("not_paid")
        if voucher.voided_at is not None:
            raise EntryRefused("voided")
        coming = _coming(visit, guests)
        detail = {"who": who, "voucher": code}
        try:
            make_for_guests(
                session, order, coming, GuestMove.ADMIT, actor=actor, now=now, detail=detail
            )
        except MoveRefused:
            raise EntryRefused("entered") from None
        due = now + documents.UNDO_TIME
        lines = documents.open_lines(order, visit, coming)
        documents.plan(session, order, lines, now=now, due=due)
        return [guest.id for guest in coming]


def undo(
    *,
    code: str,
    guests: Sequence[int],
    actor: Actor = Actor.STAFF,
    who: str,
    reason: str,
    now: datetime,
) -> None:
    """Take back an entry that was a mistake; raises OrderNotFound, EntryRefused, TooLateToUndo."""
    with transaction() as session:
        order, visit, _ = _opened(session, code)
        wrong = [guest for guest in visit.guests if guest.id in guests]
        if not wrong or len(wrong) < len(set(guests)):
            raise EntryRefused("not_entered")
        detail = {"who": who, "reason": reason}
        try:
            make_for_guests(
                session, order, wrong, GuestMove.UNDO, actor=actor, now=now, detail=detail
            )
        except MoveRefused:
            raise EntryRefused("not_entered") from None
        if not documents.take_back(session, order, wrong):
            raise TooLateToUndo
        stayed = [guest for guest in visit.guests if guest.state is GuestState.ENTERED]
        due = now + documents.UNDO_TIME
        lines = documents.open_lines(order, visit, stayed) if stayed else []
        documents.plan(session, order, lines, now=now, due=due)


def missed(*, now: datetime, limit: int = 20) -> list[str]:
    """The orders with guests who did not come in time, the longest overdue first."""
    return list(
        reading().scalars(
            sa.select(Order.number)
            .join(Visit)
            .join(Guest)
            .where(
                Order.state.in_(_SECURED),
                Guest.state == GuestState.EXPECTED,
                Visit.leave_by <= now - NO_SHOW_AFTER,
            )
            .group_by(Order.id)
            .order_by(sa.func.min(Visit.leave_by))
            .limit(limit)
        )
    )


def miss(*, number: str, now: datetime) -> None:
    """Settle for those who did not come: rendered by the terms of the offer, or money back."""
    with transaction() as session:
        order = queries.locked(session, number)
        if order is None or order.state not in _SECURED:
            return
        for visit in order.visits:
            absent = [guest for guest in visit.guests if guest.state is GuestState.EXPECTED]
            if absent and visit.leave_by <= now - NO_SHOW_AFTER:
                _miss(session, order, visit, absent, now)


def _miss(
    session: Session, order: Order, visit: Visit, absent: Sequence[Guest], now: datetime
) -> None:
    reason = RefundReason.NOT_RENDERED
    if order.operator.no_show_is_rendered:
        lines = documents.open_lines(order, visit, absent)
        refunding.leave(session, order, visit, absent, reason=reason, actor=Actor.SWEEP, now=now)
        documents.plan(session, order, lines, now=now, due=now)
        return
    lines = refunding.lines_of(order, visit, absent)
    refunding.leave(session, order, visit, absent, reason=reason, actor=Actor.SWEEP, now=now)
    refunding.plan(session, order, lines, reason=reason, percent=100, actor=Actor.SWEEP, now=now)
    refunding.take_back_if_all(session, order, actor=Actor.SWEEP, now=now)


def _opened(session: Session, code: str) -> tuple[Order, Visit, Voucher]:
    """The order of a voucher, locked for changing it."""
    number = session.scalar(
        sa.select(Order.number).join(Visit).join(Voucher).where(Voucher.code == code)
    )
    order = queries.locked(session, number) if number else None
    if order is None:
        raise OrderNotFound
    for visit in order.visits:
        if visit.voucher is not None and visit.voucher.code == code:
            return order, visit, visit.voucher
    raise OrderNotFound


def _coming(visit: Visit, guests: Sequence[int]) -> list[Guest]:
    if not guests:
        coming = [guest for guest in visit.guests if guest.state is GuestState.EXPECTED]
        if not coming:
            raise EntryRefused("entered")
        return coming
    coming = [guest for guest in visit.guests if guest.id in guests]
    if len(coming) < len(set(guests)):
        raise EntryRefused("not_expected")
    return coming
